//! Batches made here: of plain records for the broker's own topics, and of transaction markers.

use std::io;

use bytes::Bytes;

use super::answers::Marker;
use super::batch::BatchHeader;
use super::compression::{Compression, compress};
use super::records::put_record;

/// A record without headers, to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainRecord<'a> {
    /// Its time, ms.
    pub timestamp: i64,
    /// The key, if any.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
}

/// The producer fields of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Producer {
    /// Producer id, -1 for none.
    pub id: i64,
    /// Its epoch, -1 for none.
    pub epoch: i16,
    /// The sequence number of the first record, -1 for none.
    pub sequence: i32,
    /// Whether the batch is part of a transaction.
    pub transactional: bool,
}

impl Producer {
    /// No producer id.
    pub const NONE: Producer = Producer { id: -1, epoch: -1, sequence: -1, transactional: false };
}

/// One batch of these records, with base offset 0, ready to be appended.
///
/// # Errors
/// A compressor fails, or there are too many records for a batch.
pub fn encode_batch(
    records: &[PlainRecord<'_>],
    producer: Producer,
    compression: Compression,
) -> io::Result<Bytes> {
    let base_timestamp = records.first().map_or(-1, |record| record.timestamp);
    let count = i32::try_from(records.len()).map_err(io::Error::other)?;
    let mut body = Vec::new();
    for (offset_delta, record) in (0..count).zip(records) {
        put_record(record.timestamp - base_timestamp, offset_delta, record.key, record.value, &mut body);
    }
    let mut header = BatchHeader {
        max_timestamp: records.iter().map(|record| record.timestamp).max().unwrap_or(-1),
        ..empty_header(producer, base_timestamp, count)
    };
    header.set_compression(compression);
    if producer.transactional {
        header.set_transactional();
    }
    Ok(header.with_records(&compress(compression, &body)?).into())
}

/// The control batch that ends a transaction.
#[must_use]
pub fn encode_marker(
    producer_id: i64,
    producer_epoch: i16,
    marker: Marker,
    coordinator_epoch: i32,
    now_ms: i64,
) -> Bytes {
    let kind: u8 = match marker {
        Marker::Abort => 0,
        Marker::Commit => 1,
    };
    // Key: version and kind. Value: version and the coordinator's epoch.
    let key = [0, 0, 0, kind];
    let mut value = vec![0, 0];
    value.extend_from_slice(&coordinator_epoch.to_be_bytes());
    let mut body = Vec::new();
    put_record(0, 0, Some(&key), Some(&value), &mut body);
    let producer = Producer { id: producer_id, epoch: producer_epoch, sequence: -1, transactional: true };
    let mut header = empty_header(producer, now_ms, 1);
    header.set_transactional();
    header.set_control();
    header.with_records(&body).into()
}

/// What a control batch says: how the transaction ended and the coordinator's epoch. `None` for other kinds.
pub(super) fn decode_marker(key: Option<&[u8]>, value: Option<&[u8]>) -> Option<(Marker, i32)> {
    let marker = match key? {
        [_, _, 0, 0] => Marker::Abort,
        [_, _, 0, 1] => Marker::Commit,
        _ => return None,
    };
    let epoch = value?.get(2..6)?.first_chunk::<4>()?;
    Some((marker, i32::from_be_bytes(*epoch)))
}

fn empty_header(producer: Producer, timestamp: i64, count: i32) -> BatchHeader {
    BatchHeader {
        base_offset: 0,
        size: 0,
        leader_epoch: -1,
        crc: 0,
        attributes: 0,
        last_offset_delta: count - 1,
        base_timestamp: timestamp,
        max_timestamp: timestamp,
        producer_id: producer.id,
        producer_epoch: producer.epoch,
        base_sequence: producer.sequence,
        count,
    }
}
