//! How fast a slice is read, against librdkafka drained raw in the same run, and how much memory that takes.
//!
//! ```sh
//! cargo bench --bench read            # 2,000,000 records in 4 partitions
//! cargo bench --bench read -- 200000  # fewer
//! ```
//!
//! Needs what the tests on a real Kafka need, and for the peer in Python `pip install -r benches/python/requirements.txt` for
//! the `python3` on the path, or for the one in `FOREBAY_PYTHON`. Each way is run three times in turn and the best of each is
//! printed: the broker is on the same machine and takes its share of it.
#![allow(
    unsafe_code,
    reason = "the raw drain is librdkafka's own batch call, independent of the reader that it measures"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use std::ffi::CString;
use std::process::Command;
use std::time::Instant;

use forebay::data::{ReadRequest, read};
use forebay::jobs::{Cancel, Progress};
use forebay::kafka::{Bound, Cluster, RangeSpec, ReadOptions, Slice, SliceReader};
use rdkafka::bindings as rd;
use rdkafka::consumer::{BaseConsumer, Consumer};

#[path = "../tests/cluster/harness/mod.rs"]
mod harness;

use harness::{Kafka, TestRecord};

const PARTITIONS: i32 = 4;
const ROUNDS: usize = 3;

fn main() {
    let records = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(2_000_000);
    let kafka = Kafka::start();
    let topic = kafka.topic("bench", PARTITIONS, &[]);
    kafka.produce(&topic, (0..records).map(record));
    let cluster = kafka.connect();
    let range =
        RangeSpec { topics: vec![topic.clone()], from: Bound::Beginning, to: Bound::End, partitions: None };
    let slice = cluster.resolve(&range, &Cancel::new()).unwrap();
    assert_eq!(slice.offsets(), records);

    let mut best = [f64::INFINITY; 4];
    let mut memory = f64::INFINITY;
    for _ in 0..ROUNDS {
        best[0] = best[0].min(timed(|| drain_raw(&kafka, &topic, records)));
        best[1] = best[1].min(timed(|| drain_reader(&cluster, &slice, records)));
        best[2] = best[2].min(timed(|| memory = memory.min(read_frame(&cluster, &slice, records))));
        best[3] = best[3].min(read_in_python(&kafka, &topic, records));
    }
    println!("{records} JSON records of {} B in {PARTITIONS} partitions", value(0).len());
    let names = ["raw drain, batches", "SliceReader", "slice to frame", "Python, to frame"];
    for (name, seconds) in names.iter().zip(best) {
        let rate = records as f64 / seconds / 1e6;
        println!("{name:<20} {rate:>6.2} M rows/s   {:>5.2} of raw", best[0] / seconds);
    }
    println!("slice to frame is {:.1} times as fast as Python", best[3] / best[2]);
    println!("peak memory while reading the frame: {memory:.2} of the frame");
}

fn record(n: u64) -> TestRecord {
    TestRecord::new(value(n)).partition((n % PARTITIONS as u64) as i32).at(1_700_000_000_000 + n as i64)
}

/// A record as sensors and shops write them: whole numbers, floats, texts, a flag.
fn value(n: u64) -> String {
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!(
        "{{\"id\":{},\"carrier\":\"C{:02}\",\"origin\":\"EWR\",\"dest\":\"D{:03}\",\"distance\":{},\
         \"dep_delay\":{:.3},\"temp\":{:.2},\"wind_speed\":{:.4},\"rain\":{},\"tail\":\"N{:07}\",\"hour\":{}}}",
        1_000_000_000 + n,
        mixed % 16,
        mixed % 400,
        1_000 + mixed % 4_000,
        (mixed % 100_000) as f64 / 1_000.0 + 100.0,
        (mixed % 3_000) as f64 / 100.0 + 30.0,
        (mixed % 250_000) as f64 / 10_000.0 + 10.0,
        mixed.is_multiple_of(5),
        mixed % 10_000_000,
        10 + mixed % 14,
    )
}

fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64()
}

/// What librdkafka gives when nothing is done with it: without a group, as the reader does it, so that both pay the same for
/// their beginning and end.
fn drain_raw(kafka: &Kafka, topic: &str, records: u64) {
    let consumer: BaseConsumer = kafka
        .client_config()
        .set("fetch.wait.max.ms", "10")
        .set("fetch.queue.backoff.ms", "1")
        .set("queued.min.messages", "200000")
        .create()
        .unwrap();
    let client = consumer.client().native_ptr();
    let name = CString::new(topic).unwrap();
    let mut messages = vec![std::ptr::null_mut(); 4_096];
    let mut seen = 0;
    // SAFETY: topic and queue belong to the client and are given back before it; each message is destroyed once.
    unsafe {
        let queue = rd::rd_kafka_queue_new(client);
        let topic = rd::rd_kafka_topic_new(client, name.as_ptr(), std::ptr::null_mut());
        for partition in 0..PARTITIONS {
            assert_eq!(rd::rd_kafka_consume_start_queue(topic, partition, 0, queue), 0);
        }
        while seen < records {
            // The call waits until the array is full: one message with waiting, then what else is there.
            let first =
                rd::rd_kafka_consume_batch_queue(queue, 1_000, messages.as_mut_ptr(), 1).max(0) as usize;
            let rest = &mut messages[first..];
            let others = rd::rd_kafka_consume_batch_queue(queue, 0, rest.as_mut_ptr(), rest.len());
            for message in &messages[..first + others.max(0) as usize] {
                let is_record = (**message).err == rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR;
                seen += u64::from(is_record);
                rd::rd_kafka_message_destroy(*message);
            }
        }
        for partition in 0..PARTITIONS {
            rd::rd_kafka_consume_stop(topic, partition);
        }
        rd::rd_kafka_topic_destroy(topic);
        rd::rd_kafka_queue_destroy(queue);
    }
}

fn drain_reader(cluster: &Cluster, slice: &Slice, records: u64) {
    let mut reader = SliceReader::open(cluster, slice, ReadOptions::default()).unwrap();
    let (mut seen, mut spare) = (0, None);
    while let Some(batch) = reader.next(spare.take(), &Cancel::new()).unwrap() {
        seen += batch.len() as u64;
        spare = Some(batch);
    }
    assert_eq!(seen, records);
}

/// Seconds that confluent-kafka, orjson and polars take, by their own clock, without starting Python.
fn read_in_python(kafka: &Kafka, topic: &str, records: u64) -> f64 {
    let python = std::env::var("FOREBAY_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/python/read.py");
    let output = Command::new(python).args([script, &kafka.bootstrap(), topic]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["rows"], records);
    said["seconds"].as_f64().unwrap()
}

/// Reads the frame; the most memory that was in use meanwhile, as a multiple of the frame.
fn read_frame(cluster: &Cluster, slice: &Slice, records: u64) -> f64 {
    std::fs::write("/proc/self/clear_refs", "5").expect("resetting the peak of this process's memory");
    let before = memory_kib("VmRSS:");
    let request = ReadRequest {
        slice: slice.clone(),
        codec: "json".into(),
        filter: None,
        budget: None,
        label: None,
        label_slice: None,
    };
    let frame = read(cluster, &request, &Progress::new(), &Cancel::new()).unwrap();
    assert_eq!(frame.rows() as u64, records);
    let peak = memory_kib("VmHWM:").saturating_sub(before) * 1_024;
    peak as f64 / frame.data.estimated_size() as f64
}

fn memory_kib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
