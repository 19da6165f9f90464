//! Stories of producers and their transactions.

use kafka_protocol::ResponseError;

use super::*;
use crate::broker::journal::kept::Kept;

const TIMEOUT: i32 = 60_000;

struct Cluster {
    coordinator: TransactionCoordinator,
    journal: Kept,
}

impl Cluster {
    fn new() -> Cluster {
        Cluster::after(&[])
    }

    fn after(entries: &[crate::broker::journal::Entry]) -> Cluster {
        let journal = Kept::new();
        let mut coordinator =
            TransactionCoordinator::new(TransactionConfig::default(), Box::new(journal.clone()));
        for entry in entries {
            coordinator.replay(&entry.key, entry.value.as_deref()).unwrap();
        }
        coordinator.start(0);
        Cluster { coordinator, journal }
    }

    fn restarted(&self) -> Cluster {
        Cluster::after(&self.journal.first(self.journal.len()))
    }

    fn init(&mut self, known: Option<Producer>) -> Result<Producer, ResponseError> {
        let request = InitRequest { transactional_id: Some("x".into()), timeout_ms: TIMEOUT, known };
        self.coordinator.init(0, &request)
    }

    fn add(&mut self, producer: Producer) -> Result<(), ResponseError> {
        self.coordinator.add_partitions(0, "x", producer, &[TopicPartition::new("t", 0)])
    }

    fn end(&mut self, producer: Producer, commit: bool) -> Result<(), ResponseError> {
        self.coordinator.end(0, "x", producer, commit)
    }

    /// Writes all markers, and says what they were.
    fn finish(&mut self) -> Vec<Ending> {
        let endings = self.coordinator.endings();
        for ending in &endings {
            self.coordinator.ended(0, ending).unwrap();
        }
        endings
    }

    /// A producer whose epoch is set to this one.
    fn with_epoch(epoch: i16) -> (Cluster, Producer) {
        let mut transaction = Transaction::new(5, TIMEOUT, 0);
        transaction.producer.epoch = epoch;
        let producer = transaction.producer;
        let kept = [Record::Transaction("x".into(), Some(transaction)), Record::ProducerIds(1_000)];
        (Cluster::after(&kept.map(|record| record.encode())), producer)
    }
}

#[test]
fn a_transaction_is_committed_and_its_end_may_be_asked_for_again() {
    let mut cluster = Cluster::new();
    let producer = cluster.init(None).unwrap();
    assert_eq!(producer.epoch, 0);
    assert_eq!(cluster.end(producer, true), Err(ResponseError::InvalidTxnState));
    cluster.add(producer).unwrap();
    cluster.coordinator.add_offsets(0, "x", producer, "g").unwrap();
    assert_eq!(cluster.end(producer, true), Ok(()));
    assert_eq!(cluster.end(producer, true), Err(ResponseError::ConcurrentTransactions));
    assert_eq!(cluster.end(producer, false), Err(ResponseError::InvalidTxnState));
    assert_eq!(cluster.add(producer), Err(ResponseError::ConcurrentTransactions));
    assert_eq!(cluster.init(None), Err(ResponseError::ConcurrentTransactions));
    let ending = cluster.finish().remove(0);
    assert!(ending.commit && ending.producer == producer);
    assert_eq!((ending.partitions.len(), ending.groups), (1, vec!["g".to_owned()]));
    assert_eq!(cluster.end(producer, true), Ok(()));
    assert_eq!(cluster.end(producer, false), Err(ResponseError::InvalidTxnState));
    assert_eq!(cluster.add(producer), Ok(()));
}

#[test]
fn a_second_producer_aborts_the_transaction_of_the_first_and_fences_it() {
    let mut cluster = Cluster::new();
    let first = cluster.init(None).unwrap();
    cluster.add(first).unwrap();
    assert_eq!(cluster.init(None), Err(ResponseError::ConcurrentTransactions));
    assert_eq!(cluster.add(first), Err(ResponseError::ProducerFenced));
    let ending = cluster.finish().remove(0);
    assert!(!ending.commit);
    assert_eq!(ending.producer, Producer { id: first.id, epoch: 1 });
    let second = cluster.init(None).unwrap();
    assert_eq!(second, Producer { id: first.id, epoch: 2 });
    assert_eq!(cluster.end(first, true), Err(ResponseError::ProducerFenced));
    assert_eq!(cluster.init(Some(first)), Err(ResponseError::ProducerFenced));
    assert_eq!(cluster.add(second), Ok(()));
}

#[test]
fn a_producer_goes_on_after_an_error_and_may_ask_again_for_its_new_epoch() {
    let mut cluster = Cluster::new();
    let first = cluster.init(None).unwrap();
    let bumped = cluster.init(Some(first)).unwrap();
    assert_eq!(bumped.epoch, 1);
    assert_eq!(cluster.init(Some(first)), Ok(bumped));
    assert_eq!(cluster.restarted().init(Some(first)), Ok(bumped));
    let other = Producer { id: first.id + 99, epoch: 1 };
    assert_eq!(cluster.init(Some(other)), Err(ResponseError::ProducerFenced));
    cluster.init(None).unwrap();
    assert_eq!(cluster.init(Some(bumped)), Err(ResponseError::ProducerFenced));
}

#[test]
fn a_transaction_that_lasts_too_long_is_aborted_and_its_producer_fenced() {
    let mut cluster = Cluster::new();
    let producer = cluster.init(None).unwrap();
    cluster.add(producer).unwrap();
    assert_eq!(cluster.coordinator.next_deadline(), Some(TIMEOUT.into()));
    cluster.coordinator.tick(Millis::from(TIMEOUT) - 1);
    assert!(cluster.coordinator.endings().is_empty());
    cluster.coordinator.tick(TIMEOUT.into());
    let ending = cluster.finish().remove(0);
    assert!(!ending.commit && ending.producer.epoch == 1);
    assert_eq!(cluster.end(producer, true), Err(ResponseError::ProducerFenced));
    assert_eq!(cluster.init(None).map(|next| next.epoch), Ok(2));
}

#[test]
fn a_producer_id_whose_epochs_are_used_up_is_replaced() {
    let (mut cluster, producer) = Cluster::with_epoch(i16::MAX - 1);
    cluster.add(producer).unwrap();
    assert_eq!(cluster.init(None), Err(ResponseError::ConcurrentTransactions));
    assert_eq!(cluster.finish().remove(0).producer.epoch, i16::MAX);
    let next = cluster.init(None).unwrap();
    assert!(next.id >= 1_000 && next.epoch == 0);
    assert_eq!(cluster.add(producer), Err(ResponseError::InvalidProducerIdMapping));
}

#[test]
fn a_producer_that_did_not_hear_of_its_new_id_may_ask_again() {
    let (mut cluster, producer) = Cluster::with_epoch(i16::MAX - 1);
    let next = cluster.init(Some(producer)).unwrap();
    assert_ne!(next.id, producer.id);
    assert_eq!(cluster.init(Some(producer)), Ok(next));
    assert_eq!(cluster.restarted().init(Some(producer)), Ok(next));
}

#[test]
fn a_wrong_call_is_refused() {
    let mut cluster = Cluster::new();
    let stranger = Producer { id: 1, epoch: 0 };
    assert_eq!(cluster.add(stranger), Err(ResponseError::InvalidProducerIdMapping));
    assert_eq!(cluster.end(stranger, true), Err(ResponseError::InvalidProducerIdMapping));
    for timeout_ms in [0, -1, 900_001] {
        let request = InitRequest { transactional_id: Some("x".into()), timeout_ms, known: None };
        assert_eq!(cluster.coordinator.init(0, &request), Err(ResponseError::InvalidTransactionTimeout));
    }
    let nameless = InitRequest { transactional_id: Some(String::new()), timeout_ms: 1, known: None };
    assert_eq!(cluster.coordinator.init(0, &nameless), Err(ResponseError::InvalidRequest));
}

#[test]
fn only_what_is_in_the_transaction_may_be_written_to() {
    let mut cluster = Cluster::new();
    let producer = cluster.init(None).unwrap();
    let inside = TopicPartition::new("t", 0);
    cluster.add(producer).unwrap();
    let verify = |cluster: &Cluster, producer, partition: &TopicPartition| {
        cluster.coordinator.verify_partition("x", producer, partition)
    };
    assert_eq!(verify(&cluster, producer, &inside), Ok(()));
    let outside = TopicPartition::new("t", 1);
    assert_eq!(verify(&cluster, producer, &outside), Err(ResponseError::InvalidTxnState));
    let old = Producer { epoch: -1, ..producer };
    assert_eq!(verify(&cluster, old, &inside), Err(ResponseError::InvalidProducerEpoch));
    let group = cluster.coordinator.verify_group("x", producer, "g");
    assert_eq!(group, Err(ResponseError::InvalidTxnState));
    cluster.end(producer, true).unwrap();
    assert_eq!(verify(&cluster, producer, &inside), Err(ResponseError::ConcurrentTransactions));
    cluster.finish();
    assert_eq!(verify(&cluster, producer, &inside), Err(ResponseError::InvalidTxnState));
}

#[test]
fn producer_ids_are_never_given_twice_also_over_restarts() {
    let idempotent = InitRequest { transactional_id: None, timeout_ms: 0, known: None };
    let mut cluster = Cluster::new();
    let mut given = std::collections::BTreeSet::new();
    for round in 0..5 {
        for _ in 0..700 {
            assert!(given.insert(cluster.coordinator.init(0, &idempotent).unwrap().id), "round {round}");
        }
        cluster = cluster.restarted_with_history();
    }
}

impl Cluster {
    /// Restarted with a journal that goes on.
    fn restarted_with_history(&self) -> Cluster {
        let mut coordinator =
            TransactionCoordinator::new(TransactionConfig::default(), Box::new(self.journal.clone()));
        for entry in self.journal.first(self.journal.len()) {
            coordinator.replay(&entry.key, entry.value.as_deref()).unwrap();
        }
        coordinator.start(0);
        Cluster { coordinator, journal: self.journal.clone() }
    }
}

#[test]
fn an_outcome_that_cannot_be_kept_is_not_decided() {
    let mut cluster = Cluster::new();
    let producer = cluster.init(None).unwrap();
    cluster.add(producer).unwrap();
    cluster.journal.fail(true);
    assert_eq!(cluster.end(producer, true), Err(ResponseError::CoordinatorNotAvailable));
    assert!(cluster.coordinator.endings().is_empty());
    cluster.journal.fail(false);
    assert_eq!(cluster.end(producer, false), Ok(()));
    assert_eq!(cluster.finish().len(), 1);
}

#[test]
fn a_transactional_id_that_is_not_used_is_forgotten() {
    let mut cluster = Cluster::new();
    cluster.init(None).unwrap();
    let due = cluster.coordinator.next_deadline().unwrap();
    cluster.coordinator.tick(due);
    assert!(cluster.coordinator.list().is_empty());
    assert!(cluster.restarted().coordinator.list().is_empty());
}

#[test]
fn a_restart_at_any_moment_ends_the_transaction_in_the_outcome_that_was_decided() {
    for commit in [true, false] {
        let mut cluster = Cluster::new();
        let producer = cluster.init(None).unwrap();
        cluster.add(producer).unwrap();
        let undecided = cluster.journal.len();
        cluster.end(producer, commit).unwrap();
        let decided = cluster.journal.len();
        cluster.finish();
        for appends in 0..=cluster.journal.len() {
            let mut restarted = Cluster::after(&cluster.journal.first(appends));
            let endings = restarted.finish();
            let outcomes: Vec<bool> = endings.iter().map(|ending| ending.commit).collect();
            let expected = if appends == decided { vec![commit] } else { vec![] };
            assert_eq!(outcomes, expected, "after {appends} appends");
            if appends == undecided {
                restarted.coordinator.tick(TIMEOUT.into());
                assert!(restarted.finish().iter().all(|ending| !ending.commit));
            }
            if appends >= decided {
                assert_eq!(restarted.end(producer, commit), Ok(()));
            }
        }
    }
}
