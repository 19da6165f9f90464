//! What can go wrong with a cluster.

use super::types::{Offset, PartitionId};
use crate::jobs::{Cancelled, Problem};

/// The result of this module's functions.
pub type Result<T> = std::result::Result<T, KafkaError>;

/// A failure of a cluster or of a request to it. Texts carry the broker's or librdkafka's own words.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields are the words of the variant's own text")]
pub enum KafkaError {
    /// The profile cannot be used as it is.
    #[error("connection {name}: {why}")]
    Profile { name: String, why: String, next: String },
    /// No broker answered, or the link broke.
    #[error("{bootstrap} does not answer: {why}")]
    Unreachable { bootstrap: String, why: String, next: String },
    /// The broker refused the sign-in.
    #[error("{bootstrap} refused the sign-in: {why}")]
    SignIn { bootstrap: String, why: String, next: String },
    /// TLS could not be agreed on, or a certificate was refused.
    #[error("TLS with {bootstrap} failed: {why}")]
    Tls { bootstrap: String, why: String, next: String },
    /// The user may not do this.
    #[error("{what} is not authorised: {why}")]
    Unauthorised { what: String, why: String },
    /// The topic is not there, or was deleted meanwhile.
    #[error("topic {topic} does not exist")]
    NoTopic { topic: String },
    /// A topic of that name is already there.
    #[error("topic {topic} already exists")]
    TopicExists { topic: String },
    /// The range cannot be resolved.
    #[error("range on {topic}: {why}")]
    Range { topic: String, why: String, next: String },
    /// A request got no answer in time; trying again may work.
    #[error("{what} timed out after {seconds} s: {why}")]
    TimedOut { what: String, seconds: u64, why: String },
    /// Reading stopped before the end of a partition; what was read is kept.
    #[error("{topic} {partition} stopped at offset {at} of {end}: {why}")]
    Stopped { topic: String, partition: PartitionId, at: Offset, end: Offset, why: String, next: String },
    /// A write on a read-only connection.
    #[error("{action} refused: connection {connection} is read-only")]
    ReadOnly { connection: String, action: String },
    /// Another producer with the same transactional id took over.
    #[error("{what} was fenced by a newer producer")]
    Fenced { what: String },
    /// The group gave the partitions to others meanwhile; whoever has them now reads from the committed positions.
    #[error("{what} came too late: the group was rebalanced meanwhile")]
    Rebalanced { what: String },
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

impl KafkaError {
    /// Whether the same would have met a request about any other topic: the link, the sign-in, or time.
    pub(super) fn meets_every_topic(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::SignIn { .. }
                | Self::Tls { .. }
                | Self::TimedOut { .. }
                | Self::Cancelled
        )
    }
}

impl From<Cancelled> for KafkaError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<KafkaError> for Problem {
    fn from(error: KafkaError) -> Self {
        match error {
            KafkaError::Profile { name, why, next } => {
                Self::new(format!("Connection {name} cannot be used"), why, next)
            }
            KafkaError::Unreachable { bootstrap, why, next } => {
                Self::new(format!("{bootstrap} does not answer"), why, next)
            }
            KafkaError::SignIn { bootstrap, why, next } => {
                Self::new(format!("{bootstrap} refused the sign-in"), why, next)
            }
            KafkaError::Tls { bootstrap, why, next } => {
                Self::new(format!("TLS with {bootstrap} failed"), why, next)
            }
            KafkaError::Unauthorised { what, why } => Self::new(
                format!("{} is not authorised", sentence(&what)),
                why,
                "Ask for an access rule (ACL) that allows it, or sign in as another user.",
            ),
            KafkaError::NoTopic { topic } => Self::new(
                format!("Topic {topic} does not exist"),
                "it was never made, was deleted meanwhile, or this user may not see it",
                "List the topics to see what there is.",
            ),
            KafkaError::TopicExists { topic } => {
                Self::new(format!("Topic {topic} already exists"), "", "Use it, or choose another name.")
            }
            KafkaError::Range { topic, why, next } => Self::new(format!("Range on {topic}"), why, next),
            KafkaError::TimedOut { what, seconds, why } => Self::new(
                format!("{} timed out after {seconds} s", sentence(&what)),
                why,
                "Try again, or raise socket.timeout.ms of the connection.",
            ),
            KafkaError::Stopped { topic, partition, at, end, why, next } => {
                Self::new(format!("{topic} {partition} stopped at offset {at} of {end}"), why, next)
            }
            KafkaError::ReadOnly { connection, action } => Self::new(
                format!("{} refused", sentence(&action)),
                format!("connection {connection} is read-only"),
                "Switch off read-only under Connect, if this connection may write.",
            ),
            KafkaError::Fenced { what } => Self::new(
                format!("{} was fenced", sentence(&what)),
                "a newer producer with the same transactional id took over",
                "Leave the work to the newer one, or stop it and start again.",
            ),
            KafkaError::Rebalanced { what } => Self::new(
                format!("{} came too late", sentence(&what)),
                "the group was rebalanced meanwhile",
                "Whoever has the partitions now goes on from the committed positions.",
            ),
            KafkaError::TooLarge { topic, bytes } => Self::new(
                format!("A record of {bytes} bytes is larger than {topic} takes"),
                "",
                "Raise max.message.bytes of the topic, or send smaller records.",
            ),
            KafkaError::Cancelled => Self::cancelled("The request"),
            KafkaError::Other { what, why } => {
                Self::new(sentence(&what), why, "Try again; if it stays so, the broker's log may say more.")
            }
        }
    }
}

fn sentence(what: &str) -> String {
    let mut letters = what.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
