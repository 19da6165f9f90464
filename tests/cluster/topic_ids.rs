//! A slice is of one topic, and not of another that was given its name.

use std::time::Duration;

use forebay::data::{Completeness, ReadRequest, read};
use forebay::jobs::{Cancel, Progress};
use forebay::kafka::{Bound, Cluster, RangeSpec, ReadOptions, Slice, SliceReader};

use crate::harness::{Kafka, TestRecord, java_tool};

fn whole(cluster: &Cluster, topics: &[&str]) -> Slice {
    let topics = topics.iter().map(|topic| topic.to_string()).collect();
    let range = RangeSpec { topics, from: Bound::Beginning, to: Bound::End, partitions: None };
    cluster.resolve(&range, &Cancel::new()).unwrap()
}

fn fill(kafka: &Kafka, topic: &str, records: i64) {
    let filler = "f".repeat(500);
    kafka.produce(topic, (0..records).map(|n| TestRecord::new(format!("{{\"n\":{n},\"f\":\"{filler}\"}}"))));
}

/// Deletes a topic and makes another of the same name, with as many records.
fn make_anew(kafka: &Kafka, cluster: &Cluster, topic: &str, records: i64) {
    cluster.write_access("delete a topic").unwrap().delete_topic(topic).unwrap();
    kafka.named_topic(topic, 1, &[]);
    fill(kafka, topic, records);
}

fn id(slice: &Slice, topic: usize) -> &str {
    slice.topics[topic].topic_id.as_deref().unwrap()
}

#[test]
fn a_slice_and_a_topics_detail_tell_the_id_that_kafkas_own_tool_tells() {
    let kafka = Kafka::shared();
    let topics = [kafka.topic("ids", 1, &[]), kafka.topic("ids", 2, &[])];
    let cluster = kafka.connect();

    let slice = whole(&cluster, &[&topics[1], &topics[0]]);

    for (at, topic) in [(0, &topics[1]), (1, &topics[0])] {
        let told = java_tool(
            "org.apache.kafka.tools.TopicCommand",
            &["--bootstrap-server", &kafka.bootstrap(), "--describe", "--topic", topic],
        );
        assert!(told.contains(&format!("TopicId: {}", id(&slice, at))), "{told}");
        assert_eq!(cluster.topic(topic).unwrap().topic_id.as_deref(), Some(id(&slice, at)));
    }
}

#[test]
fn a_saved_slice_of_a_topic_that_was_made_anew_is_refused() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("anew", 1, &[]);
    fill(kafka, &topic, 20);
    let cluster = kafka.connect();
    let saved = serde_json::to_string(&whole(&cluster, &[&topic])).unwrap();
    make_anew(kafka, &cluster, &topic, 20);

    let slice: Slice = serde_json::from_str(&saved).unwrap();
    let request = ReadRequest {
        slice,
        codec: "json".into(),
        filter: None,
        budget: None,
        label: None,
        label_slice: None,
    };
    let refused = read(&cluster, &request, &Progress::new(), &Cancel::new()).unwrap_err();

    let now = whole(&cluster, &[&topic]);
    assert_eq!(refused.what, format!("Range on {topic}"));
    assert!(
        refused.why.contains("the topic was deleted and made anew since the slice was taken"),
        "{refused}"
    );
    assert!(
        refused.why.contains(&format!("its id was {} and is {}", id(&request.slice, 0), id(&now, 0))),
        "{refused}"
    );
    assert_eq!(refused.next, "Resolve the range anew, for the records that are there now.");
    assert_ne!(now.digest(), request.slice.digest());
    let again = ReadRequest { slice: now, ..request };
    assert_eq!(read(&cluster, &again, &Progress::new(), &Cancel::new()).unwrap().rows(), 20);
}

#[test]
fn a_topic_made_anew_while_it_is_read_is_told_and_never_taken_for_the_whole_slice() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("anew", 1, &[]);
    fill(kafka, &topic, 20_000);
    let cluster = kafka.connect();
    let slice = whole(&cluster, &[&topic]);
    let options = ReadOptions {
        ahead_bytes: 256 << 10,
        fetch_bytes: 64 << 10,
        stall: Duration::from_secs(30),
        ..ReadOptions::default()
    };
    let mut reader = SliceReader::open(&cluster, &slice, options).unwrap();
    reader.next(None, &Cancel::new()).unwrap().unwrap();

    make_anew(kafka, &cluster, &topic, 20_000);

    let stopped = loop {
        match reader.next(None, &Cancel::new()) {
            Ok(Some(_)) => {}
            Ok(None) => panic!("nothing was said"),
            Err(error) => break error.to_string(),
        }
    };
    assert!(stopped.contains("made anew") || stopped.contains("was deleted"), "{stopped}");
    assert!(reader.next(None, &Cancel::new()).unwrap().is_none(), "it is said once");
}

#[test]
fn a_slice_without_an_id_is_read_as_before() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("anew", 1, &[]);
    fill(kafka, &topic, 20);
    let cluster = kafka.connect();
    let mut slice = whole(&cluster, &[&topic]);
    slice.topics[0].topic_id = None;
    let request = ReadRequest {
        slice,
        codec: "json".into(),
        filter: None,
        budget: None,
        label: None,
        label_slice: None,
    };
    let frame = read(&cluster, &request, &Progress::new(), &Cancel::new()).unwrap();
    assert_eq!((frame.rows(), frame.completeness), (20, Completeness::Whole));
}
