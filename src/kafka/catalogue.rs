//! What is on a cluster: brokers, topics, partitions, configuration, consumer groups.

use std::collections::BTreeMap;

use serde::Serialize;

use super::client::{Cluster, WriteAccess};
use super::error::Result;
use super::types::{Offset, PartitionId};

/// All topics and brokers at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Catalogue {
    /// The cluster's id.
    pub cluster_id: String,
    /// By id.
    pub brokers: Vec<BrokerInfo>,
    /// By name.
    pub topics: Vec<TopicSummary>,
}

/// One broker.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BrokerInfo {
    /// Its id.
    pub id: i32,
    /// `host:port` as it advertises itself.
    pub address: String,
    /// Whether it is the active controller.
    pub controller: bool,
    /// Partitions that it leads.
    pub leads: usize,
}

/// One topic in the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TopicSummary {
    /// Its name.
    pub name: String,
    /// Its partitions, by number, with watermarks.
    pub partitions: Vec<PartitionInfo>,
    /// Whether it is Kafka's own (`__consumer_offsets`).
    pub internal: bool,
    /// Why its watermarks are not known, where they are not.
    pub problem: Option<String>,
}

/// One partition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartitionInfo {
    /// Its number.
    pub partition: PartitionId,
    /// The first offset still there.
    pub low: Offset,
    /// The offset that the next record will get.
    pub high: Offset,
    /// Id of the leading broker; -1 where there is none.
    pub leader: i32,
    /// Ids of all replicas, and of those in sync.
    pub replicas: Vec<i32>,
    #[allow(missing_docs)]
    pub in_sync: Vec<i32>,
}

/// One topic opened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TopicDetail {
    /// What the list says, newer.
    pub summary: TopicSummary,
    /// The topic's own id, where the broker tells it.
    pub topic_id: Option<String>,
    /// Configuration by name.
    pub config: BTreeMap<String, ConfigEntry>,
    /// Groups with offsets committed on this topic, and their lag.
    pub groups: Vec<GroupLag>,
}

/// One configuration entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigEntry {
    /// The value; empty where the broker hides it.
    pub value: String,
    /// Whether it is Kafka's default rather than set for this topic or cluster.
    pub default: bool,
}

/// A group's place on a topic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupLag {
    /// The group's id.
    pub group: String,
    /// Kafka's word for its state.
    pub state: String,
    /// Records behind the high watermark, all partitions together.
    pub lag: u64,
}

impl TopicSummary {
    /// Offsets between the watermarks, all partitions together: an upper bound of the records.
    pub fn records(&self) -> u64 {
        self.partitions.iter().map(|partition| (partition.high.0 - partition.low.0).max(0) as u64).sum()
    }
}

impl Cluster {
    /// All topics with their watermarks, in one metadata call and two batched offset look-ups.
    pub fn catalogue(&self) -> Result<Catalogue> {
        todo!("connection owner")
    }

    /// One topic with its configuration and groups.
    pub fn topic(&self, _name: &str) -> Result<TopicDetail> {
        todo!("connection owner")
    }
}

impl WriteAccess<'_> {
    /// Makes a topic. `config` are topic settings such as `cleanup.policy`. An existing topic is an error.
    pub fn create_topic(&self, _name: &str, _partitions: i32, _config: &[(&str, &str)]) -> Result<()> {
        todo!("connection owner")
    }

    /// Deletes a topic.
    pub fn delete_topic(&self, _name: &str) -> Result<()> {
        todo!("connection owner")
    }
}
