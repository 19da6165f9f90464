//! Commands and messages of stage Connect.

use super::{About, Action};
use crate::app::runtime::Runtime;
use crate::app::state::State;

/// Something to be done in Connect.
#[derive(Clone, Debug)]
pub enum ConnectCommand {}

/// What a job of stage Connect brings.
#[derive(Debug)]
pub enum ConnectMessage {}

impl Action for ConnectCommand {
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

impl ConnectMessage {
    /// Puts it into the state.
    pub fn handle(self, _runtime: &mut Runtime<'_>) {
        match self {}
    }
}
