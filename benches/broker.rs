//! The embedded cluster against Apache Kafka: the same clients write and read the same records on both, in one run.
//!
//! ```sh
//! cargo bench --bench broker            # 2,000,000 records in 4 partitions
//! cargo bench --bench broker -- 200000  # fewer
//! ```
//!
//! Needs what the tests on a real Kafka need, and Linux, whose `/proc` tells memory and processor time. Each cluster runs in
//! a process of its own, on the same machine as the client, and writes to a folder as Kafka does by default: to the
//! operating system's cache, without waiting for the disk. Apache Kafka has the memory of its start script and looks after
//! its logs as often as it does by default. Records, topics and clients are made before the clock starts; a first round
//! is not counted; then the clusters take turns in going first. Start and memory are those of a process that does nothing
//! else.
//!
//! What was written is got back in two ways: fetched by a client that only looks for the next offset, which shows what the
//! cluster can do, and read as Forebay reads, which is what its user gets and takes several times as long with any cluster.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use forebay::broker::{Broker, BrokerConfig, Storage};
use forebay::jobs::Cancel;
use forebay::kafka::{Bound, Cluster, ConnectionProfile, RangeSpec, ReadOptions, Secrets, SliceReader};
use rdkafka::ClientConfig;
use rdkafka::producer::Producer;

#[path = "common/departures.rs"]
mod departures;
#[path = "common/fetch.rs"]
mod fetch;
#[path = "../tests/cluster/harness/mod.rs"]
mod harness;
#[path = "../tests/cluster/conformance/raw.rs"]
#[allow(dead_code, reason = "tests do more with it")]
mod raw;

use departures::{PARTITIONS, record, value};
use fetch::fetch_all;
use harness::{Kafka, TestRecord, create_topic, delete_topic, producer, send, unique};
use raw::Raw;

/// Rounds that count; the one before them does not.
const ROUNDS: usize = 5;
/// How often what a round wrote is read, because reading is over sooner and so less alike from one time to the next.
const READS: usize = 5;
/// Fetching is over so soon that all is fetched so many times for one measurement.
const TIMES_OVER: usize = 5;
const STARTS: usize = 5;
/// In the environment of the process that serves: the folder of the embedded cluster.
const SERVE: &str = "FOREBAY_BENCH_SERVE";
/// Records of a batch.
const BATCH: &str = "2000";
const COMPRESSIONS: [&str; 2] = ["none", "lz4"];
const PATIENCE: Duration = Duration::from_secs(60);
/// A request for the versions of all APIs, with its length before it.
const API_VERSIONS: &[u8] = b"\0\0\0\x0a\0\x12\0\0\0\0\0\x01\xff\xff";

/// What the embedded cluster is to reach.
const LEAST_RATIO: f64 = 1.0;
const MOST_START_MS: f64 = 100.0;
const MOST_IDLE_MB: f64 = 20.0;

fn main() {
    if let Some(folder) = std::env::var_os(SERVE) {
        return serve(folder.into());
    }
    let asked = std::env::args().filter_map(|argument| argument.parse::<u64>().ok()).next();
    // As many in each partition.
    let count = asked.unwrap_or(2_000_000).next_multiple_of(PARTITIONS as u64);
    measure_start_and_memory();
    let mut apache = Kafka::start_as_shipped();
    let folder = tempfile::tempdir().unwrap();
    let embedded = Served::start(folder.path());
    let servers = [
        Server {
            name: "Apache Kafka",
            bootstrap: apache.bootstrap(),
            process: apache.process_id(1).unwrap(),
        },
        Server { name: "embedded", bootstrap: embedded.bootstrap.clone(), process: embedded.process.id() },
    ];
    println!("{count} JSON records of {} B in {PARTITIONS} partitions, {ROUNDS} rounds", value(0).len());
    let records: Vec<TestRecord> = (0..count).map(record).collect();
    for compression in COMPRESSIONS {
        let runs = rounds(&servers, compression, &records);
        print(&servers, compression, records.len(), &runs);
    }
    println!(
        "memory of the embedded cluster's process after that: {:.1} MB",
        memory_mb(embedded.process.id())
    );
    measure_start_of_apache(&mut apache);
}

/// A cluster that is measured.
struct Server {
    name: &'static str,
    bootstrap: String,
    process: u32,
}

/// Seconds that something took, and processor seconds of the server meanwhile.
#[derive(Clone, Copy)]
struct Run {
    seconds: f64,
    processor: f64,
}

/// The runs of one server, by what was done.
type Runs = [Vec<Run>; 3];
const WRITE: usize = 0;
const FETCH: usize = 1;
const READ: usize = 2;

fn rounds(servers: &[Server; 2], compression: &str, records: &[TestRecord]) -> [Runs; 2] {
    let mut runs: [Runs; 2] = Default::default();
    for round in 0..=ROUNDS {
        let topic = unique("bench");
        let in_turn = |times| (0..times * servers.len()).map(move |turn| (round + turn) % servers.len());
        let mut counted = |at: usize, act: usize, run| {
            if round > 0 {
                runs[at][act].push(run);
            }
        };
        in_turn(1).for_each(|at| counted(at, WRITE, write(&servers[at], &topic, compression, records)));
        in_turn(READS).for_each(|at| counted(at, FETCH, fetch(&servers[at], &topic, records.len())));
        in_turn(READS).for_each(|at| counted(at, READ, drain(&servers[at], &topic, records.len())));
        servers.iter().for_each(|server| delete_topic(&config(&server.bootstrap), &topic));
    }
    runs
}

fn print(servers: &[Server; 2], compression: &str, records: usize, runs: &[Runs; 2]) {
    let millions = records as f64 / 1e6;
    for (act, name) in [(WRITE, "write"), (FETCH, "fetch"), (READ, "read")] {
        for (server, runs) in servers.iter().zip(runs) {
            let seconds = runs[act].iter().map(|run| run.seconds);
            let best = seconds.clone().fold(f64::INFINITY, f64::min);
            let processor = median(runs[act].iter().map(|run| run.processor)) / millions;
            println!(
                "{name:<6} {compression:<5} {:<13} median {:>6.2}, best {:>6.2} M records/s; the server's processor {processor:>5.2} s a million",
                server.name,
                millions / median(seconds),
                millions / best,
            );
        }
        // Runs that followed one another are compared, so that a machine that is slower for a while is so for both.
        let [apache, embedded] = runs;
        let pairs = apache[act].iter().zip(&embedded[act]);
        let ratios = pairs.map(|(apache, embedded)| apache.seconds / embedded.seconds);
        let [low, ratio, high] = quartiles(ratios);
        let what = format!("{name} {compression}, embedded to Apache Kafka (quartiles {low:.2}, {high:.2})");
        match act {
            READ => println!("{what}: {ratio:.2}; the client is the limit"),
            _ => verdict(&what, ratio, ">=", LEAST_RATIO, ""),
        }
    }
}

fn verdict(what: &str, found: f64, relation: &str, aim: f64, unit: &str) {
    let reached = if relation == ">=" { found >= aim } else { found < aim };
    let verdict = if reached { "reached" } else { "NOT REACHED" };
    println!("{what}: {found:.2}{unit}; aim {relation} {aim}{unit}: {verdict}");
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    quartiles(values)[1]
}

/// The values that a quarter, a half and three quarters lie below.
fn quartiles(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

fn config(bootstrap: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap);
    config
}

/// Idempotent, acknowledged, as Forebay writes. The clock starts when the producer knows the topic. Batches are full on both:
/// a server that acknowledges sooner would otherwise get smaller ones, and be read more slowly for that.
fn write(server: &Server, topic: &str, compression: &str, records: &[TestRecord]) -> Run {
    let mut config = config(&server.bootstrap);
    // The records are of the past.
    create_topic(&config, topic, PARTITIONS, &[("retention.ms", "-1")]);
    config.set("linger.ms", "200").set("batch.num.messages", BATCH);
    let producer = producer(config.set("compression.type", compression));
    producer.client().fetch_metadata(Some(topic), PATIENCE).unwrap();
    timed(server, || {
        for record in records {
            send(&producer, topic, record);
        }
        producer.flush(PATIENCE).unwrap();
    })
}

/// Fetches all, several times over. The clock starts when the connection is there.
fn fetch(server: &Server, topic: &str, records: usize) -> Run {
    let mut client = Raw::connect(&server.bootstrap);
    let all = timed(server, || {
        (0..TIMES_OVER).for_each(|_| fetch_all(&mut client, topic, records / PARTITIONS as usize));
    });
    let times = TIMES_OVER as f64;
    Run { seconds: all.seconds / times, processor: all.processor / times }
}

/// Reads all as Forebay reads. The clock starts when the connection is there and the range is known.
fn drain(server: &Server, topic: &str, records: usize) -> Run {
    let bootstrap = server.bootstrap.clone();
    let profile = ConnectionProfile { name: "bench".into(), bootstrap, ..Default::default() };
    let cluster = Cluster::connect(&profile, &Secrets::new()).unwrap();
    let range =
        RangeSpec { topics: vec![topic.into()], from: Bound::Beginning, to: Bound::End, partitions: None };
    let slice = cluster.resolve(&range, &Cancel::new()).unwrap();
    timed(server, || {
        let mut reader = SliceReader::open(&cluster, &slice, ReadOptions::default()).unwrap();
        let (mut seen, mut spare) = (0, None);
        while let Some(batch) = reader.next(spare.take(), &Cancel::new()).unwrap() {
            seen += batch.len();
            spare = Some(batch);
        }
        assert_eq!(seen, records);
    })
}

fn timed(server: &Server, work: impl FnOnce()) -> Run {
    let (before, started) = (processor_seconds(server.process), Instant::now());
    work();
    let seconds = started.elapsed().as_secs_f64();
    Run { seconds, processor: processor_seconds(server.process) - before }
}

/// Each start in a process and a folder of its own.
fn measure_start_and_memory() {
    let started: Vec<(f64, f64, f64)> = (0..STARTS)
        .map(|_| {
            let folder = tempfile::tempdir().unwrap();
            let served = Served::start(folder.path());
            std::thread::sleep(Duration::from_secs(2));
            (served.start_ms, served.before_mb, memory_mb(served.process.id()))
        })
        .collect();
    let best = started.iter().map(|(ms, ..)| *ms).fold(f64::INFINITY, f64::min);
    println!("embedded cluster, from start to the first answer, {STARTS} starts: best {best:.1} ms");
    verdict("median", median(started.iter().map(|(ms, ..)| *ms)), "<", MOST_START_MS, " ms");
    let [before, idle] = [|of: &(f64, f64, f64)| of.1, |of: &(f64, f64, f64)| of.2]
        .map(|part| median(started.iter().map(part)));
    println!("memory of its process: {before:.1} MB before it started, {idle:.1} MB while it is idle");
    verdict("the whole process", idle, "<", MOST_IDLE_MB, " MB");
    verdict("what the cluster adds", idle - before, "<", MOST_IDLE_MB, " MB");
}

fn measure_start_of_apache(apache: &mut Kafka) {
    apache.stop(1);
    let started = Instant::now();
    apache.start_again(1);
    ask(&apache.bootstrap());
    println!("Apache Kafka, from start to the first answer: {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    std::thread::sleep(Duration::from_secs(2));
    println!("memory of its process while it is idle: {:.1} MB", memory_mb(apache.process_id(1).unwrap()));
}

/// Asks a broker for its versions and waits for the answer.
fn ask(address: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(API_VERSIONS).unwrap();
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    stream.read_exact(&mut vec![0; u32::from_be_bytes(length) as usize]).unwrap();
}

/// The embedded cluster in a process of its own; ends with this value.
struct Served {
    process: Child,
    bootstrap: String,
    start_ms: f64,
    before_mb: f64,
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
        Self {
            bootstrap: bootstrap.into(),
            start_ms: start_ms.parse().unwrap(),
            before_mb: before_mb.parse().unwrap(),
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

/// Serves until standard input ends; says where, after how long it answered a request, and the memory before that.
fn serve(folder: std::path::PathBuf) {
    let before = memory_mb(std::process::id());
    let started = Instant::now();
    let broker =
        Broker::start(BrokerConfig { storage: Storage::Folder(folder), ..Default::default() }).unwrap();
    ask(&broker.bootstrap());
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

/// Processor time of a process so far, its own and the system's for it. The kernel counts in hundredths of a second.
fn processor_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name of the program, in brackets, may hold spaces; user and system time are the 14th and 15th field of all.
    let after_name = stat.rsplit_once(") ").unwrap().1;
    let ticks = after_name.split(' ').skip(11).take(2).map(|field| field.parse::<f64>().unwrap());
    ticks.sum::<f64>() / 100.0
}
