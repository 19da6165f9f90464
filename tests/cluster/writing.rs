//! What is written arrives once, where Java would put it, in whole transactions.

use std::time::Duration;

use forebay::jobs::Cancel;
use forebay::kafka::{
    Bound, Cluster, EventTime, KafkaError, OutRecord, PartitionId, RangeSpec, ReadOptions, SliceReader,
    TopicWriter, TransactionalWriter,
};

use super::harness::{Kafka, java_tool_with_input};

const PATIENCE: Duration = Duration::from_secs(30);

/// Partition, key and value of every committed record.
fn records(cluster: &Cluster, topic: &str) -> Vec<(i32, String, String)> {
    let range =
        RangeSpec { topics: vec![topic.into()], from: Bound::Beginning, to: Bound::End, partitions: None };
    let slice = cluster.resolve(&range, &Cancel::new()).unwrap();
    let mut reader = SliceReader::open(cluster, &slice, ReadOptions::default()).unwrap();
    let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.unwrap_or(b"null").to_vec()).unwrap();
    let mut all = Vec::new();
    while let Some(batch) = reader.next(None, &Cancel::new()).unwrap() {
        let row =
            |record: forebay::kafka::Record<'_>| (batch.partition().0, text(record.key), text(record.value));
        all.extend(batch.iter().map(row));
    }
    all.sort();
    all
}

fn value<'a>(topic: &'a str, value: &'a str) -> OutRecord<'a> {
    OutRecord { topic, value: Some(value.as_bytes()), ..OutRecord::default() }
}

fn writer(cluster: &Cluster) -> TopicWriter {
    TopicWriter::open(cluster.write_access("write a test").unwrap()).unwrap()
}

fn transactional(cluster: &Cluster, id: &str) -> TransactionalWriter {
    TransactionalWriter::open(cluster.write_access("write a test").unwrap(), id).unwrap()
}

/// Bytes that do not get smaller by compression.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn records_arrive_with_all_they_have() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("written", 2, &[]);
    let cluster = kafka.connect();
    let mut writer = writer(&cluster);

    let headers = [("trace", &b"7"[..])];
    let full = OutRecord {
        partition: Some(PartitionId(1)),
        key: Some(b"k"),
        timestamp: Some(EventTime(1_000)),
        headers: &headers,
        ..value(&topic, "v")
    };
    writer.send(full).unwrap();
    writer
        .send(OutRecord {
            topic: &topic,
            partition: Some(PartitionId(0)),
            key: Some(b"gone"),
            ..OutRecord::default()
        })
        .unwrap();
    writer.flush(PATIENCE).unwrap();

    let expected = [(0, "gone".into(), "null".into()), (1, "k".into(), "v".into())];
    assert_eq!(records(&cluster, &topic), expected);
}

#[test]
fn keys_go_to_the_partitions_that_java_chooses() {
    let kafka = Kafka::shared();
    let (ours, javas) = (kafka.topic("ours", 7, &[]), kafka.topic("javas", 7, &[]));
    let cluster = kafka.connect();
    let keys: Vec<String> = (0..40).map(|n| format!("key-{n}-ä")).collect();
    let mut writer = writer(&cluster);
    for key in &keys {
        writer.send(OutRecord { key: Some(key.as_bytes()), ..value(&ours, "v") }).unwrap();
    }
    writer.flush(PATIENCE).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let lines: String = keys.iter().map(|key| format!("{key}\tv\n")).collect();
    let file = folder.path().join("lines");
    std::fs::write(&file, lines).unwrap();
    let arguments =
        ["--bootstrap-server", &kafka.bootstrap(), "--topic", &javas, "--property", "parse.key=true"];
    java_tool_with_input("org.apache.kafka.tools.ConsoleProducer", &arguments, &file);

    assert_eq!(records(&cluster, &ours), records(&cluster, &javas));
}

#[test]
fn a_record_that_is_too_large_is_named() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("small", 1, &[("max.message.bytes", "2000")]);
    let cluster = kafka.connect();
    let mut writer = writer(&cluster);
    // Compression must not help it through.
    let noise = noise(5_000);
    let record = OutRecord { topic: &topic, value: Some(&noise), ..OutRecord::default() };
    let refused = writer.send(record).and_then(|()| writer.flush(PATIENCE));
    assert_eq!(refused, Err(KafkaError::TooLarge { topic: topic.clone(), bytes: 5_000 }));

    let huge = vec![7; 20_000_000];
    let record = OutRecord { topic: &topic, value: Some(&huge), ..OutRecord::default() };
    assert_eq!(writer.send(record), Err(KafkaError::TooLarge { topic, bytes: 20_000_000 }));
}

#[test]
fn a_topic_that_is_not_there_is_an_error_of_the_delivery() {
    let kafka = Kafka::shared();
    let mut profile = kafka.profile();
    profile.properties.insert("topic.metadata.propagation.max.ms".into(), "500".into());
    let cluster = Cluster::connect(&profile, &forebay::kafka::Secrets::new()).unwrap();
    let mut writer = writer(&cluster);
    let refused = writer.send(value("nowhere", "v")).and_then(|()| writer.flush(PATIENCE));
    assert_eq!(refused, Err(KafkaError::NoTopic { topic: "nowhere".into() }));
}

#[test]
fn a_full_queue_waits_and_loses_nothing() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("full", 1, &[]);
    let mut profile = kafka.profile();
    profile.properties.insert("queue.buffering.max.messages".into(), "100".into());
    let cluster = Cluster::connect(&profile, &forebay::kafka::Secrets::new()).unwrap();
    let mut writer = writer(&cluster);
    for _ in 0..20_000 {
        writer.send(value(&topic, "v")).unwrap();
    }
    writer.flush(PATIENCE).unwrap();
    assert_eq!(records(&cluster, &topic).len(), 20_000);
}

#[test]
fn a_read_only_connection_opens_no_writer() {
    let mut profile = Kafka::shared().profile();
    profile.read_only = true;
    let cluster = Cluster::connect(&profile, &forebay::kafka::Secrets::new()).unwrap();
    let refused = cluster.write_access("publish to models").err().unwrap();
    assert_eq!(refused.to_string(), "publish to models refused: connection test is read-only");
}

#[test]
fn only_what_was_committed_is_seen() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("whole", 1, &[]);
    let cluster = kafka.connect();
    let mut writer = transactional(&cluster, &topic);
    writer.begin().unwrap();
    writer.send(value(&topic, "kept")).unwrap();
    writer.commit().unwrap();
    writer.begin().unwrap();
    writer.send(value(&topic, "dropped")).unwrap();
    writer.abort().unwrap();
    writer.begin().unwrap();
    writer.send(value(&topic, "kept, too")).unwrap();
    writer.commit().unwrap();

    let values: Vec<String> = records(&cluster, &topic).into_iter().map(|(_, _, value)| value).collect();
    assert_eq!(values, ["kept", "kept, too"]);
}

#[test]
fn a_writer_that_is_dropped_leaves_no_open_transaction() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("dropped", 1, &[]);
    let cluster = kafka.connect();
    let mut first = transactional(&cluster, &topic);
    first.begin().unwrap();
    first.send(value(&topic, "undecided")).unwrap();
    drop(first);

    // Had it stayed open, nothing behind it could be read until its time is over.
    let mut plain = writer(&cluster);
    plain.send(value(&topic, "behind")).unwrap();
    plain.flush(PATIENCE).unwrap();
    let values: Vec<String> = records(&cluster, &topic).into_iter().map(|(_, _, value)| value).collect();
    assert_eq!(values, ["behind"]);
}

#[test]
fn the_newer_writer_fences_the_older() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("fenced", 1, &[]);
    let cluster = kafka.connect();
    let mut older = transactional(&cluster, &topic);
    older.begin().unwrap();
    older.send(value(&topic, "older")).unwrap();

    let mut newer = transactional(&cluster, &topic);
    newer.begin().unwrap();
    newer.send(value(&topic, "newer")).unwrap();
    newer.commit().unwrap();

    let fenced = older.commit().unwrap_err();
    assert!(matches!(fenced, KafkaError::Fenced { .. }), "{fenced}");
    let values: Vec<String> = records(&cluster, &topic).into_iter().map(|(_, _, value)| value).collect();
    assert_eq!(values, ["newer"]);
}

#[test]
fn a_failed_transaction_is_aborted_and_the_next_one_works() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("again", 1, &[("max.message.bytes", "2000")]);
    let cluster = kafka.connect();
    let mut writer = transactional(&cluster, &topic);
    let noise = noise(5_000);
    writer.begin().unwrap();
    writer.send(value(&topic, "small")).unwrap();
    let sent = writer.send(OutRecord { topic: &topic, value: Some(&noise), ..OutRecord::default() });
    let refused = sent.and_then(|()| writer.commit()).unwrap_err();
    assert!(matches!(refused, KafkaError::TooLarge { .. }), "{refused}");

    writer.begin().unwrap();
    writer.send(value(&topic, "fine")).unwrap();
    writer.commit().unwrap();
    let values: Vec<String> = records(&cluster, &topic).into_iter().map(|(_, _, value)| value).collect();
    assert_eq!(values, ["fine"]);
}
