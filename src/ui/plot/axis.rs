//! An axis: its range, and how its values are written.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::ticks::{self, Tick};
use crate::ui::format;

#[derive(Clone)]
enum Labels {
    None,
    Numbers(Arc<dyn Fn(f64) -> String + Send + Sync>),
    Plain,
    Times(TimeZone),
    Given(Vec<Tick>),
}

/// An axis of a plot.
#[derive(Clone)]
pub struct Axis {
    low: f64,
    high: f64,
    labels: Labels,
}

impl Axis {
    /// Numbers from `low` to `high`, with as many decimals as the steps need.
    pub fn numbers(low: f64, high: f64) -> Self {
        Self::new(low, high, Labels::Plain)
    }

    /// Numbers from 0 to a round number above `highest`, for counts and rates.
    pub fn from_zero(highest: f64) -> Self {
        let highest = if highest.is_finite() && highest > 0.0 { highest } else { 1.0 };
        Self::numbers(0.0, highest * 1.08)
    }

    /// The range that holds all finite values, with a little room; for measures that do not begin at 0.
    pub fn around(values: impl IntoIterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            return Self::numbers(0.0, 1.0);
        }
        let room = if high > low { (high - low) * 0.06 } else { high.abs().max(1.0) * 0.05 };
        Self::numbers(low - room, high + room)
    }

    /// Moments from `low` to `high`, in milliseconds since 1970, written in `zone`.
    pub fn times(low: i64, high: i64, zone: &TimeZone) -> Self {
        Self::new(low as f64, high as f64, Labels::Times(zone.clone()))
    }

    /// Values written by `write`: `format::share`, bytes, milliseconds.
    pub fn written(mut self, write: impl Fn(f64) -> String + Send + Sync + 'static) -> Self {
        self.labels = Labels::Numbers(Arc::new(write));
        self
    }

    /// These labels and no others.
    pub fn given(mut self, ticks: Vec<Tick>) -> Self {
        self.labels = Labels::Given(ticks);
        self
    }

    /// No labels.
    pub fn bare(mut self) -> Self {
        self.labels = Labels::None;
        self
    }

    fn new(low: f64, high: f64, labels: Labels) -> Self {
        // An axis without extent cannot be divided by.
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, labels }
    }

    /// Its two ends.
    pub fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    pub(super) fn is_labelled(&self) -> bool {
        !matches!(self.labels, Labels::None)
    }

    /// About `wanted` labels, 2 to 12.
    pub(super) fn ticks(&self, wanted: usize) -> Vec<Tick> {
        let wanted = wanted.clamp(2, 12);
        match &self.labels {
            Labels::None => Vec::new(),
            Labels::Given(ticks) => ticks.clone(),
            Labels::Times(zone) => ticks::times(self.low as i64, self.high as i64, wanted, zone),
            Labels::Numbers(write) => {
                ticks::numbers(self.low, self.high, wanted.min(6), |value, _| write(value))
            }
            Labels::Plain => ticks::numbers(self.low, self.high, wanted.min(6), format::decimal),
        }
    }
}
