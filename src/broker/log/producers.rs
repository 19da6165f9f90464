//! What the log knows of each idempotent producer: epoch, the last batches, an open transaction.
//!
//! Batches are checked against this before they are written and noted after; at recovery they are only noted.

use std::collections::{HashMap, VecDeque};

use super::answers::ProducerStatus;
use super::batch::BatchHeader;
use super::error::AppendError;

/// How many batches of a producer are remembered, so that a retry is answered as the first time.
const REMEMBERED: usize = 5;

/// A batch of a producer that is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) first_sequence: i32,
    pub(super) last_sequence: i32,
    pub(super) first_offset: i64,
    pub(super) last_offset: i64,
    /// The batch's largest timestamp, which is the broker's time where the topic stamps with that.
    pub(super) timestamp: i64,
}

/// What is known of one producer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Producer {
    pub(super) epoch: i16,
    pub(super) coordinator_epoch: i32,
    /// When it last wrote, by the broker's clock.
    pub(super) last_seen_ms: i64,
    pub(super) transaction_start: Option<i64>,
    pub(super) batches: VecDeque<Written>,
}

impl Producer {
    fn new(epoch: i16, now_ms: i64) -> Producer {
        Producer {
            epoch,
            coordinator_epoch: -1,
            last_seen_ms: now_ms,
            transaction_start: None,
            batches: VecDeque::with_capacity(1),
        }
    }

    fn last_sequence(&self) -> i32 {
        self.batches.back().map_or(-1, |batch| batch.last_sequence)
    }

    fn move_to_epoch(&mut self, epoch: i16) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.batches.clear();
        }
    }

    fn add(&mut self, header: &BatchHeader, now_ms: i64) {
        self.move_to_epoch(header.producer_epoch);
        if self.batches.len() == REMEMBERED {
            self.batches.pop_front();
        }
        self.batches.push_back(Written {
            first_sequence: header.base_sequence,
            last_sequence: header.last_sequence(),
            first_offset: header.base_offset,
            last_offset: header.last_offset(),
            timestamp: header.max_timestamp,
        });
        self.last_seen_ms = now_ms;
        if header.is_transactional() && self.transaction_start.is_none() {
            self.transaction_start = Some(header.base_offset);
        }
    }

    fn duplicate_of(&self, header: &BatchHeader) -> Option<Written> {
        let same = |batch: &&Written| {
            batch.first_sequence == header.base_sequence && batch.last_sequence == header.last_sequence()
        };
        self.batches.iter().find(same).copied().filter(|_| self.epoch == header.producer_epoch)
    }

    /// Whether the producer may write this batch next.
    fn check(&self, header: &BatchHeader) -> Result<(), AppendError> {
        let producer_id = header.producer_id;
        if header.producer_epoch < self.epoch {
            return Err(AppendError::InvalidProducerEpoch {
                producer_id,
                got: header.producer_epoch,
                current: self.epoch,
            });
        }
        let expected = match self.last_sequence() {
            _ if header.producer_epoch != self.epoch => 0,
            i32::MAX => 0,
            last => last + 1,
        };
        if header.base_sequence != expected {
            return Err(AppendError::OutOfOrderSequence { producer_id, got: header.base_sequence, expected });
        }
        if self.transaction_start.is_some() && !header.is_transactional() {
            return Err(AppendError::InvalidTransactionState { producer_id });
        }
        Ok(())
    }
}

/// All producers that the log knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Producers {
    known: HashMap<i64, Producer>,
}

impl Producers {
    pub(super) fn insert(&mut self, id: i64, producer: Producer) {
        self.known.insert(id, producer);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, &Producer)> {
        self.known.iter().map(|(id, producer)| (*id, producer))
    }

    pub(super) fn get(&self, id: i64) -> Option<&Producer> {
        self.known.get(&id)
    }

    /// Checks a request's batches in order. `Some` if one of them was written before.
    ///
    /// # Errors
    /// A batch does not follow on what its producer wrote last, or comes from an old producer.
    pub(super) fn check(&self, headers: &[BatchHeader]) -> Result<Option<Written>, AppendError> {
        let mut changed: HashMap<i64, Producer> = HashMap::new();
        for header in headers.iter().filter(|header| header.has_producer()) {
            let before = changed.get(&header.producer_id).or_else(|| self.known.get(&header.producer_id));
            // A producer that the log does not know, or knows no longer, may begin with any sequence number.
            if let Some(producer) = before {
                if let Some(written) = producer.duplicate_of(header) {
                    return Ok(Some(written));
                }
                producer.check(header)?;
            }
            if headers.len() > 1 {
                let mut producer = before.cloned().unwrap_or_else(|| Producer::new(header.producer_epoch, 0));
                producer.add(header, 0);
                changed.insert(header.producer_id, producer);
            }
        }
        Ok(None)
    }

    /// Notes a data batch that is in the log. Gives true if it begins a transaction.
    pub(super) fn note(&mut self, header: &BatchHeader, now_ms: i64) -> bool {
        if !header.has_producer() {
            return false;
        }
        let producer = self
            .known
            .entry(header.producer_id)
            .or_insert_with(|| Producer::new(header.producer_epoch, now_ms));
        let before = producer.transaction_start;
        producer.add(header, now_ms);
        before != producer.transaction_start
    }

    /// Whether a marker may be written.
    ///
    /// # Errors
    /// It comes from an old producer or an old coordinator.
    pub(super) fn check_marker(
        &self,
        producer_id: i64,
        producer_epoch: i16,
        coordinator_epoch: i32,
    ) -> Result<(), AppendError> {
        let Some(producer) = self.known.get(&producer_id) else { return Ok(()) };
        if producer_epoch < producer.epoch {
            return Err(AppendError::InvalidProducerEpoch {
                producer_id,
                got: producer_epoch,
                current: producer.epoch,
            });
        }
        if coordinator_epoch < producer.coordinator_epoch {
            return Err(AppendError::CoordinatorFenced {
                got: coordinator_epoch,
                current: producer.coordinator_epoch,
            });
        }
        Ok(())
    }

    /// Notes a marker that is in the log. Gives the first offset of the transaction that it ends, if one was open.
    pub(super) fn note_marker(
        &mut self,
        header: &BatchHeader,
        coordinator_epoch: i32,
        now_ms: i64,
    ) -> Option<i64> {
        let producer = self
            .known
            .entry(header.producer_id)
            .or_insert_with(|| Producer::new(header.producer_epoch, now_ms));
        producer.move_to_epoch(header.producer_epoch);
        producer.coordinator_epoch = coordinator_epoch;
        producer.last_seen_ms = now_ms;
        producer.transaction_start.take()
    }

    /// Forgets those that wrote nothing for `idle_ms` and have no transaction open.
    pub(super) fn expire(&mut self, now_ms: i64, idle_ms: i64) {
        self.known.retain(|_, producer| {
            producer.transaction_start.is_some() || now_ms.saturating_sub(producer.last_seen_ms) < idle_ms
        });
    }

    pub(super) fn statuses(&self) -> impl Iterator<Item = ProducerStatus> {
        self.iter().map(|(producer_id, producer)| ProducerStatus {
            producer_id,
            producer_epoch: producer.epoch,
            last_sequence: producer.last_sequence(),
            last_timestamp: producer.last_seen_ms,
            coordinator_epoch: producer.coordinator_epoch,
            transaction_start: producer.transaction_start,
        })
    }
}
