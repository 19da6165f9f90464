//! Writing records: plainly, or in transactions.
//!
//! Both writers hand records to librdkafka's bounded queue and learn of deliveries from its polling thread. A delivery that
//! fails is kept and comes back as the error of the next call, so no loss goes unnoticed.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError as LibraryError, RDKafkaErrorCode as Code};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, PurgeConfig, ThreadedProducer};

use super::client::{Cluster, WriteAccess};
use super::error::{KafkaError, Result};
use super::native;
use super::types::{EventTime, PartitionId};
use super::way_back::WayBack;

mod deliveries;
mod transaction;

use deliveries::Deliveries;
pub use transaction::TransactionalWriter;

/// How long to wait for room in a full queue before trying again.
const TICK: Duration = Duration::from_millis(1);
/// How often a flush looks whether a delivery failed, which ends it.
const LOOK: Duration = Duration::from_millis(20);

/// A record to be written.
#[derive(Clone, Copy, Debug, Default)]
pub struct OutRecord<'a> {
    /// Where to.
    pub topic: &'a str,
    /// Which partition; `None` lets the key decide, as Java's default partitioner would (murmur2).
    pub partition: Option<PartitionId>,
    /// The key; `None` is Kafka's null.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// The timestamp; `None` is now.
    pub timestamp: Option<EventTime>,
    /// Names and values.
    pub headers: &'a [(&'a str, &'a [u8])],
}

/// Writes records with acknowledgement of all replicas and without duplicates (idempotent).
///
/// Apache Kafka forgets idempotent writers when it starts, where the newest record that it has of them is older than a day
/// (`producer.id.expiration.ms`) by its own timestamp. Old records may then be there twice after a broker has crashed; see
/// [`Self::open_for_one_try`].
pub struct TopicWriter {
    queue: SendQueue,
}

impl TopicWriter {
    /// Records of a partition that are sent as one batch.
    pub const BATCH_RECORDS: usize = 10_000;
    /// Bytes of a partition's records that are sent as one batch, with [`Self::RECORD_BYTES`] for each beside key and value.
    pub const BATCH_BYTES: usize = 900_000;
    /// What a record takes beside key and value at most.
    pub const RECORD_BYTES: usize = 64;

    /// A writer. Memory of records that wait to be sent is bounded; [`Self::send`] waits when it is full.
    pub fn open(access: WriteAccess<'_>) -> Result<Self> {
        Ok(Self { queue: SendQueue::open(access.cluster, producer_config(access.cluster))? })
    }

    /// A writer that sends a record once and never again, for whoever can look what became of it. Records are sent when
    /// [`Self::flush`] or [`Self::settle`] is called: those of a partition as one batch, up to [`Self::BATCH_RECORDS`] and
    /// [`Self::BATCH_BYTES`], which is written whole or not at all. None is given up because time has passed, so a flush that
    /// timed out may be called again.
    pub fn open_for_one_try(access: WriteAccess<'_>) -> Result<Self> {
        let mut config = producer_config(access.cluster);
        let settings = [
            ("enable.idempotence", "false"),
            ("message.send.max.retries", "0"),
            ("message.timeout.ms", "0"),
            // The longest there is: nothing is sent while a batch is gathered.
            ("linger.ms", "900000"),
            ("batch.num.messages", "10000"),
            ("batch.size", "1000000"),
            ("message.max.bytes", "1000000"),
        ];
        for (name, value) in settings {
            config.set(name, value);
        }
        Ok(Self { queue: SendQueue::open(access.cluster, config)? })
    }

    /// Hands a record over; a delivery that failed before comes back as this call's error.
    pub fn send(&mut self, record: OutRecord<'_>) -> Result<()> {
        self.queue.send(record)
    }

    /// Waits until everything is acknowledged. A delivery that failed is an error.
    pub fn flush(&mut self, timeout: Duration) -> Result<()> {
        self.queue.flush(timeout)
    }

    /// Waits at most so long until nothing is under way any more, delivered or not; whether it is so.
    pub fn settle(&mut self, timeout: Duration) -> bool {
        self.queue.settle(timeout)
    }

    /// Takes back what was handed over and not sent yet; it counts as neither delivered nor failed.
    pub fn take_back(&mut self) {
        self.queue.producer.purge(PurgeConfig::default().queue());
    }

    /// Whether any delivery ever failed.
    pub fn has_failed(&self) -> bool {
        self.queue.producer.context().has_failed()
    }
}

/// librdkafka's producer with what it says about deliveries.
struct SendQueue {
    cluster: Cluster,
    producer: ThreadedProducer<Deliveries>,
    way_back: WayBack,
}

impl SendQueue {
    fn open(cluster: &Cluster, config: ClientConfig) -> Result<Self> {
        let producer = config
            .create_with_context(Deliveries::new(cluster.context()))
            .map_err(|error| cluster.explain("opening a writer", error))?;
        let way_back = WayBack::to(&cluster.profile().bootstrap);
        Ok(Self { cluster: cluster.clone(), producer, way_back })
    }

    fn send(&self, record: OutRecord<'_>) -> Result<()> {
        self.check(record.topic)?;
        let mut waiting = library_record(record);
        loop {
            match self.producer.send(waiting) {
                Ok(()) => return Ok(()),
                // The queue is full. It empties, or its records fail with `message.timeout.ms`: either ends this.
                Err((LibraryError::MessageProduction(Code::QueueFull), back)) => {
                    self.check(record.topic)?;
                    self.find_back();
                    std::thread::sleep(TICK);
                    waiting = back;
                }
                Err((LibraryError::MessageProduction(Code::MessageSizeTooLarge), _)) => {
                    return Err(too_large(&record));
                }
                Err((error, _)) => return Err(self.explain(&format!("writing to {}", record.topic), error)),
            }
        }
    }

    fn flush(&self, timeout: Duration) -> Result<()> {
        let started = Instant::now();
        loop {
            let flushed = self.settle(LOOK);
            self.check("")?;
            if flushed {
                return Ok(());
            }
            if started.elapsed() >= timeout {
                let error = LibraryError::Flush(Code::OperationTimedOut);
                return Err(self.explain("waiting for acknowledgements", error));
            }
        }
    }

    /// Waits at most so long until nothing is under way; whether it is so.
    fn settle(&self, timeout: Duration) -> bool {
        let settled = native::flush(self.producer.client(), timeout);
        if !settled {
            self.find_back();
        }
        settled
    }

    /// To be called when what was asked for does not happen.
    fn find_back(&self) {
        self.way_back.show(self.producer.client(), &self.cluster.context());
    }

    /// Errors with the first delivery that failed since the last check.
    fn check(&self, topic: &str) -> Result<()> {
        let Some(failed) = self.producer.context().take_failure() else { return Ok(()) };
        if matches!(failed.code, Code::MessageSizeTooLarge) {
            return Err(KafkaError::TooLarge { topic: failed.topic, bytes: failed.bytes });
        }
        let topic = if failed.topic.is_empty() { topic.to_string() } else { failed.topic };
        let error = LibraryError::MessageProduction(failed.code);
        Err(self.cluster.explain_on(&format!("writing to {topic}"), &topic, error))
    }

    fn explain(&self, what: &str, error: LibraryError) -> KafkaError {
        self.cluster.explain(what, error)
    }
}

fn too_large(record: &OutRecord<'_>) -> KafkaError {
    let bytes = record.key.map_or(0, <[u8]>::len) + record.value.map_or(0, <[u8]>::len);
    KafkaError::TooLarge { topic: record.topic.to_string(), bytes }
}

fn library_record<'a>(record: OutRecord<'a>) -> BaseRecord<'a, [u8], [u8]> {
    let mut out = BaseRecord::to(record.topic);
    out.partition = record.partition.map(|partition| partition.0);
    out.key = record.key;
    out.payload = record.value;
    out.timestamp = record.timestamp.map(|time| time.0);
    if !record.headers.is_empty() {
        let empty = OwnedHeaders::new_with_capacity(record.headers.len());
        let headers = record
            .headers
            .iter()
            .fold(empty, |headers, (key, value)| headers.insert(Header { key, value: Some(*value) }));
        out.headers = Some(headers);
    }
    out
}

/// Idempotent, partitioned as Java does it, with a bounded queue. A profile's own properties win, but for what would
/// break that promise.
fn producer_config(cluster: &Cluster) -> ClientConfig {
    let mut config = cluster.client_config();
    config.set("enable.idempotence", "true").set("acks", "all");
    let defaults = [
        ("partitioner", "murmur2_random"),
        ("queue.buffering.max.kbytes", "65536"),
        ("linger.ms", "2"),
        ("compression.type", "lz4"),
        ("message.timeout.ms", "60000"),
    ];
    for (name, value) in defaults {
        if !cluster.profile().properties.contains_key(name) {
            config.set(name, value);
        }
    }
    config
}
