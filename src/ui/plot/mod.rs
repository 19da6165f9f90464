//! Plots: a frame with axes, and lines, bars and points drawn on it.
//!
//! In: values. Out: shapes, and where the pointer is in values. Drawn by the painter on whole pixels, so that grid, axis and
//! labels look as WINDOW.md says; egui_plot draws other frames and thins out nothing. It knows nothing of what is plotted.
//!
//! ```text
//! let plot = Plot::new("log loss by round", Axis::numbers(0.0, 400.0), Axis::numbers(0.15, 0.4));
//! let shown = plot.show(ui, rect, |canvas| {
//!     canvas.line(&train, tokens.c[0], 1.5);
//!     canvas.dashed(&before, tokens.reference);
//! });
//! if let Some(round) = shown.hover_x() { readout(ui, &shown, round, "round 248", &rows) }
//! ```

mod axis;
mod canvas;
mod legend;
mod readout;
mod thinned;
mod ticks;

pub use axis::Axis;
pub use canvas::Canvas;
pub use legend::{Mark, legend};
pub use readout::{Row, readout};
pub use thinned::{Thinned, thin};
pub use ticks::{Tick, numbers as number_ticks, times as time_ticks};

use eframe::egui::accesskit::Role;
use eframe::egui::{Align2, Pos2, Rangef, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use super::text::{self, Type};
use super::theme::tokens;

/// A plot's frame.
#[must_use = "call show"]
pub struct Plot<'a> {
    name: &'a str,
    x: Axis,
    y: Axis,
    left: Option<f32>,
    sense: Sense,
    vertical_grid: bool,
}

/// A plot as it was drawn: to turn places into values and back.
pub struct Shown {
    /// The area inside the axes.
    pub area: Rect,
    /// Values at the left and the right end.
    pub x: (f64, f64),
    /// Values at the bottom and the top.
    pub y: (f64, f64),
    /// What the pointer does over the area.
    pub response: Response,
}

impl<'a> Plot<'a> {
    /// A plot with its two axes; the zone's header says what it is and in which unit.
    pub fn new(name: &'a str, x: Axis, y: Axis) -> Self {
        Self { name, x, y, left: None, sense: Sense::hover(), vertical_grid: false }
    }

    /// Room at the left for the labels, so that plots above each other align.
    pub fn left(mut self, left: f32) -> Self {
        self.left = Some(left);
        self
    }

    /// Clicks and drags are wanted.
    pub fn sense(mut self, sense: Sense) -> Self {
        self.sense = sense;
        self
    }

    /// Vertical grid lines too: for two measures of the same kind, as in a ROC curve.
    pub fn square(mut self) -> Self {
        self.vertical_grid = true;
        self
    }

    /// Draws it in `rect`.
    pub fn show(self, ui: &mut Ui, rect: Rect, draw: impl FnOnce(&mut Canvas<'_>)) -> Shown {
        let shown = self.frame(ui, rect);
        let mut canvas = Canvas::new(ui, &shown);
        draw(&mut canvas);
        shown
    }

    fn frame(&self, ui: &mut Ui, rect: Rect) -> Shown {
        let down = if self.x.is_labelled() { 20.0 } else { 4.0 };
        let height = (rect.height() - down - 6.0).max(1.0);
        let rows = self.y.ticks((height / 44.0) as usize);
        let widest = rows.iter().map(|tick| text::width(ui, &tick.label, Type::Axis)).fold(0.0, f32::max);
        let left = self.left.unwrap_or(if self.y.is_labelled() { widest.ceil() + 8.0 } else { 0.0 });
        let area = Rect::from_min_max(
            pos2((rect.left() + left).round(), (rect.top() + 6.0).round()),
            pos2(rect.right().round(), (rect.bottom() - down).round()),
        );
        let id = ui.make_persistent_id(("plot", self.name));
        let response = ui.interact(area, id, self.sense);
        response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, self.name));
        let shown = Shown { area, x: self.x.range(), y: self.y.range(), response };
        self.paint_rows(ui, &shown, &rows);
        self.paint_columns(ui, &shown, rect);
        shown
    }

    fn paint_rows(&self, ui: &Ui, shown: &Shown, rows: &[Tick]) {
        let tokens = tokens(ui);
        for tick in rows {
            let y = shown.at_y(tick.value).round() + 0.5;
            let base = (y - shown.area.bottom()).abs() < 1.5;
            let color = if base { tokens.line2 } else { tokens.line };
            ui.painter().hline(shown.area.x_range(), y, (1.0, color));
            let at = pos2(shown.area.left() - 6.0, y);
            text::paint(ui.painter(), at, Align2::RIGHT_CENTER, &tick.label, Type::Axis, tokens.t3);
        }
        if rows.is_empty() || self.y.range().0 < rows.first().map_or(0.0, |tick| tick.value) {
            ui.painter().hline(shown.area.x_range(), shown.area.bottom() + 0.5, (1.0, tokens.line2));
        }
    }

    fn paint_columns(&self, ui: &Ui, shown: &Shown, rect: Rect) {
        let tokens = tokens(ui);
        let mut free_from = rect.left() - 8.0;
        for tick in self.x.ticks((shown.area.width() / 90.0) as usize) {
            let x = shown.at_x(tick.value).round() + 0.5;
            if self.vertical_grid {
                ui.painter().vline(x, shown.area.y_range(), (1.0, tokens.line));
            }
            if tick.label.is_empty() {
                continue;
            }
            let width = text::width(ui, &tick.label, Type::Axis);
            // A label at an end moves in, so that it is not cut; one that would touch the one before is left out.
            let left = (x - width / 2.0).clamp(rect.left(), (rect.right() - width).max(rect.left()));
            if left < free_from + 6.0 {
                continue;
            }
            free_from = left + width;
            ui.painter().vline(
                x,
                Rangef::new(shown.area.bottom(), shown.area.bottom() + 3.0),
                (1.0, tokens.line2),
            );
            let at = pos2(left, shown.area.bottom() + 6.0);
            text::paint(ui.painter(), at, Align2::LEFT_TOP, &tick.label, Type::Axis, tokens.t3);
        }
    }
}

impl Shown {
    /// Where a value of the x axis lies.
    pub fn at_x(&self, value: f64) -> f32 {
        let share = (value - self.x.0) / (self.x.1 - self.x.0);
        (f64::from(self.area.left()) + share * f64::from(self.area.width())) as f32
    }

    /// Where a value of the y axis lies.
    pub fn at_y(&self, value: f64) -> f32 {
        let share = (value - self.y.0) / (self.y.1 - self.y.0);
        (f64::from(self.area.bottom()) - share * f64::from(self.area.height())) as f32
    }

    /// Where a point lies.
    pub fn at(&self, x: f64, y: f64) -> Pos2 {
        pos2(self.at_x(x), self.at_y(y))
    }

    /// The value of the x axis at a place.
    pub fn x_of(&self, x: f32) -> f64 {
        let share = f64::from((x - self.area.left()) / self.area.width().max(1.0));
        self.x.0 + share * (self.x.1 - self.x.0)
    }

    /// The value of the x axis under the pointer.
    pub fn hover_x(&self) -> Option<f64> {
        self.response.hover_pos().map(|at| self.x_of(at.x))
    }

    /// How much of the x axis a pixel of the area is.
    pub fn x_per_point(&self) -> f64 {
        (self.x.1 - self.x.0) / f64::from(self.area.width().max(1.0))
    }

    /// A vertical line at `x` through the area, as drawn under the pointer.
    pub fn rule(&self, ui: &Ui, x: f64) {
        let x = self.at_x(x).round() + 0.5;
        ui.painter().vline(x, self.area.y_range(), (1.0, tokens(ui).t3));
    }

    /// The area with room for what stands at its edge.
    pub fn outer(&self) -> Rect {
        self.area.expand2(vec2(4.0, 4.0))
    }
}
