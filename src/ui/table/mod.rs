//! A virtual table: the header stays, only the rows that are seen are painted, ten million rows cost what ten cost.
//!
//! In: columns, a number of rows, and a closure that paints one cell. Out: what was clicked, chosen, sorted. It holds its
//! scroll position as a row number of 64 bits, because an `f32` offset in points loses whole rows past some 800,000.
//!
//! ```text
//! let table = Table::new("records")
//!     .columns(&columns)
//!     .rows(frame.height() as u64)
//!     .selected(state.selected)
//!     .show(ui, |cell| match cell.column() {
//!         0 => cell.number(&format::integer(offset(cell.row()))),
//!         _ => cell.text(name(cell.row())),
//!     });
//! if let Some(row) = table.chosen { view.send(BrowseCommand::Choose(row)) }
//! ```

mod arrangement;
mod cell;
mod column;
mod header;
mod keys;
mod scroll;

pub use arrangement::{Arrangement, arrangements, set_arrangements};
pub use cell::Cell;
pub use column::{Column, Sort};

use std::ops::Range;

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Context, Id, PointerButton, Rect, Response, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use self::column::Layout;
use self::scroll::Scroll;
use super::theme::measures::{TABLE_HEADER, TABLE_ROW};
use super::theme::tokens;
use super::widgets::focus;

/// The table of stage Browse, for commands that change its columns; it is kept for each topic apart.
pub const RECORDS: &str = "Records";

/// A table, filled by a closure that paints one cell.
#[must_use = "call show"]
pub struct Table<'a> {
    name: &'a str,
    of: &'a str,
    columns: &'a [Column],
    rows: u64,
    row_height: f32,
    selected: Option<u64>,
    fixed: usize,
    sort: Option<(usize, Sort)>,
    tinted: Option<usize>,
    selectable: bool,
    reveal: bool,
}

/// What the user did.
#[derive(Clone, Debug, Default)]
pub struct TableResponse {
    /// A row was chosen, by a click or by arrows.
    pub chosen: Option<u64>,
    /// A row was opened, by a double click or Enter.
    pub opened: Option<u64>,
    /// A header was clicked that can be sorted by.
    pub sorted: Option<usize>,
    /// Ctrl+C: the chosen row is to be copied; with Shift as JSON.
    pub copied: Option<(u64, bool)>,
    /// The pointer is over this cell: row and column.
    pub hovered: Option<(u64, usize)>,
    /// The rows that are seen: to be fetched where they are not there.
    pub seen: Range<u64>,
}

/// Gives the focus to the table of that name, which is drawn in the next frame.
pub fn focus_on(ctx: &Context, name: &str) {
    ctx.memory_mut(|memory| memory.request_focus(id_of(name)));
}

fn id_of(name: &str) -> Id {
    Id::unique(("table", name))
}

impl<'a> Table<'a> {
    /// A table named `name`, which keeps its widths and its place.
    pub fn new(name: &'a str) -> Self {
        Self {
            name,
            of: "",
            columns: &[],
            rows: 0,
            row_height: TABLE_ROW,
            selected: None,
            fixed: 0,
            sort: None,
            tinted: None,
            selectable: true,
            reveal: false,
        }
    }

    /// Of what it is: widths, order, hidden columns and its place are kept for each apart, such as each topic.
    pub fn of(mut self, of: &'a str) -> Self {
        self.of = of;
        self
    }

    /// Its columns, from left to right. The user may put them in another order and hide those that are not fixed; a cell
    /// and a response name a column by its index here.
    pub fn columns(mut self, columns: &'a [Column]) -> Self {
        self.columns = columns;
        self
    }

    /// How many rows there are.
    pub fn rows(mut self, rows: u64) -> Self {
        self.rows = rows;
        self
    }

    /// The row that is chosen.
    pub fn selected(mut self, row: impl Into<Option<u64>>) -> Self {
        self.selected = row.into();
        self
    }

    /// So many columns at the left stay when the others scroll sideways.
    pub fn fixed(mut self, columns: usize) -> Self {
        self.fixed = columns;
        self
    }

    /// By which column it is sorted, and how.
    pub fn sorted(mut self, column: usize, sort: Sort) -> Self {
        self.sort = Some((column, sort));
        self
    }

    /// A column that stands out, such as the one that a step made.
    pub fn tinted(mut self, column: impl Into<Option<usize>>) -> Self {
        self.tinted = column.into();
        self
    }

    /// Another height of the rows than 24.
    pub fn row_height(mut self, height: f32) -> Self {
        self.row_height = height;
        self
    }

    /// Rows cannot be chosen: a list of facts.
    pub fn facts(mut self) -> Self {
        self.selectable = false;
        self
    }

    /// Brings the chosen row into sight in this frame, after it was chosen from elsewhere.
    pub fn reveal(mut self, reveal: bool) -> Self {
        self.reveal = reveal;
        self
    }

    /// Height of the header and all rows: for a small table in a zone that scrolls.
    pub fn full_height(&self) -> f32 {
        TABLE_HEADER + self.rows as f32 * self.row_height
    }

    /// Draws it over what is left of `ui`; `paint` is called once for each cell that is seen.
    pub fn show(self, ui: &mut Ui, paint: impl FnMut(&mut Cell<'_>)) -> TableResponse {
        let rect = ui.available_rect_before_wrap();
        self.show_in(ui, rect, paint)
    }

    /// The same at its full height, in a zone that scrolls.
    pub fn show_all(self, ui: &mut Ui, paint: impl FnMut(&mut Cell<'_>)) -> TableResponse {
        let size = vec2(ui.available_width(), self.full_height());
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        self.show_in(ui, rect, paint)
    }

    /// Draws it in `rect`.
    pub fn show_in(self, ui: &mut Ui, rect: Rect, mut paint: impl FnMut(&mut Cell<'_>)) -> TableResponse {
        let key = key(self.name, self.of);
        let id = id_of(self.name);
        let arrangement = Arrangement::load(ui.ctx(), &key);
        let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(("table", self.name)));
        child.set_clip_rect(rect.intersect(ui.clip_rect()));
        let ui = &mut child;
        let body =
            Rect::from_min_max(pos2(rect.left(), (rect.top() + TABLE_HEADER).min(rect.bottom())), rect.max);
        let mut scroll = Scroll::load(ui, id, body, self.rows, self.row_height);
        let reveal = self.newly_tinted(ui, id);
        let layout = Layout::new(ui, arrangement, self.columns, (rect, self.fixed), reveal, &mut scroll);
        let whole = ui.interact(body, id, if self.selectable { Sense::click() } else { Sense::hover() });
        whole.widget_info(|| WidgetInfo::labeled(Role::Table, true, self.name));
        let mut response = TableResponse::default();
        if self.selectable {
            keys::handle(ui, &whole, &self, &mut scroll, &mut response);
        }
        if self.reveal {
            self.selected.into_iter().for_each(|row| scroll.reveal(row));
        }
        response.seen = scroll.seen();
        pointer(&whole, &scroll, &layout, &mut response);
        self.body(ui, &scroll, &layout, response.hovered, &mut paint);
        header::show(ui, &self, (&key, id), &layout, &mut response);
        focus::ring_inside(ui, &whole, body);
        scroll.show_bars(ui, id, body, &layout);
        scroll.store(ui, id);
        response
    }

    /// The column that stands out, in the first frame in which it does: it is scrolled into sight then.
    fn newly_tinted(&self, ui: &Ui, id: Id) -> Option<usize> {
        let title =
            self.tinted.and_then(|column| self.columns.get(column)).map(|column| column.title.clone());
        let id = id.with("tinted");
        let before = ui.data(|data| data.get_temp::<Option<String>>(id)).flatten();
        if before == title {
            return None;
        }
        ui.data_mut(|data| data.insert_temp(id, title));
        self.tinted
    }

    fn body(
        &self,
        ui: &mut Ui,
        scroll: &Scroll,
        layout: &Layout,
        hovered: Option<(u64, usize)>,
        paint: &mut impl FnMut(&mut Cell<'_>),
    ) {
        let body = scroll.body();
        let clip = body.intersect(ui.clip_rect());
        let tinted = self.tinted.and_then(|column| layout.place_of(column));
        if let Some(rect) = tinted.and_then(|place| layout.rect(place, body.y_range())) {
            ui.painter().with_clip_rect(clip).rect_filled(rect, 0.0, tokens(ui).soft);
        }
        for row in scroll.seen() {
            let band = scroll.band(row);
            let mut painter = ui.painter().with_clip_rect(clip);
            let selected = self.selected == Some(row);
            let over = self.selectable && hovered.is_some_and(|(other, _)| other == row);
            cell::background(ui, &painter, band, selected, over);
            let mut said = [String::new(), String::new()];
            for at in layout.seen() {
                let column = layout.column(at);
                let (Some(rect), Some(about)) = (layout.rect(at, band.y_range()), self.columns.get(column))
                else {
                    continue;
                };
                painter.set_clip_rect(layout.clip(at, clip));
                if layout.is_fixed(at) && layout.is_shifted() {
                    cell::cover(ui, &painter, rect, selected, over);
                }
                let place = cell::Place { rect, at, row, column, align: about.align, selected };
                // Fixed cells are painted last and read first.
                let [fixed, rest] = &mut said;
                let said = if layout.is_fixed(at) { fixed } else { rest };
                paint(&mut Cell::new(ui, painter.clone(), place, said));
            }
            self.name_row(ui, band.intersect(clip), row, selected, said.join(" ").trim());
        }
    }

    /// Names a row for screen readers and tests by what its cells say.
    fn name_row(&self, ui: &Ui, band: Rect, row: u64, selected: bool, said: &str) {
        let id = Id::unique(("table row", self.name, row));
        let response = ui.interact(band, id, Sense::hover());
        response.widget_info(|| WidgetInfo::selected(Role::Row, true, selected, said));
    }
}

/// What a table is kept under: `Records of flights`.
fn key(name: &str, of: &str) -> String {
    if of.is_empty() { name.to_owned() } else { format!("{name} of {of}") }
}

fn pointer(whole: &Response, scroll: &Scroll, layout: &Layout, response: &mut TableResponse) {
    let Some(at) = whole.interact_pointer_pos().or(whole.hover_pos()) else { return };
    let Some(row) = scroll.row_at(at.y) else { return };
    response.hovered = Some((row, layout.column_at(at.x).unwrap_or_default()));
    // Enter on a focused table is no click on whatever lies under the pointer.
    if whole.clicked_by(PointerButton::Primary) {
        response.chosen = Some(row);
        whole.request_focus();
    }
    if whole.double_clicked() {
        response.opened = Some(row);
    }
}
