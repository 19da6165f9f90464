//! Something happens in the middle of a read: the frame is whole all the same, or it says that it is a part, and of what.

use std::time::Duration;

use forebay::data::{Completeness, Frame, ReadRequest, read};
use forebay::jobs::{Cancel, Problem, Progress};
use forebay::kafka::{Bound, Cluster, RangeSpec, Secrets};

use crate::harness::{Kafka, TestRecord};

const RECORDS: u64 = 16_000;

/// Two partitions of records of a kilobyte: some seconds for [`throttled`].
fn topic(kafka: &Kafka) -> String {
    let topic = kafka.topic("interrupted", 2, &[]);
    let filler = "f".repeat(1_000);
    let record =
        |n: u64| TestRecord::new(format!(r#"{{"n":{n},"filler":"{filler}"}}"#)).partition(n as i32 % 2);
    kafka.produce(&topic, (0..RECORDS).map(record));
    topic
}

/// A connection on which the broker gives a few megabytes at once and then little by little.
fn throttled(kafka: &Kafka) -> Cluster {
    Cluster::connect(&kafka.throttled_profile(1_000_000), &Secrets::new()).unwrap()
}

fn request(cluster: &Cluster, topic: &str) -> ReadRequest {
    let range =
        RangeSpec { topics: vec![topic.into()], from: Bound::Beginning, to: Bound::End, partitions: None };
    let slice = cluster.resolve(&range, &Cancel::new()).unwrap();
    ReadRequest { slice, codec: "json".into(), filter: None, budget: None, label: None, label_slice: None }
}

/// Reads, and does something once the first records have come.
fn read_while(
    cluster: &Cluster,
    request: &ReadRequest,
    cancel: &Cancel,
    act: impl FnOnce(),
) -> Result<Frame, Problem> {
    let progress = Progress::new();
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| read(cluster, request, &progress, cancel));
        while progress.snapshot().done == 0 && !reading.is_finished() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let so_far = progress.snapshot().done;
        assert!(0 < so_far && so_far < RECORDS, "{so_far} records came before anything could be done");
        act();
        reading.join().unwrap()
    })
}

/// Why the frame is a part, what to do next, and how many records it has; every one of them is a row.
fn part(frame: &Frame) -> (&str, &str, u64) {
    let Completeness::Part { why, next, positions } = &frame.completeness else { panic!("whole: {frame:?}") };
    let records: u64 = positions.iter().map(|position| position.records).sum();
    assert!(0 < records && records < RECORDS, "{positions:?}");
    assert_eq!(frame.rows() as u64, records);
    assert!(positions.iter().all(|position| position.next.0 as u64 == position.records), "{positions:?}");
    (why, next, records)
}

#[test]
fn a_broker_killed_in_the_middle_of_a_read_changes_nothing_of_what_is_read() {
    let mut kafka = Kafka::start();
    let topic = topic(&kafka);
    let (undisturbed, slow) = (kafka.connect(), throttled(&kafka));
    let request = request(&undisturbed, &topic);
    let expected = read(&undisturbed, &request, &Progress::new(), &Cancel::new()).unwrap();
    assert_eq!((expected.rows() as u64, &expected.completeness), (RECORDS, &Completeness::Whole));

    let found = read_while(&slow, &request, &Cancel::new(), || {
        kafka.kill(1);
        kafka.start_again(1);
    });

    let found = found.unwrap();
    assert_eq!(found.completeness, Completeness::Whole);
    assert_eq!(found.content, expected.content, "digests of every key, value and position");
    assert!(found.data.equals_missing(&expected.data));
}

#[test]
fn a_read_that_is_cancelled_keeps_what_came_and_says_how_much() {
    let kafka = Kafka::plain();
    let topic = topic(kafka);
    let slow = throttled(kafka);
    let cancel = Cancel::new();

    let frame = read_while(&slow, &request(&slow, &topic), &cancel, || cancel.cancel()).unwrap();

    let (why, next, records) = part(&frame);
    assert_eq!((why, next), ("cancelled", ""));
    // What was kept is what a read of just these offsets gives.
    let Completeness::Part { positions, .. } = &frame.completeness else { panic!() };
    let cluster = kafka.connect();
    let mut again = request(&cluster, &topic);
    for (range, position) in again.slice.topics[0].partitions.iter_mut().zip(positions) {
        range.end = position.next;
    }
    let again = read(&cluster, &again, &Progress::new(), &Cancel::new()).unwrap();
    assert_eq!((again.rows() as u64, &again.content), (records, &frame.content));
}

#[test]
fn a_topic_deleted_in_the_middle_of_a_read_leaves_the_part_that_came() {
    let kafka = Kafka::plain();
    let topic = topic(kafka);
    let slow = throttled(kafka);

    let frame =
        read_while(&slow, &request(&slow, &topic), &Cancel::new(), || kafka.delete_topic(&topic)).unwrap();

    let (why, next, _) = part(&frame);
    assert!(why.contains("of 8000: the topic was deleted"), "{why}");
    assert_eq!(next, "Choose another topic.");
}
