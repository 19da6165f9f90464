//! A segmented control: one of a few, all of them seen.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align2, Color32, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::focus;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{CONTROL, RADIUS_CONTROL};
use crate::ui::theme::tokens;

/// One of a few words. `Segmented::new("Protocol", &["PLAINTEXT", "SSL"], chosen).show(ui)` returns the new index.
#[must_use = "call show"]
pub struct Segmented<'a> {
    name: &'a str,
    options: &'a [&'a str],
    chosen: Option<usize>,
    off: &'a [(usize, &'a str)],
    height: f32,
}

impl<'a> Segmented<'a> {
    /// A control named `name`; `chosen` is the index of the option that holds.
    pub fn new(name: &'a str, options: &'a [&'a str], chosen: impl Into<Option<usize>>) -> Self {
        Self { name, options, chosen: chosen.into(), off: &[], height: CONTROL }
    }

    /// Options that cannot be chosen, with the reason of each.
    pub fn off(mut self, off: &'a [(usize, &'a str)]) -> Self {
        self.off = off;
        self
    }

    /// 22 high instead of 26.
    pub fn small(mut self) -> Self {
        self.height = 22.0;
        self
    }

    /// Width that the control takes.
    pub fn measure(&self, ui: &Ui) -> f32 {
        self.options.iter().map(|option| segment_width(ui, option)).sum()
    }

    /// Draws it; the new index where the user chose another.
    pub fn show(self, ui: &mut Ui) -> Option<usize> {
        let tokens = tokens(ui);
        let (rect, group) = ui.allocate_exact_size(vec2(self.measure(ui), self.height), Sense::hover());
        group.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, true, self.name));
        let border = Stroke::new(1.0, tokens.line2);
        ui.painter().rect(rect, RADIUS_CONTROL, tokens.field, border, StrokeKind::Inside);
        let mut result = None;
        let mut left = rect.left();
        for (index, option) in self.options.iter().enumerate() {
            let segment =
                Rect::from_min_size(pos2(left, rect.top()), vec2(segment_width(ui, option), self.height));
            left = segment.right();
            if index > 0 {
                ui.painter().vline(segment.left(), segment.shrink(1.0).y_range(), border);
            }
            if self.segment(ui, segment, index, option) {
                result = Some(index);
            }
        }
        result
    }

    fn segment(&self, ui: &mut Ui, rect: Rect, index: usize, option: &str) -> bool {
        let tokens = tokens(ui);
        let chosen = self.chosen == Some(index);
        let off = self.off.iter().find(|(other, _)| *other == index).map(|(_, reason)| *reason);
        let sense = if off.is_some() { Sense::hover() } else { Sense::click() };
        let response = ui.interact(rect, ui.make_persistent_id(("segment", self.name, index)), sense);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, off.is_none(), chosen, option));
        let fill = match (chosen, response.hovered() && off.is_none()) {
            (true, _) => tokens.bg4,
            (false, true) => tokens.bg2,
            _ => Color32::TRANSPARENT,
        };
        let ink = match (off.is_some(), chosen) {
            (true, _) => tokens.t4,
            (_, true) => tokens.t1,
            _ => tokens.t2,
        };
        ui.painter().rect_filled(rect.shrink(1.0), corners(index, self.options.len()), fill);
        text::paint(ui.painter(), rect.center(), Align2::CENTER_CENTER, option, Type::Label, ink);
        focus::ring_inside(ui, &response, rect);
        let response = match off {
            Some(reason) => response.on_hover_text(reason),
            None => response,
        };
        response.clicked() && !chosen
    }
}

fn segment_width(ui: &Ui, option: &str) -> f32 {
    (text::width(ui, option, Type::Label) + 18.0).ceil()
}

fn corners(index: usize, count: usize) -> CornerRadius {
    let radius = RADIUS_CONTROL as u8 - 1;
    let (left, right) = (index == 0, index + 1 == count);
    CornerRadius {
        nw: if left { radius } else { 0 },
        sw: if left { radius } else { 0 },
        ne: if right { radius } else { 0 },
        se: if right { radius } else { 0 },
    }
}
