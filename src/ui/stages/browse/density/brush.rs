//! The brush: drag to make it, drag inside to move it, drag an edge to resize it, arrows to move it by a step.

use eframe::egui::{Align2, CursorIcon, Id, Key, Pos2, Rect, Response, Stroke, Ui, pos2, vec2};

use super::choose;
use super::scale::Scale;
use crate::app::commands::BrowseCommand;
use crate::kafka::EventTime;
use crate::ui::format::{self, Precision};
use crate::ui::text::{self, Type};
use crate::ui::{View, focus, tokens};

/// How near to an edge the pointer takes it, in points.
const GRIP: f32 = 6.0;
/// A shorter drag is a click.
const LEAST: f32 = 3.0;

/// What a drag does, with what it needs from where it began.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drag {
    /// Makes a new span from here.
    New(EventTime),
    /// Moves one edge; this is the other.
    Edge(EventTime),
    /// Moves the span, held so far from its beginning; it is so long.
    Inside { held: i64, length: i64 },
}

/// Takes what the pointer and the keys do. Returns the span to be drawn: the chosen one, or the one being dragged.
pub(super) fn update(view: &View<'_>, response: &Response, scale: &Scale) -> Option<(EventTime, EventTime)> {
    let chosen = view.state.browse.range.times();
    let id = response.id.with("drag");
    // Where the pointer was pressed: a drag is known as one only some points further.
    if response.drag_started()
        && let Some(at) = response.ctx.input(|input| input.pointer.press_origin())
    {
        let drag = begin(chosen, scale, at);
        response.ctx.data_mut(|data| data.insert_temp(id, drag));
    }
    pointer_shape(response, chosen, scale);
    zoom(view, response, scale);
    if response.double_clicked() {
        choose(view, scale.span());
    }
    if response.clicked() {
        response.request_focus();
    }
    if let Some(moved) = chosen.and_then(|span| arrows(view, response, span, scale)) {
        choose(view, moved);
    }
    dragged(view, response, scale, id).or(chosen)
}

fn begin(chosen: Option<(EventTime, EventTime)>, scale: &Scale, at: Pos2) -> Drag {
    let time = scale.time(at.x);
    let Some((from, to)) = chosen else { return Drag::New(time) };
    let (left, right) = (scale.x(from), scale.x(to));
    if (at.x - right).abs() <= GRIP {
        Drag::Edge(from)
    } else if (at.x - left).abs() <= GRIP {
        Drag::Edge(to)
    } else if (left..right).contains(&at.x) {
        Drag::Inside { held: time.0 - from.0, length: to.0 - from.0 }
    } else {
        Drag::New(time)
    }
}

/// The span of the drag that goes on; sent when it ends.
fn dragged(view: &View<'_>, response: &Response, scale: &Scale, id: Id) -> Option<(EventTime, EventTime)> {
    if !response.dragged() && !response.drag_stopped() {
        return None;
    }
    let drag = response.ctx.data(|data| data.get_temp::<Drag>(id))?;
    let at = response.interact_pointer_pos().or_else(|| response.ctx.pointer_latest_pos())?;
    let edit = &view.state.browse.range;
    let snap = |time: EventTime| edit.snap.nearest(time, view.state.zone());
    let time = scale.time(at.x);
    let span = match drag {
        Drag::New(anchor) | Drag::Edge(anchor) => {
            let (one, other) = (snap(anchor), snap(time));
            (one.min(other), one.max(other))
        }
        Drag::Inside { held, length } => {
            let from = snap(EventTime(time.0 - held));
            (from, EventTime(from.0 + length))
        }
    };
    if response.drag_stopped() {
        response.ctx.data_mut(|data| data.remove::<Drag>(id));
        let wide = scale.x(span.1) - scale.x(span.0) >= LEAST || span.1.0 - span.0.0 >= scale.bucket_ms();
        if !wide {
            return None;
        }
        choose(view, span);
    }
    Some(span)
}

fn pointer_shape(response: &Response, chosen: Option<(EventTime, EventTime)>, scale: &Scale) {
    let Some(at) = response.hover_pos() else { return };
    let shape = match begin(chosen, scale, at) {
        Drag::New(_) => CursorIcon::Crosshair,
        Drag::Edge(_) => CursorIcon::ResizeHorizontal,
        Drag::Inside { .. } if response.dragged() => CursorIcon::Grabbing,
        Drag::Inside { .. } => CursorIcon::Grab,
    };
    response.ctx.set_cursor_icon(shape);
}

/// Shift and the wheel zoom around the pointer.
fn zoom(view: &View<'_>, response: &Response, scale: &Scale) {
    let Some(at) = response.hover_pos() else { return };
    // With Shift held, a wheel that turns up and down arrives as a sideways scroll.
    let turned = response.ctx.input(|input| {
        if input.modifiers.shift {
            input.smooth_scroll_delta().x + input.smooth_scroll_delta().y
        } else {
            0.0
        }
    });
    if turned.abs() < 1.0 {
        return;
    }
    let factor = f64::from((-turned / 120.0).exp().clamp(0.2, 5.0));
    let ((start, end), time) = (scale.span(), scale.time(at.x));
    let from = time.0 - ((time.0 - start.0) as f64 * factor) as i64;
    let to = time.0 + ((end.0 - time.0) as f64 * factor) as i64;
    view.send(BrowseCommand::Zoom(Some((EventTime(from), EventTime(to.max(from + 1_000))))));
}

/// Arrow keys move the span by a step; with Shift its end only.
fn arrows(
    view: &View<'_>,
    response: &Response,
    span: (EventTime, EventTime),
    scale: &Scale,
) -> Option<(EventTime, EventTime)> {
    if !focus::takes_arrows(response) {
        return None;
    }
    let step = view.state.browse.range.snap.step_ms(scale.bucket_ms());
    let (steps, shift) = response.ctx.input(|input| {
        let pressed = |key| i64::from(input.key_pressed(key));
        (pressed(Key::ArrowRight) - pressed(Key::ArrowLeft), input.modifiers.shift)
    });
    let moved = steps * step;
    let from = if shift { span.0.0 } else { span.0.0 + moved };
    let to = span.1.0 + moved;
    (moved != 0 && to > from).then_some((EventTime(from), EventTime(to)))
}

/// The span over the bars: a light fill, two edges with handles, the two times above.
pub(super) fn paint(ui: &Ui, view: &View<'_>, scale: &Scale, span: (EventTime, EventTime)) {
    let tokens = tokens(ui);
    let plot = scale.plot();
    let (left, right) = (scale.x(span.0), scale.x(span.1));
    let painter = ui.painter().with_clip_rect(plot.expand2(vec2(4.0, 20.0)));
    let area = Rect::from_min_max(pos2(left, plot.top()), pos2(right, plot.bottom()));
    painter.rect_filled(area, 0.0, tokens.accent.gamma_multiply(0.10));
    for x in [left, right] {
        painter.vline(x, plot.top() - 6.0..=plot.bottom(), Stroke::new(1.5, tokens.accent));
        let handle = Rect::from_center_size(pos2(x, plot.center().y), vec2(6.0, 18.0));
        painter.rect_filled(handle, 2.0, tokens.accent);
    }
    let flag = |time: EventTime| format::time(time.0, view.state.zone(), Precision::Minute);
    let (from, to) = (flag(span.0), flag(span.1));
    let width = text::width(ui, &from, Type::NumberSmall) + text::width(ui, &to, Type::NumberSmall) + 24.0;
    let y = plot.top() - 14.0;
    let outside = ui.painter();
    let from_x = (left + 5.0).clamp(plot.left(), (plot.right() - width).max(plot.left()));
    let to_x = (right - 5.0).max(from_x + width).min(plot.right().max(from_x + width));
    text::paint(outside, pos2(from_x, y), Align2::LEFT_CENTER, &from, Type::NumberSmall, tokens.t1);
    text::paint(outside, pos2(to_x, y), Align2::RIGHT_CENTER, &to, Type::NumberSmall, tokens.t1);
    if ui.memory(|memory| memory.has_focus(ui.scope_id().with("density"))) && focus::shown(ui.ctx()) {
        let stroke = Stroke::new(1.5, tokens.accent);
        painter.rect_stroke(plot.expand(2.0), 0.0, stroke, eframe::egui::StrokeKind::Outside);
    }
}
