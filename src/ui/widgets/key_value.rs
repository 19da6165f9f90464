//! Rows of a name and its value.

use eframe::egui::{Align2, Color32, Rect, Response, Sense, Ui, pos2, vec2};

use crate::ui::text::{self, Type};
use crate::ui::theme::tokens;

/// A row of a name and its value, padded at both sides by the panel.
#[must_use = "call show"]
pub struct KeyValue<'a> {
    key: &'a str,
    value: &'a str,
    note: &'a str,
    kind: Type,
    color: Option<Color32>,
    at: Option<f32>,
    height: f32,
}

/// A row whose value stands at the right end, in JetBrains Mono.
pub fn key_value(ui: &mut Ui, key: &str, value: &str) -> Response {
    KeyValue::new(key, value).show(ui)
}

impl<'a> KeyValue<'a> {
    /// A row whose value stands at the right end, in JetBrains Mono.
    pub fn new(key: &'a str, value: &'a str) -> Self {
        Self { key, value, note: "", kind: Type::Number, color: None, at: None, height: 21.0 }
    }

    /// The value stands so far from the left instead.
    pub fn at(mut self, left: f32) -> Self {
        self.at = Some(left);
        self
    }

    /// The value is words.
    pub fn words(mut self) -> Self {
        self.kind = Type::Cell;
        self
    }

    /// Something less important behind the value; needs [`KeyValue::at`].
    pub fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }

    /// The value in a state's colour.
    pub fn color(mut self, color: impl Into<Option<Color32>>) -> Self {
        self.color = color.into();
        self
    }

    /// Another height than 21.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// Draws it over the available width.
    pub fn show(self, ui: &mut Ui) -> Response {
        let tokens = tokens(ui);
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), self.height), Sense::hover());
        let ink = self.color.unwrap_or(tokens.t1);
        match self.at {
            Some(left) => {
                let (key, value) = rect.split_left_right_at_x(rect.left() + left);
                let key = Rect::from_min_max(key.min, pos2(key.right() - 8.0, key.bottom()));
                text::put(ui, key, Align2::LEFT_CENTER, self.key, Type::Cell, tokens.t3);
                let shown = text::put(ui, value, Align2::LEFT_CENTER, self.value, self.kind, ink);
                if !self.note.is_empty() {
                    let rest = Rect::from_min_max(pos2(shown.rect.right() + 7.0, value.top()), value.max);
                    text::put(ui, rest, Align2::LEFT_CENTER, self.note, Type::Number, tokens.t3);
                }
            }
            None => {
                let shown = text::put(ui, rect, Align2::RIGHT_CENTER, self.value, self.kind, ink);
                let key = Rect::from_min_max(rect.min, pos2(shown.rect.left() - 8.0, rect.bottom()));
                text::put(ui, key, Align2::LEFT_CENTER, self.key, Type::Cell, tokens.t3);
            }
        }
        response
    }
}
