//! What producers ask of the transaction coordinator, and what comes back.

use crate::broker::journal::Millis;
use crate::broker::partition::TopicPartition;

use super::state::TransactionState;

/// A producer id with its epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Producer {
    /// The producer id.
    pub id: i64,
    /// The epoch; a newer one fences older ones.
    pub epoch: i16,
}

/// InitProducerId.
#[derive(Debug, Clone)]
pub struct InitRequest {
    /// The transactional id, `None` for a producer that is only idempotent.
    pub transactional_id: Option<String>,
    /// How long a transaction may last, in milliseconds.
    pub timeout_ms: i32,
    /// What the producer has so far, if it goes on after an error (version 3 and later); the caller refuses an id without
    /// epoch or an epoch without id with `INVALID_REQUEST`.
    pub known: Option<Producer>,
}

/// A transaction whose outcome is decided and kept. Its markers must be written to the partitions and
/// `GroupCoordinator::end_transaction` called for the groups; then `TransactionCoordinator::ended`. All of it may be done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The transactional id.
    pub transactional_id: String,
    /// The producer id and epoch for the markers.
    pub producer: Producer,
    /// Committed, or else aborted.
    pub commit: bool,
    /// The partitions that get a marker. Some may have been deleted since.
    pub partitions: Vec<TopicPartition>,
    /// The groups with offsets in the transaction.
    pub groups: Vec<String>,
}

/// A transactional id in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTransaction {
    /// The transactional id.
    pub transactional_id: String,
    /// Its producer id.
    pub producer_id: i64,
    /// Its state.
    pub state: TransactionState,
    /// When its transaction began, if one is going on.
    pub started: Option<Millis>,
}

/// A transactional id with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedTransaction {
    /// The transactional id.
    pub transactional_id: String,
    /// Its producer.
    pub producer: Producer,
    /// Its state.
    pub state: TransactionState,
    /// How long a transaction may last, in milliseconds.
    pub timeout_ms: i32,
    /// When its transaction began, if one is going on.
    pub started: Option<Millis>,
    /// The partitions in its transaction.
    pub partitions: Vec<TopicPartition>,
    /// The groups in its transaction.
    pub groups: Vec<String>,
}
