//! A slice as it stands in a workspace file: one line of offsets per partition.
//!
//! ```toml
//! [slices.slice]
//! cluster_id = "MkU3OEVBNTcwNTJENDM2Qk"
//!
//! [[slices.slice.topics]]
//! topic = "flights"
//!
//! [slices.slice.topics.offsets]
//! 0 = [1200, 9041]
//! 1 = [1187, 8990]
//! ```

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kafka::{Offset, PartitionId, PartitionRange, Slice, TopicSlice};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    cluster_id: String,
    topics: Vec<TopicLines>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicLines {
    topic: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    topic_id: Option<String>,
    #[serde(serialize_with = "write_offsets", deserialize_with = "read_offsets")]
    offsets: Vec<PartitionRange>,
}

pub(super) fn serialize<S: Serializer>(slice: &Slice, serializer: S) -> Result<S::Ok, S::Error> {
    let topics = slice.topics.iter().map(|topic| TopicLines {
        topic: topic.topic.clone(),
        topic_id: topic.topic_id.clone(),
        offsets: topic.partitions.clone(),
    });
    Lines { cluster_id: slice.cluster_id.clone(), topics: topics.collect() }.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Slice, D::Error> {
    let lines = Lines::deserialize(deserializer)?;
    let topics = lines.topics.into_iter().map(|topic| TopicSlice {
        topic: topic.topic,
        topic_id: topic.topic_id,
        partitions: topic.offsets,
    });
    Ok(Slice { cluster_id: lines.cluster_id, topics: topics.collect() })
}

fn write_offsets<S: Serializer>(ranges: &[PartitionRange], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(ranges.len()))?;
    for range in ranges {
        map.serialize_entry(&range.partition.0.to_string(), &[range.start.0, range.end.0])?;
    }
    map.end()
}

fn read_offsets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PartitionRange>, D::Error> {
    let offsets = BTreeMap::<String, [i64; 2]>::deserialize(deserializer)?;
    let mut ranges = Vec::with_capacity(offsets.len());
    for (partition, [start, end]) in offsets {
        let number = partition
            .parse()
            .map_err(|_| serde::de::Error::custom(format!("{partition} is not the number of a partition")))?;
        ranges.push(PartitionRange {
            partition: PartitionId(number),
            start: Offset(start),
            end: Offset(end),
        });
    }
    ranges.sort_by_key(|range| range.partition);
    Ok(ranges)
}
