//! The log of one partition.

use std::io;

use bytes::Bytes;

use super::answers::{Appended, Fetched, Isolation, Marker, ProducerStatus, Recovery, Removed, TimedOffset};
use super::config::{Durability, LogConfig, LogPlace};
use super::error::{AppendError, ReadError};

/// The append-only log of one partition: segments of record batches as they came, with what is known of producers,
/// transactions and epochs. Not shared: callers hold it in a mutex.
#[derive(Debug)]
pub struct PartitionLog {
    config: LogConfig,
}

impl PartitionLog {
    /// Opens the log, mending what a crash left behind.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read or written.
    pub fn open(
        _place: LogPlace,
        _config: LogConfig,
        _durability: Durability,
        _now_ms: i64,
    ) -> io::Result<(PartitionLog, Recovery)> {
        todo!()
    }

    /// Appends a client's batches: checked, given offsets, written, and synced where the durability asks for it.
    ///
    /// # Errors
    /// See [`AppendError`]; nothing is appended then.
    pub fn append(
        &mut self,
        _records: Bytes,
        _leader_epoch: i32,
        _now_ms: i64,
    ) -> Result<Appended, AppendError> {
        todo!()
    }

    /// Appends the marker that ends a producer's transaction.
    ///
    /// # Errors
    /// The epochs of producer or coordinator are old, or the disk fails.
    pub fn append_marker(
        &mut self,
        _producer_id: i64,
        _producer_epoch: i16,
        _marker: Marker,
        _coordinator_epoch: i32,
        _leader_epoch: i32,
        _now_ms: i64,
    ) -> Result<Appended, AppendError> {
        todo!()
    }

    /// Reads whole batches from the one that holds `from`, at most `max_bytes` of them, but one in any case if
    /// `at_least_one`. Reading at the end gives no records.
    ///
    /// # Errors
    /// `from` is below the start or above the end, or the disk fails.
    pub fn read(
        &mut self,
        _from: i64,
        _max_bytes: usize,
        _at_least_one: bool,
        _isolation: Isolation,
    ) -> Result<Fetched, ReadError> {
        todo!()
    }

    /// The first offset that can be read.
    #[must_use]
    pub fn start_offset(&self) -> i64 {
        todo!()
    }

    /// The offset that the next record gets. With one node it is the log's end too.
    #[must_use]
    pub fn high_watermark(&self) -> i64 {
        todo!()
    }

    /// The first offset of the earliest open transaction, or the high watermark.
    #[must_use]
    pub fn last_stable_offset(&self) -> i64 {
        todo!()
    }

    /// The size of all segments in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        todo!()
    }

    /// The first record in offset order whose timestamp is `ms` or later, exact to the record.
    ///
    /// # Errors
    /// The disk fails, or a batch is damaged.
    pub fn offset_for_time(&mut self, _ms: i64) -> io::Result<Option<TimedOffset>> {
        todo!()
    }

    /// The first record with the largest timestamp.
    ///
    /// # Errors
    /// The disk fails, or a batch is damaged.
    pub fn max_timestamp(&mut self) -> io::Result<Option<TimedOffset>> {
        todo!()
    }

    /// The largest epoch up to `epoch` and the offset where it ended (OffsetForLeaderEpoch); `None` where it is not
    /// known.
    #[must_use]
    pub fn end_offset_for_epoch(&self, _epoch: i32) -> Option<(i32, i64)> {
        todo!()
    }

    /// The epoch of the last batch, if there is one.
    #[must_use]
    pub fn latest_epoch(&self) -> Option<i32> {
        todo!()
    }

    /// The epoch of the batch at `offset`, if it is known.
    #[must_use]
    pub fn epoch_at(&self, _offset: i64) -> Option<i32> {
        todo!()
    }

    /// Makes `before` the first offset that can be read, and gives the new first offset.
    ///
    /// # Errors
    /// `before` lies above the high watermark, or the disk fails.
    pub fn delete_records(&mut self, _before: i64) -> Result<i64, ReadError> {
        todo!()
    }

    /// Deletes whole segments that are too old or too many, and forgets producers that are silent for too long.
    ///
    /// # Errors
    /// The disk fails.
    pub fn apply_retention(&mut self, _now_ms: i64) -> io::Result<Removed> {
        todo!()
    }

    /// Compacts where the topic asks for it and it pays.
    ///
    /// # Errors
    /// The disk fails; the log is as before then.
    pub fn compact(&mut self, _now_ms: i64) -> io::Result<Removed> {
        todo!()
    }

    /// Begins a new segment, unless the last one is empty.
    ///
    /// # Errors
    /// The disk fails.
    pub fn roll(&mut self, _now_ms: i64) -> io::Result<()> {
        todo!()
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> &LogConfig {
        &self.config
    }

    /// Obeys another configuration from now on.
    pub fn set_config(&mut self, config: LogConfig) {
        self.config = config;
    }

    /// Forces everything to disk.
    ///
    /// # Errors
    /// The disk fails.
    pub fn flush(&mut self) -> io::Result<()> {
        todo!()
    }

    /// Forces everything to disk and writes down what makes the next opening fast.
    ///
    /// # Errors
    /// The disk fails; the next opening then checks the log's tail.
    pub fn close(self) -> io::Result<()> {
        todo!()
    }

    /// Deletes the log with its folder.
    ///
    /// # Errors
    /// The disk fails.
    pub fn remove(self) -> io::Result<()> {
        todo!()
    }

    /// Whether the producer has a transaction open in this partition.
    #[must_use]
    pub fn has_ongoing(&self, _producer_id: i64) -> bool {
        todo!()
    }

    /// The producers with a transaction open in this partition.
    #[must_use]
    pub fn ongoing_transactions(&self) -> Vec<ProducerStatus> {
        todo!()
    }

    /// All producers that the log knows.
    #[must_use]
    pub fn producers(&self) -> Vec<ProducerStatus> {
        todo!()
    }
}
