//! Groups of real consumers.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext, Rebalance};
use rdkafka::error::KafkaResult;
use rdkafka::{ClientContext, Message, Offset, TopicPartitionList};

use super::admin::{PATIENCE, eventually};
use super::coordinated::Member;
use super::target::Target;
use crate::harness::{TestRecord, unique};

cases! {
    librdkafka:
        two_members_share_the_partitions,
        a_third_member_gets_its_share_and_gives_it_back,
        partitions_move_one_by_one_with_the_cooperative_protocol,
        who_stays_takes_over_from_a_member_that_died,
        a_consumer_goes_on_where_the_group_stopped,
        a_named_consumer_comes_back_to_its_partitions,
        every_record_is_read_once_while_members_come_and_go;
}

/// Notes what each rebalance gave to a consumer or took from it.
#[derive(Default)]
struct Rebalances(Mutex<Vec<Change>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Given(usize),
    Taken(usize),
}

impl ClientContext for Rebalances {}

impl ConsumerContext for Rebalances {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let change = match rebalance {
            Rebalance::Assign(list) => Change::Given(list.count()),
            Rebalance::Revoke(list) => Change::Taken(list.count()),
            Rebalance::Error(error) => panic!("{error}"),
        };
        self.0.lock().unwrap().push(change);
    }
}

type Consumer = BaseConsumer<Rebalances>;

/// What became of a consumer's partitions so far.
fn changes(consumer: &Consumer) -> Vec<Change> {
    consumer.context().0.lock().unwrap().clone()
}

fn join(target: &Target, group: &str, topic: &str, properties: &[(&str, &str)]) -> Consumer {
    let mut config = target.client_config();
    config.set("group.id", group).set("auto.offset.reset", "earliest").set("enable.auto.commit", "false");
    config.set("heartbeat.interval.ms", "100").set("fetch.wait.max.ms", "20");
    for (name, value) in properties {
        config.set(*name, *value);
    }
    let consumer: Consumer = config.create_with_context(Rebalances::default()).unwrap();
    consumer.subscribe(&[topic]).unwrap();
    consumer
}

fn partitions(consumer: &Consumer) -> BTreeSet<i32> {
    consumer.assignment().unwrap().elements().iter().map(|element| element.partition()).collect()
}

/// Polls all until they share `count` partitions, nobody has two more than another and nobody the same.
fn wait_until_shared(consumers: &[&Consumer], count: usize) {
    eventually("the partitions are shared", || {
        for consumer in consumers {
            let _ = consumer.poll(Duration::from_millis(20));
        }
        let shares: Vec<BTreeSet<i32>> = consumers.iter().map(|consumer| partitions(consumer)).collect();
        let all: BTreeSet<i32> = shares.iter().flatten().copied().collect();
        let sizes = shares.iter().map(BTreeSet::len);
        let even = sizes.clone().max().unwrap() - sizes.clone().min().unwrap() <= 1;
        (all.len() == count && sizes.sum::<usize>() == count && even).then_some(())
    });
}

fn two_members_share_the_partitions(target: &Target) {
    let (topic, group) = (target.topic("share", 4, &[]), unique("group"));
    let (first, second) = (join(target, &group, &topic, &[]), join(target, &group, &topic, &[]));
    wait_until_shared(&[&first, &second], 4);
    drop(second);
    wait_until_shared(&[&first], 4);
}

fn a_third_member_gets_its_share_and_gives_it_back(target: &Target) {
    let (topic, group) = (target.topic("share", 6, &[]), unique("group"));
    let (first, second) = (join(target, &group, &topic, &[]), join(target, &group, &topic, &[]));
    wait_until_shared(&[&first, &second], 6);
    let third = join(target, &group, &topic, &[]);
    wait_until_shared(&[&first, &second, &third], 6);
    drop(third);
    wait_until_shared(&[&first, &second], 6);
}

fn partitions_move_one_by_one_with_the_cooperative_protocol(target: &Target) {
    let (topic, group) = (target.topic("sticky", 4, &[]), unique("group"));
    let sticky = [("partition.assignment.strategy", "cooperative-sticky")];
    let first = join(target, &group, &topic, &sticky);
    wait_until_shared(&[&first], 4);
    let second = join(target, &group, &topic, &sticky);
    wait_until_shared(&[&first, &second], 4);
    // The first gave two away and kept two all the time, also where it was told of a generation that changed nothing.
    let taken: Vec<Change> =
        changes(&first).into_iter().filter(|change| matches!(change, Change::Taken(_))).collect();
    assert_eq!(taken, [Change::Taken(2)], "{:?}", changes(&first));
    assert!(!changes(&second).iter().any(|change| matches!(change, Change::Taken(_))));
}

fn who_stays_takes_over_from_a_member_that_died(target: &Target) {
    let (topic, group) = (target.topic("died", 2, &[]), unique("group"));
    let mut dies = Member::new(target, &group);
    dies.session_timeout = 6_000;
    dies.become_stable();
    let stays = join(target, &group, &topic, &[("partition.assignment.strategy", "range")]);
    wait_until_shared(&[&stays], 2);
}

fn a_consumer_goes_on_where_the_group_stopped(target: &Target) {
    let (topic, group) = (target.topic("on", 1, &[]), unique("group"));
    target.produce(&topic, (0..10).map(|n| TestRecord::new(n.to_string())));
    let first = join(target, &group, &topic, &[]);
    for expected in 0..4 {
        assert_eq!(next(&first).0, expected);
    }
    commit(&first, &topic, 0, 4).unwrap();
    assert_eq!(first.committed(PATIENCE).unwrap().elements()[0].offset(), Offset::Offset(4));
    drop(first);
    assert_eq!(next(&join(target, &group, &topic, &[])).0, 4);
}

fn a_named_consumer_comes_back_to_its_partitions(target: &Target) {
    let (topic, group) = (target.topic("named", 4, &[]), unique("group"));
    let named = |name| [("group.instance.id", name), ("session.timeout.ms", "60000")];
    let first = join(target, &group, &topic, &named("one"));
    let second = join(target, &group, &topic, &named("two"));
    wait_until_shared(&[&first, &second], 4);
    let (before, seen) = (partitions(&second), changes(&first));
    drop(second);
    let second = join(target, &group, &topic, &named("two"));
    wait_until_shared(&[&first, &second], 4);
    assert_eq!(partitions(&second), before);
    // Who stayed was not asked to join again: a heartbeat that said so would come within the next tenths of a second.
    for _ in 0..20 {
        let _ = first.poll(Duration::from_millis(50));
    }
    assert_eq!(changes(&first), seen);
}

/// Commits an offset. The list is gone afterwards: librdkafka does not close while one lives that it has filled.
fn commit(consumer: &Consumer, topic: &str, partition: i32, offset: i64) -> KafkaResult<()> {
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, partition, Offset::Offset(offset))?;
    consumer.commit(&list, CommitMode::Sync)
}

/// Offset and partition of the next record.
fn next(consumer: &Consumer) -> (i64, i32) {
    eventually("a record", || {
        let message = consumer.poll(Duration::from_millis(100))?.ok()?;
        Some((message.offset(), message.partition()))
    })
}

fn every_record_is_read_once_while_members_come_and_go(target: &Target) {
    let (topic, group) = (target.topic("once", 3, &[]), unique("group"));
    target.produce(&topic, (0..90).map(|n| TestRecord::new(n.to_string()).partition(n % 3)));
    let mut read = BTreeSet::new();
    let mut consumers = vec![join(target, &group, &topic, &[])];
    // After so many records somebody comes or goes.
    let mut turns = [(15, true), (30, true), (45, false), (60, false), (75, true)].into_iter().peekable();
    eventually("all is read", || {
        match turns.next_if(|(after, _)| read.len() >= *after) {
            Some((_, true)) => consumers.push(join(target, &group, &topic, &[])),
            Some((_, false)) => drop(consumers.remove(0)),
            None => {}
        }
        for consumer in &consumers {
            let Some(Ok(message)) = consumer.poll(Duration::from_millis(20)) else { continue };
            // A commit is refused while members change: then another reads the record.
            if commit(consumer, &topic, message.partition(), message.offset() + 1).is_ok() {
                assert!(read.insert((message.partition(), message.offset())), "committed twice");
            }
        }
        (read.len() == 90).then_some(())
    });
    assert_eq!(turns.next(), None, "all came and went before the last record");
}
