//! Retention: whole segments go by age, by size, and below the first offset that can be read.

use std::io;

use super::answers::Removed;
use super::error::ReadError;
use super::health::Health;
use super::partition::PartitionLog;
use super::segment::Segment;

impl PartitionLog {
    /// Makes `before` the first offset that can be read, and gives the new first offset.
    ///
    /// # Errors
    /// `before` lies above the high watermark, or the disk fails.
    pub fn delete_records(&mut self, before: i64) -> Result<i64, ReadError> {
        if before > self.high_watermark() || before < 0 {
            return Err(self.out_of_range(before));
        }
        if before > self.start_offset {
            self.start_at(before);
            self.checkpoint()?;
            self.delete_below_start()?;
        }
        Ok(self.start_offset)
    }

    /// Deletes whole segments that are too old or too many, and forgets producers that are silent for too long.
    ///
    /// # Errors
    /// The disk fails.
    pub fn apply_retention(&mut self, now_ms: i64) -> io::Result<Removed> {
        self.knowledge.producers.expire(now_ms, self.config.producer_expiration_ms);
        if self.config.cleanup.delete {
            self.delete_by_size(now_ms)?;
            self.delete_by_time(now_ms)?;
        }
        let unsynced = self.sealed.back().is_some_and(|last| last.summary.next_offset > self.synced_to);
        let below = self.sealed_below_start() > 0;
        if unsynced || below {
            match self.checkpoint() {
                // Deleting is what helps. Where the start that was written is behind at the next opening, reading begins in
                // the first segment that is there.
                Err(error) if error.kind() == io::ErrorKind::StorageFull && self.health == Health::Sound => {
                    let removed = self.delete_below_start()?;
                    self.checkpoint()?;
                    return Ok(removed);
                }
                checked => checked?,
            }
        }
        self.delete_below_start()
    }

    fn delete_by_size(&mut self, now_ms: i64) -> io::Result<()> {
        let Some(limit) = self.config.retention_bytes else { return Ok(()) };
        let mut excess = self.size().saturating_sub(limit);
        self.delete_while(now_ms, |segment| {
            let goes = segment.summary.size <= excess;
            excess = excess.saturating_sub(segment.summary.size);
            goes
        })
    }

    fn delete_by_time(&mut self, now_ms: i64) -> io::Result<()> {
        let Some(limit) = self.config.retention_ms else { return Ok(()) };
        self.delete_while(now_ms, |segment| {
            let newest = match segment.summary.max_timestamp {
                -1 => segment.summary.created_ms,
                newest => newest,
            };
            now_ms.saturating_sub(newest) > limit
        })
    }

    /// Moves the start behind the oldest segments for which `goes` holds. If all go, a new one begins.
    fn delete_while(&mut self, now_ms: i64, mut goes: impl FnMut(&Segment) -> bool) -> io::Result<()> {
        let full = self.sealed.iter().take_while(|segment| goes(segment)).count();
        let all = full == self.sealed.len() && self.active.summary.size > 0 && goes(&self.active);
        if all {
            self.roll(now_ms)?;
        }
        if all || full > 0 {
            self.start_at(self.segment_at(full + usize::from(all)).summary.base_offset);
        }
        Ok(())
    }

    fn start_at(&mut self, offset: i64) {
        if offset > self.start_offset {
            self.start_offset = offset;
            self.knowledge.epochs.forget_before(offset);
            self.knowledge.transactions.forget_before(offset);
        }
    }

    fn sealed_below_start(&self) -> usize {
        let bases = self.segments().skip(1).map(|segment| segment.summary.base_offset);
        bases.take_while(|base| *base <= self.start_offset).count()
    }

    /// Deletes the segments that lie wholly below the start, oldest first.
    fn delete_below_start(&mut self) -> io::Result<Removed> {
        let mut removed = Removed::default();
        for _ in 0..self.sealed_below_start() {
            let Some(segment) = self.sealed.pop_front() else { break };
            removed.segments += 1;
            removed.bytes += segment.summary.size;
            segment.delete()?;
        }
        Ok(removed)
    }
}
