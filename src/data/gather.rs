//! Raw batches in, ordered chunks out: one thread takes batches from the reader, others decode them.
//!
//! Batches wait in a channel of [`QUEUED`] and go back to the reader when they are done with, so that the memory of raw
//! records is bounded by the size of a batch, however slow decoding is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};
use polars::prelude::PlHashSet;

use super::filter::Filter;
use super::lane::{Lane, LaneContent};
use super::read::ReadRequest;
use crate::codec::{Chunk, Codec, Decoding, MAX_COLUMNS, Schema, chunk_columns};
use crate::jobs::Progress;
use crate::kafka::{KafkaError, PartitionId, RecordBatch};

/// Batches that wait to be decoded, at most; each has up to [`crate::kafka::ReadOptions::batch_bytes`].
const QUEUED: usize = 8;

/// Threads that decode.
const DECODERS: usize = 2;

/// The work of one read, shared by its threads.
pub struct Gather<'a> {
    codec: &'static dyn Codec,
    filter: Option<&'a Filter>,
    budget: Option<u64>,
    progress: &'a Progress,
    lanes: Vec<Lane>,
    by_partition: BTreeMap<(String, PartitionId), usize>,
    counts: Counts,
    names: Mutex<PlHashSet<String>>,
    stop: Mutex<Option<String>>,
}

#[derive(Default)]
struct Counts {
    records: AtomicU64,
    bytes: AtomicU64,
    rows: AtomicU64,
    held: AtomicU64,
    rejected: AtomicU64,
    tombstones: AtomicU64,
    filtered: AtomicU64,
}

/// What was gathered.
pub struct Gathered {
    /// One per partition, in slice order.
    pub lanes: Vec<LaneContent>,
    /// Records read.
    pub records: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
    #[allow(missing_docs)]
    pub rejected: u64,
    #[allow(missing_docs)]
    pub tombstones: u64,
    /// Rows that the filter left out.
    pub filtered: u64,
}

/// How it ended.
pub enum Ended {
    /// Every partition reached its end.
    AtTheEnd,
    /// A limit was reached: which.
    Early(String),
    /// The reader could not go on.
    Failed(KafkaError),
}

struct Work {
    lane: usize,
    sequence: u64,
    batch: RecordBatch,
}

impl<'a> Gather<'a> {
    /// Prepares for the partitions of the request's slice.
    pub fn new(
        request: &ReadRequest,
        codec: &'static dyn Codec,
        filter: Option<&'a Filter>,
        progress: &'a Progress,
    ) -> Self {
        let topics = request.slice.topics.iter();
        let partitions = topics.flat_map(|topic| {
            topic.partitions.iter().map(|range| (topic.topic.clone(), range.partition)).collect::<Vec<_>>()
        });
        let by_partition: BTreeMap<_, _> =
            partitions.enumerate().map(|(lane, partition)| (partition, lane)).collect();
        Self {
            codec,
            filter,
            budget: request.budget,
            progress,
            lanes: by_partition.iter().map(|_| Lane::default()).collect(),
            by_partition,
            counts: Counts::default(),
            names: Mutex::default(),
            stop: Mutex::default(),
        }
    }

    /// Takes batches from `next` until it has no more, fails, or a limit is reached. What was taken is decoded to the last.
    pub fn run(
        &self,
        mut next: impl FnMut(Option<RecordBatch>) -> Result<Option<RecordBatch>, KafkaError>,
    ) -> Ended {
        let (work, to_decode) = bounded(QUEUED);
        let (done, spare) = bounded(QUEUED + DECODERS);
        std::thread::scope(|scope| {
            for _ in 0..DECODERS {
                let (to_decode, done) = (to_decode.clone(), done.clone());
                scope.spawn(move || self.decode(&to_decode, &done));
            }
            let ended = self.feed(&mut next, &work, &spare);
            drop(work);
            ended
        })
        // The decoders may have reached a limit with the last batches.
        .or_stopped(|| self.stopped())
    }

    /// What was gathered, when [`Self::run`] is over.
    pub fn finish(self) -> Gathered {
        let count = |count: AtomicU64| count.into_inner();
        Gathered {
            lanes: self.lanes.into_iter().map(Lane::into_content).collect(),
            records: count(self.counts.records),
            bytes: count(self.counts.bytes),
            rejected: count(self.counts.rejected),
            tombstones: count(self.counts.tombstones),
            filtered: count(self.counts.filtered),
        }
    }

    fn feed(
        &self,
        next: &mut impl FnMut(Option<RecordBatch>) -> Result<Option<RecordBatch>, KafkaError>,
        work: &Sender<Work>,
        spare: &Receiver<RecordBatch>,
    ) -> Ended {
        let mut sequences = vec![0_u64; self.lanes.len()];
        loop {
            if let Some(why) = self.stopped() {
                return Ended::Early(why);
            }
            let batch = match next(spare.try_recv().ok()) {
                Ok(Some(batch)) => batch,
                Ok(None) => return Ended::AtTheEnd,
                Err(error) => return Ended::Failed(error),
            };
            let partition = (batch.topic().to_string(), batch.partition());
            let Some(lane) = self.by_partition.get(&partition).copied() else { continue };
            let Some(sequence) = sequences.get_mut(lane) else { continue };
            let numbered = Work { lane, sequence: *sequence, batch };
            *sequence += 1;
            if work.send(numbered).is_err() {
                return Ended::Early("decoding ended".into());
            }
        }
    }

    fn decode(&self, work: &Receiver<Work>, done: &Sender<RecordBatch>) {
        let mut decoder = self.codec.decoder(&Schema::default(), Decoding::Widen);
        for Work { lane, sequence, batch } in work {
            decoder.decode(&batch);
            let mut chunk = decoder.take_chunk();
            self.count(&batch, &chunk);
            self.filter(&mut chunk);
            self.check_limits(&chunk);
            if let Some(lane) = self.lanes.get(lane) {
                // A full channel means that the reader has batches enough.
                lane.accept(sequence, batch, chunk, |batch| drop(done.try_send(batch)));
            }
        }
    }

    fn count(&self, batch: &RecordBatch, chunk: &Chunk) {
        let (records, bytes) = (batch.len() as u64, batch.bytes() as u64);
        let rejected = records - chunk.decoded() as u64 - chunk.tombstones();
        self.counts.records.fetch_add(records, Ordering::Relaxed);
        self.counts.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.counts.rejected.fetch_add(rejected, Ordering::Relaxed);
        self.counts.tombstones.fetch_add(chunk.tombstones(), Ordering::Relaxed);
        self.progress.add(records);
        self.progress.add_bytes(bytes);
        self.progress.add_rejected(rejected);
    }

    fn filter(&self, chunk: &mut Chunk) {
        let Some(filter) = self.filter else { return };
        match filter.keep(&chunk_columns(chunk, &filter.columns())) {
            Ok(keep) => {
                chunk.retain(&keep);
                let left_out = chunk.decoded() - chunk.rows();
                self.counts.filtered.fetch_add(left_out as u64, Ordering::Relaxed);
            }
            Err(why) => self.stop(format!("the filter cannot be applied: {why}")),
        }
    }

    fn check_limits(&self, chunk: &Chunk) {
        let columns = {
            let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            for name in chunk.names() {
                if !names.contains(&**name) {
                    names.insert(name.to_string());
                }
            }
            names.len()
        };
        if columns > MAX_COLUMNS || chunk.surplus().is_some() {
            self.stop(format!(
                "the records have more than {MAX_COLUMNS} different fields, so keys are probably values; read a shorter \
                 range, or write such data as an array"
            ));
        }
        let rows = self.counts.rows.fetch_add(chunk.rows() as u64, Ordering::Relaxed) + chunk.rows() as u64;
        let memory = chunk.memory() as u64;
        let held = self.counts.held.fetch_add(memory, Ordering::Relaxed) + memory;
        // A column that few rows have still gets its place in every row of the frame.
        let frame = held.max(rows * columns as u64 * 8);
        if let Some(budget) = self.budget
            && frame >= budget
        {
            self.stop(format!("the memory budget of {budget} bytes is used up"));
        }
    }

    fn stop(&self, why: String) {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    fn stopped(&self) -> Option<String> {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Ended {
    fn or_stopped(self, why: impl FnOnce() -> Option<String>) -> Self {
        match (self, why()) {
            (Self::AtTheEnd, Some(why)) => Self::Early(why),
            (ended, _) => ended,
        }
    }
}
