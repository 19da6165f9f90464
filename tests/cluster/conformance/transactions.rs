//! What transactions show to whom, and when.

use rdkafka::consumer::Consumer;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::admin::{PATIENCE, eventually, next_records, reader_with};
use super::batch::batches;
use super::calls::{Isolation, LATEST};
use super::codes::{INVALID_PRODUCER_EPOCH, NONE, PRODUCER_FENCED};
use super::coordinated::Transactional;
use super::raw::Raw;
use super::target::Target;
use crate::harness::{TestRecord, unique};

cases! {
    raw:
        an_open_transaction_is_seen_only_uncommitted,
        a_committed_transaction_is_seen_and_its_marker_takes_an_offset,
        an_aborted_transaction_is_named_to_readers_of_committed_records,
        the_earliest_open_transaction_holds_back_those_after_it,
        the_end_for_readers_of_committed_records_is_the_last_stable_offset,
        records_outside_of_transactions_wait_as_well,
        a_transaction_spans_partitions_and_topics,
        an_open_transaction_is_aborted_when_its_time_is_over,
        a_transaction_that_is_open_holds_back_no_other_partition;
    librdkafka:
        committed_records_are_read_and_aborted_ones_are_not,
        offsets_go_with_the_records_of_a_transaction;
}

/// Values that a reader with this isolation sees from the beginning.
pub fn seen(raw: &mut Raw, topic: &str, isolation: Isolation) -> Vec<String> {
    let (records, _) = raw.read_as(topic, isolation);
    records.iter().map(|(_, record)| record.text().to_string()).collect()
}

/// High watermark and last stable offset.
fn ends(raw: &mut Raw, topic: &str) -> (i64, i64) {
    let fetched = raw.fetch(topic, 0, 0, Isolation::ReadCommitted);
    (fetched.high_watermark, fetched.last_stable_offset)
}

/// Waits until the markers of all that was ended are written.
pub fn wait_until_stable(raw: &mut Raw, topic: &str) {
    eventually("no transaction is open", || {
        let (high, stable) = ends(raw, topic);
        (high == stable).then_some(())
    });
}

fn an_open_transaction_is_seen_only_uncommitted(target: &Target) {
    let topic = target.topic("open", 1, &[]);
    let mut raw = target.raw();
    let mut producer = Transactional::begin(target, &unique("tx"));
    producer.put(&topic, "open");
    assert_eq!(seen(&mut raw, &topic, Isolation::ReadUncommitted), ["open"]);
    assert!(seen(&mut raw, &topic, Isolation::ReadCommitted).is_empty());
    assert_eq!(ends(&mut raw, &topic), (1, 0));
    assert_eq!(producer.end(true), NONE);
}

fn a_committed_transaction_is_seen_and_its_marker_takes_an_offset(target: &Target) {
    let topic = target.topic("committed", 1, &[]);
    let mut raw = target.raw();
    let mut producer = Transactional::begin(target, &unique("tx"));
    assert_eq!(producer.put(&topic, "one"), 0);
    assert_eq!(producer.put(&topic, "two"), 1);
    assert_eq!(producer.end(true), NONE);
    wait_until_stable(&mut raw, &topic);
    assert_eq!(seen(&mut raw, &topic, Isolation::ReadCommitted), ["one", "two"]);
    assert_eq!(ends(&mut raw, &topic), (3, 3));

    let fetched = raw.fetch(&topic, 0, 2, Isolation::ReadCommitted);
    let marker = batches(&fetched.records.unwrap())[0].clone();
    assert!(marker.control && marker.transactional);
    assert_eq!((marker.producer_id, marker.producer_epoch), producer.producer);
    assert_eq!(marker.records[0].1.key.as_deref(), Some([0, 0, 0, 1].as_slice()), "version 0, commit");
    assert!(fetched.aborted_transactions.unwrap_or_default().is_empty());
    assert_eq!(producer.put(&topic, "three"), 3);
    assert_eq!(producer.end(true), NONE);
}

fn an_aborted_transaction_is_named_to_readers_of_committed_records(target: &Target) {
    let topic = target.topic("aborted", 1, &[]);
    let mut raw = target.raw();
    target.produce(&topic, [TestRecord::new("plain")]);
    let mut producer = Transactional::begin(target, &unique("tx"));
    assert_eq!(producer.put(&topic, "gone"), 1);
    assert_eq!(producer.end(false), NONE);
    wait_until_stable(&mut raw, &topic);

    assert_eq!(raw.read_as(&topic, Isolation::ReadCommitted).1, [(producer.producer.0, 1)]);
    let fetched = raw.fetch(&topic, 0, 2, Isolation::ReadCommitted);
    let marker = batches(&fetched.records.unwrap()).pop().unwrap();
    assert_eq!(marker.records[0].1.key.as_deref(), Some([0, 0, 0, 0].as_slice()), "version 0, abort");
    let uncommitted = raw.fetch(&topic, 0, 0, Isolation::ReadUncommitted);
    assert!(uncommitted.aborted_transactions.unwrap_or_default().is_empty());
    let after = raw.fetch(&topic, 0, 3, Isolation::ReadCommitted);
    assert!(after.aborted_transactions.unwrap_or_default().is_empty(), "none in what is fetched");
}

fn the_earliest_open_transaction_holds_back_those_after_it(target: &Target) {
    let topic = target.topic("interleaved", 1, &[]);
    let mut raw = target.raw();
    let mut early = Transactional::begin(target, &unique("tx"));
    let mut late = Transactional::begin(target, &unique("tx"));
    early.put(&topic, "early");
    late.put(&topic, "late");
    assert_eq!(late.end(true), NONE);
    eventually("the marker of the later is written", || (ends(&mut raw, &topic).0 == 3).then_some(()));
    assert_eq!(ends(&mut raw, &topic), (3, 0));
    assert!(seen(&mut raw, &topic, Isolation::ReadCommitted).is_empty());
    assert_eq!(early.end(true), NONE);
    wait_until_stable(&mut raw, &topic);
    assert_eq!(seen(&mut raw, &topic, Isolation::ReadCommitted), ["early", "late"]);
}

fn the_end_for_readers_of_committed_records_is_the_last_stable_offset(target: &Target) {
    let topic = target.topic("stable", 1, &[]);
    let mut raw = target.raw();
    target.produce(&topic, [TestRecord::new("plain").at(10)]);
    let mut producer = Transactional::begin(target, &unique("tx"));
    producer.put(&topic, "open");
    assert_eq!(raw.list_offset_of(&topic, 0, LATEST, Isolation::ReadCommitted).offset, 1);
    assert_eq!(raw.list_offset_of(&topic, 0, LATEST, Isolation::ReadUncommitted).offset, 2);
    assert_eq!(raw.list_offset_of(&topic, 0, 11, Isolation::ReadCommitted).offset, -1);
    assert_eq!(raw.list_offset_of(&topic, 0, 11, Isolation::ReadUncommitted).offset, 1);
    assert_eq!(producer.end(false), NONE);
}

fn records_outside_of_transactions_wait_as_well(target: &Target) {
    let topic = target.topic("outside", 1, &[]);
    let mut raw = target.raw();
    let mut producer = Transactional::begin(target, &unique("tx"));
    producer.put(&topic, "open");
    target.produce(&topic, [TestRecord::new("plain")]);
    assert!(seen(&mut raw, &topic, Isolation::ReadCommitted).is_empty());
    assert_eq!(producer.end(true), NONE);
    wait_until_stable(&mut raw, &topic);
    assert_eq!(seen(&mut raw, &topic, Isolation::ReadCommitted), ["open", "plain"]);
}

fn a_transaction_spans_partitions_and_topics(target: &Target) {
    let topics = [target.topic("span", 1, &[]), target.topic("span", 1, &[])];
    let mut raw = target.raw();
    for committed in [true, false] {
        let mut producer = Transactional::begin(target, &unique("tx"));
        for topic in &topics {
            assert_eq!(producer.add(topic), NONE);
        }
        let raw_id = producer.id.clone();
        for topic in &topics {
            // Sequences count for each partition by itself.
            let batch = super::batch::Batch::value("spanning").sequence(producer.producer, 0).transactional();
            assert_eq!(producer.raw.write(topic, Some(&raw_id), &batch).0, NONE);
        }
        assert_eq!(producer.end(committed), NONE);
    }
    for topic in &topics {
        wait_until_stable(&mut raw, topic);
        assert_eq!(raw.watermarks(topic), (0, 4));
        assert_eq!(raw.read_as(topic, Isolation::ReadCommitted).1.len(), 1);
    }
}

fn an_open_transaction_is_aborted_when_its_time_is_over(target: &Target) {
    let topic = target.topic("late", 1, &[]);
    let mut raw = target.raw();
    let mut producer = Transactional::with_timeout(target, &unique("tx"), 5_000);
    producer.put(&topic, "forgotten");
    wait_until_stable(&mut raw, &topic);
    assert_eq!(raw.read_as(&topic, Isolation::ReadCommitted).1.len(), 1);
    // Who wrote it is fenced by the next epoch: it is too late to commit, to abort, to add and to write.
    assert_eq!((producer.end(true), producer.end(false)), (PRODUCER_FENCED, PRODUCER_FENCED));
    assert_eq!(producer.add(&topic), PRODUCER_FENCED);
    assert_eq!(producer.write(&topic, "more").0, INVALID_PRODUCER_EPOCH);
}

fn a_transaction_that_is_open_holds_back_no_other_partition(target: &Target) {
    let topics = [target.topic("held", 1, &[]), target.topic("free", 1, &[])];
    let mut producer = Transactional::begin(target, &unique("tx"));
    producer.put(&topics[0], "open");
    target.produce(&topics[1], [TestRecord::new("plain")]);
    assert_eq!(seen(&mut target.raw(), &topics[1], Isolation::ReadCommitted), ["plain"]);
    assert_eq!(producer.end(false), NONE);
}

fn transactional_producer(target: &Target) -> BaseProducer {
    let mut config = target.client_config();
    let producer: BaseProducer = config.set("transactional.id", unique("tx")).create().unwrap();
    producer.init_transactions(PATIENCE).unwrap();
    producer
}

fn committed_records_are_read_and_aborted_ones_are_not(target: &Target) {
    let topic = target.topic("both", 1, &[]);
    let producer = transactional_producer(target);
    for round in 0..6 {
        producer.begin_transaction().unwrap();
        for n in 0..50 {
            let value = format!("{round}-{n}");
            producer.send(BaseRecord::<(), _>::to(&topic).payload(&value)).unwrap();
        }
        producer.flush(PATIENCE).unwrap();
        match round % 2 {
            0 => producer.commit_transaction(PATIENCE).unwrap(),
            _ => producer.abort_transaction(PATIENCE).unwrap(),
        }
    }
    target.produce(&topic, [TestRecord::new("end")]);
    let committed = reader_with(target, &topic, 0, &[("isolation.level", "read_committed")]);
    let committed: Vec<String> =
        next_records(&committed, 151).iter().map(|record| record.text().to_string()).collect();
    let expected: Vec<String> = [0, 2, 4]
        .iter()
        .flat_map(|round| (0..50).map(move |n| format!("{round}-{n}")))
        .chain(["end".to_string()])
        .collect();
    assert_eq!(committed, expected);
}

fn offsets_go_with_the_records_of_a_transaction(target: &Target) {
    let (input, output, group) = (target.topic("in", 1, &[]), target.topic("out", 1, &[]), unique("loop"));
    target.produce(&input, (0..10).map(|n| TestRecord::new(n.to_string())));
    let producer = transactional_producer(target);
    let consumer = reader_with(target, &input, 0, &[("group.id", &group)]);
    let records = next_records(&consumer, 10);
    for (end, committed) in [(3, true), (7, false)] {
        producer.begin_transaction().unwrap();
        for record in &records[..end] {
            producer.send(BaseRecord::<(), _>::to(&output).payload(record.text())).unwrap();
        }
        let mut offsets = rdkafka::TopicPartitionList::new();
        offsets.add_partition_offset(&input, 0, rdkafka::Offset::Offset(end as i64)).unwrap();
        let member = consumer.group_metadata().unwrap();
        producer.send_offsets_to_transaction(&offsets, &member, PATIENCE).unwrap();
        producer.flush(PATIENCE).unwrap();
        match committed {
            true => producer.commit_transaction(PATIENCE).unwrap(),
            false => producer.abort_transaction(PATIENCE).unwrap(),
        }
        let found = consumer.committed(PATIENCE).unwrap();
        assert_eq!(found.elements()[0].offset(), rdkafka::Offset::Offset(3));
    }
}
