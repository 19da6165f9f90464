//! The cluster that a case runs against.

use rdkafka::ClientConfig;

use super::raw::Raw;
use crate::harness::{Kafka, TestRecord, create_topic, produce, unique};

/// A running cluster of one broker.
pub struct Target {
    bootstrap: String,
}

impl Target {
    /// Apache Kafka, one for all cases.
    pub fn apache_kafka() -> Self {
        Self { bootstrap: Kafka::plain().bootstrap() }
    }

    pub fn embedded() -> Self { todo!() }
    pub fn embedded_in_a_folder() -> Self { todo!() }

    /// `host:port` of the broker.
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// librdkafka's configuration for it.
    pub fn client_config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.bootstrap);
        config
    }

    /// A connection of a raw client.
    pub fn raw(&self) -> Raw {
        Raw::connect(&self.bootstrap)
    }

    /// Makes a topic with a name of its own, and returns the name once it can be used.
    pub fn topic(&self, prefix: &str, partitions: i32, settings: &[(&str, &str)]) -> String {
        let name = unique(prefix);
        create_topic(&self.client_config(), &name, partitions, settings);
        name
    }

    /// Writes records by librdkafka and waits until all are acknowledged.
    pub fn produce(&self, topic: &str, records: impl IntoIterator<Item = TestRecord>) {
        produce(&self.client_config(), topic, records);
    }
}
