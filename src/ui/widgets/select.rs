//! A select: one of several, shown in a list when it is opened.

use eframe::egui::accesskit::Role;
use eframe::egui::{Align2, Color32, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::focus;
use super::menu::{MenuItem, menu, menu_under};
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{CONTROL, RADIUS_CONTROL};
use crate::ui::theme::tokens;

/// One of several. `Select::new("Target", &columns, chosen).width(180.0).show(ui)` returns the new index.
#[must_use = "call show"]
pub struct Select<'a, S> {
    name: &'a str,
    options: &'a [S],
    chosen: Option<usize>,
    width: Option<f32>,
    hint: &'a str,
    off: Option<&'a str>,
    mono: bool,
}

impl<'a, S: AsRef<str>> Select<'a, S> {
    /// A select named `name`; `chosen` is the index of the option that holds.
    pub fn new(name: &'a str, options: &'a [S], chosen: impl Into<Option<usize>>) -> Self {
        Self { name, options, chosen: chosen.into(), width: None, hint: "", off: None, mono: false }
    }

    /// A width other than all that is there.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// As wide as its longest option needs.
    pub fn fit(mut self, ui: &Ui) -> Self {
        let kind = if self.mono { Type::Number } else { Type::Control };
        let widest = self.options.iter().map(|option| text::width(ui, option.as_ref(), kind));
        self.width = Some((widest.fold(0.0, f32::max) + 36.0).ceil());
        self
    }

    /// Shown while nothing is chosen.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// Off, with the reason on hover. `None` leaves it on.
    pub fn off(mut self, reason: impl Into<Option<&'a str>>) -> Self {
        self.off = reason.into();
        self
    }

    /// In JetBrains Mono: for names of columns.
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    /// Draws it; the new index where the user chose another.
    pub fn show(self, ui: &mut Ui) -> Option<usize> {
        let width = self.width.unwrap_or_else(|| ui.available_width());
        let sense = if self.off.is_some() { Sense::hover() } else { Sense::click() };
        let (rect, response) = ui.allocate_exact_size(vec2(width, CONTROL), sense);
        let shown = self.chosen.and_then(|index| self.options.get(index)).map(AsRef::as_ref);
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::ComboBox, self.off.is_none(), self.name);
            info.current_text_value = shown.map(str::to_owned);
            info
        });
        self.paint(ui, rect, &response, shown);
        if let Some(reason) = self.off {
            response.on_hover_text(reason);
            return None;
        }
        let mut result = None;
        menu_under(&response).width(width).show(|ui| {
            let items = self.options.iter().enumerate().map(|(index, option)| {
                MenuItem::new(option.as_ref()).checked(self.chosen == Some(index)).mono(self.mono)
            });
            result = menu(ui, width - 10.0, items);
        });
        result.filter(|index| self.chosen != Some(*index))
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response, shown: Option<&str>) {
        let tokens = tokens(ui);
        let enabled = self.off.is_none();
        let (fill, border) = match (enabled, response.hovered()) {
            (false, _) => (Color32::TRANSPARENT, tokens.line),
            (true, true) => (tokens.field, tokens.t4),
            (true, false) => (tokens.field, tokens.line2),
        };
        ui.painter().rect(rect, RADIUS_CONTROL, fill, Stroke::new(1.0, border), StrokeKind::Inside);
        let kind = if self.mono { Type::Number } else { Type::Control };
        let ink = if enabled && shown.is_some() { tokens.t1 } else { tokens.t4 };
        let inner = Rect::from_min_max(rect.min + vec2(9.0, 0.0), rect.max - vec2(24.0, 0.0));
        text::paint_in(ui.painter(), inner, Align2::LEFT_CENTER, shown.unwrap_or(self.hint), kind, ink);
        let ink = if enabled { tokens.t2 } else { tokens.t4 };
        Icon::ChevronDown.paint(ui.painter(), pos2(rect.right() - 14.0, rect.center().y), 12.0, ink);
        focus::ring(ui, response, rect, RADIUS_CONTROL);
    }
}
