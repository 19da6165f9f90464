//! The list of connections: read, brought in, edited, written.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eframe::egui::{Event, ViewportCommand};

use super::{ConnectCommand, ConnectMessage, Edit};
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::Confirm;
use crate::app::state::connect::ConnectionId;
use crate::kafka::{ConnectionProfile, ImportedConnection, Secrets, parse_properties, read_properties};

/// Changes are written when nothing was typed for so long.
const REST: Duration = Duration::from_millis(800);

/// Reads the saved connections, and opens the one that the command line names.
pub(crate) fn begin(runtime: &mut Runtime<'_>, named: Option<(ConnectionProfile, Secrets)>) {
    let saved = runtime.state.config.as_ref().map(|config| config.connections());
    match saved {
        Some(Ok(profiles)) => {
            for profile in profiles {
                runtime.state.connect.add(profile, Secrets::new(), true);
            }
        }
        Some(Err(problem)) => runtime.state.notifications.problem(&problem),
        None => {}
    }
    runtime.state.connect.selected =
        runtime.state.connect.connections.first().map(|connection| connection.id);
    if let Some((profile, secrets)) = named {
        let known = runtime.state.connect.named(&profile.name).filter(|known| known.profile == profile);
        let id = match known.map(|known| known.id) {
            Some(id) => id,
            None => runtime.state.connect.add(profile, Secrets::new(), false),
        };
        if let Some(connection) = runtime.state.connect.get_mut(id) {
            connection.secrets = secrets;
        }
        runtime.state.connect.selected = Some(id);
        runtime.check_connection(id);
    }
}

impl Runtime<'_> {
    pub(super) fn add_connection(&mut self) {
        self.state.connect.add(ConnectionProfile::default(), Secrets::new(), true);
        self.state.stage = crate::app::Stage::Connect;
        self.state.connect.new_property = Default::default();
    }

    pub(super) fn edit_connection(&mut self, edit: Edit) {
        let connect = &mut self.state.connect;
        if let Edit::NewProperty(name, value) = edit {
            connect.new_property = (name, value);
            return;
        }
        if let Edit::AddProperty = edit {
            let (name, value) = std::mem::take(&mut connect.new_property);
            return self.edit_connection(Edit::Property(name.trim().into(), value.trim().into()));
        }
        let Some(shown) = connect.shown_mut() else { return };
        let profile = &mut shown.profile;
        match edit {
            Edit::Name(name) => {
                // An open connection keeps its name in the bar.
                if self.state.connection.name == profile.name {
                    self.state.connection.name.clone_from(&name);
                }
                profile.name = name;
            }
            Edit::Bootstrap(bootstrap) => profile.bootstrap = bootstrap,
            Edit::ReadOnly(read_only) => profile.read_only = read_only,
            Edit::Protocol(protocol) => profile.security.protocol = protocol,
            Edit::Mechanism(mechanism) => profile.security.mechanism = mechanism,
            Edit::Username(username) => profile.security.username = username,
            Edit::Secret(name, value) => return shown.secrets.set(name, value),
            Edit::Property(name, value) => {
                profile.properties.insert(name, value);
            }
            Edit::RemoveProperty(name) => {
                profile.properties.remove(&name);
            }
            Edit::NewProperty(..) | Edit::AddProperty => {}
        }
        connect.edited();
    }

    pub(super) fn ask_delete_connection(&mut self) {
        let Some(shown) = self.state.connect.shown() else { return };
        let name = &shown.profile.name;
        let confirm = Confirm {
            title: format!("Delete connection {name}?"),
            lines: vec![
                format!("{} is taken from the list. The cluster is not touched.", shown.profile.bootstrap),
                "Workspaces that use this connection will ask for it.".into(),
            ],
            verb: "Delete connection".into(),
            command: Box::new(ConnectCommand::Delete(shown.id).into()),
            other: None,
            dangerous: true,
        };
        self.state.ask(confirm);
    }

    pub(super) fn delete_connection(&mut self, id: ConnectionId) {
        let connect = &mut self.state.connect;
        let Some(index) = connect.connections.iter().position(|connection| connection.id == id) else {
            return;
        };
        let removed = connect.connections.remove(index);
        let next = connect.connections.get(index.min(connect.connections.len().saturating_sub(1)));
        connect.selected = next.map(|connection| connection.id);
        connect.changed = Some(Instant::now());
        if self.state.connection.name == removed.profile.name {
            self.disconnect();
        }
    }

    pub(super) fn import_file(&mut self, path: PathBuf) {
        let title = format!("Reading {}", path.display());
        let message = |result| Message::Connect(ConnectMessage::Imported(result));
        self.background.latest("import connection", title, move |_| Ok(read_properties(&path)?), message);
    }

    pub(super) fn imported(&mut self, imported: ImportedConnection) {
        let id = self.state.connect.add(imported.profile, imported.secrets, true);
        self.state.connect.changed = Some(Instant::now());
        self.state.stage = crate::app::Stage::Connect;
        let Some(connection) = self.state.connect.get_mut(id) else { return };
        connection.notes = imported.notes;
        let name = connection.profile.name.clone();
        self.state
            .notifications
            .good(format!("Brought in {name}"), "Its secrets are kept for this session only");
    }

    /// egui gives the clipboard's text as an event in one of the next frames.
    pub(super) fn ask_clipboard(&mut self) {
        self.ctx.memory_mut(|memory| memory.stop_text_input());
        self.ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
        self.state.connect.pasting = true;
        self.ctx.request_repaint();
    }

    pub(super) fn take_pasted(&mut self) {
        if !self.state.connect.pasting {
            return;
        }
        let pasted = self.ctx.input(|input| {
            input.events.iter().find_map(|event| match event {
                Event::Paste(text) => Some(text.clone()),
                _ => None,
            })
        });
        let Some(text) = pasted else { return };
        self.state.connect.pasting = false;
        match parse_properties(&text, Path::new(".")) {
            Ok(imported) => self.imported(imported),
            Err(error) => self.state.notifications.problem(&error.into()),
        }
    }

    /// Writes the connections when they were changed and the user rests.
    pub(super) fn write_connections(&mut self) {
        let (Some(changed), Some(config)) = (self.state.connect.changed, self.state.config.clone()) else {
            return;
        };
        let rested = changed.elapsed();
        if rested < REST {
            self.ctx.request_repaint_after(REST - rested);
            return;
        }
        self.state.connect.changed = None;
        let kept = self.state.connect.connections.iter().filter(|connection| connection.kept);
        let profiles: Vec<_> = kept.map(|connection| connection.profile.clone()).collect();
        let message = |result| Message::Connect(ConnectMessage::Kept(result));
        self.background.quiet("connections", move |_| config.save_connections(&profiles), message);
    }
}
