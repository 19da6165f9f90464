//! Writing in transactions: all or nothing, for readers that read committed.

use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::error::{KafkaError as LibraryError, RDKafkaError, RDKafkaErrorCode as Code};
use rdkafka::producer::Producer;
use rdkafka::topic_partition_list::Offset as LibraryOffset;

use super::{OutRecord, SendQueue, producer_config};
use crate::kafka::client::{Cluster, WriteAccess};
use crate::kafka::error::{KafkaError, Result};
use crate::kafka::group::{GroupConsumer, is_rebalance};
use crate::kafka::types::{Offset, PartitionId};

/// How long a transaction's own requests (begin, commit, abort) may take with retries.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long dropping a writer may take to abort.
const ON_DROP: Duration = Duration::from_secs(2);

/// Writes records in transactions.
pub struct TransactionalWriter {
    queue: SendQueue,
    id: String,
    open: bool,
}

impl TransactionalWriter {
    /// A writer with a transactional id. It fences any older one with the same id, whose open transaction is aborted.
    pub fn open(access: WriteAccess<'_>, transactional_id: &str) -> Result<Self> {
        let queue = open_queue(access.cluster, transactional_id)?;
        let writer = Self { queue, id: transactional_id.to_string(), open: false };
        writer.initialise()?;
        Ok(writer)
    }

    fn initialise(&self) -> Result<()> {
        self.retried("opening", || self.queue.producer.init_transactions(PATIENCE))
    }

    /// Begins a transaction.
    pub fn begin(&mut self) -> Result<()> {
        self.queue.producer.begin_transaction().map_err(|error| self.explain("beginning", error))?;
        self.open = true;
        Ok(())
    }

    /// Hands a record over as part of the transaction. On an error the transaction can only be aborted.
    pub fn send(&mut self, record: OutRecord<'_>) -> Result<()> {
        self.queue.send(record).map_err(|error| self.fenced_or(error))
    }

    /// Waits until everything handed over so far is acknowledged. Records that wait may be sent as one batch, and a topic's
    /// `max.message.bytes` bounds batches: flush between records that come near it.
    pub fn flush(&mut self) -> Result<()> {
        self.queue.flush(PATIENCE).map_err(|error| self.fenced_or(error))
    }

    /// Adds a group's new positions to the transaction, so that they are committed with it or not at all. On an error the
    /// transaction can only be aborted.
    pub fn send_offsets(
        &mut self,
        consumer: &GroupConsumer,
        offsets: &[(String, PartitionId, Offset)],
    ) -> Result<()> {
        if offsets.is_empty() {
            return Ok(());
        }
        let member = consumer.metadata()?;
        let list = offset_list(offsets).map_err(|error| self.explain("adding offsets to", error))?;
        self.retried("adding offsets to", || {
            self.queue.producer.send_offsets_to_transaction(&list, &member, PATIENCE)
        })
    }

    /// Commits. On an error the transaction has been aborted, unless it says fenced.
    pub fn commit(&mut self) -> Result<()> {
        let committed = self
            .queue
            .flush(PATIENCE)
            .and_then(|()| self.retried("committing", || self.queue.producer.commit_transaction(PATIENCE)));
        match committed.map_err(|error| self.fenced_or(error)) {
            Ok(()) => {
                self.open = false;
                Ok(())
            }
            Err(fenced @ KafkaError::Fenced { .. }) => Err(fenced),
            Err(error) => match self.abort() {
                Err(fenced @ KafkaError::Fenced { .. }) => Err(fenced),
                Ok(()) | Err(_) => Err(error),
            },
        }
    }

    /// Aborts. Does nothing when no transaction is open.
    pub fn abort(&mut self) -> Result<()> {
        self.abort_within(PATIENCE)?;
        if self.queue.producer.context().has_failed() {
            // The broker refused records that librdkafka had numbered, so it would refuse the next transaction for the gap.
            // A new producer numbers from the start; that the abort went through shows that no newer writer is there.
            self.queue = open_queue(&self.queue.cluster, &self.id)?;
            self.initialise()?;
        }
        Ok(())
    }

    fn abort_within(&mut self, patience: Duration) -> Result<()> {
        if !self.open {
            return Ok(());
        }
        self.open = false;
        let aborted = self.retried("aborting", || self.queue.producer.abort_transaction(patience));
        // What failed belonged to the transaction that is gone now.
        self.queue.producer.context().take_failure();
        aborted
    }

    /// Calls again while librdkafka says that it may succeed, for as long as [`PATIENCE`].
    fn retried(
        &self,
        doing: &str,
        mut call: impl FnMut() -> std::result::Result<(), LibraryError>,
    ) -> Result<()> {
        let started = Instant::now();
        loop {
            match call() {
                Ok(()) => return Ok(()),
                Err(LibraryError::Transaction(error))
                    if error.is_retriable() && started.elapsed() < PATIENCE =>
                {
                    self.queue.find_back();
                }
                Err(error) => return Err(self.explain(doing, error)),
            }
        }
    }

    /// A fatal error of the producer shows in every later call as something else; what it was decides.
    fn fenced_or(&self, error: KafkaError) -> KafkaError {
        match self.queue.producer.client().fatal_error() {
            Some((code, _)) if is_fence(code) => KafkaError::Fenced { what: self.name() },
            _ => error,
        }
    }

    fn explain(&self, doing: &str, error: LibraryError) -> KafkaError {
        let what = format!("{doing} {}", self.name());
        let explained = match &error {
            LibraryError::Transaction(inner) if is_fence(inner.code()) => KafkaError::Fenced { what },
            LibraryError::Transaction(inner) if is_rebalance(inner.code()) => KafkaError::Rebalanced { what },
            LibraryError::Transaction(inner) => from_transaction(what, inner),
            _ => self.queue.explain(&what, error),
        };
        self.fenced_or(explained)
    }

    fn name(&self) -> String {
        format!("transaction {}", self.id)
    }
}

impl Drop for TransactionalWriter {
    /// An open transaction is aborted, so that it does not hold back readers. Where that fails nobody is left to tell: the
    /// broker aborts it when its time is over.
    fn drop(&mut self) {
        let _ = self.abort_within(ON_DROP);
    }
}

fn open_queue(cluster: &Cluster, transactional_id: &str) -> Result<SendQueue> {
    let mut config = producer_config(cluster);
    config.set("transactional.id", transactional_id);
    let says = |name| cluster.profile().properties.contains_key(name);
    // A batch gathers anyway while its partition is added to the transaction and while others are under way: waiting for
    // more would only make each transaction longer.
    if !says("linger.ms") {
        config.set("linger.ms", "0");
    }
    // What an application that died leaves open holds back readers for as long.
    if !says("transaction.timeout.ms") {
        config.set("transaction.timeout.ms", "60000");
    }
    // Without a word in the profile, a record may wait for as long as its transaction.
    if !says("message.timeout.ms") {
        config.remove("message.timeout.ms");
    }
    SendQueue::open(cluster, config)
}

fn is_fence(code: Code) -> bool {
    matches!(code, Code::ProducerFenced | Code::Fenced | Code::InvalidProducerEpoch)
}

fn from_transaction(what: String, error: &RDKafkaError) -> KafkaError {
    match error.code() {
        Code::TransactionalIdAuthorizationFailed
        | Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed => KafkaError::Unauthorised { what, why: error.string() },
        Code::OperationTimedOut => {
            KafkaError::TimedOut { what, seconds: PATIENCE.as_secs(), why: error.string() }
        }
        _ => KafkaError::Other { what, why: error.string() },
    }
}

fn offset_list(
    offsets: &[(String, PartitionId, Offset)],
) -> std::result::Result<TopicPartitionList, LibraryError> {
    let mut list = TopicPartitionList::with_capacity(offsets.len());
    for (topic, partition, offset) in offsets {
        list.add_partition_offset(topic, partition.0, LibraryOffset::Offset(offset.0))?;
    }
    Ok(list)
}
