//! A deployment since it was started in this window.

use std::sync::Arc;

use crate::jobs::{JobId, Problem};
use crate::live::{LiveSnapshot, LiveState, LiveStats, ScoreRequest};

/// A deployment since it was started: what it does, and how it ended.
pub struct Session {
    /// What was asked for.
    pub request: ScoreRequest,
    /// The id of the cluster on which it works.
    pub cluster: String,
    /// Its job while it works.
    pub job: Option<JobId>,
    /// What the scoring thread writes.
    pub stats: Arc<LiveStats>,
    /// The last look at it.
    pub snapshot: LiveSnapshot,
    /// The look that plots and tables hold on to while they are paused.
    pub held: Option<LiveSnapshot>,
    /// It was asked to stop.
    pub stopping: bool,
    /// Why it ended, where it should not have.
    pub problem: Option<Problem>,
}

impl Session {
    /// A deployment that is about to begin.
    pub fn new(request: ScoreRequest, cluster: String) -> Self {
        Self {
            request,
            cluster,
            job: None,
            stats: Arc::default(),
            snapshot: LiveSnapshot::default(),
            held: None,
            stopping: false,
            problem: None,
        }
    }

    /// Whether it is at work.
    pub fn is_active(&self) -> bool {
        self.job.is_some()
    }

    /// What plots and tables show: the last look, or the one that is held.
    pub fn shown(&self) -> &LiveSnapshot {
        self.held.as_ref().unwrap_or(&self.snapshot)
    }

    /// Where it stands, in a word or two.
    pub fn state(&self) -> &'static str {
        match (&self.problem, self.is_active()) {
            (Some(_), false) => "failed",
            (None, false) => "stopped",
            (_, true) if self.stopping => "stopping",
            (_, true) => self.snapshot.state.title(),
        }
    }

    /// What the cluster says while it does not answer.
    pub fn waits(&self) -> Option<&str> {
        match &self.snapshot.state {
            LiveState::WaitingForBroker { why } if self.is_active() => Some(why),
            _ => None,
        }
    }

    /// Looks at the statistics.
    pub fn look(&mut self) {
        self.snapshot = self.stats.snapshot();
    }

    /// It has ended.
    pub fn end(&mut self, problem: Option<Problem>) {
        self.look();
        self.job = None;
        self.stopping = false;
        self.problem = problem.filter(|problem| !problem.cancelled);
    }
}
