//! The log of one partition: what it is made of, and what can be asked without reading.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;

use super::answers::ProducerStatus;
use super::config::{Durability, LogConfig};
use super::error::ReadError;
use super::health::Health;
use super::segment::Segment;
use super::snapshot::{Knowledge, Snapshot};
use super::store::Failure;
use crate::broker::disk;

/// The file with the snapshot of what is known beside the batches.
pub(super) const SNAPSHOT_FILE: &str = "partition.state";

/// The append-only log of one partition: segments of record batches as they came, with what is known of producers,
/// transactions and epochs. Not shared: callers hold it in a mutex.
#[derive(Debug)]
pub struct PartitionLog {
    /// `None` in memory.
    pub(super) folder: Option<PathBuf>,
    pub(super) config: LogConfig,
    pub(super) durability: Durability,
    /// Full segments, oldest first.
    pub(super) sealed: VecDeque<Segment>,
    /// The segment that grows.
    pub(super) active: Segment,
    pub(super) start_offset: i64,
    /// Records before this offset are compacted.
    pub(super) compacted_to: i64,
    pub(super) knowledge: Knowledge,
    /// Full segments from this offset on may not be on disk yet.
    pub(super) synced_to: i64,
    /// The name of the last segment may not be on disk yet.
    pub(super) has_new_name: bool,
    /// The full segment that was used last and so has an open file.
    pub(super) in_use: Option<i64>,
    pub(super) health: Health,
    /// Compaction met a damaged batch. It would meet it again, so it waits until the log is opened anew.
    pub(super) has_damage: bool,
    /// The last compaction has failed; the next one is not before this time.
    pub(super) compaction_rests_until: i64,
}

impl PartitionLog {
    /// The first offset that can be read.
    #[must_use]
    pub fn start_offset(&self) -> i64 {
        self.start_offset
    }

    /// The offset that the next record gets. With one node it is the log's end too.
    #[must_use]
    pub fn high_watermark(&self) -> i64 {
        self.active.summary.next_offset
    }

    /// The first offset of the earliest open transaction, or the high watermark.
    #[must_use]
    pub fn last_stable_offset(&self) -> i64 {
        let end = self.high_watermark();
        self.knowledge.transactions.first_open().map_or(end, |first| first.clamp(self.start_offset, end))
    }

    /// The size of all segments in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.sealed.iter().map(|segment| segment.summary.size).sum::<u64>() + self.active.summary.size
    }

    /// The largest epoch up to `epoch` and the offset where it ended (OffsetForLeaderEpoch); `None` where it is not
    /// known.
    #[must_use]
    pub fn end_offset_for_epoch(&self, epoch: i32) -> Option<(i32, i64)> {
        self.knowledge.epochs.end_of(epoch, self.high_watermark())
    }

    /// The epoch of the last batch, if there is one.
    #[must_use]
    pub fn latest_epoch(&self) -> Option<i32> {
        self.knowledge.epochs.latest()
    }

    /// The epoch of the batch at `offset`, if it is known.
    #[must_use]
    pub fn epoch_at(&self, offset: i64) -> Option<i32> {
        self.knowledge.epochs.at(offset)
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> &LogConfig {
        &self.config
    }

    /// Obeys another configuration from now on.
    pub fn set_config(&mut self, config: LogConfig) {
        self.config = config;
    }

    /// Whether the producer has a transaction open in this partition, in this epoch.
    #[must_use]
    pub fn has_ongoing(&self, producer_id: i64, producer_epoch: i16) -> bool {
        self.knowledge
            .producers
            .get(producer_id)
            .is_some_and(|producer| producer.transaction_start.is_some() && producer.epoch == producer_epoch)
    }

    /// The producers with a transaction open in this partition.
    #[must_use]
    pub fn ongoing_transactions(&self) -> Vec<ProducerStatus> {
        self.knowledge.producers.statuses().filter(|producer| producer.transaction_start.is_some()).collect()
    }

    /// All producers that the log knows.
    #[must_use]
    pub fn producers(&self) -> Vec<ProducerStatus> {
        self.knowledge.producers.statuses().collect()
    }

    /// Begins a new segment, unless the last one is empty.
    ///
    /// # Errors
    /// The disk fails.
    pub fn roll(&mut self, now_ms: i64) -> io::Result<()> {
        if self.active.summary.size == 0 {
            return Ok(());
        }
        self.active.write_index()?;
        let end = self.high_watermark();
        let (folder, interval) = (self.folder.as_deref(), self.config.index_interval_bytes);
        let next = Segment::create(folder, end, now_ms, interval, self.durability)?;
        self.has_new_name = self.durability == Durability::System;
        let mut full = std::mem::replace(&mut self.active, next);
        full.rest();
        self.sealed.push_back(full);
        match self.durability {
            Durability::Always => self.checkpoint(),
            Durability::System => Ok(()),
        }
    }

    /// Forces everything to disk.
    ///
    /// # Errors
    /// The disk fails.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.folder.is_none() {
            return Ok(());
        }
        self.health.may_write()?;
        let forced = self.force_bytes();
        if let Err(Failure::Halfway(_)) = forced {
            self.health = Health::Unsure;
        }
        forced?;
        self.force_new_name()?;
        self.synced_to = self.high_watermark();
        Ok(())
    }

    fn force_bytes(&mut self) -> Result<(), Failure> {
        let synced_to = self.synced_to;
        for segment in self.sealed.iter_mut().filter(|segment| segment.summary.next_offset > synced_to) {
            segment.store.sync()?;
            segment.rest();
        }
        self.active.store.sync()
    }

    /// Forces the name of the last segment to disk, if it is not there yet.
    pub(super) fn force_new_name(&mut self) -> io::Result<()> {
        if let Some(folder) = self.folder.as_ref().filter(|_| self.has_new_name) {
            disk::sync_folder(folder)?;
            self.has_new_name = false;
        }
        Ok(())
    }

    /// Closes the files that were not used since this was last called. They are opened again when they are needed.
    pub fn close_idle(&mut self) {
        if self.active.store.is_idle() {
            self.active.store.close();
        }
        let last = self.in_use.map(|last| self.index_of(last));
        if last.and_then(|at| self.sealed.get_mut(at)).is_some_and(|segment| segment.store.is_idle()) {
            self.rest_in_use();
        }
    }

    /// Forces everything to disk and writes down what makes the next opening fast.
    ///
    /// # Errors
    /// The disk fails; the next opening then checks the log's tail.
    pub fn close(mut self) -> io::Result<()> {
        self.active.write_index()?;
        self.checkpoint()
    }

    /// Deletes the log with its folder.
    ///
    /// # Errors
    /// The disk fails.
    pub fn remove(self) -> io::Result<()> {
        let folder = self.folder.clone();
        drop(self);
        match folder {
            None => Ok(()),
            Some(folder) => std::fs::remove_dir_all(folder),
        }
    }

    /// Forces everything to disk and writes the snapshot of what is known.
    pub(super) fn checkpoint(&mut self) -> io::Result<()> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        self.flush()?;
        let snapshot = Snapshot {
            offset: self.high_watermark(),
            last_segment: self.active.summary.base_offset,
            last_size: self.active.summary.size,
            start_offset: self.start_offset,
            compacted_to: self.compacted_to,
            knowledge: self.knowledge.clone(),
        };
        disk::replace(&folder.join(SNAPSHOT_FILE), &snapshot.encode())
    }

    /// All segments, oldest first.
    pub(super) fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.sealed.iter().chain(std::iter::once(&self.active))
    }

    /// The segment at an index that counts the active one last.
    pub(super) fn segment_at(&self, at: usize) -> &Segment {
        self.sealed.get(at).unwrap_or(&self.active)
    }

    /// The same segment, to be read from. Of the full ones only the one used last keeps its
    /// file open and its index loaded.
    pub(super) fn segment_mut(&mut self, at: usize) -> &mut Segment {
        let base = self.sealed.get(at).map(|segment| segment.summary.base_offset);
        if base.is_some() && base != self.in_use {
            self.rest_in_use();
            self.in_use = base;
        }
        self.sealed.get_mut(at).unwrap_or(&mut self.active)
    }

    /// The index of the first full segment that begins at an offset or later.
    pub(super) fn index_of(&self, base: i64) -> usize {
        self.sealed.partition_point(|segment| segment.summary.base_offset < base)
    }

    /// Frees what the full segment that was used last holds.
    pub(super) fn rest_in_use(&mut self) {
        let Some(last) = self.in_use.take() else { return };
        let at = self.index_of(last);
        if let Some(segment) = self.sealed.get_mut(at) {
            segment.rest();
        }
    }

    pub(super) fn out_of_range(&self, asked: i64) -> ReadError {
        ReadError::OutOfRange { asked, start: self.start_offset, end: self.high_watermark() }
    }
}
