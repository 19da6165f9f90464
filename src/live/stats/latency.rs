//! Latencies: of the last minute, of the second at hand.

use std::collections::VecDeque;

use hdrhistogram::Histogram;

use super::snapshot::{LatencyBar, LatencySummary};

/// One hour; a longer latency counts as that.
const HIGHEST_US: u64 = 3_600_000_000;
/// Percentiles are right to 1 %.
const DIGITS: u8 = 2;
/// The last minute is six spans of ten seconds, the sixth being filled.
const SPANS: usize = 6;
const BARS: u64 = 60;

/// Latencies of one deployment.
#[derive(Debug)]
pub(super) struct Latencies {
    spans: VecDeque<Histogram<u64>>,
    second: Histogram<u64>,
    records: u64,
    max_us: u64,
}

impl Latencies {
    pub(super) fn new() -> Self {
        Self { spans: VecDeque::from([empty()]), second: empty(), records: 0, max_us: 0 }
    }

    /// `records` records had this latency.
    pub(super) fn add(&mut self, latency_us: u64, records: u64) {
        if let Some(span) = self.spans.back_mut() {
            span.saturating_record_n(latency_us, records);
        }
        self.second.saturating_record_n(latency_us, records);
        self.records += records;
        self.max_us = self.max_us.max(latency_us);
    }

    /// Ends the second at hand and gives its p50 and p99.
    pub(super) fn end_second(&mut self) -> Option<(u64, u64)> {
        if self.second.is_empty() {
            return None;
        }
        let percentiles = (self.second.value_at_quantile(0.5), self.second.value_at_quantile(0.99));
        self.second.reset();
        Some(percentiles)
    }

    /// Ends the span of ten seconds at hand, and those in which nothing happened after it.
    pub(super) fn end_spans(&mut self, count: usize) {
        for _ in 0..count.min(SPANS) {
            let mut next = if self.spans.len() < SPANS { None } else { self.spans.pop_front() };
            if let Some(oldest) = &mut next {
                oldest.reset();
            }
            self.spans.push_back(next.unwrap_or_else(empty));
        }
    }

    pub(super) fn summary(&self) -> LatencySummary {
        let mut minute = empty();
        for span in &self.spans {
            // Bounds are the same everywhere, so adding cannot fail.
            let _ = minute.add(span);
        }
        let mut summary =
            LatencySummary { records: self.records, max_us: self.max_us, ..LatencySummary::default() };
        if !minute.is_empty() {
            summary.p50_us = minute.value_at_quantile(0.5);
            summary.p99_us = minute.value_at_quantile(0.99);
            summary.bars = bars(&minute);
        }
        summary
    }
}

fn empty() -> Histogram<u64> {
    match Histogram::new_with_bounds(1, HIGHEST_US, DIGITS) {
        Ok(histogram) => histogram,
        Err(_) => unreachable!("the bounds are constants that the library takes"),
    }
}

/// Equal bars of a round width from 0 to just above the 99.9th percentile.
fn bars(histogram: &Histogram<u64>) -> Vec<LatencyBar> {
    let width = round_up(histogram.value_at_quantile(0.999) / BARS + 1);
    let mut bars: Vec<LatencyBar> = (0..BARS)
        .map(|bar| LatencyBar { from_us: bar * width, to_us: (bar + 1) * width, records: 0 })
        .collect();
    for step in histogram.iter_recorded() {
        let value = histogram.median_equivalent(step.value_iterated_to());
        if let Some(bar) = bars.get_mut((value / width) as usize) {
            bar.records += step.count_since_last_iteration();
        }
    }
    let used = bars.iter().rposition(|bar| bar.records > 0).map_or(0, |last| last + 1);
    bars.truncate(used);
    bars
}

/// The next of 1, 2, 5, 10, 20, 50 …
fn round_up(width: u64) -> u64 {
    let mut unit = 1;
    loop {
        for step in [1, 2, 5] {
            if width <= step * unit {
                return step * unit;
            }
        }
        unit *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_last_minute_and_the_largest_is_of_all_time() {
        let mut latencies = Latencies::new();
        latencies.add(900_000, 10);
        latencies.end_spans(SPANS);
        latencies.add(1_000, 99);
        latencies.add(50_000, 1);

        let summary = latencies.summary();
        assert_eq!((summary.records, summary.max_us), (110, 900_000));
        assert!((990..=1_010).contains(&summary.p50_us), "{}", summary.p50_us);
        assert!(summary.p99_us < 60_000);
        assert_eq!(summary.bars.iter().map(|bar| bar.records).sum::<u64>(), 100);
    }

    #[test]
    fn a_second_without_records_has_no_latency() {
        let mut latencies = Latencies::new();
        assert_eq!(latencies.end_second(), None);
        latencies.add(2_000, 1);
        assert!(latencies.end_second().is_some());
        assert_eq!(latencies.end_second(), None);
    }

    #[test]
    fn bars_have_round_widths() {
        assert_eq!([1, 3, 7, 11, 60].map(round_up), [1, 5, 10, 20, 100]);
    }
}
