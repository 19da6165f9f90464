//! Commands and messages of stage Live.

use super::{About, Action};
use crate::app::runtime::Runtime;
use crate::app::state::State;

/// Something to be done in stage Live.
#[derive(Clone, Debug)]
pub enum LiveCommand {}

/// What a job of stage Live brings.
#[derive(Debug)]
pub enum LiveMessage {}

impl Action for LiveCommand {
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

impl LiveMessage {
    /// Puts it into the state.
    pub fn handle(self, _runtime: &mut Runtime<'_>) {
        match self {}
    }
}
