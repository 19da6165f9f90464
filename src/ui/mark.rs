//! Forebay's mark: water that runs into a basin. Painted in the top bar, and as pixels for the desktop.

use eframe::egui::{Color32, IconData, Painter, Pos2, Shape, Stroke, vec2};

use super::theme::{Tokens, dark};

/// A line of the mark, on a grid of 20 around its middle, and whether it is the accent.
type Line = (&'static [(f32, f32)], bool);

const LINES: [Line; 4] = [
    (&[(0.5, -7.0), (0.5, 2.0), (1.1, 4.2), (2.8, 5.9), (5.0, 6.5), (8.0, 6.5)], false),
    (&[(-8.0, -4.5), (-2.0, -4.5)], false),
    (&[(-7.0, 0.0), (-2.0, 0.0)], true),
    (&[(-5.0, 4.5), (-1.0, 4.5)], false),
];

/// Half the width of a line, on the same grid.
const HALF: f32 = 1.0;

/// Paints the mark around `center`, 20 points wide.
pub(super) fn paint(painter: &Painter, center: Pos2, tokens: &Tokens) {
    for (points, accent) in LINES {
        let color = if accent { tokens.accent } else { tokens.t1 };
        let places = points.iter().map(|(x, y)| center + vec2(*x, *y)).collect();
        painter.add(Shape::line(places, Stroke::new(2.0 * HALF, color)));
    }
}

/// The mark on a dark ground, for the desktop's task bar.
pub(crate) fn icon() -> IconData {
    const SIZE: usize = 64;
    let ground = dark().bg0;
    let mut rgba = Vec::with_capacity(SIZE * SIZE * 4);
    for index in 0..SIZE * SIZE {
        let at = |pixel: usize| (pixel as f32 + 0.5) / SIZE as f32 * 24.0 - 12.0;
        let (x, y) = (at(index % SIZE), at(index / SIZE));
        let mut color = ground;
        for (points, accent) in LINES {
            let ink = if accent { dark().accent } else { dark().t1 };
            // A pixel is 24 / 64 of the grid wide: the edge fades over one pixel.
            let cover = ((HALF - distance(points, x, y)) / (24.0 / SIZE as f32) + 0.5).clamp(0.0, 1.0);
            color = color.lerp_to_gamma(ink, cover);
        }
        rgba.extend_from_slice(&Color32::to_array(&color));
    }
    IconData { rgba, width: SIZE as u32, height: SIZE as u32 }
}

/// How far a place is from a line through points.
fn distance(points: &[(f32, f32)], x: f32, y: f32) -> f32 {
    let to_piece = |pair: &[(f32, f32)]| {
        let [(ax, ay), (bx, by)] = pair else { return f32::INFINITY };
        let (dx, dy) = (bx - ax, by - ay);
        let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        (x - ax - along * dx).hypot(y - ay - along * dy)
    };
    points.windows(2).map(to_piece).fold(f32::INFINITY, f32::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_shows_ground_ink_and_accent() {
        let icon = icon();
        assert_eq!(icon.rgba.len(), 64 * 64 * 4);
        let has = |color: Color32| icon.rgba.chunks_exact(4).any(|pixel| pixel == color.to_array());
        assert!(has(dark().bg0) && has(dark().t1) && has(dark().accent));
    }
}
