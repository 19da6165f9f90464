//! The states of a group.

use std::fmt;

/// The state of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupState {
    /// Has no members; may have offsets.
    Empty,
    /// Waits for its members to join (again).
    PreparingRebalance,
    /// Waits for the leader's assignment.
    CompletingRebalance,
    /// All members have their assignment.
    Stable,
}

impl GroupState {
    /// The name, as in Kafka's answers.
    pub fn name(self) -> &'static str {
        match self {
            GroupState::Empty => "Empty",
            GroupState::PreparingRebalance => "PreparingRebalance",
            GroupState::CompletingRebalance => "CompletingRebalance",
            GroupState::Stable => "Stable",
        }
    }
}

impl fmt::Display for GroupState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
