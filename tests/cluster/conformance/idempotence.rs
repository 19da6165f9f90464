//! What an idempotent producer sends again is written once, and what does not follow is refused.

use kafka_protocol::messages::{InitProducerIdRequest, ProducerId};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::admin::{PATIENCE, eventually};
use super::batch::{Batch, Record};
use super::codes::{
    COORDINATOR_LOAD_IN_PROGRESS, INVALID_PRODUCER_EPOCH, NONE, OUT_OF_ORDER_SEQUENCE_NUMBER,
};
use super::raw::Raw;
use super::target::Target;

cases! {
    raw:
        every_producer_gets_an_id_of_its_own,
        a_batch_that_is_sent_again_is_written_once,
        each_of_the_last_five_batches_may_be_sent_again,
        a_gap_in_the_sequence_is_refused,
        an_old_epoch_is_refused,
        a_new_epoch_begins_at_sequence_zero,
        a_producer_that_a_partition_does_not_know_may_begin_anywhere,
        sequences_go_on_at_zero_after_the_largest_number;
    librdkafka:
        an_idempotent_producer_writes_everything_once_and_in_order;
}

/// A producer id and epoch without a transactional id.
pub fn new_producer(raw: &mut Raw) -> (i64, i16) {
    let request = InitProducerIdRequest::default()
        .with_transactional_id(None)
        .with_transaction_timeout_ms(60_000)
        .with_producer_id(ProducerId(-1))
        .with_producer_epoch(-1);
    eventually("a producer id", || {
        let response = raw.call(4, &request);
        assert!([NONE, COORDINATOR_LOAD_IN_PROGRESS].contains(&response.error_code));
        (response.error_code == NONE).then_some((response.producer_id.0, response.producer_epoch))
    })
}

/// A batch of so many records.
fn batch(producer: (i64, i16), sequence: i32, records: i64) -> Batch {
    let records = (0..records).map(|n| Record::new("k", &n.to_string(), 1_000)).collect();
    Batch::of(records).sequence(producer, sequence)
}

fn every_producer_gets_an_id_of_its_own(target: &Target) {
    let mut raw = target.raw();
    let (first, second) = (new_producer(&mut raw), new_producer(&mut raw));
    assert!(first.0 >= 0 && first.0 != second.0, "{first:?} {second:?}");
    assert_eq!((first.1, second.1), (0, 0));
}

fn a_batch_that_is_sent_again_is_written_once(target: &Target) {
    let topic = target.topic("again", 1, &[]);
    let mut raw = target.raw();
    let producer = new_producer(&mut raw);
    assert_eq!(raw.write(&topic, None, &batch(producer, 0, 3)), (NONE, 0));
    assert_eq!(raw.write(&topic, None, &batch(producer, 3, 2)), (NONE, 3));
    let again = raw.produce(&topic, 0, batch(producer, 3, 2).bytes());
    assert_eq!((again.error_code, again.base_offset), (NONE, 3));
    assert_eq!(raw.watermarks(&topic), (0, 5));
}

fn each_of_the_last_five_batches_may_be_sent_again(target: &Target) {
    let topic = target.topic("five", 1, &[]);
    let mut raw = target.raw();
    let producer = new_producer(&mut raw);
    for n in 0..7 {
        assert_eq!(raw.write(&topic, None, &batch(producer, n, 1)), (NONE, i64::from(n)));
    }
    for n in 2..7 {
        assert_eq!(raw.write(&topic, None, &batch(producer, n, 1)), (NONE, i64::from(n)));
    }
    assert_eq!(raw.write(&topic, None, &batch(producer, 1, 1)), (OUT_OF_ORDER_SEQUENCE_NUMBER, -1));
    assert_eq!(raw.watermarks(&topic), (0, 7));
}

fn a_gap_in_the_sequence_is_refused(target: &Target) {
    let topic = target.topic("gap", 1, &[]);
    let mut raw = target.raw();
    let producer = new_producer(&mut raw);
    assert_eq!(raw.write(&topic, None, &batch(producer, 0, 3)), (NONE, 0));
    assert_eq!(raw.write(&topic, None, &batch(producer, 4, 1)), (OUT_OF_ORDER_SEQUENCE_NUMBER, -1));
    assert_eq!(raw.write(&topic, None, &batch(producer, 2, 1)), (OUT_OF_ORDER_SEQUENCE_NUMBER, -1));
    assert_eq!(raw.write(&topic, None, &batch(producer, 3, 1)), (NONE, 3));
}

fn an_old_epoch_is_refused(target: &Target) {
    let topic = target.topic("epoch", 1, &[]);
    let mut raw = target.raw();
    let (id, epoch) = new_producer(&mut raw);
    assert_eq!(raw.write(&topic, None, &batch((id, epoch + 1), 0, 1)), (NONE, 0));
    assert_eq!(raw.write(&topic, None, &batch((id, epoch), 0, 1)), (INVALID_PRODUCER_EPOCH, -1));
}

fn a_new_epoch_begins_at_sequence_zero(target: &Target) {
    let topic = target.topic("epoch", 1, &[]);
    let mut raw = target.raw();
    let (id, epoch) = new_producer(&mut raw);
    assert_eq!(raw.write(&topic, None, &batch((id, epoch), 0, 2)), (NONE, 0));
    let next = (id, epoch + 1);
    assert_eq!(raw.write(&topic, None, &batch(next, 2, 1)), (OUT_OF_ORDER_SEQUENCE_NUMBER, -1));
    assert_eq!(raw.write(&topic, None, &batch(next, 0, 1)), (NONE, 2));
}

fn a_producer_that_a_partition_does_not_know_may_begin_anywhere(target: &Target) {
    let topic = target.topic("anywhere", 1, &[]);
    let mut raw = target.raw();
    let producer = new_producer(&mut raw);
    assert_eq!(raw.write(&topic, None, &batch(producer, 7, 1)), (NONE, 0));
    assert_eq!(raw.write(&topic, None, &batch(producer, 8, 1)), (NONE, 1));
}

fn sequences_go_on_at_zero_after_the_largest_number(target: &Target) {
    let topic = target.topic("wrap", 1, &[]);
    let mut raw = target.raw();
    let producer = new_producer(&mut raw);
    assert_eq!(raw.write(&topic, None, &batch(producer, i32::MAX - 1, 1)), (NONE, 0));
    assert_eq!(raw.write(&topic, None, &batch(producer, i32::MAX, 3)), (NONE, 1));
    assert_eq!(raw.write(&topic, None, &batch(producer, i32::MAX, 3)), (NONE, 1));
    assert_eq!(raw.write(&topic, None, &batch(producer, 2, 1)), (NONE, 4));
}

fn an_idempotent_producer_writes_everything_once_and_in_order(target: &Target) {
    let topic = target.topic("idempotent", 1, &[]);
    let mut config = target.client_config();
    config.set("enable.idempotence", "true").set("batch.num.messages", "7").set("linger.ms", "1");
    let producer: BaseProducer = config.create().unwrap();
    for n in 0..5_000 {
        producer.send(BaseRecord::<(), _>::to(&topic).payload(&n.to_string())).unwrap();
    }
    producer.flush(PATIENCE).unwrap();
    let read: Vec<String> =
        target.raw().read(&topic).iter().map(|(_, record)| record.text().to_string()).collect();
    assert_eq!(read, (0..5_000).map(|n: i32| n.to_string()).collect::<Vec<_>>());
}
