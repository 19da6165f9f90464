//! What a transaction holds while it is open; becomes part of the statistics when it is committed.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use polars::frame::DataFrame;
use polars::prelude::AnyValue;

use super::labels::Predicted;
use super::output::most_probable;
use super::stats::{LiveSnapshot, ScoredBatch, ScoredRecord};
use super::wire::Place;
use crate::codec::{Rejection, meta};
use crate::kafka::{Offset, PartitionId, Record, RecordBatch};
use crate::registry::Manifest;

/// Work that is sent and not committed.
#[derive(Default)]
pub(super) struct Pending {
    batch: ScoredBatch,
    arrivals: Vec<(Instant, u64)>,
    newest: VecDeque<(Instant, ScoredRecord)>,
    /// What waits for labels, per micro-batch; nothing where none are waited for.
    predicted: Vec<Predicted>,
    positions: BTreeMap<PartitionId, Offset>,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    pub(super) fn scored_records(&self) -> u64 {
        self.batch.scored
    }

    /// Where to go on once it is committed.
    pub(super) fn positions(&self) -> Vec<Place> {
        self.positions.iter().map(|(&partition, &offset)| (partition, offset)).collect()
    }

    /// A micro-batch was handed out: all of it will be scored or rejected.
    pub(super) fn take(&mut self, batches: &[RecordBatch]) {
        for batch in batches {
            if let Some(last) = batch.last_offset() {
                self.positions.insert(batch.partition(), Offset(last.0 + 1));
            }
        }
    }

    pub(super) fn scored(&mut self, record: &Record<'_>, values: &[f64], of_classes: bool) {
        self.batch.scored += 1;
        if let Some(time) = record.timestamp {
            self.batch.times.push(time.0);
            self.batch.values.extend(values);
            if of_classes {
                self.batch.most_probable.push(most_probable(values));
            }
        }
    }

    pub(super) fn rejected(&mut self, rejection: Rejection, dead_lettered: bool) {
        self.batch.dead_lettered += u64::from(dead_lettered);
        self.batch.rejected.push(rejection);
    }

    /// The micro-batch that arrived at `arrived` had so many scored records and unseen values.
    pub(super) fn arrived(&mut self, arrived: Instant, scored: u64, unseen: u64) {
        self.arrivals.push((arrived, scored));
        self.batch.unseen += unseen;
    }

    /// Keeps the newest records of a micro-batch in full.
    pub(super) fn newest(&mut self, arrived: Instant, records: impl Iterator<Item = ScoredRecord>) {
        self.newest.extend(records.map(|record| (arrived, record)));
        let surplus = self.newest.len().saturating_sub(LiveSnapshot::KEPT_RECORDS);
        self.newest.drain(..surplus);
    }

    /// The predictions of a micro-batch wait for labels.
    pub(super) fn predicted(&mut self, predicted: Predicted) {
        self.predicted.push(predicted);
    }

    /// Committed just now: for the statistics, and for labels.
    pub(super) fn committed(self) -> (ScoredBatch, Vec<Predicted>) {
        let mut batch = self.batch;
        batch.latencies =
            self.arrivals.iter().map(|&(arrived, records)| (micros_since(arrived), records)).collect();
        let latest = |(arrived, mut record): (Instant, ScoredRecord)| {
            record.latency_us = micros_since(arrived);
            record
        };
        batch.newest = self.newest.into_iter().map(latest).collect();
        (batch, self.predicted)
    }
}

fn micros_since(moment: Instant) -> u64 {
    u64::try_from(moment.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// A row in full, as it is shown. Its latency is known when it is committed.
pub(super) fn scored_record(
    frame: &DataFrame,
    row: usize,
    place: (PartitionId, Offset, Option<i64>),
    values: &[f64],
    manifest: &Manifest,
    version: u32,
) -> ScoredRecord {
    let (partition, offset, timestamp) = place;
    let columns = frame.columns().iter().filter(|column| !meta::ALL.contains(&column.name().as_str()));
    let fields = columns.map(|column| (column.name().to_string(), text(column.get(row).ok()))).collect();
    let class = manifest.classes.get(most_probable(values) as usize);
    let number = || values.first().map(f64::to_string).unwrap_or_default();
    ScoredRecord {
        partition,
        offset,
        timestamp,
        fields,
        prediction: class.cloned().unwrap_or_else(number),
        probabilities: if manifest.classes.is_empty() { Vec::new() } else { values.to_vec() },
        version,
        latency_us: 0,
        actual: None,
    }
}

fn text(value: Option<AnyValue<'_>>) -> String {
    match value {
        None | Some(AnyValue::Null) => "null".into(),
        Some(AnyValue::String(text)) => text.into(),
        Some(AnyValue::StringOwned(text)) => text.to_string(),
        Some(value) => value.to_string(),
    }
}
