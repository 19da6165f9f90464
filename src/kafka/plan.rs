//! What reading a slice would cost.
//!
//! In: a slice. Out: a [`ReadPlan`]. A few records at the beginning, in the middle and at the end of some partitions are
//! fetched, which gives times and bytes per record; how many there are is known from the slice itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::catalogue::ConfigEntry;
use super::client::Cluster;
use super::error::{KafkaError, Result};
use super::resolve::now;
use super::slice::Slice;
use super::types::EventTime;
use crate::jobs::Cancel;

mod sample;

use sample::Sample;

/// What reading a slice would cost; see [`Cluster::plan`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadPlan {
    /// What would be read.
    pub slice: Slice,
    /// The earliest timestamp at the beginnings of the partitions, and the latest at their ends.
    pub first: Option<EventTime>,
    #[allow(missing_docs)]
    pub last: Option<EventTime>,
    /// Offsets in the slice: an upper bound of its records (compaction and transaction markers take some).
    pub offsets: u64,
    /// Estimated bytes of keys and values, from a sample: to be shown with ≈. `None` where the sample found no record.
    pub bytes: Option<u64>,
    /// Milliseconds until retention takes the slice's oldest record, below 0 where it may go at any moment; `None` where
    /// retention by time is off or not known.
    pub retention_left_ms: Option<i64>,
    /// Whether a topic of the slice keeps older records in tiered storage, where reading takes longer.
    pub tiered: bool,
}

impl Cluster {
    /// Says what reading `slice` would cost.
    pub fn plan(&self, slice: &Slice, cancel: &Cancel) -> Result<ReadPlan> {
        let sample = Sample::take(self, slice, cancel)?;
        let configs = self.known_configs(slice)?;
        let retention = configs.iter().filter_map(retention_ms).min();
        Ok(ReadPlan {
            slice: slice.clone(),
            first: sample.first(),
            last: sample.last(),
            offsets: slice.offsets(),
            bytes: sample.estimated_bytes(slice.offsets()),
            retention_left_ms: sample
                .first()
                .zip(retention)
                .map(|(first, retention)| first.0.saturating_add(retention).saturating_sub(now().0)),
            tiered: configs.iter().any(|config| says(config, "remote.storage.enable", "true")),
        })
    }

    /// Configurations of the slice's topics, without those that this user may not see.
    fn known_configs(&self, slice: &Slice) -> Result<Vec<BTreeMap<String, ConfigEntry>>> {
        let mut configs = Vec::new();
        for topic in &slice.topics {
            match self.topic_config(&topic.topic) {
                Ok(config) => configs.push(config),
                Err(KafkaError::Unauthorised { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(configs)
    }
}

/// How long records are kept; `None` for ever.
fn retention_ms(config: &BTreeMap<String, ConfigEntry>) -> Option<i64> {
    let deletes = config.get("cleanup.policy").is_none_or(|policy| policy.value.contains("delete"));
    let millis: i64 = config.get("retention.ms")?.value.parse().ok()?;
    (deletes && millis >= 0).then_some(millis)
}

fn says(config: &BTreeMap<String, ConfigEntry>, name: &str, value: &str) -> bool {
    config.get(name).is_some_and(|entry| entry.value == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(entries: &[(&str, &str)]) -> BTreeMap<String, ConfigEntry> {
        let entry = |value: &str| ConfigEntry { value: value.into(), default: false };
        entries.iter().map(|(name, value)| (name.to_string(), entry(value))).collect()
    }

    #[test]
    fn retention_counts_only_where_records_are_deleted_by_time() {
        assert_eq!(retention_ms(&config(&[("retention.ms", "5000")])), Some(5_000));
        assert_eq!(retention_ms(&config(&[("retention.ms", "-1")])), None);
        let both = [("retention.ms", "5000"), ("cleanup.policy", "compact,delete")];
        assert_eq!(retention_ms(&config(&both)), Some(5_000));
        let compacted = [("retention.ms", "5000"), ("cleanup.policy", "compact")];
        assert_eq!(retention_ms(&config(&compacted)), None);
    }
}
