//! The transaction coordinator: producer ids, epochs that fence, and transactions that end in one outcome.
//!
//! The protocol of KIP-98 with the epoch bumps of KIP-360, as Kafka does it for clients without transactions version 2. It does no I/O: it is
//! told the time, gets requests and answers them. The outcome of a transaction goes to a [`Journal`] first; then an
//! [`Ending`] comes out, for which the server writes the markers, and which comes out again after a restart until [`TransactionCoordinator::ended`].
//!
//! Give it the journal's entries with [`TransactionCoordinator::replay`], then [`TransactionCoordinator::start`] it, take [`TransactionCoordinator::endings`] after every call
//! that can end a transaction (also after `start`, `init` and `tick`), and call [`TransactionCoordinator::tick`] whenever
//! [`TransactionCoordinator::next_deadline`] has come.
//!
//! Errors are those of the newest versions: for InitProducerId before version 4, and AddPartitionsToTxn, AddOffsetsToTxn and EndTxn before version 2, the caller
//! says `INVALID_PRODUCER_EPOCH` instead of `PRODUCER_FENCED`.

use kafka_protocol::ResponseError;

use super::journal::{Damaged, Journal, Millis};
use super::partition::TopicPartition;

mod config;
mod messages;
mod state;

pub use config::TransactionConfig;
pub use messages::{DescribedTransaction, Ending, InitRequest, ListedTransaction, Producer};
pub use state::TransactionState;

/// All transactional ids of the cluster.
pub struct TransactionCoordinator {
    config: TransactionConfig,
    journal: Box<dyn Journal>,
}

impl TransactionCoordinator {
    /// A coordinator without transactional ids.
    pub fn new(config: TransactionConfig, journal: Box<dyn Journal>) -> TransactionCoordinator {
        TransactionCoordinator { config, journal }
    }

    /// Takes an entry that the journal kept.
    ///
    /// # Errors
    /// An entry that cannot be read; it has changed nothing.
    pub fn replay(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), Damaged> {
        todo!()
    }

    /// Ends the replay: transactions whose outcome was decided come out as [`Ending`] again.
    pub fn start(&mut self, now: Millis) {
        todo!()
    }

    /// When [`TransactionCoordinator::tick`] is next needed; ask again after every call.
    pub fn next_deadline(&self) -> Option<Millis> {
        todo!()
    }

    /// Does what is due: transactions time out, ids expire.
    pub fn tick(&mut self, now: Millis) {
        todo!()
    }

    /// Takes the transactions that are to be ended now; see [`Ending`].
    pub fn endings(&mut self) -> Vec<Ending> {
        todo!()
    }

    /// The markers of a transaction are written and its groups told.
    ///
    /// # Errors
    /// Where the journal cannot keep it; then it is to be tried again.
    pub fn ended(&mut self, now: Millis, ending: &Ending) -> std::io::Result<()> {
        todo!()
    }

    /// InitProducerId. While a transaction of the same id goes on, it is aborted, its producer fenced, and the answer is
    /// `CONCURRENT_TRANSACTIONS` until that is done.
    ///
    /// # Errors
    /// Kafka's error code for the answer.
    pub fn init(&mut self, now: Millis, request: &InitRequest) -> Result<Producer, ResponseError> {
        todo!()
    }

    /// AddPartitionsToTxn. Whether the partitions exist is the caller's to check; then none is added
    /// (`OPERATION_NOT_ATTEMPTED` for those that do).
    ///
    /// # Errors
    /// Kafka's error code for all partitions of the answer.
    pub fn add_partitions(
        &mut self,
        now: Millis,
        transactional_id: &str,
        producer: Producer,
        partitions: &[TopicPartition],
    ) -> Result<(), ResponseError> {
        todo!()
    }

    /// AddOffsetsToTxn.
    ///
    /// # Errors
    /// Kafka's error code for the answer.
    pub fn add_offsets(
        &mut self,
        now: Millis,
        transactional_id: &str,
        producer: Producer,
        group: &str,
    ) -> Result<(), ResponseError> {
        todo!()
    }

    /// EndTxn. With `Ok` the outcome is kept; the server best answers when it has also seen to the [`Ending`], so
    /// that the producer's next transaction need not wait.
    ///
    /// # Errors
    /// Kafka's error code for the answer.
    pub fn end(
        &mut self,
        now: Millis,
        transactional_id: &str,
        producer: Producer,
        commit: bool,
    ) -> Result<(), ResponseError> {
        todo!()
    }

    /// Whether a producer may write to a partition: it must be in its ongoing transaction.
    ///
    /// # Errors
    /// `INVALID_TXN_STATE`, `INVALID_PRODUCER_ID_MAPPING`, `INVALID_PRODUCER_EPOCH`, `CONCURRENT_TRANSACTIONS` (which a produce
    /// answer gives as `NOT_ENOUGH_REPLICAS`, so that old clients try again).
    pub fn verify_partition(
        &self,
        transactional_id: &str,
        producer: Producer,
        partition: &TopicPartition,
    ) -> Result<(), ResponseError> {
        todo!()
    }

    /// Whether a producer may commit offsets of a group: the group must be in its ongoing transaction.
    ///
    /// # Errors
    /// As [`TransactionCoordinator::verify_partition`].
    pub fn verify_group(
        &self,
        transactional_id: &str,
        producer: Producer,
        group: &str,
    ) -> Result<(), ResponseError> {
        todo!()
    }

    /// ListTransactions: all transactional ids by name.
    pub fn list(&self) -> Vec<ListedTransaction> {
        todo!()
    }

    /// DescribeTransactions, one transactional id; `None` if it is not known (`TRANSACTIONAL_ID_NOT_FOUND`).
    pub fn describe(&self, transactional_id: &str) -> Option<DescribedTransaction> {
        todo!()
    }
}
