//! A slider between two numbers.

use eframe::egui::{Key, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::focus;
use crate::ui::theme::tokens;

/// A slider. `Slider::new("threshold", 0.42, 0.0, 1.0).step(0.01).show(ui)` returns the new value.
#[must_use = "call show"]
pub struct Slider<'a> {
    name: &'a str,
    value: f64,
    low: f64,
    high: f64,
    step: f64,
    width: f32,
}

impl<'a> Slider<'a> {
    /// A slider from `low` to `high`.
    pub fn new(name: &'a str, value: f64, low: f64, high: f64) -> Self {
        Self { name, value, low, high, step: (high - low) / 100.0, width: 96.0 }
    }

    /// Values are multiples of `step` from `low`; arrows move by one.
    pub fn step(mut self, step: f64) -> Self {
        self.step = step;
        self
    }

    /// Another width than 96.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// Draws it; the new value where the user moved it.
    pub fn show(self, ui: &mut Ui) -> Option<f64> {
        let tokens = tokens(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(self.width, 20.0), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::slider(true, self.value, self.name));
        let track = Rect::from_center_size(rect.center(), vec2(rect.width() - 10.0, 3.0));
        let share = ((self.value - self.low) / (self.high - self.low)).clamp(0.0, 1.0) as f32;
        let x = track.left() + share * track.width();
        ui.painter().rect_filled(track, 1.5, tokens.bg4);
        ui.painter().rect_filled(Rect::from_min_max(track.min, pos2(x, track.bottom())), 1.5, tokens.accent);
        ui.painter().circle_filled(pos2(x, rect.center().y), 5.0, tokens.t1);
        focus::ring(ui, &response, rect, 4.0);
        let mut value = self.value;
        if let Some(pointer) = response.interact_pointer_pos() {
            let share = f64::from((pointer.x - track.left()) / track.width()).clamp(0.0, 1.0);
            value = self.low + share * (self.high - self.low);
        }
        if focus::takes_arrows(&response) {
            let steps = ui.input(|input| {
                f64::from(
                    input.num_presses(Key::ArrowRight) as i32 - input.num_presses(Key::ArrowLeft) as i32,
                )
            });
            value += steps * self.step;
        }
        let value = self.low + ((value - self.low) / self.step).round() * self.step;
        let value = value.clamp(self.low, self.high);
        ((value - self.value).abs() > self.step / 2.0).then_some(value)
    }
}
