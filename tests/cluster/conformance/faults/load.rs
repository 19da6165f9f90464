//! What clients do while the broker is killed, and what they know of it afterwards.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerGroupMetadata};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::super::admin::{PATIENCE, eventually};
use super::{COMPACTED, KEYS, TRANSACTIONAL, number};

/// The group whose offsets are committed by themselves, and the one whose offsets go with transactions.
pub const PLAIN_GROUP: &str = "faults-plain";
pub const TRANSACTIONAL_GROUP: &str = "faults-transactional";

/// How far all have come, and whether they are to stop.
#[derive(Default)]
pub struct Progress {
    pub stop: AtomicBool,
    /// Records outside of transactions.
    pub acknowledged: AtomicU64,
    /// Transactions of which it is known how they ended.
    pub ended: AtomicU64,
    /// Commits of a group's offset.
    pub commits: AtomicU64,
}

impl Progress {
    pub fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

pub fn client(bootstrap: &str) -> ClientConfig {
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
#[derive(Clone)]
struct Acknowledged(Arc<Mutex<Vec<u64>>>, Arc<Progress>);

impl ClientContext for Acknowledged {}

impl ProducerContext for Acknowledged {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _: ()) {
        match result {
            Ok(record) => {
                Progress::count(&self.1.acknowledged);
                self.0.lock().unwrap().push(number(record));
            }
            // A second panic would end all tests.
            Err(_) if std::thread::panicking() => {}
            Err((error, _)) => panic!("an idempotent producer gave up: {error}"),
        }
    }
}

/// Writes 0, 1, 2 ... until it is told to stop, and returns what was acknowledged. A compacted topic gets keys in turn.
pub fn write_plain(bootstrap: &str, topic: &str, progress: &Arc<Progress>) -> Vec<u64> {
    let acknowledged = Acknowledged(Arc::default(), Arc::clone(progress));
    let mut config = client(bootstrap);
    config
        .set("enable.idempotence", "true")
        .set("message.timeout.ms", "600000")
        .set("batch.num.messages", "50");
    let producer: BaseProducer<Acknowledged> = config.create_with_context(acknowledged.clone()).unwrap();
    for n in 0_u64.. {
        if !progress.goes_on() {
            break;
        }
        let (key, value) = ((n % KEYS).to_string(), n.to_string());
        let record = BaseRecord::to(topic).payload(&value);
        producer.send(if topic == COMPACTED { record.key(&key) } else { record }).unwrap();
        producer.poll(Duration::ZERO);
        if n % 20 == 0 || producer.in_flight_count() > 500 {
            producer.poll(Duration::from_millis(5));
        }
    }
    producer.flush(Duration::from_secs(300)).unwrap();
    drop(producer);
    acknowledged.0.lock().unwrap().clone()
}

/// What is known of a group's offset.
#[derive(Default)]
pub struct Committed {
    /// The last that was acknowledged.
    pub acknowledged: i64,
    /// The last that was asked for.
    pub asked: i64,
}

/// Commits 1, 2, 3 ... as a group's offset.
pub fn commit_offsets(bootstrap: &str, topic: &str, progress: &Progress) -> Committed {
    let consumer: BaseConsumer = client(bootstrap).set("group.id", PLAIN_GROUP).create().unwrap();
    let mut known = Committed::default();
    while progress.goes_on() {
        known.asked += 1;
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, 0, Offset::Offset(known.asked)).unwrap();
        if consumer.commit(&list, CommitMode::Sync).is_ok() {
            known.acknowledged = known.asked;
            Progress::count(&progress.commits);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    known
}

/// What is known of the transactions: each wrote its number once into each of the two topics, and committed the next
/// number as its group's offset.
#[derive(Default)]
pub struct Transactions {
    pub committed: BTreeSet<u64>,
    pub aborted: BTreeSet<u64>,
    /// Their producer had to be given up before it knew.
    pub unknown: BTreeSet<u64>,
}

fn transactional(bootstrap: &str) -> BaseProducer {
    let mut config = client(bootstrap);
    config.set("transactional.id", "faults").set("message.timeout.ms", "60000");
    eventually("a transactional producer begins", || {
        let producer: BaseProducer = config.create().unwrap();
        producer.init_transactions(PATIENCE).ok().map(|()| producer)
    })
}

pub fn write_transactions(bootstrap: &str, progress: &Progress) -> Transactions {
    let mut known = Transactions::default();
    let consumer: BaseConsumer = client(bootstrap).set("group.id", TRANSACTIONAL_GROUP).create().unwrap();
    let member = consumer.group_metadata().unwrap();
    let mut producer = transactional(bootstrap);
    for n in 0_u64.. {
        if !progress.goes_on() {
            break;
        }
        match transaction(&producer, &member, n) {
            Ok(true) => known.committed.insert(n),
            Ok(false) => known.aborted.insert(n),
            Err(_) => {
                producer = transactional(bootstrap);
                known.unknown.insert(n);
                continue;
            }
        };
        Progress::count(&progress.ended);
    }
    // Whatever is still open is ended by the next of the same id.
    drop(producer);
    drop(transactional(bootstrap));
    known
}

/// One transaction, every third aborted on purpose. Whether it was committed; an error where nobody knows.
fn transaction(producer: &BaseProducer, member: &ConsumerGroupMetadata, n: u64) -> KafkaResult<bool> {
    producer.begin_transaction()?;
    for topic in TRANSACTIONAL {
        producer.send(BaseRecord::<(), _>::to(topic).payload(&n.to_string())).map_err(|(error, _)| error)?;
    }
    producer.flush(PATIENCE)?;
    let mut offsets = TopicPartitionList::new();
    offsets.add_partition_offset(TRANSACTIONAL[0], 0, Offset::Offset(n as i64 + 1))?;
    let sent = settled(|| producer.send_offsets_to_transaction(&offsets, member, PATIENCE));
    let abort = || settled(|| producer.abort_transaction(PATIENCE)).map(|()| false);
    let ended = sent.and_then(|()| {
        if n % 3 == 2 { abort() } else { settled(|| producer.commit_transaction(PATIENCE)).map(|()| true) }
    });
    match ended {
        Err(KafkaError::Transaction(error)) if error.txn_requires_abort() => abort(),
        ended => ended,
    }
}

fn settled(mut call: impl FnMut() -> KafkaResult<()>) -> KafkaResult<()> {
    let started = Instant::now();
    loop {
        match call() {
            Err(KafkaError::Transaction(error)) if error.is_retriable() && started.elapsed() < PATIENCE => {}
            ended => return ended,
        }
    }
}
