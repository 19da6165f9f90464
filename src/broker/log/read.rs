//! Reading: whole batches from an offset, and look-ups by time.

use std::io;

use super::answers::{Fetched, Isolation, TimedOffset};
use super::error::ReadError;
use super::extent::Extent;
use super::partition::PartitionLog;
use super::segment::Piece;

impl PartitionLog {
    /// Whole batches from the one that holds `from`, at most `max_bytes` of them, but one in any case if `at_least_one`.
    /// Reading at the end gives no records.
    ///
    /// # Errors
    /// `from` is below the start or above the end, or the disk fails.
    pub fn read(
        &mut self,
        from: i64,
        max_bytes: usize,
        at_least_one: bool,
        isolation: Isolation,
    ) -> Result<Fetched, ReadError> {
        if from < self.start_offset || from > self.high_watermark() {
            return Err(self.out_of_range(from));
        }
        self.health.may_read()?;
        let below = match isolation {
            Isolation::Uncommitted => self.high_watermark(),
            Isolation::Committed => self.last_stable_offset(),
        };
        let piece = self.read_piece(from, below, max_bytes, at_least_one)?;
        let aborted = match isolation {
            Isolation::Committed if !piece.records.is_empty() => {
                self.knowledge.transactions.aborted_between(from, piece.end)
            }
            _ => Vec::new(),
        };
        Ok(Fetched {
            records: piece.records,
            aborted,
            high_watermark: self.high_watermark(),
            last_stable_offset: self.last_stable_offset(),
            start_offset: self.start_offset,
            more: piece.end < below,
        })
    }

    fn read_piece(
        &mut self,
        from: i64,
        below: i64,
        max_bytes: usize,
        at_least_one: bool,
    ) -> io::Result<Piece> {
        if from < below {
            let after = self.sealed.partition_point(|segment| segment.summary.base_offset <= from);
            // Compaction may have taken the last batches of a segment; what follows is in the next one then.
            for at in after.saturating_sub(1)..=self.sealed.len() {
                if let Some(piece) = self.segment_mut(at).read(from, below, max_bytes, at_least_one)? {
                    return Ok(piece);
                }
            }
        }
        // Compaction has taken whatever else there was.
        Ok(Piece { records: Extent::default(), end: below })
    }

    /// The first record in offset order whose timestamp is `ms` or later, exact to the record.
    ///
    /// # Errors
    /// The disk fails, or a batch is damaged.
    pub fn offset_for_time(&mut self, ms: i64) -> io::Result<Option<TimedOffset>> {
        self.health.may_read()?;
        let start = self.start_offset;
        let limit = self.config.max_decompressed_bytes;
        for at in 0..=self.sealed.len() {
            let segment = self.segment_at(at);
            if segment.summary.max_timestamp < ms || segment.summary.next_offset <= start {
                continue;
            }
            if let Some(found) = self.segment_mut(at).find_time(ms, start, limit)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The first record with the largest timestamp.
    ///
    /// # Errors
    /// The disk fails, or a batch is damaged.
    pub fn max_timestamp(&mut self) -> io::Result<Option<TimedOffset>> {
        self.health.may_read()?;
        let limit = self.config.max_decompressed_bytes;
        let largest = self.segments().map(|segment| segment.summary.max_timestamp).max().unwrap_or(-1);
        if largest < 0 {
            return Ok(None);
        }
        let at = self.segments().position(|segment| segment.summary.max_timestamp == largest);
        self.segment_mut(at.unwrap_or(usize::MAX)).find_max_timestamp(limit)
    }
}
