//! InitProducerId: a producer gets its id and epoch, and whoever had them before is fenced.

use kafka_protocol::ResponseError;

use super::TransactionCoordinator;
use super::messages::{InitRequest, Producer};
use super::state::TransactionState;
use super::transaction::{NO_EPOCH, Transaction};
use crate::broker::journal::Millis;

/// From this epoch on, a producer gets a new id instead of a newer epoch; one more is left to fence it.
const EXHAUSTED: i16 = i16::MAX - 1;

/// What becomes of a transactional id without a transaction.
enum Next {
    /// Stays as it is: the producer asks again for what it was given.
    Same,
    /// Has this epoch.
    Bumped(Transaction),
    /// Needs a new producer id, as the epochs of this one are used up.
    NewId,
}

impl TransactionCoordinator {
    pub(super) fn init_producer(
        &mut self,
        now: Millis,
        request: &InitRequest,
    ) -> Result<Producer, ResponseError> {
        let Some(id) = &request.transactional_id else {
            return Ok(Producer { id: self.new_producer_id()?, epoch: 0 });
        };
        if id.is_empty() {
            return Err(ResponseError::InvalidRequest);
        }
        if request.timeout_ms <= 0 || request.timeout_ms > self.config.max_timeout_ms {
            return Err(ResponseError::InvalidTransactionTimeout);
        }
        let current = match self.transactions.get(id) {
            Some(transaction) => transaction.clone(),
            None => Transaction::new(self.new_producer_id()?, request.timeout_ms, now),
        };
        if request.known.is_some_and(|known| !may_go_on(&current, known)) {
            return Err(ResponseError::ProducerFenced);
        }
        if current.is_ending() {
            return Err(ResponseError::ConcurrentTransactions);
        }
        if current.state == TransactionState::Ongoing {
            // The new epoch is given to nobody: it only fences, and the producer gets the one after when the abort is done.
            self.prepare(id, current.fenced(now))?;
            return Err(ResponseError::ConcurrentTransactions);
        }
        match next(&current, request, now)? {
            Next::Same => Ok(current.producer),
            Next::Bumped(next) => self.keep(id, next),
            Next::NewId => {
                let new_id = self.new_producer_id()?;
                self.keep(id, rotated(&current, new_id, request, now))
            }
        }
    }

    fn keep(&mut self, id: &str, next: Transaction) -> Result<Producer, ResponseError> {
        let producer = next.producer;
        self.store(id, next)?;
        Ok(producer)
    }
}

/// Whether a producer with this id may ask for the next epoch: it has the transactional id, or had it until its epochs were used up
/// and has not heard of its new id.
fn may_go_on(current: &Transaction, known: Producer) -> bool {
    current.producer.epoch == NO_EPOCH
        || current.producer.id == known.id
        || (current.previous_id == Some(known.id) && known.epoch >= EXHAUSTED)
}

fn next(current: &Transaction, request: &InitRequest, now: Millis) -> Result<Next, ResponseError> {
    let epoch = current.producer.epoch;
    let last_epoch = match request.known {
        None => NO_EPOCH,
        Some(_) if epoch == NO_EPOCH => NO_EPOCH,
        Some(known) if known.epoch == epoch => epoch,
        Some(known) if known.epoch == current.last_epoch => return Ok(Next::Same),
        Some(_) => return Err(ResponseError::ProducerFenced),
    };
    if epoch >= EXHAUSTED {
        return Ok(Next::NewId);
    }
    let mut next = current.idle(TransactionState::Empty, now);
    next.producer.epoch = epoch + 1;
    next.last_epoch = last_epoch;
    next.timeout_ms = request.timeout_ms;
    Ok(Next::Bumped(next))
}

fn rotated(current: &Transaction, new_id: i64, request: &InitRequest, now: Millis) -> Transaction {
    let mut next = current.idle(TransactionState::Empty, now);
    next.previous_id = Some(current.producer.id);
    next.last_epoch = if request.known.is_some() { current.producer.epoch } else { NO_EPOCH };
    next.producer = Producer { id: new_id, epoch: 0 };
    next.timeout_ms = request.timeout_ms;
    next
}
