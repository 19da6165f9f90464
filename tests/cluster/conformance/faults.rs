//! The embedded broker is killed again and again under load: nothing that it acknowledged is lost, nothing is there
//! twice, no transaction is there by half.
//!
//! The broker runs in a process of its own, which is this test binary once more. `FOREBAY_FAULTS` says how often it is
//! killed (20), `FOREBAY_SEED` at which moments.

use std::collections::BTreeSet;
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use forebay::broker::{Broker, BrokerConfig, Durability, Storage};
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::admin::{PATIENCE, eventually};
use crate::harness::create_topic;

/// Tells the process that it is to serve: the folder.
const SERVE: &str = "FOREBAY_FAULTS_FOLDER";
const PLAIN: [&str; 2] = ["plain-a", "plain-b"];
const TRANSACTIONAL: [&str; 2] = ["transactional-a", "transactional-b"];

/// Not a test by itself: the process that is killed.
#[test]
fn the_broker_that_is_killed() {
    let Some(folder) = std::env::var_os(SERVE).map(PathBuf::from) else { return };
    let address = folder.join("address");
    let known = std::fs::read_to_string(&address).ok().and_then(|text| text.parse::<SocketAddr>().ok());
    let broker = Broker::start(BrokerConfig {
        storage: Storage::Folder(folder.join("cluster")),
        durability: Durability::Always,
        port: known.map_or(0, |address| address.port()),
        ..BrokerConfig::default()
    })
    .unwrap();
    if known.is_none() {
        std::fs::write(folder.join("address.new"), broker.address().to_string()).unwrap();
        std::fs::rename(folder.join("address.new"), &address).unwrap();
    }
    // Until whoever started it is gone.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

/// The process, killed when it is dropped.
struct Victim(Child);

impl Victim {
    fn start(folder: &Path) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "conformance::faults::the_broker_that_is_killed", "--nocapture"])
            .env(SERVE, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let victim = Self(child);
        let address = eventually("the broker says where it is", || {
            std::fs::read_to_string(folder.join("address")).ok()?.parse::<SocketAddr>().ok()
        });
        eventually("the broker answers", || TcpStream::connect(address).ok());
        victim
    }

    /// SIGKILL.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Numbers from a seed.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

fn client(bootstrap: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap);
    config
        .set("reconnect.backoff.ms", "10")
        .set("reconnect.backoff.max.ms", "50")
        .set("retry.backoff.ms", "10");
    config.set("linger.ms", "1").set("log_level", "0");
    config
}

/// Numbers that were acknowledged.
#[derive(Clone, Default)]
struct Acknowledged(Arc<Mutex<Vec<u64>>>);

impl ClientContext for Acknowledged {}

impl ProducerContext for Acknowledged {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _: ()) {
        match result {
            Ok(record) => self.0.lock().unwrap().push(value(record)),
            Err((error, _)) => panic!("an idempotent producer gave up: {error}"),
        }
    }
}

fn value(record: &impl Message) -> u64 {
    std::str::from_utf8(record.payload().unwrap()).unwrap().parse().unwrap()
}

/// Writes 0, 1, 2 ... until it is told to stop, and returns what was acknowledged.
fn write_plain(bootstrap: &str, topic: &str, stop: &AtomicBool) -> Vec<u64> {
    let acknowledged = Acknowledged::default();
    let mut config = client(bootstrap);
    config
        .set("enable.idempotence", "true")
        .set("message.timeout.ms", "600000")
        .set("batch.num.messages", "50");
    let producer: BaseProducer<Acknowledged> = config.create_with_context(acknowledged.clone()).unwrap();
    for n in 0_u64.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        producer.send(BaseRecord::<(), _>::to(topic).payload(&n.to_string())).unwrap();
        producer.poll(Duration::ZERO);
        if n % 20 == 0 || producer.in_flight_count() > 500 {
            producer.poll(Duration::from_millis(5));
        }
    }
    producer.flush(Duration::from_secs(300)).unwrap();
    drop(producer);
    Arc::try_unwrap(acknowledged.0).unwrap().into_inner().unwrap()
}

/// What is known of the transactions: each wrote its number once into each of the two topics.
#[derive(Default)]
struct Transactions {
    committed: BTreeSet<u64>,
    aborted: BTreeSet<u64>,
    /// Their producer had to be given up before it knew.
    unknown: BTreeSet<u64>,
}

fn transactional(bootstrap: &str) -> BaseProducer {
    let mut config = client(bootstrap);
    config.set("transactional.id", "faults").set("message.timeout.ms", "60000");
    eventually("a transactional producer begins", || {
        let producer: BaseProducer = config.create().unwrap();
        producer.init_transactions(PATIENCE).ok().map(|()| producer)
    })
}

fn write_transactions(bootstrap: &str, stop: &AtomicBool) -> Transactions {
    let mut known = Transactions::default();
    let mut producer = transactional(bootstrap);
    for n in 0_u64.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        match transaction(&producer, n) {
            Ok(true) => known.committed.insert(n),
            Ok(false) => known.aborted.insert(n),
            Err(_) => {
                producer = transactional(bootstrap);
                known.unknown.insert(n)
            }
        };
    }
    // Whatever is still open is ended by the next of the same id.
    drop(producer);
    drop(transactional(bootstrap));
    known
}

/// One transaction, every third aborted on purpose. Whether it was committed; an error where nobody knows.
fn transaction(producer: &BaseProducer, n: u64) -> KafkaResult<bool> {
    producer.begin_transaction()?;
    for topic in TRANSACTIONAL {
        producer.send(BaseRecord::<(), _>::to(topic).payload(&n.to_string())).map_err(|(error, _)| error)?;
    }
    producer.flush(PATIENCE)?;
    if n % 3 == 2 {
        return end(|| producer.abort_transaction(PATIENCE)).map(|()| false);
    }
    match end(|| producer.commit_transaction(PATIENCE)) {
        Ok(()) => Ok(true),
        Err(KafkaError::Transaction(error)) if error.txn_requires_abort() => {
            end(|| producer.abort_transaction(PATIENCE)).map(|()| false)
        }
        Err(error) => Err(error),
    }
}

fn end(mut call: impl FnMut() -> KafkaResult<()>) -> KafkaResult<()> {
    let started = Instant::now();
    loop {
        match call() {
            Err(KafkaError::Transaction(error)) if error.is_retriable() && started.elapsed() < PATIENCE => {}
            ended => return ended,
        }
    }
}

/// Everything that a reader of committed records sees.
fn committed(bootstrap: &str, topic: &str) -> Vec<u64> {
    let mut config = client(bootstrap);
    config
        .set("group.id", "unused")
        .set("enable.partition.eof", "true")
        .set("isolation.level", "read_committed");
    let consumer: BaseConsumer = config.create().unwrap();
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, 0, Offset::Beginning).unwrap();
    consumer.assign(&list).unwrap();
    let mut values = Vec::new();
    loop {
        match consumer.poll(PATIENCE).expect("neither a record nor the end") {
            Ok(record) => values.push(value(&record)),
            Err(KafkaError::PartitionEOF(_)) => return values,
            Err(error) => panic!("{topic}: {error}"),
        }
    }
}

#[test]
fn a_broker_killed_at_any_moment_keeps_what_it_acknowledged() {
    let (kills, seed) = (number("FOREBAY_FAULTS", 20), number("FOREBAY_SEED", 4));
    println!("{kills} kills, seed {seed}");
    let folder = tempfile::TempDir::with_prefix("forebay-faults-").unwrap();
    let mut victim = Victim::start(folder.path());
    let bootstrap = std::fs::read_to_string(folder.path().join("address")).unwrap();
    for topic in PLAIN.into_iter().chain(TRANSACTIONAL) {
        create_topic(&client(&bootstrap), topic, 1, &[("segment.bytes", "1048576")]);
    }
    let stop = AtomicBool::new(false);
    let (plain, transactions) = std::thread::scope(|scope| {
        let plain = PLAIN.map(|topic| {
            scope.spawn({
                let (bootstrap, stop) = (&bootstrap, &stop);
                move || write_plain(bootstrap, topic, stop)
            })
        });
        let transactions = scope.spawn(|| write_transactions(&bootstrap, &stop));
        let mut seeded = Seeded(seed);
        for _ in 0..kills {
            std::thread::sleep(Duration::from_millis(20 + seeded.below(400)));
            victim.kill();
            victim = Victim::start(folder.path());
        }
        std::thread::sleep(Duration::from_millis(300));
        stop.store(true, Ordering::Relaxed);
        (plain.map(|writer| writer.join().unwrap()), transactions.join().unwrap())
    });
    victim.kill();
    victim = Victim::start(folder.path());

    for (topic, acknowledged) in PLAIN.iter().zip(&plain) {
        let found = committed(&bootstrap, topic);
        println!("{topic}: {} acknowledged, {} found", acknowledged.len(), found.len());
        // In order, each once, and none missing: the producer stopped only when all was acknowledged.
        assert!(found.iter().copied().eq(0..found.len() as u64), "{topic}: {}", first_difference(&found));
        assert_eq!(acknowledged.len(), found.len());
    }
    let found = TRANSACTIONAL.map(|topic| committed(&bootstrap, topic));
    let Transactions { committed, aborted, unknown } = &transactions;
    println!(
        "transactions: {} committed, {} aborted, {} unknown, {} found",
        committed.len(),
        aborted.len(),
        unknown.len(),
        found[0].len()
    );
    assert_eq!(found[0], found[1], "a transaction is there by half");
    let once: BTreeSet<u64> = found[0].iter().copied().collect();
    assert_eq!(once.len(), found[0].len(), "a transaction is there twice");
    assert!(committed.is_subset(&once), "a committed transaction is lost");
    assert!(aborted.is_disjoint(&once), "an aborted transaction is seen");
    assert!(once.iter().all(|n| committed.contains(n) || unknown.contains(n)));
    drop(victim);
}

/// Where numbers that should count up do not.
fn first_difference(found: &[u64]) -> String {
    let at = found.iter().zip(0..).position(|(found, expected)| *found != expected);
    at.map_or(String::new(), |at| {
        format!("{:?} at {at}", &found[at.saturating_sub(3)..(at + 3).min(found.len())])
    })
}
