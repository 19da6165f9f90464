//! Columns: their heads, their widths, where they lie.

use eframe::egui::{Align, Id, Rangef, Rect, Ui};

use super::scroll::Scroll;

/// In which order a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Smallest first.
    Up,
    /// Largest first.
    Down,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    pub(super) title: String,
    pub(super) tooltip: String,
    pub(super) width: f32,
    pub(super) align: Align,
    pub(super) grows: bool,
    pub(super) mono: bool,
    pub(super) sortable: bool,
}

impl Column {
    /// A column of words, so wide until the user drags its edge.
    pub fn text(title: impl Into<String>, width: f32) -> Self {
        Self {
            title: title.into(),
            tooltip: String::new(),
            width,
            align: Align::Min,
            grows: false,
            mono: false,
            sortable: false,
        }
    }

    /// A column of numbers, at the right.
    pub fn number(title: impl Into<String>, width: f32) -> Self {
        Self { align: Align::Max, ..Self::text(title, width) }
    }

    /// Takes a share of the width that is left over; without such a column the last one takes it.
    pub fn grow(mut self) -> Self {
        self.grows = true;
        self
    }

    /// Its head in JetBrains Mono: the name of a field.
    pub fn field(mut self) -> Self {
        self.mono = true;
        self
    }

    /// A click on its head sorts by it.
    pub fn sortable(mut self) -> Self {
        self.sortable = true;
        self
    }

    /// More about it, when the pointer is over its head.
    pub fn tooltip(mut self, tooltip: impl Into<String>) -> Self {
        self.tooltip = tooltip.into();
        self
    }
}

/// Where the columns lie in this frame.
pub(super) struct Layout {
    left: f32,
    right: f32,
    /// Left edges from the table's left, unscrolled, and one more for the end.
    edges: Vec<f32>,
    fixed: usize,
    shift: f32,
}

impl Layout {
    /// A column is never dragged narrower.
    pub(super) const NARROWEST: f32 = 32.0;

    pub(super) fn new(
        ui: &Ui,
        id: Id,
        columns: &[Column],
        rect: Rect,
        fixed: usize,
        scroll: &mut Scroll,
    ) -> Self {
        let widths = widths(ui, id, columns, rect.width());
        let mut edges = Vec::with_capacity(widths.len() + 1);
        edges.push(0.0);
        let mut at = 0.0;
        for width in widths {
            at += width;
            edges.push(at);
        }
        let shift = scroll.sideways(ui, (at - rect.width()).max(0.0));
        Self { left: rect.left(), right: rect.right(), edges, fixed: fixed.min(columns.len()), shift }
    }

    /// Columns that are seen. Fixed ones come last, so that they lie over those which scroll below them.
    pub(super) fn seen(&self) -> impl Iterator<Item = usize> + '_ {
        let count = self.edges.len().saturating_sub(1);
        (self.fixed..count).chain(0..self.fixed).filter(|column| {
            self.x(*column)
                .is_some_and(|x| *column < self.fixed || (x.max > self.fixed_end() && x.min < self.right))
        })
    }

    /// A column's place.
    pub(super) fn rect(&self, column: usize, y: Rangef) -> Option<Rect> {
        self.x(column).map(|x| Rect::from_x_y_ranges(x, y))
    }

    /// What of `clip` a column may paint on: those that scroll not over the fixed ones.
    pub(super) fn clip(&self, column: usize, clip: Rect) -> Rect {
        if column < self.fixed { clip } else { clip.with_min_x(clip.left().max(self.fixed_end())) }
    }

    pub(super) fn column_at(&self, x: f32) -> Option<usize> {
        let under = |column: &usize| self.x(*column).is_some_and(|range| range.contains(x));
        (0..self.fixed).find(under).or_else(|| self.seen().find(under))
    }

    /// Where the fixed columns end.
    pub(super) fn fixed_end(&self) -> f32 {
        self.left + self.edges.get(self.fixed).copied().unwrap_or_default()
    }

    /// Width of all columns together.
    pub(super) fn width(&self) -> f32 {
        self.edges.last().copied().unwrap_or_default()
    }

    /// Whether something lies below the fixed columns.
    pub(super) fn is_shifted(&self) -> bool {
        self.fixed > 0 && self.shift > 0.5
    }

    fn x(&self, column: usize) -> Option<Rangef> {
        let shift = if column < self.fixed { 0.0 } else { self.shift };
        let (from, to) = (self.edges.get(column)?, self.edges.get(column + 1)?);
        Some(Rangef::new(self.left + from - shift, self.left + to - shift))
    }
}

/// Where the user's width of a column is kept.
pub(super) fn width_id(id: Id, title: &str) -> Id {
    id.with(("width", title))
}

fn widths(ui: &Ui, id: Id, columns: &[Column], available: f32) -> Vec<f32> {
    let set = |column: &Column| ui.data(|data| data.get_temp::<f32>(width_id(id, &column.title)));
    let mut widths: Vec<f32> = columns.iter().map(|column| set(column).unwrap_or(column.width)).collect();
    let free = available - widths.iter().sum::<f32>();
    if free <= 0.0 {
        return widths;
    }
    let growing = columns.iter().filter(|column| column.grows).count();
    for (width, column) in widths.iter_mut().zip(columns) {
        if column.grows {
            *width += free / growing as f32;
        }
    }
    if let (0, Some(last)) = (growing, widths.last_mut()) {
        *last += free;
    }
    widths
}
