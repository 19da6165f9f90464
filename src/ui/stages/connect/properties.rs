//! The properties of the connection that is shown: those of the profile, which can be changed, and what Forebay sets.

use eframe::egui::{Align2, Id, Rect, Sense, Ui, UiBuilder, pos2, vec2};

use super::form::edit;
use crate::app::commands::connect::Edit;
use crate::app::state::connect::SavedConnection;
use crate::kafka::DEFAULTS;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{CONTROL, PADDING, TABLE_HEADER};
use crate::ui::theme::tokens;
use crate::ui::widgets::{Button, IconButton, TextField};
use crate::ui::zone;
use crate::ui::{Icon, View};

const ROW: f32 = 28.0;

/// Draws them.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, shown: &SavedConnection) {
    zone::header("Properties").detail("any librdkafka setting").plain(ui);
    head(ui);
    ui.add_space(2.0);
    for (name, value) in &shown.profile.properties {
        own(ui, view, name, value);
    }
    for (name, value) in DEFAULTS {
        if !shown.profile.properties.contains_key(name) {
            default(ui, name, value);
        }
    }
    add(ui, view, shown);
    ui.add_space(12.0);
}

/// Where name, value, origin and the last button of a row lie.
fn columns(rect: Rect) -> [Rect; 4] {
    let inner = rect.shrink2(vec2(PADDING, 0.0));
    let origin = inner.right() - 98.0;
    let value = inner.left() + inner.width() * 0.52;
    [
        Rect::from_min_max(inner.min, pos2(value - 8.0, inner.bottom())),
        Rect::from_min_max(pos2(value, inner.top()), pos2(origin - 12.0, inner.bottom())),
        Rect::from_min_max(pos2(origin, inner.top()), pos2(inner.right() - 26.0, inner.bottom())),
        Rect::from_min_max(pos2(inner.right() - 26.0, inner.top()), inner.max),
    ]
}

fn head(ui: &mut Ui) {
    let tokens = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), TABLE_HEADER), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, tokens.bg2);
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, (1.0, tokens.line));
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, tokens.line));
    let [name, value, origin, _] = columns(rect);
    text::paint_in(ui.painter(), name, Align2::LEFT_CENTER, "name", Type::Label, tokens.t3);
    text::paint_in(ui.painter(), value, Align2::RIGHT_CENTER, "value", Type::Label, tokens.t3);
    text::paint_in(ui.painter(), origin, Align2::LEFT_CENTER, "from", Type::Label, tokens.t3);
}

fn own(ui: &mut Ui, view: &View<'_>, name: &str, value: &str) {
    let tokens = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let [name_at, value_at, origin, last] = columns(rect);
    text::put(ui, name_at, Align2::LEFT_CENTER, name, Type::Number, tokens.t1);
    text::put(ui, origin, Align2::LEFT_CENTER, "this profile", Type::Cell, tokens.t3);
    let typed = in_rect(ui, value_at, name, |ui| TextField::new(name, value).mono().show(ui).committed);
    if let Some(value) = typed {
        edit(view, Edit::Property(name.into(), value));
    }
    let remove = format!("Remove {name}");
    let clicked = in_rect(ui, last, &remove, |ui| IconButton::new(Icon::X, &remove).show(ui).clicked());
    if clicked {
        edit(view, Edit::RemoveProperty(name.into()));
    }
}

fn default(ui: &mut Ui, name: &str, value: &str) {
    let tokens = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
    let [name_at, value_at, origin, _] = columns(rect);
    text::put(ui, name_at, Align2::LEFT_CENTER, name, Type::Number, tokens.t1);
    text::put(ui, value_at, Align2::RIGHT_CENTER, value, Type::Number, tokens.t1);
    text::put(ui, origin, Align2::LEFT_CENTER, "default", Type::Cell, tokens.t3);
}

fn add(ui: &mut Ui, view: &View<'_>, shown: &SavedConnection) {
    let (name, value) = &view.state.connect.new_property;
    let taken = shown.profile.properties.contains_key(name.trim());
    let off = match (name.trim().is_empty(), taken) {
        (true, _) => Some("type the name of a setting"),
        (_, true) => Some("this profile sets it already"),
        _ => None,
    };
    ui.add_space(4.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), CONTROL), Sense::hover());
    let [name_at, value_at, origin, last] = columns(rect);
    let id = Id::unique("new property");
    let names = in_rect(ui, name_at, "new name", |ui| {
        TextField::new("Property name", name).id(id).mono().hint("fetch.message.max.bytes").show(ui)
    });
    let values =
        in_rect(ui, value_at, "new value", |ui| TextField::new("Property value", value).mono().show(ui));
    let place = origin.union(last);
    let pressed = in_rect(ui, place, "add", |ui| {
        Button::new("Add").icon(Icon::Plus).name("Add property").off(off).show(ui).clicked()
    });
    if let Some(name) = names.changed {
        edit(view, Edit::NewProperty(name, value.clone()));
    }
    if let Some(value) = values.changed {
        edit(view, Edit::NewProperty(name.clone(), value));
    }
    if off.is_none() && (pressed || names.entered || values.entered) {
        edit(view, Edit::AddProperty);
    }
}

/// A control in its own rectangle, under its own name.
fn in_rect<R>(ui: &mut Ui, rect: Rect, name: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let place = Align2::LEFT_CENTER.align_size_within_rect(vec2(rect.width(), CONTROL), rect);
    let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt(name));
    contents(&mut child)
}
