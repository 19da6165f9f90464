//! Buttons: the one main action, ordinary ones, quiet ones, and icons alone.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align2, Color32, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::focus;
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{CONTROL, CONTROL_SMALL, RADIUS_CONTROL};
use crate::ui::theme::{Tokens, tokens};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Primary,
    Secondary,
    Ghost,
}

/// A button with text. `Button::new("Read slice").primary().icon(Icon::Pin).show(ui).clicked()`.
#[must_use = "call show"]
pub struct Button<'a> {
    text: &'a str,
    name: Option<&'a str>,
    icon: Option<Icon>,
    trailing: Option<Icon>,
    shortcut: Option<String>,
    tooltip: Option<&'a str>,
    off: Option<&'a str>,
    kind: Kind,
    small: bool,
    width: Option<f32>,
}

impl<'a> Button<'a> {
    /// An ordinary button.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            name: None,
            icon: None,
            trailing: None,
            shortcut: None,
            tooltip: None,
            off: None,
            kind: Kind::Secondary,
            small: false,
            width: None,
        }
    }

    /// Another text, where what is beside it says the rest.
    pub fn text(mut self, text: &'a str) -> Self {
        self.text = text;
        self
    }

    /// The one main action of a stage.
    pub fn primary(mut self) -> Self {
        self.kind = Kind::Primary;
        self
    }

    /// A button without border.
    pub fn ghost(mut self) -> Self {
        self.kind = Kind::Ghost;
        self
    }

    /// 22 high instead of 26.
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// An icon before the text.
    pub fn icon(mut self, icon: impl Into<Option<Icon>>) -> Self {
        self.icon = icon.into();
        self
    }

    /// An icon behind the text, such as the chevron of a menu.
    pub fn trailing(mut self, icon: Icon) -> Self {
        self.trailing = Some(icon);
        self
    }

    /// The shortcut, written behind the text.
    pub fn shortcut(mut self, shortcut: impl Into<Option<String>>) -> Self {
        self.shortcut = shortcut.into();
        self
    }

    /// What the button does, on hover.
    pub fn tooltip(mut self, tooltip: impl Into<Option<&'a str>>) -> Self {
        self.tooltip = tooltip.into();
        self
    }

    /// The button is there but off, and says why on hover. `None` leaves it on.
    pub fn off(mut self, reason: impl Into<Option<&'a str>>) -> Self {
        self.off = reason.into();
        self
    }

    /// An accessible name other than the text, where the text alone does not tell one button from another.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// A fixed width.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    fn padding(&self) -> f32 {
        if self.small { 8.0 } else { 10.0 }
    }

    /// Width that the button takes.
    pub fn measure(&self, ui: &Ui) -> f32 {
        let icon = if self.icon.is_some() { 22.0 } else { 0.0 };
        let trailing = if self.trailing.is_some() { 20.0 } else { 0.0 };
        let shortcut =
            self.shortcut.as_deref().map_or(0.0, |keys| text::width(ui, keys, Type::NumberSmall) + 8.0);
        self.width.unwrap_or_else(|| {
            (text::width(ui, self.text, Type::Control) + icon + trailing + shortcut + 2.0 * self.padding())
                .ceil()
        })
    }

    /// Draws it and says what happened to it.
    pub fn show(self, ui: &mut Ui) -> Response {
        let height = if self.small { CONTROL_SMALL } else { CONTROL };
        let sense = if self.off.is_some() { Sense::hover() } else { Sense::click() };
        let (rect, response) = ui.allocate_exact_size(vec2(self.measure(ui), height), sense);
        let enabled = self.off.is_none() && ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.name.unwrap_or(self.text)));
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, &response, enabled);
        }
        match self.off.or(self.tooltip) {
            Some(tooltip) => response.on_hover_text(tooltip),
            None => response,
        }
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response, enabled: bool) {
        let tokens = tokens(ui);
        let (fill, border, ink) = look(tokens, self.kind, response, enabled);
        ui.painter().rect(rect, RADIUS_CONTROL, fill, Stroke::new(1.0, border), StrokeKind::Inside);
        focus::ring(ui, response, rect, RADIUS_CONTROL);
        let mut x = rect.left() + self.padding();
        if let Some(icon) = self.icon {
            icon.paint(ui.painter(), pos2(x + 7.0, rect.center().y), 14.0, ink);
            x += 22.0;
        }
        let mut right = rect.right() - self.padding();
        if let Some(icon) = self.trailing {
            icon.paint(ui.painter(), pos2(right - 6.0, rect.center().y), 12.0, ink);
            right -= 20.0;
        }
        if let Some(keys) = &self.shortcut {
            let ink = if self.kind == Kind::Primary { ink.gamma_multiply(0.75) } else { tokens.t3 };
            let at = pos2(right, rect.center().y);
            text::paint(ui.painter(), at, Align2::RIGHT_CENTER, keys, Type::NumberSmall, ink);
        }
        let centred =
            self.width.is_some() && self.icon.is_none() && self.trailing.is_none() && self.shortcut.is_none();
        let (at, anchor) = if centred {
            (rect.center(), Align2::CENTER_CENTER)
        } else {
            (pos2(x, rect.center().y), Align2::LEFT_CENTER)
        };
        text::paint(ui.painter(), at, anchor, self.text, Type::Control, ink);
    }
}

/// Fill, border and ink of a button.
fn look(tokens: &Tokens, kind: Kind, response: &Response, enabled: bool) -> (Color32, Color32, Color32) {
    let pressed = response.is_pointer_button_down_on();
    let hovered = response.hovered();
    let none = Color32::TRANSPARENT;
    match kind {
        Kind::Ghost if !enabled => (none, none, tokens.t4),
        _ if !enabled => (none, tokens.line, tokens.t4),
        Kind::Primary => {
            let fill = match (pressed, hovered) {
                (true, _) => mix(tokens.fill, Color32::BLACK, 0.15),
                (_, true) => mix(tokens.fill, Color32::WHITE, 0.1),
                _ => tokens.fill,
            };
            (fill, none, tokens.onfill)
        }
        Kind::Secondary | Kind::Ghost => {
            let rest = if kind == Kind::Ghost { none } else { tokens.bg2 };
            let fill = match (pressed, hovered) {
                (true, _) => tokens.bg4,
                (_, true) => tokens.bg3,
                _ => rest,
            };
            let border = if kind == Kind::Ghost { none } else { tokens.line2 };
            let ink = if kind == Kind::Ghost && !hovered { tokens.t2 } else { tokens.t1 };
            (fill, border, ink)
        }
    }
}

fn mix(color: Color32, other: Color32, share: f32) -> Color32 {
    color.lerp_to_gamma(other, share)
}

/// An icon as a button. Its name is its tooltip, together with its shortcut.
#[must_use = "call show"]
pub struct IconButton<'a> {
    icon: Icon,
    name: &'a str,
    shortcut: Option<&'a str>,
    off: Option<&'a str>,
    color: Option<Color32>,
    size: Vec2,
    on: bool,
}

impl<'a> IconButton<'a> {
    /// An icon that does what `name` says.
    pub fn new(icon: Icon, name: &'a str) -> Self {
        Self { icon, name, shortcut: None, off: None, color: None, size: vec2(CONTROL, CONTROL), on: false }
    }

    /// The shortcut, told in the tooltip.
    pub fn shortcut(mut self, shortcut: impl Into<Option<&'a str>>) -> Self {
        self.shortcut = shortcut.into();
        self
    }

    /// Off, with the reason on hover. `None` leaves it on.
    pub fn off(mut self, reason: impl Into<Option<&'a str>>) -> Self {
        self.off = reason.into();
        self
    }

    /// Another colour than `t2`.
    pub fn color(mut self, color: Color32) -> Self {
        self.color = Some(color);
        self
    }

    /// Another size than 26 x 26.
    pub fn size(mut self, size: Vec2) -> Self {
        self.size = size;
        self
    }

    /// Drawn as pressed in: what it opens is open.
    pub fn on(mut self, on: bool) -> Self {
        self.on = on;
        self
    }

    /// Draws it and says what happened to it.
    pub fn show(self, ui: &mut Ui) -> Response {
        let sense = if self.off.is_some() { Sense::hover() } else { Sense::click() };
        let (rect, response) = ui.allocate_exact_size(self.size, sense);
        let enabled = self.off.is_none() && ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.name));
        let tokens = tokens(ui);
        if ui.is_rect_visible(rect) {
            let fill = if !enabled {
                Color32::TRANSPARENT
            } else if response.is_pointer_button_down_on() {
                tokens.bg4
            } else if response.hovered() || self.on {
                tokens.bg3
            } else {
                Color32::TRANSPARENT
            };
            ui.painter().rect_filled(rect, RADIUS_CONTROL, fill);
            let rest = self.color.unwrap_or(tokens.t2);
            let ink = if !enabled {
                tokens.t4.gamma_multiply(0.7)
            } else if response.hovered() {
                tokens.t1
            } else {
                rest
            };
            self.icon.paint(ui.painter(), rect.center(), 15.0, ink);
            focus::ring(ui, &response, rect, RADIUS_CONTROL);
        }
        let tooltip = match (self.off, self.shortcut) {
            (Some(reason), _) => format!("{}: {reason}", self.name),
            (None, Some(keys)) => format!("{}  {keys}", self.name),
            (None, None) => self.name.to_owned(),
        };
        response.on_hover_text(tooltip)
    }
}
