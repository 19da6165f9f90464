//! What readers find, while the broker is killed and afterwards.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};

use super::super::admin::{PATIENCE, passes};
use super::load::{Progress, client};
use super::number;

/// A reader of committed records at the beginning of partition 0 of some topics. That an offset is gone which it was
/// to read next is an error.
fn reader(bootstrap: &str, topics: &[&str]) -> BaseConsumer {
    let mut config = client(bootstrap);
    config.set("group.id", "unused").set("enable.auto.commit", "false").set("fetch.wait.max.ms", "20");
    config.set("enable.partition.eof", "true").set("auto.offset.reset", "error");
    let consumer: BaseConsumer = config.set("isolation.level", "read_committed").create().unwrap();
    let mut list = TopicPartitionList::new();
    for topic in topics {
        list.add_partition_offset(topic, 0, Offset::Beginning).unwrap();
    }
    consumer.assign(&list).unwrap();
    consumer
}

/// Key and number of everything that a reader of committed records sees.
pub fn committed(bootstrap: &str, topic: &str) -> Vec<(Option<String>, u64)> {
    let consumer = reader(bootstrap, &[topic]);
    let (mut records, started) = (Vec::new(), Instant::now());
    loop {
        match consumer.poll(PATIENCE).expect("neither a record nor the end") {
            Ok(record) => {
                let key = record.key().map(|key| String::from_utf8(key.to_vec()).unwrap());
                records.push((key, number(&record)));
            }
            Err(KafkaError::PartitionEOF(_)) => return records,
            Err(error) => assert!(passes(&error) && started.elapsed() < 2 * PATIENCE, "{topic}: {error}"),
        }
    }
}

/// The numbers of it.
pub fn numbers(bootstrap: &str, topic: &str) -> Vec<u64> {
    committed(bootstrap, topic).into_iter().map(|(_, number)| number).collect()
}

/// Reads two topics while they are written, until it has seen as many records of each as it is told to wait for.
pub fn read_along(
    bootstrap: &str,
    topics: [&str; 2],
    until: &OnceLock<usize>,
    progress: &Progress,
) -> [Vec<u64>; 2] {
    let consumer = reader(bootstrap, &topics);
    let mut seen = [Vec::new(), Vec::new()];
    let mut stopped = None;
    loop {
        match consumer.poll(Duration::from_millis(50)) {
            Some(Ok(record)) => {
                let of = topics.iter().position(|topic| *topic == record.topic()).unwrap();
                seen[of].push(number(&record));
            }
            Some(Err(KafkaError::PartitionEOF(_))) | None => {}
            Some(Err(error)) => assert!(passes(&error), "{error}"),
        }
        let waited = match progress.goes_on() {
            true => continue,
            false => stopped.get_or_insert_with(Instant::now).elapsed(),
        };
        let Some(count) = until.get() else {
            assert!(waited < 5 * PATIENCE, "nobody said how many there are");
            continue;
        };
        if seen.iter().all(|numbers| numbers.len() >= *count) {
            return seen;
        }
        assert!(waited < 10 * PATIENCE, "{} and {} of {count} seen", seen[0].len(), seen[1].len());
    }
}

/// A group's offset.
pub fn committed_offset(bootstrap: &str, group: &str, topic: &str) -> i64 {
    let consumer: BaseConsumer = client(bootstrap).set("group.id", group).create().unwrap();
    let mut list = TopicPartitionList::new();
    list.add_partition(topic, 0);
    let found = consumer.committed_offsets(list, PATIENCE).unwrap();
    match found.elements()[0].offset() {
        Offset::Offset(offset) => offset,
        other => panic!("the group {group} has {other:?}"),
    }
}
