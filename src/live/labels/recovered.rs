//! Predictions that were made before the start and may still get their label, from the output topic.
//!
//! The newest are read first, in pieces, until those before could not get a label any more or enough are found.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::meaning::Meaning;
use super::predicted::{Predicted, PredictedRow};
use crate::data::Place;
use crate::jobs::Cancel;
use crate::kafka::{
    Cluster, KafkaError, Offset, PartitionId, PartitionRange, ReadOptions, Record, Slice, SliceReader,
};
use crate::live::output::most_probable;
use crate::live::request::ScoreRequest;

/// Offsets of each partition that are read first, and how many times more each next time.
const FIRST: i64 = 2_000;
const FURTHER: i64 = 8;
/// Predictions that are looked for at most.
const MOST: usize = 200_000;

/// Predictions by version, and the latest time among them.
#[derive(Default)]
pub(super) struct Recovered {
    pub(super) versions: BTreeMap<u32, Predicted>,
    count: usize,
    earliest: Option<i64>,
    latest: Option<i64>,
}

/// What a prediction record says; docs/live-scoring.md. Fields that are not needed are passed over.
#[derive(Deserialize)]
struct Written {
    prediction: serde_json::Value,
    #[serde(default)]
    probabilities: BTreeMap<String, f64>,
    model: WrittenModel,
    input: WrittenInput,
}

#[derive(Deserialize)]
struct WrittenModel {
    name: String,
    version: u32,
}

#[derive(Deserialize)]
struct WrittenInput {
    topic: String,
    partition: i32,
    offset: i64,
    timestamp: Option<i64>,
}

/// Reads predictions of `request` back from its output, as far as `output` reaches, of records of these input partitions.
/// One whose label would have to be older than what came at last is left out.
pub(super) fn recover(
    cluster: &Cluster,
    request: &ScoreRequest,
    output: &Slice,
    inputs: &[PartitionId],
    meanings: &BTreeMap<u32, Meaning>,
    within: i64,
    cancel: &Cancel,
) -> Result<Recovered, KafkaError> {
    let mut found = Recovered::default();
    let mut rest = output.clone();
    let mut size = FIRST;
    while rest.offsets() > 0 && found.count < MOST {
        let piece = last(&rest, size);
        let mut earliest = BTreeMap::new();
        let mut reader = SliceReader::open(cluster, &piece, ReadOptions::default())?;
        let mut spare = None;
        while let Some(batch) = reader.next(spare.take(), cancel)? {
            for record in batch.iter() {
                let time = found.take(&record, request, inputs, meanings);
                if let Some(time) = time {
                    let earliest = earliest.entry(batch.partition()).or_insert(time);
                    *earliest = time.min(*earliest);
                }
            }
            spare = Some(batch);
        }
        let over = found.latest.map_or(i64::MIN, |latest| latest.saturating_sub(within));
        before(&mut rest, &piece, |partition| {
            // One in which there is nothing of this deployment is looked through.
            earliest.get(&partition).is_none_or(|earliest| *earliest >= over)
        });
        size *= FURTHER;
    }
    found.only_from(within);
    Ok(found)
}

impl Recovered {
    /// The earliest record of a prediction that may still get its label.
    pub(super) fn earliest(&self) -> Option<i64> {
        self.earliest
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The time of the record's event, where it is a prediction of this deployment.
    fn take(
        &mut self,
        record: &Record<'_>,
        request: &ScoreRequest,
        inputs: &[PartitionId],
        meanings: &BTreeMap<u32, Meaning>,
    ) -> Option<i64> {
        let written: Written = serde_json::from_slice(record.value?).ok()?;
        let input = &written.input;
        let is_mine = written.model.name == request.model.name
            && input.topic == request.input
            && inputs.contains(&PartitionId(input.partition));
        let meaning = meanings.get(&written.model.version).filter(|_| is_mine)?;
        let values: Vec<f64> = if meaning.classes.is_empty() {
            vec![written.prediction.as_f64()?]
        } else {
            let of_class = |class| written.probabilities.get(class).copied();
            meaning.classes.iter().map(of_class).collect::<Option<_>>()?
        };
        let (key, time) = (record.key?, input.timestamp?);
        let version = written.model.version;
        let predicted = self.versions.entry(version).or_insert_with(|| Predicted::new(version, values.len()));
        let place = Place { time, partition: input.partition, offset: input.offset };
        let class = if meaning.classes.is_empty() { 0 } else { most_probable(&values) };
        predicted.push_row(PredictedRow { key, place, values: &values, most_probable: class });
        self.count += 1;
        self.latest = self.latest.max(Some(time));
        Some(time)
    }

    /// Leaves out what could not get a label any more, and what was written twice.
    fn only_from(&mut self, within: i64) {
        let over = self.latest.map_or(i64::MIN, |latest| latest.saturating_sub(within));
        let mut seen = std::collections::BTreeSet::new();
        self.count = 0;
        for predicted in self.versions.values_mut() {
            let mut kept = Predicted::new(predicted.version, predicted.width);
            for row in predicted.rows().filter(|row| row.place.time >= over) {
                if seen.insert((row.place.partition, row.place.offset)) {
                    kept.push_row(row);
                    self.count += 1;
                    self.earliest =
                        Some(self.earliest.map_or(row.place.time, |time| time.min(row.place.time)));
                }
            }
            *predicted = kept;
        }
    }
}

/// The last so many offsets of each partition.
fn last(slice: &Slice, offsets: i64) -> Slice {
    let mut last = slice.clone();
    let ranges = last.topics.iter_mut().flat_map(|topic| &mut topic.partitions);
    for range in ranges {
        range.start = range.start.max(Offset(range.end.0.saturating_sub(offsets)));
    }
    last
}

/// What lies before `piece`, of partitions that are to be read further.
fn before(rest: &mut Slice, piece: &Slice, further: impl Fn(PartitionId) -> bool) {
    let read: Vec<PartitionRange> = piece.topics.iter().flat_map(|topic| topic.partitions.clone()).collect();
    let ranges = rest.topics.iter_mut().flat_map(|topic| &mut topic.partitions);
    for (range, read) in ranges.zip(read) {
        range.end = if further(range.partition) { read.start } else { range.start };
    }
}
