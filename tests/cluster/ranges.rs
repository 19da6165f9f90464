//! Ranges become slices, plans and timelines, against the log as it is.

use std::time::Duration;

use forebay::jobs::Cancel;
use forebay::kafka::{Bound, Cluster, EventTime, RangeSpec, Slice, Timeline, TimelineRequest};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::harness::{Kafka, TestRecord};

const DAY: i64 = 86_400_000;
const NEW_YEAR: i64 = 1_356_998_400_000;

/// So many partitions with 100 records each, one an hour from 2013-01-01 on.
fn hourly(kafka: &Kafka, partitions: i32) -> String {
    let topic = kafka.topic("hourly", partitions, &[]);
    for partition in 0..partitions {
        let record = |n: i64| {
            TestRecord::new(format!("{{\"n\":{n}}}")).partition(partition).at(NEW_YEAR + n * 3_600_000)
        };
        kafka.produce(&topic, (0..100).map(record));
    }
    topic
}

fn resolve(cluster: &Cluster, topic: &str, from: &str, to: &str) -> Result<Vec<(i64, i64)>, String> {
    let parse = |text: &str| text.parse::<Bound>().unwrap();
    let range = RangeSpec { topics: vec![topic.into()], from: parse(from), to: parse(to), partitions: None };
    let slice = cluster.resolve(&range, &Cancel::new()).map_err(|error| error.to_string())?;
    Ok(offsets(&slice))
}

fn offsets(slice: &Slice) -> Vec<(i64, i64)> {
    slice.topics[0].partitions.iter().map(|range| (range.start.0, range.end.0)).collect()
}

#[test]
fn every_kind_of_bound_finds_its_offsets() {
    let kafka = Kafka::shared();
    let topic = hourly(kafka, 2);
    let cluster = kafka.connect();
    let both = |from, to| Ok(vec![(from, to); 2]);

    assert_eq!(resolve(&cluster, &topic, "beginning", "end"), both(0, 100));
    assert_eq!(resolve(&cluster, &topic, "10", "20"), both(10, 20));
    assert_eq!(resolve(&cluster, &topic, "2013-01-02", "2013-01-03"), both(24, 48));
    assert_eq!(resolve(&cluster, &topic, "2013-01-01T00:30:00Z", "end"), both(1, 100));
    assert_eq!(resolve(&cluster, &topic, "-30", "end"), both(85, 100));
    assert_eq!(resolve(&cluster, &topic, "-30", "2013-01-03"), both(33, 48));
    assert_eq!(resolve(&cluster, &topic, "{ 1 = 5 }", "end"), Ok(vec![(5, 100)]));
    // Everything is more than a day old.
    assert_eq!(resolve(&cluster, &topic, "-1d", "end"), both(100, 100));
}

#[test]
fn a_slice_stays_as_it_was_when_more_is_written() {
    let kafka = Kafka::shared();
    let topic = hourly(kafka, 1);
    let cluster = kafka.connect();
    let range =
        RangeSpec { topics: vec![topic.clone()], from: Bound::Beginning, to: Bound::End, partitions: None };
    let before = cluster.resolve(&range, &Cancel::new()).unwrap();

    kafka.produce(&topic, [TestRecord::new("{}").partition(0)]);

    let after = cluster.resolve(&range, &Cancel::new()).unwrap();
    assert_eq!((before.offsets(), after.offsets()), (100, 101));
    assert_ne!(before.digest(), after.digest());
}

#[test]
fn what_is_not_there_is_refused_in_words() {
    let kafka = Kafka::shared();
    let topic = hourly(kafka, 2);
    kafka.delete_before(&topic, 1, 40);
    let cluster = kafka.connect();
    let why = |from, to| resolve(&cluster, &topic, from, to).unwrap_err();

    let below = why("5", "end");
    assert!(below.contains("offset 5 of p1 is below the log start"), "{below}");
    assert!(below.contains("the first offset still there is 40"), "{below}");
    assert!(why("beginning", "101").contains("above the end of every partition"));
    assert!(why("{ 0 = 101 }", "end").contains("offset 101 of p0 is above its end 100"));
    assert!(why("{ 7 = 1 }", "end").contains("p7 is not there: the topic has 2 partitions"));
    assert!(why("9999-01-01", "end").contains("lies in the future"));
    assert!(why("2013-01-03", "2013-01-02").contains("is after to"));
    assert!(why("60", "50").contains("from is after to"));
    assert!(why("-1d", "-7d").contains("is after to"));

    let missing = resolve(&cluster, "nowhere", "beginning", "end").unwrap_err();
    assert_eq!(missing, "topic nowhere does not exist");
}

#[test]
fn an_empty_topic_gives_an_empty_slice_plan_and_timeline() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("empty", 3, &[]);
    let cluster = kafka.connect();
    assert_eq!(resolve(&cluster, &topic, "beginning", "end"), Ok(vec![(0, 0); 3]));
    assert_eq!(resolve(&cluster, &topic, "-1000", "end"), Ok(vec![(0, 0); 3]));
    assert!(resolve(&cluster, &topic, "1", "end").unwrap_err().contains("above the end"));

    let range =
        RangeSpec { topics: vec![topic.clone()], from: Bound::Beginning, to: Bound::End, partitions: None };
    let slice = cluster.resolve(&range, &Cancel::new()).unwrap();
    let plan = cluster.plan(&slice, &Cancel::new()).unwrap();
    assert_eq!((plan.offsets, plan.bytes, plan.first, plan.last), (0, None, None, None));

    let timelines = timelines(&cluster, &topic, 100);
    assert_eq!(timelines.len(), 1);
    assert!(timelines[0].finest && timelines[0].first.is_none());
}

#[test]
fn the_end_is_the_last_stable_offset() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("open", 1, &[]);
    kafka.produce(&topic, (0..10).map(|n| TestRecord::new(format!("{n}"))));
    let producer: BaseProducer = kafka.client_config().set("transactional.id", &topic).create().unwrap();
    producer.init_transactions(Duration::from_secs(30)).unwrap();
    producer.begin_transaction().unwrap();
    producer.send(BaseRecord::<(), [u8]>::to(&topic).payload(b"undecided")).unwrap();
    producer.flush(Duration::from_secs(30)).unwrap();
    let cluster = kafka.connect();

    assert_eq!(resolve(&cluster, &topic, "beginning", "end"), Ok(vec![(0, 10)]));
    producer.commit_transaction(Duration::from_secs(30)).unwrap();
    // The record and the marker of its transaction.
    assert_eq!(resolve(&cluster, &topic, "beginning", "end"), Ok(vec![(0, 12)]));
}

#[test]
fn last_records_come_from_the_partitions_that_have_them() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("uneven", 4, &[]);
    for (partition, count) in [(0, 50), (2, 4)] {
        kafka.produce(&topic, (0..count).map(|n| TestRecord::new(format!("{n}")).partition(partition)));
    }
    let cluster = kafka.connect();
    let found = resolve(&cluster, &topic, "-20", "end");
    assert_eq!(found, Ok(vec![(34, 50), (0, 0), (0, 4), (0, 0)]));
}

#[test]
fn a_plan_tells_times_bytes_and_retention() {
    let kafka = Kafka::shared();
    let month = (30 * DAY).to_string();
    let topic = kafka.topic("planned", 2, &[("retention.ms", &month)]);
    let now = jiff::Timestamp::now().as_millisecond();
    let value = "x".repeat(90);
    for partition in 0..2 {
        let record = |n: i64| {
            TestRecord::new(value.clone()).key("0123456789").partition(partition).at(now - DAY + n * 1000)
        };
        kafka.produce(&topic, (0..500).map(record));
    }
    let cluster = kafka.connect();
    let range = RangeSpec { topics: vec![topic], from: Bound::Beginning, to: Bound::End, partitions: None };
    let slice = cluster.resolve(&range, &Cancel::new()).unwrap();

    let plan = cluster.plan(&slice, &Cancel::new()).unwrap();

    assert_eq!(plan.offsets, 1_000);
    assert_eq!(plan.bytes, Some(100_000));
    assert_eq!(plan.first, Some(EventTime(now - DAY)));
    assert_eq!(plan.last, Some(EventTime(now - DAY + 499_000)));
    let left = plan.retention_left_ms.unwrap();
    assert!(left <= 29 * DAY && left > 29 * DAY - 600_000, "{left}");
    assert!(!plan.tiered);
}

fn timelines(cluster: &Cluster, topic: &str, buckets: usize) -> Vec<Timeline> {
    let mut found = Vec::new();
    let request = TimelineRequest { topic: topic.into(), buckets, between: None };
    cluster.timeline(&request, &Cancel::new(), |timeline| found.push(timeline)).unwrap();
    found
}

#[test]
fn a_timeline_counts_every_offset_in_each_refinement() {
    let kafka = Kafka::shared();
    let topic = hourly(kafka, 3);
    let cluster = kafka.connect();

    let found = timelines(&cluster, &topic, 200);

    assert!(found.len() >= 3, "{} refinements", found.len());
    for timeline in &found {
        assert_eq!(timeline.first, Some(EventTime(NEW_YEAR)));
        assert_eq!(timeline.last, Some(EventTime(NEW_YEAR + 99 * 3_600_000)));
        assert_eq!(timeline.totals().iter().sum::<u64>(), 300);
        assert!(timeline.partitions.iter().all(|partition| partition.counts.iter().sum::<u64>() == 100));
    }
    assert!(found.windows(2).all(|pair| pair[0].buckets() < pair[1].buckets()));
    let finest = found.last().unwrap();
    assert!(finest.finest && finest.buckets() <= 200 && finest.buckets() > 150, "{}", finest.buckets());
    assert_eq!(finest.totals()[0], 3);
}

#[test]
fn a_timeline_of_a_part_counts_that_part() {
    let kafka = Kafka::shared();
    let topic = hourly(kafka, 1);
    let cluster = kafka.connect();
    let between = Some((EventTime(NEW_YEAR + DAY), EventTime(NEW_YEAR + 2 * DAY)));
    let request = TimelineRequest { topic, buckets: 24, between };

    let mut last = None;
    cluster.timeline(&request, &Cancel::new(), |timeline| last = Some(timeline)).unwrap();

    assert_eq!(last.unwrap().totals(), vec![1; 24]);
}

#[test]
fn a_cancelled_timeline_ends() {
    let kafka = Kafka::shared();
    let topic = hourly(kafka, 1);
    let cancel = Cancel::new();
    cancel.cancel();
    let request = TimelineRequest { topic, buckets: 100, between: None };
    let ended = kafka.connect().timeline(&request, &cancel, |_| panic!("nothing was wanted"));
    assert_eq!(ended, Err(forebay::kafka::KafkaError::Cancelled));
}
