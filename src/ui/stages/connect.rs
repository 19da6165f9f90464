//! Stage Connect.

use eframe::egui::{Rect, Ui};

use crate::ui::{Icon, StageBar, View, states};

/// What the stage bar says.
pub(super) fn bar(_view: &View<'_>) -> StageBar {
    StageBar::new("Connect")
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, _view: &View<'_>, rect: Rect) {
    let how = "Add one by its bootstrap servers, or bring in a client.properties.";
    states::empty(ui, rect, Icon::Plug, "No connection yet", how, |_| ());
}
