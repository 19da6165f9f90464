//! The clock of the replay: how far the year has passed, given what time it is here.

use std::time::{Duration, Instant};

use super::speed::Speed;
use crate::kafka::EventTime;

/// The clock. Told the time; asks nobody.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    /// Microseconds since 1970, so that a slow clock does not lose what is less than a millisecond.
    clock: i64,
    looked: Instant,
    /// `None` while it stands still.
    speed: Option<Speed>,
}

impl Pace {
    /// Time here that counts at most between two looks: a machine that slept does not skip a day of flights.
    pub(super) const AT_MOST: Duration = Duration::from_secs(1);
    /// Between two looks at least: where more is due, more is written at once.
    pub(super) const TICK: Duration = Duration::from_millis(100);
    /// Between two looks at most, so that whoever watches the clock sees it move.
    pub(super) const LOOK: Duration = Duration::from_millis(250);

    /// A clock that shows `clock` now.
    pub(super) fn new(clock: EventTime, now: Instant, speed: Option<Speed>) -> Self {
        Self { clock: clock.0.saturating_mul(1_000), looked: now, speed }
    }

    /// What it shows.
    pub(super) fn clock(&self) -> EventTime {
        EventTime(self.clock.div_euclid(1_000))
    }

    /// Moves to now, at the speed it had until now; from now on at `speed`.
    pub(super) fn advance(&mut self, now: Instant, speed: Option<Speed>) {
        let passed = now.saturating_duration_since(self.looked).min(Self::AT_MOST);
        let seconds = self.speed.map_or(0, Speed::seconds);
        self.clock += passed.as_micros() as i64 * i64::from(seconds);
        self.looked = now;
        self.speed = speed;
    }

    /// Turns it back to `clock`, where what was due could not be written yet.
    pub(super) fn hold_at(&mut self, clock: EventTime) {
        self.clock = self.clock.min(clock.0.saturating_mul(1_000));
    }

    /// How long to wait until the event at `next` is due; `None` is until something is asked for.
    pub(super) fn wait(&self, next: EventTime) -> Option<Duration> {
        let speed = self.speed?;
        let away = next.0.saturating_mul(1_000).saturating_sub(self.clock).max(0);
        let wait = Duration::from_micros(away.unsigned_abs() / u64::from(speed.seconds()));
        Some(wait.clamp(Self::TICK, Self::LOOK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: EventTime = EventTime(1_386_072_000_000);

    fn after(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    #[test]
    fn the_clock_goes_as_fast_as_its_speed_says() {
        let start = Instant::now();
        for (speed, passed) in
            [(Speed::REAL_TIME, 500), (Speed::HOUR, 1_800_000), (Speed::FASTEST, 5_000_000)]
        {
            let mut pace = Pace::new(NOON, start, Some(speed));
            pace.advance(after(start, 500), Some(speed));
            assert_eq!(pace.clock().0 - NOON.0, passed, "{speed}");
        }
    }

    #[test]
    fn another_speed_counts_from_when_it_is_set_and_a_pause_counts_nothing() {
        let start = Instant::now();
        let mut pace = Pace::new(NOON, start, Some(Speed::MINUTE));
        pace.advance(after(start, 100), None);
        pace.advance(after(start, 900), Some(Speed::REAL_TIME));
        pace.advance(after(start, 1_000), None);
        assert_eq!(pace.clock().0 - NOON.0, 6_000 + 100);
        assert_eq!(pace.wait(NOON), None, "a pause ends when it is ended");
    }

    #[test]
    fn a_machine_that_slept_does_not_skip_the_flights_of_the_night() {
        let start = Instant::now();
        let mut pace = Pace::new(NOON, start, Some(Speed::HOUR));
        pace.advance(after(start, 8 * 3_600_000), Some(Speed::HOUR));
        assert_eq!(pace.clock().0 - NOON.0, 3_600_000);
    }

    #[test]
    fn a_clock_that_ran_ahead_of_the_topics_is_turned_back() {
        let start = Instant::now();
        let mut pace = Pace::new(NOON, start, Some(Speed::FASTEST));
        pace.advance(after(start, 1_000), Some(Speed::FASTEST));
        pace.hold_at(EventTime(NOON.0 + 5));
        assert_eq!(pace.clock(), EventTime(NOON.0 + 5));
    }

    #[test]
    fn it_waits_for_the_next_event_and_neither_too_long_nor_too_short() {
        let pace = Pace::new(NOON, Instant::now(), Some(Speed::MINUTE));
        let until = |millis| pace.wait(EventTime(NOON.0 + millis));
        assert_eq!(until(0), Some(Pace::TICK));
        assert_eq!(until(12_000), Some(Duration::from_millis(200)));
        assert_eq!(until(3_600_000), Some(Pace::LOOK));
    }
}
