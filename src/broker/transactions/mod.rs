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

use std::collections::BTreeMap;
use std::io;

use kafka_protocol::ResponseError;

use super::journal::{Damaged, Journal, Millis};
use super::partition::TopicPartition;

mod config;
mod init;
mod messages;
mod producer_ids;
mod records;
mod state;
mod transaction;

#[cfg(test)]
mod schedule_tests;
#[cfg(test)]
mod tests;

pub use config::TransactionConfig;
pub use messages::{DescribedTransaction, Ending, InitRequest, ListedTransaction, Producer};
pub use state::TransactionState;

use producer_ids::ProducerIds;
use records::Record;
use transaction::Transaction;

/// After the journal has failed, what was due is tried again in this time.
const RETRY_MS: Millis = 1_000;

/// All transactional ids of the cluster.
pub struct TransactionCoordinator {
    config: TransactionConfig,
    journal: Box<dyn Journal>,
    transactions: BTreeMap<String, Transaction>,
    producer_ids: ProducerIds,
    endings: Vec<Ending>,
    /// Nothing is due before this; what is due may be later, if a transaction ended since.
    due: Option<Millis>,
}

impl TransactionCoordinator {
    /// A coordinator without transactional ids.
    pub fn new(config: TransactionConfig, journal: Box<dyn Journal>) -> TransactionCoordinator {
        TransactionCoordinator {
            config,
            journal,
            transactions: BTreeMap::new(),
            producer_ids: ProducerIds::default(),
            endings: Vec::new(),
            due: None,
        }
    }

    /// Takes an entry that the journal kept.
    ///
    /// # Errors
    /// An entry that cannot be read; it has changed nothing.
    pub fn replay(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), Damaged> {
        match Record::decode(key, value)? {
            Record::Transaction(id, Some(transaction)) => {
                self.transactions.insert(id, transaction);
            }
            Record::Transaction(id, None) => {
                self.transactions.remove(&id);
            }
            Record::ProducerIds(reserved) => self.producer_ids.reserve(reserved),
        }
        Ok(())
    }

    /// Ends the replay: transactions whose outcome was decided come out as [`Ending`] again.
    pub fn start(&mut self, now: Millis) {
        self.endings.extend(self.transactions.iter().filter_map(|(id, transaction)| transaction.ending(id)));
        self.find_due(now);
    }

    /// When [`TransactionCoordinator::tick`] is next needed; ask again after every call.
    pub fn next_deadline(&self) -> Option<Millis> {
        self.due
    }

    /// Does what is due: transactions time out, ids expire.
    pub fn tick(&mut self, now: Millis) {
        if self.due.is_none_or(|due| now < due) {
            return;
        }
        let due: Vec<(String, Transaction)> = self
            .transactions
            .iter()
            .filter(|(_, transaction)| transaction.deadline(&self.config).is_some_and(|due| due <= now))
            .map(|(id, transaction)| (id.clone(), transaction.clone()))
            .collect();
        for (id, transaction) in due {
            let done = match transaction.state {
                TransactionState::Ongoing => self.prepare(&id, transaction.fenced(now)),
                _ => self.forget(&id),
            };
            if done.is_err() {
                break;
            }
        }
        self.find_due(now);
    }

    /// Takes the transactions that are to be ended now; see [`Ending`].
    pub fn endings(&mut self) -> Vec<Ending> {
        std::mem::take(&mut self.endings)
    }

    /// The markers of a transaction are written and its groups told.
    ///
    /// # Errors
    /// Where the journal cannot keep it; then it is to be tried again.
    pub fn ended(&mut self, now: Millis, ending: &Ending) -> io::Result<()> {
        let Some(transaction) = self.transactions.get(&ending.transactional_id) else {
            return Ok(());
        };
        if !transaction.is_ending() || transaction.producer != ending.producer {
            return Ok(());
        }
        let completed = transaction.completed(now);
        self.write(&ending.transactional_id, completed)
    }

    /// InitProducerId. While a transaction of the same id goes on, it is aborted, its producer fenced, and the answer is
    /// `CONCURRENT_TRANSACTIONS` until that is done.
    ///
    /// # Errors
    /// Kafka's error code for the answer.
    pub fn init(&mut self, now: Millis, request: &InitRequest) -> Result<Producer, ResponseError> {
        self.init_producer(now, request)
    }

    /// AddPartitionsToTxn. Whether the partitions exist is the caller's to check; if one does not, none is added
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
        let transaction = self.open(transactional_id, producer)?;
        let known = |partition| transaction.partitions.contains(partition);
        if transaction.state == TransactionState::Ongoing && partitions.iter().all(known) {
            return Ok(());
        }
        let next = transaction.with(partitions.iter().cloned(), [], now);
        self.store(transactional_id, next)
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
        let transaction = self.open(transactional_id, producer)?;
        if transaction.state == TransactionState::Ongoing && transaction.groups.contains(group) {
            return Ok(());
        }
        let next = transaction.with([], [group.to_owned()], now);
        self.store(transactional_id, next)
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
        let transaction = self.find(transactional_id)?;
        transaction.check(producer)?;
        match (transaction.state, commit) {
            (TransactionState::Ongoing, _) => {
                let next = transaction.prepared(commit, now);
                self.prepare(transactional_id, next)
            }
            (TransactionState::CompleteCommit, true) | (TransactionState::CompleteAbort, false) => Ok(()),
            (TransactionState::PrepareCommit, true) | (TransactionState::PrepareAbort, false) => {
                Err(ResponseError::ConcurrentTransactions)
            }
            _ => Err(ResponseError::InvalidTxnState),
        }
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
        self.verify(transactional_id, producer, |transaction| transaction.partitions.contains(partition))
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
        self.verify(transactional_id, producer, |transaction| transaction.groups.contains(group))
    }

    /// ListTransactions: all transactional ids by name.
    pub fn list(&self) -> Vec<ListedTransaction> {
        self.transactions.iter().map(|(id, transaction)| transaction.listed(id)).collect()
    }

    /// DescribeTransactions, one transactional id; `None` if it is not known (`TRANSACTIONAL_ID_NOT_FOUND`).
    pub fn describe(&self, transactional_id: &str) -> Option<DescribedTransaction> {
        self.transactions.get(transactional_id).map(|transaction| transaction.described(transactional_id))
    }

    fn find(&self, transactional_id: &str) -> Result<&Transaction, ResponseError> {
        if transactional_id.is_empty() {
            return Err(ResponseError::InvalidRequest);
        }
        self.transactions.get(transactional_id).ok_or(ResponseError::InvalidProducerIdMapping)
    }

    /// The transaction of a producer, if more may be added to it.
    fn open(&self, transactional_id: &str, producer: Producer) -> Result<&Transaction, ResponseError> {
        let transaction = self.find(transactional_id)?;
        transaction.check(producer)?;
        if transaction.is_ending() { Err(ResponseError::ConcurrentTransactions) } else { Ok(transaction) }
    }

    fn verify(
        &self,
        transactional_id: &str,
        producer: Producer,
        has: impl Fn(&Transaction) -> bool,
    ) -> Result<(), ResponseError> {
        let transaction = self.open(transactional_id, producer).map_err(|error| match error {
            // Producers know this code of old from produce answers.
            ResponseError::ProducerFenced => ResponseError::InvalidProducerEpoch,
            other => other,
        })?;
        if has(transaction) { Ok(()) } else { Err(ResponseError::InvalidTxnState) }
    }

    /// Keeps a decided outcome, and lets its ending out.
    fn prepare(&mut self, id: &str, next: Transaction) -> Result<(), ResponseError> {
        let ending = next.ending(id);
        self.store(id, next)?;
        self.endings.extend(ending);
        Ok(())
    }

    fn store(&mut self, id: &str, next: Transaction) -> Result<(), ResponseError> {
        self.write(id, next).map_err(|_| ResponseError::CoordinatorNotAvailable)
    }

    fn write(&mut self, id: &str, next: Transaction) -> io::Result<()> {
        let record = Record::Transaction(id.to_owned(), Some(next.clone()));
        self.journal.append(&[record.encode()])?;
        self.due = self.due.into_iter().chain(next.deadline(&self.config)).min();
        self.transactions.insert(id.to_owned(), next);
        Ok(())
    }

    fn forget(&mut self, id: &str) -> Result<(), ResponseError> {
        let entry = Record::Transaction(id.to_owned(), None).encode();
        self.journal.append(&[entry]).map_err(|_| ResponseError::CoordinatorNotAvailable)?;
        self.transactions.remove(id);
        Ok(())
    }

    fn new_producer_id(&mut self) -> Result<i64, ResponseError> {
        let taken = self.producer_ids.take(self.journal.as_mut());
        taken.map_err(|_| ResponseError::CoordinatorNotAvailable)
    }

    fn find_due(&mut self, now: Millis) {
        let deadlines =
            self.transactions.values().filter_map(|transaction| transaction.deadline(&self.config));
        // What is still due after a tick could not be kept, and need not be tried at once.
        self.due = deadlines.min().map(|due| if due <= now { now.saturating_add(RETRY_MS) } else { due });
    }
}
