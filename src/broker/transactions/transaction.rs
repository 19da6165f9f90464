//! One transactional id: its producer, and the transaction that it has or had.

use std::collections::BTreeSet;

use kafka_protocol::ResponseError;

use super::config::TransactionConfig;
use super::messages::{DescribedTransaction, Ending, ListedTransaction, Producer};
use super::state::TransactionState;
use crate::broker::journal::Millis;
use crate::broker::partition::TopicPartition;

/// The epoch of a producer id that no producer has had yet, and of a previous epoch that is not known.
pub(super) const NO_EPOCH: i16 = -1;

/// Everything that is known of a transactional id. A change is made on a copy, which takes its place once the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Transaction {
    pub(super) producer: Producer,
    /// The producer id before this one, whose epochs are used up.
    pub(super) previous_id: Option<i64>,
    /// The epoch before the last bump that the producer asked for itself, so that it can ask again.
    pub(super) last_epoch: i16,
    pub(super) timeout_ms: i32,
    pub(super) state: TransactionState,
    pub(super) partitions: BTreeSet<TopicPartition>,
    pub(super) groups: BTreeSet<String>,
    pub(super) started: Option<Millis>,
    pub(super) updated: Millis,
}

impl Transaction {
    /// A transactional id that no producer has had yet.
    pub(super) fn new(producer_id: i64, timeout_ms: i32, now: Millis) -> Transaction {
        Transaction {
            producer: Producer { id: producer_id, epoch: NO_EPOCH },
            previous_id: None,
            last_epoch: NO_EPOCH,
            timeout_ms,
            state: TransactionState::Empty,
            partitions: BTreeSet::new(),
            groups: BTreeSet::new(),
            started: None,
            updated: now,
        }
    }

    /// Refuses whoever is not the producer that has this transactional id now.
    pub(super) fn check(&self, producer: Producer) -> Result<(), ResponseError> {
        if self.producer.id != producer.id {
            return Err(ResponseError::InvalidProducerIdMapping);
        }
        if self.producer.epoch != producer.epoch {
            return Err(ResponseError::ProducerFenced);
        }
        Ok(())
    }

    /// Whether an outcome is decided and its markers are being written.
    pub(super) fn is_ending(&self) -> bool {
        matches!(self.state, TransactionState::PrepareCommit | TransactionState::PrepareAbort)
    }

    /// The same with more partitions and groups in its transaction, which begins if none goes on.
    pub(super) fn with(
        &self,
        partitions: impl IntoIterator<Item = TopicPartition>,
        groups: impl IntoIterator<Item = String>,
        now: Millis,
    ) -> Transaction {
        let mut next = self.clone();
        next.partitions.extend(partitions);
        next.groups.extend(groups);
        next.started = self.started.or(Some(now));
        next.state = TransactionState::Ongoing;
        next.updated = now;
        next
    }

    /// The same with its outcome decided.
    pub(super) fn prepared(&self, commit: bool, now: Millis) -> Transaction {
        let state = if commit { TransactionState::PrepareCommit } else { TransactionState::PrepareAbort };
        Transaction { state, updated: now, ..self.clone() }
    }

    /// The same with its transaction to be aborted under a new epoch, which fences the producer.
    pub(super) fn fenced(&self, now: Millis) -> Transaction {
        let mut next = self.prepared(false, now);
        // Never at the largest epoch: the last bump that a producer gets is to the one before.
        next.producer.epoch = self.producer.epoch.saturating_add(1);
        next.last_epoch = NO_EPOCH;
        next
    }

    /// The same with its transaction done.
    pub(super) fn completed(&self, now: Millis) -> Transaction {
        let state = match self.state {
            TransactionState::PrepareCommit => TransactionState::CompleteCommit,
            _ => TransactionState::CompleteAbort,
        };
        self.idle(state, now)
    }

    /// The same without a transaction.
    pub(super) fn idle(&self, state: TransactionState, now: Millis) -> Transaction {
        Transaction {
            state,
            partitions: BTreeSet::new(),
            groups: BTreeSet::new(),
            started: None,
            updated: now,
            ..self.clone()
        }
    }

    /// When something is due: an ongoing transaction times out, an idle id is forgotten.
    pub(super) fn deadline(&self, config: &TransactionConfig) -> Option<Millis> {
        match self.state {
            TransactionState::Ongoing => {
                self.started.map(|started| started.saturating_add(self.timeout_ms.into()))
            }
            TransactionState::PrepareCommit | TransactionState::PrepareAbort => None,
            _ => Some(self.updated.saturating_add(config.id_expiration_ms)),
        }
    }

    pub(super) fn ending(&self, transactional_id: &str) -> Option<Ending> {
        if !self.is_ending() {
            return None;
        }
        Some(Ending {
            transactional_id: transactional_id.to_owned(),
            producer: self.producer,
            commit: self.state == TransactionState::PrepareCommit,
            partitions: self.partitions.iter().cloned().collect(),
            groups: self.groups.iter().cloned().collect(),
        })
    }

    pub(super) fn listed(&self, transactional_id: &str) -> ListedTransaction {
        ListedTransaction {
            transactional_id: transactional_id.to_owned(),
            producer_id: self.producer.id,
            state: self.state,
            started: self.started,
        }
    }

    pub(super) fn described(&self, transactional_id: &str) -> DescribedTransaction {
        DescribedTransaction {
            transactional_id: transactional_id.to_owned(),
            producer: self.producer,
            state: self.state,
            timeout_ms: self.timeout_ms,
            started: self.started,
            partitions: self.partitions.iter().cloned().collect(),
            groups: self.groups.iter().cloned().collect(),
        }
    }
}
