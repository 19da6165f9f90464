//! A segment's sparse index of offsets and times, and its file.
//!
//! The file: magic `FBIX`, version, what the segment is in numbers, then the entries; all big-endian. The head and the
//! entries have a checksum each, so that opening a log reads the heads only. A file that does not match its segment is
//! no error: the index is built again from the segment.

use bytes::{Buf, BufMut};

use super::batch::BatchHeader;

const MAGIC: &[u8; 4] = b"FBIX";
const VERSION: u16 = 1;
/// Bytes of the file before the entries.
pub(super) const HEAD_BYTES: usize = 4 + 2 + 8 * 7 + 4 + 4 + 4;
const ENTRY_BYTES: usize = 24;

/// What a segment is in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) base_offset: i64,
    /// The offset after the last record, or the base offset.
    pub(super) next_offset: i64,
    /// The bytes of batches that went into this summary.
    pub(super) size: u64,
    /// The largest timestamp of the first batch, from which the segment's age counts.
    pub(super) first_timestamp: i64,
    /// The largest timestamp, -1 for none.
    pub(super) max_timestamp: i64,
    /// Where the first batch with the largest timestamp begins.
    pub(super) max_timestamp_at: u64,
    /// When the segment was begun, ms.
    pub(super) created_ms: i64,
}

/// A batch that can be found without walking over those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// The batch's first offset.
    pub(super) offset: i64,
    /// Where it begins.
    pub(super) position: u64,
    /// The largest timestamp of all batches before it in the segment, -1 for none.
    pub(super) max_before: i64,
}

/// A segment's summary and sparse index, while it grows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) summary: Summary,
    entries: Vec<Entry>,
    since_entry: u64,
}

impl Index {
    pub(super) fn new(base_offset: i64, created_ms: i64) -> Index {
        let summary = Summary {
            base_offset,
            next_offset: base_offset,
            size: 0,
            first_timestamp: -1,
            max_timestamp: -1,
            max_timestamp_at: 0,
            created_ms,
        };
        Index { summary, entries: Vec::new(), since_entry: 0 }
    }

    /// Takes note of a batch at the segment's end.
    pub(super) fn note(&mut self, header: &BatchHeader, interval: u64) {
        let summary = &mut self.summary;
        if self.since_entry >= interval.max(1) {
            self.entries.push(Entry {
                offset: header.base_offset,
                position: summary.size,
                max_before: summary.max_timestamp,
            });
            self.since_entry = 0;
        }
        if summary.size == 0 {
            summary.first_timestamp = header.max_timestamp;
        }
        if header.max_timestamp > summary.max_timestamp {
            summary.max_timestamp = header.max_timestamp;
            summary.max_timestamp_at = summary.size;
        }
        summary.next_offset = header.last_offset().saturating_add(1);
        summary.size += header.size as u64;
        self.since_entry += header.size as u64;
    }

    /// A position from which the walk to the batch with `offset` is short.
    pub(super) fn position_of(&self, offset: i64) -> u64 {
        let after = self.entries.partition_point(|entry| entry.offset <= offset);
        self.entry_before(after)
    }

    /// A position from which the walk to the last batch that begins before a position and below an offset is short.
    pub(super) fn last_position(&self, position: u64, below: i64) -> u64 {
        let after = self.entries.partition_point(|entry| entry.position < position && entry.offset < below);
        self.entry_before(after)
    }

    /// A position from which the walk to the first batch with a timestamp of `ms` or later is short.
    pub(super) fn position_of_time(&self, ms: i64) -> u64 {
        let after = self.entries.partition_point(|entry| entry.max_before < ms);
        self.entry_before(after)
    }

    fn entry_before(&self, after: usize) -> u64 {
        after.checked_sub(1).and_then(|at| self.entries.get(at)).map_or(0, |entry| entry.position)
    }

    /// The index as a file's content.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut entries = Vec::with_capacity(self.entries.len() * ENTRY_BYTES);
        for entry in &self.entries {
            entries.put_i64(entry.offset);
            entries.put_u64(entry.position);
            entries.put_i64(entry.max_before);
        }
        let mut out = Vec::with_capacity(HEAD_BYTES + entries.len());
        out.put_slice(MAGIC);
        out.put_u16(VERSION);
        out.put_i64(self.summary.base_offset);
        out.put_i64(self.summary.next_offset);
        out.put_u64(self.summary.size);
        out.put_i64(self.summary.first_timestamp);
        out.put_i64(self.summary.max_timestamp);
        out.put_u64(self.summary.max_timestamp_at);
        out.put_i64(self.summary.created_ms);
        out.put_u32(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        out.put_u32(crc32c::crc32c(&entries));
        let head_crc = crc32c::crc32c(&out);
        out.put_u32(head_crc);
        out.put_slice(&entries);
        out
    }

    /// The summary in the first bytes of a file, if they are whole.
    pub(super) fn decode_summary(bytes: &[u8]) -> Option<Summary> {
        let head = bytes.get(..HEAD_BYTES)?;
        let (checked, mut crc) = head.split_at_checked(HEAD_BYTES - 4)?;
        if crc.try_get_u32().ok()? != crc32c::crc32c(checked) {
            return None;
        }
        let mut fields = checked.strip_prefix(MAGIC)?;
        if fields.try_get_u16().ok()? != VERSION {
            return None;
        }
        Some(Summary {
            base_offset: fields.try_get_i64().ok()?,
            next_offset: fields.try_get_i64().ok()?,
            size: fields.try_get_u64().ok()?,
            first_timestamp: fields.try_get_i64().ok()?,
            max_timestamp: fields.try_get_i64().ok()?,
            max_timestamp_at: fields.try_get_u64().ok()?,
            created_ms: fields.try_get_i64().ok()?,
        })
    }

    /// The index in a file's content, if it is whole.
    pub(super) fn decode(bytes: &[u8]) -> Option<Index> {
        let summary = Index::decode_summary(bytes)?;
        let mut counts = bytes.get(HEAD_BYTES - 12..)?;
        let count = usize::try_from(counts.try_get_u32().ok()?).ok()?;
        let crc = counts.try_get_u32().ok()?;
        let mut rest = bytes.get(HEAD_BYTES..)?;
        if rest.len() != count.checked_mul(ENTRY_BYTES)? || crc32c::crc32c(rest) != crc {
            return None;
        }
        let mut entries = Vec::with_capacity(count);
        for _ in 0..count {
            entries.push(Entry {
                offset: rest.try_get_i64().ok()?,
                position: rest.try_get_u64().ok()?,
                max_before: rest.try_get_i64().ok()?,
            });
        }
        Some(Index { summary, entries, since_entry: 0 })
    }
}
