//! Whatever bytes a producer sends as records: the log takes them or refuses them, reads back what it took, finds
//! times in it and compacts it.
//!
//! The first byte chooses the topic's settings, and whether length and checksum are made right, so that what lies
//! behind them is reached.

#![no_main]

#[path = "../../../src/broker/mod.rs"]
mod broker;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;

use broker::log::{Cleanup, Durability, Isolation, LogConfig, LogPlace, PartitionLog, TimestampType};

const COMPACTED: u8 = 1;
const APPEND_TIME: u8 = 2;
const AS_IT_IS: u8 = 4;
const TWICE: u8 = 8;

const NOW: i64 = 1_700_000_000_000;

fuzz_target!(|input: &[u8]| {
    let Some((mode, bytes)) = input.split_first() else { return };
    let mut config = LogConfig { max_message_bytes: 1 << 20, segment_bytes: 1 << 16, ..LogConfig::default() };
    if mode & COMPACTED != 0 {
        config.cleanup = Cleanup { delete: false, compact: true };
    }
    if mode & APPEND_TIME != 0 {
        config.timestamp_type = TimestampType::LogAppendTime;
    }
    let mut records = bytes.to_vec();
    if mode & AS_IT_IS == 0 {
        make_right(&mut records);
    }
    let records = Bytes::from(records);
    let (mut log, _) = PartitionLog::open(LogPlace::Memory, config, Durability::System, NOW).unwrap();
    let taken = log.append(records.clone(), 0, NOW).is_ok();
    if mode & TWICE != 0 {
        let _ = log.append(records, 0, NOW);
    }
    for isolation in [Isolation::Uncommitted, Isolation::Committed] {
        if let Ok(fetched) = log.read(0, 1 << 20, true, isolation) {
            let _ = broker::log::for_each_record(&fetched.records, 1 << 24, |_| {});
        }
    }
    let _ = log.offset_for_time(0);
    let _ = log.max_timestamp();
    log.roll(NOW).unwrap();
    let _ = log.compact(NOW);
    let _ = log.apply_retention(NOW + 1_000_000_000_000);
    assert!(!taken || log.high_watermark() > 0);
});

/// Gives the first batch the length of all, format 2, and its checksum.
fn make_right(batch: &mut [u8]) {
    if batch.len() < 61 {
        return;
    }
    let length = batch.len() as u32 - 12;
    batch[8..12].copy_from_slice(&length.to_be_bytes());
    batch[16] = 2;
    let sum = crc32c::crc32c(&batch[21..]);
    batch[17..21].copy_from_slice(&sum.to_be_bytes());
}
