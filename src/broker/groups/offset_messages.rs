//! What is asked of a group's offsets, and what comes back.

use kafka_protocol::ResponseError;

use super::messages::MemberIdentity;
use crate::broker::journal::Millis;
use crate::broker::partition::TopicPartition;

/// The offset of a partition that a consumer has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The next offset to read.
    pub offset: i64,
    /// The leader epoch of the record before, -1 if not known.
    pub leader_epoch: i32,
    /// Free text of the consumer, often empty.
    pub metadata: String,
}

/// OffsetCommit.
#[derive(Debug, Clone)]
pub struct CommitRequest {
    /// The group's id.
    pub group: String,
    /// Who commits.
    pub member: MemberIdentity,
    /// How long these offsets are kept (versions 2 to 4), in milliseconds; else as configured.
    pub retention_ms: Option<Millis>,
    /// The offsets. Whether the partitions exist is the caller's to check.
    pub offsets: Vec<(TopicPartition, Position)>,
}

/// TxnOffsetCommit. Whether the group is part of the producer's transaction is the caller's to check, under the lock
/// under which it also ends transactions (`TransactionCoordinator::verify_group`).
#[derive(Debug, Clone)]
pub struct TransactionCommitRequest {
    /// The group's id.
    pub group: String,
    /// Who commits; an empty member id with generation -1 when the producer does not know (version 2 and earlier).
    pub member: MemberIdentity,
    /// The producer whose transaction decides over these offsets.
    pub producer_id: i64,
    /// The offsets. Whether the partitions exist is the caller's to check.
    pub offsets: Vec<(TopicPartition, Position)>,
}

/// What each partition of a request came to, in the request's order.
pub type PerPartition = Vec<(TopicPartition, Result<(), ResponseError>)>;

/// What a fetched partition came to: `None` where no offset is committed.
pub type FetchedOffset = Result<Option<Position>, ResponseError>;
