//! The left panel: the deployments, and what is known of the chosen one.

use eframe::egui::{Rect, Ui, vec2};

use super::{flow, follows};
use crate::app::commands::LiveCommand;
use crate::live::ScoreRequest;
use crate::ui::measures::LIST_PADDING;
use crate::ui::widgets::ListRow;
use crate::ui::zone::{self, Zones};
use crate::ui::{View, format, tokens};

/// Draws the panel.
pub(super) fn deployments(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let mut zones = Zones::new(ui, rect);
    let chosen = view.state.deployment().filter(|_| view.state.live.form.is_none());
    if chosen.is_some() {
        let foot = zones.bottom(ui, 42.0);
        zone::fill(ui, foot.shrink2(vec2(LIST_PADDING, 0.0)), |ui| {
            zone::row(ui, foot.height(), |ui| {
                view.button(ui, LiveCommand::Change);
                view.icon_button(ui, LiveCommand::AskRemove);
            });
        });
    }
    zone::scroll(ui, zones.rest(), "deployments", |ui| {
        zone::header("Deployments").padding(LIST_PADDING).show(ui, |ui| {
            view.button_as(ui, LiveCommand::New, |button| {
                button.text("New").name("New deployment").ghost().small()
            });
        });
        for (name, request) in view.state.deployments() {
            row(ui, view, name, request);
        }
        if let Some((_, request)) = chosen {
            flow::flow(ui, request);
            if let Some(session) = view.state.live.session() {
                flow::partitions(ui, &session.snapshot);
                flow::counts(ui, &session.snapshot);
                if let Some(labels) = &session.snapshot.labels {
                    flow::labels(ui, labels);
                }
                flow::notes(ui, view, &session.snapshot);
            }
        }
    });
}

fn row(ui: &mut Ui, view: &View<'_>, name: &str, request: &ScoreRequest) {
    let tokens = tokens(ui);
    let live = &view.state.live;
    let session = live.sessions.get(name);
    let state = session.map_or("not started", |session| session.state());
    let color = match state {
        "running" => tokens.good,
        "failed" => tokens.bad,
        "waiting for broker" => tokens.warn,
        _ => tokens.t3,
    };
    let serving = session.filter(|session| session.is_active()).and_then(|session| session.snapshot.serving);
    let detail = match serving {
        Some(serving) => {
            let since = format::time(serving.since, view.state.zone(), format::Precision::Short);
            format!("version {}, since {since}", serving.version)
        }
        None => format!("{}, {}", follows(request), request.input),
    };
    let response = ListRow::new(name)
        .dash(if state == "running" { tokens.accent } else { tokens.t4 })
        .trailing_words(state, color)
        .detail(&detail)
        .selected(live.form.is_none() && live.chosen.as_deref() == Some(name))
        .show(ui);
    if response.clicked() {
        view.send(LiveCommand::Select(name.to_owned()));
    }
}
