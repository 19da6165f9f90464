//! Stage Browse.

use eframe::egui::{Rect, Ui};

use crate::app::Stage;
use crate::app::commands::WindowCommand;
use crate::ui::{Icon, StageBar, View, states};

/// What the stage bar says.
pub(super) fn bar(_view: &View<'_>) -> StageBar {
    StageBar::new("Browse")
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    states::empty(
        ui,
        rect,
        Icon::TextSearch,
        "No range chosen",
        "Drag over the timeline, or type a range.",
        |ui| {
            view.button(ui, WindowCommand::Go(Stage::Connect));
        },
    );
}
