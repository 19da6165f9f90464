//! What the coordinators remember, in a compacted log of their own.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::clock::Clock;
use crate::broker::config::LogSink;
use crate::broker::disk;
use crate::broker::error::BrokerError;
use crate::broker::journal::{Entry, Journal, Millis};
use crate::broker::lock::wait;
use crate::broker::log::{
    Cleanup, Compression, Durability, Isolation, LogConfig, LogPlace, PartitionLog, PlainRecord, Producer,
    ReadError, encode_batch, for_each_record, peek,
};
use crate::broker::shared_log::SharedLog;

/// Bytes read at a time when entries are replayed.
const REPLAY_BYTES: usize = 1 << 20;

/// Segments as small as in Apache Kafka's own internal topics, so that compaction has something to work on.
const SEGMENT_BYTES: u64 = 100 << 20;

/// A log of entries, shared between the coordinator that writes it and whoever compacts it.
#[derive(Debug, Clone)]
pub struct JournalLog {
    path: PathBuf,
    /// Gone when the broker has ended.
    log: Arc<SharedLog>,
    clock: Arc<Clock>,
}

impl JournalLog {
    /// Opens the log in a folder.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn open(path: PathBuf, durability: Durability, sink: &LogSink) -> Result<Self, BrokerError> {
        let clock = Arc::new(Clock::default());
        let config = LogConfig {
            cleanup: Cleanup { delete: false, compact: true },
            segment_bytes: SEGMENT_BYTES,
            max_message_bytes: usize::try_from(SEGMENT_BYTES).unwrap_or(usize::MAX),
            ..LogConfig::default()
        };
        disk::create_folders(&path).map_err(BrokerError::files(&path))?;
        let opened = PartitionLog::open(LogPlace::Folder(path.clone()), config, durability, clock.now());
        let (log, recovery) = opened.map_err(BrokerError::files(&path))?;
        for note in recovery.notes {
            sink.line(&format!("{}: {note}", path.display()));
        }
        Ok(Self { path, log: Arc::new(SharedLog::new(log)), clock })
    }

    /// Gives every entry to the coordinator, in order.
    ///
    /// # Errors
    /// The log cannot be read, or the coordinator does not understand an entry.
    pub fn replay<D: std::fmt::Display>(
        &self,
        mut each: impl FnMut(&[u8], Option<&[u8]>) -> Result<(), D>,
    ) -> Result<(), BrokerError> {
        self.log.with(|log| self.replay_from(log, &mut each)).unwrap_or(Ok(()))
    }

    fn replay_from<D: std::fmt::Display>(
        &self,
        log: &mut PartitionLog,
        each: &mut impl FnMut(&[u8], Option<&[u8]>) -> Result<(), D>,
    ) -> Result<(), BrokerError> {
        let mut from = log.start_offset();
        while from < log.high_watermark() {
            let fetched = log
                .read(from, REPLAY_BYTES, true, Isolation::Uncommitted)
                .map_err(|error| self.cannot(error))?;
            let records = fetched.records.read().map_err(BrokerError::files(&self.path))?;
            let mut refused = None;
            let read = for_each_record(&records, usize::MAX, |record| {
                from = record.offset + 1;
                if let (Some(key), None) = (record.key, &refused) {
                    refused = each(key, record.value).err();
                }
            });
            read.map_err(BrokerError::files(&self.path))?;
            if let Some(refused) = refused {
                return Err(BrokerError::content(&self.path, refused));
            }
            from = end_offset(&records).unwrap_or_else(|| log.high_watermark()).max(from);
        }
        Ok(())
    }

    /// Compacts where it pays.
    ///
    /// # Errors
    /// The disk fails.
    pub fn compact(&self, now_ms: Millis) -> io::Result<()> {
        self.log.compact(now_ms)
    }

    /// Writes everything to disk and closes the log; nothing can be appended any more.
    ///
    /// # Errors
    /// The disk fails.
    pub fn close(&self) -> io::Result<()> {
        self.log.take().map_or(Ok(()), PartitionLog::close)
    }

    fn cannot(&self, error: ReadError) -> BrokerError {
        BrokerError::content(&self.path, error)
    }
}

impl Journal for JournalLog {
    fn append(&mut self, entries: &[Entry]) -> io::Result<()> {
        let timestamp = self.clock.now();
        let records: Vec<PlainRecord<'_>> = entries
            .iter()
            .map(|entry| PlainRecord { timestamp, key: Some(&entry.key), value: entry.value.as_deref() })
            .collect();
        let batch = encode_batch(&records, Producer::NONE, Compression::None)?;
        let appended = self.log.with(|log| log.append(batch, 0, timestamp));
        appended.ok_or_else(ended)?.map(drop).map_err(io::Error::other)
    }

    fn force(&mut self) -> io::Result<()> {
        wait(|| self.log.with(PartitionLog::flush)).ok_or_else(ended)?
    }
}

fn ended() -> io::Error {
    io::Error::other("the broker has ended")
}

/// The offset after the last of these whole batches, also when compaction left that one empty; `None` without a batch.
fn end_offset(mut batches: &[u8]) -> Option<i64> {
    let mut end = None;
    while let Some(batch) = peek(batches) {
        end = Some(batch.end_offset);
        batches = batches.get(batch.size..)?;
    }
    end
}

/// Remembers nothing, for a broker that keeps all in memory.
#[derive(Debug)]
pub struct Forgetful;

impl Journal for Forgetful {
    fn append(&mut self, _entries: &[Entry]) -> io::Result<()> {
        Ok(())
    }

    fn force(&mut self) -> io::Result<()> {
        Ok(())
    }
}
