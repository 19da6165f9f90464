//! Publishing a run as the next version of a model.

use super::{TrainCommand, TrainMessage, lower};
use crate::app::commands::{Command, WindowCommand};
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::app::state::{Level, NamePrompt, State};
use crate::jobs::{JobContext, Problem};
use crate::registry::{Keep, ModelRef, Package, Registry, TopicRegistry, VersionInfo};
use crate::ui::format;

/// Why nothing can be published.
pub(super) fn refusal(state: &State) -> Option<String> {
    if !state.connection.is_open() {
        return Some("no cluster is connected".into());
    }
    state.connection.read_only()
}

impl Runtime<'_> {
    /// Asks for the model's name. The name that a run of the same task was published under is offered.
    pub(super) fn ask_publish(&mut self, name: String) {
        let Some(run) = self.state.run(&name) else { return };
        let task = &run.file.task;
        let earlier = self.state.runs().iter().rev().filter(|other| other.file.task == *task);
        let published = earlier.filter_map(|other| other.published.as_deref()).next();
        let model = published.and_then(|version| version.split('@').next());
        let offered = model.map_or_else(|| name_from(task.target.column()), str::to_owned);
        let topic = &self.state.models.topic;
        let mut lines = vec![
            format!("Run {name}, {}, as the next version of the model.", lower(&run.file.learner)),
            format!("Written to topic {topic} in one transaction; the topic is made if it is not there."),
        ];
        if !run.test_opened && run.rows.get(2).is_some_and(|rows| *rows > 0) {
            lines.push("Its card says the metrics of the test part too, which is sealed here.".into());
        }
        self.state.ask_name(NamePrompt {
            title: format!("Publish run {name}"),
            lines,
            label: "Model".into(),
            verb: "Publish".into(),
            name: offered,
            subject: name,
            check: |name| format!("{name}@1").parse::<ModelRef>().map(drop),
            then: |run, model| Command::Train(TrainCommand::PublishAs { run, model }),
        });
    }

    /// Publishes a run.
    pub(super) fn publish_run(&mut self, name: String, model: String) {
        let Some(cluster) = self.state.connection.cluster() else { return };
        let Some(run) = self.state.run(&name).and_then(|run| run.result.clone()) else { return };
        let title = format!("Publishing run {name} as {model}");
        let topic = self.state.models.topic.clone();
        let work = move |context: &JobContext<Message>| {
            let registry = TopicRegistry::new(cluster, topic, Keep::All);
            let package = Package::of(&run)?;
            Ok(registry.publish(&model, &package, &context.progress, &context.cancel)?)
        };
        self.background.several("publish", title, work, move |result| {
            Message::Train(TrainMessage::Published { run: name, result: result.map(Box::new) })
        });
    }

    /// A run was published, or not.
    pub(super) fn run_published(&mut self, name: &str, result: Result<Box<VersionInfo>, Problem>) {
        let info = match result {
            Ok(info) => info,
            Err(problem) => return self.state.notifications.problem(&problem),
        };
        let version = format!("{}@{}", info.name, info.version);
        let title = format!("Version {} of {} published", info.version, info.name);
        let detail = format!("Run {name}, {}", format::bytes(info.bytes));
        let open = WindowCommand::Go(Stage::Models);
        self.state.models.next = Some(info.name.clone());
        self.state.notifications.with_action(Level::Good, title, detail, "Open", open);
        self.edit_runs(&format!("Publish run {name}"), |runs| {
            if let Some(run) = runs.iter_mut().find(|run| run.name == name) {
                run.published = Some(version);
            }
        });
    }
}

/// A column's name as a model may be called.
fn name_from(column: &str) -> String {
    let allowed = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    column.chars().map(allowed).collect::<String>().trim_matches('-').to_lowercase()
}
