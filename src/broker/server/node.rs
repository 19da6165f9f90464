//! The one node of the cluster: what all connections share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

use super::clock::{Alarm, Clock};
use super::journal_log::{Forgetful, JournalLog};
use super::memory::Memory;
use crate::broker::config::BrokerConfig;
use crate::broker::error::BrokerError;
use crate::broker::groups::GroupCoordinator;
use crate::broker::journal::{Journal, Millis};
use crate::broker::lock::{lock, wait};
use crate::broker::log::{AppendError, Durability, Marker, PartitionLog};
use crate::broker::partition::TopicPartition;
use crate::broker::topics::Topics;
use crate::broker::topics::partition::Partition;
use crate::broker::transactions::{Ending, Producer, TransactionCoordinator};

/// The node's id. There is only one.
pub const NODE_ID: i32 = 1;

/// Where clients find it.
pub const HOST: &str = "127.0.0.1";

/// How long a transaction rests that could not be ended.
const RETRY_MS: Millis = 1_000;

/// What all connections share.
pub struct Node {
    /// What the broker was told at its start.
    pub config: BrokerConfig,
    /// The port that it listens on.
    pub port: u16,
    /// All topics.
    pub topics: Topics,
    /// Tells the time.
    pub clock: Clock,
    /// When groups or transactions need to be looked at.
    pub alarm: Alarm,
    groups: Mutex<GroupCoordinator>,
    transactions: Mutex<TransactionCoordinator>,
    /// Transactions that were decided and could not be ended yet.
    unfinished: Mutex<Vec<Ending>>,
    journals: Vec<JournalLog>,
    /// The broker ends, so housekeeping shall.
    ending: AtomicBool,
    /// Held by passes of housekeeping while they work on the folder.
    passes: RwLock<()>,
    /// Memory for requests while they are read and answered.
    pub requests_memory: Memory,
    /// Memory for the answers to fetches.
    pub fetches_memory: Memory,
}

impl Node {
    /// Opens the storage and reads what the coordinators remember.
    ///
    /// # Errors
    /// The storage cannot be used.
    pub fn open(config: BrokerConfig, port: u16) -> Result<Self, BrokerError> {
        let clock = Clock::default();
        let topics = Topics::open(&config, clock.now())?;
        let mut journals = Vec::new();
        let mut journal = |name: &str| -> Result<(Option<JournalLog>, Box<dyn Journal>), BrokerError> {
            let Some(path) = topics.own_folder(name) else { return Ok((None, Box::new(Forgetful))) };
            let log = JournalLog::open(path, config.durability, &config.log)?;
            journals.push(log.clone());
            Ok((Some(log.clone()), Box::new(log)))
        };
        let (kept, writer) = journal("__consumer_offsets")?;
        let mut groups = GroupCoordinator::new(config.groups.clone(), writer);
        if let Some(kept) = kept {
            kept.replay(|key, value| groups.replay(key, value))?;
        }
        groups.start(clock.steady());
        let (kept, writer) = journal("__transaction_state")?;
        let mut transactions = TransactionCoordinator::new(config.transactions.clone(), writer);
        if let Some(kept) = kept {
            kept.replay(|key, value| transactions.replay(key, value))?;
        }
        transactions.start(clock.steady());
        let node = Self {
            port,
            topics,
            clock,
            alarm: Alarm::default(),
            groups: Mutex::new(groups),
            transactions: Mutex::new(transactions),
            unfinished: Mutex::default(),
            journals,
            ending: AtomicBool::new(false),
            passes: RwLock::default(),
            requests_memory: Memory::of(config.limits.requests_in_flight_bytes),
            fetches_memory: Memory::of(config.limits.fetches_in_flight_bytes),
            config,
        };
        node.finish_transactions();
        Ok(node)
    }

    /// Now, as the machine's clock says.
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Now, as the coordinators count it: time that passes also while the machine's clock is set back.
    pub fn steady(&self) -> Millis {
        self.clock.steady()
    }

    /// Does something with the groups.
    pub fn with_groups<T>(&self, work: impl FnOnce(&mut GroupCoordinator) -> T) -> T {
        let mut groups = lock(&self.groups);
        let done = work(&mut groups);
        self.alarm.set(groups.next_deadline());
        done
    }

    /// Does something with the transactions. May be called while a partition's log or nothing is held, and may itself use
    /// the groups: that is the order of the locks.
    pub fn with_transactions<T>(&self, work: impl FnOnce(&mut TransactionCoordinator) -> T) -> T {
        let mut transactions = lock(&self.transactions);
        let done = work(&mut transactions);
        self.alarm.set(transactions.next_deadline());
        done
    }

    /// Does what writes or reads logs. Where every append waits for the disk, others go on meanwhile.
    pub fn on_disk<T>(&self, work: impl FnOnce() -> T) -> T {
        match self.config.durability {
            Durability::Always => wait(work),
            Durability::System => work(),
        }
    }

    /// Tells the coordinators the time, and gives the time at which they want to hear of it again.
    pub fn tick(&self) -> Option<Millis> {
        let now = self.steady();
        lock(&self.groups).tick(now);
        lock(&self.transactions).tick(now);
        self.try_to_finish_transactions();
        let groups = lock(&self.groups).next_deadline();
        let transactions = lock(&self.transactions).next_deadline();
        groups.into_iter().chain(transactions).chain(self.finishes_again_at()).min()
    }

    /// Writes the markers of transactions that were decided and tells their groups.
    pub fn finish_transactions(&self) {
        self.try_to_finish_transactions();
        self.alarm.set(self.finishes_again_at());
    }

    /// When transactions that could not be ended are tried again.
    fn finishes_again_at(&self) -> Option<Millis> {
        let any = !lock(&self.unfinished).is_empty();
        any.then(|| self.steady() + RETRY_MS)
    }

    fn try_to_finish_transactions(&self) {
        let mut endings = std::mem::take(&mut *lock(&self.unfinished));
        loop {
            endings.extend(lock(&self.transactions).endings());
            if endings.is_empty() {
                return;
            }
            for mut ending in endings.drain(..) {
                if let Err(reason) = self.finish(&mut ending) {
                    let id = &ending.transactional_id;
                    self.config.log.line(&format!("the transaction of {id} will be ended later: {reason}"));
                    lock(&self.unfinished).push(ending);
                }
            }
        }
    }

    /// Does what is left to do of an ending. Partitions that have their marker are taken off it, so that they get no other.
    fn finish(&self, ending: &mut Ending) -> Result<(), String> {
        let mut failed = Ok(());
        for partition in std::mem::take(&mut ending.partitions) {
            if let Err(reason) = self.mark(&partition, ending) {
                ending.partitions.push(partition);
                failed = Err(reason);
            }
        }
        failed?;
        let told = lock(&self.groups).end_transaction(ending.producer.id, &ending.groups, ending.commit);
        told.map_err(|error| error.to_string())?;
        lock(&self.transactions).ended(self.steady(), ending).map_err(|error| error.to_string())
    }

    /// Writes a marker to one partition, when that is still there.
    fn mark(&self, partition: &TopicPartition, ending: &Ending) -> Result<(), String> {
        let Some(topic) = self.topics.named(&partition.topic) else { return Ok(()) };
        let Some(found) = topic.partition(partition.partition) else { return Ok(()) };
        let marker = if ending.commit { Marker::Commit } else { Marker::Abort };
        let Producer { id, epoch } = ending.producer;
        let (coordinator, now) = (self.topics.starts, self.now());
        let written =
            found.with_log(|log| log.append_marker(id, epoch, marker, coordinator, topic.leader_epoch, now));
        found.wake();
        match written {
            // A newer epoch has written already: its own marker ended this transaction.
            None | Some(Ok(_) | Err(AppendError::InvalidProducerEpoch { .. })) => Ok(()),
            Some(Err(error)) => Err(format!("{}-{}: {error}", partition.topic, partition.partition)),
        }
    }

    /// Deletes old records and forgets producers that are silent for too long.
    pub fn apply_retention(&self) {
        self.keep_house(|partition| {
            partition.with_log(|log| log.apply_retention(self.now())).transpose().map(drop)
        });
    }

    /// Closes the files of logs that are idle, and compacts where it pays.
    pub fn compact(&self) {
        self.keep_house(|partition| {
            partition.with_log(PartitionLog::close_idle);
            partition.compact(self.now())
        });
        let _pass = self.passes.read().unwrap_or_else(PoisonError::into_inner);
        for journal in self.journals.iter().take_while(|_| !self.is_ending()) {
            if let Err(error) = journal.compact(self.now()) {
                self.config.log.line(&format!("housekeeping of the coordinators' logs: {error}"));
            }
        }
    }

    /// Works on one partition after the other, until the broker ends.
    pub(super) fn keep_house(&self, work: impl Fn(&Partition) -> std::io::Result<()>) {
        let _pass = self.passes.read().unwrap_or_else(PoisonError::into_inner);
        for topic in self.topics.all() {
            for partition in &topic.partitions {
                if self.is_ending() {
                    return;
                }
                if let Err(error) = work(partition) {
                    self.config
                        .log
                        .line(&format!("housekeeping of {}-{}: {error}", topic.name, partition.number));
                }
            }
        }
    }

    /// Has housekeeping end after the step that it is at.
    pub fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    /// Writes everything to disk, closes it, and gives the folder back, also where a request that came late still knows of it.
    pub fn close(&self) {
        self.end();
        let _no_pass = self.passes.write().unwrap_or_else(PoisonError::into_inner);
        self.topics.close();
        for journal in &self.journals {
            if let Err(error) = journal.close() {
                self.config.log.line(&format!("the coordinators' logs were not written: {error}"));
            }
        }
        self.topics.release();
    }
}

#[cfg(test)]
#[cfg(unix)]
#[path = "node_tests.rs"]
mod tests;
