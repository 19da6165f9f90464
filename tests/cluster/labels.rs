//! The label join on the flights of 2013, held against the same join by polars, and through a real broker.

use std::sync::Arc;

use forebay::codec::{Field, Kind, Schema, meta};
use forebay::data::{Completeness, Frame, LabelCounts, LabelSpec, ReadRequest, join_labels, read};
use forebay::jobs::{Cancel, Progress};
use forebay::kafka::{Bound, RangeSpec, Slice};
use polars::prelude::*;

use crate::harness::{Kafka, TestRecord};

const HOUR: i64 = 3_600_000;

/// Key and scheduled departure; and for labels key, arrival, delay: those of the file, with some doubled, some a second time
/// three days late, some of keys that there are not.
struct Flights {
    events: Vec<(u32, i64)>,
    labels: Vec<(u32, i64, Option<i64>)>,
}

impl Flights {
    /// The same with keys that come again: carrier and flight number, as most airlines fly each day.
    fn daily(self, data: &DataFrame) -> Self {
        let text = |name: &str| data.column(name).unwrap().cast(&DataType::String).unwrap();
        let both = text("carrier").str().unwrap() + text("flight").str().unwrap();
        let mut numbers = std::collections::HashMap::new();
        let keys: Vec<u32> = both
            .iter()
            .map(|name| {
                let next = numbers.len() as u32;
                *numbers.entry(name.unwrap().to_owned()).or_insert(next)
            })
            .collect();
        let key = |flight: u32| keys.get(flight as usize).copied().unwrap_or(flight);
        Self {
            events: self.events.into_iter().map(|(flight, time)| (key(flight), time)).collect(),
            labels: self.labels.into_iter().map(|(flight, time, delay)| (key(flight), time, delay)).collect(),
        }
    }
}

fn year(most: usize) -> DataFrame {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/flights/flights.parquet");
    ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap().head(Some(most))
}

fn flights(most: usize) -> Flights {
    let data = year(most);
    let integers = |name: &str| -> Vec<Option<i64>> {
        data.column(name).unwrap().cast(&DataType::Int64).unwrap().i64().unwrap().iter().collect()
    };
    let departures = integers("sched_dep_utc");
    let events = (0..).zip(departures).map(|(flight, time)| (flight, time.unwrap())).collect();
    let mut labels = Vec::new();
    let mut random = 42_u64;
    for (flight, (arrival, delay)) in (0..).zip(integers("arr_utc").into_iter().zip(integers("arr_delay"))) {
        let Some(arrival) = arrival else { continue };
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let drawn = random >> 40;
        labels.push((flight, arrival, delay));
        match drawn % 50 {
            0 => labels.push((flight, arrival + 60_000, Some(-1))),
            1 => labels.push((flight, arrival + 72 * HOUR, Some(-2))),
            2 => labels.push((flight + 1_000_000, arrival, Some(-3))),
            // The label comes too late and not at all in time.
            3 => labels.last_mut().unwrap().1 += 60 * HOUR,
            _ => {}
        }
    }
    labels.sort_by_key(|(_, time, _)| *time);
    Flights { events, labels }
}

/// What polars makes of it: counts, and the delay of each event.
fn expected(flights: &Flights, within: i64) -> (LabelCounts, Vec<Option<i64>>) {
    let Flights { events, labels } = flights;
    let rows = |count: usize| (0..count as u32).collect::<Vec<_>>();
    let of_events = df!(
        "flight" => events.iter().map(|(flight, _)| *flight).collect::<Vec<_>>(),
        "departs" => events.iter().map(|(_, time)| *time).collect::<Vec<_>>(),
        "event" => rows(events.len()),
    )
    .unwrap();
    let of_labels = df!(
        "flight" => labels.iter().map(|(flight, ..)| *flight).collect::<Vec<_>>(),
        "comes" => labels.iter().map(|(_, time, _)| *time).collect::<Vec<_>>(),
        "delay" => labels.iter().map(|(.., delay)| *delay).collect::<Vec<_>>(),
        "label" => rows(labels.len()),
    )
    .unwrap();
    let pairs = of_events.inner_join(&of_labels, ["flight"], ["flight"]).unwrap();
    let waited = (pairs.column("comes").unwrap() - pairs.column("departs").unwrap()).unwrap();
    let waited = waited.i64().unwrap();
    let (early, too_late) = (waited.lt(0), waited.gt(within));
    let in_time = pairs.filter(&(!&(&early | &too_late))).unwrap();
    let order = SortMultipleOptions::default().with_maintain_order(true);
    let sorted = in_time.sort(["comes", "label"], order).unwrap();
    let first =
        sorted.unique_impl(true, Some(vec!["event".into()]), UniqueKeepStrategy::First, None).unwrap();
    let distinct = |frame: &DataFrame, name: &str| -> std::collections::HashSet<u32> {
        frame.column(name).unwrap().u32().unwrap().into_no_null_iter().collect()
    };
    let late = pairs.filter(&too_late).unwrap();
    let (matched, used) = (distinct(&first, "event"), distinct(&first, "label"));
    let (held, after) = (distinct(&in_time, "label"), distinct(&late, "label"));
    let counts = LabelCounts {
        events: events.len() as u64,
        matched: matched.len() as u64,
        unmatched: (events.len() - matched.len()) as u64,
        shared: (matched.len() - used.len()) as u64,
        late_events: distinct(&late, "event").difference(&matched).count() as u64,
        labels: labels.len() as u64,
        used: used.len() as u64,
        doubled: held.difference(&used).count() as u64,
        late: after.difference(&held).count() as u64,
        strays: (labels.len() - held.union(&after).count()) as u64,
        ..LabelCounts::default()
    };
    let mut delays = vec![None; events.len()];
    let found = first.column("delay").unwrap().i64().unwrap().iter();
    for (event, delay) in first.column("event").unwrap().u32().unwrap().into_no_null_iter().zip(found) {
        delays[event as usize] = delay;
    }
    (counts, delays)
}

fn spec(within: i64) -> LabelSpec {
    LabelSpec::by_key("flights.arrived", "arr_delay", format!("{}h", within / HOUR))
}

/// The label of each event, by the number that it has in its own column.
fn delays(frame: &Frame) -> Vec<Option<i64>> {
    let integers = |name: &str| frame.data.column(name).unwrap().cast(&DataType::Int64).unwrap();
    let mut delays = vec![None; frame.rows()];
    let (numbers, found) = (integers("number"), integers("arr_delay"));
    for (number, delay) in numbers.i64().unwrap().iter().zip(found.i64().unwrap().iter()) {
        delays[number.unwrap() as usize] = delay;
    }
    delays
}

/// A frame as reading would give it.
fn frame(keys: Vec<u32>, times: Vec<i64>, own: Column) -> Frame {
    let rows = keys.len();
    let keys: BinaryChunked = keys.iter().map(|key| Some(key.to_string().into_bytes())).collect();
    let times = Column::new(meta::TIMESTAMP.into(), times);
    let schema =
        Schema { fields: vec![Field { name: own.name().to_string(), kind: Kind::Int, nullable: true }] };
    let columns = vec![
        Column::new(meta::PARTITION.into(), vec![0_i32; rows]),
        Column::new(meta::OFFSET.into(), (0..rows as i64).collect::<Vec<_>>()),
        times.cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap(),
        keys.with_name(meta::KEY.into()).into_column(),
        own,
    ];
    Frame {
        data: Arc::new(DataFrame::new(rows, columns).unwrap()),
        schema: Arc::new(schema),
        slice: Arc::new(Slice { cluster_id: "test".into(), topics: Vec::new() }),
        codec: "json".into(),
        rejected: Arc::default(),
        rejected_total: 0,
        tombstones: 0,
        filtered: 0,
        bytes: 0,
        content: Vec::new(),
        completeness: Completeness::Whole,
        labels: None,
    }
}

/// Both as frames. Events know their number.
fn frames(flights: &Flights) -> (Frame, Frame) {
    let (keys, times): (Vec<u32>, Vec<i64>) = flights.events.iter().copied().unzip();
    let events = frame(
        keys,
        times,
        Column::new("number".into(), (0..flights.events.len() as i64).collect::<Vec<_>>()),
    );
    let delays: Vec<Option<i64>> = flights.labels.iter().map(|(.., delay)| *delay).collect();
    let labels = frame(
        flights.labels.iter().map(|(flight, ..)| *flight).collect(),
        flights.labels.iter().map(|(_, time, _)| *time).collect(),
        Column::new("arr_delay".into(), delays),
    );
    (events, labels)
}

fn assert_joined_as_polars_does(flights: &Flights, within: i64) -> LabelCounts {
    let (events, labels) = frames(flights);
    let joined = join_labels(events, &labels, &spec(within), &Cancel::new()).unwrap();
    let (counts, expected) = expected(flights, within);
    assert_eq!(joined.labels.as_ref().unwrap().counts, counts, "{} h", within / HOUR);
    assert!(delays(&joined) == expected, "{} h: other delays than those of polars", within / HOUR);
    println!("{} h: {counts:?}", within / HOUR);
    counts
}

#[test]
fn the_year_of_flights_is_joined_as_polars_joins_it() {
    let flights = flights(usize::MAX);
    for within in [3 * HOUR, 24 * HOUR, 48 * HOUR] {
        let counts = assert_joined_as_polars_does(&flights, within);
        assert!(counts.doubled > 1_000 && counts.late > 1_000 && counts.strays > 1_000, "{counts:?}");
        assert_eq!(counts.shared, 0, "each flight has a key of its own");
    }
}

#[test]
fn keys_that_come_again_each_day_are_joined_as_polars_joins_them() {
    let flights = flights(27_000).daily(&year(27_000));
    for within in [3 * HOUR, 24 * HOUR, 48 * HOUR] {
        let counts = assert_joined_as_polars_does(&flights, within);
        assert_eq!(counts.matched, counts.used + counts.shared);
        assert_eq!(counts.shared > 100, within > 24 * HOUR, "{counts:?}");
    }
}

#[test]
fn a_month_read_from_two_topics_is_joined_as_polars_joins_it_and_a_known_slice_gives_it_again() {
    let kafka = Kafka::shared();
    let flights = flights(27_000);
    let (topic, arrived) = (kafka.topic("flights", 3, &[]), kafka.topic("flights.arrived", 3, &[]));
    let record = |flight: u32, time: i64, value: String| {
        TestRecord::new(value).key(flight.to_string()).at(time).partition((flight % 3) as i32)
    };
    kafka.produce(
        &topic,
        flights
            .events
            .iter()
            .map(|(flight, time)| record(*flight, *time, format!("{{\"number\":{flight}}}"))),
    );
    let delay = |delay: Option<i64>| delay.map_or("null".into(), |delay| delay.to_string());
    let label = |(flight, time, minutes): &(u32, i64, Option<i64>)| {
        record(*flight, *time, format!("{{\"arr_delay\":{}}}", delay(*minutes)))
    };
    kafka.produce(&arrived, flights.labels.iter().map(label));

    let cluster = kafka.connect();
    let range = RangeSpec { topics: vec![topic], from: Bound::Beginning, to: Bound::End, partitions: None };
    let slice = cluster.resolve(&range, &Cancel::new()).unwrap();
    let request = |within, label_slice| ReadRequest {
        slice: slice.clone(),
        codec: "json".into(),
        filter: None,
        budget: None,
        label: Some(LabelSpec { topic: arrived.clone(), ..spec(within) }),
        label_slice,
    };
    for within in [3 * HOUR, 24 * HOUR, 48 * HOUR] {
        let joined = read(&cluster, &request(within, None), &Progress::new(), &Cancel::new()).unwrap();
        let last = flights.events.iter().map(|(_, time)| time + within).max().unwrap();
        let read_labels = flights.labels.iter().copied().filter(|(_, time, _)| *time <= last).collect();
        let (counts, expected) =
            expected(&Flights { events: flights.events.clone(), labels: read_labels }, within);
        let labels = joined.labels.as_ref().unwrap();
        assert_eq!((labels.counts, delays(&joined)), (counts, expected), "{} h", within / HOUR);
        assert_eq!(labels.slice.offsets(), counts.labels);

        let known = Some(labels.slice.clone());
        let again = read(&cluster, &request(within, known), &Progress::new(), &Cancel::new()).unwrap();
        assert!(again.data.equals_missing(&joined.data));
        assert_eq!(again.labels.unwrap(), joined.labels.clone().unwrap());
    }

    let small = ReadRequest { budget: Some(4_000_000), ..request(48 * HOUR, None) };
    let refused = read(&cluster, &small, &Progress::new(), &Cancel::new()).unwrap_err().to_string();
    assert!(refused.contains("Reading the labels of") && refused.contains("memory budget"), "{refused}");
}
