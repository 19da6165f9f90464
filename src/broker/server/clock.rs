//! The time, by the machine's clock and by one that nobody can set, and when the coordinators next need to be told of it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

use crate::broker::journal::Millis;

/// Milliseconds since 1970 that never go back, also when the machine's clock is set.
#[derive(Debug)]
pub struct Clock {
    latest: AtomicI64,
    began: (Millis, Instant),
}

impl Default for Clock {
    fn default() -> Self {
        let now = machine_time();
        Self { latest: AtomicI64::new(now), began: (now, Instant::now()) }
    }
}

impl Clock {
    /// Now by the machine's clock, as records are stamped. It stands still where that was set back.
    pub fn now(&self) -> Millis {
        let now = machine_time();
        self.latest.fetch_max(now, Ordering::Relaxed).max(now)
    }

    /// The time of the start, and what has passed since: time-outs go by it, whatever happens to the machine's clock.
    pub fn steady(&self) -> Millis {
        let (began, at) = self.began;
        began.saturating_add(i64::try_from(at.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

fn machine_time() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Longest sleep between two looks at the clock.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// An alarm that can be set earlier while somebody sleeps until it rings.
#[derive(Debug, Default)]
pub struct Alarm {
    rings_at: AtomicI64,
    earlier: Notify,
}

impl Alarm {
    /// Has it ring at this time at the latest.
    pub fn set(&self, at: Option<Millis>) {
        let Some(at) = at else { return };
        if self.rings_at.fetch_min(at, Ordering::Relaxed) > at {
            self.earlier.notify_one();
        }
    }

    /// Forgets what it was set to. A time that is set from now on wakes the next sleep, also when the one that sleeps did not know
    /// of it as it chose its own time.
    pub fn begin(&self) {
        self.rings_at.store(i64::MAX, Ordering::Relaxed);
    }

    /// Sleeps until it is `at`, or until the alarm is set to an earlier time.
    pub async fn sleep(&self, now: Millis, at: Option<Millis>) {
        self.rings_at.fetch_min(at.unwrap_or(i64::MAX), Ordering::Relaxed);
        let left = at.map(|at| Duration::from_millis(u64::try_from(at - now).unwrap_or(0)));
        let left = left.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP);
        let _rings_or_is_set_earlier = tokio::time::timeout(left, self.earlier.notified()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_set_while_others_are_looked_at_is_not_lost() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let alarm = Alarm::default();
        runtime.block_on(async {
            alarm.sleep(1_000, Some(1_000)).await;
            // It has rung. While somebody looks for the next time, another one comes.
            alarm.begin();
            alarm.set(Some(2_000));
            let sleep = alarm.sleep(1_000, None);
            assert!(tokio::time::timeout(LONGEST_SLEEP / 2, sleep).await.is_ok());
        });
    }

    #[test]
    fn time_passes_while_the_machines_clock_is_an_hour_behind() {
        let clock = Clock::default();
        let hour_ahead = clock.now() + 3_600_000;
        clock.latest.store(hour_ahead, Ordering::Relaxed);
        let before = clock.steady();
        while clock.steady() < before + 2 {
            std::thread::yield_now();
        }
        assert_eq!(clock.now(), hour_ahead);
    }
}
