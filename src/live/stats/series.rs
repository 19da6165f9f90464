//! One entry per second, for sparks and plots.

use std::collections::VecDeque;

use super::snapshot::{LiveSnapshot, Second};

/// The seconds of a deployment.
#[derive(Debug, Default)]
pub(super) struct Series {
    seconds: VecDeque<Second>,
    open: Second,
}

impl Series {
    /// Begins at `now` (ms since 1970).
    pub(super) fn begin(&mut self, now: i64) {
        self.open.at = now - now.rem_euclid(1000);
    }

    /// Whether the second at hand is over.
    pub(super) fn is_due(&self, now: i64) -> bool {
        now >= self.open.at + 1000
    }

    /// When the second at hand began.
    pub(super) fn second(&self) -> i64 {
        self.open.at
    }

    /// Adds to the second at hand.
    pub(super) fn add(&mut self, scored: u64, rejected: u64) {
        self.open.scored += scored;
        self.open.rejected += rejected;
    }

    pub(super) fn set_lag(&mut self, lag: u64) {
        self.open.lag = lag;
    }

    /// Ends the second at hand. After a pause longer than the series (a machine that slept) it begins anew.
    pub(super) fn end_second(&mut self, percentiles: Option<(u64, u64)>, now: i64) {
        let mut done = std::mem::take(&mut self.open);
        done.p50_us = percentiles.map(|(p50, _)| p50);
        done.p99_us = percentiles.map(|(_, p99)| p99);
        self.open.lag = done.lag;
        self.open.at = done.at + 1000;
        self.seconds.push_back(done);
        if now - self.open.at > LiveSnapshot::SECONDS as i64 * 1000 {
            self.seconds.clear();
            self.begin(now);
        }
        while self.seconds.len() > LiveSnapshot::SECONDS {
            self.seconds.pop_front();
        }
    }

    /// Records scored per second over the last ten whole seconds (fewer at the beginning).
    pub(super) fn rate(&self) -> f64 {
        let seconds = self.seconds.len().min(10);
        let scored: u64 = self.seconds.iter().rev().take(seconds).map(|second| second.scored).sum();
        if seconds == 0 { self.open.scored as f64 } else { scored as f64 / seconds as f64 }
    }

    pub(super) fn to_vec(&self) -> Vec<Second> {
        self.seconds.iter().copied().collect()
    }
}
