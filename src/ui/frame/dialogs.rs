//! Dialogs: before something that cannot be undone, for a path, and for a name.

use eframe::egui::{Align, Context, Id, Layout, Rect, Sense, Ui, UiBuilder, vec2};

use super::overlay::{Behind, middle, popup};
use crate::app::commands::{Command, WindowCommand};
use crate::app::state::{Confirm, NamePrompt, PathPrompt};
use crate::ui::View;
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::tokens;
use crate::ui::widgets::{Button, TextField};
use crate::ui::zone;

const WIDTH: f32 = 460.0;

fn opened_id() -> Id {
    Id::unique("dialog opened")
}

/// Whether the dialog is drawn for the first time: its way out takes the focus then, or what it asks for.
fn is_new(ui: &Ui, title: &str) -> bool {
    let known = ui.data(|data| data.get_temp::<String>(opened_id()));
    ui.data_mut(|data| data.insert_temp(opened_id(), title.to_owned()));
    known.as_deref() != Some(title)
}

/// No dialog is open.
pub(super) fn forget(ctx: &Context) {
    ctx.data_mut(|data| data.remove::<String>(opened_id()));
}

/// Asks before something that cannot be undone: what will change, and a button with its verb.
pub(super) fn confirm(ui: &Ui, view: &View<'_>, window: Rect, confirm: &Confirm) {
    let new = is_new(ui, &confirm.title);
    popup(ui, view, &confirm.title, middle(window, WIDTH, 180.0), WIDTH, Behind::Dimmed, |ui| {
        let tokens = tokens(ui);
        ui.add_space(14.0);
        zone::padded(ui, 16.0, |ui| {
            zone::row(ui, 24.0, |ui| {
                let (icon, color) =
                    if confirm.dangerous { (Icon::Warning, tokens.warn) } else { (Icon::Help, tokens.t2) };
                let (mark, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
                icon.paint(ui.painter(), mark.center(), 16.0, color);
                text::label(ui, &confirm.title, Type::Title, tokens.t1);
            });
            ui.add_space(6.0);
            for line in &confirm.lines {
                text::label(ui, line, Type::Body, tokens.t2);
            }
        });
        ui.add_space(14.0);
        buttons(ui, |ui| {
            let verb = Button::new(&confirm.verb).primary().show(ui);
            if verb.clicked() {
                view.send(WindowCommand::Confirm);
            }
            if let Some((title, command)) = &confirm.other
                && Button::new(title).show(ui).clicked()
            {
                view.send(WindowCommand::CloseOverlay);
                view.send(command.as_ref().clone());
            }
            let cancel = Button::new("Cancel").ghost().show(ui);
            if cancel.clicked() {
                view.send(WindowCommand::CloseOverlay);
            }
            if new {
                let first = if confirm.dangerous { cancel } else { verb };
                first.request_focus();
            }
        });
    });
}

/// Asks for a path: typed, or chosen in the desktop's dialog.
pub(super) fn path(ui: &Ui, view: &View<'_>, window: Rect, prompt: &PathPrompt) {
    let new = is_new(ui, &prompt.title);
    popup(ui, view, &prompt.title, middle(window, WIDTH, 180.0), WIDTH, Behind::Dimmed, |ui| {
        let tokens = tokens(ui);
        ui.add_space(14.0);
        let accept = WindowCommand::AcceptPath;
        let refusal = Command::Window(accept.clone()).refusal(view.state);
        zone::padded(ui, 16.0, |ui| {
            text::label(ui, &prompt.title, Type::Title, tokens.t1);
            ui.add_space(8.0);
            let id = Id::unique("path field");
            let field =
                TextField::new("Path", &prompt.path).id(id).mono().hint("/folder/file").focus(new).show(ui);
            if let Some(typed) = field.changed {
                view.send(WindowCommand::TypePath(typed));
            }
            if field.entered && refusal.is_none() {
                view.send(accept.clone());
            }
        });
        ui.add_space(14.0);
        buttons(ui, |ui| {
            if Button::new(&prompt.verb).primary().off(refusal.as_deref()).show(ui).clicked() {
                view.send(accept.clone());
            }
            if view.state.native_dialogs && Button::new("Browse").icon(Icon::Folder).show(ui).clicked() {
                view.send(WindowCommand::BrowsePath);
            }
            if Button::new("Cancel").ghost().show(ui).clicked() {
                view.send(WindowCommand::CloseOverlay);
            }
        });
    });
}

/// Asks for a name: says what will be written under it, and what is wrong with it as it is typed.
pub(super) fn name(ui: &Ui, view: &View<'_>, window: Rect, prompt: &NamePrompt) {
    let new = is_new(ui, &prompt.title);
    popup(ui, view, &prompt.title, middle(window, WIDTH, 180.0), WIDTH, Behind::Dimmed, |ui| {
        let tokens = tokens(ui);
        let accept = WindowCommand::AcceptName;
        let refusal = Command::Window(accept.clone()).refusal(view.state);
        ui.add_space(14.0);
        zone::padded(ui, 16.0, |ui| {
            text::label(ui, &prompt.title, Type::Title, tokens.t1);
            ui.add_space(6.0);
            for line in &prompt.lines {
                text::label(ui, line, Type::Body, tokens.t2);
            }
            ui.add_space(10.0);
            let id = Id::unique("name field");
            let field = TextField::new(&prompt.label, &prompt.name)
                .id(id)
                .mono()
                .focus(new)
                .error(refusal.as_deref())
                .show(ui);
            if let Some(typed) = field.changed {
                view.send(WindowCommand::TypeName(typed));
            }
            if field.entered && refusal.is_none() {
                view.send(accept.clone());
            }
            let said = refusal.as_deref().unwrap_or_default();
            zone::row(ui, 22.0, |ui| {
                let rect = ui.max_rect();
                text::put(ui, rect, eframe::egui::Align2::LEFT_CENTER, said, Type::Label, tokens.bad);
            });
        });
        ui.add_space(6.0);
        buttons(ui, |ui| {
            if Button::new(&prompt.verb).primary().off(refusal.as_deref()).show(ui).clicked() {
                view.send(accept.clone());
            }
            if Button::new("Cancel").ghost().show(ui).clicked() {
                view.send(WindowCommand::CloseOverlay);
            }
        });
    });
}

/// The buttons of a dialog, from the right: the act first.
fn buttons(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    zone::line(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 46.0), Sense::hover());
    let layout = Layout::right_to_left(Align::Center);
    let mut row = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(16.0, 0.0))).layout(layout));
    row.spacing_mut().item_spacing = vec2(8.0, 0.0);
    contents(&mut row);
}
