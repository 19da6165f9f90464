//! A member of a consumer group: for live scoring only; nothing else joins a group.

use std::time::Duration;

use super::batch::RecordBatch;
use super::client::WriteAccess;
use super::error::Result;
use super::types::{Offset, PartitionId};

/// How to be a member.
#[derive(Clone, Debug, Default)]
pub struct GroupOptions {
    /// Where a partition begins for which the group has committed nothing: at its first record, or at its end.
    pub from_beginning: bool,
    /// Kafka's `group.instance.id`, for members that keep their partitions over a restart.
    pub instance: Option<String>,
}

/// A member of a consumer group. Calls are synchronous: partitions are taken away only inside [`Self::poll`], so whoever
/// finishes (commits) what one poll gave before the next poll never works on a partition that is no longer its own.
pub struct GroupConsumer {
    _private: (),
}

/// What one poll gave.
#[derive(Debug, Default)]
pub struct Polled {
    /// Records, one batch per partition that had any; the same memory may be handed back to the next poll.
    pub batches: Vec<RecordBatch>,
    /// The assignment changed in this poll; the new one, when it did.
    pub assigned: Option<Vec<(String, PartitionId)>>,
}

impl GroupConsumer {
    /// Joins `group` for `topics`, reading committed records only.
    pub fn join(
        _access: WriteAccess<'_>,
        _group: &str,
        _topics: &[&str],
        _options: GroupOptions,
    ) -> Result<Self> {
        todo!("reader owner")
    }

    /// Up to `max_records` records, waiting at most `max_wait` for the first of them.
    pub fn poll(
        &mut self,
        _max_records: usize,
        _max_wait: Duration,
        _spare: Vec<RecordBatch>,
    ) -> Result<Polled> {
        todo!("reader owner")
    }

    /// The next offset of each assigned partition, as handed out so far.
    pub fn positions(&self) -> Vec<(String, PartitionId, Offset)> {
        todo!("reader owner")
    }

    /// The end of each assigned partition as last heard from the broker (for lag); costs no request.
    pub fn ends(&self) -> Vec<(String, PartitionId, Offset)> {
        todo!("reader owner")
    }

    /// Commits positions outside a transaction, and waits for the answer.
    pub fn commit(&mut self, _offsets: &[(String, PartitionId, Offset)]) -> Result<()> {
        todo!("reader owner")
    }

    /// Goes back to the committed positions, after an aborted transaction.
    pub fn rewind(&mut self) -> Result<()> {
        todo!("reader owner")
    }
}
