//! One cell: what may be painted in it.

use eframe::egui::{Align, Align2, Color32, Painter, Rect, Ui, pos2, vec2};

use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{CELL_PADDING, PADDING};
use crate::ui::theme::{Tokens, tokens};
use crate::ui::widgets::{Chip, Tone, spark};

/// Which cell.
pub(super) struct Place {
    pub(super) rect: Rect,
    /// Counted from the left.
    pub(super) at: usize,
    pub(super) row: u64,
    pub(super) column: usize,
    pub(super) align: Align,
    pub(super) selected: bool,
}

/// A cell to paint in. What is painted is cut to it; the row is named by what its cells say.
pub struct Cell<'a> {
    ui: &'a mut Ui,
    painter: Painter,
    place: Place,
    rect: Rect,
    said: &'a mut String,
}

impl<'a> Cell<'a> {
    pub(super) fn new(ui: &'a mut Ui, painter: Painter, place: Place, said: &'a mut String) -> Self {
        let rect = inner(ui, place.rect, place.at);
        Self { ui, painter, place, rect, said }
    }

    /// Which row, counted from 0.
    pub fn row(&self) -> u64 {
        self.place.row
    }

    /// Which column, counted from 0.
    pub fn column(&self) -> usize {
        self.place.column
    }

    /// Whether the row is chosen.
    pub fn is_selected(&self) -> bool {
        self.place.selected
    }

    /// The theme's colours.
    pub fn tokens(&self) -> &'static Tokens {
        tokens(self.ui)
    }

    /// What of the cell is left to paint in.
    pub fn rect(&self) -> Rect {
        self.rect
    }

    /// For what has no function here.
    pub fn painter(&self) -> &Painter {
        &self.painter
    }

    /// For a control in the cell; place it in [`Cell::rect`].
    pub fn ui(&mut self) -> &mut Ui {
        self.ui
    }

    /// Words.
    pub fn text(&mut self, text: &str) {
        self.put(text, Type::Cell, self.tokens().t1);
    }

    /// Words that are less important.
    pub fn quiet(&mut self, text: &str) {
        self.put(text, Type::Cell, self.tokens().t3);
    }

    /// A number, an offset, a time, a name of a field: in JetBrains Mono.
    pub fn number(&mut self, text: &str) {
        self.put(text, Type::Number, self.tokens().t1);
    }

    /// The same, less important.
    pub fn quiet_number(&mut self, text: &str) {
        self.put(text, Type::Number, self.tokens().t3);
    }

    /// `null`.
    pub fn null(&mut self) {
        self.put("null", Type::Number, self.tokens().t4);
    }

    /// Why a value was rejected.
    pub fn rejected(&mut self, reason: &str) {
        self.put(reason, Type::Number, self.tokens().bad);
    }

    /// Words or numbers in a colour of their own.
    pub fn put(&mut self, text: &str, kind: Type, color: Color32) {
        let right = self.place.align == Align::Max;
        let align = if right { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
        let taken = text::paint_in(&self.painter, self.rect, align, text, kind, color);
        if right {
            self.rect.max.x = (taken.left() - 8.0).max(self.rect.left());
        } else {
            self.rect.min.x = (taken.right() + 8.0).min(self.rect.right());
        }
        self.say(text);
    }

    /// A bar of 0 to 1 beside the number, at the other side of the cell: call it before the number.
    pub fn bar(&mut self, share: f64, width: f32, color: Color32) {
        let right = self.place.align == Align::Max;
        let align = if right { Align2::LEFT_CENTER } else { Align2::RIGHT_CENTER };
        let track = align.align_size_within_rect(vec2(width.min(self.rect.width()), 6.0), self.rect);
        self.painter.rect_filled(track, 0.0, self.tokens().bg3);
        let share = if share.is_finite() { share.clamp(0.0, 1.0) as f32 } else { 0.0 };
        let filled = Rect::from_min_size(track.min, vec2(track.width() * share, track.height()));
        self.painter.rect_filled(filled, 0.0, color);
        if right {
            self.rect.min.x = track.right() + 8.0;
        } else {
            self.rect.max.x = track.left() - 8.0;
        }
    }

    /// The same behind the number, at its own side of the cell: call it before the number too.
    pub fn bar_behind(&mut self, share: f64, width: f32, color: Color32) {
        let align = self.place.align;
        self.place.align = if align == Align::Max { Align::Min } else { Align::Max };
        self.bar(share, width, color);
        self.place.align = align;
    }

    /// Bars of a distribution over what is left of the cell.
    pub fn distribution(&mut self, shares: &[f64], color: Color32) {
        let highest = shares.iter().copied().fold(0.0, f64::max);
        if highest <= 0.0 {
            return;
        }
        let mut area = self.rect.shrink2(vec2(0.0, 3.0));
        if shares.len() == 1 {
            // One value is no plain from edge to edge.
            area = Align2::CENTER_CENTER.align_size_within_rect(vec2(14.0, area.height()), area);
        }
        let step = area.width() / shares.len() as f32;
        for (index, share) in shares.iter().enumerate() {
            let height = ((share / highest) as f32 * area.height()).max(1.0);
            let left = area.left() + index as f32 * step;
            let width = if step > 4.0 { step - 1.0 } else { step };
            let bar =
                Rect::from_min_max(pos2(left, area.bottom() - height), pos2(left + width, area.bottom()));
            self.painter.rect_filled(bar, 0.0, color);
        }
    }

    /// A spark over what is left of the cell.
    pub fn spark(&mut self, values: &[f64], color: Color32) {
        spark(&self.painter, self.rect.shrink2(vec2(0.0, 6.0)), values, color);
    }

    /// A chip in what is left of the cell, at its left.
    pub fn chip(&mut self, text: &str, tone: Tone) {
        self.add_chip(text, &Chip::new(text).tone(tone));
    }

    /// A chip with an icon.
    pub fn state_chip(&mut self, text: &str, tone: Tone, icon: Icon) {
        self.add_chip(text, &Chip::new(text).tone(tone).icon(icon));
    }

    fn add_chip(&mut self, text: &str, chip: &Chip<'_>) {
        let width = chip.measure(self.ui);
        if width > self.rect.width() {
            return;
        }
        let place = Align2::LEFT_CENTER.align_size_within_rect(vec2(width, 18.0), self.rect);
        chip.paint(self.ui, &self.painter, place);
        self.rect.min.x = place.right() + 6.0;
        self.say(text);
    }

    /// A mark of a series: a filled square before the words.
    pub fn swatch(&mut self, color: Color32) {
        let place = Align2::LEFT_CENTER.align_size_within_rect(vec2(8.0, 8.0), self.rect);
        self.painter.rect_filled(place, 2.0, color);
        self.rect.min.x = place.right() + 8.0;
    }

    /// An icon before the words.
    pub fn icon(&mut self, icon: Icon, color: Color32) {
        let at = pos2(self.rect.left() + 7.0, self.rect.center().y);
        icon.paint(&self.painter, at, 14.0, color);
        self.rect.min.x += 22.0;
    }

    fn say(&mut self, text: &str) {
        if !self.said.is_empty() {
            self.said.push(' ');
        }
        self.said.push_str(text);
    }
}

/// A cell without its padding: 8 at both sides, the zone's 16 at the table's edges.
pub(super) fn inner(ui: &Ui, rect: Rect, at: usize) -> Rect {
    let left = if at == 0 { PADDING } else { CELL_PADDING };
    let last = rect.right() >= ui.max_rect().right() - 0.5;
    let right = if last { PADDING } else { CELL_PADDING };
    Rect::from_min_max(rect.min + vec2(left, 0.0), rect.max - vec2(right, 0.0))
}

/// The background of a row.
pub(super) fn background(ui: &Ui, painter: &Painter, band: Rect, selected: bool, hovered: bool) {
    let tokens = tokens(ui);
    if selected {
        painter.rect_filled(band, 0.0, tokens.soft);
        painter.rect_filled(Rect::from_min_size(band.min, vec2(2.0, band.height())), 0.0, tokens.accent);
    } else if hovered {
        painter.rect_filled(band, 0.0, tokens.bg2);
    }
}

/// The background of a fixed cell, below which others have scrolled.
pub(super) fn cover(ui: &Ui, painter: &Painter, rect: Rect, selected: bool, hovered: bool) {
    let tokens = tokens(ui);
    let color = match (selected, hovered) {
        (true, _) => tokens.soft,
        (false, true) => tokens.bg2,
        (false, false) => tokens.bg1,
    };
    painter.rect_filled(rect.with_min_x(rect.left() + if selected { 2.0 } else { 0.0 }), 0.0, color);
}
