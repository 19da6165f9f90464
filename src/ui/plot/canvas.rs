//! What is drawn on a plot: lines, areas, bars, points, limits.

use eframe::egui::{Align2, Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

use super::Shown;
use crate::ui::text::{self, Type};
use crate::ui::theme::{Tokens, tokens};

/// The area of a plot, to draw on in its values. Points are `[x, y]`; a value that is not finite breaks the line.
pub struct Canvas<'a> {
    ui: &'a Ui,
    shown: &'a Shown,
    painter: Painter,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(ui: &'a Ui, shown: &'a Shown) -> Self {
        let painter = ui.painter().with_clip_rect(shown.outer().intersect(ui.clip_rect()));
        Self { ui, shown, painter }
    }

    /// The plot's place and ranges.
    pub fn shown(&self) -> &Shown {
        self.shown
    }

    /// The theme's colours.
    pub fn tokens(&self) -> &'static Tokens {
        tokens(self.ui)
    }

    /// For what has no function here.
    pub fn painter(&self) -> &Painter {
        &self.painter
    }

    /// A line: 1.5 wide, 1.8 when it is the chosen one.
    pub fn line(&mut self, points: &[[f64; 2]], color: Color32, width: f32) {
        for run in self.runs(points) {
            self.painter.add(Shape::line(run, Stroke::new(width, color)));
        }
    }

    /// A dashed line: reference or limit.
    pub fn dashed(&mut self, points: &[[f64; 2]], color: Color32) {
        for run in self.runs(points) {
            self.painter.extend(Shape::dashed_line(&run, Stroke::new(1.2, color), 4.0, 3.0));
        }
    }

    /// The area between a line and the axis: the series' colour at 42 %.
    pub fn area(&mut self, points: &[[f64; 2]], color: Color32) {
        let bottom = self.shown.area.bottom();
        for run in self.runs(points) {
            let mut mesh = Mesh::default();
            let fill = color.gamma_multiply(0.42);
            for (index, point) in run.iter().enumerate() {
                mesh.colored_vertex(*point, fill);
                mesh.colored_vertex(pos2(point.x, bottom), fill);
                if index > 0 {
                    let next = 2 * index as u32;
                    mesh.add_triangle(next - 2, next - 1, next);
                    mesh.add_triangle(next - 1, next, next + 1);
                }
            }
            self.painter.add(mesh);
        }
    }

    /// Points; drawn alone or on a line of fewer than 30.
    pub fn points(&mut self, points: &[[f64; 2]], color: Color32, radius: f32) {
        for [x, y] in points.iter().filter(|[x, y]| x.is_finite() && y.is_finite()) {
            self.painter.circle_filled(self.shown.at(*x, *y), radius, color);
        }
    }

    /// Bars from the axis up: `(left, right, value)`, in one mesh.
    pub fn bars(&mut self, bars: impl IntoIterator<Item = (f64, f64, f64)>, color: Color32, gap: f32) {
        let mut mesh = Mesh::default();
        for (left, right, value) in bars.into_iter().filter(|(_, _, value)| value.is_finite()) {
            let (left, right) = (self.shown.at_x(left), self.shown.at_x(right));
            let right = (right - gap).max(left + 0.75);
            let rect = Rect::from_x_y_ranges(left..=right, self.shown.at_y(value)..=self.shown.area.bottom());
            mesh.add_colored_rect(rect, color);
        }
        self.painter.add(mesh);
    }

    /// The outline of bars that touch, as one line of steps.
    pub fn steps(&mut self, bars: &[(f64, f64, f64)], color: Color32, width: f32) {
        let mut points = Vec::with_capacity(bars.len() * 2);
        for (left, right, value) in bars {
            let y = self.shown.at_y(*value);
            points.push(pos2(self.shown.at_x(*left), y));
            points.push(pos2(self.shown.at_x(*right), y));
        }
        self.painter.add(Shape::line(points, Stroke::new(width, color)));
    }

    /// A span of the x axis, filled over the whole height.
    pub fn span(&mut self, from: f64, to: f64, color: Color32) {
        let x = self.shown.at_x(from)..=self.shown.at_x(to);
        self.painter.rect_filled(Rect::from_x_y_ranges(x, self.shown.area.y_range()), 0.0, color);
    }

    /// A horizontal limit, dashed, with its name.
    pub fn limit(&mut self, y: f64, name: &str, color: Color32) {
        let y = self.shown.at_y(y);
        let ends = [pos2(self.shown.area.left(), y), pos2(self.shown.area.right(), y)];
        self.painter.extend(Shape::dashed_line(&ends, Stroke::new(1.0, color), 3.0, 3.0));
        if !name.is_empty() {
            let at = pos2(self.shown.area.left() + 4.0, y + 3.0);
            text::paint(&self.painter, at, Align2::LEFT_TOP, name, Type::NumberSmall, self.tokens().t3);
        }
    }

    /// A vertical rule with its name at the top: a percentile, a threshold, now.
    pub fn rule(&mut self, x: f64, name: &str, color: Color32, dashed: bool) {
        let x = self.shown.at_x(x).round() + 0.5;
        let ends = [pos2(x, self.shown.area.top()), pos2(x, self.shown.area.bottom())];
        if dashed {
            self.painter.extend(Shape::dashed_line(&ends, Stroke::new(1.0, color), 3.0, 3.0));
        } else {
            self.painter.line_segment(ends, Stroke::new(1.0, color));
        }
        if !name.is_empty() {
            self.beside(ends[0] + vec2(4.0, 6.0), name, self.tokens().t1);
        }
    }

    /// A text at a point: `0.2135` at the end of a curve. It moves to the side where there is room.
    pub fn note(&mut self, x: f64, y: f64, said: &str, color: Color32) {
        self.beside(self.shown.at(x, y) + vec2(7.0, -9.0), said, color);
    }

    /// A text under the upper edge that ends at a value of the x axis: what a span of it is about.
    pub fn note_at_top(&mut self, x: f64, said: &str, color: Color32) {
        let width = text::width(self.ui, said, Type::Label);
        let right = (self.shown.at_x(x) - 6.0).max(self.shown.area.left() + width + 6.0);
        let at = pos2(right, self.shown.area.top() + 8.0);
        text::paint(&self.painter, at, Align2::RIGHT_CENTER, said, Type::Label, color);
    }

    /// What stands at the ends of lines, at their right: `0.2135`. Those that would cover each other move apart. Where the
    /// lines end at the edge of the plot, so much room must be free beside it.
    pub fn ends(&mut self, ends: &[([f64; 2], String)], color: Color32) {
        let mut ends: Vec<(Pos2, &str)> =
            ends.iter().map(|([x, y], said)| (self.shown.at(*x, *y), said.as_str())).collect();
        ends.sort_by(|above, below| above.0.y.total_cmp(&below.0.y));
        let range = self.shown.area.y_range();
        let places: Vec<f32> = ends.iter().map(|(at, _)| at.y).collect();
        for ((at, said), y) in ends.iter().zip(apart(&places, range.min + 6.0, range.max - 6.0)) {
            let at = pos2(at.x + 8.0, y);
            text::paint(self.ui.painter(), at, Align2::LEFT_CENTER, said, Type::NumberSmall, color);
        }
    }

    fn beside(&self, at: Pos2, said: &str, color: Color32) {
        let width = text::width(self.ui, said, Type::NumberSmall);
        let fits = at.x + width <= self.shown.area.right() + 2.0;
        let (at, anchor) =
            if fits { (at, Align2::LEFT_CENTER) } else { (at - vec2(14.0, 0.0), Align2::RIGHT_CENTER) };
        text::paint(self.ui.painter(), at, anchor, said, Type::NumberSmall, color);
    }

    /// The places of points, cut where a value is not finite.
    fn runs(&self, points: &[[f64; 2]]) -> Vec<Vec<Pos2>> {
        points
            .split(|[x, y]| !x.is_finite() || !y.is_finite())
            .filter(|run| run.len() > 1)
            .map(|run| run.iter().map(|[x, y]| self.shown.at(*x, *y)).collect())
            .collect()
    }
}

/// Heights of lines of text, from the top to the bottom, moved so that none covers another and all lie within a range.
fn apart(wanted: &[f32], top: f32, bottom: f32) -> Vec<f32> {
    const APART: f32 = 14.0;
    let mut free = top;
    let mut places: Vec<f32> = Vec::with_capacity(wanted.len());
    for y in wanted {
        places.push(y.max(free));
        free = places.last().copied().unwrap_or(free) + APART;
    }
    let mut free = bottom;
    for y in places.iter_mut().rev() {
        *y = y.min(free);
        free = *y - APART;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_would_cover_each_other_move_apart_and_stay_within_the_plot() {
        assert_eq!(apart(&[20.0, 60.0], 0.0, 100.0), [20.0, 60.0]);
        assert_eq!(apart(&[20.0, 22.0, 23.0], 0.0, 100.0), [20.0, 34.0, 48.0]);
        assert_eq!(apart(&[98.0, 99.0], 0.0, 100.0), [86.0, 100.0]);
        assert!(apart(&[], 0.0, 100.0).is_empty());
    }
}
