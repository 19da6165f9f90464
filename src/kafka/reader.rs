//! Reading a slice: raw records in batches, each of one partition, in offset order within it.
//!
//! A read is complete when every partition has reached its end, however few records came: compaction, transaction markers
//! and aborted records leave gaps. The end is known beforehand, so nothing is waited for once the last record is there; a gap
//! at the end is told by the first record behind it, or by the end of the log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::error::KafkaError as LibraryError;
use rdkafka::types::RDKafkaErrorCode as Code;
use serde::{Deserialize, Serialize};

use super::batch::RecordBatch;
use super::batch_queue::{BatchQueue, Source};
use super::client::Cluster;
use super::error::Result;
use super::slice::Slice;
use super::types::{Offset, PartitionId};
use crate::jobs::Cancel;

mod collect;
mod trouble;

pub(super) use collect::{collect, empty_batch};

/// How long one look for records waits; bounds how late a cancel is noticed.
const PATIENCE: Duration = Duration::from_millis(50);

/// While nothing comes, it is looked so often whether the topics are still there.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How to read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Records per batch at most.
    pub batch_records: usize,
    /// Bytes per batch at most (a single larger record still comes, alone).
    pub batch_bytes: usize,
    /// Bytes that librdkafka may fetch ahead, over all partitions.
    pub ahead_bytes: usize,
    /// Bytes that one fetch asks for of a partition; a larger record still comes.
    pub fetch_bytes: usize,
    /// Give up when no partition moved for so long. A broker that is restarted within it costs nothing.
    pub stall: Duration,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            batch_records: 4_096,
            batch_bytes: 1 << 20,
            ahead_bytes: 64 << 20,
            fetch_bytes: 1 << 20,
            stall: Duration::from_secs(60),
        }
    }
}

/// Reads a slice once, from start to end: no group, no commit.
pub struct SliceReader {
    cluster: Cluster,
    slice: Slice,
    options: ReadOptions,
    queue: BatchQueue,
    topics: Vec<Arc<str>>,
    positions: Vec<PartitionPosition>,
    /// Partitions still to be read, as indices of `positions`.
    reading: BTreeMap<Source, usize>,
    moved: Instant,
    /// When it was last looked whether the topics are still there.
    looked: Instant,
    /// Whether it was looked at the end.
    checked: bool,
}

/// How far one partition is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionPosition {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: PartitionId,
    /// The next offset to be read; equal to `end` when done.
    pub next: Offset,
    /// The slice's end.
    pub end: Offset,
    /// Records got so far; fewer than the offsets passed where compaction or markers left gaps.
    pub records: u64,
}

impl SliceReader {
    /// Begins to read `slice`. A slice of another cluster, a topic or partition that is gone, and a topic that was made anew
    /// are errors.
    pub fn open(cluster: &Cluster, slice: &Slice, options: ReadOptions) -> Result<Self> {
        trouble::check_still_there(cluster, slice)?;
        let what = "opening a reader";
        let queue = BatchQueue::open(&reader_config(cluster, &options), cluster.context())
            .map_err(|error| cluster.explain(what, error))?;
        let mut reader = Self {
            cluster: cluster.clone(),
            slice: slice.clone(),
            options,
            queue,
            topics: Vec::new(),
            positions: Vec::new(),
            reading: BTreeMap::new(),
            moved: Instant::now(),
            looked: Instant::now(),
            checked: false,
        };
        reader.start(slice).map_err(|error| cluster.explain(what, error))?;
        Ok(reader)
    }

    fn start(&mut self, slice: &Slice) -> std::result::Result<(), LibraryError> {
        for topic in &slice.topics {
            for range in &topic.partitions {
                if range.offsets() > 0 {
                    let source = self.queue.start(&topic.topic, range.partition, range.start)?;
                    if source.topic == self.topics.len() {
                        self.topics.push(topic.topic.as_str().into());
                    }
                    self.reading.insert(source, self.positions.len());
                }
                self.positions.push(PartitionPosition {
                    topic: topic.topic.clone(),
                    partition: range.partition,
                    next: range.start,
                    end: range.end.max(range.start),
                    records: 0,
                });
            }
        }
        Ok(())
    }

    /// The next batch; `None` when every partition has reached its end. `spare` is a batch whose memory may be used again.
    ///
    /// After an error, what came before is whole and [`Self::positions`] says where each partition stands. A partition that
    /// cannot go on is left out from then on: calling again reads the others.
    pub fn next(&mut self, mut spare: Option<RecordBatch>, cancel: &Cancel) -> Result<Option<RecordBatch>> {
        while !self.reading.is_empty() {
            cancel.check()?;
            if !self.queue.fill(PATIENCE) {
                self.wait_on()?;
            } else if let Some(batch) = self.take(&mut spare)? {
                return Ok(Some(batch));
            }
        }
        self.check_it_was_one_topic()?;
        Ok(None)
    }

    /// Where each partition stands.
    pub fn positions(&self) -> &[PartitionPosition] {
        &self.positions
    }

    /// Nothing came. Errors once that has lasted too long.
    fn wait_on(&mut self) -> Result<()> {
        self.queue.listen();
        if self.moved.elapsed() >= self.options.stall {
            self.moved = Instant::now();
            return Err(self.stalled());
        }
        if self.moved.max(self.looked).elapsed() < LOOK_EVERY {
            return Ok(());
        }
        self.looked = Instant::now();
        match self.find_gone() {
            None => Ok(()),
            Some((source, error)) => {
                self.leave(source);
                Err(error)
            }
        }
    }

    /// Handles the message at hand: a batch that begins with it, or nothing for a notice and for what lies behind the end.
    fn take(&mut self, spare: &mut Option<RecordBatch>) -> Result<Option<RecordBatch>> {
        let Some(message) = self.queue.peek() else { return Ok(None) };
        let source = self.queue.source(message).filter(|source| self.reading.contains_key(source));
        let (Some(source), notice, at) = (source, message.notice(), message.offset()) else {
            self.queue.advance();
            return Ok(None);
        };
        if let Some((code, words)) = notice {
            self.queue.advance();
            self.heed(source, code, words, at)?;
            return Ok(None);
        }
        Ok(self.collect(source, spare))
    }

    /// Gathers the records at hand that belong to one partition.
    fn collect(&mut self, source: Source, spare: &mut Option<RecordBatch>) -> Option<RecordBatch> {
        let position = self.reading.get(&source).and_then(|index| self.positions.get_mut(*index))?;
        let mut batch = empty_batch(spare, self.topics.get(source.topic)?, source.partition);
        collect(&mut self.queue, &mut batch, &mut position.next, position.end, &self.options);
        position.records += batch.len() as u64;
        self.moved = Instant::now();
        if position.next >= position.end {
            self.leave(source);
        }
        if batch.is_empty() {
            *spare = Some(batch);
            return None;
        }
        Some(batch)
    }

    /// What librdkafka has to say about a partition.
    fn heed(&mut self, source: Source, code: Code, words: String, at: Offset) -> Result<()> {
        let Some(index) = self.reading.get(&source).copied() else { return Ok(()) };
        let Some(position) = self.positions.get_mut(index) else { return Ok(()) };
        if code == Code::PartitionEOF && at >= position.end {
            position.next = position.end;
            self.moved = Instant::now();
            self.leave(source);
            return Ok(());
        }
        let position = position.clone();
        match self.judge(&position, code, words) {
            None => Ok(()),
            Some(error) => {
                self.leave(source);
                Err(error)
            }
        }
    }

    /// Reads no more of a partition.
    fn leave(&mut self, source: Source) {
        self.reading.remove(&source);
        self.queue.stop(source);
    }
}

/// What a profile says about fetching is kept; what would change which records come
/// is not.
pub(super) fn reader_config(cluster: &Cluster, options: &ReadOptions) -> ClientConfig {
    let mut config = cluster.client_config();
    config
        .set("auto.offset.reset", "error")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "true")
        .set("isolation.level", "read_committed")
        .set("queued.max.messages.kbytes", (options.ahead_bytes / 1024).max(1).to_string());
    let fetch_bytes = options.fetch_bytes.to_string();
    let defaults = [
        ("max.partition.fetch.bytes", fetch_bytes.as_str()),
        // The last fetch of a partition would otherwise wait half a second for records that nobody wants.
        ("fetch.wait.max.ms", "10"),
        ("fetch.queue.backoff.ms", "1"),
        ("fetch.error.backoff.ms", "100"),
        ("queued.min.messages", "200000"),
    ];
    for (name, value) in defaults {
        if !cluster.profile().properties.contains_key(name) {
            config.set(name, value);
        }
    }
    config
}
