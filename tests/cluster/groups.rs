//! Members of a group share the work, and nothing is lost or doubled when they come and go.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use forebay::jobs::Cancel;
use forebay::kafka::{
    Bound, Cluster, GroupConsumer, GroupOptions, KafkaError, Offset, OutRecord, PartitionId, Polled,
    RangeSpec, ReadOptions, Secrets, SliceReader, TransactionalWriter,
};

use super::harness::{Kafka, PATIENCE, TestRecord, unique};

const TICK: Duration = Duration::from_millis(100);

type At = (String, PartitionId, Offset);

fn join(cluster: &Cluster, group: &str, topic: &str) -> GroupConsumer {
    let options = GroupOptions { from_beginning: true, ..GroupOptions::default() };
    GroupConsumer::join(cluster.write_access("score").unwrap(), group, &[topic], options).unwrap()
}

/// Polls until `done` says so; the values of the records that came, with where the batches ended.
fn poll_until(
    member: &mut GroupConsumer,
    mut done: impl FnMut(&GroupConsumer, usize) -> bool,
) -> Vec<String> {
    let started = Instant::now();
    let mut values = Vec::new();
    while !done(member, values.len()) {
        assert!(started.elapsed() < PATIENCE, "{} records after {PATIENCE:?}", values.len());
        values.extend(texts(&member.poll(1_000, TICK, Vec::new()).unwrap()));
    }
    values
}

fn texts(polled: &Polled) -> Vec<String> {
    let text = |value: Option<&[u8]>| String::from_utf8(value.unwrap_or_default().to_vec()).unwrap();
    polled.batches.iter().flat_map(|batch| batch.iter().map(|record| text(record.value))).collect()
}

fn numbered(kafka: &Kafka, partitions: i32, each: i64) -> String {
    let topic = kafka.topic("grouped", partitions, &[]);
    for partition in 0..partitions {
        let record = |n: i64| TestRecord::new(format!("{partition}-{n}")).partition(partition);
        kafka.produce(&topic, (0..each).map(record));
    }
    topic
}

#[test]
fn a_member_reads_commits_and_goes_on_where_it_was() {
    let kafka = Kafka::shared();
    let topic = numbered(kafka, 2, 100);
    let group = unique("scorer");
    let cluster = kafka.connect();

    let mut first = join(&cluster, &group, &topic);
    let values = poll_until(&mut first, |_, count| count >= 200);
    assert_eq!(values.iter().collect::<BTreeSet<_>>().len(), 200);
    let positions = first.positions();
    assert!(positions.iter().all(|(_, _, next)| *next == Offset(100)), "{positions:?}");
    assert_eq!(first.ends(), positions);
    first.commit(&positions).unwrap();
    drop(first);

    kafka.produce(&topic, [TestRecord::new("new").partition(1)]);
    let mut second = join(&cluster, &group, &topic);
    assert_eq!(poll_until(&mut second, |_, count| count >= 1), ["new"]);
}

#[test]
fn a_poll_takes_no_more_than_it_is_asked_for() {
    let kafka = Kafka::shared();
    let topic = numbered(kafka, 3, 500);
    let mut member = join(&kafka.connect(), &unique("scorer"), &topic);
    let started = Instant::now();
    let mut seen = 0;
    let mut spare = Vec::new();
    while seen < 1_500 {
        assert!(started.elapsed() < PATIENCE);
        let polled = member.poll(70, TICK, spare).unwrap();
        let count: usize = polled.batches.iter().map(|batch| batch.len()).sum();
        assert!(count <= 70);
        let places: Vec<_> = polled.batches.iter().map(|batch| batch.partition()).collect();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "one batch each, in order: {places:?}");
        seen += count;
        spare = polled.batches;
    }
    assert_eq!(seen, 1_500);
}

#[test]
fn two_members_share_the_partitions_and_nothing_comes_twice() {
    let kafka = Kafka::shared();
    let topic = numbered(kafka, 4, 50);
    let group = unique("scorer");
    let cluster = kafka.connect();
    let mut one = join(&cluster, &group, &topic);
    let mut values = poll_until(&mut one, |_, count| count >= 200);
    one.commit(&one.positions()).unwrap();

    // The other joins: what was four becomes two and two.
    let mut other = join(&cluster, &group, &topic);
    let started = Instant::now();
    while (one.positions().len(), other.positions().len()) != (2, 2) {
        assert!(started.elapsed() < PATIENCE, "not shared");
        values.extend(texts(&one.poll(100, TICK, Vec::new()).unwrap()));
        values.extend(texts(&other.poll(100, TICK, Vec::new()).unwrap()));
    }
    for partition in 0..4 {
        kafka.produce(
            &topic,
            (50..60).map(|n| TestRecord::new(format!("{partition}-{n}")).partition(partition)),
        );
    }
    while values.len() < 240 {
        assert!(started.elapsed() < PATIENCE, "{} records", values.len());
        for member in [&mut one, &mut other] {
            values.extend(texts(&member.poll(100, TICK, Vec::new()).unwrap()));
            member.commit(&member.positions()).unwrap();
        }
    }
    assert_eq!(values.iter().collect::<BTreeSet<_>>().len(), 240);

    // It leaves: the first takes its partitions over, from where it was.
    drop(other);
    let again = poll_until(&mut one, |member, _| member.positions().len() == 4);
    assert_eq!(again, Vec::<String>::new());
}

fn written(cluster: &Cluster, topic: &str) -> Vec<String> {
    let range =
        RangeSpec { topics: vec![topic.into()], from: Bound::Beginning, to: Bound::End, partitions: None };
    let slice = cluster.resolve(&range, &Cancel::new()).unwrap();
    let mut reader = SliceReader::open(cluster, &slice, ReadOptions::default()).unwrap();
    let mut values = Vec::new();
    while let Some(batch) = reader.next(None, &Cancel::new()).unwrap() {
        values.extend(batch.iter().map(|record| String::from_utf8(record.value.unwrap().to_vec()).unwrap()));
    }
    values
}

fn copy(writer: &mut TransactionalWriter, output: &str, values: &[String]) {
    for value in values {
        let record = OutRecord { topic: output, value: Some(value.as_bytes()), ..OutRecord::default() };
        writer.send(record).unwrap();
    }
}

#[test]
fn positions_are_committed_with_the_transaction_or_not_at_all() {
    let kafka = Kafka::shared();
    let (input, output) = (numbered(kafka, 2, 100), kafka.topic("output", 1, &[]));
    let cluster = kafka.connect();
    let mut member = join(&cluster, &unique("scorer"), &input);
    let access = cluster.write_access("score").unwrap();
    let mut writer = TransactionalWriter::open(access, &unique("scorer")).unwrap();
    let mut rounds = 0;

    let started = Instant::now();
    loop {
        assert!(started.elapsed() < PATIENCE);
        let values = texts(&member.poll(30, TICK, Vec::new()).unwrap());
        let positions: Vec<At> = member.positions();
        if values.is_empty() {
            let done = !positions.is_empty() && positions.iter().all(|(_, _, next)| *next == Offset(100));
            if done {
                break;
            }
            continue;
        }
        rounds += 1;
        writer.begin().unwrap();
        copy(&mut writer, &output, &values);
        writer.send_offsets(&member, &positions).unwrap();
        // Every third transaction fails: what it held comes again.
        if rounds % 3 == 0 {
            writer.abort().unwrap();
            member.rewind().unwrap();
        } else {
            writer.commit().unwrap();
        }
    }

    let values = written(&cluster, &output);
    assert_eq!(values.len(), 200);
    assert_eq!(values.iter().collect::<BTreeSet<_>>().len(), 200);
    assert!(rounds >= 9, "{rounds} rounds");
}

#[test]
fn a_member_passes_the_markers_behind_the_last_record() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("marked", 1, &[]);
    let cluster = kafka.connect();
    let access = cluster.write_access("write a test").unwrap();
    let mut writer = TransactionalWriter::open(access, &topic).unwrap();
    writer.begin().unwrap();
    copy(&mut writer, &topic, &["one".into(), "two".into()]);
    writer.commit().unwrap();

    let mut member = join(&cluster, &unique("scorer"), &topic);
    let expected = vec![(topic.clone(), PartitionId(0), Offset(3))];
    let values = poll_until(&mut member, |member, _| member.positions() == expected);

    assert_eq!(values, ["one", "two"]);
    assert_eq!(member.ends(), expected);
}

#[test]
fn a_member_that_came_back_too_late_is_told_so() {
    let kafka = Kafka::shared();
    let topic = numbered(kafka, 1, 10);
    let group = unique("scorer");
    let mut profile = kafka.profile();
    for name in ["session.timeout.ms", "max.poll.interval.ms"] {
        profile.properties.insert(name.into(), "6000".into());
    }
    let cluster = Cluster::connect(&profile, &Secrets::new()).unwrap();
    let mut older = join(&cluster, &group, &topic);
    poll_until(&mut older, |_, count| count >= 10);
    let stale = older.positions();

    // The older one does not poll any more; the newer one gets its partition.
    let mut newer = join(&cluster, &group, &topic);
    assert_eq!(poll_until(&mut newer, |_, count| count >= 10).len(), 10);

    let refused = older.commit(&stale).unwrap_err();
    assert!(matches!(refused, KafkaError::Rebalanced { .. }), "{refused}");
}
