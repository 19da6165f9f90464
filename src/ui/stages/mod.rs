//! The stages, one file or folder each.

mod browse;
mod connect;
mod live;
mod models;
mod prepare;
mod train;

use eframe::egui::{Rect, Ui};

use super::widgets::Tone;
use super::{StageBar, Tokens, View};
use crate::app::Stage;
use crate::app::state::models::{CHALLENGER, CHAMPION};

/// What the stage bar says of the stage that is shown.
pub(super) fn bar(view: &View<'_>) -> StageBar {
    match view.state.stage {
        Stage::Connect => connect::bar(view),
        Stage::Browse => browse::bar(view),
        Stage::Prepare => prepare::bar(view),
        Stage::Train => train::bar(view),
        Stage::Models => models::bar(view),
        Stage::Live => live::bar(view),
    }
}

/// Draws the stage that is shown, under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    match view.state.stage {
        Stage::Connect => connect::show(ui, view, rect),
        Stage::Browse => browse::show(ui, view, rect),
        Stage::Prepare => prepare::show(ui, view, rect),
        Stage::Train => train::show(ui, view, rect),
        Stage::Models => models::show(ui, view, rect),
        Stage::Live => live::show(ui, view, rect),
    }
}

/// How an alias is coloured: the champion is what is chosen, the challenger what is compared with it.
fn alias_tone(alias: &str, tokens: &Tokens) -> Tone {
    match alias {
        CHAMPION => Tone::Accent,
        CHALLENGER => Tone::Outline(tokens.series(1)),
        _ => Tone::Neutral,
    }
}
