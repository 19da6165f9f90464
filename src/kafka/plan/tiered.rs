//! How much of a slice lies in tiered storage only.
//!
//! A broker knows, but tells it to ListOffsets of version 8 on alone, and librdkafka speaks 7. So it is estimated from what
//! the topic's settings say about how long brokers keep records themselves. What was not copied yet, and the segment that
//! is being written, stay with the broker however old they are: the estimate is rather too large.

use std::collections::BTreeMap;

use crate::kafka::catalogue::ConfigEntry;
use crate::kafka::client::Cluster;
use crate::kafka::error::Result;
use crate::kafka::offsets::Moment;
use crate::kafka::resolve::now;
use crate::kafka::slice::{PartitionRange, Slice};
use crate::kafka::types::{EventTime, Offset, PartitionId};

/// A topic's settings by name.
type Config = BTreeMap<String, ConfigEntry>;

/// What brokers keep of a topic themselves, by its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Local {
    /// Everything.
    All,
    /// The records of so many milliseconds before now.
    Newest(i64),
    /// So many bytes, or the settings are not known: no time says where that begins.
    Unknown,
}

impl Local {
    /// By the settings of a topic; `None` where this user may not see them.
    pub fn of(config: Option<&Config>) -> Self {
        let Some(config) = config else { return Self::Unknown };
        if !is_tiered(config) {
            return Self::All;
        }
        let number = |name: &str| config.get(name)?.value.parse::<i64>().ok();
        // -2 is "as long as the topic as a whole", -1 "without bound".
        let bound = |local: &str, whole: &str| match number(local)? {
            -2 => number(whole),
            own => Some(own),
        };
        let time = bound("local.retention.ms", "retention.ms");
        let bytes = bound("local.retention.bytes", "retention.bytes");
        match (time, bytes) {
            (Some(-1), Some(-1)) => Self::All,
            (Some(millis), Some(-1)) if millis >= 0 => Self::Newest(millis),
            _ => Self::Unknown,
        }
    }
}

/// Whether the topic has tiered storage.
pub(super) fn is_tiered(config: &Config) -> bool {
    config.get("remote.storage.enable").is_some_and(|entry| entry.value == "true")
}

impl Cluster {
    /// Offsets of `slice` in tiered storage only, about; `locals` say of each of its topics what brokers keep. `None` where
    /// that does not follow from the settings.
    pub(super) fn tiered_offsets(&self, slice: &Slice, locals: &[Local]) -> Result<Option<u64>> {
        let now = now();
        let mut tiered = 0;
        for (topic, local) in slice.topics.iter().zip(locals) {
            let millis = match local {
                Local::All => continue,
                Local::Unknown => return Ok(None),
                Local::Newest(millis) => *millis,
            };
            let ranges: Vec<&PartitionRange> =
                topic.partitions.iter().filter(|range| range.offsets() > 0).collect();
            let asked: Vec<(&str, PartitionId)> =
                ranges.iter().map(|range| (topic.topic.as_str(), range.partition)).collect();
            let what = format!("estimating what of {} lies in tiered storage", topic.topic);
            let border = Moment::Time(EventTime(now.0.saturating_sub(millis)));
            let found = self.offsets(&what, &asked, border)?;
            tiered += ranges.iter().zip(found).map(|(range, border)| before(range, border)).sum::<u64>();
        }
        Ok(Some(tiered))
    }
}

/// Offsets of a range before the first that brokers keep; without one, no record is new enough to be kept.
fn before(range: &PartitionRange, border: Option<Offset>) -> u64 {
    let border = border.unwrap_or(range.end);
    PartitionRange { end: range.end.min(border), ..*range }.offsets()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(entries: &[(&str, &str)]) -> Config {
        let entry = |value: &str| ConfigEntry { value: value.into(), default: false };
        entries.iter().map(|(name, value)| (name.to_string(), entry(value))).collect()
    }

    /// A tiered topic of a week, with these settings for what brokers keep.
    fn local(ms: &str, bytes: &str) -> Local {
        Local::of(Some(&config(&[
            ("remote.storage.enable", "true"),
            ("retention.ms", "604800000"),
            ("retention.bytes", "-1"),
            ("local.retention.ms", ms),
            ("local.retention.bytes", bytes),
        ])))
    }

    #[test]
    fn what_brokers_keep_follows_from_the_settings_or_is_not_known() {
        assert_eq!(local("3600000", "-2"), Local::Newest(3_600_000));
        assert_eq!(local("-2", "-2"), Local::Newest(604_800_000));
        assert_eq!(local("-1", "-2"), Local::All);
        assert_eq!(local("3600000", "1000000"), Local::Unknown);
        assert_eq!(local("soon", "-2"), Local::Unknown);
        assert_eq!(Local::of(None), Local::Unknown);
        assert_eq!(Local::of(Some(&config(&[("local.retention.ms", "5")]))), Local::All);
    }

    #[test]
    fn the_part_before_the_border_counts() {
        let range = PartitionRange { partition: PartitionId(0), start: Offset(100), end: Offset(200) };
        let counted = [Some(50), Some(100), Some(130), Some(200), Some(900), None]
            .map(|border| before(&range, border.map(Offset)));
        assert_eq!(counted, [0, 0, 30, 100, 100, 100]);
    }
}
