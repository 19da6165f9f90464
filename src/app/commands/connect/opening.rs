//! Checking a connection, opening it, closing it, listing what is on it.

use jiff::Timestamp;

use super::ConnectMessage;
use crate::app::commands::DemoCommand;
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::connect::{Check, ConnectionId};
use crate::app::state::demo::DemoPhase;
use crate::app::state::{Connection, Level};
use crate::demo::{CONNECTION, DemoOptions};
use crate::jobs::{JobContext, Problem};
use crate::kafka::{Catalogue, CheckOutcome, Cluster, check_connection};
use crate::ui::{Icon, format};
use crate::workspace::{ConnectionRef, secrets_from_environment};

/// The key of the job that checks a connection.
pub(super) const KEY: &str = "connect";

impl Runtime<'_> {
    /// Checks the connection that is shown and opens it.
    pub(super) fn check_shown(&mut self) {
        if let Some(id) = self.state.connect.selected {
            self.check_connection(id);
        }
    }

    /// Checks a connection and opens it. Another one that is open is closed.
    pub(crate) fn check_connection(&mut self, id: ConnectionId) {
        let Some(connection) = self.state.connect.get_mut(id) else { return };
        let began = Some(Timestamp::now().as_millisecond());
        connection.check = Check { began, running: true, ..Check::default() };
        let profile = connection.profile.clone();
        let mut secrets = secrets_from_environment();
        secrets.extend(&connection.secrets);
        if !self.state.is_connected_to(&profile.name) {
            self.state.connection = Connection { name: profile.name.clone(), ..Connection::default() };
        }
        self.state.connection.cluster.begin();
        let title = format!("Checking {}", profile.name);
        let work = move |context: &JobContext<Message>| {
            let mut on_step = |step| context.send(Message::Connect(ConnectMessage::Step(id, step)));
            let cluster = check_connection(&profile, &secrets, &context.cancel, &mut on_step)?;
            let catalogue = cluster.catalogue()?;
            Ok((cluster, catalogue))
        };
        let message = move |result| Message::Connect(ConnectMessage::Checked(id, result));
        self.background.latest(KEY, title, work, message);
    }

    pub(super) fn checked(&mut self, id: ConnectionId, result: Result<(Cluster, Catalogue), Problem>) {
        let Some(connection) = self.state.connect.get_mut(id) else { return };
        connection.check.running = false;
        connection.check.problem = result.as_ref().err().filter(|problem| !problem.cancelled).cloned();
        let name = connection.profile.name.clone();
        // The user may have gone on to another connection meanwhile.
        if self.state.connection.name != name {
            return;
        }
        match result {
            Ok((cluster, catalogue)) => self.connected(&name, cluster, catalogue),
            Err(problem) => {
                self.state.notifications.problem(&problem);
                self.state.connection.cluster.finish(Err(problem));
            }
        }
    }

    fn connected(&mut self, name: &str, cluster: Cluster, catalogue: Catalogue) {
        let topics = catalogue.topics.iter().filter(|topic| !topic.internal);
        let partitions = topics.clone().map(|topic| topic.partitions.len() as u64).sum();
        let found = format!(
            "{}, {}",
            format::count(topics.count() as u64, "topic", "topics"),
            format::count(partitions, "partition", "partitions"),
        );
        self.state.notifications.good(format!("Connected to {name}"), found);
        self.notice_other_cluster(name, cluster.id());
        self.state.connection.cluster.finish(Ok(cluster));
        self.state.connection.catalogue.finish(Ok(catalogue));
    }

    /// A workspace knows the cluster that its slices are of. Another one under the same name is told.
    fn notice_other_cluster(&mut self, name: &str, cluster_id: &str) {
        let known = self.state.workspace.get().connection.clone();
        let known_id = known.filter(|known| known.name == name).and_then(|known| known.cluster_id);
        match known_id {
            Some(known) if known != cluster_id => self.state.notifications.warn(
                format!("{name} is another cluster now"),
                format!(
                    "The workspace was made on {known}, this is {cluster_id}. Its slices cannot be read here"
                ),
            ),
            _ => {
                let connection = ConnectionRef { name: name.into(), cluster_id: Some(cluster_id.into()) };
                self.state.workspace.set_connection(connection);
            }
        }
    }

    pub(in crate::app) fn disconnect(&mut self) {
        let name = self.state.connection.name.clone();
        self.state.connection = Connection::default();
        self.state.notifications.info(format!("Disconnected from {name}"), "");
    }

    /// Opens the connection that a workspace names, where it is saved and none is open.
    pub(crate) fn connect_as_workspace_says(&mut self) {
        let Some(wanted) = self.state.workspace.get().connection.clone() else { return };
        if !self.state.connection.cluster.is_not_requested() {
            return;
        }
        let known = self.state.connect.named(&wanted.name).map(|connection| connection.id);
        if wanted.name == CONNECTION && self.offer_demo(known.is_some()) {
            return;
        }
        match known {
            Some(id) => {
                self.state.connect.selected = Some(id);
                self.check_connection(id);
            }
            None => self.state.notifications.warn(
                format!("The workspace uses connection {}", wanted.name),
                "It is not among the saved ones. Add it under this name",
            ),
        }
    }

    /// The workspace is about the demo's cluster. Where that does not run: offers to start it. `is_known` says that the user
    /// has a connection of its name, which is another cluster unless the demo's is beside the workspace. Says whether there is
    /// nothing else to be connected to.
    fn offer_demo(&mut self, is_known: bool) -> bool {
        let of_demo = self.state.workspace.file().and_then(DemoOptions::of_workspace).is_some();
        if self.state.demo.is_running() || (is_known && !of_demo) {
            return false;
        }
        if self.state.demo.phase != DemoPhase::Starting {
            self.state.notifications.with_action(
                Level::Info,
                "The demo cluster does not run",
                "The workspace is about its flights",
                "Start the demo cluster",
                DemoCommand::Start,
            );
        }
        true
    }

    /// Lists the topics again, with their watermarks.
    pub fn refresh_catalogue(&mut self) {
        let Some(cluster) = self.state.connection.cluster() else { return };
        self.state.connection.catalogue.begin();
        let message = |result| Message::Connect(ConnectMessage::Refreshed(result));
        self.background.latest("catalogue", "Listing topics", move |_| Ok(cluster.catalogue()?), message);
    }

    pub(super) fn refreshed(&mut self, result: Result<Catalogue, Problem>) {
        if let Err(problem) = &result {
            self.state.notifications.problem(problem);
        }
        // The connection may have been closed meanwhile.
        if self.state.connection.catalogue.is_pending() {
            self.state.connection.catalogue.finish(result);
        }
    }

    pub(super) fn copy_report(&mut self) {
        let Some(shown) = self.state.connect.shown() else { return };
        let mut report = format!("{} at {}\n", shown.profile.name, shown.profile.bootstrap);
        for step in &shown.check.steps {
            let (_, word) = outcome_look(&step.outcome);
            let took = format::duration_ms(step.took.as_secs_f64() * 1e3);
            report.push_str(&format!("{:16} {word:9} {took:>8}  {}\n", step.step.title(), step.detail));
        }
        if let Some(problem) = &shown.check.problem {
            report.push_str(&format!("{problem}\n"));
        }
        self.copy(report);
        self.state.notifications.info("Copied the report", "");
    }
}

/// The icon and the word of a step's outcome.
pub(crate) fn outcome_look(outcome: &CheckOutcome) -> (Icon, &'static str) {
    match outcome {
        CheckOutcome::Ok => (Icon::CheckCircle, "ok"),
        CheckOutcome::NotUsed => (Icon::Dash, "not used"),
        CheckOutcome::NotTried => (Icon::Dash, "not tried"),
        CheckOutcome::Failed(_) => (Icon::Alert, "failed"),
    }
}
