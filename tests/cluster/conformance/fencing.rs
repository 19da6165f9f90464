//! Who may go on with a transaction, and who may not.

use super::calls::Isolation;
use super::codes::{
    CONCURRENT_TRANSACTIONS, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, INVALID_REQUEST,
    INVALID_TRANSACTION_TIMEOUT, INVALID_TXN_STATE, NONE, OPERATION_NOT_ATTEMPTED, PRODUCER_FENCED,
    UNKNOWN_TOPIC_OR_PARTITION,
};
use super::coordinated::Transactional;
use super::target::Target;
use super::transactions::seen;
use crate::harness::unique;
use kafka_protocol::messages::add_partitions_to_txn_request::AddPartitionsToTxnTopic;
use kafka_protocol::messages::{
    AddPartitionsToTxnRequest, InitProducerIdRequest, ProducerId, TransactionalId,
};

use super::admin::PATIENCE;
use super::calls::topic_name;
use super::raw::text;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

cases! {
    raw:
        a_second_producer_of_the_same_id_gets_the_next_epoch,
        whoever_had_the_id_before_is_fenced,
        a_second_producer_aborts_what_the_first_left_open,
        a_producer_that_names_itself_gets_the_next_epoch,
        a_producer_that_names_an_old_epoch_is_fenced,
        a_transaction_that_nothing_was_added_to_cannot_be_ended,
        an_end_that_is_asked_for_again_is_answered_again_and_cannot_be_changed,
        a_partition_must_be_added_before_it_is_written_to,
        one_unknown_partition_keeps_all_from_being_added,
        another_producers_id_is_refused,
        a_time_longer_than_the_broker_allows_is_refused,
        an_empty_transactional_id_is_refused,
        a_producer_names_itself_whole_or_not_at_all,
        groups_are_added_by_the_producer_that_has_the_id;
    librdkafka:
        a_fenced_producer_is_told_that_it_is_fenced;
}

fn a_second_producer_of_the_same_id_gets_the_next_epoch(target: &Target) {
    let id = unique("tx");
    let first = Transactional::begin(target, &id);
    let second = Transactional::begin(target, &id);
    assert_eq!(first.producer.1, 0);
    assert_eq!(second.producer, (first.producer.0, 1));
}

fn whoever_had_the_id_before_is_fenced(target: &Target) {
    let (topic, id) = (target.topic("fenced", 1, &[]), unique("tx"));
    let mut first = Transactional::begin(target, &id);
    first.put(&topic, "first");
    assert_eq!(first.end(true), NONE);
    let mut second = Transactional::begin(target, &id);
    assert_eq!(first.add(&topic), PRODUCER_FENCED);
    assert_eq!(first.end(true), PRODUCER_FENCED);
    assert_eq!(first.add_group(&unique("group")), PRODUCER_FENCED);
    second.put(&topic, "second");
    assert_eq!(first.write(&topic, "too late").0, INVALID_PRODUCER_EPOCH);
    assert_eq!(second.end(true), NONE);
}

fn a_second_producer_aborts_what_the_first_left_open(target: &Target) {
    let (topic, id) = (target.topic("left", 1, &[]), unique("tx"));
    let mut first = Transactional::begin(target, &id);
    first.put(&topic, "left open");
    let mut second = Transactional::begin(target, &id);
    second.put(&topic, "after");
    assert_eq!(second.end(true), NONE);
    let mut raw = target.raw();
    super::admin::eventually("all is ended", || {
        let fetched = raw.fetch(&topic, 0, 0, Isolation::ReadCommitted);
        (fetched.last_stable_offset == 4).then_some(())
    });
    assert_eq!(raw.read_as(&topic, Isolation::ReadCommitted).1.len(), 1);
    assert_eq!(seen(&mut raw, &topic, Isolation::ReadUncommitted), ["left open", "after"]);
}

fn a_producer_that_names_itself_gets_the_next_epoch(target: &Target) {
    let mut producer = Transactional::begin(target, &unique("tx"));
    let (id, epoch) = producer.producer;
    assert_eq!(producer.init(60_000, (id, epoch)), (NONE, (id, epoch + 1)));
    // The answer was lost: the same is asked for again.
    assert_eq!(producer.init(60_000, (id, epoch)), (NONE, (id, epoch + 1)));
}

fn a_producer_that_names_an_old_epoch_is_fenced(target: &Target) {
    let id = unique("tx");
    let mut first = Transactional::begin(target, &id);
    let known = first.producer;
    Transactional::begin(target, &id);
    Transactional::begin(target, &id);
    assert_eq!(first.init(60_000, known).0, PRODUCER_FENCED);
}

fn a_transaction_that_nothing_was_added_to_cannot_be_ended(target: &Target) {
    let mut producer = Transactional::begin(target, &unique("tx"));
    assert_eq!(producer.end(true), INVALID_TXN_STATE);
    assert_eq!(producer.end(false), INVALID_TXN_STATE);
}

fn an_end_that_is_asked_for_again_is_answered_again_and_cannot_be_changed(target: &Target) {
    let topic = target.topic("ended", 1, &[]);
    let mut producer = Transactional::begin(target, &unique("tx"));
    for committed in [true, false] {
        producer.put(&topic, "v");
        assert_eq!(producer.end(committed), NONE);
        assert_eq!(producer.end(committed), NONE);
        assert_eq!(producer.end(!committed), INVALID_TXN_STATE);
    }
}

fn a_partition_must_be_added_before_it_is_written_to(target: &Target) {
    let (added, other) = (target.topic("added", 1, &[]), target.topic("other", 1, &[]));
    let mut producer = Transactional::begin(target, &unique("tx"));
    producer.put(&added, "v");
    assert_eq!(producer.write(&other, "v").0, INVALID_TXN_STATE);
    assert_eq!(target.raw().watermarks(&other), (0, 0));
    assert_eq!(producer.end(true), NONE);
}

fn one_unknown_partition_keeps_all_from_being_added(target: &Target) {
    let topic = target.topic("known", 1, &[]);
    let mut producer = Transactional::begin(target, &unique("tx"));
    let named = AddPartitionsToTxnTopic::default().with_name(topic_name(&topic)).with_partitions(vec![0, 9]);
    let request = AddPartitionsToTxnRequest::default()
        .with_v3_and_below_transactional_id(TransactionalId(text(producer.id.as_str())))
        .with_v3_and_below_producer_id(ProducerId(producer.producer.0))
        .with_v3_and_below_producer_epoch(producer.producer.1)
        .with_v3_and_below_topics(vec![named]);
    let response = producer.raw.call(3, &request);
    let mut codes: Vec<(i32, i16)> = response.results_by_topic_v3_and_below[0]
        .results_by_partition
        .iter()
        .map(|result| (result.partition_index, result.partition_error_code))
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, [(0, OPERATION_NOT_ATTEMPTED), (9, UNKNOWN_TOPIC_OR_PARTITION)]);
    assert_eq!(producer.end(true), INVALID_TXN_STATE);
}

fn another_producers_id_is_refused(target: &Target) {
    let topic = target.topic("mapping", 1, &[]);
    let mut producer = Transactional::begin(target, &unique("tx"));
    producer.producer.0 += 1_000_000;
    assert_eq!(producer.add(&topic), INVALID_PRODUCER_ID_MAPPING);
    assert_eq!(producer.end(true), INVALID_PRODUCER_ID_MAPPING);
    producer.id = unique("never-begun");
    assert_eq!(producer.add(&topic), INVALID_PRODUCER_ID_MAPPING);
}

fn a_time_longer_than_the_broker_allows_is_refused(target: &Target) {
    let mut producer = Transactional::begin(target, &unique("tx"));
    assert_eq!(producer.init(900_001, (-1, -1)).0, INVALID_TRANSACTION_TIMEOUT);
    assert_eq!(producer.init(0, (-1, -1)).0, INVALID_TRANSACTION_TIMEOUT);
}

fn an_empty_transactional_id_is_refused(target: &Target) {
    let request = InitProducerIdRequest::default()
        .with_transactional_id(Some(TransactionalId(text(""))))
        .with_transaction_timeout_ms(60_000)
        .with_producer_id(ProducerId(-1))
        .with_producer_epoch(-1);
    let code = target.raw().call(4, &request).error_code;
    assert_ne!(code, CONCURRENT_TRANSACTIONS);
    assert_eq!(code, INVALID_REQUEST);
    let topic = target.topic("empty", 1, &[]);
    let mut producer = Transactional::begin(target, &unique("tx"));
    producer.id = String::new();
    let refused = [producer.add(&topic), producer.add_group(&unique("group")), producer.end(true)];
    assert_eq!(refused, [INVALID_REQUEST; 3]);
}

fn a_producer_names_itself_whole_or_not_at_all(target: &Target) {
    let mut producer = Transactional::begin(target, &unique("tx"));
    let (id, epoch) = producer.producer;
    assert_eq!(producer.init(60_000, (id, -1)), (INVALID_REQUEST, (-1, -1)));
    assert_eq!(producer.init(60_000, (-1, epoch)), (INVALID_REQUEST, (-1, -1)));
    assert_eq!(producer.init(60_000, (id + 1_000_000, epoch)), (PRODUCER_FENCED, (-1, -1)));
    assert_eq!(producer.init(60_000, (id, epoch + 1)), (PRODUCER_FENCED, (-1, -1)));
    // Who has no transactions may say who it is as well, and a transactional id may be new to the broker.
    let mut other = Transactional::begin(target, &unique("tx"));
    other.id = unique("never-begun");
    let (code, (given, epoch)) = other.init(60_000, (id, epoch));
    assert_eq!((code, given == id, epoch), (NONE, false, 0));
}

fn groups_are_added_by_the_producer_that_has_the_id(target: &Target) {
    let (mut producer, group) = (Transactional::begin(target, &unique("tx")), unique("group"));
    let known = producer.producer;
    producer.producer = (known.0 + 1_000_000, known.1);
    assert_eq!(producer.add_group(&group), INVALID_PRODUCER_ID_MAPPING);
    producer.producer = (known.0, known.1 + 1);
    assert_eq!(producer.add_group(&group), PRODUCER_FENCED);
    producer.producer = known;
    assert_eq!(producer.add_group(""), NONE, "what it is called is only asked for when offsets come");
    assert_eq!(producer.add_group(&group), NONE);
    assert_eq!(producer.end(false), NONE);
}

fn a_fenced_producer_is_told_that_it_is_fenced(target: &Target) {
    let (topic, id) = (target.topic("fenced", 1, &[]), unique("tx"));
    let begin = || {
        let mut config = target.client_config();
        let producer: BaseProducer = config.set("transactional.id", &id).create().unwrap();
        producer.init_transactions(PATIENCE).unwrap();
        producer
    };
    let first = begin();
    first.begin_transaction().unwrap();
    first.send(BaseRecord::<(), _>::to(&topic).payload("first")).unwrap();
    first.flush(PATIENCE).unwrap();
    let second = begin();
    let refused = first.commit_transaction(PATIENCE).unwrap_err();
    let fatal = matches!(&refused, rdkafka::error::KafkaError::Transaction(error) if error.is_fatal());
    assert!(fatal, "{refused:?}");
    second.begin_transaction().unwrap();
    second.send(BaseRecord::<(), _>::to(&topic).payload("second")).unwrap();
    second.commit_transaction(PATIENCE).unwrap();
}
