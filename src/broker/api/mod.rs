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

use std::sync::Arc;

use kafka_protocol::ResponseError;
use kafka_protocol::protocol::StrBytes;

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

/// Whether a client that believes in this leader epoch may go on; -1 stands for none.
fn check_epoch(topic: &Topic, believed: i32) -> Result<(), ResponseError> {
    match believed {
        -1 => Ok(()),
        older if older < topic.leader_epoch => Err(ResponseError::FencedLeaderEpoch),
        newer if newer > topic.leader_epoch => Err(ResponseError::UnknownLeaderEpoch),
        _ => Ok(()),
    }
}
