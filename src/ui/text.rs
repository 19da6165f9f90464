//! The type styles of the window, and text painted or placed in them.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::epaint::text::VariationCoords;
use eframe::egui::text::{LayoutJob, TextFormat, TextWrapping};
use eframe::egui::{
    Align, Align2, Color32, FontFamily, FontId, Galley, Painter, Pos2, Rect, Response, Sense, Ui, WidgetInfo,
    vec2,
};

/// A type style of WINDOW.md. Weights are a little lower than its table says where light text on dark comes out heavier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// The thing a stage is about, once per window.
    Title,
    /// Forms and lists.
    Body,
    /// Names in lists.
    Name,
    /// Buttons and tabs.
    Control,
    /// Zone titles.
    Zone,
    /// Words in tables.
    Cell,
    /// Column headers, field labels, legends, status bar.
    Label,
    /// Under the icons of the rail.
    Rail,
    /// Every number, offset, time, digest, key, field name, code.
    Number,
    /// A number that is the chosen one or a total.
    NumberStrong,
    /// A count that fills a cell of a confusion.
    Count,
    /// Counts beside names.
    NumberSmall,
    /// Numbers at a plot's axis.
    Axis,
    /// The stat strip of Live.
    NumberLarge,
}

impl Type {
    /// Size, weight and line height in points.
    fn shape(self) -> (f32, f32, f32) {
        match self {
            Self::Title => (15.0, 560.0, 20.0),
            Self::Body => (13.0, 400.0, 20.0),
            Self::Name => (13.0, 440.0, 20.0),
            Self::Control => (12.5, 440.0, 16.0),
            Self::Zone => (12.5, 540.0, 16.0),
            Self::Cell => (12.5, 400.0, 16.0),
            Self::Label => (11.5, 420.0, 16.0),
            Self::Rail => (11.0, 420.0, 14.0),
            Self::Number | Self::NumberStrong => (12.0, 400.0, 16.0),
            Self::Count => (15.0, 400.0, 20.0),
            Self::NumberSmall => (11.0, 400.0, 16.0),
            Self::Axis => (10.5, 400.0, 14.0),
            Self::NumberLarge => (18.0, 500.0, 24.0),
        }
    }

    fn family(self) -> FontFamily {
        match self {
            Self::Number | Self::NumberSmall | Self::Axis | Self::Count => FontFamily::Monospace,
            Self::NumberStrong | Self::NumberLarge => FontFamily::Name("mono-medium".into()),
            _ => FontFamily::Proportional,
        }
    }

    /// Height of a line.
    pub fn line(self) -> f32 {
        self.shape().2
    }

    /// The font, without its weight.
    pub fn font(self) -> FontId {
        FontId::new(self.shape().0, self.family())
    }

    /// The format of a run of text.
    pub fn format(self, color: Color32) -> TextFormat {
        let (_, weight, line) = self.shape();
        let mut coords = VariationCoords::default();
        if self.family() == FontFamily::Proportional {
            coords.push(b"wght", weight);
        }
        TextFormat {
            font_id: self.font(),
            color,
            coords,
            line_height: Some(line),
            valign: Align::Center,
            ..TextFormat::default()
        }
    }

    /// A job of one run, on one line, cut with an ellipsis at `max_width`.
    pub fn job(self, text: &str, color: Color32, max_width: f32) -> LayoutJob {
        let mut job = LayoutJob::single_section(text.to_owned(), self.format(color));
        job.wrap = TextWrapping::truncate_at_width(max_width);
        job
    }
}

/// Lays out one line, cut with an ellipsis at `max_width`.
pub fn line(painter: &Painter, text: &str, kind: Type, color: Color32, max_width: f32) -> Arc<Galley> {
    painter.layout_job(kind.job(text, color, max_width))
}

/// Width of one line.
pub fn width(ui: &Ui, text: &str, kind: Type) -> f32 {
    line(ui.painter(), text, kind, Color32::PLACEHOLDER, f32::INFINITY).size().x
}

/// Paints one line so that `anchor` of it lies at `pos`. Not seen by screen readers: for what a control says itself.
pub fn paint(painter: &Painter, pos: Pos2, anchor: Align2, text: &str, kind: Type, color: Color32) -> Rect {
    let galley = line(painter, text, kind, color, f32::INFINITY);
    let rect = anchor.anchor_size(pos, galley.size());
    painter.galley(snap(painter, rect.min), galley, color);
    rect
}

/// Paints one line in `rect`, aligned and cut to it. Not seen by screen readers.
pub fn paint_in(
    painter: &Painter,
    rect: Rect,
    align: Align2,
    text: &str,
    kind: Type,
    color: Color32,
) -> Rect {
    let galley = line(painter, text, kind, color, rect.width());
    let place = align.align_size_within_rect(galley.size(), rect);
    painter.galley(snap(painter, place.min), galley, color);
    place
}

/// Text of one line in `rect`, aligned and cut to it, named for screen readers. Cut text shows itself whole on hover.
pub fn put(ui: &mut Ui, rect: Rect, align: Align2, text: &str, kind: Type, color: Color32) -> Response {
    let galley = line(ui.painter(), text, kind, color, rect.width());
    let place = align.align_size_within_rect(galley.size(), rect);
    let cut = galley.elided;
    ui.painter().galley(snap(ui.painter(), place.min), galley, color);
    let id = ui.next_auto_id();
    ui.skip_ahead_auto_ids(1);
    let response = ui.interact(place, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    if cut { response.on_hover_text(text) } else { response }
}

/// Text in the flow of `ui`, wrapped at its width.
pub fn label(ui: &mut Ui, text: &str, kind: Type, color: Color32) -> Response {
    rich(ui, vec![(text.to_owned(), kind, color)])
}

/// A job of several styles, wrapped at a width: to know its height before it is drawn.
pub fn job(runs: Vec<(String, Type, Color32)>, width: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    for (text, kind, color) in runs {
        job.append(&text, 0.0, kind.format(color));
    }
    job.wrap.max_width = width;
    job
}

/// Text of several styles in the flow of `ui`, wrapped at its width.
pub fn rich(ui: &mut Ui, runs: Vec<(String, Type, Color32)>) -> Response {
    let job = job(runs, ui.available_width());
    let name = job.text.clone();
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x, galley.size().y), Sense::hover());
    let color = galley.job.sections.first().map_or(Color32::WHITE, |section| section.format.color);
    ui.painter().galley(snap(ui.painter(), rect.min), galley, color);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    response
}

/// Text that begins on a whole pixel stays sharp.
fn snap(painter: &Painter, pos: Pos2) -> Pos2 {
    let scale = painter.pixels_per_point();
    Pos2::new((pos.x * scale).round() / scale, (pos.y * scale).round() / scale)
}
