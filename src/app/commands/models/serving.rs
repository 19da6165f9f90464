//! Which version serves: aliases moved, removed, rolled back; versions deleted.

use super::{CHANGE_KEY, ModelsCommand, ModelsMessage};
use crate::app::message::Message;
use crate::app::runtime::Runtime;

use crate::app::state::models::CHAMPION;
use crate::app::state::{Confirm, NamePrompt};
use crate::jobs::Problem;
use crate::registry::{ModelRef, Registry, Selector, TopicRegistry};
use crate::ui::format;

impl Runtime<'_> {
    pub(super) fn ask_promote(&mut self) {
        let Some(version) = self.state.models.version else { return };
        self.ask_move(CHAMPION.into(), version, format!("Promote {version} to champion"));
    }

    pub(super) fn ask_roll_back(&mut self) {
        let Some(version) = self.state.models.previous_champion() else { return };
        self.ask_move(CHAMPION.into(), version, format!("Roll back to {version}"));
    }

    /// Asks for the alias, and says where those that exist are now: one of them would move.
    pub(super) fn ask_set_alias(&mut self) {
        let models = &self.state.models;
        let Some(version) = models.chosen() else { return };
        let now =
            models.aliases().into_iter().map(|(alias, version)| format!("{alias} is version {version}"));
        let now: Vec<String> = now.collect();
        let mut lines = vec![format!("One record goes to topic {}, in one transaction.", models.topic)];
        if !now.is_empty() {
            lines.push(format!(
                "Now {}. One of these would move; deployments that follow it swap.",
                now.join(", ")
            ));
        }
        self.state.ask_name(NamePrompt {
            title: format!("Set alias of version {}", version.version),
            lines,
            label: "Alias".into(),
            verb: "Set alias".into(),
            name: String::new(),
            subject: format!("{}@{}", version.name, version.version),
            check: check_alias,
            then: |version, alias| match version.parse() {
                Ok(ModelRef { name, selector: Selector::Version(version) }) => {
                    ModelsCommand::MoveAlias { model: name, alias, version: Some(version) }.into()
                }
                _ => ModelsCommand::Refresh.into(),
            },
        });
    }

    /// Names what changes before an alias moves.
    fn ask_move(&mut self, alias: String, version: u32, verb: String) {
        let models = &self.state.models;
        let Some(model) = models.model.clone() else { return };
        let from = match models.aliased(&alias) {
            Some(now) => format!("{model}@{alias} is version {now} and becomes version {version}."),
            None => format!("{model}@{alias} is new and becomes version {version}."),
        };
        let lines = vec![
            from,
            format!("One record goes to topic {}, in one transaction.", models.topic),
            "Deployments that follow this alias swap without losing a record.".into(),
        ];
        let command = ModelsCommand::MoveAlias { model, alias, version: Some(version) };
        self.state.ask(Confirm {
            title: format!("{verb}?"),
            lines,
            verb,
            command: Box::new(command.into()),
            other: None,
            dangerous: false,
        });
    }

    pub(super) fn ask_remove_alias(&mut self, alias: String) {
        let models = &self.state.models;
        let Some(model) = models.model.clone() else { return };
        let Some(version) = models.aliased(&alias) else { return };
        let lines = vec![
            format!("{model}@{alias} is version {version}. The version stays."),
            "Deployments that follow this alias keep the version that they run; none can be started by it."
                .into(),
        ];
        let verb = format!("Remove alias {alias}");
        let command = ModelsCommand::MoveAlias { model, alias, version: None };
        self.state.ask(Confirm {
            title: format!("{verb}?"),
            lines,
            verb,
            command: Box::new(command.into()),
            other: None,
            dangerous: true,
        });
    }

    pub(super) fn move_alias(&mut self, model: String, alias: String, version: Option<u32>) {
        let said = match version {
            Some(version) => format!("{model}@{alias} is version {version}"),
            None => format!("{model}@{alias} removed"),
        };
        let title = match version {
            Some(version) => format!("Pointing {model}@{alias} to {version}"),
            None => format!("Removing {model}@{alias}"),
        };
        self.change_topic(title, said, move |registry| Ok(registry.set_alias(&model, &alias, version)?));
    }

    pub(super) fn ask_delete_version(&mut self) {
        let models = &self.state.models;
        let Some(version) = models.chosen() else { return };
        let (model, number) = (version.name.clone(), version.version);
        let lines = vec![
            format!(
                "{model}@{number}, {}, is taken from topic {}.",
                format::bytes(version.bytes),
                models.topic
            ),
            "Compaction then removes its records: it cannot be brought back from the topic.".into(),
            "Export it first to keep the package.".into(),
        ];
        let verb = format!("Delete version {number}");
        self.state.ask(Confirm {
            title: format!("{verb} of {model}?"),
            lines,
            verb,
            command: Box::new(ModelsCommand::Delete(model, number).into()),
            other: None,
            dangerous: true,
        });
    }

    pub(super) fn delete_version(&mut self, model: String, version: u32) {
        let title = format!("Deleting {model}@{version}");
        let said = format!("{model}@{version} deleted");
        self.change_topic(title, said, move |registry| Ok(registry.delete(&model, version)?));
    }

    /// Changes the model topic in a job; `said` is told when it is done.
    fn change_topic(
        &mut self,
        title: String,
        said: String,
        change: impl FnOnce(&TopicRegistry) -> Result<(), Problem> + Send + 'static,
    ) {
        let Some(registry) = self.state.models.registry.clone() else { return };
        let detail = format!("In topic {}", registry.topic);
        let message = move |result: Result<(), Problem>| {
            Message::Models(ModelsMessage::Changed(result.map(|()| (said, detail))))
        };
        self.background.several(CHANGE_KEY, title, move |_| change(&registry), message);
    }
}

fn check_alias(alias: &str) -> Result<(), String> {
    match format!("model@{alias}").parse::<ModelRef>()?.selector {
        Selector::Alias(_) => Ok(()),
        Selector::Version(_) => Err("an alias begins with a letter".into()),
    }
}
