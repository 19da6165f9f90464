//! The rest of the year as a live stream: a thread that writes what the clock has reached.

use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::flights::Flights;
use super::pace::Pace;
use super::replay_state::{Next, ReplayHandle};
use super::speed::Speed;
use super::stream::EventStream;
use crate::jobs::{Cancel, Problem};
use crate::kafka::{EventTime, KafkaError};

/// Events of one tick at most; the clock stands until the rest is written.
const MOST: usize = 5_000;
/// After a write that failed it is tried again so much later.
const AGAIN: Duration = Duration::from_secs(1);

/// A running replay. Dropping it ends the stream, also while that waits for the cluster.
pub struct Replay {
    handle: ReplayHandle,
    writing: Cancel,
    thread: Option<JoinHandle<()>>,
}

impl Replay {
    /// Goes on where the topics end, whose history is written.
    pub fn start(stream: EventStream, speed: Speed, paused: bool) -> Result<Self, Problem> {
        let clock = begins_at(&stream);
        let handle = ReplayHandle::new(clock, speed, paused, stream.tally());
        let writing = stream.cancel().clone();
        let ticker = Ticker {
            pace: Pace::new(clock, Instant::now(), (!paused).then_some(speed)),
            stream,
            handle: handle.clone(),
        };
        let thread = Builder::new().name("replay".into()).spawn(move || ticker.run());
        let thread = thread.map_err(|error| Problem::new("Starting the replay", error.to_string(), ""))?;
        Ok(Self { handle, writing, thread: Some(thread) })
    }

    /// Sets it and tells how it is.
    pub fn handle(&self) -> &ReplayHandle {
        &self.handle
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.handle.stop();
        self.writing.cancel();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was told by it.
            let _ = thread.join();
        }
    }
}

/// The time of the last event that is written, not before the live part of the year.
fn begins_at(stream: &EventStream) -> EventTime {
    let last = stream.tally().events.checked_sub(1).and_then(|place| stream.flights().event(place));
    last.map_or(Flights::LIVE_FROM, |event| event.time()).max(Flights::LIVE_FROM)
}

struct Ticker {
    pace: Pace,
    stream: EventStream,
    handle: ReplayHandle,
}

impl Ticker {
    fn run(mut self) {
        let mut next = self.handle.next();
        while let Next::Go(speed) = next {
            self.pace.advance(Instant::now(), speed);
            next = match self.tick() {
                Ok(()) if self.is_at_the_end() => return,
                Ok(()) => self.handle.next_after(self.pace.wait(self.next_event())),
                Err(error) => {
                    self.handle.failed(error.into());
                    self.handle.next_after(Some(AGAIN))
                }
            };
        }
    }

    /// Writes what is due.
    fn tick(&mut self) -> Result<(), KafkaError> {
        let written = self.stream.tally().events;
        // Half open, as ranges are: the event of the clock's own moment waits until the clock has passed it.
        let due = self.stream.flights().before(self.pace.clock());
        // What a cluster that was away has not acknowledged yet is waited for, however the clock stands.
        let until = due.min(written + MOST).max(self.stream.handed_over());
        if until > written {
            let outcome = self.stream.write_until(until);
            if until < due || outcome.is_err() {
                self.pace.hold_at(begins_at(&self.stream));
            }
            outcome?;
        }
        self.handle.moved(self.pace.clock(), self.stream.tally(), self.is_at_the_end());
        Ok(())
    }

    fn is_at_the_end(&self) -> bool {
        self.stream.tally().events >= self.stream.flights().len()
    }

    /// When the next event is due.
    fn next_event(&self) -> EventTime {
        let next = self.stream.flights().event(self.stream.tally().events);
        next.map_or(self.pace.clock(), |event| EventTime(event.time().0 + 1))
    }
}
