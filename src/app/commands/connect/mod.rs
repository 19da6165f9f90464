//! Commands and messages of stage Connect.

mod opening;
mod saved;

use std::path::PathBuf;

use eframe::egui::Key;

use super::{About, Action, ctrl_shift, plain};
use crate::app::remote::Remote;
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::app::state::connect::{ConnectionId, SavedConnection};
use crate::app::state::{PathKind, PathPrompt, State};
use crate::jobs::Problem;
use crate::kafka::{Catalogue, CheckResult, Cluster, Mechanism, Protocol};
use crate::ui::Icon;

pub(crate) use opening::outcome_look;
pub(crate) use saved::begin;

/// Why the connection to the demo's cluster stays as it is.
pub(crate) const OF_DEMO: &str = "the demo cluster runs; stop it first";

/// Something to be done in stage Connect.
#[derive(Clone, Debug)]
pub enum ConnectCommand {
    /// Add an empty connection.
    New,
    /// Show a connection.
    Select(ConnectionId),
    /// Change the shown connection.
    Edit(Edit),
    /// Ask whether the shown connection is to be deleted.
    AskDelete,
    /// Delete a connection.
    Delete(ConnectionId),
    /// Ask for a `client.properties`.
    Import,
    /// Bring in this `client.properties`.
    ImportFile(PathBuf),
    /// Bring in the `client.properties` on the clipboard.
    ImportClipboard,
    /// Check the shown connection and open it.
    Connect,
    /// The same again.
    CheckAgain,
    /// End a check that runs.
    CancelCheck,
    /// Close the connection.
    Disconnect,
    /// List the topics again.
    Refresh,
    /// Go on to the topics.
    BrowseTopics,
    /// Put the check on the clipboard.
    CopyReport,
}

/// A change to the shown connection.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each is the field that it names")]
pub enum Edit {
    Name(String),
    Bootstrap(String),
    ReadOnly(bool),
    Protocol(Protocol),
    Mechanism(Mechanism),
    Username(String),
    /// A secret property, by librdkafka's name; for this session.
    Secret(&'static str, String),
    /// A property's value.
    Property(String, String),
    RemoveProperty(String),
    /// What is typed for a property that is being added.
    NewProperty(String, String),
    /// The property that is being added is complete.
    AddProperty,
}

/// What a job of stage Connect brings.
pub enum ConnectMessage {
    /// A step of a check has ended.
    Step(ConnectionId, CheckResult),
    /// A check has ended, with the opened cluster and what is on it.
    Checked(ConnectionId, Result<(Cluster, Catalogue), Problem>),
    /// The topics were listed again.
    Refreshed(Result<Catalogue, Problem>),
    /// The connections were written.
    Kept(Result<(), Problem>),
    /// A `client.properties` was read.
    Imported(Result<crate::kafka::ImportedConnection, Problem>),
}

impl Action for ConnectCommand {
    fn about(&self, _state: &State) -> Option<About> {
        Some(match self {
            Self::New => About::new("New connection", "A connection to fill in")
                .icon(Icon::Plus)
                .shortcut(ctrl_shift(Key::N)),
            Self::AskDelete => About::new("Delete connection", "Takes it from the list").icon(Icon::Trash),
            Self::Import => {
                About::new("client.properties", "Brings in a file of Java's clients or of librdkafka's")
                    .icon(Icon::Download)
                    .shortcut(ctrl_shift(Key::O))
            }
            Self::ImportClipboard => {
                About::new("Connection from clipboard", "Brings in the text of a client.properties")
                    .icon(Icon::Copy)
            }
            Self::Connect => {
                About::new("Connect", "Checks the connection step by step and opens it").icon(Icon::Plug)
            }
            Self::CheckAgain => About::new("Check again", "The same steps once more")
                .icon(Icon::CheckCircle)
                .shortcut(plain(Key::F5)),
            Self::CancelCheck => About::new("Cancel check", "Ends the check that runs").icon(Icon::X),
            Self::Disconnect => About::new("Disconnect", "Closes the connection").icon(Icon::X),
            Self::Refresh => {
                About::new("List topics again", "Topics, partitions and watermarks as they are now")
                    .icon(Icon::Refresh)
            }
            Self::BrowseTopics => {
                About::new("Browse topics", "Goes on to the topics of this cluster").icon(Icon::TextSearch)
            }
            Self::CopyReport => {
                About::new("Copy report", "Puts the steps and their times on the clipboard").icon(Icon::Copy)
            }
            Self::Select(_) | Self::Edit(_) | Self::Delete(_) | Self::ImportFile(_) => return None,
        })
    }

    fn refusal(&self, state: &State) -> Option<String> {
        let shown = state.connect.shown();
        let running = shown.is_some_and(|shown| shown.check.running);
        let of_demo = |of: Option<&SavedConnection>| {
            of.is_some_and(|connection| state.demo.is_reached_by(&connection.profile.name))
        };
        match self {
            Self::AskDelete | Self::Edit(Edit::Name(_)) if of_demo(shown) => Some(OF_DEMO.into()),
            Self::Delete(id) if of_demo(state.connect.get(*id)) => Some(OF_DEMO.into()),
            Self::AskDelete | Self::Connect | Self::CheckAgain if shown.is_none() => {
                Some("no connection is chosen".into())
            }
            Self::Connect | Self::CheckAgain if running => Some("the check is running".into()),
            Self::Connect | Self::CheckAgain => {
                let bootstrap = shown.map_or("", |shown| shown.profile.bootstrap.trim());
                bootstrap.is_empty().then(|| "no bootstrap server is named".into())
            }
            Self::CancelCheck => (!running).then(|| "no check is running".into()),
            Self::Disconnect | Self::Refresh | Self::BrowseTopics => {
                (!state.connection.is_open()).then(|| "not connected".into())
            }
            Self::CopyReport => {
                let empty = shown.is_none_or(|shown| shown.check.steps.is_empty());
                empty.then(|| "nothing was checked yet".into())
            }
            _ => None,
        }
    }

    fn run(self, runtime: &mut Runtime<'_>) {
        match self {
            Self::New => runtime.add_connection(),
            Self::Select(id) => {
                runtime.state.connect.selected = Some(id);
                runtime.state.connect.new_property = Default::default();
            }
            Self::Edit(edit) => runtime.edit_connection(edit),
            Self::AskDelete => runtime.ask_delete_connection(),
            Self::Delete(id) => runtime.delete_connection(id),
            Self::Import => runtime.ask_path(PathPrompt {
                title: "Bring in client.properties".into(),
                verb: "Bring in".into(),
                kind: PathKind::Open,
                filter: ("Kafka client properties", &["properties", "config", "conf", "txt"]),
                path: String::new(),
                then: |path| Self::ImportFile(path).into(),
            }),
            Self::ImportFile(path) => runtime.import_file(path),
            Self::ImportClipboard => runtime.ask_clipboard(),
            Self::Connect | Self::CheckAgain => runtime.check_shown(),
            Self::CancelCheck => runtime.background.cancel_key(opening::KEY),
            Self::Disconnect => runtime.disconnect(),
            Self::Refresh => runtime.refresh_catalogue(),
            Self::BrowseTopics => runtime.state.stage = Stage::Browse,
            Self::CopyReport => runtime.copy_report(),
        }
    }

    fn tick(runtime: &mut Runtime<'_>) {
        runtime.take_pasted();
        runtime.write_connections();
    }

    fn listed(state: &State) -> Vec<Self> {
        let mut commands = vec![Self::New, Self::Import, Self::ImportClipboard];
        if state.connect.shown().is_some() {
            commands.extend([Self::Connect, Self::CheckAgain, Self::AskDelete, Self::CopyReport]);
        }
        if state.connection.is_open() {
            commands.extend([Self::Disconnect, Self::Refresh, Self::BrowseTopics]);
        }
        commands
    }

    fn main_action(state: &State) -> Option<Self> {
        let shown = state.connect.shown()?;
        if shown.check.running {
            Some(Self::CancelCheck)
        } else if state.is_connected_to(&shown.profile.name) {
            Some(Self::BrowseTopics)
        } else {
            Some(Self::Connect)
        }
    }
}

impl ConnectMessage {
    /// Puts it into the state.
    pub fn handle(self, runtime: &mut Runtime<'_>) {
        match self {
            Self::Step(id, result) => {
                if let Some(connection) = runtime.state.connect.get_mut(id) {
                    connection.check.steps.push(result);
                }
            }
            Self::Checked(id, result) => runtime.checked(id, result),
            Self::Refreshed(result) => runtime.refreshed(result),
            Self::Kept(Ok(())) => {}
            Self::Kept(Err(problem)) => runtime.state.notifications.problem(&problem),
            Self::Imported(Ok(imported)) => runtime.imported(imported),
            Self::Imported(Err(problem)) => runtime.state.notifications.problem(&problem),
        }
    }
}

impl State {
    /// Whether the connection of that name is the one that is open.
    pub fn is_connected_to(&self, name: &str) -> bool {
        matches!(self.connection.cluster, Remote::Ready(_)) && self.connection.name == name
    }
}
