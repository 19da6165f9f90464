//! Slices of real topics as frames: whole, in order, the same twice; what is no row is counted and kept.

use std::time::Duration;

use forebay::data::{Completeness, Frame, PageContent, PageRequest, ReadRequest, page, read, record};
use forebay::jobs::{Cancel, Progress};
use forebay::kafka::{Bound, Cluster, Offset, PartitionId, RangeSpec, Secrets, Slice};

use crate::harness::{Kafka, TestRecord};

fn whole(cluster: &Cluster, topic: &str) -> Slice {
    let range = RangeSpec {
        topics: vec![topic.to_owned()],
        from: Bound::Beginning,
        to: Bound::End,
        partitions: None,
    };
    cluster.resolve(&range, &Cancel::new()).unwrap()
}

fn request(slice: Slice, filter: Option<&str>) -> ReadRequest {
    ReadRequest {
        slice,
        codec: "json".into(),
        filter: filter.map(str::to_owned),
        budget: None,
        label: None,
        label_slice: None,
    }
}

fn frame(cluster: &Cluster, request: &ReadRequest) -> Frame {
    read(cluster, request, &Progress::new(), &Cancel::new()).unwrap()
}

fn filled(kafka: &Kafka, records: i64) -> String {
    let topic = kafka.topic("frames", 3, &[]);
    kafka.produce(
        &topic,
        (0..records).map(|n| {
            let value =
                if n % 7 == 0 { format!("{{\"n\":{n}.5}}") } else { format!("{{\"n\":{n},\"late\":true}}") };
            TestRecord::new(value).key(format!("k{n}")).at(1_000 + n).partition(n as i32 % 3)
        }),
    );
    topic
}

#[test]
fn a_slice_read_twice_is_the_same_frame_in_order_of_partition_and_offset() {
    let kafka = Kafka::shared();
    let topic = filled(kafka, 20_000);
    let cluster = kafka.connect();
    let request = request(whole(&cluster, &topic), None);
    let (first, second) = (frame(&cluster, &request), frame(&cluster, &request));
    assert_eq!((first.rows(), first.completeness.clone()), (20_000, Completeness::Whole));
    assert!(first.data.equals_missing(&second.data));
    assert_eq!((first.schema.clone(), &first.content), (second.schema, &second.content));
    let column = |name: &str| first.data.column(name).unwrap().clone();
    let partitions: Vec<i32> = column("_partition").i32().unwrap().into_no_null_iter().collect();
    let offsets: Vec<i64> = column("_offset").i64().unwrap().into_no_null_iter().collect();
    let places: Vec<_> = partitions.into_iter().zip(offsets).collect();
    assert!(places.is_sorted(), "rows stand by partition and offset");
    let sum: f64 = column("n").f64().unwrap().into_no_null_iter().sum();
    let halves = (0..20_000).filter(|n| n % 7 == 0).count() as f64 * 0.5;
    assert!((sum - (19_999.0 * 10_000.0 + halves)).abs() < 1e-6);
}

#[test]
fn what_is_no_row_is_counted_and_kept_with_its_place() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("frames", 1, &[]);
    let record = |value: &str| TestRecord::new(value).partition(0);
    kafka.produce(
        &topic,
        [record("{\"a\":1}"), record("oops"), TestRecord::tombstone("k").partition(0), record("[1]")],
    );
    let cluster = kafka.connect();
    let frame = frame(&cluster, &request(whole(&cluster, &topic), None));
    assert_eq!((frame.rows(), frame.tombstones, frame.rejected_total), (1, 1, 2));
    let places: Vec<_> = frame.rejected.iter().map(|rejection| rejection.offset.0).collect();
    assert_eq!(places, [1, 3]);
}

#[test]
fn a_filter_leaves_rows_out_and_counts_them() {
    let kafka = Kafka::shared();
    let topic = filled(kafka, 3_000);
    let cluster = kafka.connect();
    let slice = whole(&cluster, &topic);
    let frame = frame(&cluster, &request(slice.clone(), Some("late == true and n < 100")));
    assert_eq!((frame.rows() as u64, frame.filtered), (85, 2_915));
    let unknown = read(&cluster, &request(slice, Some("m > 1")), &Progress::new(), &Cancel::new());
    assert!(unknown.unwrap_err().why.contains("there is no column m"));
}

#[test]
fn a_read_that_reaches_its_budget_keeps_its_part_and_says_so() {
    let kafka = Kafka::shared();
    let topic = filled(kafka, 60_000);
    let cluster = kafka.connect();
    let request = ReadRequest { budget: Some(50_000), ..request(whole(&cluster, &topic), None) };
    let frame = frame(&cluster, &request);
    let Completeness::Part { why, positions, .. } = &frame.completeness else { panic!("whole") };
    assert!(why.contains("budget"), "{why}");
    let read: u64 = positions.iter().map(|position| position.records).sum();
    assert_eq!(read, frame.rows() as u64, "every record that was taken is a row");
    assert!(frame.rows() < 60_000);
}

#[test]
fn a_record_of_900_kb_is_a_row_an_entry_of_a_page_and_a_record_in_full() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("large", 1, &[]);
    let large = format!(r#"{{"n":1,"text":"{}"}}"#, "äx".repeat(300_000));
    kafka.produce(&topic, [TestRecord::new(r#"{"n":0}"#), TestRecord::new(large.clone())]);
    let cluster = kafka.connect();
    let slice = whole(&cluster, &topic);

    let frame = frame(&cluster, &request(slice.clone(), None));
    let texts = frame.data.column("text").unwrap().str().unwrap().clone();
    assert_eq!((frame.rows(), texts.get(0), texts.get(1).map(str::len)), (2, None, Some(900_000)));
    let request = PageRequest { slice, codec: "json".into(), limit: 10, newest: true };
    let page = page(&cluster, &request, &Cancel::new()).unwrap();
    assert_eq!((page.entries.len(), page.whole, page.schema.get("text").is_some()), (2, true, true));
    let full = record(&cluster, &topic, PartitionId(0), Offset(1), &Cancel::new()).unwrap().unwrap();
    assert_eq!(full.value.as_deref(), Some(large.as_bytes()));
}

#[test]
fn a_page_shows_the_newest_records_and_one_in_full() {
    let kafka = Kafka::shared();
    let topic = filled(kafka, 1_000);
    let cluster = kafka.connect();
    let request =
        PageRequest { slice: whole(&cluster, &topic), codec: "json".into(), limit: 10, newest: true };
    let page = page(&cluster, &request, &Cancel::new()).unwrap();
    let times: Vec<_> = page.entries.iter().map(|entry| entry.timestamp.unwrap().0).collect();
    assert_eq!(times, (1_990..2_000).rev().collect::<Vec<_>>());
    assert_eq!((page.entries[0].content.clone(), page.whole), (PageContent::Row(0), false));
    let full = record(&cluster, &topic, PartitionId(0), Offset(1), &Cancel::new()).unwrap().unwrap();
    assert_eq!(
        (full.key.as_deref(), full.value.as_deref()),
        (Some(&b"k3"[..]), Some(&b"{\"n\":3,\"late\":true}"[..]))
    );
    assert_eq!(
        record(&cluster, &topic, PartitionId(0), Offset(100_000), &Cancel::new()).ok().flatten(),
        None
    );
}

#[test]
fn a_leader_that_goes_while_it_is_read_from_costs_nothing() {
    let mut kafka = Kafka::start_three();
    let topic = kafka.topic("led", 2, &[]);
    let filler = "f".repeat(400);
    for partition in 0..2 {
        let record =
            |n: i64| TestRecord::new(format!("{{\"n\":{n},\"f\":\"{filler}\"}}")).partition(partition);
        kafka.produce(&topic, (0..40_000).map(record));
    }
    // Small fetches, so that most is still to come when the leader goes.
    let mut profile = kafka.profile();
    profile.properties.insert("max.partition.fetch.bytes".into(), "10000".into());
    let cluster = Cluster::connect(&profile, &Secrets::new()).unwrap();
    let request = request(whole(&cluster, &topic), None);
    let leader = kafka.leader(&topic, 0);

    let progress = Progress::new();
    let frame = std::thread::scope(|scope| {
        let reading = scope.spawn(|| read(&cluster, &request, &progress, &Cancel::new()));
        while progress.snapshot().done == 0 && !reading.is_finished() {
            std::thread::sleep(Duration::from_millis(1));
        }
        kafka.kill(leader);
        assert!(!reading.is_finished(), "it had read everything before the leader went");
        reading.join().unwrap().unwrap()
    });

    assert_eq!((frame.rows(), frame.completeness), (80_000, Completeness::Whole));
    let numbers = frame.data.column("n").unwrap().i64().unwrap();
    let twice: Vec<i64> = (0..40_000).chain(0..40_000).collect();
    assert!(numbers.into_no_null_iter().eq(twice), "each record once, in order");
    assert_ne!(kafka.leader(&topic, 0), leader);
    // Whom the connection took for the controller may be the one that went; the next range resolves all the same.
    assert_eq!(whole(&cluster, &topic), *frame.slice);
}
