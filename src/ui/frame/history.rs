//! The history of notifications, above the status bar.

use eframe::egui::{Align2, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::overlay::{Behind, popup};
use super::status_bar::look;
use crate::app::commands::WindowCommand;
use crate::app::state::Notification;
use crate::ui::text::{self, Type};
use crate::ui::theme::{measures::STATUS_BAR, tokens};
use crate::ui::{View, format, zone};

const WIDTH: f32 = 480.0;
const HEIGHT: f32 = 420.0;

/// Draws it.
pub(super) fn show(ui: &Ui, view: &View<'_>, window: Rect) {
    let height = HEIGHT.min(window.height() - 80.0);
    let at = pos2(window.right() - WIDTH - 14.0, window.bottom() - STATUS_BAR - height - 46.0);
    popup(ui, view, "Notification history", at, WIDTH, Behind::Clear, |ui| {
        let count = view.state.notifications.all().len() as u64;
        let detail = format::count(count, "message", "messages");
        zone::header("Notifications").detail(&detail).tall().line().show(ui, |ui| {
            if count > 0 {
                view.button_as(ui, WindowCommand::ClearHistory, |button| button.ghost().small());
            }
        });
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink(false).show(
            ui,
            |ui| {
                for notification in view.state.notifications.all().iter().rev() {
                    ui.push_id(notification.id, |ui| row(ui, view, notification));
                }
            },
        );
    });
}

fn row(ui: &mut Ui, view: &View<'_>, notification: &Notification) {
    let tokens = tokens(ui);
    ui.add_space(8.0);
    zone::padded(ui, 16.0, |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
        let (icon, color) = look(tokens, notification.level);
        icon.paint(ui.painter(), pos2(rect.left() + 7.0, rect.center().y), 14.0, color);
        let clock = format::time(notification.at, view.state.zone(), format::Precision::Clock);
        let clock = text::put(ui, rect, Align2::RIGHT_CENTER, &clock, Type::NumberSmall, tokens.t3);
        clock.clone().on_hover_text(format::utc(notification.at));
        let words = Rect::from_min_max(
            pos2(rect.left() + 22.0, rect.top()),
            pos2(clock.rect.left() - 8.0, rect.bottom()),
        );
        text::put(ui, words, Align2::LEFT_CENTER, &notification.title, Type::Name, tokens.t1);
        if !notification.detail.is_empty() {
            zone::padded(ui, 22.0, |ui| text::label(ui, &notification.detail, Type::Cell, tokens.t3));
        }
    });
    ui.add_space(8.0);
    zone::line(ui);
}
