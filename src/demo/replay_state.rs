//! What the replay says of itself, and what can be asked of it while it runs.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use super::speed::Speed;
use super::stream::Tally;
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

struct Shared {
    inner: Mutex<Inner>,
    changed: Condvar,
    listener: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

#[derive(Debug)]
struct Inner {
    state: ReplayState,
    /// Something was asked for of which the replay has not heard.
    asked: bool,
    stopping: bool,
}

/// What the replay is to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Go on at this speed, or (`None`) stand still.
    Go(Option<Speed>),
    /// End.
    Stop,
}

impl ReplayHandle {
    pub(super) fn new(clock: EventTime, speed: Speed, paused: bool, tally: Tally) -> Self {
        let state = ReplayState {
            clock,
            speed,
            paused,
            departures: tally.departures,
            arrivals: tally.arrivals,
            broken: tally.broken,
            ended: false,
            problem: None,
        };
        let inner = Mutex::new(Inner { state, asked: false, stopping: false });
        Self { shared: Arc::new(Shared { inner, changed: Condvar::new(), listener: OnceLock::new() }) }
    }

    /// How it is now.
    pub fn state(&self) -> ReplayState {
        self.lock().state.clone()
    }

    /// Tells one listener, from the replay's thread, when a write fails, when one succeeds again, and when the year is over;
    /// the clock moves in silence.
    pub fn tell(&self, listener: impl Fn() + Send + Sync + 'static) {
        // A second one is not needed.
        let _ = self.shared.listener.set(Box::new(listener));
    }

    /// Goes on at another speed. Does not end a pause.
    pub fn set_speed(&self, speed: Speed) {
        self.ask(|inner| inner.state.speed = speed);
    }

    /// Stands still, or (`false`) goes on.
    pub fn set_paused(&self, paused: bool) {
        self.ask(|inner| inner.state.paused = paused);
    }

    pub(super) fn stop(&self) {
        self.ask(|inner| inner.stopping = true);
    }

    fn ask(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.lock();
        change(&mut inner);
        inner.asked = true;
        self.shared.changed.notify_all();
    }

    /// What to do now, at once.
    pub(super) fn next(&self) -> Next {
        self.lock().next()
    }

    /// What to do, after `wait` (`None` is for ever) or as soon as something is asked for, which may have been since the last
    /// answer.
    pub(super) fn next_after(&self, wait: Option<Duration>) -> Next {
        let inner = self.lock();
        let same = |inner: &mut Inner| !inner.asked && !inner.stopping;
        let mut inner = match wait {
            Some(wait) => {
                let waited = self.shared.changed.wait_timeout_while(inner, wait, same);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.shared.changed.wait_while(inner, same).unwrap_or_else(PoisonError::into_inner),
        };
        inner.next()
    }

    /// The clock has moved and so much is written.
    pub(super) fn moved(&self, clock: EventTime, tally: Tally, ended: bool) {
        self.change(|state| {
            state.clock = clock;
            (state.departures, state.arrivals, state.broken) =
                (tally.departures, tally.arrivals, tally.broken);
            state.ended = ended;
            state.problem = None;
        });
    }

    /// A write failed.
    pub(super) fn failed(&self, problem: Problem) {
        self.change(|state| state.problem = Some(problem));
    }

    fn change(&self, change: impl FnOnce(&mut ReplayState)) {
        let mut inner = self.lock();
        let before = (inner.state.ended, inner.state.problem.clone());
        change(&mut inner.state);
        let is_news = before != (inner.state.ended, inner.state.problem.clone());
        drop(inner);
        if let Some(listener) = self.shared.listener.get().filter(|_| is_news) {
            listener();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.shared.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn next(&mut self) -> Next {
        self.asked = false;
        match self.stopping {
            true => Next::Stop,
            false => Next::Go((!self.state.paused).then_some(self.state.speed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_while_the_replay_works_is_heard_before_it_waits() {
        let tally = Tally { events: 0, departures: 0, arrivals: 0, broken: 0 };
        let handle = ReplayHandle::new(EventTime(0), Speed::MINUTE, true, tally);
        assert_eq!(handle.next(), Next::Go(None));
        handle.set_paused(false);
        handle.set_speed(Speed::FASTEST);
        let (sender, heard) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send((handle.next_after(None), handle)));
        let (next, handle) = heard.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(next, Next::Go(Some(Speed::FASTEST)));
        assert_eq!(handle.next_after(Some(Duration::from_millis(1))), Next::Go(Some(Speed::FASTEST)));
    }
}
