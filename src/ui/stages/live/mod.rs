//! Stage Live: is it right, is it fast.

mod deployments;
mod flow;
mod form;
#[cfg(test)]
mod label_tests;
mod plots;
mod predictions;
mod quality;
mod records;
mod strip;
#[cfg(test)]
mod tests;

use eframe::egui::{Rect, Ui, pos2, vec2};

use crate::app::Stage;
use crate::app::commands::{LiveCommand, WindowCommand};
use crate::app::state::live::Session;
use crate::live::{LiveSnapshot, ScoreRequest};
use crate::registry::Selector;
use crate::ui::measures::{PADDING, WidthClass};
use crate::ui::widgets::Tone;
use crate::ui::zone::{self, Zones};
use crate::ui::{Icon, StageBar, View, format, states, text, tokens};

/// What the stage bar says.
pub(super) fn bar(view: &View<'_>) -> StageBar {
    if let Some(form) = &view.state.live.form {
        let title = form.of.as_ref().map_or_else(|| "New deployment".into(), |name| format!("Change {name}"));
        return StageBar::new(title).button(LiveCommand::CloseForm);
    }
    let Some((name, request)) = view.state.deployment() else { return StageBar::new("Live") };
    let mut bar = StageBar::new(name);
    let Some(session) = view.state.live.session() else {
        return bar.chip("not started", Tone::Neutral).facts(from_to(request));
    };
    if let Some(serving) = session.snapshot.serving {
        bar = bar.chip(format!("version {}", serving.version), Tone::Accent);
    }
    bar = match session.state() {
        "running" => bar,
        "failed" => bar.state("failed", Tone::Bad, Icon::Alert),
        "waiting for broker" => bar.state("waiting for broker", Tone::Warn, Icon::Warning),
        other => bar.chip(other, Tone::Neutral),
    };
    let facts = match (session.is_active(), session.snapshot.started) {
        (true, Some(started)) => {
            let up = (jiff::Timestamp::now().as_millisecond() - started).max(0) as f64;
            format!("{}, up {}", from_to(request), format::duration_ms(up))
        }
        _ => from_to(request),
    };
    bar = bar.facts(facts);
    if session.is_active() { bar.button(LiveCommand::Pause).button(LiveCommand::Stop) } else { bar }
}

fn from_to(request: &ScoreRequest) -> String {
    format!("{} to {}", request.input, request.output)
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let mut zones = Zones::new(ui, rect);
    if view.state.connection.read_only().is_some() {
        let banner = zones.top(ui, 33.0);
        let name = &view.state.connection.name;
        zone::fill(ui, banner, |ui| states::read_only(ui, name, "Deploying and moving an alias are"));
    }
    let none = view.state.deployments().is_empty() && view.state.live.form.is_none();
    if none {
        nothing(ui, view, zones.rest());
        return;
    }
    if view.width_class(ui) != WidthClass::Drawer || view.state.left_panel {
        let left = zones.resizable_left(ui, "deployments", view.left_width(ui, 264.0), 200.0..=420.0);
        deployments::deployments(ui, view, left);
    }
    let rest = zones.rest();
    if let Some(form) = &view.state.live.form {
        form::form(ui, view, rest, form);
        return;
    }
    match view.state.live.session() {
        Some(session) => deployment(ui, view, rest, session),
        None => not_started(ui, view, rest),
    }
}

fn nothing(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let how = "Deploy a version on an input topic.";
    states::empty(ui, rect, Icon::Activity, "Nothing runs", how, |ui| {
        view.button(ui, LiveCommand::New);
        view.button(ui, WindowCommand::Go(Stage::Models));
    });
}

fn not_started(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let Some((name, request)) = view.state.deployment() else {
        nothing(ui, view, rect);
        return;
    };
    let missing = format!("{name} does not run");
    let how =
        format!("Deploy reads {} as {} and writes to {}.", request.input, request.group(), request.output);
    states::empty(ui, rect, Icon::Activity, &missing, &how, |ui| {
        view.button(ui, LiveCommand::Deploy);
        view.button(ui, LiveCommand::Change);
    });
}

/// A deployment that runs or ran: numbers, predictions, plots, records.
fn deployment(ui: &mut Ui, view: &View<'_>, rect: Rect, session: &Session) {
    let mut zones = Zones::new(ui, rect);
    if let Some(problem) = session.problem.as_ref().filter(|_| !session.is_active()) {
        let place = zones.top(ui, 140.0);
        zone::fill(ui, place.shrink2(vec2(PADDING, 12.0)), |ui| {
            states::error(ui, view, problem, |ui| {
                view.button(ui, LiveCommand::StartAgain);
                view.button(ui, LiveCommand::Change);
            });
        });
    } else if !session.is_active() {
        let place = zones.top(ui, 42.0);
        ended(ui, view, place);
    } else if let Some(why) = session.waits() {
        let place = zones.top(ui, 33.0);
        waiting(ui, place, why);
    }
    strip::strip(ui, zones.top(ui, 60.0), &session.snapshot);
    let shown = session.shown();
    let height = zones.rest().height();
    if shown.labels.is_some() && view.width_class(ui) != WidthClass::Full {
        let plots = zones.resizable_top(ui, "live plots", (height * 0.6).max(240.0), 240.0..=700.0);
        two_abreast(ui, view, plots, shown);
        records::records(ui, view, zones.rest(), shown);
        return;
    }
    let above = zones.resizable_top(ui, "predictions", (height * 0.34).max(120.0), 120.0..=600.0);
    predictions::predictions(ui, view, above, shown);
    let middle = zones.resizable_top(ui, "live plots", (height * 0.26).max(140.0), 120.0..=500.0);
    let mut plots = Zones::new(ui, middle);
    let mut width = (middle.width() / 2.0).round();
    if let Some(labels) = &shown.labels {
        let judged = plots.left(ui, (middle.width() * 0.41).round());
        quality::plot(ui, view, judged, labels, !shown.classes.is_empty());
        width = (middle.width() * 0.32).round();
    }
    let latency = plots.left(ui, width);
    plots::latency(ui, latency, shown);
    plots::lag_and_throughput(ui, plots.rest(), shown);
    records::records(ui, view, zones.rest(), shown);
}

/// The four plots in a narrow window.
fn two_abreast(ui: &mut Ui, view: &View<'_>, rect: Rect, shown: &LiveSnapshot) {
    let mut zones = Zones::new(ui, rect);
    let half = (rect.width() / 2.0).round();
    let above = zones.top(ui, (rect.height() / 2.0).round());
    let mut above = Zones::new(ui, above);
    let left = above.left(ui, half);
    predictions::predictions(ui, view, left, shown);
    if let Some(labels) = &shown.labels {
        quality::plot(ui, view, above.rest(), labels, !shown.classes.is_empty());
    }
    let rest = zones.rest();
    let mut below = Zones::new(ui, rest);
    let left = below.left(ui, half);
    plots::latency(ui, left, shown);
    plots::lag_and_throughput(ui, below.rest(), shown);
}

fn ended(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    zone::fill(ui, rect.shrink2(vec2(PADDING, 0.0)), |ui| {
        zone::row(ui, rect.height(), |ui| {
            let said = "Stopped. What was read is committed; it goes on after the last committed offset.";
            text::label(ui, said, text::Type::Body, tokens(ui).t2);
            view.button_as(ui, LiveCommand::StartAgain, |button| button.small());
        });
    });
}

/// The cluster does not answer; the deployment tries again by itself.
fn waiting(ui: &mut Ui, rect: Rect, why: &str) {
    let tokens = tokens(ui);
    ui.painter().rect_filled(rect, 0.0, tokens.warnbg);
    Icon::Warning.paint(ui.painter(), pos2(rect.left() + 24.0, rect.center().y), 15.0, tokens.warn);
    let words = Rect::from_min_max(pos2(rect.left() + 40.0, rect.top()), rect.max);
    let said = format!("Waiting for the broker, which is tried again: {why}");
    text::put(ui, words, eframe::egui::Align2::LEFT_CENTER, &said, text::Type::Body, tokens.t1);
}

/// `version 6`, `follows champion`.
fn follows(request: &ScoreRequest) -> String {
    match &request.model.selector {
        Selector::Version(version) => format!("version {version}"),
        Selector::Alias(alias) => format!("follows {alias}"),
    }
}
