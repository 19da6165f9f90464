//! Topics made, grown, described and deleted.

use std::collections::BTreeMap;

use kafka_protocol::messages::create_partitions_request::CreatePartitionsTopic;
use kafka_protocol::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use kafka_protocol::messages::create_topics_response::CreatableTopicResult;
use kafka_protocol::messages::delete_topics_request::DeleteTopicState;
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::metadata_response::MetadataResponseTopic;
use kafka_protocol::messages::{
    BrokerId, CreatePartitionsRequest, CreateTopicsRequest, DeleteTopicsRequest, DescribeClusterRequest,
    MetadataRequest,
};

use super::admin::eventually;
use super::batch::Batch;
use super::calls::{LATEST, topic_name};
use super::codes::{
    INVALID_CONFIG, INVALID_PARTITIONS, INVALID_REPLICA_ASSIGNMENT, INVALID_REPLICATION_FACTOR,
    INVALID_REQUEST, INVALID_TOPIC_EXCEPTION, NONE, TOPIC_ALREADY_EXISTS, UNKNOWN_TOPIC_ID,
    UNKNOWN_TOPIC_OR_PARTITION,
};
use super::raw::{Raw, text, wire_id};
use super::target::Target;
use crate::harness::unique;

cases! {
    raw:
        a_new_topic_is_described_as_it_was_asked_for,
        a_topic_may_be_asked_for_without_being_made,
        names_that_cannot_be_are_refused,
        a_topic_that_is_there_is_not_made_again,
        names_that_differ_by_dot_and_underscore_collide,
        impossible_partitions_replicas_and_settings_are_refused,
        replicas_may_be_placed_by_hand,
        a_topic_named_twice_is_refused,
        partitions_are_added_and_never_taken_away,
        growing_may_be_tried_without_being_done,
        a_topic_that_is_to_grow_twice_is_refused,
        a_deleted_topic_is_gone_and_may_be_made_anew,
        topics_are_deleted_by_their_id,
        a_deletion_names_each_topic_once_and_in_one_way,
        topics_are_described_by_their_id,
        what_is_not_there_is_told,
        the_broker_describes_itself;
}

fn wanted(name: &str, partitions: i32) -> CreatableTopic {
    CreatableTopic::default()
        .with_name(topic_name(name))
        .with_num_partitions(partitions)
        .with_replication_factor(-1)
}

fn with_setting(topic: CreatableTopic, name: &str, value: &str) -> CreatableTopic {
    let setting = CreatableTopicConfig::default().with_name(text(name)).with_value(Some(text(value)));
    topic.with_configs(vec![setting])
}

fn create(raw: &mut Raw, topics: Vec<CreatableTopic>, validate_only: bool) -> Vec<CreatableTopicResult> {
    let request = CreateTopicsRequest::default()
        .with_topics(topics)
        .with_timeout_ms(30_000)
        .with_validate_only(validate_only);
    raw.call(7, &request).topics
}

fn created(raw: &mut Raw, topic: CreatableTopic) -> i16 {
    create(raw, vec![topic], false)[0].error_code
}

fn described(raw: &mut Raw, name: &str) -> MetadataResponseTopic {
    let asked = MetadataRequestTopic::default().with_name(Some(topic_name(name)));
    let request =
        MetadataRequest::default().with_topics(Some(vec![asked])).with_allow_auto_topic_creation(false);
    raw.call(12, &request).topics[0].clone()
}

/// The id of a topic.
pub fn topic_id(raw: &mut Raw, name: &str) -> u128 {
    described(raw, name).topic_id.as_u128()
}

/// Waits until the leader of each partition answers for it. Apache Kafka names a leader in its metadata a moment
/// before that leader has taken the partition up, and refuses what is asked in between.
fn wait_for(raw: &mut Raw, name: &str, partitions: usize) -> MetadataResponseTopic {
    eventually("the topic is known and led", || {
        let topic = described(raw, name);
        let led = topic.partitions.iter().filter(|partition| partition.leader_id.0 > 0).count();
        let mut answers = |partition| raw.list_offset(name, partition, LATEST).error_code == NONE;
        let ready = topic.error_code == NONE && led == partitions && (0..led as i32).all(&mut answers);
        ready.then_some(topic)
    })
}

fn a_new_topic_is_described_as_it_was_asked_for(target: &Target) {
    let (mut raw, name) = (target.raw(), unique("new"));
    let asked = with_setting(wanted(&name, 3).with_replication_factor(1), "retention.ms", "12345");
    let made = create(&mut raw, vec![asked], false)[0].clone();
    assert_eq!((made.error_code, made.num_partitions, made.replication_factor), (NONE, 3, 1));
    let settings: BTreeMap<String, (String, i8)> = made
        .configs
        .unwrap()
        .iter()
        .map(|setting| {
            let value = setting.value.clone().unwrap_or_default().to_string();
            (setting.name.to_string(), (value, setting.config_source))
        })
        .collect();
    assert_eq!(settings["retention.ms"], ("12345".to_string(), 1), "set on the topic");
    assert_eq!(settings["cleanup.policy"], ("delete".to_string(), 5), "Kafka's default");
    let topic = wait_for(&mut raw, &name, 3);
    assert_eq!(topic.topic_id, made.topic_id);
    assert!(!topic.is_internal && !topic.topic_id.is_nil());
    for partition in &topic.partitions {
        assert_eq!(partition.replica_nodes, [partition.leader_id]);
        assert_eq!(partition.isr_nodes, [partition.leader_id]);
        assert_eq!((partition.error_code, partition.leader_epoch), (NONE, 0));
        assert!(partition.offline_replicas.is_empty());
    }
    let other = unique("default");
    assert_eq!(create(&mut raw, vec![wanted(&other, -1)], false)[0].num_partitions, 1);
}

fn a_topic_may_be_asked_for_without_being_made(target: &Target) {
    let (mut raw, name) = (target.raw(), unique("maybe"));
    assert_eq!(create(&mut raw, vec![wanted(&name, 2)], true)[0].error_code, NONE);
    assert_eq!(create(&mut raw, vec![wanted("", 2)], true)[0].error_code, INVALID_TOPIC_EXCEPTION);
    assert_eq!(described(&mut raw, &name).error_code, UNKNOWN_TOPIC_OR_PARTITION);
}

fn names_that_cannot_be_are_refused(target: &Target) {
    let mut raw = target.raw();
    for name in ["", ".", "..", "a b", "a/b", "ü", "a\n", &"x".repeat(250)] {
        assert_eq!(created(&mut raw, wanted(name, 1)), INVALID_TOPIC_EXCEPTION, "{name:?}");
    }
    let longest = format!("{}{}", unique("long"), "x".repeat(249));
    assert_eq!(created(&mut raw, wanted(&longest[..249], 1)), NONE);
}

fn a_topic_that_is_there_is_not_made_again(target: &Target) {
    let name = target.topic("there", 1, &[]);
    let mut raw = target.raw();
    assert_eq!(created(&mut raw, wanted(&name, 1)), TOPIC_ALREADY_EXISTS);
    assert_eq!(create(&mut raw, vec![wanted(&name, 1)], true)[0].error_code, TOPIC_ALREADY_EXISTS);
}

fn names_that_differ_by_dot_and_underscore_collide(target: &Target) {
    let (mut raw, name) = (target.raw(), unique("a.b"));
    assert_eq!(created(&mut raw, wanted(&name, 1)), NONE);
    assert_eq!(created(&mut raw, wanted(&name.replace('.', "_"), 1)), INVALID_TOPIC_EXCEPTION);
}

fn impossible_partitions_replicas_and_settings_are_refused(target: &Target) {
    let mut raw = target.raw();
    let mut refused = |topic: CreatableTopic| created(&mut raw, topic);
    assert_eq!(refused(wanted(&unique("none"), 0)), INVALID_PARTITIONS);
    assert_eq!(refused(wanted(&unique("negative"), -2)), INVALID_PARTITIONS);
    for factor in [0, 2, -2] {
        let topic = wanted(&unique("replicas"), 1).with_replication_factor(factor);
        assert_eq!(refused(topic), INVALID_REPLICATION_FACTOR, "{factor} replicas");
    }
    for (name, value) in [("unheard.of", "1"), ("retention.ms", "soon"), ("cleanup.policy", "burn")] {
        assert_eq!(refused(with_setting(wanted(&unique("set"), 1), name, value)), INVALID_CONFIG, "{name}");
    }
}

fn replicas_may_be_placed_by_hand(target: &Target) {
    let mut raw = target.raw();
    let node = wait_for(&mut raw, &target.topic("node", 1, &[]), 1).partitions[0].leader_id;
    let placed = |partition: i32, nodes: &[BrokerId]| {
        CreatableReplicaAssignment::default().with_partition_index(partition).with_broker_ids(nodes.to_vec())
    };
    let by_hand = |assignments| wanted(&unique("by-hand"), -1).with_assignments(assignments);
    let mut made = |topic| created(&mut raw, topic);
    assert_eq!(made(by_hand(vec![placed(0, &[node]), placed(1, &[node])])), NONE);
    assert_eq!(made(by_hand(vec![placed(0, &[BrokerId(77)])])), INVALID_REPLICA_ASSIGNMENT);
    assert_eq!(made(by_hand(vec![placed(0, &[node]), placed(2, &[node])])), INVALID_REPLICA_ASSIGNMENT);
    assert_eq!(made(by_hand(vec![placed(0, &[])])), INVALID_REPLICA_ASSIGNMENT);
    assert_eq!(made(by_hand(vec![placed(0, &[node])]).with_num_partitions(3)), INVALID_REQUEST);
}

fn a_topic_named_twice_is_refused(target: &Target) {
    let (mut raw, name) = (target.raw(), unique("twice"));
    let results = create(&mut raw, vec![wanted(&name, 1), wanted(&name, 2)], false);
    assert!(results.iter().all(|result| result.error_code == INVALID_REQUEST));
    assert_eq!(described(&mut raw, &name).error_code, UNKNOWN_TOPIC_OR_PARTITION);
}

fn partitions_are_added_and_never_taken_away(target: &Target) {
    let (mut raw, name) = (target.raw(), target.topic("grows", 2, &[]));
    raw.write(&name, None, &Batch::value("kept"));
    let mut grow = |name: &str, count| {
        let topic = CreatePartitionsTopic::default()
            .with_name(topic_name(name))
            .with_count(count)
            .with_assignments(None);
        let request = CreatePartitionsRequest::default().with_topics(vec![topic]).with_timeout_ms(30_000);
        raw.call(3, &request).results[0].error_code
    };
    assert_eq!(grow(&name, 5), NONE);
    for count in [5, 4, 0, -1] {
        assert_eq!(grow(&name, count), INVALID_PARTITIONS, "{count} partitions");
    }
    assert_eq!(grow("nowhere", 5), UNKNOWN_TOPIC_OR_PARTITION);
    wait_for(&mut raw, &name, 5);
    assert_eq!(raw.watermarks(&name), (0, 1));
    assert_eq!(raw.produce(&name, 4, Batch::value("new").bytes()).error_code, NONE);
}

/// CreatePartitions; the error for each answer.
fn grow_all(raw: &mut Raw, topics: &[(&str, i32)], validate_only: bool) -> Vec<i16> {
    let topics = topics.iter().map(|(name, count)| {
        CreatePartitionsTopic::default().with_name(topic_name(name)).with_count(*count).with_assignments(None)
    });
    let request = CreatePartitionsRequest::default()
        .with_topics(topics.collect())
        .with_timeout_ms(30_000)
        .with_validate_only(validate_only);
    raw.call(3, &request).results.iter().map(|result| result.error_code).collect()
}

fn growing_may_be_tried_without_being_done(target: &Target) {
    let (mut raw, name) = (target.raw(), target.topic("tried", 2, &[]));
    assert_eq!(grow_all(&mut raw, &[(&name, 4)], true), [NONE]);
    assert_eq!(grow_all(&mut raw, &[(&name, 2)], true), [INVALID_PARTITIONS]);
    assert_eq!(grow_all(&mut raw, &[("nowhere", 2)], true), [UNKNOWN_TOPIC_OR_PARTITION]);
    assert_eq!(described(&mut raw, &name).partitions.len(), 2);
}

fn a_topic_that_is_to_grow_twice_is_refused(target: &Target) {
    let (mut raw, name) = (target.raw(), target.topic("twice", 2, &[]));
    assert_eq!(grow_all(&mut raw, &[(&name, 4), (&name, 5)], false), [INVALID_REQUEST]);
    assert_eq!(described(&mut raw, &name).partitions.len(), 2);
}

fn delete(raw: &mut Raw, name: &str) -> i16 {
    let topic = DeleteTopicState::default().with_name(Some(topic_name(name)));
    let request = DeleteTopicsRequest::default().with_topics(vec![topic]).with_timeout_ms(30_000);
    raw.call(6, &request).responses[0].error_code
}

fn a_deleted_topic_is_gone_and_may_be_made_anew(target: &Target) {
    let (mut raw, name) = (target.raw(), target.topic("deleted", 1, &[]));
    raw.write(&name, None, &Batch::value("gone"));
    let before = described(&mut raw, &name).topic_id;
    assert_eq!(delete(&mut raw, &name), NONE);
    eventually("it is gone", || {
        (described(&mut raw, &name).error_code == UNKNOWN_TOPIC_OR_PARTITION).then_some(())
    });
    assert_eq!(raw.produce(&name, 0, Batch::value("v").bytes()).error_code, UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(created(&mut raw, wanted(&name, 1)), NONE);
    assert_ne!(wait_for(&mut raw, &name, 1).topic_id, before);
    eventually("it is empty", || (raw.watermarks(&name) == (0, 0)).then_some(()));
}

/// DeleteTopics by names, ids or both; error, name and id of each answer, by error.
fn delete_all(raw: &mut Raw, topics: &[(Option<&str>, u128)]) -> Vec<(i16, Option<String>, u128)> {
    let topics = topics.iter().map(|(name, id)| {
        DeleteTopicState::default().with_name(name.map(topic_name)).with_topic_id(wire_id(*id))
    });
    let request = DeleteTopicsRequest::default().with_topics(topics.collect()).with_timeout_ms(30_000);
    let answers = raw.call(6, &request).responses.into_iter();
    let mut answers: Vec<_> = answers
        .map(|answer| {
            (answer.error_code, answer.name.map(|name| name.to_string()), answer.topic_id.as_u128())
        })
        .collect();
    answers.sort();
    answers
}

fn topics_are_deleted_by_their_id(target: &Target) {
    let (mut raw, name) = (target.raw(), target.topic("by-id", 1, &[]));
    let id = topic_id(&mut raw, &name);
    assert_eq!(delete_all(&mut raw, &[(None, id)]), [(NONE, Some(name), id)]);
    eventually("the id is unknown", || {
        (delete_all(&mut raw, &[(None, id)]) == [(UNKNOWN_TOPIC_ID, None, id)]).then_some(())
    });
}

fn a_deletion_names_each_topic_once_and_in_one_way(target: &Target) {
    let (mut raw, name) = (target.raw(), target.topic("once", 1, &[]));
    let id = topic_id(&mut raw, &name);
    let refused = |name: Option<&str>, id| (INVALID_REQUEST, name.map(String::from), id);
    let (by_name, by_id, nil) = ((Some(name.as_str()), 0), (None, id), 0);
    assert_eq!(delete_all(&mut raw, &[(None, nil)]), [refused(None, nil)], "neither");
    assert_eq!(delete_all(&mut raw, &[(Some(&name), id)]), [refused(Some(&name), id)], "both");
    assert_eq!(delete_all(&mut raw, &[by_name, by_name]), [refused(Some(&name), nil)], "twice by name");
    assert_eq!(delete_all(&mut raw, &[by_id, by_id]), [refused(None, id)], "twice by id");
    assert_eq!(delete_all(&mut raw, &[by_name, by_id]), [refused(Some(&name), id)], "by name and by id");
    assert_eq!(topic_id(&mut raw, &name), id, "it is still there");
}

fn topics_are_described_by_their_id(target: &Target) {
    let (mut raw, name) = (target.raw(), target.topic("by-id", 3, &[]));
    let id = topic_id(&mut raw, &name);
    let mut by_id = |id: u128| {
        let asked = MetadataRequestTopic::default().with_name(None).with_topic_id(wire_id(id));
        raw.call(12, &MetadataRequest::default().with_topics(Some(vec![asked]))).topics[0].clone()
    };
    let known = by_id(id);
    assert_eq!((known.error_code, known.name, known.partitions.len()), (NONE, Some(topic_name(&name)), 3));
    let unknown = by_id(0x1234);
    assert_eq!((unknown.error_code, unknown.partitions.len()), (UNKNOWN_TOPIC_ID, 0));
    assert_eq!((unknown.name, unknown.topic_id.as_u128()), (None, 0x1234));
}

fn what_is_not_there_is_told(target: &Target) {
    let mut raw = target.raw();
    assert_eq!(delete(&mut raw, "nowhere"), UNKNOWN_TOPIC_OR_PARTITION);
    let missing = described(&mut raw, "nowhere");
    assert_eq!((missing.error_code, missing.partitions.len()), (UNKNOWN_TOPIC_OR_PARTITION, 0));
    assert_eq!(described(&mut raw, "not a name").error_code, INVALID_TOPIC_EXCEPTION);
}

fn the_broker_describes_itself(target: &Target) {
    let mut raw = target.raw();
    let cluster = raw.call(1, &DescribeClusterRequest::default().with_endpoint_type(1));
    let metadata = raw.call(12, &MetadataRequest::default().with_topics(Some(Vec::new())));
    assert_eq!(cluster.error_code, NONE);
    assert_eq!(Some(cluster.cluster_id), metadata.cluster_id);
    assert_eq!((cluster.brokers.len(), metadata.brokers.len()), (1, 1));
    let broker = &metadata.brokers[0];
    assert_eq!(format!("{}:{}", broker.host.as_str(), broker.port), target.bootstrap());
    assert_eq!((cluster.brokers[0].broker_id, metadata.controller_id), (broker.node_id, broker.node_id));
    assert!(metadata.topics.is_empty());
}
