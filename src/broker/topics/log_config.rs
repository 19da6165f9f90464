//! A topic's configuration as its logs obey it.

use super::config::{Effective, items};
use crate::broker::log::{Cleanup, Compression, LogConfig, TimestampType};

/// What the logs of a topic of this configuration obey.
pub fn log_config(effective: Effective<'_>) -> LogConfig {
    let natural = |name: &str| u64::try_from(effective.number(name)).ok();
    let policies: Vec<&str> = items(effective.text("cleanup.policy")).collect();
    let share = effective.text("min.cleanable.dirty.ratio").trim().parse();
    let stamped_by_broker = effective.text("message.timestamp.type").trim() == "LogAppendTime";
    let fallback = LogConfig::default();
    LogConfig {
        segment_bytes: natural("segment.bytes").unwrap_or(fallback.segment_bytes),
        segment_ms: effective.number("segment.ms"),
        retention_ms: Some(effective.number("retention.ms")).filter(|ms| *ms >= 0),
        retention_bytes: natural("retention.bytes"),
        cleanup: Cleanup { delete: policies.contains(&"delete"), compact: policies.contains(&"compact") },
        delete_retention_ms: effective.number("delete.retention.ms"),
        min_compaction_lag_ms: effective.number("min.compaction.lag.ms"),
        max_compaction_lag_ms: effective.number("max.compaction.lag.ms"),
        min_cleanable_dirty_ratio: share.unwrap_or(fallback.min_cleanable_dirty_ratio),
        max_message_bytes: natural("max.message.bytes")
            .and_then(|bytes| usize::try_from(bytes).ok())
            .unwrap_or(fallback.max_message_bytes),
        timestamp_type: if stamped_by_broker {
            TimestampType::LogAppendTime
        } else {
            TimestampType::CreateTime
        },
        timestamp_before_max_ms: effective.number("message.timestamp.before.max.ms"),
        timestamp_after_max_ms: effective.number("message.timestamp.after.max.ms"),
        index_interval_bytes: natural("index.interval.bytes").unwrap_or(fallback.index_interval_bytes),
        compression: compression(effective.text("compression.type").trim()),
        ..fallback
    }
}

/// The compression that batches are given; `None` where they stay as the producer sent them.
fn compression(name: &str) -> Option<Compression> {
    match name {
        "uncompressed" => Some(Compression::None),
        "gzip" => Some(Compression::Gzip),
        "snappy" => Some(Compression::Snappy),
        "lz4" => Some(Compression::Lz4),
        "zstd" => Some(Compression::Zstd),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_topic_without_configuration_obeys_apache_kafkas_defaults() {
        let empty = BTreeMap::new();
        assert_eq!(log_config(Effective { own: &empty, broker: &empty }), LogConfig::default());
    }

    #[test]
    fn minus_one_is_no_limit_and_both_policies_may_hold() {
        let values =
            [("retention.ms", "-1"), ("retention.bytes", "10"), ("cleanup.policy", "compact,delete")];
        let own = values.map(|(name, value)| (name.to_string(), value.to_string())).into();
        let config = log_config(Effective { own: &own, broker: &BTreeMap::new() });
        assert_eq!((config.retention_ms, config.retention_bytes), (None, Some(10)));
        assert_eq!(config.cleanup, Cleanup { delete: true, compact: true });
    }
}
