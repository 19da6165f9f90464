//! What became of every record of a label join.

use serde::{Deserialize, Serialize};

/// What became of the events and of the label records of a join. Always
/// `events = matched + unmatched`, `late_events + events_without_key ≤ unmatched`, `matched = used + shared` and
/// `labels = used + doubled + late + strays + labels_without_key + rejected + tombstones`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelCounts {
    /// Rows of the main slice.
    pub events: u64,
    /// Those that have a label. Its value may be null.
    pub matched: u64,
    /// Those that have none.
    pub unmatched: u64,
    /// Of the matched, how many there are beyond one for each used label: their bounds overlap with those of other events of
    /// their key.
    pub shared: u64,
    /// Of the unmatched, those whose label came after the bound.
    pub late_events: u64,
    /// Of the unmatched, those without a key or a timestamp, which match nothing.
    pub events_without_key: u64,
    /// Records read from the label topic.
    pub labels: u64,
    /// Those that an event has, or several.
    pub used: u64,
    /// Further labels within the bounds of events that have an earlier one.
    pub doubled: u64,
    /// Labels that came after the bound of every event of their key before them.
    pub late: u64,
    /// Labels without an event of their key at or before their time in the slice.
    pub strays: u64,
    /// Label records without a key or a timestamp.
    pub labels_without_key: u64,
    /// Label records that could not be decoded.
    pub rejected: u64,
    /// Label records without a value.
    pub tombstones: u64,
}
