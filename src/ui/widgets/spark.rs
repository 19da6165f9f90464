//! A spark: the last values as a line without axes.

use eframe::egui::{Color32, Painter, Rect, Shape, Stroke, pos2};

/// Draws `values` over `rect`, from its lowest to its highest value.
pub fn spark(painter: &Painter, rect: Rect, values: &[f64], color: Color32) {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    if values.len() < 2 || low > high {
        return;
    }
    let span = if high > low { high - low } else { 1.0 };
    let step = rect.width() / (values.len() - 1) as f32;
    let points = values.iter().enumerate().filter(|(_, value)| value.is_finite()).map(|(index, value)| {
        let share = if high > low { ((value - low) / span) as f32 } else { 0.5 };
        pos2(rect.left() + index as f32 * step, rect.bottom() - share * rect.height())
    });
    painter.add(Shape::line(points.collect(), Stroke::new(1.2, color)));
}
