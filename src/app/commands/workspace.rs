//! Commands and messages of the workspace: save, open, undo.

use eframe::egui::Key;

use super::{About, Action, ctrl, ctrl_shift};
use crate::app::runtime::Runtime;
use crate::app::state::State;
use crate::ui::Icon;

/// Something to be done with the workspace.
#[derive(Clone, Debug)]
pub enum WorkspaceCommand {
    /// Take back the last edit.
    Undo,
    /// Make the edit again that was taken back.
    Redo,
}

/// What a job of the workspace brings.
#[derive(Debug)]
pub enum WorkspaceMessage {}

impl Action for WorkspaceCommand {
    fn about(&self, _state: &State) -> Option<About> {
        Some(match self {
            Self::Undo => {
                About::new("Undo", "Takes back the last edit").icon(Icon::Undo).shortcut(ctrl(Key::Z))
            }
            Self::Redo => {
                About::new("Redo", "Makes the edit again").icon(Icon::Redo).shortcut(ctrl_shift(Key::Z))
            }
        })
    }

    fn refusal(&self, _state: &State) -> Option<String> {
        Some("nothing was edited".into())
    }

    fn run(self, _runtime: &mut Runtime<'_>) {}

    fn listed(_state: &State) -> Vec<Self> {
        vec![Self::Undo, Self::Redo]
    }
}

impl WorkspaceMessage {
    /// Puts it into the state.
    pub fn handle(self, _runtime: &mut Runtime<'_>) {
        match self {}
    }
}

impl Runtime<'_> {
    /// Writes the settings.
    pub(crate) fn save_settings(&mut self) {}
}
