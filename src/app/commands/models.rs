//! Commands and messages of stage Models.

use super::{About, Action};
use crate::app::runtime::Runtime;
use crate::app::state::State;

/// Something to be done in stage Models.
#[derive(Clone, Debug)]
pub enum ModelsCommand {}

/// What a job of stage Models brings.
#[derive(Debug)]
pub enum ModelsMessage {}

impl Action for ModelsCommand {
    fn about(&self, _state: &State) -> Option<About> {
        match *self {}
    }

    fn run(self, _runtime: &mut Runtime<'_>) {
        match self {}
    }

    fn listed(_state: &State) -> Vec<Self> {
        Vec::new()
    }
}

impl ModelsCommand {
    /// One command for each model, that shows it: what `@` finds in the palette.
    pub fn models(_state: &State) -> Vec<Self> {
        Vec::new()
    }
}

impl ModelsMessage {
    /// Puts it into the state.
    pub fn handle(self, _runtime: &mut Runtime<'_>) {
        match self {}
    }
}
