//! What a broker is told when it starts.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::groups::GroupConfig;
use super::log::Durability;
use super::transactions::TransactionConfig;

/// Everything that can be chosen about a broker. The default keeps all in memory, on any free port.
#[derive(Debug, Clone, Default)]
pub struct BrokerConfig {
    /// Where records and everything else are kept.
    pub storage: Storage,
    /// When a record counts as written.
    pub durability: Durability,
    /// Port of 127.0.0.1 to listen on; 0 takes any free one.
    pub port: u16,
    /// Bounds on memory and connections.
    pub limits: Limits,
    /// How often the broker looks after its logs, groups and transactions.
    pub housekeeping: Housekeeping,
    /// What a topic gets when its creator does not say.
    pub topics: TopicDefaults,
    /// Settings of consumer groups.
    pub groups: GroupConfig,
    /// Settings of transactions.
    pub transactions: TransactionConfig,
    /// Takes a line when something happens that a person may want to know.
    pub log: LogSink,
}

/// Where a broker keeps what it has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Storage {
    /// In memory; gone when the broker stops.
    #[default]
    Memory,
    /// In a folder, which is created when it is missing. One broker at a time works on it.
    Folder(PathBuf),
}

impl fmt::Display for Storage {
    /// The folder, or `memory`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Storage::Memory => out.write_str("memory"),
            Storage::Folder(folder) => folder.display().fmt(out),
        }
    }
}

/// Bounds on memory and connections. Sizes are in bytes.
#[derive(Debug, Clone)]
pub struct Limits {
    /// A larger request closes its connection before it is read (`socket.request.max.bytes`).
    pub request_bytes: usize,
    /// Memory that all requests together may take while they are read and answered (`queued.max.request.bytes`).
    pub requests_in_flight_bytes: usize,
    /// Largest answer to a fetch (`fetch.max.bytes`).
    pub fetch_bytes: usize,
    /// Memory that the answers to all fetches may take together.
    pub fetches_in_flight_bytes: usize,
    /// Connections at a time; one more is closed as soon as it opens (`max.connections`).
    pub connections: usize,
    /// A connection that says nothing for so long is closed (`connections.max.idle.ms`).
    pub idle: Duration,
    /// Partitions of all topics together.
    pub partitions: usize,
}

const MIB: usize = 1 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_bytes: 100 * MIB,
            requests_in_flight_bytes: 256 * MIB,
            fetch_bytes: 55 * MIB,
            fetches_in_flight_bytes: 256 * MIB,
            connections: 1000,
            idle: Duration::from_mins(10),
            partitions: 10_000,
        }
    }
}

/// How often a broker looks after what it keeps.
#[derive(Debug, Clone)]
pub struct Housekeeping {
    /// Between two looks at retention (`log.retention.check.interval.ms`).
    pub retention: Duration,
    /// Between two looks at what can be compacted (`log.cleaner.backoff.ms`).
    pub compaction: Duration,
}

impl Default for Housekeeping {
    fn default() -> Self {
        Self { retention: Duration::from_mins(5), compaction: Duration::from_secs(15) }
    }
}

/// What a topic gets when its creator does not say.
#[derive(Debug, Clone)]
pub struct TopicDefaults {
    /// Partitions (`num.partitions`).
    pub partitions: u16,
    /// Whether asking for a topic that is not there creates it (`auto.create.topics.enable`).
    pub auto_create: bool,
    /// Topic configurations by their name, such as `retention.ms`; Apache Kafka's defaults hold for the rest.
    pub config: BTreeMap<String, String>,
}

impl Default for TopicDefaults {
    fn default() -> Self {
        Self { partitions: 1, auto_create: false, config: BTreeMap::new() }
    }
}

/// Takes lines for a log; the default drops them.
#[derive(Clone, Default)]
pub struct LogSink(Option<Arc<TakesLines>>);

type TakesLines = dyn Fn(&str) + Send + Sync;

impl LogSink {
    /// Gives each line to the function, from any thread.
    pub fn new(take: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(take)))
    }

    /// Writes a line.
    pub(super) fn line(&self, line: &str) {
        if let Some(take) = &self.0 {
            take(line);
        }
    }
}

impl fmt::Debug for LogSink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "LogSink(..)" } else { "LogSink(none)" })
    }
}
