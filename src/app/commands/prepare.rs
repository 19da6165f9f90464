//! Commands and messages of stage Prepare.

use super::{About, Action};
use crate::app::runtime::Runtime;
use crate::app::state::State;

/// Something to be done in stage Prepare.
#[derive(Clone, Debug)]
pub enum PrepareCommand {}

/// What a job of stage Prepare brings.
#[derive(Debug)]
pub enum PrepareMessage {}

impl Action for PrepareCommand {
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

impl PrepareMessage {
    /// Puts it into the state.
    pub fn handle(self, _runtime: &mut Runtime<'_>) {
        match self {}
    }
}
