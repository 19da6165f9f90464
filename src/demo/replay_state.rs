//! What the replay says of itself, and what can be asked of it while it runs.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::speed::Speed;
use crate::jobs::Problem;
use crate::kafka::EventTime;

/// A moment of the replay.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplayState {
    /// Up to where the year 2013 has passed: everything before is in the topics.
    pub clock: EventTime,
    /// How fast it passes.
    pub speed: Speed,
    /// Whether it stands still because somebody asked for it.
    pub paused: bool,
    /// Departures in the topic, broken ones included.
    pub departures: u64,
    /// Arrivals in the topic.
    pub arrivals: u64,
    /// Departures in the topic that are broken on purpose.
    pub broken: u64,
    /// The year is over: nothing comes any more until the demo is started anew.
    pub ended: bool,
    /// Why the last write failed; it is tried again. `None` while all is well.
    pub problem: Option<Problem>,
}

/// Sets the replay while it runs, and tells how it is. Cheap to clone; every clone is the same replay. Nothing here waits
/// for the cluster.
#[derive(Clone, Debug)]
pub struct ReplayHandle {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<ReplayState>,
    stopping: Mutex<bool>,
    changed: Condvar,
}

impl ReplayHandle {
    /// How it is now.
    pub fn state(&self) -> ReplayState {
        self.lock().clone()
    }

    /// Goes on at another speed. Does not end a pause.
    pub fn set_speed(&self, speed: Speed) {
        self.lock().speed = speed;
        self.shared.changed.notify_all();
    }

    /// Stands still, or (`false`) goes on.
    pub fn set_paused(&self, paused: bool) {
        self.lock().paused = paused;
        self.shared.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, ReplayState> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
