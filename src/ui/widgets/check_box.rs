//! A check box, with a name and an optional second line.

use eframe::egui::accesskit::Role;
use eframe::egui::{Align2, Color32, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::focus;
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::RADIUS_CHIP;
use crate::ui::theme::tokens;

/// A check box. `CheckBox::new("Gradient boosting", chosen).detail("400 rounds").show(ui)` returns the new value.
#[must_use = "call show"]
pub struct CheckBox<'a> {
    name: &'a str,
    checked: bool,
    detail: Option<&'a str>,
    off: Option<&'a str>,
    bare: bool,
}

impl<'a> CheckBox<'a> {
    /// A check box with its name beside it.
    pub fn new(name: &'a str, checked: bool) -> Self {
        Self { name, checked, detail: None, off: None, bare: false }
    }

    /// A second line under the name.
    pub fn detail(mut self, detail: &'a str) -> Self {
        self.detail = Some(detail);
        self
    }

    /// Off, with the reason on hover. `None` leaves it on.
    pub fn off(mut self, reason: impl Into<Option<&'a str>>) -> Self {
        self.off = reason.into();
        self
    }

    /// The box alone; the name is for screen readers.
    pub fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// Draws it; the new value where the user changed it.
    pub fn show(self, ui: &mut Ui) -> Option<bool> {
        let tokens = tokens(ui);
        let words = text::width(ui, self.name, Type::Name)
            .max(self.detail.map_or(0.0, |detail| text::width(ui, detail, Type::Cell)));
        let size = match (self.bare, self.detail) {
            (true, _) => vec2(14.0, 20.0),
            (false, None) => vec2(14.0 + 9.0 + words, 22.0),
            (false, Some(_)) => vec2(14.0 + 9.0 + words, 38.0),
        };
        let sense = if self.off.is_some() { Sense::hover() } else { Sense::click() };
        let (rect, response) = ui.allocate_exact_size(size, sense);
        let enabled = self.off.is_none();
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, self.checked, self.name));
        let middle = if self.detail.is_some() && !self.bare { rect.top() + 10.0 } else { rect.center().y };
        let square = Align2::LEFT_CENTER.anchor_size(pos2(rect.left(), middle), vec2(14.0, 14.0));
        let (fill, border) = match (enabled, self.checked, response.hovered()) {
            (false, true, _) => (tokens.bg4, tokens.bg4),
            (false, false, _) => (Color32::TRANSPARENT, tokens.line),
            (true, true, _) => (tokens.fill, tokens.fill),
            (true, false, true) => (tokens.field, tokens.t4),
            (true, false, false) => (tokens.field, tokens.line2),
        };
        ui.painter().rect(square, RADIUS_CHIP, fill, Stroke::new(1.0, border), StrokeKind::Inside);
        if self.checked {
            Icon::Check.paint(ui.painter(), square.center(), 12.0, tokens.onfill);
        }
        focus::ring(ui, &response, square, RADIUS_CHIP);
        if !self.bare {
            let ink = if enabled { tokens.t1 } else { tokens.t4 };
            let at = pos2(square.right() + 9.0, middle);
            text::paint(ui.painter(), at, Align2::LEFT_CENTER, self.name, Type::Name, ink);
            if let Some(detail) = self.detail {
                let at = pos2(at.x, middle + 18.0);
                text::paint(ui.painter(), at, Align2::LEFT_CENTER, detail, Type::Cell, tokens.t3);
            }
        }
        let response = match self.off {
            Some(reason) => response.on_hover_text(reason),
            None => response,
        };
        response.clicked().then_some(!self.checked)
    }
}
