//! A log that several threads use, until it is taken away.

use std::io;
use std::sync::Mutex;

use super::lock::lock;
use super::log::PartitionLog;

/// A log that one thread at a time works with.
#[derive(Debug)]
pub(super) struct SharedLog(Mutex<Option<PartitionLog>>);

impl SharedLog {
    /// Shares a log.
    pub(super) fn new(log: PartitionLog) -> Self {
        Self(Mutex::new(Some(log)))
    }

    /// Does something with the log; `None` when it was taken away.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut PartitionLog) -> T) -> Option<T> {
        lock(&self.0).as_mut().map(work)
    }

    /// Takes the log away, for good.
    pub(super) fn take(&self) -> Option<PartitionLog> {
        lock(&self.0).take()
    }

    /// Compacts where it pays. Others use the log meanwhile; it is held only before and after the work.
    ///
    /// # Errors
    /// The disk fails, or a batch is damaged.
    pub(super) fn compact(&self, now_ms: i64) -> io::Result<()> {
        let Some(Some(compaction)) = self.with(|log| log.begin_compaction(now_ms)) else { return Ok(()) };
        let compacted = compaction.run();
        self.with(|log| log.end_compaction(compacted, now_ms)).transpose().map(drop)
    }
}
