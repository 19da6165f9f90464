//! Offsets that groups commit.

use bytes::Bytes;
use kafka_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kafka_protocol::messages::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use kafka_protocol::messages::offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopics};
use kafka_protocol::messages::{GroupId, OffsetCommitRequest, OffsetDeleteRequest, OffsetFetchRequest};

use super::calls::topic_name;
use super::codes::{
    FENCED_INSTANCE_ID, GROUP_ID_NOT_FOUND, GROUP_SUBSCRIBED_TO_TOPIC, ILLEGAL_GENERATION, INVALID_GROUP_ID,
    INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, INVALID_TXN_STATE, NON_EMPTY_GROUP, NONE,
    OFFSET_METADATA_TOO_LARGE, REBALANCE_IN_PROGRESS, UNKNOWN_MEMBER_ID, UNKNOWN_TOPIC_OR_PARTITION,
    UNSTABLE_OFFSET_COMMIT,
};
use super::coordinated::{Coordinator, Member, Transactional, coordinator, settled};
use super::raw::{Raw, text};
use super::target::Target;
use crate::harness::unique;

cases! {
    raw:
        an_offset_that_was_committed_is_found,
        all_offsets_of_a_group_are_found,
        what_was_never_committed_has_no_offset,
        a_commit_of_a_strange_member_or_generation_is_refused,
        a_commit_to_a_group_with_members_must_name_its_member,
        metadata_too_large_and_unknown_partitions_are_refused,
        a_commit_of_a_fenced_member_is_refused,
        a_commit_between_joining_and_assignment_is_refused,
        offsets_of_several_groups_are_found_at_once,
        deleted_offsets_are_gone,
        offsets_of_a_topic_that_the_group_reads_are_not_deleted,
        what_cannot_be_deleted_is_told,
        offsets_of_a_transaction_are_found_when_it_is_committed,
        offsets_of_an_aborted_transaction_are_never_found,
        offsets_of_a_transaction_need_the_groups_generation,
        offsets_of_a_transaction_need_a_producer_that_added_the_group;
}

/// A committed offset as it is found: offset, leader epoch, metadata, error.
type Found = (i64, i32, String, i16);

const NOTHING: (i64, i32) = (-1, -1);

pub fn commit(raw: &mut Raw, group: &str, topic: &str, partition: i32, offset: i64, metadata: &str) -> i16 {
    commit_as(raw, group, ("", -1), topic, partition, offset, metadata)
}

fn commit_as(
    raw: &mut Raw,
    group: &str,
    (member, generation): (&str, i32),
    topic: &str,
    partition: i32,
    offset: i64,
    metadata: &str,
) -> i16 {
    let request = commit_request(group, (member, generation), topic, partition, offset, metadata);
    settled(|| (raw.call(8, &request).topics[0].partitions[0].error_code, ())).0
}

fn commit_request(
    group: &str,
    (member, generation): (&str, i32),
    topic: &str,
    partition: i32,
    offset: i64,
    metadata: &str,
) -> OffsetCommitRequest {
    let partition = OffsetCommitRequestPartition::default()
        .with_partition_index(partition)
        .with_committed_offset(offset)
        .with_committed_leader_epoch(0)
        .with_committed_metadata(Some(text(metadata)));
    let topic =
        OffsetCommitRequestTopic::default().with_name(topic_name(topic)).with_partitions(vec![partition]);
    OffsetCommitRequest::default()
        .with_group_id(GroupId(text(group)))
        .with_member_id(text(member))
        .with_generation_id_or_member_epoch(generation)
        .with_group_instance_id(None)
        .with_topics(vec![topic])
}

fn fetch_request(group: &str, topics: Option<Vec<(&str, Vec<i32>)>>, stable: bool) -> OffsetFetchRequest {
    let topics = topics.map(|topics| {
        let asked = topics.into_iter().map(|(topic, partitions)| {
            OffsetFetchRequestTopics::default()
                .with_name(topic_name(topic))
                .with_partition_indexes(partitions)
        });
        asked.collect()
    });
    let group = OffsetFetchRequestGroup::default()
        .with_group_id(GroupId(text(group)))
        .with_member_id(None)
        .with_member_epoch(-1)
        .with_topics(topics);
    OffsetFetchRequest::default().with_groups(vec![group]).with_require_stable(stable)
}

fn found(raw: &mut Raw, group: &str, topic: &str, stable: bool) -> Found {
    let request = fetch_request(group, Some(vec![(topic, vec![0])]), stable);
    let response = raw.call(8, &request);
    assert_eq!(response.groups[0].error_code, NONE);
    let found = response.groups[0].topics[0].partitions[0].clone();
    let metadata = found.metadata.unwrap_or_default().to_string();
    (found.committed_offset, found.committed_leader_epoch, metadata, found.error_code)
}

pub fn offset(raw: &mut Raw, group: &str, topic: &str) -> i64 {
    found(raw, group, topic, false).0
}

fn an_offset_that_was_committed_is_found(target: &Target) {
    let (topic, group) = (target.topic("offsets", 1, &[]), unique("group"));
    let mut raw = coordinator(target, Coordinator::OfGroup, &group);
    assert_eq!(commit(&mut raw, &group, &topic, 0, 42, "note"), NONE);
    assert_eq!(found(&mut raw, &group, &topic, true), (42, 0, "note".into(), NONE));
    assert_eq!(commit(&mut raw, &group, &topic, 0, 7, ""), NONE);
    assert_eq!(found(&mut raw, &group, &topic, true), (7, 0, String::new(), NONE));
}

fn all_offsets_of_a_group_are_found(target: &Target) {
    let (topics, group) = ([target.topic("a", 2, &[]), target.topic("b", 1, &[])], unique("group"));
    let mut raw = coordinator(target, Coordinator::OfGroup, &group);
    for (topic, partition, offset) in [(&topics[0], 0, 1), (&topics[0], 1, 2), (&topics[1], 0, 3)] {
        assert_eq!(commit(&mut raw, &group, topic, partition, offset, ""), NONE);
    }
    let response = raw.call(8, &fetch_request(&group, None, false));
    let mut all: Vec<(String, i32, i64)> = response.groups[0]
        .topics
        .iter()
        .flat_map(|topic| {
            topic
                .partitions
                .iter()
                .map(|found| (topic.name.to_string(), found.partition_index, found.committed_offset))
        })
        .collect();
    all.sort();
    assert_eq!(all, [(topics[0].clone(), 0, 1), (topics[0].clone(), 1, 2), (topics[1].clone(), 0, 3)]);
}

fn what_was_never_committed_has_no_offset(target: &Target) {
    let (topic, group) = (target.topic("never", 1, &[]), unique("group"));
    let mut raw = coordinator(target, Coordinator::OfGroup, &group);
    for topic in [topic.as_str(), "nowhere"] {
        let found = found(&mut raw, &group, topic, false);
        assert_eq!(((found.0, found.1), found.3), (NOTHING, NONE));
    }
    assert!(raw.call(8, &fetch_request(&group, None, false)).groups[0].topics.is_empty());
}

fn a_commit_of_a_strange_member_or_generation_is_refused(target: &Target) {
    let (topic, group) = (target.topic("strange", 1, &[]), unique("group"));
    let mut member = Member::new(target, &group);
    member.become_stable();
    let (id, generation) = (member.id.clone(), member.generation);
    let mut as_member =
        |id: &str, generation| commit_as(&mut member.raw, &group, (id, generation), &topic, 0, 1, "");
    assert_eq!(as_member("nobody", generation), UNKNOWN_MEMBER_ID);
    assert_eq!(as_member(&id, generation + 1), ILLEGAL_GENERATION);
    assert_eq!(as_member(&id, generation), NONE);
    assert_eq!(offset(&mut target.raw(), &group, &topic), 1);
}

fn a_commit_to_a_group_with_members_must_name_its_member(target: &Target) {
    let (topic, group) = (target.topic("members", 1, &[]), unique("group"));
    let mut member = Member::new(target, &group);
    member.become_stable();
    assert_eq!(commit(&mut member.raw, &group, &topic, 0, 1, ""), UNKNOWN_MEMBER_ID);
    member.leave();
    assert_eq!(commit(&mut member.raw, &group, &topic, 0, 1, ""), NONE);
    // A generation that was never there, in a group that is not there.
    let strange = commit_as(&mut member.raw, &unique("none"), ("somebody", 5), &topic, 0, 1, "");
    assert_eq!(strange, ILLEGAL_GENERATION);
}

fn metadata_too_large_and_unknown_partitions_are_refused(target: &Target) {
    let (topic, group) = (target.topic("large", 1, &[]), unique("group"));
    let mut raw = coordinator(target, Coordinator::OfGroup, &group);
    assert_eq!(commit(&mut raw, &group, &topic, 0, 1, &"m".repeat(4_097)), OFFSET_METADATA_TOO_LARGE);
    assert_eq!(commit(&mut raw, &group, &topic, 0, 1, &"m".repeat(4_096)), NONE);
    assert_eq!(commit(&mut raw, &group, &topic, 1, 1, ""), UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(commit(&mut raw, &group, "nowhere", 0, 1, ""), UNKNOWN_TOPIC_OR_PARTITION);
}

fn a_commit_of_a_fenced_member_is_refused(target: &Target) {
    let (topic, group) = (target.topic("fenced", 1, &[]), unique("group"));
    let mut before = Member::new(target, &group).named("scorer-1");
    before.become_stable();
    let mut after = Member::new(target, &group).named("scorer-1");
    assert_eq!(after.join_alone().error_code, NONE);
    let commit = |member: &Member, instance: &str| {
        let request = commit_request(&group, (&member.id, member.generation), &topic, 0, 1, "")
            .with_group_instance_id(Some(text(instance)));
        let mut raw = target.raw();
        settled(|| (raw.call(8, &request).topics[0].partitions[0].error_code, ())).0
    };
    assert_eq!(commit(&before, "scorer-1"), FENCED_INSTANCE_ID);
    assert_eq!(commit(&before, "scorer-2"), UNKNOWN_MEMBER_ID);
    assert_eq!(commit(&after, "scorer-1"), NONE);
}

fn a_commit_between_joining_and_assignment_is_refused(target: &Target) {
    let (topic, group) = (target.topic("between", 1, &[]), unique("group"));
    let mut first = Member::new(target, &group);
    first.become_stable();
    let mut second = Member::new(target, &group);
    let waiting = second.join();
    super::admin::eventually("the first is told", || {
        (first.heartbeat() == REBALANCE_IN_PROGRESS).then_some(())
    });
    let commit = |member: &mut Member| {
        let (id, generation) = (member.id.clone(), member.generation);
        commit_as(&mut member.raw, &group, (&id, generation), &topic, 0, 5, "")
    };
    // What was read before is committed while the others are waited for, and no more once all have joined.
    assert_eq!(commit(&mut first), NONE);
    assert_eq!(first.join_alone().error_code, NONE);
    assert_eq!(second.joined(waiting).error_code, NONE);
    assert_eq!((commit(&mut first), commit(&mut second)), (REBALANCE_IN_PROGRESS, REBALANCE_IN_PROGRESS));
    assert_eq!(offset(&mut target.raw(), &group, &topic), 5);
}

fn offsets_of_several_groups_are_found_at_once(target: &Target) {
    let topic = target.topic("several", 2, &[]);
    let groups = [unique("one"), unique("two"), unique("none")];
    let mut raw = target.raw();
    for (offset, group) in (1..).zip(&groups[..2]) {
        let mut raw = coordinator(target, Coordinator::OfGroup, group);
        assert_eq!(commit(&mut raw, group, &topic, 1, offset, ""), NONE);
    }
    let asked =
        |group: &String| fetch_request(group, Some(vec![(&topic, vec![0, 1])]), false).groups[0].clone();
    let mut request = OffsetFetchRequest::default().with_groups(groups.iter().map(asked).collect());
    request.groups[0].topics = None;
    let found: Vec<String> = raw
        .call(8, &request)
        .groups
        .iter()
        .map(|answer| {
            let partitions = answer.topics.iter().flat_map(|topic| &topic.partitions);
            let offsets: Vec<(i32, i64)> =
                partitions.map(|found| (found.partition_index, found.committed_offset)).collect();
            format!("{} {} {offsets:?}", answer.group_id.as_str(), answer.error_code)
        })
        .collect();
    let [one, two, none] = groups;
    let expected = [
        format!("{one} 0 [(1, 1)]"),
        format!("{two} 0 [(0, -1), (1, 2)]"),
        format!("{none} 0 [(0, -1), (1, -1)]"),
    ];
    assert_eq!(found, expected);
}

fn delete(raw: &mut Raw, group: &str, topic: &str) -> (i16, Option<i16>) {
    let partition = OffsetDeleteRequestPartition::default().with_partition_index(0);
    let topic =
        OffsetDeleteRequestTopic::default().with_name(topic_name(topic)).with_partitions(vec![partition]);
    let request = OffsetDeleteRequest::default().with_group_id(GroupId(text(group))).with_topics(vec![topic]);
    let response = raw.call(0, &request);
    (response.error_code, response.topics.first().map(|topic| topic.partitions[0].error_code))
}

fn deleted_offsets_are_gone(target: &Target) {
    let (topic, group) = (target.topic("deleted", 1, &[]), unique("group"));
    let mut raw = coordinator(target, Coordinator::OfGroup, &group);
    commit(&mut raw, &group, &topic, 0, 5, "");
    assert_eq!(delete(&mut raw, &group, &topic), (NONE, Some(NONE)));
    assert_eq!(offset(&mut raw, &group, &topic), -1);
    assert_eq!(delete(&mut raw, &unique("none"), &topic).0, GROUP_ID_NOT_FOUND);
}

/// What a consumer says when it joins: version, topics, no user data, owned partitions.
fn subscribed_to(topic: &str) -> Bytes {
    let head = [&b"\0\x01\0\0\0\x01"[..], &(topic.len() as i16).to_be_bytes(), topic.as_bytes()].concat();
    [&head[..], &[0; 8]].concat().into()
}

fn offsets_of_a_topic_that_the_group_reads_are_not_deleted(target: &Target) {
    let (topic, group) = (target.topic("read", 1, &[]), unique("group"));
    let mut member = Member::new(target, &group);
    member.protocols = vec![("range".into(), subscribed_to(&topic))];
    member.become_stable();
    assert_eq!(delete(&mut member.raw, &group, &topic), (NONE, Some(GROUP_SUBSCRIBED_TO_TOPIC)));
}

fn what_cannot_be_deleted_is_told(target: &Target) {
    let (topic, group) = (target.topic("told", 1, &[]), unique("group"));
    let mut raw = coordinator(target, Coordinator::OfGroup, &group);
    commit(&mut raw, &group, &topic, 0, 5, "");
    assert_eq!(delete(&mut raw, &group, "nowhere"), (NONE, Some(UNKNOWN_TOPIC_OR_PARTITION)));
    assert_eq!(delete(&mut raw, "", &topic).0, INVALID_GROUP_ID);
    let other = target.topic("never-committed", 1, &[]);
    assert_eq!(delete(&mut raw, &group, &other), (NONE, Some(NONE)));
    assert_eq!(offset(&mut raw, &group, &topic), 5);
    // Nobody knows what members read that are no consumers.
    let group = unique("connect");
    let mut member = Member::new(target, &group);
    let request = member.join_request().with_protocol_type(text("connect"));
    let joined = member.raw.call(3, &request);
    assert_eq!(joined.error_code, NONE);
    assert_eq!(delete(&mut member.raw, &group, &topic), (NON_EMPTY_GROUP, None));
}

fn offsets_of_a_transaction_are_found_when_it_is_committed(target: &Target) {
    let (topic, group) = (target.topic("tx", 1, &[]), unique("group"));
    let mut raw = coordinator(target, Coordinator::OfGroup, &group);
    commit(&mut raw, &group, &topic, 0, 5, "");
    let mut producer = Transactional::begin(target, &unique("tx"));
    assert_eq!(producer.add_group(&group), NONE);
    assert_eq!(producer.commit_offset(&group, &topic, 9, ("", -1)), NONE);
    assert_eq!(offset(&mut raw, &group, &topic), 5, "not committed yet");
    assert_eq!(found(&mut raw, &group, &topic, true).3, UNSTABLE_OFFSET_COMMIT);
    assert_eq!(producer.end(true), NONE);
    super::admin::eventually("the offset is found", || (offset(&mut raw, &group, &topic) == 9).then_some(()));
    assert_eq!(found(&mut raw, &group, &topic, true).3, NONE);
}

fn offsets_of_an_aborted_transaction_are_never_found(target: &Target) {
    let (topic, group) = (target.topic("tx", 1, &[]), unique("group"));
    let mut raw = coordinator(target, Coordinator::OfGroup, &group);
    let mut producer = Transactional::begin(target, &unique("tx"));
    assert_eq!(producer.add_group(&group), NONE);
    assert_eq!(producer.commit_offset(&group, &topic, 9, ("", -1)), NONE);
    assert_eq!(producer.end(false), NONE);
    super::admin::eventually("nothing is pending", || {
        (found(&mut raw, &group, &topic, true).3 == NONE).then_some(())
    });
    assert_eq!(offset(&mut raw, &group, &topic), -1);
}

fn offsets_of_a_transaction_need_the_groups_generation(target: &Target) {
    let (topic, group) = (target.topic("tx", 1, &[]), unique("group"));
    let mut member = Member::new(target, &group);
    member.become_stable();
    let (id, generation) = (member.id.clone(), member.generation);
    let mut producer = Transactional::begin(target, &unique("tx"));
    assert_eq!(producer.add_group(&group), NONE);
    assert_eq!(producer.commit_offset(&group, &topic, 9, (&id, generation + 1)), ILLEGAL_GENERATION);
    assert_eq!(producer.commit_offset(&group, &topic, 9, ("nobody", generation)), UNKNOWN_MEMBER_ID);
    assert_eq!(producer.commit_offset(&group, &topic, 9, (&id, generation)), NONE);
    assert_eq!(producer.end(true), NONE);
    super::admin::eventually("the offset is found", || {
        (offset(&mut member.raw, &group, &topic) == 9).then_some(())
    });
}

fn offsets_of_a_transaction_need_a_producer_that_added_the_group(target: &Target) {
    let (topic, group, id) = (target.topic("tx", 1, &[]), unique("group"), unique("tx"));
    let mut before = Transactional::begin(target, &id);
    let mut producer = Transactional::begin(target, &id);
    assert_eq!(producer.commit_offset(&group, &topic, 9, ("", -1)), INVALID_TXN_STATE);
    assert_eq!(producer.add_group(&group), NONE);
    assert_eq!(before.commit_offset(&group, &topic, 9, ("", -1)), INVALID_PRODUCER_EPOCH);
    assert_eq!(producer.commit_offset(&group, "nowhere", 9, ("", -1)), UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(producer.commit_offset("", &topic, 9, ("", -1)), INVALID_GROUP_ID);
    before.producer.0 += 1_000_000;
    assert_eq!(before.commit_offset(&group, &topic, 9, ("", -1)), INVALID_PRODUCER_ID_MAPPING);
    assert_eq!(producer.commit_offset(&group, &topic, 9, ("", -1)), NONE);
    assert_eq!(producer.end(true), NONE);
    super::admin::eventually("the offset is found", || {
        (offset(&mut target.raw(), &group, &topic) == 9).then_some(())
    });
}
