//! The rows of a menu: of a select, a button with a chevron, a context menu.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align2, Frame, Popup, PopupCloseBehavior, Rect, Response, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::focus;
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{LIST_ROW, RADIUS_CONTROL};
use crate::ui::theme::{dark, light, tokens};

/// A row of a menu.
pub struct MenuItem {
    text: String,
    icon: Option<Icon>,
    trailing: String,
    checked: Option<bool>,
    off: Option<String>,
    mono: bool,
    line_above: bool,
}

impl MenuItem {
    /// A row.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            icon: None,
            trailing: String::new(),
            checked: None,
            off: None,
            mono: false,
            line_above: false,
        }
    }

    /// With an icon.
    pub fn icon(mut self, icon: impl Into<Option<Icon>>) -> Self {
        self.icon = icon.into();
        self
    }

    /// With a shortcut or a note at its right end.
    pub fn trailing(mut self, trailing: impl Into<String>) -> Self {
        self.trailing = trailing.into();
        self
    }

    /// One of which one holds.
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = Some(checked);
        self
    }

    /// Off, with the reason on hover. `None` leaves it on.
    pub fn off(mut self, reason: Option<String>) -> Self {
        self.off = reason;
        self
    }

    /// In JetBrains Mono.
    pub fn mono(mut self, mono: bool) -> Self {
        self.mono = mono;
        self
    }

    /// With a line above, to part groups.
    pub fn line_above(mut self) -> Self {
        self.line_above = true;
        self
    }
}

/// A popup under a button that opens and closes it, closed by the first choice; for [`menu`].
pub fn menu_under<'a>(button: &Response) -> Popup<'a> {
    framed(
        Popup::from_toggle_button_response(button).close_behavior(PopupCloseBehavior::CloseOnClick),
        button,
    )
}

/// The same at the pointer, opened by its right button.
pub fn menu_at<'a>(response: &Response) -> Popup<'a> {
    framed(Popup::context_menu(response), response)
}

/// egui's own fill is that of tooltips.
fn framed<'a>(popup: Popup<'a>, response: &Response) -> Popup<'a> {
    let style = response.ctx.global_style();
    let tokens = if style.visuals.dark_mode { dark() } else { light() };
    popup.frame(Frame::popup(&style).fill(tokens.bg2))
}

/// Draws the rows, scrolling when there are many; the index of the one chosen. The caller gives the popup.
pub fn menu(ui: &mut Ui, width: f32, items: impl Iterator<Item = MenuItem>) -> Option<usize> {
    let mut chosen = None;
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    ScrollArea::vertical().max_height(LIST_ROW * 14.0).show(ui, |ui| {
        ui.set_width(width);
        for (index, item) in items.enumerate() {
            if row(ui, width, &item) {
                chosen = Some(index);
            }
        }
    });
    chosen
}

fn row(ui: &mut Ui, width: f32, item: &MenuItem) -> bool {
    let tokens = tokens(ui);
    if item.line_above {
        let (line, _) = ui.allocate_exact_size(vec2(width, 9.0), Sense::hover());
        ui.painter().hline(line.x_range(), line.center().y, (1.0, tokens.line));
    }
    let sense = if item.off.is_some() { Sense::hover() } else { Sense::click() };
    let (rect, response) = ui.allocate_exact_size(vec2(width, LIST_ROW), sense);
    let enabled = item.off.is_none();
    response.widget_info(|| match item.checked {
        Some(checked) => WidgetInfo::selected(Role::MenuItemRadio, enabled, checked, &item.text),
        None => WidgetInfo::labeled(Role::MenuItem, enabled, &item.text),
    });
    if enabled && response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, RADIUS_CONTROL, tokens.bg3);
    }
    let ink = if enabled { tokens.t1 } else { tokens.t4 };
    let mut left = rect.left() + 8.0;
    if let Some(icon) = item.icon {
        icon.paint(
            ui.painter(),
            pos2(left + 7.0, rect.center().y),
            15.0,
            if enabled { tokens.t2 } else { ink },
        );
        left += 24.0;
    }
    let mut right = rect.right() - 8.0;
    if item.checked == Some(true) {
        Icon::Check.paint(ui.painter(), pos2(right - 6.0, rect.center().y), 14.0, tokens.accent);
        right -= 20.0;
    }
    let at = pos2(right, rect.center().y);
    let taken =
        text::paint(ui.painter(), at, Align2::RIGHT_CENTER, &item.trailing, Type::NumberSmall, tokens.t3);
    let words = Rect::from_min_max(pos2(left, rect.top()), pos2(taken.left() - 8.0, rect.bottom()));
    let kind = if item.mono { Type::Number } else { Type::Control };
    text::paint_in(ui.painter(), words, Align2::LEFT_CENTER, &item.text, kind, ink);
    focus::ring_inside(ui, &response, rect);
    let response = match &item.off {
        Some(reason) => response.on_hover_text(reason),
        None => response,
    };
    if response.clicked() {
        ui.close();
    }
    response.clicked()
}
