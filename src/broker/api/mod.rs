//! From a request to its answer, one file for an API or a small family.

pub mod acls;
pub mod api_versions;
pub mod cluster;
pub mod configs;
pub mod coordinators;
pub mod fetch;
mod fetch_answer;
pub mod group_offsets;
pub mod groups;
pub mod membership;
pub mod metadata;
pub mod offsets;
pub mod produce;
pub mod topics;
pub mod transaction_lists;
pub mod transactions;

#[cfg(test)]
mod epoch_tests;
#[cfg(test)]
mod fetch_tests;
#[cfg(test)]
mod refusal_tests;
#[cfg(test)]
mod repetition_tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use kafka_protocol::ResponseError;
use kafka_protocol::protocol::StrBytes;

use super::partition::TopicPartition;
use super::server::node::Node;
use super::topics::Topic;

/// A request on its way.
pub struct Call<'a> {
    /// The node that answers.
    pub node: &'a Arc<Node>,
    /// Version of the API.
    pub version: i16,
    /// What the client called the request.
    pub correlation_id: i32,
}

/// No error.
const NONE: i16 = 0;

/// The number of an error, or of none.
fn code<T>(done: &Result<T, ResponseError>) -> i16 {
    done.as_ref().err().map_or(NONE, ResponseError::code)
}

/// A string of the protocol.
fn text(text: impl Into<String>) -> StrBytes {
    StrBytes::from_string(text.into())
}

/// What is asked for, each once, where it was named first. An answer can be much larger than what asks for it, so that a small
/// request must not get it as often as it likes.
fn each_once<T, K: Ord>(mut asked: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = BTreeSet::new();
    asked.retain(|one| seen.insert(key(one)));
    asked
}

/// What is named more than once.
fn named_twice<K: Ord + Clone>(names: impl Iterator<Item = K>) -> BTreeSet<K> {
    let mut seen = BTreeSet::new();
    names.filter(|name| !seen.insert(name.clone())).collect()
}

/// Whether there is such a partition.
fn is_there(call: &Call<'_>, place: &TopicPartition) -> bool {
    let topic = call.node.topics.named(&place.topic);
    topic.is_some_and(|topic| topic.partition(place.partition).is_some())
}

/// Whether a client that believes in this leader epoch may go on; -1 stands for none.
fn check_epoch(topic: &Topic, believed: i32) -> Result<(), ResponseError> {
    match believed {
        -1 => Ok(()),
        older if older < topic.leader_epoch => Err(ResponseError::FencedLeaderEpoch),
        newer if newer > topic.leader_epoch => Err(ResponseError::UnknownLeaderEpoch),
        _ => Ok(()),
    }
}
