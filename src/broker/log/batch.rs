//! The header of a record batch (format v2): read, checked and patched in place.

use std::io;

use bytes::{Buf, BufMut};

use super::compression::Compression;
use super::config::TimestampType;

/// Bytes of a batch before its records.
pub(super) const HEADER_BYTES: usize = 61;
/// Base offset and length, which the length does not count.
const PREFIX_BYTES: usize = 12;
/// Where the bytes begin that the checksum covers.
const CHECKED_FROM: usize = 21;

const LOG_APPEND_TIME: i16 = 1 << 3;
const TRANSACTIONAL: i16 = 1 << 4;
const CONTROL: i16 = 1 << 5;
const DELETE_HORIZON: i16 = 1 << 6;

/// A batch's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BatchHeader {
    pub(super) base_offset: i64,
    /// Of the whole batch, in bytes.
    pub(super) size: usize,
    pub(super) leader_epoch: i32,
    pub(super) crc: u32,
    pub(super) attributes: i16,
    pub(super) last_offset_delta: i32,
    /// The delete horizon where that attribute is set; in any case what the records' deltas add to.
    pub(super) base_timestamp: i64,
    pub(super) max_timestamp: i64,
    pub(super) producer_id: i64,
    pub(super) producer_epoch: i16,
    pub(super) base_sequence: i32,
    pub(super) count: i32,
}

impl BatchHeader {
    /// Reads the header at the beginning of `bytes`. What its lengths say is not checked against the bytes after it.
    ///
    /// # Errors
    /// Too few bytes, another format than v2, or a length that no batch has.
    pub(super) fn parse(bytes: &[u8]) -> Result<BatchHeader, String> {
        let Some(header) = bytes.first_chunk::<HEADER_BYTES>() else {
            return Err(format!("a batch header takes {HEADER_BYTES} bytes, but {} are there", bytes.len()));
        };
        let mut fields = header.as_slice();
        let base_offset = fields.get_i64();
        let length = fields.get_i32();
        let leader_epoch = fields.get_i32();
        let magic = fields.get_i8();
        if magic != 2 {
            return Err(format!("batches of format {magic} are not known, only those of format 2"));
        }
        let size = usize::try_from(length).unwrap_or(0) + PREFIX_BYTES;
        if size < HEADER_BYTES {
            return Err(format!("a batch cannot have the length {length}"));
        }
        Ok(BatchHeader {
            base_offset,
            size,
            leader_epoch,
            crc: fields.get_u32(),
            attributes: fields.get_i16(),
            last_offset_delta: fields.get_i32(),
            base_timestamp: fields.get_i64(),
            max_timestamp: fields.get_i64(),
            producer_id: fields.get_i64(),
            producer_epoch: fields.get_i16(),
            base_sequence: fields.get_i32(),
            count: fields.get_i32(),
        })
    }

    pub(super) fn last_offset(&self) -> i64 {
        self.base_offset.saturating_add(i64::from(self.last_offset_delta))
    }

    /// The sequence number of the last record; numbers wrap to 0 after the largest `i32`.
    pub(super) fn last_sequence(&self) -> i32 {
        match self.base_sequence.checked_add(self.last_offset_delta) {
            _ if self.base_sequence < 0 => self.base_sequence,
            Some(last) => last,
            None => self.last_offset_delta - (i32::MAX - self.base_sequence) - 1,
        }
    }

    pub(super) fn compression(&self) -> Option<Compression> {
        Compression::from_attributes(self.attributes)
    }

    pub(super) fn timestamp_type(&self) -> TimestampType {
        if self.attributes & LOG_APPEND_TIME == 0 {
            TimestampType::CreateTime
        } else {
            TimestampType::LogAppendTime
        }
    }

    pub(super) fn is_transactional(&self) -> bool {
        self.attributes & TRANSACTIONAL != 0
    }

    pub(super) fn is_control(&self) -> bool {
        self.attributes & CONTROL != 0
    }

    pub(super) fn has_producer(&self) -> bool {
        self.producer_id >= 0
    }

    /// When the batch's tombstones or marker may go, ms.
    pub(super) fn delete_horizon(&self) -> Option<i64> {
        (self.attributes & DELETE_HORIZON != 0).then_some(self.base_timestamp)
    }

    /// The time of a record with this delta.
    pub(super) fn record_timestamp(&self, delta: i64) -> i64 {
        match self.timestamp_type() {
            TimestampType::CreateTime => self.base_timestamp.wrapping_add(delta),
            TimestampType::LogAppendTime => self.max_timestamp,
        }
    }

    /// Sets or clears the attributes' parts.
    pub(super) fn set_compression(&mut self, compression: Compression) {
        self.attributes = self.attributes & !7 | compression.attribute();
    }

    pub(super) fn set_transactional(&mut self) {
        self.attributes |= TRANSACTIONAL;
    }

    pub(super) fn set_control(&mut self) {
        self.attributes |= CONTROL;
    }

    /// Stamps the batch with the broker's time.
    pub(super) fn set_log_append_time(&mut self, now_ms: i64) {
        self.attributes |= LOG_APPEND_TIME;
        self.max_timestamp = now_ms;
    }

    /// Sets the delete horizon; the records' deltas must have been made relative to it.
    pub(super) fn set_delete_horizon(&mut self, horizon_ms: i64) {
        self.attributes |= DELETE_HORIZON;
        self.base_timestamp = horizon_ms;
    }

    /// The batch with this header and these records; size and checksum are computed.
    pub(super) fn with_records(mut self, records: &[u8]) -> Vec<u8> {
        self.size = HEADER_BYTES + records.len();
        let mut bytes = Vec::with_capacity(self.size);
        self.put(&mut bytes);
        bytes.put_slice(records);
        seal(&mut bytes);
        bytes
    }

    /// Writes the header as it is, its checksum too.
    fn put(&self, out: &mut impl BufMut) {
        out.put_i64(self.base_offset);
        out.put_i32(i32::try_from(self.size.saturating_sub(PREFIX_BYTES)).unwrap_or(i32::MAX));
        out.put_i32(self.leader_epoch);
        out.put_i8(2);
        out.put_u32(self.crc);
        out.put_i16(self.attributes);
        out.put_i32(self.last_offset_delta);
        out.put_i64(self.base_timestamp);
        out.put_i64(self.max_timestamp);
        out.put_i64(self.producer_id);
        out.put_i16(self.producer_epoch);
        out.put_i32(self.base_sequence);
        out.put_i32(self.count);
    }

    /// Writes the header over the one in `batch`, and a new checksum where `checked` fields have changed.
    pub(super) fn patch(&self, batch: &mut [u8], checked: bool) {
        if let Some(mut header) = batch.get_mut(..HEADER_BYTES) {
            self.put(&mut header);
        }
        if checked {
            seal(batch);
        }
    }
}

/// Computes the checksum of a batch and writes it.
fn seal(batch: &mut [u8]) {
    let crc = checksum(batch);
    if let Some(mut field) = batch.get_mut(CHECKED_FROM - 4..CHECKED_FROM) {
        field.put_u32(crc);
    }
}

/// The checksum that the batch should have.
pub(super) fn checksum(batch: &[u8]) -> u32 {
    crc32c::crc32c(batch.get(CHECKED_FROM..).unwrap_or_default())
}

/// The header of the whole batch at the beginning of `bytes`, its checksum verified.
///
/// # Errors
/// The batch is cut or damaged.
pub(super) fn check_whole(bytes: &[u8]) -> Result<BatchHeader, String> {
    let header = BatchHeader::parse(bytes)?;
    let Some(batch) = bytes.get(..header.size) else {
        return Err(format!("a batch of {} bytes is cut after {}", header.size, bytes.len()));
    };
    if checksum(batch) != header.crc {
        return Err("the checksum of a batch does not hold".to_owned());
    }
    if header.last_offset_delta < 0 || header.count < 0 {
        return Err("a batch has a negative count".to_owned());
    }
    Ok(header)
}

/// What is read from the log and makes no sense.
pub(super) fn damaged(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}
