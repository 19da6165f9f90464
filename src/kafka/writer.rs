//! Writing records: plainly, or in transactions.

use std::time::Duration;

use super::client::WriteAccess;
use super::error::Result;
use super::group::GroupConsumer;
use super::types::{EventTime, Offset, PartitionId};

/// A record to be written.
#[derive(Clone, Copy, Debug, Default)]
pub struct OutRecord<'a> {
    /// Where to.
    pub topic: &'a str,
    /// Which partition; `None` lets the key decide, as Java's default partitioner would (murmur2).
    pub partition: Option<PartitionId>,
    /// The key; `None` is Kafka's null.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// The timestamp; `None` is now.
    pub timestamp: Option<EventTime>,
    /// Names and values.
    pub headers: &'a [(&'a str, &'a [u8])],
}

/// Writes records with acknowledgement of all replicas and without duplicates (idempotent).
pub struct TopicWriter {
    _private: (),
}

/// Writes records in transactions.
pub struct TransactionalWriter {
    _private: (),
}

impl TopicWriter {
    /// A writer. Memory of records that wait to be sent is bounded; [`Self::send`] waits when it is full.
    pub fn open(_access: WriteAccess<'_>) -> Result<Self> {
        todo!("reader owner")
    }

    /// Hands a record over; a delivery that failed before comes back as this call's error.
    pub fn send(&mut self, _record: OutRecord<'_>) -> Result<()> {
        todo!("reader owner")
    }

    /// Waits until everything is acknowledged.
    pub fn flush(&mut self, _timeout: Duration) -> Result<()> {
        todo!("reader owner")
    }
}

impl TransactionalWriter {
    /// A writer with a transactional id. It fences any older one with the same id.
    pub fn open(_access: WriteAccess<'_>, _transactional_id: &str) -> Result<Self> {
        todo!("reader owner")
    }

    /// Begins a transaction.
    pub fn begin(&mut self) -> Result<()> {
        todo!("reader owner")
    }

    /// Hands a record over as part of the transaction.
    pub fn send(&mut self, _record: OutRecord<'_>) -> Result<()> {
        todo!("reader owner")
    }

    /// Adds a group's new positions to the transaction, so that they are committed with it or not at all.
    pub fn send_offsets(
        &mut self,
        _consumer: &GroupConsumer,
        _offsets: &[(String, PartitionId, Offset)],
    ) -> Result<()> {
        todo!("reader owner")
    }

    /// Commits. On an error the transaction has been aborted, unless it says fenced.
    pub fn commit(&mut self) -> Result<()> {
        todo!("reader owner")
    }

    /// Aborts.
    pub fn abort(&mut self) -> Result<()> {
        todo!("reader owner")
    }
}
