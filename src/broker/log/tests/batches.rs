//! What a client may append, and what comes back.

use bytes::{Bytes, BytesMut};
use kafka_protocol::indexmap::IndexMap;
use kafka_protocol::records as oracle;

use super::support::*;
use crate::broker::log::batch::BatchHeader;
use crate::broker::log::{
    AppendError, Cleanup, Compression, Isolation, LogConfig, PlainRecord, Producer, TimestampType,
    encode_batch, encode_marker,
};

#[test]
fn appended_batches_come_back_with_their_offsets() {
    let mut log = in_memory(small());
    for at in 0..50i64 {
        let (key, value) = (format!("k{at}"), format!("v{at}"));
        let first = record(NOW + at, &key, Some(&value));
        let appended = append(&mut log, plain(&[first, record(NOW, "second", None)]));
        assert_eq!((appended.base_offset, appended.last_offset), (2 * at, 2 * at + 1));
    }
    let seen = all(&mut log);
    assert_eq!(seen.iter().map(|one| one.offset).collect::<Vec<_>>(), (0..100).collect::<Vec<_>>());
    assert_eq!(seen[98].key.as_deref(), Some(&b"k49"[..]));
    assert_eq!(seen[98].timestamp, NOW + 49);
    assert_eq!(seen[99].value, None);
    assert_eq!(log.high_watermark(), 100);
}

#[test]
fn several_batches_of_one_request_follow_each_other() {
    let mut log = in_memory(LogConfig::default());
    let one = plain(&[record(NOW, "a", Some("1")), record(NOW, "b", Some("2"))]);
    let request = Bytes::from([&one[..], &one[..], &one[..]].concat());
    let appended = append(&mut log, request);
    assert_eq!((appended.base_offset, appended.last_offset), (0, 5));
    assert_eq!(all(&mut log).len(), 6);
}

#[test]
fn another_implementation_writes_batches_that_are_read_here() {
    let kinds = [
        (Compression::None, oracle::Compression::None),
        (Compression::Gzip, oracle::Compression::Gzip),
        (Compression::Snappy, oracle::Compression::Snappy),
        (Compression::Lz4, oracle::Compression::Lz4),
        (Compression::Zstd, oracle::Compression::Zstd),
    ];
    for (ours, theirs) in kinds {
        let records: Vec<oracle::Record> = (0..500).map(their_record).collect();
        let mut bytes = BytesMut::new();
        let options = oracle::RecordEncodeOptions { version: 2, compression: theirs };
        oracle::RecordBatchEncoder::encode(&mut bytes, records.iter(), &options).unwrap();
        let header = BatchHeader::parse(&bytes).unwrap();
        assert_eq!(header.compression(), Some(ours));

        let mut log = in_memory(LogConfig::default());
        append(&mut log, bytes.freeze());
        let seen = all(&mut log);
        assert_eq!(seen.len(), 500);
        for (at, one) in seen.iter().enumerate() {
            assert_eq!(one.offset, at as i64);
            assert_eq!(one.timestamp, NOW + (at as i64 * 7) % 11);
            assert_eq!(one.value.as_deref(), Some(format!("value {at}").as_bytes()));
        }
    }
}

fn their_record(at: i64) -> oracle::Record {
    oracle::Record {
        transactional: false,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: 0,
        producer_id: -1,
        producer_epoch: -1,
        timestamp_type: oracle::TimestampType::Creation,
        offset: at,
        sequence: at as i32,
        timestamp: NOW + (at * 7) % 11,
        key: Some(Bytes::from(format!("key {at}"))),
        value: Some(Bytes::from(format!("value {at}"))),
        headers: IndexMap::default(),
    }
}

#[test]
fn another_implementation_reads_batches_written_here() {
    for compression in ALL {
        let values: Vec<String> = (0..300).map(|at| format!("value {at}")).collect();
        let records: Vec<_> = values.iter().map(|value| record(NOW, "key", Some(value))).collect();
        let mut batch = encode_batch(&records, Producer::NONE, compression).unwrap();
        let decoded = oracle::RecordBatchDecoder::decode(&mut batch).unwrap().records;
        let read: Vec<_> = decoded.iter().map(|one| one.value.clone().unwrap()).collect();
        assert_eq!(read, values);
    }
}

#[test]
fn a_clients_control_batch_is_refused() {
    let mut log = in_memory(LogConfig::default());
    let marker = encode_marker(1, 0, crate::broker::log::Marker::Commit, 0, NOW);
    assert!(matches!(log.append(marker, 0, NOW), Err(AppendError::InvalidRecord { .. })));
}

#[test]
fn a_compacted_topic_names_the_records_without_key() {
    let cleanup = Cleanup { delete: false, compact: true };
    let mut log = in_memory(LogConfig { cleanup, ..LogConfig::default() });
    let keyless = PlainRecord { timestamp: NOW, key: None, value: Some(b"value") };
    let request = plain(&[record(NOW, "key", None), keyless]);
    let Err(AppendError::InvalidRecord { records, .. }) = log.append(request, 0, NOW) else {
        panic!("it was taken");
    };
    assert_eq!(records.iter().map(|record| record.index).collect::<Vec<_>>(), [1]);
    assert_eq!(log.high_watermark(), 0);
}

#[test]
fn timestamps_too_far_from_the_clock_are_refused() {
    let config =
        LogConfig { timestamp_before_max_ms: 1000, timestamp_after_max_ms: 10, ..Default::default() };
    let mut log = in_memory(config);
    for wrong in [NOW - 1001, NOW + 11] {
        let request = plain(&[record(wrong, "key", None)]);
        assert!(matches!(log.append(request, 0, NOW), Err(AppendError::InvalidTimestamp { .. })));
    }
    append(&mut log, plain(&[record(NOW - 1000, "key", None), record(NOW + 10, "key", None)]));
}

#[test]
fn a_topic_with_the_brokers_time_stamps_its_records() {
    let config = LogConfig { timestamp_type: TimestampType::LogAppendTime, ..Default::default() };
    let mut log = in_memory(config);
    let appended = append(&mut log, plain(&[record(5, "key", None), record(9, "key", None)]));
    assert_eq!(appended.log_append_time, NOW);
    assert!(all(&mut log).iter().all(|one| one.timestamp == NOW));
    assert_eq!(log.offset_for_time(NOW).unwrap().map(|found| found.offset), Some(0));
}

#[test]
fn batches_above_the_limits_are_refused() {
    let mut log = in_memory(LogConfig { max_message_bytes: 80, ..Default::default() });
    let request = plain(&[record(NOW, "a key that is long enough", None)]);
    assert!(matches!(log.append(request, 0, NOW), Err(AppendError::BatchTooLarge { .. })));
    let mut log = in_memory(LogConfig { segment_bytes: 100, ..Default::default() });
    let one = plain(&[record(NOW, "k", None)]);
    let request = Bytes::from([&one[..], &one[..]].concat());
    assert!(matches!(log.append(request, 0, NOW), Err(AppendError::ListTooLarge { .. })));
}

#[test]
fn a_topic_with_a_compression_of_its_own_packs_anew() {
    for target in ALL {
        let mut log = in_memory(LogConfig { compression: Some(target), ..Default::default() });
        for compression in ALL {
            let records = [record(NOW, "a", Some("1")), record(NOW + 1, "b", None)];
            append(&mut log, encode_batch(&records, Producer::NONE, compression).unwrap());
        }
        let records = log.read(0, usize::MAX, true, Isolation::Uncommitted).unwrap().records.read().unwrap();
        assert_eq!(BatchHeader::parse(&records).unwrap().compression(), Some(target));
        assert_eq!(seen_in(&records).len(), 10);
    }
}

#[test]
fn a_read_gives_whole_batches_within_its_limit() {
    let mut log = in_memory(LogConfig::default());
    let one = plain(&[record(NOW, "key", Some("value"))]);
    for _ in 0..10 {
        append(&mut log, one.clone());
    }
    let length = |log: &mut crate::broker::log::PartitionLog, bytes, at_least_one| {
        log.read(3, bytes, at_least_one, Isolation::Uncommitted).unwrap().records.len()
    };
    assert_eq!(length(&mut log, 3 * one.len() + 1, true), 3 * one.len());
    assert_eq!(length(&mut log, one.len() - 1, true), one.len());
    assert_eq!(length(&mut log, one.len() - 1, false), 0);
    assert_eq!(length(&mut log, usize::MAX, false), 7 * one.len());
    assert!(log.read(11, 1, true, Isolation::Uncommitted).is_err());
    assert!(log.read(10, 1, true, Isolation::Uncommitted).unwrap().records.is_empty());
}
