//! The readout beside the pointer: every series at one place of the x axis.

use eframe::egui::{Align2, Area, Color32, Id, Order, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::Shown;
use super::legend::Mark;
use crate::ui::text::{self, Type};
use crate::ui::theme::{measures::RADIUS_POPUP, tokens};

/// A line of a readout: the series' mark, its name, its value.
pub type Row = (Option<(Mark, Color32)>, String, String);

/// Draws the vertical line at `x` and the readout on its free side, so that it does not cover what it reads.
pub fn readout(ui: &Ui, shown: &Shown, x: f64, title: &str, rows: &[Row]) {
    shown.rule(ui, x);
    let name_width = rows.iter().map(|(_, name, _)| text::width(ui, name, Type::Cell)).fold(0.0, f32::max);
    let value_width =
        rows.iter().map(|(_, _, value)| text::width(ui, value, Type::Number)).fold(0.0, f32::max);
    let width =
        (18.0 + name_width + 20.0 + value_width).max(text::width(ui, title, Type::NumberSmall)) + 20.0;
    let size = vec2(width.ceil(), 30.0 + rows.len() as f32 * 18.0);
    let line = shown.at_x(x);
    let right = line + 12.0 + size.x <= shown.area.right();
    let left = if right { line + 12.0 } else { (line - 12.0 - size.x).max(ui.ctx().content_rect().left()) };
    Area::new(Id::unique(("readout", shown.response.id)))
        .order(Order::Tooltip)
        .interactable(false)
        .fixed_pos(pos2(left.round(), shown.area.top() - 2.0))
        .show(ui.ctx(), |ui| paint(ui, size, title, rows));
}

fn paint(ui: &mut Ui, size: eframe::egui::Vec2, title: &str, rows: &[Row]) {
    let tokens = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let stroke = Stroke::new(1.0, tokens.line2);
    ui.painter().rect(rect, RADIUS_POPUP, tokens.bg3, stroke, StrokeKind::Inside);
    let at = rect.min + vec2(10.0, 14.0);
    text::paint(ui.painter(), at, Align2::LEFT_CENTER, title, Type::NumberSmall, tokens.t2);
    for (index, (mark, name, value)) in rows.iter().enumerate() {
        let middle = rect.top() + 33.0 + index as f32 * 18.0;
        let mut left = rect.left() + 10.0;
        if let Some((mark, color)) = mark {
            let at = pos2(left + 5.0, middle);
            match mark {
                Mark::Line => {
                    ui.painter().rect_filled(Rect::from_center_size(at, vec2(10.0, 2.5)), 1.0, *color)
                }
                Mark::Point => ui.painter().circle_filled(at, 4.0, *color),
                Mark::Square => {
                    ui.painter().rect_filled(Rect::from_center_size(at, vec2(8.0, 8.0)), 1.0, *color)
                }
            };
            left += 17.0;
        }
        let ink = if mark.is_some() { tokens.t1 } else { tokens.t3 };
        text::paint(ui.painter(), pos2(left, middle), Align2::LEFT_CENTER, name, Type::Cell, ink);
        let at = pos2(rect.right() - 10.0, middle);
        text::paint(ui.painter(), at, Align2::RIGHT_CENTER, value, Type::Number, ink);
    }
}
