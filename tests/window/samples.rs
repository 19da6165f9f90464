//! What the tests of stages work on: flights in memory, flights in a topic, versions of a model.

use std::sync::Arc;

use forebay::codec::{Field, Kind, Schema, meta};
use forebay::data::{Completeness, Frame};
use forebay::kafka::{Offset, PartitionId, PartitionRange, Slice, TopicSlice};
use polars::prelude::{BinaryChunked, Column, DataFrame, DataType, IntoColumn, NewChunkedArray, TimeUnit};

use crate::brokers::{Kafka, TestRecord, unique};
use crate::packages::{publish, registry, with_intercept};

const ROWS: i64 = 900;

/// The first flight in a topic: 2013-01-01 in UTC.
pub const MIDNIGHT: i64 = 1_356_998_400_000;

/// Flights of 900 minutes whose delay follows from distance, wind and carrier, with noise.
pub fn flights() -> Frame {
    let mut state = 7_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    let (mut distance, mut wind, mut carrier, mut delay) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROWS {
        let (far, blows, late) = (200.0 + 2_000.0 * draw(), 30.0 * draw(), draw() < 0.4);
        delay.push(blows - 0.005 * far + if late { 12.0 } else { 0.0 } + 4.0 * draw());
        distance.push(far);
        wind.push(blows);
        carrier.push(if late { "EV" } else { "UA" });
    }
    frame(vec![
        Column::new("distance".into(), distance),
        Column::new("wind".into(), wind),
        Column::new("carrier".into(), carrier),
        Column::new("arr_delay".into(), delay),
    ])
}

/// Columns as a slice of one partition that was read whole, a row a minute.
pub fn frame(columns: Vec<Column>) -> Frame {
    let rows = columns[0].len();
    let offsets = 0..rows as i64;
    let times =
        Column::new(meta::TIMESTAMP.into(), offsets.clone().map(|row| row * 60_000).collect::<Vec<_>>());
    let keys = BinaryChunked::from_iter_options(meta::KEY.into(), (0..rows).map(|_| None::<&[u8]>));
    let fields = columns.iter().map(|column| Field {
        name: column.name().to_string(),
        kind: if column.dtype() == &DataType::String { Kind::Text } else { Kind::Float },
        nullable: column.null_count() > 0,
    });
    let schema = Schema { fields: fields.collect() };
    let mut all = vec![
        Column::new(meta::PARTITION.into(), vec![0_i32; rows]),
        Column::new(meta::OFFSET.into(), offsets.collect::<Vec<_>>()),
        times.cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap(),
        keys.into_column(),
    ];
    all.extend(columns);
    let partition = PartitionRange { partition: PartitionId(0), start: Offset(0), end: Offset(rows as i64) };
    let topic = TopicSlice { topic: "flights".into(), topic_id: None, partitions: vec![partition] };
    Frame {
        data: Arc::new(DataFrame::new(rows, all).unwrap()),
        schema: Arc::new(schema),
        slice: Arc::new(Slice { cluster_id: "test".into(), topics: vec![topic] }),
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

/// A topic of two partitions with so many flights, one each quarter of an hour.
pub fn topic(kafka: &Kafka, flights: i64) -> String {
    let topic = kafka.topic("flights", 2, &[]);
    arrive(kafka, &topic, 0..flights);
    topic
}

/// These flights arrive in a topic. Every third one is late, as its departure was.
pub fn arrive(kafka: &Kafka, topic: &str, flights: std::ops::Range<i64>) {
    let record = |number: i64| {
        let late = if number % 3 == 0 { 40 } else { 0 };
        let value = format!(
            r#"{{"carrier":"{}","distance":{},"dep_delay":{}.5,"arr_delay":{}}}"#,
            if number % 2 == 0 { "UA" } else { "EV" },
            100 + number % 900,
            late + number % 7,
            late - 5 + number % 11,
        );
        TestRecord::new(value)
            .key(format!("flight-{number}"))
            .at(MIDNIGHT + number * 900_000)
            .partition((number % 2) as i32)
    };
    kafka.produce(topic, flights.map(record));
}

/// A model topic with so many versions of model `delay`, which predicts from `dep_delay` and `distance`.
pub fn model_topic(kafka: &Kafka, versions: u32) -> String {
    let topic = unique("models");
    publish_versions(kafka, &topic, versions);
    topic
}

/// Publishes so many further versions.
pub fn publish_versions(kafka: &Kafka, topic: &str, versions: u32) {
    let registry = registry(&kafka.connect(), topic);
    for version in 0..versions {
        publish(&registry, "delay", &with_intercept(-f64::from(version)));
    }
}
