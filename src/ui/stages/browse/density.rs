//! The density timeline: records per bucket, a heat row per partition, and the brush that sets the range.

mod brush;
mod scale;

use eframe::egui::accesskit::Role;
use eframe::egui::emath::GuiRounding as _;
use eframe::egui::{Align2, Color32, Mesh, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, lerp, pos2, vec2};

use crate::app::commands::BrowseCommand;
use crate::app::state::browse::buckets::bucket_name;
use crate::kafka::{EventTime, Timeline};
use crate::ui::text::{self, Type};
use crate::ui::{View, format, tokens};

use scale::Scale;

/// Space at the left, for numbers and names of partitions.
const LEFT: f32 = 50.0;
/// Space at the right.
const RIGHT: f32 = 16.0;
/// Space above the bars, for the times of the brush.
const FLAGS: f32 = 20.0;
/// Height of the times below.
const TIMES: f32 = 20.0;
/// Height of a heat row with its gap, up to 8 partitions.
const HEAT: f32 = 14.0;
/// Height of a heat row of more partitions than that.
const THIN: f32 = 3.0;
/// Partitions with a heat row of their own height.
const WIDE_ROWS: usize = 8;

/// Draws the timeline into `rect`, with heat rows where there is room for them.
pub(super) fn density(ui: &mut Ui, view: &View<'_>, rect: Rect, timeline: &Timeline, heat: bool) {
    if timeline.buckets() == 0 {
        return;
    }
    let rows = if heat { heat_height(timeline) } else { 0.0 };
    let plot = Rect::from_min_max(
        pos2(rect.left() + LEFT, rect.top() + FLAGS),
        pos2(rect.right() - RIGHT, (rect.bottom() - TIMES - rows).max(rect.top() + FLAGS + 24.0)),
    );
    let scale = Scale::new(timeline, plot);
    let response = ui.interact(
        Rect::from_min_max(pos2(plot.left(), rect.top()), pos2(plot.right(), rect.bottom())),
        ui.scope_id().with("density"),
        Sense::click_and_drag(),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Records over time"));
    let brush = brush::update(view, &response, &scale);

    horizontal_grid(ui, &scale);
    bars(ui, timeline, &scale, brush);
    if heat {
        heat_rows(ui, timeline, &scale, brush, plot.bottom() + 10.0);
    }
    times(ui, view, &scale, rect.bottom() - TIMES);
    if let Some(span) = brush {
        brush::paint(ui, view, &scale, span);
    }
    if !response.dragged()
        && let Some(at) = response.hover_pos()
    {
        readout(ui, view, timeline, &scale, at.x);
    }
}

/// What one bucket is, for the zone's header: `Records per day`.
pub(super) fn per(timeline: &Timeline) -> String {
    match bucket_name(timeline.bucket_ms) {
        Some(name) => format!("Records per {name}"),
        None => format!("Records per {}", format::duration_ms(timeline.bucket_ms as f64)),
    }
}

fn heat_height(timeline: &Timeline) -> f32 {
    let rows = timeline.partitions.len();
    if rows <= WIDE_ROWS { rows as f32 * HEAT + 11.0 } else { (rows as f32 * THIN).min(60.0) + 11.0 }
}

/// Lines at 3 to 4 round numbers, with the numbers at the left.
fn horizontal_grid(ui: &Ui, scale: &Scale) {
    let tokens = tokens(ui);
    let painter = ui.painter();
    for value in scale.steps() {
        let y = scale.y(value as f64).round() + 0.5;
        let color = if value == 0 { tokens.line2 } else { tokens.line };
        painter.hline(scale.plot().x_range(), y, Stroke::new(1.0, color));
        let at = pos2(scale.plot().left() - 6.0, y);
        text::paint(painter, at, Align2::RIGHT_CENTER, &format::integer(value), Type::Axis, tokens.t3);
    }
}

/// One bar per bucket, in colour within the range, with an outline along the tops.
fn bars(ui: &Ui, timeline: &Timeline, scale: &Scale, brush: Option<(EventTime, EventTime)>) {
    let tokens = tokens(ui);
    let painter = ui.painter().with_clip_rect(scale.plot().expand(1.0));
    let inside = tokens.accent.gamma_multiply(0.5);
    let mut bars = Mesh::default();
    let mut outline = Vec::new();
    let mut outlines = Vec::new();
    for (index, count) in timeline.totals().into_iter().enumerate() {
        let (left, right) = scale.bucket(index);
        let y = scale.y(count as f64);
        let chosen = brush.is_some_and(|span| holds(span, timeline.bucket_start(index), timeline.bucket_ms));
        let bar = Rect::from_min_max(pos2(left, y), pos2(right, scale.plot().bottom()));
        let color = if chosen { inside } else { tokens.bar };
        bars.add_colored_rect(bar.round_to_pixels(painter.pixels_per_point()), color);
        if chosen {
            outline.extend([pos2(left, y), pos2(right, y)]);
        } else if !outline.is_empty() {
            outlines.push(std::mem::take(&mut outline));
        }
    }
    outlines.push(outline);
    painter.add(bars);
    let lines = outlines.into_iter().filter(|points| !points.is_empty());
    painter.extend(lines.map(|points| Shape::line(points, Stroke::new(1.0, tokens.accent))));
}

/// Whether the middle of a bucket lies in a span.
fn holds(span: (EventTime, EventTime), start: EventTime, length: i64) -> bool {
    let middle = start.0 + length / 2;
    span.0.0 <= middle && middle < span.1.0
}

/// A row per partition: the more records, the stronger.
fn heat_rows(ui: &Ui, timeline: &Timeline, scale: &Scale, brush: Option<(EventTime, EventTime)>, top: f32) {
    let tokens = tokens(ui);
    let wide = timeline.partitions.len() <= WIDE_ROWS;
    let (pitch, height) = if wide { (HEAT, HEAT - 4.0) } else { (THIN, THIN) };
    let clip = Rect::from_min_max(pos2(0.0, top), pos2(scale.plot().right(), top + heat_height(timeline)));
    let painter = ui.painter().with_clip_rect(clip);
    let most = timeline.partitions.iter().flat_map(|row| &row.counts).max().copied().unwrap_or(1).max(1);
    let mut cells = Mesh::default();
    for (row, density) in timeline.partitions.iter().enumerate() {
        let y = top + row as f32 * pitch;
        if wide {
            let at = pos2(scale.plot().left() - 6.0, y + height / 2.0);
            let name = density.partition.to_string();
            text::paint(ui.painter(), at, Align2::RIGHT_CENTER, &name, Type::Axis, tokens.t3);
        }
        for (index, count) in density.counts.iter().enumerate() {
            let (left, right) = scale.bucket(index);
            let chosen =
                brush.is_some_and(|span| holds(span, timeline.bucket_start(index), timeline.bucket_ms));
            let full = if chosen { tokens.accent } else { tokens.reference };
            let color = mix(tokens.bg2, full, *count as f32 / most as f32);
            let cell = Rect::from_min_max(pos2(left, y), pos2(right, y + height));
            cells.add_colored_rect(cell.round_to_pixels(painter.pixels_per_point()), color);
        }
    }
    painter.add(cells);
}

fn mix(from: Color32, to: Color32, share: f32) -> Color32 {
    let part = |from: u8, to: u8| lerp(f32::from(from)..=f32::from(to), share.sqrt()) as u8;
    Color32::from_rgb(part(from.r(), to.r()), part(from.g(), to.g()), part(from.b(), to.b()))
}

/// Times along the bottom, as far apart as they are wide.
fn times(ui: &Ui, view: &View<'_>, scale: &Scale, top: f32) {
    let tokens = tokens(ui);
    let mut free = f32::NEG_INFINITY;
    for (time, name) in scale.time_labels(view.state.zone()) {
        let at = pos2(scale.x(time), top + TIMES / 2.0);
        if at.x >= free {
            let taken = text::paint(ui.painter(), at, Align2::LEFT_CENTER, &name, Type::Axis, tokens.t3);
            free = taken.right() + 6.0;
        }
    }
}

/// A line at the pointer and what lies under it, on the side that is free.
fn readout(ui: &Ui, view: &View<'_>, timeline: &Timeline, scale: &Scale, x: f32) {
    let Some(index) = scale.bucket_at(x) else { return };
    let tokens = tokens(ui);
    let plot = scale.plot();
    let painter = ui.painter();
    painter.vline(x.round() + 0.5, plot.y_range(), Stroke::new(1.0, tokens.t3));
    let start = timeline.bucket_start(index);
    let when = scale.bucket_name(start, view.state.zone());
    let count = |counts: &[u64]| counts.get(index).copied().unwrap_or_default();
    let total: u64 = timeline.partitions.iter().map(|row| count(&row.counts)).sum();
    let mut said = format::count(total, "record", "records");
    for row in timeline.partitions.iter().take(4) {
        said += &format!("   {} {}", row.partition, format::integer(count(&row.counts)));
    }
    let first = text::line(painter, &when, Type::NumberSmall, tokens.t2, f32::INFINITY);
    let second = text::line(painter, &said, Type::NumberSmall, tokens.t1, f32::INFINITY);
    let size = vec2(first.size().x.max(second.size().x) + 20.0, 46.0);
    let left = if x + 12.0 + size.x < plot.right() { x + 12.0 } else { x - 12.0 - size.x };
    let frame = Rect::from_min_size(pos2(left, plot.top() + 6.0), size);
    painter.rect(frame, 6.0, tokens.bg4, Stroke::new(1.0, tokens.line2), eframe::egui::StrokeKind::Inside);
    painter.galley(frame.min + vec2(10.0, 6.0), first, tokens.t2);
    painter.galley(frame.min + vec2(10.0, 24.0), second, tokens.t1);
}

/// Sends the range of a finished brush.
fn choose(view: &View<'_>, span: (EventTime, EventTime)) {
    let (from, to) = span;
    view.send(BrowseCommand::Choose(crate::kafka::Bound::Time(from), crate::kafka::Bound::Time(to)));
}
