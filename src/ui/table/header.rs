//! The head of a table: titles, the arrow of the sorted column, edges to drag.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align, Align2, Color32, CursorIcon, Id, Painter, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::column::{Column, Layout, Sort, width_id};
use super::{Table, TableResponse, cell};
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::TABLE_HEADER;
use crate::ui::theme::tokens;

/// Draws it over the rows.
pub(super) fn show(ui: &mut Ui, table: &Table<'_>, id: Id, layout: &Layout, response: &mut TableResponse) {
    let tokens = tokens(ui);
    let rect = Rect::from_min_size(ui.max_rect().min, vec2(ui.max_rect().width(), TABLE_HEADER));
    ui.painter().rect_filled(rect, 0.0, tokens.bg2);
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, (1.0, tokens.line));
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, tokens.line));
    for column in layout.seen() {
        let (Some(place), Some(about)) = (layout.rect(column, rect.y_range()), table.columns.get(column))
        else {
            continue;
        };
        let clip = layout.clip(column, rect).intersect(ui.clip_rect());
        let head = head(ui, id, place.intersect(clip), column, about);
        paint(ui, table, &ui.painter().with_clip_rect(clip), place, column, about, &head);
        if head.clicked() {
            response.sorted = Some(column);
        }
        if !about.tooltip.is_empty() {
            head.on_hover_text(&about.tooltip);
        }
        edge(ui, id, place, clip, about);
    }
    if layout.is_shifted() {
        ui.painter().vline(layout.fixed_end() - 0.5, ui.max_rect().y_range(), (1.0, tokens.line));
    }
}

fn head(ui: &Ui, id: Id, place: Rect, column: usize, about: &Column) -> Response {
    let sense = if about.sortable { Sense::click() } else { Sense::hover() };
    let response = ui.interact(place.shrink2(vec2(4.0, 0.0)), id.with(("head", column)), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &about.title));
    response
}

fn paint(
    ui: &Ui,
    table: &Table<'_>,
    painter: &Painter,
    place: Rect,
    column: usize,
    about: &Column,
    head: &Response,
) {
    let sort = table.sort.filter(|(sorted, _)| *sorted == column).map(|(_, sort)| sort);
    let tinted = table.tinted == Some(column);
    if tinted {
        painter.rect_filled(place.shrink2(vec2(0.0, 1.0)), 0.0, tokens(ui).soft);
    }
    if column < table.fixed {
        painter.rect_filled(place.shrink2(vec2(0.0, 1.0)), 0.0, tokens(ui).bg2);
    }
    let ink = ink(ui, sort.is_some() || head.hovered() && about.sortable, tinted);
    let mut inner = cell::inner(ui, place, column);
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

/// The right edge of a column, to be dragged; a double click sets the width back.
fn edge(ui: &Ui, id: Id, place: Rect, clip: Rect, about: &Column) {
    let grip = Rect::from_center_size(pos2(place.right(), place.center().y), vec2(6.0, place.height()));
    if !clip.contains(grip.center()) {
        return;
    }
    let key = width_id(id, &about.title);
    // Not focusable: a table would have a stop for Tab on each of its columns.
    let sense = Sense::CLICK | Sense::DRAG;
    let response = ui.interact(grip, key, sense).on_hover_and_drag_cursor(CursorIcon::ResizeColumn);
    if response.dragged() {
        let width = (place.width() + response.drag_delta().x).max(Layout::NARROWEST);
        ui.data_mut(|data| data.insert_temp(key, width));
    }
    if response.double_clicked() {
        ui.data_mut(|data| data.remove::<f32>(key));
    }
    if response.hovered() || response.dragged() {
        ui.painter().vline(place.right() - 0.5, place.y_range(), (1.0, tokens(ui).line2));
    }
}
