//! What stage Connect shows: the saved connections, and what was found out about each.

use std::time::{Duration, Instant};

use crate::jobs::Problem;
use crate::kafka::{CheckOutcome, CheckResult, ConnectionProfile, Secrets};

/// State of stage Connect.
#[derive(Debug, Default)]
pub struct ConnectState {
    /// The connections, in the user's order.
    pub connections: Vec<SavedConnection>,
    /// The one that is shown.
    pub selected: Option<ConnectionId>,
    /// A property that is being added: its name and its value.
    pub new_property: (String, String),
    /// The clipboard was asked for a connection.
    pub pasting: bool,
    /// When a connection was last changed and is still to be written.
    pub changed: Option<Instant>,
    last_id: u64,
}

/// A connection's number in this window; names may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionId(u64);

/// A connection, with what was typed and found out in this session.
#[derive(Clone, Debug)]
pub struct SavedConnection {
    /// Its number.
    pub id: ConnectionId,
    /// As it is saved.
    pub profile: ConnectionProfile,
    /// Typed for this session; never written.
    pub secrets: Secrets,
    /// The last check.
    pub check: Check,
    /// What was translated or left out when it was brought in.
    pub notes: Vec<String>,
    /// Whether it is written to the configuration folder; one from the command line is not until it is edited.
    pub kept: bool,
}

/// A check of a connection.
#[derive(Clone, Debug, Default)]
pub struct Check {
    /// Its steps, as far as they have come.
    pub steps: Vec<CheckResult>,
    /// When it began, ms since 1970.
    pub began: Option<i64>,
    /// Whether it still runs.
    pub running: bool,
    /// Why the connection could not be opened.
    pub problem: Option<Problem>,
}

impl Check {
    /// How long all steps took together.
    pub fn took(&self) -> Duration {
        self.steps.iter().map(|step| step.took).sum()
    }

    /// The step that failed.
    pub fn failed_at(&self) -> Option<&CheckResult> {
        self.steps.iter().find(|step| matches!(step.outcome, CheckOutcome::Failed(_)))
    }
}

impl ConnectState {
    /// The connection that is shown.
    pub fn shown(&self) -> Option<&SavedConnection> {
        self.selected.and_then(|id| self.get(id))
    }

    /// A connection by its number.
    pub fn get(&self, id: ConnectionId) -> Option<&SavedConnection> {
        self.connections.iter().find(|connection| connection.id == id)
    }

    /// A connection by its name.
    pub fn named(&self, name: &str) -> Option<&SavedConnection> {
        self.connections.iter().find(|connection| connection.profile.name == name)
    }

    pub(in crate::app) fn get_mut(&mut self, id: ConnectionId) -> Option<&mut SavedConnection> {
        self.connections.iter_mut().find(|connection| connection.id == id)
    }

    pub(in crate::app) fn shown_mut(&mut self) -> Option<&mut SavedConnection> {
        self.selected.and_then(|id| self.get_mut(id))
    }

    /// Adds a connection under a name that is free, and shows it.
    pub(in crate::app) fn add(
        &mut self,
        mut profile: ConnectionProfile,
        secrets: Secrets,
        kept: bool,
    ) -> ConnectionId {
        profile.name = self.free_name(&profile.name);
        self.last_id += 1;
        let id = ConnectionId(self.last_id);
        let check = Check::default();
        self.connections.push(SavedConnection { id, profile, secrets, check, notes: Vec::new(), kept });
        self.selected = Some(id);
        id
    }

    /// The shown connection was changed: it will be written.
    pub(in crate::app) fn edited(&mut self) {
        if let Some(shown) = self.shown_mut() {
            shown.kept = true;
        }
        self.changed = Some(Instant::now());
    }

    /// Why the shown connection's name cannot stay.
    pub fn name_problem(&self) -> Option<&'static str> {
        let shown = self.shown()?;
        if shown.profile.name.trim().is_empty() {
            return Some("a connection needs a name");
        }
        let same =
            |other: &&SavedConnection| other.id != shown.id && other.profile.name == shown.profile.name;
        self.connections.iter().find(same).map(|_| "another connection has this name")
    }

    fn free_name(&self, wished: &str) -> String {
        let base = if wished.trim().is_empty() { "new connection" } else { wished.trim() };
        let taken = |name: &str| self.connections.iter().any(|connection| connection.profile.name == name);
        if !taken(base) {
            return base.to_owned();
        }
        let mut number = 2;
        while taken(&format!("{base} {number}")) {
            number += 1;
        }
        format!("{base} {number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let mut state = ConnectState::default();
        let profile = ConnectionProfile { name: "staging".into(), ..ConnectionProfile::default() };
        state.add(profile.clone(), Secrets::new(), true);
        state.add(profile, Secrets::new(), true);
        assert_eq!(state.shown().map(|shown| shown.profile.name.as_str()), Some("staging 2"));
        assert_eq!(state.name_problem(), None);
        state.shown_mut().unwrap().profile.name = "staging".into();
        assert_eq!(state.name_problem(), Some("another connection has this name"));
    }
}
