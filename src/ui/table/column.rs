//! Columns: their heads, their widths, where they lie. A place is counted from the left among those that are seen; a column
//! by its index among all that the table has.

use eframe::egui::{Align, Rangef, Rect, Ui};

use super::arrangement::Arrangement;
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
    pub(super) bare: bool,
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
            bare: false,
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

    /// Its title is not drawn, for its cells say what they are; menus and screen readers have it.
    pub fn bare(mut self) -> Self {
        self.bare = true;
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
    /// The column at each place.
    places: Vec<usize>,
    /// Left edges of the places from the table's left, unscrolled, and one more for the end.
    edges: Vec<f32>,
    fixed: usize,
    shift: f32,
}

impl Layout {
    /// A column is never dragged narrower.
    pub(super) const NARROWEST: f32 = 32.0;

    pub(super) fn new(
        ui: &Ui,
        arrangement: Arrangement,
        columns: &[Column],
        (rect, fixed): (Rect, usize),
        reveal: Option<usize>,
        scroll: &mut Scroll,
    ) -> Self {
        let places = arrangement.places(columns, fixed);
        let widths = widths(&arrangement, columns, &places, rect.width());
        let mut edges = Vec::with_capacity(widths.len() + 1);
        edges.push(0.0);
        let mut at = 0.0;
        for width in widths {
            at += width;
            edges.push(at);
        }
        let most = (at - rect.width()).max(0.0);
        let place = reveal.and_then(|column| places.iter().position(|other| *other == column));
        if let Some(end) = place.filter(|place| *place >= fixed).and_then(|place| edges.get(place + 1)) {
            // As far as the next edge, so that no column is cut at the left.
            let least = end - rect.width();
            let start = edges.get(fixed).copied().unwrap_or_default();
            let whole = edges.iter().map(|edge| edge - start).find(|shift| *shift >= least);
            scroll.reveal_sideways(whole.unwrap_or(least));
        }
        let shift = scroll.sideways(ui, most);
        Self { left: rect.left(), right: rect.right(), places, edges, fixed: fixed.min(columns.len()), shift }
    }

    /// How many columns there are that are not hidden.
    pub(super) fn count(&self) -> usize {
        self.places.len()
    }

    /// How many of them stay when the others scroll sideways.
    pub(super) fn fixed(&self) -> usize {
        self.fixed
    }

    /// Whether the column at a place does.
    pub(super) fn is_fixed(&self, place: usize) -> bool {
        place < self.fixed
    }

    /// The column at a place.
    pub(super) fn column(&self, place: usize) -> usize {
        self.places.get(place).copied().unwrap_or(place)
    }

    /// The place of a column that is not hidden.
    pub(super) fn place_of(&self, column: usize) -> Option<usize> {
        self.places.iter().position(|other| *other == column)
    }

    /// Places that are seen. Fixed ones come last, so that they lie over those which scroll below them.
    pub(super) fn seen(&self) -> impl Iterator<Item = usize> + '_ {
        (self.fixed..self.count()).chain(0..self.fixed).filter(|place| {
            self.x(*place)
                .is_some_and(|x| self.is_fixed(*place) || (x.max > self.fixed_end() && x.min < self.right))
        })
    }

    /// Where a place lies.
    pub(super) fn rect(&self, place: usize, y: Rangef) -> Option<Rect> {
        self.x(place).map(|x| Rect::from_x_y_ranges(x, y))
    }

    /// What of `clip` the column at a place may paint on: those that scroll not over the fixed ones.
    pub(super) fn clip(&self, place: usize, clip: Rect) -> Rect {
        // One clip for all cells where one will do: each change of it costs a draw call.
        let whole = self.is_fixed(place) || !self.is_shifted();
        if whole { clip } else { clip.with_min_x(clip.left().max(self.fixed_end())) }
    }

    /// The column under x.
    pub(super) fn column_at(&self, x: f32) -> Option<usize> {
        let under = |place: &usize| self.x(*place).is_some_and(|range| range.contains(x));
        let place = (0..self.fixed).find(under).or_else(|| self.seen().find(under))?;
        Some(self.column(place))
    }

    /// The border between two places that is nearest to x, and where it lies; fixed columns have none but the last.
    pub(super) fn gap_at(&self, x: f32) -> Option<(usize, f32)> {
        let borders = (self.fixed..=self.count()).filter_map(|place| {
            let edge = self.edges.get(place)?;
            let at = self.left + edge - self.shift;
            (at >= self.fixed_end() - 0.5).then_some((place, at))
        });
        borders.min_by(|(_, one), (_, other)| (one - x).abs().total_cmp(&(other - x).abs()))
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

    fn x(&self, place: usize) -> Option<Rangef> {
        let shift = if self.is_fixed(place) { 0.0 } else { self.shift };
        let (from, to) = (self.edges.get(place)?, self.edges.get(place + 1)?);
        Some(Rangef::new(self.left + from - shift, self.left + to - shift))
    }
}

fn widths(arrangement: &Arrangement, columns: &[Column], places: &[usize], available: f32) -> Vec<f32> {
    let columns: Vec<&Column> = places.iter().filter_map(|column| columns.get(*column)).collect();
    let set = |column: &Column| arrangement.width(&column.title).map(|width| width.max(Layout::NARROWEST));
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
