//! Jobs as people see them in the job list.

use std::time::Duration;

use super::{Problem, ProgressSnapshot};

/// A job's number; never used twice by one runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub(super) u64);

/// A moment of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobInfo {
    /// Which job.
    pub id: JobId,
    /// What it was started under.
    pub key: String,
    /// What it does, for people: `Reading flights`.
    pub title: String,
    /// Where it stands.
    pub state: JobState,
    /// How far it is.
    pub progress: ProgressSnapshot,
    /// How long it has run, or ran.
    pub elapsed: Duration,
}

/// Where a job stands.
#[derive(Clone, Debug, PartialEq)]
pub enum JobState {
    /// Behind another of the same key.
    Waiting,
    /// At work.
    Running,
    /// Asked to end, still at work.
    Ending,
    /// Ended with a result.
    Done,
    /// Ended with a problem.
    Failed(Problem),
    /// Ended by the user.
    Cancelled,
}

impl JobInfo {
    /// Whether it still waits or works.
    pub fn is_active(&self) -> bool {
        matches!(self.state, JobState::Waiting | JobState::Running | JobState::Ending)
    }
}
