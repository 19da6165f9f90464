//! The client of a member: its configuration, and what it hears of rebalances.

use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::client::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, ConsumerContext, Rebalance};
use rdkafka::error::KafkaError as LibraryError;
use rdkafka::topic_partition_list::TopicPartitionList;

use super::{GroupOptions, Place};
use crate::kafka::client::Cluster;
use crate::kafka::context::ForebayContext;
use crate::kafka::types::PartitionId;

/// Keeps what the group did, until the poll in which it happened looks.
pub(super) struct MemberContext {
    said: ForebayContext,
    changes: Mutex<Vec<Change>>,
}

/// One step of a rebalance.
pub(super) enum Change {
    /// These are no longer ours.
    Revoked(Vec<Place>),
    /// These are ours from now on.
    Assigned(Vec<Place>),
}

impl MemberContext {
    pub fn new(said: ForebayContext) -> Self {
        Self { said, changes: Mutex::default() }
    }

    /// What happened since the last call.
    pub fn take_changes(&self) -> Vec<Change> {
        std::mem::take(&mut self.changes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ClientContext for MemberContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        self.said.log(level, facility, line);
    }

    fn error(&self, error: LibraryError, reason: &str) {
        self.said.error(error, reason);
    }
}

impl ConsumerContext for MemberContext {
    fn pre_rebalance(&self, _consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let change = match rebalance {
            Rebalance::Assign(list) => Change::Assigned(places(list)),
            Rebalance::Revoke(list) => Change::Revoked(places(list)),
            Rebalance::Error(_) => return,
        };
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).push(change);
    }
}

fn places(list: &TopicPartitionList) -> Vec<Place> {
    let elements = list.elements();
    elements.iter().map(|element| (Arc::from(element.topic()), PartitionId(element.partition()))).collect()
}

/// A member commits only what it is told to, and reads committed records only. A profile's own properties win elsewhere.
pub(super) fn member_config(cluster: &Cluster, group: &str, options: &GroupOptions) -> ClientConfig {
    let mut config = cluster.client_config();
    config
        .set("group.id", group)
        .set("auto.offset.reset", if options.from_beginning { "earliest" } else { "latest" })
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "true")
        .set("isolation.level", "read_committed");
    if let Some(instance) = &options.instance {
        config.set("group.instance.id", instance);
    }
    let defaults = [
        // A member that was killed gives its partitions to others after this long; heartbeats come every 3 s.
        ("session.timeout.ms", "10000"),
        ("fetch.queue.backoff.ms", "1"),
        ("fetch.error.backoff.ms", "100"),
        ("queued.max.messages.kbytes", "32768"),
    ];
    for (name, value) in defaults {
        if !cluster.profile().properties.contains_key(name) {
            config.set(name, value);
        }
    }
    config
}
