//! Commands and messages of stage Browse.

use super::{About, Action};
use crate::app::runtime::Runtime;
use crate::app::state::State;

/// Something to be done in stage Browse.
#[derive(Clone, Debug)]
pub enum BrowseCommand {}

/// What a job of stage Browse brings.
#[derive(Debug)]
pub enum BrowseMessage {}

impl Action for BrowseCommand {
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

impl BrowseCommand {
    /// One command for each topic, that shows it: what `#` finds in the palette.
    pub fn topics(_state: &State) -> Vec<Self> {
        Vec::new()
    }

    /// Commands that go to an offset or a time as typed: what `:` finds in the palette.
    pub fn places(_state: &State, _typed: &str) -> Vec<Self> {
        Vec::new()
    }
}

impl BrowseMessage {
    /// Puts it into the state.
    pub fn handle(self, _runtime: &mut Runtime<'_>) {
        match self {}
    }
}
