//! Icons as polylines, arcs and circles drawn by the painter. Shapes as in Lucide (ISC), on its grid of 24.

mod shapes;

use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, vec2};

/// An icon of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum Icon {
    Activity,
    Alert,
    ArrowDown,
    ArrowUp,
    Bell,
    Box,
    Bulb,
    ChartLine,
    Check,
    CheckCircle,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    ChevronUp,
    Circle,
    Clipboard,
    Clock,
    Columns,
    Copy,
    Dash,
    Download,
    Export,
    Eye,
    EyeOff,
    File,
    Filter,
    Folder,
    Gauge,
    Grip,
    Help,
    Link,
    List,
    Lock,
    Minus,
    Moon,
    More,
    Pause,
    Pencil,
    Pin,
    Play,
    Plug,
    Plus,
    Redo,
    Refresh,
    Save,
    Search,
    Settings,
    Sliders,
    Star,
    Stop,
    Swap,
    Table,
    Tag,
    TextSearch,
    Topic,
    Trash,
    Undo,
    Unlock,
    Warning,
    X,
    ZoomIn,
    ZoomOut,
}

/// A piece of an icon, on the grid of 24.
#[derive(Clone, Copy)]
enum Piece {
    /// A line through points.
    Line(&'static [(f32, f32)]),
    /// A closed line through points.
    Ring(&'static [(f32, f32)]),
    /// A circle: centre and radius.
    Circle(f32, f32, f32),
    /// A filled dot: centre and radius.
    Dot(f32, f32, f32),
    /// An arc: centre, radius, from and to in degrees, clockwise from the right.
    Arc(f32, f32, f32, f32, f32),
    /// A rectangle with round corners: left, top, width, height, radius.
    Rect(f32, f32, f32, f32, f32),
}

impl Icon {
    /// Draws the icon in a box of `size` points around `center`. 18 in the rail, 16 in general, 14 when small.
    pub fn paint(self, painter: &Painter, center: Pos2, size: f32, color: Color32) {
        let frame = Rect::from_center_size(center, vec2(size, size));
        let stroke = Stroke::new(1.4, color);
        for piece in shapes::of(self) {
            painter.add(piece.shape(frame, stroke));
            if let Piece::Line(points) = piece {
                round_ends(painter, frame, points, stroke);
            }
        }
    }
}

impl Piece {
    fn shape(self, frame: Rect, stroke: Stroke) -> Shape {
        let scale = frame.width() / 24.0;
        let at = |x: f32, y: f32| frame.min + vec2(x, y) * scale;
        match self {
            Self::Line(points) => Shape::line(points.iter().map(|(x, y)| at(*x, *y)).collect(), stroke),
            Self::Ring(points) => {
                Shape::closed_line(points.iter().map(|(x, y)| at(*x, *y)).collect(), stroke)
            }
            Self::Circle(x, y, radius) => Shape::circle_stroke(at(x, y), radius * scale, stroke),
            Self::Dot(x, y, radius) => Shape::circle_filled(at(x, y), radius * scale, stroke.color),
            Self::Arc(x, y, radius, from, to) => {
                let steps = ((to - from).abs() / 12.0).ceil().max(2.0) as usize;
                let point = |step: usize| {
                    let angle = (from + (to - from) * step as f32 / steps as f32).to_radians();
                    at(x + radius * angle.cos(), y + radius * angle.sin())
                };
                Shape::line((0..=steps).map(point).collect(), stroke)
            }
            Self::Rect(x, y, width, height, radius) => {
                let rect = Rect::from_min_size(at(x, y), vec2(width, height) * scale);
                Shape::rect_stroke(rect, radius * scale, stroke, eframe::egui::StrokeKind::Middle)
            }
        }
    }
}

/// egui ends a line squarely; a dot as wide as the stroke makes the end round.
fn round_ends(painter: &Painter, frame: Rect, points: &[(f32, f32)], stroke: Stroke) {
    let scale = frame.width() / 24.0;
    for (x, y) in [points.first(), points.last()].into_iter().flatten() {
        painter.circle_filled(frame.min + vec2(*x, *y) * scale, stroke.width / 2.0, stroke.color);
    }
}
