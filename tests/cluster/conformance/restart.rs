//! What a broker still knows when it was ended in order and started again.

use kafka_protocol::messages::offset_for_leader_epoch_request::{
    OffsetForLeaderPartition, OffsetForLeaderTopic,
};
use kafka_protocol::messages::{BrokerId, FetchRequest, ListOffsetsRequest, OffsetForLeaderEpochRequest};

use super::admin::eventually;
use super::batch::{Batch, Record};
use super::calls::{Isolation, LATEST, fetch_request, list_offsets_request, topic_name};
use super::codes::{FENCED_LEADER_EPOCH, NONE, UNKNOWN_LEADER_EPOCH};
use super::coordinated::{Coordinator, Transactional, coordinator};
use super::idempotence::new_producer;
use super::offsets::{commit, offset};
use super::raw::Raw;
use super::target::Target;
use super::transactions::{seen, wait_until_stable};
use crate::harness::unique;

restart_cases! {
    old_leader_epochs_are_fenced,
    producers_groups_and_transactions_go_on,
}

/// A connection to the broker that was started again, once it leads the topic.
fn connected(target: &Target, topic: &str) -> Raw {
    let mut raw = target.raw();
    eventually("the partition is led", || {
        (raw.list_offset(topic, 0, LATEST).error_code == NONE).then_some(())
    });
    raw
}

fn fetch_with(topic: &str, epoch: i32) -> FetchRequest {
    let mut request = fetch_request(topic, 0, 0);
    request.topics[0].partitions[0].current_leader_epoch = epoch;
    request
}

fn list_with(topic: &str, epoch: i32) -> ListOffsetsRequest {
    let mut request = list_offsets_request(topic, 0, LATEST);
    request.topics[0].partitions[0].current_leader_epoch = epoch;
    request
}

fn end_of_epoch_with(topic: &str, asked: i32, epoch: i32) -> OffsetForLeaderEpochRequest {
    let partition =
        OffsetForLeaderPartition::default().with_leader_epoch(asked).with_current_leader_epoch(epoch);
    let topic =
        OffsetForLeaderTopic::default().with_topic(topic_name(topic)).with_partitions(vec![partition]);
    OffsetForLeaderEpochRequest::default().with_replica_id(BrokerId(-1)).with_topics(vec![topic])
}

fn old_leader_epochs_are_fenced(mut target: Target) {
    let topic = target.topic("fenced", 1, &[]);
    let batch = Batch::value("v");
    assert_eq!(target.raw().write(&topic, None, &batch), (NONE, 0));
    target.start_again();
    let mut raw = connected(&target, &topic);
    assert_eq!(raw.write(&topic, None, &batch), (NONE, 1));
    let now = raw.list_offset(&topic, 0, LATEST).leader_epoch;
    assert!(now > 0);
    for (epoch, code) in [(0, FENCED_LEADER_EPOCH), (now, NONE), (now + 1, UNKNOWN_LEADER_EPOCH)] {
        let fetched = raw.call(11, &fetch_with(&topic, epoch)).responses[0].partitions[0].error_code;
        let listed = raw.call(7, &list_with(&topic, epoch)).topics[0].partitions[0].error_code;
        let ended = raw.call(4, &end_of_epoch_with(&topic, 0, epoch)).topics[0].partitions[0].clone();
        assert_eq!((fetched, listed, ended.error_code), (code, code, code), "epoch {epoch}");
        if code == NONE {
            assert_eq!((ended.leader_epoch, ended.end_offset), (0, 1), "where the first epoch ended");
        }
    }
}

fn producers_groups_and_transactions_go_on(mut target: Target) {
    let (topic, group, id) = (target.topic("goes-on", 1, &[]), unique("group"), unique("tx"));
    let mut raw = coordinator(&target, Coordinator::OfGroup, &group);
    assert_eq!(commit(&mut raw, &group, &topic, 0, 42, ""), NONE);
    let producer = new_producer(&mut raw);
    // A producer whose last record is older than a day is forgotten.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let batch = |sequence| Batch::of(vec![Record::new("k", "plain", now)]).sequence(producer, sequence);
    assert_eq!(raw.write(&topic, None, &batch(0)), (NONE, 0));
    let mut open = Transactional::begin(&target, &id);
    assert_eq!(open.put(&topic, "open"), 1);
    drop(raw);

    target.start_again();
    let mut raw = connected(&target, &topic);
    assert_eq!(raw.write(&topic, None, &batch(0)), (NONE, 0), "what was there is not written again");
    assert_eq!(raw.write(&topic, None, &batch(1)), (NONE, 2));
    assert_eq!(seen(&mut raw, &topic, Isolation::ReadCommitted), ["plain"]);
    open.raw = coordinator(&target, Coordinator::OfTransaction, &id);
    assert_eq!(open.put(&topic, "still open"), 3);
    assert_eq!(open.end(true), NONE);
    wait_until_stable(&mut raw, &topic);
    assert_eq!(seen(&mut raw, &topic, Isolation::ReadCommitted), ["plain", "open", "plain", "still open"]);
    let mut raw = coordinator(&target, Coordinator::OfGroup, &group);
    assert_eq!(offset(&mut raw, &group, &topic), 42);
}
