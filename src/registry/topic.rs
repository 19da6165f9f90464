//! Packages in a Kafka topic. docs/model-topic.md is the protocol's page.

use crate::kafka::Cluster;

/// Which versions of a model stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// All.
    #[default]
    All,
    /// The newest only: publishing tombstones what came before (aliased versions stay).
    Latest,
}

/// A registry in a compacted topic of one partition, which is made by the first publishing when it is not there. Cheap to
/// clone; clones share what they have read of the topic, so that looking again reads only what is new.
#[derive(Clone)]
pub struct TopicRegistry {
    /// The cluster.
    pub cluster: Cluster,
    /// The topic.
    pub topic: String,
    /// What publishing does with older versions.
    pub keep: Keep,
    _private: (),
}

impl TopicRegistry {
    /// The registry in `topic`. Nothing is read yet.
    pub fn new(cluster: Cluster, topic: impl Into<String>, keep: Keep) -> Self {
        Self { cluster, topic: topic.into(), keep, _private: () }
    }
}
