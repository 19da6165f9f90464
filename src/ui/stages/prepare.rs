//! Stage Prepare.

use eframe::egui::{Rect, Ui};

use crate::app::Stage;
use crate::app::commands::WindowCommand;
use crate::ui::{Icon, StageBar, View, states};

/// What the stage bar says.
pub(super) fn bar(_view: &View<'_>) -> StageBar {
    StageBar::new("Prepare")
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    states::empty(
        ui,
        rect,
        Icon::Sliders,
        "No slice read",
        "Choose one in Browse, or open a saved one.",
        |ui| {
            view.button(ui, WindowCommand::Go(Stage::Browse));
        },
    );
}
