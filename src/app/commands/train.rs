//! Commands and messages of stage Train.

use super::{About, Action};
use crate::app::runtime::Runtime;
use crate::app::state::State;

/// Something to be done in stage Train.
#[derive(Clone, Debug)]
pub enum TrainCommand {}

/// What a job of stage Train brings.
#[derive(Debug)]
pub enum TrainMessage {}

impl Action for TrainCommand {
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

impl TrainMessage {
    /// Puts it into the state.
    pub fn handle(self, _runtime: &mut Runtime<'_>) {
        match self {}
    }
}
