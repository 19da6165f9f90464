//! A legend, in a zone's header.

use eframe::egui::accesskit::Role;
use eframe::egui::{Align2, Color32, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::text::{self, Type};
use crate::ui::theme::tokens;

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A line.
    Line,
    /// Points.
    Point,
    /// Bars or an area.
    Square,
}

/// Draws one entry; in a header, which lays out from the right, call it for the last series first.
pub fn legend(ui: &mut Ui, mark: Mark, color: Color32, name: &str) {
    let tokens = tokens(ui);
    let width = text::width(ui, name, Type::Label) + 17.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width.ceil() + 6.0, 20.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
    let middle = rect.center().y;
    match mark {
        Mark::Line => {
            let line = Rect::from_center_size(pos2(rect.left() + 5.0, middle), vec2(10.0, 2.5));
            ui.painter().rect_filled(line, 1.0, color);
        }
        Mark::Point => {
            ui.painter().circle_filled(pos2(rect.left() + 5.0, middle), 4.0, color);
        }
        Mark::Square => {
            let square = Rect::from_center_size(pos2(rect.left() + 5.0, middle), vec2(8.0, 8.0));
            ui.painter().rect_filled(square, 1.0, color);
        }
    }
    let at = pos2(rect.left() + 16.0, middle);
    text::paint(ui.painter(), at, Align2::LEFT_CENTER, name, Type::Label, tokens.t2);
}
