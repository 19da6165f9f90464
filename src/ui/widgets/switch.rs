//! A switch: on or off, at once.

use eframe::egui::accesskit::Role;
use eframe::egui::{Color32, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::focus;
use crate::ui::theme::tokens;

/// A switch. `Switch::new("Read-only", on).show(ui)` returns the new value.
#[must_use = "call show"]
pub struct Switch<'a> {
    name: &'a str,
    on: bool,
    off: Option<&'a str>,
}

impl<'a> Switch<'a> {
    /// A switch; its name stands beside it, written by the panel.
    pub fn new(name: &'a str, on: bool) -> Self {
        Self { name, on, off: None }
    }

    /// Cannot be switched, with the reason on hover. `None` leaves it usable.
    pub fn off(mut self, reason: impl Into<Option<&'a str>>) -> Self {
        self.off = reason.into();
        self
    }

    /// Draws it; the new value where the user changed it.
    pub fn show(self, ui: &mut Ui) -> Option<bool> {
        let tokens = tokens(ui);
        let sense = if self.off.is_some() { Sense::hover() } else { Sense::click() };
        let (rect, response) = ui.allocate_exact_size(vec2(26.0, 14.0), sense);
        let enabled = self.off.is_none();
        response.widget_info(|| WidgetInfo::selected(Role::Switch, enabled, self.on, self.name));
        let (fill, knob) = match (enabled, self.on) {
            (true, true) => (tokens.fill, tokens.onfill),
            (true, false) => (tokens.bg4, tokens.t2),
            (false, _) => (tokens.bg3, tokens.t4),
        };
        let border = if response.hovered() && enabled { tokens.t4 } else { Color32::TRANSPARENT };
        ui.painter().rect(rect, 7.0, fill, Stroke::new(1.0, border), StrokeKind::Inside);
        let x = if self.on { rect.right() - 7.0 } else { rect.left() + 7.0 };
        ui.painter().circle_filled(pos2(x, rect.center().y), 5.0, knob);
        focus::ring(ui, &response, rect, 7.0);
        let response = match self.off {
            Some(reason) => response.on_hover_text(reason),
            None => response,
        };
        response.clicked().then_some(!self.on)
    }
}
