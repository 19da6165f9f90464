//! Reading batches record by record, for the broker's own topics, time look-ups and tests.

use std::io;

use super::answers::Marker;
use super::batch::{BatchHeader, HEADER_BYTES, check_whole, damaged};
use super::compression::{Compression, decompress};
use super::encode::decode_marker;
use super::records::{RawRecord, Records};
use super::room::Body;

/// A record as it lies in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadRecord<'a> {
    /// Its offset.
    pub offset: i64,
    /// Its time, ms.
    pub timestamp: i64,
    /// The key, if any.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// Whether it lies in a control batch, and so is a transaction marker.
    pub control: bool,
    /// The producer, -1 for none.
    pub producer_id: i64,
}

/// Gives every record of these whole batches to `each`, in offset order. A compressed batch may give at most
/// `max_decompressed` bytes.
///
/// # Errors
/// The bytes are no whole batches, or one is damaged.
pub fn for_each_record(
    batches: &[u8],
    max_decompressed: usize,
    mut each: impl FnMut(ReadRecord<'_>),
) -> io::Result<()> {
    let mut rest = batches;
    while !rest.is_empty() {
        let header = check_whole(rest).map_err(damaged)?;
        let (batch, after) = rest.split_at_checked(header.size).unwrap_or((rest, &[]));
        // The caller has set the bound, and may do anything while it looks at the records.
        let (compression, records) = compressed(&header, batch)?;
        let body = decompress(compression, records, max_decompressed)?;
        for record in Records::new(&body) {
            each(read_record(&header, &record.map_err(damaged)?));
        }
        rest = after;
    }
    Ok(())
}

/// The bytes of a batch's records, decompressed; waits until there is memory for them.
pub(super) fn decompressed<'a>(header: &BatchHeader, batch: &'a [u8], limit: usize) -> io::Result<Body<'a>> {
    let (compression, records) = compressed(header, batch)?;
    Body::of(compression, records, limit)
}

fn compressed<'a>(header: &BatchHeader, batch: &'a [u8]) -> io::Result<(Compression, &'a [u8])> {
    let compression = header.compression().ok_or_else(|| damaged("a batch has an unknown compression"))?;
    Ok((compression, batch.get(HEADER_BYTES..).unwrap_or_default()))
}

pub(super) fn read_record<'a>(header: &BatchHeader, record: &RawRecord<'a>) -> ReadRecord<'a> {
    ReadRecord {
        offset: header.base_offset.saturating_add(i64::from(record.offset_delta)),
        timestamp: header.record_timestamp(record.timestamp_delta),
        key: record.key,
        value: record.value,
        control: header.is_control(),
        producer_id: header.producer_id,
    }
}

/// What the control batch says, if it is a transaction marker.
pub(super) fn marker_of(header: &BatchHeader, batch: &[u8]) -> Option<(Marker, i32)> {
    if !header.is_control() {
        return None;
    }
    // A marker is a few bytes; one that is compressed to more than this is none of ours.
    let (compression, records) = compressed(header, batch).ok()?;
    let body = decompress(compression, records, 4096).ok()?;
    let record = Records::new(&body).next()?.ok()?;
    decode_marker(record.key, record.value)
}
