//! The connections with their state, what can be brought in, and the workspaces.

use eframe::egui::{Rect, Ui, vec2};

use super::{Standing, demo, standing};
use crate::app::commands::{Command, ConnectCommand, WorkspaceCommand};
use crate::app::state::connect::SavedConnection;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::LIST_PADDING;
use crate::ui::theme::tokens;
use crate::ui::widgets::{Button, ListRow};
use crate::ui::zone::{self, Zones};
use crate::ui::{Icon, View, format};

/// Draws it.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let mut zones = Zones::new(ui, rect);
    let foot = zones.bottom(ui, 56.0);
    let words = foot.shrink2(vec2(LIST_PADDING, 8.0));
    let color = tokens(ui).t3;
    zone::fill(ui, words, |ui| {
        text::label(ui, "Browsing joins no consumer group and commits nothing.", Type::Cell, color)
    });
    zone::scroll(ui, zones.rest(), "connect list", |ui| {
        connections(ui, view);
        ui.add_space(6.0);
        zone::line(ui);
        bring_in(ui, view);
        ui.add_space(6.0);
        zone::line(ui);
        workspaces(ui, view);
    });
}

fn connections(ui: &mut Ui, view: &View<'_>) {
    zone::header("Connections").tall().padding(LIST_PADDING).show(ui, |ui| {
        let new = Button::new("New").icon(Icon::Plus).ghost().name("New connection");
        if new.show(ui).clicked() {
            view.send(ConnectCommand::New);
        }
    });
    if view.state.connect.connections.is_empty() {
        let color = tokens(ui).t3;
        zone::padded(ui, LIST_PADDING, |ui| text::label(ui, "None yet.", Type::Body, color));
    }
    for connection in &view.state.connect.connections {
        row(ui, view, connection);
    }
}

fn row(ui: &mut Ui, view: &View<'_>, connection: &SavedConnection) {
    let tokens = tokens(ui);
    let mut row = ListRow::new(&connection.profile.name)
        .selected(view.state.connect.selected == Some(connection.id))
        .read_only(connection.profile.read_only);
    let found = connected_detail(view);
    let cause = connection.check.problem.as_ref().map(|problem| short(&problem.why)).unwrap_or_default();
    row = match standing(view, connection) {
        Standing::Open => row.dot(tokens.good).detail(&found),
        Standing::Checking => row.dot(tokens.warn).detail("checking"),
        Standing::Failed => row.dot(tokens.bad).detail_in(&cause, tokens.bad),
        Standing::Closed => row.ring(tokens.t3).detail("not connected"),
    };
    if row.show(ui).clicked() {
        view.send(ConnectCommand::Select(connection.id));
    }
}

fn connected_detail(view: &View<'_>) -> String {
    let topics = view.state.connection.catalogue.get().map(|catalogue| {
        let topics = catalogue.topics.iter().filter(|topic| !topic.internal).count();
        format::count(topics as u64, "topic", "topics")
    });
    topics.map_or_else(|| "connected".into(), |topics| format!("connected, {topics}"))
}

/// The first clause of a cause, for a narrow row.
fn short(why: &str) -> String {
    let end = why.find(['\n', ';']).unwrap_or(why.len());
    why.get(..end).unwrap_or(why).to_owned()
}

fn bring_in(ui: &mut Ui, view: &View<'_>) {
    zone::header("Bring in").padding(LIST_PADDING).plain(ui);
    demo::start_row(ui, view);
    for command in [ConnectCommand::Import, ConnectCommand::ImportClipboard] {
        let about = Command::from(command.clone()).about(view.state);
        let Some(about) = about else { continue };
        let row = ListRow::new(&about.title).icon(about.icon.unwrap_or(Icon::Download));
        if row.show(ui).on_hover_text(about.help.as_ref()).clicked() {
            view.send(command);
        }
    }
}

fn workspaces(ui: &mut Ui, view: &View<'_>) {
    zone::header("Workspaces").padding(LIST_PADDING).plain(ui);
    let workspace = &view.state.workspace;
    let trailing = if workspace.is_dirty() { "open, not saved" } else { "open" };
    ListRow::new(&workspace.name()).icon(Icon::Folder).trailing_words(trailing, None).show(ui);
    let others = view.state.recent_files.iter().filter(|file| Some(file.as_path()) != workspace.file());
    for file in others.take(6) {
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let row = ListRow::new(&name).icon(Icon::Folder).quiet();
        if row.show(ui).on_hover_text(file.display().to_string()).clicked() {
            view.send(WorkspaceCommand::OpenFile(file.clone()));
        }
    }
    ui.add_space(8.0);
}
