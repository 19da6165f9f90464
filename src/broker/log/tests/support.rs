//! Short words for the log's tests: logs, batches, what a log holds, and chance from a seed.

use std::path::Path;

use bytes::Bytes;

use crate::broker::log::{
    Appended, Compression, Durability, Isolation, LogConfig, LogPlace, PartitionLog, PlainRecord, Producer,
    Recovery, encode_batch, for_each_record,
};

pub(super) const NOW: i64 = 1_000_000;
pub(super) const LIMIT: usize = 64 << 20;
pub(super) const ALL: [Compression; 5] =
    [Compression::None, Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd];

/// A record as a test sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) offset: i64,
    pub(super) timestamp: i64,
    pub(super) key: Option<Vec<u8>>,
    pub(super) value: Option<Vec<u8>>,
    pub(super) control: bool,
    pub(super) producer_id: i64,
}

/// Small segments and a dense index, so that few records make many of both.
pub(super) fn small() -> LogConfig {
    LogConfig { segment_bytes: 2000, index_interval_bytes: 200, ..LogConfig::default() }
}

pub(super) fn in_memory(config: LogConfig) -> PartitionLog {
    PartitionLog::open(LogPlace::Memory, config, Durability::System, NOW).unwrap().0
}

pub(super) fn in_folder(folder: &Path, config: LogConfig) -> PartitionLog {
    reopened(folder, config).0
}

pub(super) fn reopened(folder: &Path, config: LogConfig) -> (PartitionLog, Recovery) {
    PartitionLog::open(LogPlace::Folder(folder.to_owned()), config, Durability::System, NOW).unwrap()
}

pub(super) fn record<'a>(timestamp: i64, key: &'a str, value: Option<&'a str>) -> PlainRecord<'a> {
    PlainRecord { timestamp, key: Some(key.as_bytes()), value: value.map(str::as_bytes) }
}

pub(super) fn plain(records: &[PlainRecord<'_>]) -> Bytes {
    encode_batch(records, Producer::NONE, Compression::None).unwrap()
}

/// `count` records of a producer.
pub(super) fn of_producer(id: i64, epoch: i16, sequence: i32, count: usize, transactional: bool) -> Bytes {
    let records = vec![record(NOW, "key", Some("value")); count];
    encode_batch(&records, Producer { id, epoch, sequence, transactional }, Compression::None).unwrap()
}

pub(super) fn append(log: &mut PartitionLog, batch: Bytes) -> Appended {
    log.append(batch, 0, NOW).unwrap()
}

/// All records from the start on, read by a client that takes `max_bytes` at once.
pub(super) fn read_all(log: &mut PartitionLog, max_bytes: usize, isolation: Isolation) -> Vec<Seen> {
    let mut from = log.start_offset();
    let mut seen = Vec::new();
    loop {
        let records = log.read(from, max_bytes, true, isolation).unwrap().records.read().unwrap();
        if records.is_empty() {
            return seen;
        }
        for one in seen_in(&records) {
            if one.offset >= from {
                seen.push(one);
            }
        }
        from = end_of(&records);
    }
}

pub(super) fn all(log: &mut PartitionLog) -> Vec<Seen> {
    read_all(log, 700, Isolation::Uncommitted)
}

pub(super) fn seen_in(batches: &[u8]) -> Vec<Seen> {
    let mut seen = Vec::new();
    for_each_record(batches, LIMIT, |record| {
        seen.push(Seen {
            offset: record.offset,
            timestamp: record.timestamp,
            key: record.key.map(<[u8]>::to_vec),
            value: record.value.map(<[u8]>::to_vec),
            control: record.control,
            producer_id: record.producer_id,
        });
    })
    .unwrap();
    seen
}

/// The offset after the last of these batches, which may be empty.
fn end_of(batches: &[u8]) -> i64 {
    let (mut rest, mut end) = (batches, 0);
    while !rest.is_empty() {
        let header = super::super::batch::BatchHeader::parse(rest).unwrap();
        end = header.last_offset() + 1;
        rest = &rest[header.size..];
    }
    end
}

/// Chance from a seed (splitmix64).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    pub(super) fn one_in(&mut self, most: u64) -> bool {
        self.below(most) == 0
    }

    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}
