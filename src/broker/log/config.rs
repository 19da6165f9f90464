//! What a partition's log is told: where it lives, when it is synced, and the topic configuration that it obeys.

use std::path::PathBuf;

use super::compression::Compression;

/// Where a log lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogPlace {
    /// In memory, gone with the process.
    Memory,
    /// In this folder, which is the partition's own and is created when it is not there.
    Folder(PathBuf),
}

/// When written batches are forced to disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Before an append is acknowledged.
    Always,
    /// When the operating system sees fit; of full segments at the next look at retention.
    #[default]
    System,
}

/// What happens to old records (`cleanup.policy`); both may be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cleanup {
    /// Whole segments are deleted by age and size.
    pub delete: bool,
    /// Only the latest record of each key is kept.
    pub compact: bool,
}

/// Whose clock stamps the records (`message.timestamp.type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampType {
    /// The producer's.
    CreateTime,
    /// The broker's, at the append.
    LogAppendTime,
}

/// The part of a topic's configuration that its logs obey. Times are milliseconds, sizes bytes; the defaults are Kafka's.
#[derive(Debug, Clone, PartialEq)]
pub struct LogConfig {
    /// `segment.bytes`: a segment is rolled before it grows beyond this.
    pub segment_bytes: u64,
    /// `segment.ms`: a segment is rolled when its first record is older than this.
    pub segment_ms: i64,
    /// `retention.ms`: `None` keeps for ever.
    pub retention_ms: Option<i64>,
    /// `retention.bytes`: `None` has no limit.
    pub retention_bytes: Option<u64>,
    /// `cleanup.policy`.
    pub cleanup: Cleanup,
    /// `delete.retention.ms`: how long a compacted log keeps tombstones and transaction markers.
    pub delete_retention_ms: i64,
    /// `min.compaction.lag.ms`: records younger than this are not compacted.
    pub min_compaction_lag_ms: i64,
    /// `max.compaction.lag.ms`: records older than this are compacted whatever the dirty ratio.
    pub max_compaction_lag_ms: i64,
    /// `min.cleanable.dirty.ratio`: the share of bytes not yet compacted from which compaction pays.
    pub min_cleanable_dirty_ratio: f64,
    /// `max.message.bytes`: the largest batch, as it is stored.
    pub max_message_bytes: usize,
    /// `message.timestamp.type`.
    pub timestamp_type: TimestampType,
    /// `message.timestamp.before.max.ms`: how far in the past a producer's timestamp may lie.
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.after.max.ms`: how far in the future a producer's timestamp may lie.
    pub timestamp_after_max_ms: i64,
    /// `index.interval.bytes`: the bytes of batches for which the index gets one entry.
    pub index_interval_bytes: u64,
    /// `compression.type`: `None` is `producer`, batches stay as they came.
    pub compression: Option<Compression>,
    /// `producer.id.expiration.ms`: a producer that wrote nothing for this long is forgotten.
    pub producer_expiration_ms: i64,
    /// How large a batch may be once decompressed; a larger one is refused. Not a setting of Kafka.
    pub max_decompressed_bytes: usize,
}

impl Default for LogConfig {
    fn default() -> Self {
        const DAY: i64 = 86_400_000;
        LogConfig {
            segment_bytes: 1 << 30,
            segment_ms: 7 * DAY,
            retention_ms: Some(7 * DAY),
            retention_bytes: None,
            cleanup: Cleanup { delete: true, compact: false },
            delete_retention_ms: DAY,
            min_compaction_lag_ms: 0,
            max_compaction_lag_ms: i64::MAX,
            min_cleanable_dirty_ratio: 0.5,
            max_message_bytes: 1_048_588,
            timestamp_type: TimestampType::CreateTime,
            timestamp_before_max_ms: i64::MAX,
            timestamp_after_max_ms: 3_600_000,
            index_interval_bytes: 4096,
            compression: None,
            producer_expiration_ms: DAY,
            max_decompressed_bytes: 256 << 20,
        }
    }
}
