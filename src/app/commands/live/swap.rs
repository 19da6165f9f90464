//! Moving the alias of a running deployment to the newest version.

use super::LiveMessage;
use crate::app::commands::LiveCommand;
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::Confirm;
use crate::jobs::Problem;
use crate::registry::{Registry, Selector};

impl Runtime<'_> {
    /// Asks before the alias is moved: others may follow it too.
    pub(super) fn ask_swap(&mut self) {
        let Some((_, request)) = self.state.deployment() else { return };
        let Some(version) = self.state.newer_version() else { return };
        let serving = self.state.live.session().and_then(|session| session.snapshot.serving);
        let from = serving.map_or_else(String::new, |serving| format!(" from version {}", serving.version));
        let confirm = Confirm {
            title: format!("Swap to version {version}?"),
            lines: vec![
                format!("{} moves{from} to version {version}, in {}.", request.model, request.model_topic),
                "The new version takes over between two batches; scoring goes on meanwhile.".into(),
                "Whoever else follows this alias takes the new version too.".into(),
            ],
            verb: format!("Swap to version {version}"),
            command: Box::new(LiveCommand::Swap(version).into()),
            other: None,
            dangerous: false,
        };
        self.state.ask(confirm);
    }

    /// Moves the alias.
    pub(super) fn swap(&mut self, version: u32) {
        let Some((_, request)) = self.state.deployment() else { return };
        let Selector::Alias(alias) = request.model.selector.clone() else { return };
        let (name, said) = (request.model.name.clone(), request.model.to_string());
        let Some(registry) = self.state.live.models.registry.clone() else { return };
        self.state.live.swapping = true;
        self.background.latest(
            "live swap",
            format!("Moving {said} to version {version}"),
            move |_| registry.set_alias(&name, &alias, Some(version)).map_err(Problem::from),
            move |result| Message::Live(LiveMessage::Swapped(said, version, result)),
        );
    }
}
