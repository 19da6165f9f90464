//! Tabs in a zone header.

use eframe::egui::accesskit::Role;
use eframe::egui::{Align2, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::focus;
use crate::ui::text::{self, Type};
use crate::ui::theme::tokens;

/// A row of tabs. `Tabs::new(&["Tree", "Raw"], chosen).show(ui)` returns the new index.
#[must_use = "call show"]
pub struct Tabs<'a, S> {
    options: &'a [S],
    chosen: usize,
    height: f32,
}

impl<'a, S: AsRef<str>> Tabs<'a, S> {
    /// Tabs of which one is chosen.
    pub fn new(options: &'a [S], chosen: usize) -> Self {
        Self { options, chosen, height: 38.0 }
    }

    /// Height of the header that holds them, less its line.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// Draws them in the flow, from left to right; the new index where the user chose another.
    pub fn show(self, ui: &mut Ui) -> Option<usize> {
        let tokens = tokens(ui);
        let mut result = None;
        for (index, option) in self.options.iter().enumerate() {
            let option = option.as_ref();
            let size = vec2(text::width(ui, option, Type::Control).ceil() + 16.0, self.height);
            let (rect, response) = ui.allocate_exact_size(size, Sense::click());
            let chosen = index == self.chosen;
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, option));
            let ink = if chosen || response.hovered() { tokens.t1 } else { tokens.t3 };
            text::paint(ui.painter(), rect.center(), Align2::CENTER_CENTER, option, Type::Control, ink);
            if chosen {
                let bar = Rect::from_min_max(
                    pos2(rect.left() + 8.0, rect.bottom() - 2.0),
                    pos2(rect.right() - 8.0, rect.bottom()),
                );
                ui.painter().rect_filled(bar, 0.0, tokens.accent);
            }
            focus::ring_inside(ui, &response, rect);
            if response.clicked() && !chosen {
                result = Some(index);
            }
        }
        result
    }
}
