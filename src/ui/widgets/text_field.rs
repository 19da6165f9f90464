//! A text field that shows a value and returns what was typed.
//!
//! While it has the focus it keeps what is typed as a draft; a value that changes from outside (undo, a brush) replaces it.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align2, Color32, CornerRadius, Frame, Id, Key, Margin, Rect, Response, Sense, Stroke, StrokeKind,
    TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::focus;
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{CONTROL, RADIUS_CONTROL};
use crate::ui::theme::tokens;

/// A field of one line.
#[must_use = "call show"]
pub struct TextField<'a> {
    name: &'a str,
    value: &'a str,
    id: Option<Id>,
    hint: &'a str,
    error: Option<&'a str>,
    off: Option<&'a str>,
    icon: Option<Icon>,
    key: Option<&'a str>,
    width: Option<f32>,
    mono: bool,
    password: bool,
    focus: bool,
}

/// What the user did to a field.
pub struct FieldResponse {
    /// The new text, at each change.
    pub changed: Option<String>,
    /// The text when the user leaves the field or presses Enter, if it is another than the value.
    pub committed: Option<String>,
    /// Enter was pressed.
    pub entered: bool,
    /// egui's own response.
    pub response: Response,
}

/// What is being typed, and the value when it was last typed into.
#[derive(Clone, Default)]
struct Draft {
    text: String,
    value: String,
}

impl<'a> TextField<'a> {
    /// A field that shows `value`. `name` is its accessible name and, without another [`TextField::id`], its identity.
    pub fn new(name: &'a str, value: &'a str) -> Self {
        Self {
            name,
            value,
            id: None,
            hint: "",
            error: None,
            off: None,
            icon: None,
            key: None,
            width: None,
            mono: false,
            password: false,
            focus: false,
        }
    }

    /// An identity other than the name: for several fields of one name, or to give it the focus from elsewhere.
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }

    /// Shown while the field is empty.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// A red border, and what is wrong on hover. The panel writes the text beside the field where there is room.
    pub fn error(mut self, error: impl Into<Option<&'a str>>) -> Self {
        self.error = error.into();
        self
    }

    /// Off, with the reason on hover. `None` leaves it on.
    pub fn off(mut self, reason: impl Into<Option<&'a str>>) -> Self {
        self.off = reason.into();
        self
    }

    /// An icon before the text.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// A key that leads to the field, drawn at its right end while it is empty.
    pub fn key(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }

    /// A width other than all that is there.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// In JetBrains Mono: for numbers, names of fields, addresses.
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    /// Dots instead of letters.
    pub fn password(mut self) -> Self {
        self.password = true;
        self
    }

    /// Takes the focus now.
    pub fn focus(mut self, focus: bool) -> Self {
        self.focus = focus;
        self
    }

    /// Draws it.
    pub fn show(self, ui: &mut Ui) -> FieldResponse {
        let width = self.width.unwrap_or_else(|| ui.available_width());
        let (rect, hover) = ui.allocate_exact_size(vec2(width, CONTROL), Sense::hover());
        let id = self.id.unwrap_or_else(|| ui.make_persistent_id(("field", self.name)));
        if let Some(reason) = self.off {
            self.paint_off(ui, rect, &hover);
            return FieldResponse {
                changed: None,
                committed: None,
                entered: false,
                response: hover.on_hover_text(reason),
            };
        }
        let mut draft = self.draft(ui, id);
        let before = draft.text.clone();
        let response = self.edit(ui, rect, id, &mut draft.text);
        self.paint_frame(ui, rect, &response);
        let changed = (draft.text != before).then(|| draft.text.clone());
        let (enter, escape) =
            ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
        let left = response.lost_focus() && !escape;
        let committed = (left && draft.text != self.value).then(|| draft.text.clone());
        let entered = response.lost_focus() && enter;
        if response.has_focus() {
            ui.data_mut(|data| data.insert_temp(id, draft));
        } else {
            ui.data_mut(|data| data.remove::<Draft>(id));
        }
        let response = match self.error {
            Some(error) => response.on_hover_text(error),
            None => response,
        };
        FieldResponse { changed, committed, entered, response }
    }

    /// The draft of a focused field; the value where there is none, or where it changed from outside.
    fn draft(&self, ui: &Ui, id: Id) -> Draft {
        let fresh = || Draft { text: self.value.to_owned(), value: self.value.to_owned() };
        match ui.data(|data| data.get_temp::<Draft>(id)) {
            Some(draft) if draft.value == self.value => draft,
            _ => fresh(),
        }
    }

    fn edit(&self, ui: &mut Ui, rect: Rect, id: Id, draft: &mut String) -> Response {
        let tokens = tokens(ui);
        let left = if self.icon.is_some() { 30.0 } else { 9.0 };
        let right = if self.key.is_some() && draft.is_empty() { 30.0 } else { 8.0 };
        let inner = Rect::from_min_max(
            pos2(rect.left() + left, rect.top()),
            pos2(rect.right() - right, rect.bottom()),
        );
        ui.painter().rect_filled(rect, RADIUS_CONTROL, tokens.field);
        let kind = if self.mono { Type::Number } else { Type::Control };
        let mut child = ui.new_child(UiBuilder::new().max_rect(inner).id_salt(("edit", id)));
        let edit = TextEdit::singleline(draft)
            .id(id)
            .password(self.password)
            .font(kind.font())
            .text_color(tokens.t1)
            .frame(Frame::NONE)
            .margin(Margin::ZERO)
            .align(Align2::LEFT_CENTER)
            .desired_width(inner.width());
        let response = child.add_sized(inner.size(), edit);
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::TextInput, true, self.name);
            info.current_text_value = (!self.password).then(|| self.value.to_owned());
            info
        });
        if self.focus {
            response.request_focus();
        }
        if draft.is_empty() {
            text::paint_in(ui.painter(), inner, Align2::LEFT_CENTER, self.hint, kind, tokens.t4);
        }
        response
    }

    fn paint_frame(&self, ui: &Ui, rect: Rect, response: &Response) {
        let tokens = tokens(ui);
        let (width, color) = match (self.error, response.has_focus(), response.hovered()) {
            (Some(_), _, _) => (1.0, tokens.bad),
            (None, true, _) => (1.5, tokens.accent),
            (None, false, true) => (1.0, tokens.t4),
            _ => (1.0, tokens.line2),
        };
        ui.painter().rect_stroke(rect, RADIUS_CONTROL, Stroke::new(width, color), StrokeKind::Inside);
        if let Some(icon) = self.icon {
            icon.paint(ui.painter(), pos2(rect.left() + 16.0, rect.center().y), 13.5, tokens.t3);
        }
        if let (Some(key), true, false) = (self.key, self.value.is_empty(), response.has_focus()) {
            key_cap(ui, pos2(rect.right() - 8.0, rect.center().y), key);
        }
    }

    fn paint_off(&self, ui: &Ui, rect: Rect, response: &Response) {
        let tokens = tokens(ui);
        let border = Stroke::new(1.0, tokens.line);
        ui.painter().rect(rect, RADIUS_CONTROL, Color32::TRANSPARENT, border, StrokeKind::Inside);
        let shown = if self.value.is_empty() { self.hint } else { self.value };
        let kind = if self.mono { Type::Number } else { Type::Control };
        let inner = rect.shrink2(vec2(9.0, 0.0));
        text::paint_in(ui.painter(), inner, Align2::LEFT_CENTER, shown, kind, tokens.t4);
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, false, self.name));
        focus::ring(ui, response, rect, RADIUS_CONTROL);
    }
}

/// A key drawn as a cap, with its right middle at `at`. Returns what it covers.
pub fn key_cap(ui: &Ui, at: eframe::egui::Pos2, keys: &str) -> Rect {
    let tokens = tokens(ui);
    let width = text::width(ui, keys, Type::NumberSmall) + 10.0;
    let rect = Align2::RIGHT_CENTER.anchor_size(at, vec2(width, 16.0));
    let stroke = Stroke::new(1.0, tokens.line2);
    ui.painter().rect_stroke(rect, CornerRadius::same(3), stroke, StrokeKind::Inside);
    text::paint(ui.painter(), rect.center(), Align2::CENTER_CENTER, keys, Type::NumberSmall, tokens.t3);
    rect
}
