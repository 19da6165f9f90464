//! The cluster that a case runs against.

use forebay::broker::{Broker, BrokerConfig, Storage};
use rdkafka::ClientConfig;
use tempfile::TempDir;

use super::raw::Raw;
use crate::harness::{Kafka, TestRecord, create_topic, embedded_config, produce, unique};

/// A running cluster of one broker.
pub struct Target {
    bootstrap: String,
    running: Running,
}

/// What ends with its target.
enum Running {
    /// One that other cases use as well.
    Shared,
    Apache(Kafka),
    /// The broker, what it was started with, and its folder, which is removed after the broker has ended.
    Embedded(
        Option<Broker>,
        Box<BrokerConfig>,
        #[expect(dead_code, reason = "is removed at the end")] Option<TempDir>,
    ),
}

impl Target {
    /// Apache Kafka, one for all cases.
    pub fn apache_kafka() -> Self {
        Self { bootstrap: Kafka::plain().bootstrap(), running: Running::Shared }
    }

    /// An Apache Kafka of the case's own.
    pub fn apache_kafka_of_its_own() -> Self {
        let kafka = Kafka::start();
        Self { bootstrap: kafka.bootstrap(), running: Running::Apache(kafka) }
    }

    /// An embedded cluster of the case's own that keeps everything in memory.
    pub fn embedded() -> Self {
        Self::start(Storage::Memory, None)
    }

    /// An embedded cluster of the case's own that keeps everything in a folder.
    pub fn embedded_in_a_folder() -> Self {
        let folder = TempDir::with_prefix("forebay-embedded-").unwrap();
        Self::start(Storage::Folder(folder.path().join("cluster")), Some(folder))
    }

    /// With the settings that `harness` gives Apache Kafka, short sessions among them.
    fn start(storage: Storage, folder: Option<TempDir>) -> Self {
        let mut config = BrokerConfig { storage, ..embedded_config() };
        config.groups.min_session_timeout_ms = 100;
        let broker = Broker::start(config.clone()).unwrap();
        Self {
            bootstrap: broker.bootstrap(),
            running: Running::Embedded(Some(broker), Box::new(config), folder),
        }
    }

    /// Ends the broker in order and starts it again with its data; it may have another address then.
    pub fn start_again(&mut self) {
        match &mut self.running {
            Running::Shared => panic!("others use this broker"),
            Running::Apache(kafka) => {
                kafka.stop(1);
                kafka.start_again(1);
            }
            Running::Embedded(running, config, _) => {
                drop(running.take());
                let broker = Broker::start(config.as_ref().clone()).unwrap();
                self.bootstrap = broker.bootstrap();
                *running = Some(broker);
            }
        }
    }

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
