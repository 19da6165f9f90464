//! The form of the connection that is shown.

use eframe::egui::{Align2, Rect, Ui};

use super::{demo, properties, security};
use crate::app::commands::connect::{Edit, OF_DEMO};
use crate::app::commands::{ConnectCommand, WindowCommand};
use crate::app::state::connect::SavedConnection;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::PADDING;
use crate::ui::theme::tokens;
use crate::ui::widgets::{Button, Switch, TextField};
use crate::ui::zone;
use crate::ui::{Icon, View};

/// Where the controls of the form begin.
pub(super) const AT: f32 = 132.0;

/// Draws it.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect, shown: &SavedConnection) {
    // Fields keep what is typed under the connection that it is typed for.
    ui.push_id(shown.id, |ui| {
        zone::scroll(ui, rect, "connect form", |ui| {
            cluster(ui, view, shown);
            zone::line(ui);
            security::show(ui, view, shown);
            zone::line(ui);
            properties::show(ui, view, shown);
            if demo::is_demo(view, shown) {
                demo::stream(ui, view);
            }
            if !shown.notes.is_empty() {
                zone::line(ui);
                notes(ui, view, shown);
            }
        });
    });
}

/// Sends an edit of the shown connection.
pub(super) fn edit(view: &View<'_>, edit: Edit) {
    view.send(ConnectCommand::Edit(edit));
}

fn cluster(ui: &mut Ui, view: &View<'_>, shown: &SavedConnection) {
    let tokens = tokens(ui);
    zone::header("Cluster").tall().show(ui, |ui| {
        view.icon_button(ui, ConnectCommand::AskDelete);
    });
    zone::padded(ui, PADDING, |ui| {
        zone::form_row(ui, "Name", AT, |ui| {
            let field = TextField::new("Name", &shown.profile.name)
                .error(view.state.connect.name_problem())
                .off(demo::is_demo(view, shown).then_some(OF_DEMO));
            if let Some(name) = field.show(ui).changed {
                edit(view, Edit::Name(name));
            }
        });
        zone::form_row(ui, "Bootstrap servers", AT, |ui| {
            let field = TextField::new("Bootstrap servers", &shown.profile.bootstrap)
                .mono()
                .hint("host:9092, host:9092");
            if let Some(bootstrap) = field.show(ui).changed {
                edit(view, Edit::Bootstrap(bootstrap));
            }
        });
        zone::form_row(ui, "Read-only", AT, |ui| {
            let open = view.state.is_connected_to(&shown.profile.name);
            let off = open.then_some("Disconnect first: what is open keeps its rights");
            if let Some(on) = Switch::new("Read-only", shown.profile.read_only).off(off).show(ui) {
                edit(view, Edit::ReadOnly(on));
            }
            let said = "refuses every write, also of deployments";
            let rest = ui.available_rect_before_wrap();
            text::put(ui, rest, Align2::LEFT_CENTER, said, Type::Cell, tokens.t3);
        });
    });
    ui.add_space(8.0);
}

/// What was translated or left out when the connection was brought in.
fn notes(ui: &mut Ui, view: &View<'_>, shown: &SavedConnection) {
    let tokens = tokens(ui);
    zone::header("Brought in").detail("what was translated or left out").tall().show(ui, |ui| {
        if Button::new("Copy").ghost().icon(Icon::Copy).name("Copy notes").show(ui).clicked() {
            view.send(WindowCommand::Copy(shown.notes.join("\n"), "the notes"));
        }
    });
    zone::padded(ui, PADDING, |ui| {
        for note in &shown.notes {
            text::label(ui, note, Type::Cell, tokens.t2);
        }
    });
    ui.add_space(12.0);
}
