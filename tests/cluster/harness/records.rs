//! Topics and records for tests, written by plain librdkafka and not by the code under test.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};
use rdkafka::{ClientContext, Message, Offset, TopicPartitionList};

use super::patience::{PATIENCE, eventually};

/// A record to be written; `TestRecord::new("{}").key("k").at(1_000).partition(2)`.
#[derive(Clone, Debug, Default)]
pub struct TestRecord {
    partition: Option<i32>,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    timestamp: Option<i64>,
    headers: Vec<(String, Vec<u8>)>,
}

impl TestRecord {
    /// A record with a value, no key, now, in a partition that librdkafka chooses.
    pub fn new(value: impl Into<Vec<u8>>) -> Self {
        Self { value: Some(value.into()), ..Self::default() }
    }

    /// A record with a key and no value.
    pub fn tombstone(key: impl Into<Vec<u8>>) -> Self {
        Self { key: Some(key.into()), ..Self::default() }
    }

    /// With this key.
    pub fn key(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// With this timestamp, in milliseconds.
    pub fn at(mut self, timestamp: i64) -> Self {
        self.timestamp = Some(timestamp);
        self
    }

    /// In this partition.
    pub fn partition(mut self, partition: i32) -> Self {
        self.partition = Some(partition);
        self
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// Fails the test where a record was not acknowledged.
pub struct Acknowledged;

impl ClientContext for Acknowledged {}

impl ProducerContext for Acknowledged {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _: ()) {
        // What a failing test has under way is taken back: a second panic would end all tests.
        if let (Err((error, record)), false) = (result, std::thread::panicking()) {
            panic!("{} p{} not written: {error}", record.topic(), record.partition());
        }
    }
}

pub fn produce(config: &ClientConfig, topic: &str, records: impl IntoIterator<Item = TestRecord>) {
    let producer = producer(config);
    for record in records {
        send(&producer, topic, &record);
    }
    producer.flush(PATIENCE).unwrap();
}

/// The producer of [`produce`]: idempotent, everything acknowledged.
pub fn producer(config: &ClientConfig) -> BaseProducer<Acknowledged> {
    let mut config = config.clone();
    if config.get("linger.ms").is_none() {
        config.set("linger.ms", "5");
    }
    config.set("enable.idempotence", "true").set("message.max.bytes", "20000000");
    config.create_with_context(Acknowledged).unwrap()
}

/// Hands a record over, and waits while the producer has enough.
pub fn send(producer: &BaseProducer<Acknowledged>, topic: &str, record: &TestRecord) {
    let headers = record.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
        headers.insert(Header { key, value: Some(value) })
    });
    let mut sent = BaseRecord::<[u8], [u8]>::to(topic).headers(headers);
    sent.key = record.key.as_deref();
    sent.payload = record.value.as_deref();
    sent.partition = record.partition;
    sent.timestamp = record.timestamp;
    while let Err((error, again)) = producer.send(sent) {
        assert_eq!(error, KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull));
        producer.poll(Duration::from_millis(50));
        sent = again;
    }
    producer.poll(Duration::ZERO);
}

fn administer<T>(
    config: &ClientConfig,
    act: impl AsyncFnOnce(&AdminClient<DefaultClientContext>, &AdminOptions) -> T,
) -> T {
    let client: AdminClient<DefaultClientContext> = config.create().unwrap();
    let options = AdminOptions::new().operation_timeout(Some(Duration::from_secs(30)));
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(act(&client, &options))
}

pub fn delete_topic(config: &ClientConfig, topic: &str) {
    let results = administer(config, async |client, options| client.delete_topics(&[topic], options).await);
    results.unwrap()[0].as_ref().unwrap_or_else(|(name, code)| panic!("{name} not deleted: {code}"));
}

pub fn delete_before(config: &ClientConfig, topic: &str, partition: i32, offset: i64) {
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, partition, Offset::Offset(offset)).unwrap();
    administer(config, async |client, options| client.delete_records(&list, options).await).unwrap();
}

pub fn create_topic(config: &ClientConfig, name: &str, partitions: i32, settings: &[(&str, &str)]) {
    let topic = settings
        .iter()
        .fold(NewTopic::new(name, partitions, TopicReplication::Fixed(-1)), |topic, (setting, value)| {
            topic.set(setting, value)
        });
    let results =
        administer(config, async |client, options| client.create_topics([&topic], options).await).unwrap();
    results[0].as_ref().unwrap_or_else(|(name, code)| panic!("{name} not made: {code}"));
    wait_for_leaders(config, name, partitions);
}

/// Waits until the leader of each partition answers for it. Apache Kafka names a leader in its metadata a moment
/// before that leader has taken the partition up, and refuses what is asked in between.
fn wait_for_leaders(config: &ClientConfig, topic: &str, partitions: i32) {
    let consumer: BaseConsumer = config.create().unwrap();
    eventually(&format!("{partitions} partitions of {topic} have a leader"), || {
        let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).unwrap();
        let led = metadata.topics()[0].partitions().iter().filter(|partition| partition.leader() > 0).count();
        let answers = |partition| consumer.fetch_watermarks(topic, partition, PATIENCE).is_ok();
        (led == partitions as usize && (0..partitions).all(answers)).then_some(())
    });
}
