//! Whatever bytes a producer sends as records: the log takes them or refuses them, and what it took is read, decoded,
//! found by time and compacted without an error.
//!
//! The first byte of an input chooses the topic's settings and how the rest becomes a batch, so that what lies behind
//! length, checksum and compression is reached. Used by a libFuzzer target and by a test.

use bytes::Bytes;

use super::broker::log::{
    Cleanup, Compression, Durability, Isolation, LogConfig, LogPlace, PartitionLog, TimestampType, compress,
    for_each_record,
};

/// Bits of the first byte.
const COMPACTED: u8 = 1;
const APPEND_TIME: u8 = 2;
/// Length and checksum are those of the input.
const AS_IT_IS: u8 = 4;
const TWICE: u8 = 8;
/// The topic compresses anew.
const ANEW: u8 = 16;
/// The upper three bits: how the bytes after the header are compressed before they are sent, if at all.
const COMPRESSED: u32 = 5;

const HEADER: usize = 61;
const NOW: i64 = 1_700_000_000_000;
const MOST_DECOMPRESSED: usize = 1 << 24;

/// One input.
pub fn run(input: &[u8]) {
    let Some((mode, bytes)) = input.split_first() else { return };
    let (mut log, _) =
        PartitionLog::open(LogPlace::Memory, config(*mode), Durability::System, NOW).expect("an empty log");
    let records = records(*mode, bytes);
    let taken = log.append(records.clone(), 0, NOW).is_ok();
    if mode & TWICE != 0 {
        let _refused_or_written_twice = log.append(records, 0, NOW);
    }
    read(&mut log);
    log.offset_for_time(0).expect("times are found");
    log.max_timestamp().expect("the largest time is found");
    log.roll(NOW).expect("a segment is closed");
    log.compact(NOW).expect("what was taken is compacted");
    read(&mut log);
    assert!(!taken || log.high_watermark() > 0);
    log.apply_retention(NOW + 1_000_000_000_000).expect("what is old is deleted");
}

fn config(mode: u8) -> LogConfig {
    let mut config = LogConfig {
        max_message_bytes: 1 << 20,
        segment_bytes: 1 << 16,
        max_decompressed_bytes: MOST_DECOMPRESSED,
        min_cleanable_dirty_ratio: 0.0,
        ..LogConfig::default()
    };
    if mode & COMPACTED != 0 {
        config.cleanup = Cleanup { delete: false, compact: true };
    }
    if mode & APPEND_TIME != 0 {
        config.timestamp_type = TimestampType::LogAppendTime;
    }
    if mode & ANEW != 0 {
        config.compression = Some(Compression::Zstd);
    }
    config
}

/// The batch that is sent.
fn records(mode: u8, bytes: &[u8]) -> Bytes {
    let mut batch = bytes.to_vec();
    if batch.len() < HEADER || mode & AS_IT_IS != 0 {
        return batch.into();
    }
    let body = batch.split_off(HEADER);
    let compression = match mode >> COMPRESSED {
        1 => Some(Compression::Gzip),
        2 => Some(Compression::Snappy),
        3 => Some(Compression::Lz4),
        4 => Some(Compression::Zstd),
        // What the header says, whatever the bytes are.
        _ => None,
    };
    match compression {
        None => batch.extend_from_slice(&body),
        Some(compression) => {
            batch[22] = batch[22] & !7 | mode >> COMPRESSED;
            batch.extend_from_slice(&compress(compression, &body).expect("bytes are compressed"));
        }
    }
    let length = batch.len() as u32 - 12;
    batch[8..12].copy_from_slice(&length.to_be_bytes());
    batch[16] = 2;
    let sum = crc32c::crc32c(&batch[21..]);
    batch[17..21].copy_from_slice(&sum.to_be_bytes());
    batch.into()
}

fn read(log: &mut PartitionLog) {
    for isolation in [Isolation::Uncommitted, Isolation::Committed] {
        let fetched = log.read(log.start_offset(), 1 << 20, true, isolation).expect("what was taken is read");
        let records = fetched.records.read().expect("it is in memory");
        for_each_record(&records, MOST_DECOMPRESSED, |_| {}).expect("what is read is decoded");
    }
}
