//! A brush over a plot: a span of the x axis, made, moved and resized by pointer and keys.

use eframe::egui::{Align2, CursorIcon, EventFilter, Key, Modifiers, Pos2, Rect, Response, Ui, pos2, vec2};

use super::Shown;
use crate::ui::text::{self, Type};
use crate::ui::theme::tokens;
use crate::ui::widgets::focus;

/// A brush. The plot must sense clicks and drags.
#[must_use = "call show"]
pub struct Brush<'a> {
    span: Option<(f64, f64)>,
    step: f64,
    flags: Option<(&'a str, &'a str)>,
}

/// What the user did with a brush.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BrushResponse {
    /// The new span, while it is dragged.
    pub span: Option<(f64, f64)>,
    /// The pointer was let go, or a key pressed: the span holds now.
    pub done: bool,
    /// The new range of the x axis, by Shift and the wheel.
    pub zoom: Option<(f64, f64)>,
}

/// What a drag holds on to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    New(f64),
    From,
    To,
    Inside { from: f64, to: f64, at: f64 },
}

impl<'a> Brush<'a> {
    /// A brush over `span`; `None` where nothing is brushed. Arrows move it by `step`.
    pub fn new(span: Option<(f64, f64)>, step: f64) -> Self {
        Self { span, step, flags: None }
    }

    /// What is written above the two edges.
    pub fn flags(mut self, from: &'a str, to: &'a str) -> Self {
        self.flags = Some((from, to));
        self
    }

    /// Draws it over the plot.
    pub fn show(self, ui: &Ui, shown: &Shown) -> BrushResponse {
        let mut result = self.drag(ui, shown);
        if result.span.is_none() {
            result = self.keys(ui, shown).unwrap_or(result);
        }
        result.zoom = zoom(ui, shown);
        let span = result.span.or(self.span);
        if let Some((from, to)) = span {
            self.paint(ui, shown, from, to);
        }
        focus::ring_inside(ui, &shown.response, shown.area);
        result
    }

    fn drag(&self, ui: &Ui, shown: &Shown) -> BrushResponse {
        let response = &shown.response;
        let id = response.id.with("brush hold");
        let within = |value: f64| value.clamp(shown.x.0, shown.x.1);
        if let Some(at) = response.hover_pos() {
            ui.ctx().set_cursor_icon(match self.edge_at(shown, at) {
                Some(Hold::From | Hold::To) => CursorIcon::ResizeHorizontal,
                Some(_) => CursorIcon::Grab,
                None => CursorIcon::Crosshair,
            });
        }
        if response.double_clicked() {
            return BrushResponse { span: Some(shown.x), done: true, zoom: None };
        }
        if response.drag_started() {
            response.request_focus();
            let origin = ui.input(|input| input.pointer.press_origin()).unwrap_or(response.rect.center());
            let hold = self.edge_at(shown, origin).unwrap_or(Hold::New(within(shown.x_of(origin.x))));
            ui.data_mut(|data| data.insert_temp(id, hold));
        }
        let Some(hold) = ui.data(|data| data.get_temp::<Hold>(id)) else { return BrushResponse::default() };
        let Some(at) = response.interact_pointer_pos().map(|at| within(shown.x_of(at.x))) else {
            ui.data_mut(|data| data.remove::<Hold>(id));
            return BrushResponse::default();
        };
        let (from, to) = self.span.unwrap_or((at, at));
        let (from, to) = match hold {
            Hold::New(start) => (start, at),
            Hold::From => (at, to),
            Hold::To => (from, at),
            Hold::Inside { from, to, at: start } => {
                let moved = (at - start).clamp((shown.x.0 - from).min(0.0), (shown.x.1 - to).max(0.0));
                (from + moved, to + moved)
            }
        };
        // An edge that is drawn over the other one becomes the other one.
        if let (Hold::From, true) | (Hold::To, true) = (hold, from > to) {
            let other = if hold == Hold::From { Hold::To } else { Hold::From };
            ui.data_mut(|data| data.insert_temp(id, other));
        }
        let done = response.drag_stopped();
        if done {
            ui.data_mut(|data| data.remove::<Hold>(id));
        }
        BrushResponse { span: Some((from.min(to), from.max(to))), done, zoom: None }
    }

    /// What lies under the pointer: an edge within 6 points, or the inside.
    fn edge_at(&self, shown: &Shown, at: Pos2) -> Option<Hold> {
        let (from, to) = self.span?;
        let (left, right) = (shown.at_x(from), shown.at_x(to));
        if (at.x - left).abs() <= 6.0 {
            Some(Hold::From)
        } else if (at.x - right).abs() <= 6.0 {
            Some(Hold::To)
        } else {
            (left..=right).contains(&at.x).then(|| Hold::Inside { from, to, at: shown.x_of(at.x) })
        }
    }

    /// Arrows move the span by a step; with Shift they move its end.
    fn keys(&self, ui: &Ui, shown: &Shown) -> Option<BrushResponse> {
        let (from, to) = self.span.filter(|_| shown.response.has_focus())?;
        lock_arrows(ui, &shown.response);
        let (by, end_only) = ui.input(|input| {
            let right = f64::from(input.num_presses(Key::ArrowRight) as u32);
            let left = f64::from(input.num_presses(Key::ArrowLeft) as u32);
            (right - left, input.modifiers.shift)
        });
        if by == 0.0 {
            return None;
        }
        let by = by * self.step;
        let span = if end_only { (from, (to + by).max(from + self.step)) } else { (from + by, to + by) };
        Some(BrushResponse { span: Some(span), done: true, zoom: None })
    }

    fn paint(&self, ui: &Ui, shown: &Shown, from: f64, to: f64) {
        let tokens = tokens(ui);
        let area = shown.area;
        let inside = |value: f64| value >= shown.x.0 && value <= shown.x.1;
        let x = shown.at_x(from).clamp(area.left(), area.right())
            ..=shown.at_x(to).clamp(area.left(), area.right());
        ui.painter().rect_filled(
            Rect::from_x_y_ranges(x, area.y_range()),
            0.0,
            tokens.accent.gamma_multiply(0.1),
        );
        for (value, flag, left) in
            [(from, self.flags.map(|flags| flags.0), true), (to, self.flags.map(|flags| flags.1), false)]
        {
            if !inside(value) {
                continue;
            }
            let x = shown.at_x(value).round();
            ui.painter().vline(x, area.top() - 6.0..=area.bottom(), (1.5, tokens.accent));
            let handle = Rect::from_center_size(pos2(x, area.center().y), vec2(6.0, 18.0));
            ui.painter().rect_filled(handle, 2.0, tokens.accent);
            if let Some(flag) = flag {
                let (at, anchor) = if left {
                    (pos2(x + 5.0, area.top() - 12.0), Align2::LEFT_CENTER)
                } else {
                    (pos2(x - 5.0, area.top() - 12.0), Align2::RIGHT_CENTER)
                };
                text::paint(ui.painter(), at, anchor, flag, Type::NumberSmall, tokens.t1);
            }
        }
    }
}

/// Otherwise egui would move the focus with the arrows.
fn lock_arrows(ui: &Ui, response: &Response) {
    let filter = EventFilter { horizontal_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
}

/// Shift and the wheel widen or narrow the axis around the pointer.
fn zoom(ui: &Ui, shown: &Shown) -> Option<(f64, f64)> {
    let at = shown.hover_x()?;
    let turned = ui.input_mut(|input| {
        let turned = input.smooth_scroll_delta.x + input.smooth_scroll_delta.y;
        if input.modifiers.contains(Modifiers::SHIFT) && turned != 0.0 {
            input.smooth_scroll_delta = vec2(0.0, 0.0);
            Some(turned)
        } else {
            None
        }
    })?;
    let factor = (-f64::from(turned) / 240.0).exp();
    Some((at - (at - shown.x.0) * factor, at + (shown.x.1 - at) * factor))
}
