//! A range resolved to exact offsets: the dataset.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::types::{Offset, PartitionId};

/// Exact `[start, end)` offsets per partition. Immutable; reading it again gives the same records as long as the log still
/// has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// The cluster's own id.
    pub cluster_id: String,
    /// One entry per topic, in the order asked for.
    pub topics: Vec<TopicSlice>,
}

/// A slice's part in one topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicSlice {
    /// The topic's name.
    pub topic: String,
    /// The topic's own id, where the broker tells it: another one means that the topic was deleted and made anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<String>,
    /// By partition number, ascending; empty partitions are kept.
    pub partitions: Vec<PartitionRange>,
}

/// `[start, end)` of one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionRange {
    /// Which partition.
    pub partition: PartitionId,
    /// The first offset that belongs to it.
    pub start: Offset,
    /// The first offset that no longer does.
    pub end: Offset,
}

impl PartitionRange {
    /// Offsets between start and end.
    pub fn offsets(&self) -> u64 {
        self.end.0.saturating_sub(self.start.0).max(0) as u64
    }
}

impl Slice {
    /// Offsets in all partitions together.
    pub fn offsets(&self) -> u64 {
        self.topics.iter().flat_map(|topic| &topic.partitions).map(PartitionRange::offsets).sum()
    }

    /// SHA-256 over cluster id, topics and offsets, in hexadecimal. The window shows its first six digits.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut text = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        text(self.cluster_id.as_bytes());
        for topic in &self.topics {
            text(topic.topic.as_bytes());
            text(topic.topic_id.as_deref().unwrap_or_default().as_bytes());
            for range in &topic.partitions {
                text(&range.partition.0.to_le_bytes());
                text(&range.start.0.to_le_bytes());
                text(&range.end.0.to_le_bytes());
            }
        }
        hex::encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(cluster: &str, topic: &str, offsets: &[(i64, i64)]) -> Slice {
        let partitions = (0..)
            .zip(offsets)
            .map(|(number, (start, end))| PartitionRange {
                partition: PartitionId(number),
                start: Offset(*start),
                end: Offset(*end),
            })
            .collect();
        let topic = TopicSlice { topic: topic.into(), topic_id: None, partitions };
        Slice { cluster_id: cluster.into(), topics: vec![topic] }
    }

    #[test]
    fn a_digest_stays_the_same_from_version_to_version() {
        let digest = slice("c", "flights", &[(0, 10), (5, 5)]).digest();
        assert_eq!(digest, "b262f43d42831fc31ef1eb4404e99669ebedf7c32c87392ab19b5bba45347b30");
    }

    #[test]
    fn a_digest_changes_with_everything_that_it_covers() {
        let all = [
            slice("c", "flights", &[(0, 10), (5, 5)]),
            slice("d", "flights", &[(0, 10), (5, 5)]),
            slice("c", "flight", &[(0, 10), (5, 5)]),
            slice("c", "flights", &[(1, 10), (5, 5)]),
            slice("c", "flights", &[(0, 11), (5, 5)]),
            slice("c", "flights", &[(0, 10)]),
            slice("cf", "lights", &[(0, 10), (5, 5)]),
        ];
        let digests: std::collections::BTreeSet<_> = all.iter().map(Slice::digest).collect();
        assert_eq!(digests.len(), all.len());
    }

    #[test]
    fn offsets_are_counted_over_all_partitions() {
        assert_eq!(slice("c", "flights", &[(0, 10), (5, 5), (7, 10)]).offsets(), 13);
    }
}
