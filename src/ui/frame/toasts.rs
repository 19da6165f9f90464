//! Toasts: what was just said, at the bottom right, three at most.

use eframe::egui::{Align2, Area, Id, Order, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::status_bar::look;
use crate::app::commands::WindowCommand;
use crate::app::state::Notification;
use crate::ui::View;
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{RADIUS_POPUP, STATUS_BAR};
use crate::ui::theme::tokens;
use crate::ui::widgets::{Button, IconButton};

const WIDTH: f32 = 414.0;
const HEIGHT: f32 = 58.0;

/// Draws them.
pub(super) fn show(ui: &Ui, view: &View<'_>, window: Rect) {
    let toasts = view.state.notifications.toasts();
    let mut bottom = window.bottom() - STATUS_BAR - 12.0;
    for toast in toasts.iter().rev() {
        let at = pos2(window.right() - WIDTH - 12.0, bottom - HEIGHT);
        bottom = at.y - 8.0;
        Area::new(Id::unique(("toast", toast.id)))
            .order(Order::Foreground)
            .fixed_pos(at)
            .show(ui.ctx(), |ui| one(ui, view, toast));
    }
}

fn one(ui: &mut Ui, view: &View<'_>, toast: &Notification) {
    let tokens = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, HEIGHT), Sense::hover());
    ui.painter().add(ui.visuals().popup_shadow.as_shape(rect, RADIUS_POPUP));
    let stroke = Stroke::new(1.0, tokens.line2);
    ui.painter().rect(rect, RADIUS_POPUP, tokens.bg2, stroke, StrokeKind::Inside);
    let (icon, color) = look(tokens, toast.level);
    let one_line = toast.detail.is_empty();
    let middle = if one_line { rect.center().y } else { rect.top() + 21.0 };
    icon.paint(ui.painter(), pos2(rect.left() + 21.0, middle), 15.0, color);
    let close = Rect::from_center_size(pos2(rect.right() - 20.0, middle), vec2(24.0, 24.0));
    let mut right = close.left() - 6.0;
    if ui
        .put(close, |ui: &mut Ui| IconButton::new(Icon::X, "Dismiss").size(vec2(24.0, 24.0)).show(ui))
        .clicked()
    {
        view.send(WindowCommand::DismissToast(toast.id));
    }
    if let Some((title, command)) = &toast.action {
        let button = Button::new(title).small();
        let width = button.measure(ui);
        let place = Rect::from_min_size(pos2(right - width, middle - 11.0), vec2(width, 22.0));
        right = place.left() - 8.0;
        if ui.put(place, |ui: &mut Ui| button.show(ui)).clicked() {
            view.send(command.clone());
            view.send(WindowCommand::DismissToast(toast.id));
        }
    }
    let words = Rect::from_min_max(pos2(rect.left() + 40.0, middle - 10.0), pos2(right, middle + 10.0));
    text::put(ui, words, Align2::LEFT_CENTER, &toast.title, Type::Name, tokens.t1);
    if !one_line {
        let below = Rect::from_min_max(
            pos2(words.left(), rect.top() + 31.0),
            pos2(rect.right() - 16.0, rect.bottom() - 8.0),
        );
        text::put(ui, below, Align2::LEFT_CENTER, &toast.detail, Type::Cell, tokens.t3);
    }
}
