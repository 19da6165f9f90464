//! Stage Models.

use eframe::egui::{Rect, Ui};

use crate::app::Stage;
use crate::app::commands::WindowCommand;
use crate::ui::{Icon, StageBar, View, states};

/// What the stage bar says.
pub(super) fn bar(_view: &View<'_>) -> StageBar {
    StageBar::new("Models")
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    states::empty(ui, rect, Icon::Box, "No model published", "Publish a run, or import a package.", |ui| {
        view.button(ui, WindowCommand::Go(Stage::Train));
    });
}
