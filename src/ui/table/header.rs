//! The head of a table: titles, the arrow of the sorted column, edges to drag, and a menu of the columns.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align, Align2, Color32, CursorIcon, Id, Painter, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::arrangement::Arrangement;
use super::column::{Column, Layout, Sort};
use super::{Table, TableResponse, cell};
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::TABLE_HEADER;
use crate::ui::theme::tokens;
use crate::ui::widgets::{MenuItem, menu, menu_at};

/// The head of one column.
struct Head<'a> {
    /// Where it lies, also where a part of it is out of sight.
    rect: Rect,
    /// Its place, from the left.
    at: usize,
    column: usize,
    about: &'a Column,
    response: Response,
}

/// Draws it over the rows.
pub(super) fn show(
    ui: &mut Ui,
    table: &Table<'_>,
    (key, id): (&str, Id),
    layout: &Layout,
    response: &mut TableResponse,
) {
    let tokens = tokens(ui);
    let rect = Rect::from_min_size(ui.max_rect().min, vec2(ui.max_rect().width(), TABLE_HEADER));
    ui.painter().rect_filled(rect, 0.0, tokens.bg2);
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, (1.0, tokens.line));
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, tokens.line));
    for at in layout.seen() {
        let column = layout.column(at);
        let (Some(place), Some(about)) = (layout.rect(at, rect.y_range()), table.columns.get(column)) else {
            continue;
        };
        let clip = layout.clip(at, rect).intersect(ui.clip_rect());
        let pressed = press(ui, id, place.intersect(clip), column, about);
        let head = Head { rect: place, at, column, about, response: pressed };
        paint(ui, table, layout, &ui.painter().with_clip_rect(clip), &head);
        if head.response.clicked() && about.sortable {
            response.sorted = Some(column);
        }
        columns_menu(&head, key, layout);
        drag(ui, &head, table, key, layout);
        if !about.tooltip.is_empty() {
            head.response.on_hover_text(&about.tooltip);
        }
        edge(ui, key, id, place, clip, about);
    }
    if layout.is_shifted() {
        ui.painter().vline(layout.fixed_end() - 0.5, ui.max_rect().y_range(), (1.0, tokens.line));
    }
}

/// A head is dragged and has a menu. Only one that sorts is a stop for Tab: a wide table has many columns.
fn press(ui: &Ui, id: Id, place: Rect, column: usize, about: &Column) -> Response {
    let sense = if about.sortable { Sense::click_and_drag() } else { Sense::CLICK | Sense::DRAG };
    let response = ui.interact(place.shrink2(vec2(4.0, 0.0)), id.with(("head", column)), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &about.title));
    response
}

fn paint(ui: &Ui, table: &Table<'_>, layout: &Layout, painter: &Painter, head: &Head<'_>) {
    let (about, response) = (head.about, &head.response);
    let sort = table.sort.filter(|(sorted, _)| *sorted == head.column).map(|(_, sort)| sort);
    let tinted = table.tinted == Some(head.column);
    if tinted {
        painter.rect_filled(head.rect.shrink2(vec2(0.0, 1.0)), 0.0, tokens(ui).soft);
    }
    if layout.is_fixed(head.at) {
        painter.rect_filled(head.rect.shrink2(vec2(0.0, 1.0)), 0.0, tokens(ui).bg2);
    }
    let strong = sort.is_some() || response.hovered() && about.sortable || response.dragged();
    let ink = ink(ui, strong, tinted);
    let mut inner = cell::inner(ui, head.rect, head.at);
    let kind = if about.mono { Type::NumberSmall } else { Type::Label };
    if let Some(sort) = sort {
        let icon = if sort == Sort::Up { Icon::ArrowUp } else { Icon::ArrowDown };
        let width = text::width(ui, &about.title, kind).min(inner.width() - 14.0);
        let x = if about.align == Align::Max { inner.right() - 5.0 } else { inner.left() + width + 9.0 };
        icon.paint(painter, pos2(x, inner.center().y), 11.0, ink);
        if about.align == Align::Max {
            inner.max.x -= 14.0;
        }
    }
    if about.bare {
        return;
    }
    let align = if about.align == Align::Max { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
    text::paint_in(painter, inner, align, &about.title, kind, ink);
}

fn ink(ui: &Ui, strong: bool, tinted: bool) -> Color32 {
    let tokens = tokens(ui);
    match (strong, tinted) {
        (true, _) => tokens.t1,
        (false, true) => tokens.accent,
        (false, false) => tokens.t3,
    }
}

/// The right button's menu: hide this column, show all, everything as it was.
fn columns_menu(head: &Head<'_>, key: &str, layout: &Layout) {
    menu_at(&head.response).show(|ui| {
        let about = head.about;
        let mut arrangement = Arrangement::load(ui.ctx(), key);
        let why_not = match (layout.is_fixed(head.at), layout.count()) {
            (true, _) => Some("this column stays".to_owned()),
            (false, ..=1) => Some("it is the last one".to_owned()),
            (false, _) => None,
        };
        let hidden = arrangement.hidden();
        let items = [
            MenuItem::new(format!("Hide {}", about.title)).off(why_not),
            MenuItem::new("Show all columns")
                .trailing(if hidden > 0 { format!("{hidden} hidden") } else { String::new() })
                .off((hidden == 0).then(|| "none is hidden".into())),
            MenuItem::new("Order and widths as they were").line_above(),
        ];
        match menu(ui, 230.0, items.into_iter()) {
            Some(0) => arrangement.toggle(&about.title),
            Some(1) => arrangement.show_all(),
            Some(_) => arrangement = Arrangement::default(),
            None => return,
        }
        arrangement.store(ui.ctx(), key);
    });
}

/// A head is dragged to another place: a line shows where the column would stand.
fn drag(ui: &Ui, head: &Head<'_>, table: &Table<'_>, key: &str, layout: &Layout) {
    let response = &head.response;
    if layout.is_fixed(head.at) || !(response.dragged() || response.drag_stopped()) {
        return;
    }
    let Some(pointer) = response.interact_pointer_pos().or_else(|| ui.ctx().pointer_latest_pos()) else {
        return;
    };
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let Some((to, x)) = layout.gap_at(pointer.x) else { return };
    let painter = ui.painter().with_clip_rect(ui.max_rect());
    painter.vline(x, ui.max_rect().y_range(), (2.0, tokens(ui).accent));
    if response.drag_stopped() {
        let mut arrangement = Arrangement::load(ui.ctx(), key);
        arrangement.put(table.columns, layout.fixed(), head.at, to);
        arrangement.store(ui.ctx(), key);
    }
}

/// The right edge of a column, to be dragged; a double click sets the width back.
fn edge(ui: &Ui, key: &str, id: Id, place: Rect, clip: Rect, about: &Column) {
    let grip = Rect::from_center_size(pos2(place.right(), place.center().y), vec2(6.0, place.height()));
    if !clip.contains(grip.center()) {
        return;
    }
    let grip_id = id.with(("edge", &about.title));
    // Not focusable: a table would have a stop for Tab on each of its columns.
    let response = ui
        .interact(grip, grip_id, Sense::CLICK | Sense::DRAG)
        .on_hover_and_drag_cursor(CursorIcon::ResizeColumn);
    let dragged =
        response.dragged().then(|| (place.width() + response.drag_delta().x).max(Layout::NARROWEST));
    if dragged.is_some() || response.double_clicked() {
        let mut arrangement = Arrangement::load(ui.ctx(), key);
        arrangement.set_width(&about.title, dragged);
        arrangement.store(ui.ctx(), key);
    }
    if response.hovered() || response.dragged() {
        ui.painter().vline(place.right() - 0.5, place.y_range(), (1.0, tokens(ui).line2));
    }
}
