//! What can go wrong with a cluster.

use super::types::{Offset, PartitionId};
use crate::jobs::{Cancelled, Problem};

/// The result of this module's functions.
pub type Result<T> = std::result::Result<T, KafkaError>;

/// A failure of a cluster or of a request to it. Texts carry the broker's or librdkafka's own words.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KafkaError {
    /// The profile cannot be used as it is.
    #[error("connection {name}: {why}")]
    Profile { name: String, why: String, next: String },
    /// No broker answered, or the link broke.
    #[error("{bootstrap} does not answer: {why}")]
    Unreachable { bootstrap: String, why: String, next: String },
    /// The broker refused the sign-in.
    #[error("{bootstrap} refused the sign-in: {why}")]
    SignIn { bootstrap: String, why: String },
    /// TLS could not be agreed on, or a certificate was refused.
    #[error("TLS with {bootstrap} failed: {why}")]
    Tls { bootstrap: String, why: String, next: String },
    /// The user may not do this.
    #[error("not authorised to {action} {resource}")]
    Unauthorised { action: String, resource: String },
    /// The topic is not there, or was deleted meanwhile.
    #[error("topic {topic} does not exist")]
    NoTopic { topic: String },
    /// The range cannot be resolved.
    #[error("range on {topic}: {why}")]
    Range { topic: String, why: String, next: String },
    /// A request got no answer in time; trying again may work.
    #[error("{what} timed out after {seconds} s: {why}")]
    TimedOut { what: String, seconds: u64, why: String },
    /// Reading stopped before the end of a partition; what was read is kept.
    #[error("{topic} {partition} stopped at {at} of {end}: {why}")]
    Stopped { topic: String, partition: PartitionId, at: Offset, end: Offset, why: String },
    /// A write on a read-only connection.
    #[error("{action} refused: connection {connection} is read-only")]
    ReadOnly { connection: String, action: String },
    /// Another producer with the same transactional id took over.
    #[error("{what} was fenced by a newer producer")]
    Fenced { what: String },
    /// A record is larger than the topic or the broker takes.
    #[error("a record of {bytes} bytes is larger than {topic} takes")]
    TooLarge { topic: String, bytes: usize },
    /// The user ended it.
    #[error("cancelled")]
    Cancelled,
    /// Anything else, in the library's words.
    #[error("{what}: {why}")]
    Other { what: String, why: String },
}

impl From<Cancelled> for KafkaError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<KafkaError> for Problem {
    fn from(_error: KafkaError) -> Self {
        todo!("kafka owner")
    }
}
