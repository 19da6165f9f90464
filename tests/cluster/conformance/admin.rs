//! What librdkafka is used for in many cases: reading a partition, waiting for something to become true.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::{Offset, TopicPartitionList};

use super::target::Target;
pub use crate::harness::{PATIENCE, eventually};

/// A record as librdkafka gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub offset: i64,
    pub timestamp: i64,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Read {
    /// Its value as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.value.as_deref().unwrap()).unwrap()
    }

    fn of(message: &BorrowedMessage<'_>) -> Self {
        let headers = message.headers().map(|headers| {
            headers.iter().map(|header| (header.key.to_string(), header.value.map(<[u8]>::to_vec))).collect()
        });
        Self {
            offset: message.offset(),
            timestamp: message.timestamp().to_millis().unwrap(),
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers: headers.unwrap_or_default(),
        }
    }
}

/// A consumer without a group that stands at the beginning of a partition.
pub fn reader(target: &Target, topic: &str, partition: i32) -> BaseConsumer {
    reader_with(target, topic, partition, &[])
}

/// The same with further properties.
pub fn reader_with(
    target: &Target,
    topic: &str,
    partition: i32,
    properties: &[(&str, &str)],
) -> BaseConsumer {
    let mut config = target.client_config();
    config.set("group.id", "unused").set("enable.auto.commit", "false").set("fetch.wait.max.ms", "50");
    for (name, value) in properties {
        config.set(*name, *value);
    }
    let consumer: BaseConsumer = config.create().unwrap();
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
    consumer.assign(&list).unwrap();
    consumer
}

/// The next `count` records.
pub fn next_records<C: ConsumerContext>(consumer: &BaseConsumer<C>, count: usize) -> Vec<Read> {
    let mut records = Vec::new();
    let started = Instant::now();
    while records.len() < count {
        assert!(started.elapsed() < PATIENCE, "{} records of {count} within {PATIENCE:?}", records.len());
        match consumer.poll(Duration::from_millis(200)) {
            Some(Ok(message)) => records.push(Read::of(&message)),
            Some(Err(error)) => assert!(passes(&error), "{error}"),
            None => {}
        }
    }
    records
}

/// Whether librdkafka goes on by itself after an error: a connection was lost or not there yet.
pub fn passes(error: &KafkaError) -> bool {
    let passing = [
        RDKafkaErrorCode::BrokerTransportFailure,
        RDKafkaErrorCode::AllBrokersDown,
        RDKafkaErrorCode::OperationTimedOut,
        RDKafkaErrorCode::RequestTimedOut,
    ];
    matches!(error, KafkaError::MessageConsumption(code) | KafkaError::Global(code) if passing.contains(code))
}
