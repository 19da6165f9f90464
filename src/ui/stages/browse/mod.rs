//! Stage Browse: choose the exact records of a topic, and read them.

mod density;
mod plan;
mod range;
mod record;
mod records;
mod topics;

use eframe::egui::{Key, Rect, Ui, pos2};

use crate::app::commands::BrowseCommand;
use crate::app::{Remote, State};
use crate::ui::measures::WidthClass;
use crate::ui::plot::{Mark, legend};
use crate::ui::widgets::Tone;
use crate::ui::zone::{self, Zones};
use crate::ui::{Icon, StageBar, View, format, states, table, tokens};

/// Height of the timeline's zone with its fields, as drawn.
const TIMELINE: f32 = 290.0;
/// The same without heat rows.
const TIMELINE_LOW: f32 = 226.0;
/// Height of the fields below the timeline.
const FIELDS: f32 = 46.0;

/// What the stage bar says.
pub(super) fn bar(view: &View<'_>) -> StageBar {
    let browse = &view.state.browse;
    let Some(topic) = &browse.topic else { return StageBar::new("Browse") };
    let mut bar = StageBar::new(topic).chip("JSON", Tone::Neutral);
    if let Some(policy) = setting(view.state, "cleanup.policy") {
        bar = bar.chip(cleanup(view.state, &policy), Tone::Neutral);
    }
    if setting(view.state, "remote.storage.enable").as_deref() == Some("true") {
        bar = bar.chip("tiered", Tone::Neutral);
    }
    if let Some(detail) = browse.detail.get() {
        let partitions = format::count(detail.summary.partitions.len() as u64, "partition", "partitions");
        bar = bar
            .facts(format!("{partitions}, {}", format::count(detail.summary.records(), "record", "records")));
    }
    bar
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    if view.state.connection.cluster().is_none() {
        topics::connect_first(ui, view, rect);
        return;
    }
    let full = view.width_class(ui) == WidthClass::Full;
    let mut zones = Zones::new(ui, rect);
    view.left_panel(ui, &mut zones, "topics", 248.0, |ui, rect| topics::topics(ui, view, rect));
    if view.state.browse.topic.is_none() {
        let how = "Choose one at the left. The palette finds topics by a few letters after #.";
        states::empty(ui, zones.rest(), Icon::Topic, "No topic open", how, |ui| {
            view.button(ui, BrowseCommand::Refresh);
        });
        return;
    }
    if full { wide(ui, view, zones) } else { narrow(ui, view, zones) }
}

fn wide(ui: &mut Ui, view: &View<'_>, mut zones: Zones) {
    let top = zones.resizable_top(ui, "timeline", TIMELINE, 200.0..=460.0);
    let mut above = Zones::new(ui, top);
    plan::plan(ui, view, above.right(ui, 348.0));
    timeline(ui, view, above.rest(), true);
    let detail = zones.resizable_right(ui, "record", 348.0, 280.0..=560.0);
    record::record(ui, view, detail);
    records::records(ui, view, zones.rest());
}

fn narrow(ui: &mut Ui, view: &View<'_>, mut zones: Zones) {
    timeline(ui, view, zones.top(ui, TIMELINE_LOW), false);
    plan::strip(ui, view, zones.top(ui, 48.0));
    if view.state.browse.record_open {
        record::record(ui, view, zones.rest());
        if view.state.overlay.is_none() && ui.input(|input| input.key_pressed(Key::Escape)) {
            view.send(BrowseCommand::OpenRecord(false));
            table::focus_on(ui.ctx(), table::RECORDS);
        }
    } else {
        records::records(ui, view, zones.rest());
    }
}

fn timeline(ui: &mut Ui, view: &View<'_>, rect: Rect, heat: bool) {
    let (plot, fields) = rect.split_top_bottom_at_y(rect.bottom() - FIELDS);
    match &view.state.browse.timeline {
        Remote::NotRequested | Remote::Pending(None) => zone::fill(ui, plot, |ui| {
            zone::header("Records over time").plain(ui);
            states::skeleton(ui, 4);
        }),
        Remote::Failed { problem, previous: None } => zone::fill(ui, plot, |ui| {
            zone::header("Records over time").plain(ui);
            zone::padded(ui, 16.0, |ui| states::error(ui, view, problem, |_| ()));
        }),
        value => {
            if let Some(timeline) = value.get() {
                zone::fill(ui, plot, |ui| {
                    timeline_head(ui, view, &density::per(timeline), value.is_pending());
                    let rest = Rect::from_min_max(pos2(plot.left(), ui.cursor().top()), plot.max);
                    density::density(ui, view, rest, timeline, heat);
                });
            }
        }
    }
    zone::fill(ui, fields.shrink2(eframe::egui::vec2(16.0, 0.0)), |ui| range::fields(ui, view));
}

fn timeline_head(ui: &mut Ui, view: &View<'_>, title: &str, coarse: bool) {
    let detail = if coarse { "looking up times" } else { "from offset look-ups, no record read" };
    zone::header(title).detail(detail).tall().show(ui, |ui| {
        view.button_as(ui, BrowseCommand::Zoom(None), |button| button.text("Whole topic").ghost().small());
        view.icon_button(ui, BrowseCommand::ZoomIn);
        view.icon_button(ui, BrowseCommand::ZoomOut);
        if view.width_class(ui) == WidthClass::Full && view.state.browse.range.times().is_some() {
            let tokens = tokens(ui);
            ui.add_space(8.0);
            legend(ui, Mark::Square, tokens.bar, "other records");
            legend(ui, Mark::Square, tokens.accent.gamma_multiply(0.6), "in range");
        }
    });
}

fn setting(state: &State, name: &str) -> Option<String> {
    Some(state.browse.detail.get()?.config.get(name)?.value.clone())
}

/// `delete after 360 d`, `compact`.
fn cleanup(state: &State, policy: &str) -> String {
    let retention = setting(state, "retention.ms").and_then(|value| value.parse::<i64>().ok());
    match (policy, retention) {
        ("delete", Some(milliseconds)) if milliseconds >= 0 => {
            format!("delete after {}", format::duration_ms(milliseconds as f64))
        }
        ("delete", _) => "kept for ever".into(),
        (other, _) => other.to_owned(),
    }
}
