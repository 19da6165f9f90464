//! Nothing but `score` touches groups and their offsets. The witnesses are Java's own tools and plain librdkafka.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};

use crate::binary::Forebay;
use crate::harness::{Kafka, eventually, java_tool};
use crate::small;

/// Where Kafka keeps groups and committed offsets.
const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// Rows of `kafka-consumer-groups --describe --all-groups` (offset, lag, member), by group.
fn groups(kafka: &Kafka) -> BTreeMap<String, Vec<String>> {
    let server = kafka.bootstrap();
    let arguments = ["--bootstrap-server", &server, "--describe", "--all-groups", "--offsets"];
    let printed = java_tool("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", &arguments);
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in printed.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_row = words.len() > 5 && words[2].parse::<u32>().is_ok();
        if is_row {
            groups.entry(words[0].into()).or_default().push(words.join(" "));
        }
    }
    groups.values_mut().for_each(|rows| rows.sort());
    groups
}

/// How far the topic of groups and offsets reaches, by partition: everything that is ever committed or joined is a record
/// of it. Empty where the cluster never had a group.
fn written(kafka: &Kafka) -> Vec<i64> {
    let consumer: BaseConsumer = kafka.client_config().create().unwrap();
    let metadata = consumer.fetch_metadata(Some(OFFSETS_TOPIC), Duration::from_secs(30)).unwrap();
    let partitions = metadata.topics()[0].partitions().iter();
    partitions
        .map(|partition| {
            consumer.fetch_watermarks(OFFSETS_TOPIC, partition.id(), Duration::from_secs(30)).unwrap().1
        })
        .collect()
}

/// A group that reads the topic and is at work all the while.
fn at_work(kafka: &Kafka, group: &str, topic: &str) -> BaseConsumer {
    let mut config = kafka.client_config();
    config.set("group.id", group).set("enable.auto.commit", "false").set("auto.offset.reset", "earliest");
    let consumer: BaseConsumer = config.create().unwrap();
    consumer.subscribe(&[topic]).unwrap();
    eventually("four partitions", || {
        if let Some(message) = consumer.poll(Duration::from_millis(100)) {
            message.unwrap();
        }
        (consumer.assignment().unwrap().count() == 4).then_some(())
    });
    commit(&consumer, topic, 70);
    consumer
}

fn commit(consumer: &BaseConsumer, topic: &str, next: i64) {
    let mut offsets = TopicPartitionList::new();
    for partition in 0..4 {
        offsets.add_partition_offset(topic, partition, rdkafka::Offset::Offset(next)).unwrap();
    }
    consumer.commit(&offsets, CommitMode::Sync).unwrap();
}

#[test]
fn no_command_but_score_touches_a_group_or_a_committed_offset() {
    let kafka = Kafka::start();
    let topic = small::topic(&kafka, 4_000);
    // Two applications that have nothing to do with Forebay: one that has ended, one at work.
    let mut config = kafka.client_config();
    let ended: BaseConsumer = config.set("group.id", "billing").create().unwrap();
    commit(&ended, &topic, 30);
    drop(ended);
    let _dashboard = at_work(&kafka, "dashboard", &topic);
    let (before, written_before) = (groups(&kafka), written(&kafka));
    assert_eq!(before.keys().collect::<Vec<_>>(), ["billing", "dashboard"]);
    assert!(
        before["billing"].len() == 4
            && before["billing"][0].starts_with(&format!("billing {topic} 0 30 1000"))
    );
    assert!(before["dashboard"].len() == 4 && before["dashboard"][3].contains(" 70 1000 930 "), "{before:?}");

    let forebay = Forebay::on(&kafka);
    forebay.write("run.toml", &small::run_file(&topic));
    for command in [
        &["topics"][..],
        &["topics", "--internal"],
        &["topic", &topic],
        &["plan", &topic, "--from", "2013-01-01T00:05:00Z"],
        &["read", &topic, "--from", "-1000", "-o", "a.parquet"],
        &["read", &topic, "-o", "-"],
        &["profile", &topic],
        &["write", "a.parquet", "--topic", "copy", "--partitions", "2"],
        &["train", "run.toml", "-o", "a.zip"],
        &["train", "run.toml", "--publish", "late"],
        &["publish", "a.zip", "--name", "late"],
        &["models"],
        &["alias", "late", "2", "champion"],
        &["pull", "late@champion", "-o", "b.zip"],
        &["predict", "late@champion", "--input", "a.parquet", "-o", "b.parquet"],
    ] {
        forebay.text(command);
        assert_eq!(written(&kafka), written_before, "forebay {command:?} wrote to {OFFSETS_TOPIC}");
    }
    assert_eq!(groups(&kafka), before);

    let score = ["score", "late@champion", "--input", &topic, "--output", "predictions", "--until-end"];
    assert_eq!(forebay.json(&score)["scored"], 4_000);

    let mut after = groups(&kafka);
    let own = after.remove("forebay-late").unwrap();
    let places = own.iter().map(|row| row.split(' ').take(5).collect::<Vec<_>>().join(" "));
    let expected = (0..4).map(|partition| format!("forebay-late {topic} {partition} 1000 1000"));
    assert_eq!(places.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    assert_eq!(after, before, "only its own group has changed");
    assert_ne!(written(&kafka), written_before);
}
