//! Why a command of stage Models cannot be done now.

use super::{CHANGE_KEY, ModelsCommand};
use crate::app::state::State;
use crate::app::state::models::CHAMPION;

/// The reason, or `None` when it can be done.
pub(super) fn refusal(command: &ModelsCommand, state: &State) -> Option<String> {
    if looks(command) {
        return None;
    }
    if !state.connection.is_open() {
        return Some("no cluster is connected".into());
    }
    if writes(command) {
        if let Some(reason) = state.connection.read_only() {
            return Some(reason);
        }
        if state.job(CHANGE_KEY).is_some() {
            return Some("the model topic is being written".into());
        }
    }
    let models = &state.models;
    let needs_version = || models.chosen().is_none().then(|| "no version is chosen".into());
    match command {
        ModelsCommand::Promote => needs_version().or_else(|| {
            let champion = models.aliased(CHAMPION);
            (champion == models.version).then(|| "this version is the champion".into())
        }),
        ModelsCommand::RollBack => {
            models.previous_champion().is_none().then(|| "no earlier champion is known".into())
        }
        ModelsCommand::SetAlias | ModelsCommand::Export => needs_version(),
        ModelsCommand::AskDelete => needs_version().or_else(|| {
            let aliases = &models.chosen()?.aliases;
            let points = if aliases.len() == 1 { "points" } else { "point" };
            (!aliases.is_empty()).then(|| format!("{} {points} to it", aliases.join(", ")))
        }),
        _ => None,
    }
}

/// Whether it only shows something else of what is there already.
fn looks(command: &ModelsCommand) -> bool {
    use ModelsCommand as Do;
    matches!(command, Do::Search(_) | Do::Show(_) | Do::Choose(_) | Do::Compare(..) | Do::Tab(_))
}

/// Whether it writes to the model topic.
fn writes(command: &ModelsCommand) -> bool {
    use ModelsCommand as Do;
    matches!(
        command,
        Do::Promote
            | Do::RollBack
            | Do::SetAlias
            | Do::RemoveAlias(_)
            | Do::MoveAlias { .. }
            | Do::Import
            | Do::ImportFile(_)
            | Do::ImportAs { .. }
            | Do::AskDelete
            | Do::Delete(..)
    )
}
