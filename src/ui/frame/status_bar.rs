//! The status bar: newest notification, history, replay clock, memory, time zone.

use eframe::egui::accesskit::Role;
use eframe::egui::{Align2, Color32, Rect, Response, Sense, Ui, WidgetInfo, pos2};

use super::replay_clock;
use crate::app::commands::WindowCommand;
use crate::app::state::Level;
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::{Tokens, tokens};
use crate::ui::widgets::focus;
use crate::ui::{View, format};

/// Draws it.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let mut rest = rect;
    let zone = &view.state.settings.zone_name;
    let item = segment(ui, &mut rest, 28.0 + text::width(ui, zone, Type::Label));
    let response = press(ui, view, item, "Time zone", WindowCommand::ToggleSettings);
    text::paint_in(ui.painter(), item, Align2::CENTER_CENTER, zone, Type::Label, tokens(ui).t2);
    response.on_hover_text("The zone in which times are shown. Change it in the settings");
    memory(ui, view, &mut rest);
    replay_clock::show(ui, view, &mut rest);
    history(ui, view, &mut rest);
    newest(ui, view, rest);
}

/// How a level looks: an icon and a colour.
pub(super) fn look(tokens: &Tokens, level: Level) -> (Icon, Color32) {
    match level {
        Level::Good => (Icon::CheckCircle, tokens.good),
        Level::Info => (Icon::CheckCircle, tokens.t2),
        Level::Warn => (Icon::Warning, tokens.warn),
        Level::Bad => (Icon::Alert, tokens.bad),
    }
}

/// Cuts a piece off the right, with a line at its left.
pub(super) fn segment(ui: &Ui, rest: &mut Rect, width: f32) -> Rect {
    let (left, piece) = rest.split_left_right_at_x((rest.right() - width).round());
    ui.painter().vline(piece.left() + 0.5, piece.y_range(), (1.0, tokens(ui).line));
    *rest = left;
    piece
}

fn press(ui: &mut Ui, view: &View<'_>, rect: Rect, name: &str, command: WindowCommand) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(name), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    if response.hovered() {
        ui.painter().rect_filled(rect.with_min_x(rect.left() + 1.0), 0.0, tokens(ui).bg2);
    }
    focus::ring_inside(ui, &response, rect);
    if response.clicked() {
        view.send(command);
    }
    response
}

/// What frames and models take of the budget; shown once there is something.
fn memory(ui: &mut Ui, view: &View<'_>, rest: &mut Rect) {
    let used = view.state.memory_used();
    if used == 0 {
        return;
    }
    let tokens = tokens(ui);
    let budget = view.state.settings.memory_budget;
    let said = format!("{} of {}", format::bytes(used), format::bytes(budget));
    let width =
        28.0 + text::width(ui, "Memory ", Type::Label) + 4.0 + text::width(ui, &said, Type::NumberSmall);
    let item = segment(ui, rest, width);
    press(ui, view, item, "Memory", WindowCommand::ToggleSettings)
        .on_hover_text("What slices and models take of the budget that is set for them");
    let at = pos2(item.left() + 14.0, item.center().y);
    let word = text::paint(ui.painter(), at, Align2::LEFT_CENTER, "Memory", Type::Label, tokens.t2);
    let ink = if used > budget { tokens.warn } else { tokens.t1 };
    let at = pos2(word.right() + 8.0, item.center().y);
    text::paint(ui.painter(), at, Align2::LEFT_CENTER, &said, Type::NumberSmall, ink);
}

fn history(ui: &mut Ui, view: &View<'_>, rest: &mut Rect) {
    let tokens = tokens(ui);
    let count = view.state.notifications.all().len().to_string();
    let item = segment(ui, rest, 14.0 + 20.0 + text::width(ui, &count, Type::Label) + 12.0);
    press(ui, view, item, "Notifications", WindowCommand::ToggleHistory).on_hover_text("All that was said");
    let unread = view.state.notifications.unread() > 0;
    let ink = if unread { tokens.t1 } else { tokens.t2 };
    Icon::Bell.paint(ui.painter(), pos2(item.left() + 21.0, item.center().y), 14.0, ink);
    let at = pos2(item.left() + 33.0, item.center().y);
    text::paint(ui.painter(), at, Align2::LEFT_CENTER, &count, Type::Label, ink);
}

fn newest(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let tokens = tokens(ui);
    let Some(newest) = view.state.notifications.newest() else {
        let at = rect.with_min_x(rect.left() + 12.0);
        text::put(
            ui,
            at,
            Align2::LEFT_CENTER,
            "Browsing joins no consumer group and commits nothing",
            Type::Label,
            tokens.t3,
        );
        return;
    };
    let (icon, color) = look(tokens, newest.level);
    icon.paint(ui.painter(), pos2(rect.left() + 19.0, rect.center().y), 13.0, color);
    let words =
        Rect::from_min_max(pos2(rect.left() + 31.0, rect.top()), pos2(rect.right() - 80.0, rect.bottom()));
    let said = if newest.detail.is_empty() {
        newest.title.clone()
    } else {
        format!("{}, {}", newest.title, newest.detail)
    };
    let shown = text::put(ui, words, Align2::LEFT_CENTER, &said, Type::Label, tokens.t1);
    let at = pos2(shown.rect.right() + 8.0, rect.center().y);
    let clock = format::time(newest.at, view.state.zone(), format::Precision::Clock);
    text::paint(ui.painter(), at, Align2::LEFT_CENTER, &clock, Type::NumberSmall, tokens.t3);
}
