//! How fast a topic is scored exactly once, against librdkafka only copying it exactly once in the same run; and how soon
//! after its append a single record's prediction can be seen.
//!
//! ```sh
//! cargo bench --bench score            # 2,000,000 records in 4 partitions; then 1,000 records/s for 2 min
//! cargo bench --bench score -- 200000  # fewer
//! ```
//!
//! Needs what the tests on a real Kafka need. The model is a logistic regression on five prepared features, trained on the
//! topic's first records and published to a model topic. Rates leave out what comes before the first commit: joining a
//! group and opening transactions. Latency runs from just before the record is handed to a producer until a reader of
//! committed records has its prediction, both in this process and so by one clock.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use forebay::jobs::Cancel;
use forebay::kafka::Cluster;
use forebay::live::{Delivery, LiveStats, ScoreRequest, score};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};

#[path = "common/departures.rs"]
mod departures;
#[path = "../tests/cluster/harness/mod.rs"]
mod harness;
#[path = "common/model.rs"]
mod model;

use departures::{PARTITIONS, record, value};
use harness::Kafka;
use model::{MODELS, publish_model};

const ROUNDS: usize = 3;
/// As long as a transaction of the copy stays open; Forebay's default.
const OPEN: Duration = Duration::from_millis(ScoreRequest::COMMIT_MS);
const PATIENCE: Duration = Duration::from_secs(60);

const TRICKLE_PER_SECOND: u64 = 1_000;
const TRICKLE_SECONDS: u64 = 120;
/// Records of the trickle that only warm things up: for a minute the broker's Java compiles what is new to it.
const WARM_UP: u64 = 60_000;

fn main() {
    let records = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(2_000_000);
    let kafka = Kafka::start();
    let cluster = kafka.connect();
    let input = kafka.topic("flights", PARTITIONS, &[]);
    kafka.produce(&input, (0..records).map(record));
    publish_model(&cluster, &input);

    println!(
        "{records} JSON records of {} B in {PARTITIONS} partitions, logistic regression",
        value(0).len()
    );
    let mut best = [0.0_f64; 2];
    for round in 0..ROUNDS {
        best[0] = best[0].max(copied_per_second(&kafka, &input, records, round));
        best[1] = best[1].max(scored_per_second(&cluster, &input, records, round));
    }
    for (name, rate) in ["copied, librdkafka", "scored"].iter().zip(best) {
        println!("{name:<20} {:>8.0} records/s   {:>5.2} of the copy", rate, rate / best[0]);
    }

    let mut latencies = trickle(&kafka, &cluster);
    latencies.sort();
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "append to visible prediction, {TRICKLE_PER_SECOND} records/s one by one, {} records:",
        latencies.len()
    );
    println!(
        "p50 {:.1} ms   p90 {:.1} ms   p99 {:.1} ms   most {:.1} ms",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
}

fn request(input: &str, output: String) -> ScoreRequest {
    ScoreRequest {
        model: "delay@champion".parse().unwrap(),
        model_topic: MODELS.into(),
        input: input.into(),
        group: Some(format!("score-{output}")),
        output,
        dead_letter: None,
        delivery: Delivery::ExactlyOnce,
        from_beginning: true,
        until_end: true,
        instance: None,
        max_batch: ScoreRequest::MAX_BATCH,
        commit_ms: ScoreRequest::COMMIT_MS,
        labels: None,
    }
}

fn scored_per_second(cluster: &Cluster, input: &str, records: u64, round: usize) -> f64 {
    let stats = Arc::new(LiveStats::new());
    let request = request(input, format!("predictions-{round}"));
    std::thread::scope(|scope| {
        let scoring = scope.spawn(|| score(cluster, &request, &stats, &Cancel::new()).unwrap());
        let (before, began) = loop {
            let scored = stats.snapshot().counts.scored;
            if scored > 0 {
                break (scored, Instant::now());
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        let summary = scoring.join().unwrap();
        assert_eq!((summary.scored, summary.rejected), (records, 0));
        (records - before) as f64 / began.elapsed().as_secs_f64()
    })
}

/// The same without a model: each record's own bytes written back, in transactions with the group's offsets. What there is
/// to gain beyond Forebay's own work would have to come from here.
fn copied_per_second(kafka: &Kafka, input: &str, records: u64, round: usize) -> f64 {
    let output = kafka.topic("copy", PARTITIONS, &[]);
    let consumer: BaseConsumer = kafka
        .client_config()
        .set("group.id", format!("copy-{round}"))
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .set("fetch.queue.backoff.ms", "1")
        .create()
        .unwrap();
    consumer.subscribe(&[input]).unwrap();
    let producer: ThreadedProducer<DefaultProducerContext> = kafka
        .client_config()
        .set("transactional.id", format!("copy-{round}"))
        .set("linger.ms", "2")
        .set("compression.type", "lz4")
        .create()
        .unwrap();
    producer.init_transactions(PATIENCE).unwrap();

    let (mut copied, mut first_commit) = (0, None);
    while copied < records {
        producer.begin_transaction().unwrap();
        let began = Instant::now();
        while copied < records && began.elapsed() < OPEN {
            let Some(message) = consumer.poll(Duration::from_millis(50)) else { continue };
            let message = message.unwrap();
            let mut sent = BaseRecord::<[u8], [u8]>::to(&output).partition(message.partition());
            (sent.key, sent.payload) = (message.key(), message.payload());
            while let Err((_, again)) = producer.send(sent) {
                std::thread::sleep(Duration::from_millis(1));
                sent = again;
            }
            copied += 1;
        }
        let positions = consumer.position().unwrap();
        let member = consumer.group_metadata().unwrap();
        producer.send_offsets_to_transaction(&positions, &member, PATIENCE).unwrap();
        producer.commit_transaction(PATIENCE).unwrap();
        first_commit.get_or_insert((copied, Instant::now()));
    }
    let (before, began) = first_commit.unwrap();
    (records - before) as f64 / began.elapsed().as_secs_f64()
}

/// From append to visible, of each record of a steady trickle.
fn trickle(kafka: &Kafka, cluster: &Cluster) -> Vec<Duration> {
    let input = kafka.topic("trickle", 1, &[]);
    let output = kafka.topic("trickle-predictions", 1, &[]);
    let (stats, cancel) = (Arc::new(LiveStats::new()), Cancel::new());
    let request = ScoreRequest { until_end: false, ..request(&input, output.clone()) };
    let all = TRICKLE_PER_SECOND * TRICKLE_SECONDS;
    std::thread::scope(|scope| {
        let scoring = scope.spawn(|| score(cluster, &request, &stats, &cancel).unwrap());
        let seen = scope.spawn(|| predictions_seen(kafka, &output, all));
        let appended = append_steadily(kafka, &input, all);
        let seen = seen.join().unwrap();
        cancel.cancel();
        scoring.join().unwrap();
        let pairs = appended.iter().zip(&seen).skip(WARM_UP as usize);
        pairs.map(|(appended, seen)| seen.duration_since(*appended)).collect()
    })
}

/// When each record was handed over, one every so many microseconds.
fn append_steadily(kafka: &Kafka, input: &str, records: u64) -> Vec<Instant> {
    let producer: ThreadedProducer<DefaultProducerContext> =
        kafka.client_config().set("linger.ms", "0").create().unwrap();
    let began = Instant::now();
    let mut appended = Vec::new();
    for n in 0..records {
        let due = began + Duration::from_micros(1_000_000 / TRICKLE_PER_SECOND) * n as u32;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        appended.push(Instant::now());
        let (key, value) = (n.to_string(), value(n));
        producer.send(BaseRecord::to(input).key(&key).payload(&value)).map_err(|(error, _)| error).unwrap();
    }
    producer.flush(PATIENCE).unwrap();
    appended
}

/// When the prediction of each record came to a reader of committed records, by the record's number.
fn predictions_seen(kafka: &Kafka, output: &str, records: u64) -> Vec<Instant> {
    let consumer: BaseConsumer = kafka
        .client_config()
        .set("group.id", "unused")
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .create()
        .unwrap();
    let mut place = rdkafka::TopicPartitionList::new();
    place.add_partition_offset(output, 0, rdkafka::Offset::Beginning).unwrap();
    consumer.assign(&place).unwrap();
    let mut seen = vec![None; records as usize];
    let mut missing = records;
    while missing > 0 {
        let message = consumer.poll(PATIENCE).expect("a prediction").unwrap();
        let now = Instant::now();
        let n: usize = std::str::from_utf8(message.key().unwrap()).unwrap().parse().unwrap();
        assert!(seen[n].replace(now).is_none(), "record {n} was predicted twice");
        missing -= 1;
    }
    seen.into_iter().map(Option::unwrap).collect()
}
