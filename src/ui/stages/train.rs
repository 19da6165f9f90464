//! Stage Train.

use eframe::egui::{Rect, Ui};

use crate::app::Stage;
use crate::app::commands::WindowCommand;
use crate::ui::{Icon, StageBar, View, states};

/// What the stage bar says.
pub(super) fn bar(_view: &View<'_>) -> StageBar {
    StageBar::new("Train")
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    states::empty(ui, rect, Icon::ChartLine, "No features yet", "Use a pipeline from Prepare.", |ui| {
        view.button(ui, WindowCommand::Go(Stage::Prepare));
    });
}
