//! Where a table is scrolled to: a row number and a part of a row, so that any row of any table can be reached.

use std::ops::Range;

use eframe::egui::{Id, Rect, Sense, Ui, pos2, vec2};

use super::column::Layout;
use crate::ui::theme::tokens;

/// Kept from frame to frame.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// The first row that is seen, with the part of it that is not, in rows.
    top: f64,
    /// Points scrolled to the right.
    side: f32,
}

/// The scroll position in this frame.
pub(super) struct Scroll {
    place: Place,
    body: Rect,
    rows: u64,
    row_height: f32,
}

/// The bars are so wide, inside the table's edge.
const BAR: f32 = 6.0;

impl Scroll {
    pub(super) fn load(ui: &Ui, id: Id, body: Rect, rows: u64, row_height: f32) -> Self {
        let place = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let mut scroll = Self { place, body, rows, row_height };
        if scroll.last_top() > 0.0 && ui.rect_contains_pointer(body) {
            let delta = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.y));
            scroll.place.top -= f64::from(delta / row_height);
        }
        scroll.place.top = scroll.place.top.clamp(0.0, scroll.last_top());
        scroll
    }

    pub(super) fn store(&self, ui: &Ui, id: Id) {
        ui.data_mut(|data| data.insert_temp(id, self.place));
    }

    /// Scrolls sideways by the wheel; says how far.
    pub(super) fn sideways(&mut self, ui: &Ui, most: f32) -> f32 {
        if most > 0.0 && ui.rect_contains_pointer(self.body) {
            self.place.side -= ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.x));
        }
        self.place.side = self.place.side.clamp(0.0, most);
        self.place.side
    }

    /// Scrolls to the right at least so far.
    pub(super) fn reveal_sideways(&mut self, least: f32) {
        self.place.side = self.place.side.max(least);
    }

    pub(super) fn body(&self) -> Rect {
        self.body
    }

    /// Whole rows that fit into sight.
    pub(super) fn page(&self) -> u64 {
        (self.fitting().floor() as u64).max(1)
    }

    /// Rows that are seen, also in part.
    pub(super) fn seen(&self) -> Range<u64> {
        let first = self.place.top.floor() as u64;
        let count = (self.fitting() + self.place.top.fract()).ceil() as u64;
        first.min(self.rows)..first.saturating_add(count).min(self.rows)
    }

    /// Where a row lies.
    pub(super) fn band(&self, row: u64) -> Rect {
        let rows = row as f64 - self.place.top;
        let top = (f64::from(self.body.top()) + rows * f64::from(self.row_height)).round() as f32;
        Rect::from_min_size(pos2(self.body.left(), top), vec2(self.body.width(), self.row_height))
    }

    pub(super) fn row_at(&self, y: f32) -> Option<u64> {
        let row = self.place.top + f64::from((y - self.body.top()) / self.row_height);
        (row >= 0.0 && row < self.rows as f64).then_some(row as u64)
    }

    /// Scrolls just so far that a row is seen whole.
    pub(super) fn reveal(&mut self, row: u64) {
        let row = row as f64;
        let lowest = (row + 1.0 - self.fitting()).max(0.0);
        self.place.top = self.place.top.clamp(lowest.min(row), row.max(lowest));
        self.place.top = self.place.top.clamp(0.0, self.last_top());
    }

    /// Rows that fit into sight.
    fn fitting(&self) -> f64 {
        f64::from(self.body.height().max(0.0) / self.row_height)
    }

    /// The place at which the last row is at the bottom.
    fn last_top(&self) -> f64 {
        (self.rows as f64 - self.fitting()).max(0.0)
    }

    pub(super) fn show_bars(&mut self, ui: &Ui, id: Id, body: Rect, layout: &Layout) {
        self.bar_down(ui, id, body);
        self.bar_sideways(ui, id, body, layout);
    }

    fn bar_down(&mut self, ui: &Ui, id: Id, body: Rect) {
        let most = self.last_top();
        if most <= 0.0 {
            return;
        }
        let track =
            Rect::from_min_max(pos2(body.right() - BAR - 3.0, body.top() + 2.0), body.max - vec2(3.0, 2.0));
        let share = (self.fitting() / self.rows as f64) as f32;
        let length = (track.height() * share).max(24.0);
        let free = (track.height() - length).max(1.0);
        let response = ui.interact(track.expand2(vec2(3.0, 0.0)), id.with("bar down"), Sense::DRAG);
        if let (true, Some(pointer)) = (response.dragged(), response.interact_pointer_pos()) {
            let share = f64::from(((pointer.y - track.top() - length / 2.0) / free).clamp(0.0, 1.0));
            self.place.top = share * most;
        }
        let top = track.top() + (self.place.top / most) as f32 * free;
        let handle = Rect::from_min_size(pos2(track.left(), top), vec2(BAR, length));
        paint_handle(ui, handle, response.hovered() || response.dragged(), body);
    }

    fn bar_sideways(&mut self, ui: &Ui, id: Id, body: Rect, layout: &Layout) {
        let most = layout.width() - body.width();
        if most <= 0.5 {
            return;
        }
        let from = layout.fixed_end().max(body.left());
        let track =
            Rect::from_min_max(pos2(from + 2.0, body.bottom() - BAR - 3.0), body.max - vec2(12.0, 3.0));
        let length = (track.width() * body.width() / layout.width()).max(24.0);
        let free = (track.width() - length).max(1.0);
        let response = ui.interact(track.expand2(vec2(0.0, 3.0)), id.with("bar sideways"), Sense::DRAG);
        if let (true, Some(pointer)) = (response.dragged(), response.interact_pointer_pos()) {
            self.place.side = ((pointer.x - track.left() - length / 2.0) / free).clamp(0.0, 1.0) * most;
        }
        let left = track.left() + self.place.side / most * free;
        let handle = Rect::from_min_size(pos2(left, track.top()), vec2(length, BAR));
        paint_handle(ui, handle, response.hovered() || response.dragged(), body);
    }
}

/// A bar is seen while the pointer is over the table, stronger while it is over the bar.
fn paint_handle(ui: &Ui, handle: Rect, strong: bool, body: Rect) {
    let tokens = tokens(ui);
    if strong || ui.rect_contains_pointer(body) {
        let color = if strong { tokens.t4 } else { tokens.line2 };
        ui.painter().rect_filled(handle, BAR / 2.0, color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scroll(rows: u64, top: f64) -> Scroll {
        let body = Rect::from_min_size(pos2(0.0, 100.0), vec2(400.0, 240.0));
        Scroll { place: Place { top, side: 0.0 }, body, rows, row_height: 24.0 }
    }

    #[test]
    fn the_last_row_of_ten_million_is_reached_exactly() {
        let mut scroll = scroll(10_000_000, 0.0);
        scroll.reveal(9_999_999);
        assert_eq!(scroll.seen(), 9_999_990..10_000_000);
        assert_eq!(scroll.band(9_999_999).bottom(), 340.0);
        assert_eq!(scroll.row_at(339.0), Some(9_999_999));
    }

    #[test]
    fn a_row_that_is_seen_already_moves_nothing() {
        let mut scroll = scroll(1_000, 500.5);
        scroll.reveal(505);
        assert_eq!(scroll.place.top, 500.5);
        assert_eq!(scroll.seen(), 500..511);
    }

    #[test]
    fn fewer_rows_than_fit_do_not_scroll() {
        let mut scroll = scroll(3, 0.0);
        scroll.reveal(2);
        assert_eq!((scroll.place.top, scroll.seen()), (0.0, 0..3));
        assert_eq!(scroll.row_at(300.0), None);
    }
}
