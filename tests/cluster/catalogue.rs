//! What is on a cluster: topics, watermarks, settings, groups.

use std::collections::BTreeMap;
use std::time::Duration;

use forebay::kafka::{GroupOffsets, KafkaError, Offset, PartitionId, TopicSummary};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientConfig, TopicPartitionList};

use crate::harness::{Kafka, TestRecord, eventually, unique};

fn watermarks(topic: &TopicSummary) -> Vec<(i64, i64)> {
    topic.partitions.iter().map(|partition| (partition.low.0, partition.high.0)).collect()
}

/// Commits offset `next` of partition 0 for a group that nobody is a member of.
fn commit(config: &ClientConfig, group: &str, topic: &str, next: i64) {
    let mut config = config.clone();
    let client: BaseConsumer = config.set("group.id", group).create().unwrap();
    let mut offsets = TopicPartitionList::new();
    offsets.add_partition_offset(topic, 0, rdkafka::Offset::Offset(next)).unwrap();
    client.commit(&offsets, CommitMode::Sync).unwrap();
}

fn groups_of(cluster: &forebay::kafka::Cluster, prefix: &str) -> Vec<GroupOffsets> {
    cluster.groups().unwrap().into_iter().filter(|group| group.group.starts_with(prefix)).collect()
}

#[test]
fn every_topic_is_listed_with_its_watermarks() {
    let kafka = Kafka::shared();
    let (full, empty) = (kafka.topic("full", 3, &[]), kafka.topic("empty", 2, &[]));
    kafka.produce(&full, (0..5).map(|n| TestRecord::new("{}").partition(n / 2)));

    let catalogue = kafka.connect().catalogue().unwrap();

    let topic = |name: &str| catalogue.topics.iter().find(|topic| topic.name == name).unwrap();
    assert_eq!(watermarks(topic(&full)), [(0, 2), (0, 2), (0, 1)]);
    assert_eq!((topic(&full).records(), topic(&full).problem.as_deref()), (5, None));
    assert_eq!(watermarks(topic(&empty)), [(0, 0), (0, 0)]);
    assert!(catalogue.topics.is_sorted_by(|left, right| left.name < right.name));
    assert_eq!(catalogue.brokers.len(), 1);
    assert_eq!(catalogue.brokers[0].address, kafka.bootstrap());
}

#[test]
fn the_end_of_a_topic_is_where_its_open_transaction_begins() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("open", 1, &[]);
    kafka.produce(&topic, (0..4).map(|_| TestRecord::new("{}")));
    let mut config = kafka.client_config();
    let writer: BaseProducer = config.set("transactional.id", unique("open")).create().unwrap();
    writer.init_transactions(Duration::from_secs(30)).unwrap();
    writer.begin_transaction().unwrap();
    writer.send(BaseRecord::<(), str>::to(&topic).payload("{}")).unwrap();
    writer.flush(Duration::from_secs(30)).unwrap();
    let cluster = kafka.connect();

    assert_eq!(watermarks(&cluster.topic(&topic).unwrap().summary), [(0, 4)]);
    writer.commit_transaction(Duration::from_secs(30)).unwrap();
    // The marker is written soon after the commit was acknowledged; then both it and the record are before the end.
    let ended = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        watermarks(&cluster.topic(&topic).unwrap().summary) == [(0, 6)]
    });
    assert!(ended);
}

#[test]
fn a_topic_tells_its_settings_and_which_of_them_are_its_own() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("settings", 1, &[("cleanup.policy", "compact")]);
    let detail = kafka.connect().topic(&topic).unwrap();
    let setting = |name: &str| (detail.config[name].value.as_str(), detail.config[name].default);
    assert_eq!(setting("cleanup.policy"), ("compact", false));
    assert_eq!(setting("max.message.bytes"), ("1048588", true));
    assert!(detail.problems.is_empty(), "{:?}", detail.problems);
}

#[test]
fn a_group_is_told_with_its_lag_and_looking_changes_no_group() {
    let kafka = Kafka::shared();
    let (topic, prefix) = (kafka.topic("lag", 2, &[]), unique("readers"));
    kafka.produce(&topic, (0..10).map(|n| TestRecord::new("{}").partition(n % 2)));
    commit(&kafka.client_config(), &format!("{prefix}-a"), &topic, 2);
    commit(&kafka.client_config(), &format!("{prefix}-b"), &topic, 5);
    let cluster = kafka.connect();

    let before = groups_of(&cluster, &prefix);
    let offsets: BTreeMap<&str, &[_]> =
        before.iter().map(|group| (group.group.as_str(), &group.offsets[..])).collect();
    assert_eq!(offsets[format!("{prefix}-a").as_str()], [(topic.clone(), PartitionId(0), Offset(2))]);

    let detail = cluster.topic(&topic).unwrap();
    let lags: Vec<_> =
        detail.groups.iter().map(|group| (group.group.clone(), group.state.as_str(), group.lag)).collect();
    assert_eq!(lags, [(format!("{prefix}-a"), "Empty", 3), (format!("{prefix}-b"), "Empty", 0)]);
    assert_eq!(groups_of(&cluster, &prefix), before);
}

#[test]
fn topics_are_made_and_deleted_by_explicit_acts_only() {
    let kafka = Kafka::shared();
    let cluster = kafka.connect();
    let name = unique("made");

    assert_eq!(cluster.topic(&name).unwrap_err(), KafkaError::NoTopic { topic: name.clone() });
    let access = cluster.write_access("make a topic").unwrap();
    access.create_topic(&name, 2, &[("retention.ms", "-1")]).unwrap();
    assert_eq!(cluster.topic(&name).unwrap().config["retention.ms"].value, "-1");
    let again = access.create_topic(&name, 2, &[]).unwrap_err();
    assert_eq!(again, KafkaError::TopicExists { topic: name.clone() });
    access.delete_topic(&name).unwrap();
    assert_eq!(access.delete_topic(&name).unwrap_err(), KafkaError::NoTopic { topic: name });
}

#[test]
fn a_list_that_cannot_be_had_is_an_error_and_not_empty() {
    let mut kafka = Kafka::start();
    kafka.topic("there", 1, &[]);
    let mut profile = kafka.profile();
    profile.properties.insert("socket.timeout.ms".into(), "5000".into());
    let cluster = forebay::kafka::Cluster::connect(&profile, &forebay::kafka::Secrets::new()).unwrap();
    assert_eq!(cluster.catalogue().unwrap().topics.len(), 1);

    kafka.kill(1);
    let error = cluster.catalogue().unwrap_err();
    assert!(matches!(error, KafkaError::Unreachable { .. } | KafkaError::TimedOut { .. }), "{error}");

    kafka.start_again(1);
    let topics = eventually("the catalogue", || cluster.catalogue().ok()).topics;
    assert_eq!(topics.len(), 1);
}
