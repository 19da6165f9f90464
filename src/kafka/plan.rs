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
mod tiered;

use sample::Sample;
use tiered::{Local, is_tiered};

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
    /// Estimated offsets of the slice that lie there only: to be shown with ≈. `None` where the topics' settings do not tell.
    #[serde(default)]
    pub tiered_offsets: Option<u64>,
}

impl Cluster {
    /// Says what reading `slice` would cost.
    pub fn plan(&self, slice: &Slice, cancel: &Cancel) -> Result<ReadPlan> {
        let sample = Sample::take(self, slice, cancel)?;
        let configs = self.known_configs(slice)?;
        let known = || configs.iter().flatten();
        let retention = known().filter_map(retention_ms).min();
        let locals: Vec<Local> = configs.iter().map(|config| Local::of(config.as_ref())).collect();
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
            tiered: known().any(is_tiered),
            tiered_offsets: self.tiered_offsets(slice, &locals)?,
        })
    }

    /// The configuration of each of the slice's topics; `None` for one that this user may not see.
    fn known_configs(&self, slice: &Slice) -> Result<Vec<Option<BTreeMap<String, ConfigEntry>>>> {
        let names: Vec<&str> = slice.topics.iter().map(|topic| topic.topic.as_str()).collect();
        let known = |config| match config {
            Ok(config) => Ok(Some(config)),
            Err(KafkaError::Unauthorised { .. }) => Ok(None),
            Err(error) => Err(error),
        };
        self.topic_configs(&names)?.into_iter().map(known).collect()
    }
}

impl ReadPlan {
    /// What lies in tiered storage only, as a share of the whole; `None` where it is not known or there is nothing.
    pub fn tiered_share(&self) -> Option<f64> {
        let tiered = self.tiered_offsets.filter(|_| self.offsets > 0)?;
        Some(tiered as f64 / self.offsets as f64)
    }
}

/// How long records are kept; `None` for ever.
fn retention_ms(config: &BTreeMap<String, ConfigEntry>) -> Option<i64> {
    let deletes = config.get("cleanup.policy").is_none_or(|policy| policy.value.contains("delete"));
    let millis: i64 = config.get("retention.ms")?.value.parse().ok()?;
    (deletes && millis >= 0).then_some(millis)
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
