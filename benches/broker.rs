//! The embedded cluster against Apache Kafka: the same client writes and reads the same records on both, in one run.
//!
//! ```sh
//! cargo bench --bench broker            # 2,000,000 records in 4 partitions
//! cargo bench --bench broker -- 200000  # fewer
//! ```
//!
//! Needs what the tests on a real Kafka need. Each cluster runs in a process of its own, on the same machine as the client,
//! and writes to a folder as Kafka does by default: to the operating system's cache, without waiting for the disk. Each way is
//! run three times in turn and the best of each is printed. Start and memory are those of a process that does nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use forebay::broker::{Broker, BrokerConfig, Storage};
use forebay::jobs::Cancel;
use forebay::kafka::{Bound, Cluster, ConnectionProfile, RangeSpec, ReadOptions, Secrets, SliceReader};
use rdkafka::ClientConfig;

#[path = "common/departures.rs"]
mod departures;
#[path = "../tests/cluster/harness/mod.rs"]
mod harness;

use departures::{PARTITIONS, record, value};
use harness::{Kafka, create_topic, produce, unique};

const ROUNDS: usize = 3;
/// In the environment of the process that serves: the folder of the embedded cluster.
const SERVE: &str = "FOREBAY_BENCH_SERVE";
const COMPRESSIONS: [&str; 2] = ["none", "lz4"];

fn main() {
    if let Some(folder) = std::env::var_os(SERVE) {
        return serve(folder.into());
    }
    let records = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(2_000_000);
    let folder = tempfile::tempdir().unwrap();
    let embedded = Served::start(folder.path());
    println!("embedded cluster: {:.1} ms from start to the first answer", embedded.start_ms);
    println!(
        "memory of its process while it is idle: {:.1} MB, of which {:.1} MB before it started",
        embedded.idle_mb, embedded.before_mb
    );
    let apache = Kafka::start();
    let servers = [("Apache Kafka", apache.bootstrap()), ("embedded", embedded.bootstrap.clone())];
    println!("{records} JSON records of {} B in {PARTITIONS} partitions", value(0).len());
    for compression in COMPRESSIONS {
        let mut best = [[f64::INFINITY; 2]; 2];
        for _ in 0..ROUNDS {
            for (server, (_, bootstrap)) in servers.iter().enumerate() {
                let topic = unique("bench");
                let written = timed(|| write(bootstrap, &topic, compression, records));
                let read = timed(|| drain(bootstrap, &topic, records));
                best[server] = [best[server][0].min(written), best[server][1].min(read)];
            }
        }
        for (act, name) in ["write", "read"].iter().enumerate() {
            for (server, (cluster, _)) in servers.iter().enumerate() {
                let rate = records as f64 / best[server][act] / 1e6;
                let ratio = best[0][act] / best[server][act];
                println!(
                    "{name:<6} {compression:<5} {cluster:<13} {rate:>6.2} M records/s   {ratio:>5.2} of Apache Kafka"
                );
            }
        }
    }
    println!(
        "memory of the embedded cluster's process after that: {:.1} MB",
        memory_mb(embedded.process.id())
    );
}

fn config(bootstrap: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap);
    config
}

/// Idempotent, acknowledged, as Forebay writes.
fn write(bootstrap: &str, topic: &str, compression: &str, records: u64) {
    let mut config = config(bootstrap);
    create_topic(&config, topic, PARTITIONS, &[]);
    config.set("compression.type", compression);
    produce(&config, topic, (0..records).map(record));
}

fn drain(bootstrap: &str, topic: &str, records: u64) {
    let profile =
        ConnectionProfile { name: "bench".into(), bootstrap: bootstrap.into(), ..Default::default() };
    let cluster = Cluster::connect(&profile, &Secrets::new()).unwrap();
    let range =
        RangeSpec { topics: vec![topic.into()], from: Bound::Beginning, to: Bound::End, partitions: None };
    let slice = cluster.resolve(&range, &Cancel::new()).unwrap();
    let mut reader = SliceReader::open(&cluster, &slice, ReadOptions::default()).unwrap();
    let (mut seen, mut spare) = (0, None);
    while let Some(batch) = reader.next(spare.take(), &Cancel::new()).unwrap() {
        seen += batch.len() as u64;
        spare = Some(batch);
    }
    assert_eq!(seen, records);
}

fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64()
}

/// The embedded cluster in a process of its own; ends with this value.
struct Served {
    process: Child,
    bootstrap: String,
    start_ms: f64,
    before_mb: f64,
    idle_mb: f64,
}

impl Served {
    fn start(folder: &std::path::Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .env(SERVE, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let words: Vec<&str> = said.split_whitespace().collect();
        let [bootstrap, start_ms, before_mb] = words[..] else { panic!("it said: {said}") };
        std::thread::sleep(Duration::from_secs(2));
        Self {
            bootstrap: bootstrap.into(),
            start_ms: start_ms.parse().unwrap(),
            before_mb: before_mb.parse().unwrap(),
            idle_mb: memory_mb(process.id()),
            process,
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It ends when its standard input does; killing is for one that hangs.
        drop(self.process.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves until standard input ends; says where, after how long it answered, and the memory before that.
fn serve(folder: std::path::PathBuf) {
    let before = memory_mb(std::process::id());
    let started = Instant::now();
    let broker =
        Broker::start(BrokerConfig { storage: Storage::Folder(folder), ..Default::default() }).unwrap();
    std::net::TcpStream::connect(broker.address()).unwrap();
    let start_ms = started.elapsed().as_secs_f64() * 1e3;
    println!("{} {start_ms} {before}", broker.bootstrap());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    broker.stop();
}

/// Resident memory of a process.
fn memory_mb(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1_000.0
}
