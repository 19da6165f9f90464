//! Clusters for tests and benchmarks: real Kafka brokers, or the embedded one.
//!
//! ```ignore
//! let kafka = Kafka::shared();                       // the embedded cluster, shared by the whole binary, there at once
//! let topic = kafka.topic("flights", 4, &[]);        // a topic with a name of its own: flights-8f21-3
//! kafka.produce(&topic, (0..100).map(|n| TestRecord::new(json).key("k").at(n * 1000).partition(n as i32 % 4)));
//! let cluster = kafka.connect();                     // forebay::kafka::Cluster
//! let records = consumed(kafka, &topic);             // what is committed in it, by plain librdkafka
//!
//! let mut own = Kafka::start();                      // a broker of the test's own, which it may kill
//! own.kill(1);                                       // SIGKILL; `own.stop(1)` is a clean end
//! own.start_again(1);                                // same port, same data
//! own.pause(1);                                      // accepts connections, answers nobody; `own.resume(1)` ends it
//! let real = Kafka::plain();                         // one broker of Apache Kafka, shared by the whole binary
//! let three = Kafka::start_three();                  // three brokers, replication 3
//! let secure = Kafka::secure();                      // shared; TLS, PLAIN, SCRAM and ACLs: see `Secure`
//! ```
//!
//! In: Java 17 and Kafka's jars (`FOREBAY_KAFKA_JARS`, else `~/.cache/forebay/kafka-4.1.0/lib`). Brokers listen on free
//! ports and keep their data in a temporary folder. They end when their `Kafka` is dropped, and also when the test
//! process dies in whatever way. Other test binaries take this folder in with `#[path]`. It knows nothing of any test.

#![allow(dead_code, unused_imports, reason = "not every binary uses all of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod broker;
mod consumed;
mod java;
mod kafka;
mod patience;
mod records;
mod secure;
mod wrapper;

pub use broker::free_port;
pub use consumed::{Consumed, consumed};
pub use java::{StartedTool, java_tool, java_tool_with_input};
pub use kafka::{Kafka, embedded_config, unique};
pub use patience::{PATIENCE, eventually, output, output_with};
pub use records::{TestRecord, create_topic, delete_before, delete_topic, produce, producer, send};
pub use secure::Secure;
