//! What a topic holds for a reader of committed records, read by plain librdkafka and not by the code under test.

#![allow(dead_code, reason = "not every binary uses all of it")]

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Headers, Message};
use rdkafka::{Offset, TopicPartitionList};
use serde_json::Value;

use super::kafka::Kafka;
use super::patience::eventually;

/// A record as it was found.
#[derive(Clone, Debug)]
pub struct Consumed {
    pub partition: i32,
    pub offset: i64,
    /// ms since 1970.
    pub timestamp: i64,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(String, String)>,
}

impl Consumed {
    pub fn json(&self) -> Value {
        serde_json::from_slice(self.value.as_deref().unwrap()).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("no header {name} in {self:?}"))
    }
}

/// Everything committed in a topic, partition after partition.
pub fn consumed(kafka: &Kafka, topic: &str) -> Vec<Consumed> {
    let mut config = kafka.client_config();
    config.set("group.id", "unused").set("enable.auto.commit", "false");
    config.set("enable.partition.eof", "true").set("isolation.level", "read_committed");
    let consumer: BaseConsumer = config.create().unwrap();
    let metadata = consumer.fetch_metadata(Some(topic), Duration::from_secs(30)).unwrap();
    let mut records = Vec::new();
    for partition in metadata.topics()[0].partitions() {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, partition.id(), Offset::Beginning).unwrap();
        consumer.assign(&list).unwrap();
        while let Some(record) = next(&consumer) {
            records.push(record);
        }
    }
    records
}

fn next(consumer: &BaseConsumer) -> Option<Consumed> {
    let polled = eventually("a record or the end", || match consumer.poll(Duration::from_secs(1)) {
        // One of several brokers is away; the records come from the others.
        Some(Err(KafkaError::MessageConsumption(RDKafkaErrorCode::BrokerTransportFailure))) => None,
        polled => polled,
    });
    match polled {
        Err(KafkaError::PartitionEOF(_)) => None,
        Err(error) => panic!("{error}"),
        Ok(message) => {
            let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
            let headers = message.headers().map(|headers| {
                headers.iter().map(|header| (header.key.to_string(), text(header.value))).collect()
            });
            Some(Consumed {
                partition: message.partition(),
                offset: message.offset(),
                timestamp: message.timestamp().to_millis().unwrap_or(-1),
                key: message.key().map(<[u8]>::to_vec),
                value: message.payload().map(<[u8]>::to_vec),
                headers: headers.unwrap_or_default(),
            })
        }
    }
}
