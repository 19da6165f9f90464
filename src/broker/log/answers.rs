//! What a partition's log answers: plain data.

use super::extent::Extent;

/// What an append did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The offset of the first record.
    pub base_offset: i64,
    /// The offset of the last record.
    pub last_offset: i64,
    /// The broker's time in ms where the topic stamps with it, otherwise -1.
    pub log_append_time: i64,
    /// The log's first offset.
    pub log_start_offset: i64,
    /// Whether an idempotent producer sent this batch before; the offsets are then those of the first time.
    pub duplicate: bool,
}

/// Which records a reader may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// All of them.
    Uncommitted,
    /// Those below the last stable offset; the reader drops those of aborted transactions.
    Committed,
}

/// A transaction that was aborted, as a reader is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Aborted {
    /// The producer.
    pub producer_id: i64,
    /// The offset of the transaction's first record.
    pub first_offset: i64,
}

/// What was found to read.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Whole batches; the first may begin before the offset asked for.
    pub records: Extent,
    /// The aborted transactions that reach into these records; empty unless only committed ones were asked for.
    pub aborted: Vec<Aborted>,
    /// The offset after the last record that is acknowledged.
    pub high_watermark: i64,
    /// The offset of the first record of the earliest open transaction, or the high watermark.
    pub last_stable_offset: i64,
    /// The log's first offset.
    pub start_offset: i64,
    /// Whether the reader may see more than these records, which were too much for one read.
    pub more: bool,
}

/// A record's place in offsets and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOffset {
    /// The record's offset.
    pub offset: i64,
    /// Its timestamp in ms.
    pub timestamp: i64,
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// It failed; its records are not for readers of committed ones.
    Abort,
    /// It holds.
    Commit,
}

/// What the log knows of a producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProducerStatus {
    /// The producer.
    pub producer_id: i64,
    /// Its epoch in force.
    pub producer_epoch: i16,
    /// The sequence number of its last record, -1 when not known.
    pub last_sequence: i32,
    /// When it last wrote, ms.
    pub last_timestamp: i64,
    /// The epoch of the coordinator that wrote its last marker, -1 when there was none.
    pub coordinator_epoch: i32,
    /// The first offset of its open transaction.
    pub transaction_start: Option<i64>,
}

/// What opening a log found and mended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovery {
    /// The log was not closed properly, so its tail was checked.
    pub unclean: bool,
    /// What was dropped or rebuilt, one sentence each, for the broker's log.
    pub notes: Vec<String>,
    /// Bytes dropped because they were cut or damaged.
    pub dropped_bytes: u64,
}

/// What a pass of housekeeping removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// Segments deleted or replaced.
    pub segments: usize,
    /// Bytes that are free now.
    pub bytes: u64,
}
