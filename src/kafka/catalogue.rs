//! What is on a cluster: brokers, topics, partitions, configuration, consumer groups.

use std::collections::BTreeMap;

use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaError as LibraryError;
use rdkafka::metadata::{Metadata, MetadataPartition, MetadataTopic};
use serde::Serialize;

use super::client::Cluster;
use super::error::{KafkaError, Result};
use super::explain::words;
use super::offsets::Moment;
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
    /// Partitions that it leads.
    pub leads: usize,
}

/// One topic in the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TopicSummary {
    /// Its name.
    pub name: String,
    /// Its partitions, by number, with watermarks; both watermarks are 0 where `problem` says why they are not known.
    pub partitions: Vec<PartitionInfo>,
    /// Whether it is one of Kafka's own or of a tool (`__consumer_offsets`): the name begins with two underscores.
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
    /// The offset behind the last record that a reader of committed records gets: the last stable offset, which is the high
    /// watermark where no transaction is open.
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
    /// What could not be looked up, and why.
    pub problems: Vec<String>,
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
    /// Offsets behind the end, of all partitions for which it has committed something.
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
        let what = "listing topics";
        let metadata =
            self.lookup().fetch_metadata(None, self.timeout()).map_err(|error| self.explain(what, error))?;
        let mut topics: Vec<TopicSummary> = metadata.topics().iter().map(summary).collect();
        topics.sort_by(|left, right| left.name.cmp(&right.name));
        self.look_up_watermarks(what, &mut topics)?;
        Ok(Catalogue { cluster_id: self.id().into(), brokers: brokers(&metadata), topics })
    }

    /// One topic with its configuration and groups.
    pub fn topic(&self, name: &str) -> Result<TopicDetail> {
        let what = format!("looking at topic {name}");
        let metadata = self
            .lookup()
            .fetch_metadata(Some(name), self.timeout())
            .map_err(|error| self.explain_on(&what, name, error))?;
        let found = metadata.topics().iter().find(|topic| topic.name() == name);
        let topic = found.ok_or_else(|| KafkaError::NoTopic { topic: name.into() })?;
        if let Some(error) = topic.error() {
            return Err(self.explain_on(&what, name, LibraryError::MetadataFetch(error.into())));
        }
        let mut summaries = [summary(topic)];
        self.look_up_watermarks(&what, &mut summaries)?;
        let [summary] = summaries;
        let mut problems = Vec::new();
        let topic_id = keep_problem(self.find_topic(name).map(|topic| topic.id), &mut problems)?;
        let config = keep_problem(self.topic_config(name), &mut problems)?;
        let groups = keep_problem(self.lags(&summary, &mut problems), &mut problems)?;
        Ok(TopicDetail { summary, topic_id, config, groups, problems })
    }

    fn look_up_watermarks(&self, what: &str, topics: &mut [TopicSummary]) -> Result<()> {
        let mut led: Vec<&mut TopicSummary> =
            topics.iter_mut().filter(|topic| topic.problem.is_none()).collect();
        for moment in [Moment::Beginning, Moment::End] {
            let asked: Vec<(&str, Vec<PartitionId>)> = led
                .iter()
                .map(|topic| (topic.name.as_str(), topic.partitions.iter().map(|p| p.partition).collect()))
                .collect();
            let answers = self.offsets_by_topic(what, &asked, moment)?;
            for (topic, answer) in led.iter_mut().zip(answers) {
                match answer {
                    Ok(offsets) => topic.set_watermarks(moment, &offsets),
                    Err(error) => topic.problem = Some(error.to_string()),
                }
            }
            led.retain(|topic| topic.problem.is_none());
        }
        Ok(())
    }

    /// The groups that have committed something on the topic.
    fn lags(&self, topic: &TopicSummary, problems: &mut Vec<String>) -> Result<Vec<GroupLag>> {
        let partitions: Vec<_> =
            topic.partitions.iter().map(|p| (topic.name.as_str(), p.partition)).collect();
        let mut lags = Vec::new();
        for group in self.groups_on(&partitions)? {
            problems.extend(group.problem);
            if group.offsets.is_empty() {
                continue;
            }
            let high = |partition: &PartitionId| {
                topic.partitions.iter().find(|known| known.partition == *partition).map(|known| known.high.0)
            };
            let behind = |(_, partition, next): &(String, PartitionId, Offset)| {
                (high(partition).unwrap_or(next.0) - next.0).max(0) as u64
            };
            let lag = group.offsets.iter().map(behind).sum();
            lags.push(GroupLag { group: group.group, state: group.state, lag });
        }
        Ok(lags)
    }
}

impl TopicSummary {
    fn set_watermarks(&mut self, moment: Moment, offsets: &[Option<Offset>]) {
        for (partition, offset) in self.partitions.iter_mut().zip(offsets) {
            let offset = offset.unwrap_or_default();
            match moment {
                Moment::Beginning => partition.low = offset,
                _ => partition.high = offset,
            }
        }
    }
}

/// What is known without its configuration or groups is still worth showing; a broken link is not.
fn keep_problem<T: Default>(result: Result<T>, problems: &mut Vec<String>) -> Result<T> {
    match result {
        Err(error) if !error.meets_every_topic() => {
            problems.push(error.to_string());
            Ok(T::default())
        }
        other => other,
    }
}

fn summary(topic: &MetadataTopic) -> TopicSummary {
    let name = topic.name().to_string();
    let internal = name.starts_with("__");
    if let Some(error) = topic.error() {
        let problem = Some(words(error.into()));
        return TopicSummary { name, partitions: Vec::new(), internal, problem };
    }
    let mut partitions: Vec<PartitionInfo> = topic.partitions().iter().map(partition_info).collect();
    partitions.sort_by_key(|partition| partition.partition);
    // Asking for an offset of such a partition would wait for a leader until time is up.
    let leaderless = partitions.iter().find(|partition| partition.leader < 0);
    let problem = leaderless.map(|partition| format!("{} has no leader", partition.partition));
    TopicSummary { name, partitions, internal, problem }
}

fn partition_info(partition: &MetadataPartition) -> PartitionInfo {
    PartitionInfo {
        partition: PartitionId(partition.id()),
        low: Offset(0),
        high: Offset(0),
        leader: partition.leader(),
        replicas: partition.replicas().to_vec(),
        in_sync: partition.isr().to_vec(),
    }
}

fn brokers(metadata: &Metadata) -> Vec<BrokerInfo> {
    let mut leads: BTreeMap<i32, usize> = BTreeMap::new();
    for topic in metadata.topics().iter().filter(|topic| topic.error().is_none()) {
        for partition in topic.partitions() {
            *leads.entry(partition.leader()).or_default() += 1;
        }
    }
    let mut brokers: Vec<BrokerInfo> = metadata
        .brokers()
        .iter()
        .map(|broker| BrokerInfo {
            id: broker.id(),
            address: format!("{}:{}", broker.host(), broker.port()),
            leads: leads.get(&broker.id()).copied().unwrap_or(0),
        })
        .collect();
    brokers.sort_by_key(|broker| broker.id);
    brokers
}
