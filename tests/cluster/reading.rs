//! Slices are read whole, whatever is in them and whatever happens meanwhile.

use std::time::{Duration, Instant};

use forebay::jobs::{Cancel, Problem};
use forebay::kafka::{
    Bound, Cluster, GroupConsumer, GroupOptions, KafkaError, Offset, PartitionId, PartitionRange, RangeSpec,
    ReadOptions, RecordBatch, Slice, SliceReader, TopicSlice,
};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::harness::{Kafka, TestRecord, eventually};
use super::page;

fn whole(cluster: &Cluster, topic: &str) -> Slice {
    let range =
        RangeSpec { topics: vec![topic.into()], from: Bound::Beginning, to: Bound::End, partitions: None };
    cluster.resolve(&range, &Cancel::new()).unwrap()
}

fn part(cluster: &Cluster, topic: &str, ranges: &[(i32, i64, i64)]) -> Slice {
    let partitions = ranges.iter().map(|(partition, start, end)| PartitionRange {
        partition: PartitionId(*partition),
        start: Offset(*start),
        end: Offset(*end),
    });
    let topic = TopicSlice { topic: topic.into(), topic_id: None, partitions: partitions.collect() };
    Slice { cluster_id: cluster.id().into(), topics: vec![topic] }
}

fn open(cluster: &Cluster, slice: &Slice) -> SliceReader {
    SliceReader::open(cluster, slice, ReadOptions::default()).unwrap()
}

fn rest(reader: &mut SliceReader) -> Result<Vec<RecordBatch>, KafkaError> {
    let mut batches = Vec::new();
    while let Some(batch) = reader.next(None, &Cancel::new())? {
        batches.push(batch);
    }
    Ok(batches)
}

fn read(cluster: &Cluster, slice: &Slice) -> Vec<RecordBatch> {
    rest(&mut open(cluster, slice)).unwrap()
}

/// Partition, offset and value of every record, in order.
fn values(batches: &[RecordBatch]) -> Vec<(i32, i64, String)> {
    let value =
        |value: Option<&[u8]>| value.map_or("null".into(), |value| String::from_utf8(value.into()).unwrap());
    let mut all: Vec<_> = batches
        .iter()
        .flat_map(|batch| {
            batch.iter().map(|record| (batch.partition().0, record.offset.0, value(record.value)))
        })
        .collect();
    all.sort();
    all
}

fn numbers(topic: &str, kafka: &Kafka, partition: i32, count: i64) {
    kafka.produce(topic, (0..count).map(|n| TestRecord::new(format!("{n}")).partition(partition)));
}

#[test]
fn offsets_are_read_exactly() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("exact", 3, &[]);
    numbers(&topic, kafka, 0, 1_000);
    numbers(&topic, kafka, 2, 1_000);
    let cluster = kafka.connect();

    let slice = part(&cluster, &topic, &[(0, 10, 13), (1, 0, 0), (2, 998, 1_000)]);
    let found = values(&read(&cluster, &slice));

    let expected = [(0, 10), (0, 11), (0, 12), (2, 998), (2, 999)];
    assert_eq!(found, expected.map(|(partition, offset)| (partition, offset, offset.to_string())));
}

#[test]
fn batches_keep_their_bounds_and_the_order_of_offsets() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("bounds", 4, &[]);
    for partition in 0..4 {
        numbers(&topic, kafka, partition, 5_000);
    }
    let cluster = kafka.connect();
    let options = ReadOptions { batch_records: 300, batch_bytes: 1_000, ..ReadOptions::default() };
    let mut reader = SliceReader::open(&cluster, &whole(&cluster, &topic), options).unwrap();

    let mut next = [0; 4];
    let mut spare = None;
    while let Some(batch) = reader.next(spare.take(), &Cancel::new()).unwrap() {
        assert!(!batch.is_empty() && batch.len() <= 300 && batch.bytes() <= 1_000);
        for record in batch.iter() {
            let next = &mut next[batch.partition().0 as usize];
            assert_eq!(record.offset.0, *next);
            *next += 1;
        }
        spare = Some(batch);
    }

    assert_eq!(next, [5_000; 4]);
    assert!(reader.positions().iter().all(|at| at.next == at.end && at.records == 5_000));
}

#[test]
fn null_keys_tombstones_headers_and_large_records_come_as_they_are() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("odd", 1, &[]);
    let large = "9".repeat(900_000);
    kafka.produce(
        &topic,
        [
            TestRecord::tombstone("k").at(5),
            TestRecord::new("").key("").header("trace", "7").header("trace", ""),
            TestRecord::new(large.clone()),
            TestRecord::new("last").at(1_000),
        ],
    );
    let cluster = kafka.connect();

    let batches = read(&cluster, &whole(&cluster, &topic));

    let records: Vec<_> = batches.iter().flat_map(RecordBatch::iter).collect();
    assert_eq!((records[0].key, records[0].value), (Some(&b"k"[..]), None));
    assert_eq!(records[0].timestamp.map(|time| time.0), Some(5));
    assert_eq!((records[1].key, records[1].value), (Some(&b""[..]), Some(&b""[..])));
    let headers: Vec<_> = records[1].headers().map(|header| (header.name, header.value)).collect();
    assert_eq!(headers, [("trace", Some(&b"7"[..])), ("trace", Some(&b""[..]))]);
    assert_eq!((records[2].key, records[2].value), (None, Some(large.as_bytes())));
    assert_eq!(records[3].value, Some(&b"last"[..]));
}

fn transactional(kafka: &Kafka, id: &str) -> BaseProducer {
    let producer: BaseProducer = kafka.client_config().set("transactional.id", id).create().unwrap();
    producer.init_transactions(Duration::from_secs(30)).unwrap();
    producer
}

fn write_in(producer: &BaseProducer, topic: &str, values: &[&str]) {
    producer.begin_transaction().unwrap();
    for value in values {
        producer.send(BaseRecord::<(), str>::to(topic).payload(value)).unwrap();
    }
    producer.flush(Duration::from_secs(30)).unwrap();
}

#[test]
fn aborted_records_and_markers_are_gaps_and_not_losses() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("decided", 1, &[]);
    let producer = transactional(kafka, &topic);
    write_in(&producer, &topic, &["a", "b"]);
    producer.commit_transaction(Duration::from_secs(30)).unwrap();
    write_in(&producer, &topic, &["never", "seen"]);
    // The records are in the log, so only the marker is still to come; librdkafka's abort wants its reports taken.
    producer.abort_transaction(Duration::from_secs(30)).unwrap();
    let cluster = kafka.connect();
    let slice = whole(&cluster, &topic);
    assert_eq!(slice.offsets(), 6);

    let started = Instant::now();
    let mut reader = open(&cluster, &slice);
    let found = values(&rest(&mut reader).unwrap());

    assert_eq!(found, [(0, 0, "a".into()), (0, 1, "b".into())]);
    assert_eq!((reader.positions()[0].next, reader.positions()[0].records), (Offset(6), 2));
    assert!(started.elapsed() < ReadOptions::default().stall, "it waited for records that nobody wrote");
}

#[test]
fn a_compacted_topic_is_read_to_its_end() {
    let kafka = Kafka::shared();
    let settings = [
        ("cleanup.policy", "compact"),
        ("min.cleanable.dirty.ratio", "0.01"),
        ("segment.bytes", "1048576"),
        ("segment.ms", "500"),
        ("delete.retention.ms", "100"),
    ];
    let topic = kafka.topic("compacted", 1, &settings);
    let filler = "f".repeat(1_000);
    for round in 0..3 {
        let record = |n: i64| TestRecord::new(format!("{round}{filler}")).key(format!("{}", n % 10));
        kafka.produce(&topic, (0..1_500).map(record));
    }
    let cluster = kafka.connect();
    let started = Instant::now();
    // The cleaner works on closed segments only: a record now and then closes them.
    let gappy = loop {
        std::thread::sleep(Duration::from_millis(700));
        kafka.produce(&topic, [TestRecord::new("tail").key("tail")]);
        let slice = whole(&cluster, &topic);
        let records = values(&read(&cluster, &slice)).len() as u64;
        if records < slice.offsets() / 2 {
            break slice;
        }
        assert!(started.elapsed() < Duration::from_secs(90), "the cleaner did not run");
    };

    // A slice that ends inside a gap ends there, too.
    let inside = part(&cluster, &topic, &[(0, 0, 2_000)]);
    let mut reader = open(&cluster, &inside);
    rest(&mut reader).unwrap();
    assert_eq!(reader.positions()[0].next, Offset(2_000));
    assert!(gappy.offsets() > 4_500);
}

#[test]
fn a_slice_of_a_topic_that_grows_ends_where_it_was_pinned() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("grows", 1, &[]);
    numbers(&topic, kafka, 0, 100);
    let cluster = kafka.connect();
    let slice = whole(&cluster, &topic);
    numbers(&topic, kafka, 0, 10_000);

    assert_eq!(values(&read(&cluster, &slice)).len(), 100);
}

#[test]
fn many_partitions_of_which_few_have_records() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("sparse", 60, &[]);
    for partition in [3, 17, 59] {
        numbers(&topic, kafka, partition, 20);
    }
    let cluster = kafka.connect();
    let mut reader = open(&cluster, &whole(&cluster, &topic));

    let found = rest(&mut reader).unwrap();

    assert_eq!(values(&found).len(), 60);
    assert_eq!(reader.positions().len(), 60);
    assert!(reader.positions().iter().all(|at| at.next == at.end));
}

#[test]
fn a_broker_killed_while_reading_costs_nothing_once_it_is_back() {
    let mut kafka = Kafka::start();
    let topic = kafka.topic("survives", 2, &[]);
    let filler = "f".repeat(500);
    for partition in 0..2 {
        let record = |n: i64| TestRecord::new(format!("{n} {filler}")).partition(partition);
        kafka.produce(&topic, (0..20_000).map(record));
    }
    let cluster = kafka.connect();
    let slice = whole(&cluster, &topic);
    // Little is fetched ahead, so that most is still to come when the broker goes.
    let options = ReadOptions { ahead_bytes: 256 << 10, fetch_bytes: 64 << 10, ..ReadOptions::default() };
    let mut reader = SliceReader::open(&cluster, &slice, options).unwrap();
    let mut batches = vec![reader.next(None, &Cancel::new()).unwrap().unwrap()];

    kafka.kill(1);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| rest(&mut reader));
        std::thread::sleep(Duration::from_secs(1));
        kafka.start_again(1);
        batches.extend(reading.join().unwrap().unwrap());
    });

    let found = values(&batches);
    assert_eq!(found.len(), 40_000);
    assert!(found.windows(2).all(|pair| pair[0].1 + 1 == pair[1].1 || pair[1].1 == 0), "each offset once");
}

#[test]
fn a_broker_that_stays_away_ends_the_read_with_its_cause() {
    let mut kafka = Kafka::start();
    let topic = kafka.topic("away", 1, &[]);
    let filler = "f".repeat(1_000);
    kafka.produce(&topic, (0..20_000).map(|n| TestRecord::new(format!("{n} {filler}"))));
    let cluster = kafka.connect();
    let slice = whole(&cluster, &topic);
    // Little is fetched ahead, so that most is still to come when the broker goes.
    let options = ReadOptions {
        stall: Duration::from_secs(5),
        ahead_bytes: 256 << 10,
        fetch_bytes: 64 << 10,
        ..ReadOptions::default()
    };
    let mut reader = SliceReader::open(&cluster, &slice, options).unwrap();
    reader.next(None, &Cancel::new()).unwrap().unwrap();
    kafka.kill(1);

    let problem = Problem::from(rest(&mut reader).unwrap_err());

    let at = reader.positions()[0].clone();
    assert!(at.records > 0 && at.next < at.end, "{at:?}");
    assert!(
        problem.what.contains(&format!("{topic} p0 stopped at offset {} of 20000", at.next)),
        "{problem}"
    );
    assert!(problem.why.contains(&format!("{} does not answer", kafka.bootstrap())), "{problem}");
    page::says(
        "broker stays away",
        &[(&topic, "flights"), (&kafka.bootstrap(), "broker:9092")],
        &problem.to_string(),
    );
}

#[test]
fn a_topic_deleted_while_it_is_read_is_an_error_that_keeps_what_came() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("deleted", 1, &[]);
    let filler = "f".repeat(1_000);
    kafka.produce(&topic, (0..20_000).map(|n| TestRecord::new(format!("{n} {filler}"))));
    let cluster = kafka.connect();
    let options = ReadOptions { ahead_bytes: 256 << 10, fetch_bytes: 64 << 10, ..ReadOptions::default() };
    let mut reader = SliceReader::open(&cluster, &whole(&cluster, &topic), options).unwrap();
    let first = reader.next(None, &Cancel::new()).unwrap().unwrap();
    assert!(!first.is_empty());

    kafka.delete_topic(&topic);
    let error = rest(&mut reader).unwrap_err();

    assert!(error.to_string().contains("the topic was deleted"), "{error}");
    let at = &reader.positions()[0];
    assert!(at.records > 0 && at.next < at.end, "{at:?}");
    // The partition is out; nothing is left to read.
    assert!(reader.next(None, &Cancel::new()).unwrap().is_none());
    let gone = SliceReader::open(&cluster, &part(&cluster, &topic, &[(0, 0, 5)]), ReadOptions::default());
    assert_eq!(gone.err(), Some(KafkaError::NoTopic { topic }));
}

#[test]
fn records_taken_away_before_they_were_read_are_told() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("taken", 2, &[]);
    numbers(&topic, kafka, 0, 100);
    numbers(&topic, kafka, 1, 100);
    let cluster = kafka.connect();
    let slice = whole(&cluster, &topic);
    kafka.delete_before(&topic, 0, 60);

    let mut reader = open(&cluster, &slice);
    let mut read = Vec::new();
    let mut errors = Vec::new();
    loop {
        match reader.next(None, &Cancel::new()) {
            Ok(Some(batch)) => read.push(batch),
            Ok(None) => break,
            Err(error) => errors.push(error.to_string()),
        }
        assert!(errors.len() < 5, "{errors:?}");
    }

    assert_eq!(errors.len(), 1);
    assert!(errors[0].contains("offset out of range: the log begins at 60 now"), "{errors:?}");
    assert_eq!(values(&read).len(), 100, "the other partition is read all the same");
}

#[test]
fn a_topic_made_anew_with_fewer_records_does_not_hang_the_read() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("anew", 1, &[]);
    numbers(&topic, kafka, 0, 5);
    let cluster = kafka.connect();
    // As if the slice had been saved when the topic had 50 records.
    let mut reader = open(&cluster, &part(&cluster, &topic, &[(0, 0, 50)]));

    let error = rest(&mut reader).unwrap_err();

    assert!(error.to_string().contains("the log ends at 5 now"), "{error}");
    assert_eq!(reader.positions()[0].records, 5);
}

#[test]
fn a_slice_of_another_cluster_is_refused() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("foreign", 1, &[]);
    let cluster = kafka.connect();
    let mut slice = whole(&cluster, &topic);
    slice.cluster_id = "elsewhere".into();
    let error = SliceReader::open(&cluster, &slice, ReadOptions::default()).err().unwrap();
    assert!(error.to_string().contains("the slice is of cluster elsewhere"), "{error}");
}

#[test]
fn a_cancelled_read_says_where_it_stands() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("cancelled", 1, &[]);
    numbers(&topic, kafka, 0, 10_000);
    let cluster = kafka.connect();
    let options = ReadOptions { batch_records: 100, ..ReadOptions::default() };
    let mut reader = SliceReader::open(&cluster, &whole(&cluster, &topic), options).unwrap();
    let cancel = Cancel::new();
    reader.next(None, &cancel).unwrap();
    cancel.cancel();
    assert_eq!(reader.next(None, &cancel).err(), Some(KafkaError::Cancelled));
    assert_eq!(reader.positions()[0].records, 100);
    assert_eq!(reader.positions()[0].next, Offset(100));
}

#[test]
fn reading_leaves_groups_and_committed_offsets_alone() {
    let mut kafka = Kafka::start();
    let topic = kafka.topic("quiet", 2, &[]);
    numbers(&topic, &kafka, 0, 50);
    let mut profile = kafka.profile();
    // A client.properties of an application names its group; reading must not act as that.
    profile.properties.insert("group.id".into(), "the-application".into());
    let cluster = Cluster::connect(&profile, &forebay::kafka::Secrets::new()).unwrap();
    let slice = whole(&cluster, &topic);
    cluster.plan(&slice, &Cancel::new()).unwrap();
    assert_eq!(values(&read(&cluster, &slice)).len(), 50);

    // The topic of committed offsets is made when somebody first asks for a group's coordinator: nobody did.
    let topics: Vec<String> =
        cluster.catalogue().unwrap().topics.into_iter().map(|topic| topic.name).collect();
    assert_eq!(topics, [topic]);
    assert_eq!(format!("{:?}", cluster.groups().unwrap()), "[]");
    kafka.stop(1);
}

#[test]
fn reading_leaves_the_groups_of_others_as_they_were() {
    let kafka = Kafka::start();
    let topic = kafka.topic("shared", 2, &[]);
    numbers(&topic, &kafka, 0, 50);
    let cluster = kafka.connect();
    let access = cluster.write_access("score").unwrap();
    let options = GroupOptions { from_beginning: true, ..GroupOptions::default() };
    let mut member = GroupConsumer::join(access, "others", &[&topic], options).unwrap();
    eventually("a record", || {
        let polled = member.poll(1_000, Duration::from_millis(100), Vec::new()).unwrap();
        (!polled.batches.is_empty()).then_some(())
    });
    member.commit(&[(topic.clone(), PartitionId(0), Offset(20))]).unwrap();
    drop(member);
    let groups = || format!("{:?}", cluster.groups().unwrap());
    let before = groups();
    assert!(before.contains("others") && before.contains("Offset(20)"), "{before}");

    let slice = whole(&cluster, &topic);
    cluster.plan(&slice, &Cancel::new()).unwrap();
    assert_eq!(values(&read(&cluster, &slice)).len(), 50);

    assert_eq!(groups(), before);
}
