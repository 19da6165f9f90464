//! Batches made here: of plain records for the broker's own topics, and of transaction markers.

use std::io;

use bytes::Bytes;

use super::answers::Marker;
use super::compression::Compression;

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
/// A compressor fails.
pub fn encode_batch(
    _records: &[PlainRecord<'_>],
    _producer: Producer,
    _compression: Compression,
) -> io::Result<Bytes> {
    todo!()
}

/// The control batch that ends a transaction.
#[must_use]
pub fn encode_marker(
    _producer_id: i64,
    _producer_epoch: i16,
    _marker: Marker,
    _coordinator_epoch: i32,
    _now_ms: i64,
) -> Bytes {
    todo!()
}
