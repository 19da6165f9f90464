//! The statistics that the scoring thread and whoever looks share.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use polars::prelude::PlHashMap;

use super::bins::Bins;
use super::labels::{Actual, Judged, LabelNews, LiveLabels, Truth};
use super::latency::Latencies;
use super::series::Series;
use super::snapshot::{Counts, LiveSnapshot, LiveState, Note, PartitionLag, ScoredRecord, Serving, Swap};
use crate::codec::Rejection;

/// Shared between the scoring thread, which writes once per commit, and whoever looks: window, `--metrics`.
#[derive(Debug, Default)]
pub struct LiveStats {
    revision: AtomicU64,
    inner: Mutex<Inner>,
}

/// What one commit made final.
#[derive(Debug, Default)]
pub struct ScoredBatch {
    /// Records scored.
    pub scored: u64,
    /// Of the rejected, those written to the dead-letter topic.
    pub dead_lettered: u64,
    /// Values that the preparation had not seen in training or could not cast.
    pub unseen: u64,
    /// How many records had which latency, µs.
    pub latencies: Vec<(u64, u64)>,
    /// Timestamps of the scored records that have one, ms since 1970, each with its values (as many as there are classes,
    /// or one) in `values` and its most probable class in `most_probable`.
    pub times: Vec<i64>,
    /// Probabilities or predicted numbers, row after row.
    pub values: Vec<f64>,
    /// The most probable class of each row; empty for numbers.
    pub most_probable: Vec<u32>,
    /// The last records, oldest first.
    pub newest: Vec<ScoredRecord>,
    /// Everything rejected.
    pub rejected: Vec<Rejection>,
}

#[derive(Debug)]
struct Inner {
    state: LiveState,
    started: Option<i64>,
    serving: Option<Serving>,
    swaps: VecDeque<Swap>,
    notes: VecDeque<Note>,
    counts: Counts,
    latencies: Latencies,
    partitions: Vec<PartitionLag>,
    series: Series,
    classes: Vec<String>,
    bins: Bins,
    scored: VecDeque<Arc<ScoredRecord>>,
    rejections: VecDeque<Arc<Rejection>>,
    labels: Option<Arc<LiveLabels>>,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            state: LiveState::default(),
            started: None,
            serving: None,
            swaps: VecDeque::new(),
            notes: VecDeque::new(),
            counts: Counts::default(),
            latencies: Latencies::new(),
            partitions: Vec::new(),
            series: Series::default(),
            classes: Vec::new(),
            bins: Bins::default(),
            scored: VecDeque::new(),
            rejections: VecDeque::new(),
            labels: None,
        }
    }
}

impl LiveStats {
    /// Statistics of a deployment that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts up with every change, so that whoever draws can leave out what did not change.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// This moment.
    pub fn snapshot(&self) -> LiveSnapshot {
        let mut inner = self.lock();
        if inner.started.is_some() && !inner.state.is_over() {
            inner.advance(now_ms());
        }
        LiveSnapshot {
            revision: self.revision(),
            state: inner.state.clone(),
            started: inner.started,
            serving: inner.serving,
            swaps: inner.swaps.iter().copied().collect(),
            notes: inner.notes.iter().cloned().collect(),
            counts: inner.counts,
            rate: if inner.state.is_over() { 0.0 } else { inner.series.rate() },
            latency: inner.latencies.summary(),
            partitions: inner.partitions.clone(),
            lag: inner.lag(),
            series: inner.series.to_vec(),
            classes: inner.classes.clone(),
            bin_ms: inner.bins.width(),
            bins: inner.bins.to_vec(),
            scored: inner.scored.iter().cloned().collect(),
            rejections: inner.rejections.iter().cloned().collect(),
            labels: inner.labels.clone(),
        }
    }

    pub(crate) fn begin(&self) {
        let now = now_ms();
        self.change(|inner| {
            inner.started = Some(now);
            inner.series.begin(now);
        });
    }

    pub(crate) fn set_state(&self, state: LiveState) {
        if self.lock().state != state {
            self.change(|inner| inner.state = state);
        }
    }

    /// A version takes over. `took_ms` is how long it was in coming; other classes than before empty the time bins.
    pub(crate) fn serve(&self, version: u32, classes: &[String], took_ms: u64) {
        let now = now_ms();
        self.change(|inner| {
            if let Some(old) = inner.serving {
                keep(
                    &mut inner.swaps,
                    Swap { at: now, from: old.version, to: version, took_ms },
                    LiveSnapshot::KEPT_SWAPS,
                );
            }
            inner.serving = Some(Serving { version, since: now });
            if inner.classes != classes {
                inner.classes = classes.to_vec();
                inner.bins.clear();
            }
        });
    }

    pub(crate) fn note(&self, text: impl Into<String>) {
        let note = Note { at: now_ms(), text: text.into() };
        self.change(|inner| keep(&mut inner.notes, note, LiveSnapshot::KEPT_NOTES));
    }

    pub(crate) fn repeated(&self) {
        self.change(|inner| inner.counts.repeats += 1);
    }

    pub(crate) fn set_partitions(&self, partitions: Vec<PartitionLag>) {
        self.change(|inner| {
            inner.partitions = partitions;
            let lag = inner.lag();
            inner.series.set_lag(lag);
        });
    }

    pub(crate) fn committed(&self, batch: ScoredBatch) {
        let now = now_ms();
        self.change(|inner| {
            inner.advance(now);
            inner.add(batch);
        });
    }

    /// Predictions that were made before the start: they are drawn, and not counted.
    pub(crate) fn recovered(&self, batch: &ScoredBatch) {
        self.change(|inner| inner.add_to_bins(batch));
    }

    /// What labels did.
    pub(crate) fn labelled(&self, news: &LabelNews) {
        self.change(|inner| inner.judge(news));
    }

    /// What labels say now; equal to what they said before, nothing has changed.
    pub(crate) fn set_labels(&self, labels: LiveLabels) {
        if self.lock().labels.as_deref() != Some(&labels) {
            self.change(|inner| inner.labels = Some(Arc::new(labels)));
        }
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.lock());
        self.revision.fetch_add(1, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn lag(&self) -> u64 {
        self.partitions.iter().map(|partition| partition.lag).sum()
    }

    /// Ends the seconds that are over.
    fn advance(&mut self, now: i64) {
        while self.series.is_due(now) {
            let second = self.series.second();
            let percentiles = self.latencies.end_second();
            self.series.end_second(percentiles, now);
            // After a pause the series may have begun anew: as many spans are over as went by.
            let spans = self.series.second().div_euclid(10_000) - second.div_euclid(10_000);
            self.latencies.end_spans(usize::try_from(spans).unwrap_or_default());
        }
    }

    fn add(&mut self, batch: ScoredBatch) {
        let rejected = batch.rejected.len() as u64;
        self.counts.read += batch.scored + rejected;
        self.counts.scored += batch.scored;
        self.counts.rejected += rejected;
        self.counts.dead_lettered += batch.dead_lettered;
        self.counts.unseen += batch.unseen;
        self.counts.commits += 1;
        self.series.add(batch.scored, rejected);
        self.add_to_bins(&batch);
        for (latency_us, records) in batch.latencies {
            self.latencies.add(latency_us, records);
        }
        for record in batch.newest {
            keep(&mut self.scored, Arc::new(record), LiveSnapshot::KEPT_RECORDS);
        }
        let kept = batch.rejected.len().saturating_sub(LiveSnapshot::KEPT_RECORDS);
        for rejection in batch.rejected.into_iter().skip(kept) {
            keep(&mut self.rejections, Arc::new(rejection), LiveSnapshot::KEPT_RECORDS);
        }
    }
}

impl Inner {
    fn add_to_bins(&mut self, batch: &ScoredBatch) {
        let width = self.classes.len().max(1);
        for (row, (&time, values)) in batch.times.iter().zip(batch.values.chunks_exact(width)).enumerate() {
            self.bins.add(time, values, batch.most_probable.get(row).copied());
        }
    }

    fn judge(&mut self, news: &LabelNews) {
        for time in &news.opened {
            self.bins.open(*time, 1);
        }
        for time in &news.closed {
            self.bins.open(*time, -1);
        }
        let classes = self.classes.len();
        // A version with other classes was predicting when these were made: its bins are gone.
        for judged in news.judged.iter().filter(|judged| judged.width == classes.max(1)) {
            let mut said = |truth: &Truth, change| {
                let wrong = truth.is_other_than(judged.predicted) == Some(true);
                if *truth != Truth::Missing {
                    self.bins.labelled(judged.place.time, truth, wrong, classes, change);
                }
            };
            judged.before.iter().for_each(|before| said(before, -1));
            said(&judged.truth, 1);
        }
        self.show_actual(&news.judged);
    }

    /// Of the last records scored, those that were judged say so.
    fn show_actual(&mut self, judged: &[Judged]) {
        if judged.is_empty() {
            return;
        }
        let found: PlHashMap<(i32, i64), &Judged> =
            judged.iter().map(|one| ((one.place.partition, one.place.offset), one)).collect();
        for record in &mut self.scored {
            if let Some(judged) = found.get(&(record.partition.0, record.offset.0)) {
                let text = judged.truth.text(&self.classes);
                Arc::make_mut(record).actual = Some(Actual { text, wrong: judged.wrong() });
            }
        }
    }
}

/// Puts the newest first and keeps `limit` of them.
fn keep<T>(list: &mut VecDeque<T>, newest: T, limit: usize) {
    list.push_front(newest);
    list.truncate(limit);
}

pub(crate) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::{Offset, PartitionId};

    fn scored(offset: i64) -> ScoredRecord {
        ScoredRecord {
            partition: PartitionId(0),
            offset: Offset(offset),
            timestamp: Some(offset),
            fields: Vec::new(),
            prediction: "late".into(),
            probabilities: vec![0.3, 0.7],
            version: 1,
            latency_us: 900,
            actual: None,
        }
    }

    fn rejection(offset: i64) -> Rejection {
        Rejection {
            topic: "flights".into(),
            partition: PartitionId(0),
            offset: Offset(offset),
            step: "decode".into(),
            reason: "not JSON".into(),
        }
    }

    #[test]
    fn what_was_read_is_what_was_scored_and_what_was_rejected() {
        let stats = LiveStats::new();
        stats.begin();
        stats.serve(1, &["on time".into(), "late".into()], 0);
        stats.committed(ScoredBatch {
            scored: 3,
            latencies: vec![(900, 3)],
            times: vec![1, 2, 3],
            values: vec![0.3, 0.7, 0.3, 0.7, 0.6, 0.4],
            most_probable: vec![1, 1, 0],
            newest: vec![scored(1), scored(2), scored(3)],
            rejected: vec![rejection(4)],
            ..ScoredBatch::default()
        });

        let snapshot = stats.snapshot();
        assert_eq!((snapshot.counts.read, snapshot.counts.scored, snapshot.counts.rejected), (4, 3, 1));
        assert_eq!(snapshot.scored[0].offset, Offset(3), "newest first");
        assert_eq!(snapshot.bins.len(), 1);
        assert_eq!(snapshot.bins[0].records, 3);
        assert_eq!(snapshot.latency.records, 3);
    }

    #[test]
    fn what_happened_before_a_long_pause_is_not_of_the_last_minute() {
        let mut inner = Inner::default();
        inner.series.begin(0);
        inner.latencies.add(51_000, 1_900);
        inner.advance(5_000);
        assert_eq!(inner.latencies.summary().p50_us / 1_000, 51);
        inner.advance(200_000);
        assert!(inner.latencies.summary().bars.is_empty(), "{:?}", inner.latencies.summary());
    }

    #[test]
    fn a_swap_to_other_classes_begins_new_bins_and_is_written_down() {
        let stats = LiveStats::new();
        stats.serve(1, &["a".into(), "b".into()], 0);
        stats.committed(ScoredBatch {
            scored: 1,
            times: vec![1],
            values: vec![0.5, 0.5],
            ..ScoredBatch::default()
        });
        stats.serve(2, &["a".into(), "b".into(), "c".into()], 40);

        let snapshot = stats.snapshot();
        assert!(snapshot.bins.is_empty());
        assert_eq!(snapshot.serving.map(|serving| serving.version), Some(2));
        assert_eq!((snapshot.swaps[0].from, snapshot.swaps[0].to, snapshot.swaps[0].took_ms), (1, 2, 40));
    }

    #[test]
    fn lists_are_bounded_and_keep_the_newest() {
        let stats = LiveStats::new();
        let rejected: Vec<_> = (0..1_000).map(rejection).collect();
        stats.committed(ScoredBatch { rejected, ..ScoredBatch::default() });

        let snapshot = stats.snapshot();
        assert_eq!(snapshot.counts.rejected, 1_000);
        assert_eq!(snapshot.rejections.len(), LiveSnapshot::KEPT_RECORDS);
        assert_eq!(snapshot.rejections[0].offset, Offset(999));
    }

    #[test]
    fn the_revision_tells_whether_anything_changed() {
        let stats = LiveStats::new();
        let before = stats.revision();
        stats.set_state(LiveState::Starting);
        assert_eq!(stats.revision(), before, "it was starting already");
        stats.set_state(LiveState::Running);
        assert!(stats.revision() > before);
    }
}
