//! Label join: labels that come later in another topic, matched by key within a time bound.
//!
//! In: records that wait for a label (events), and labels. Out: for each event its label, and what became of every record on
//! both sides, counted. docs/label-join.md says the rule. It knows nothing of targets or models.

mod counts;
mod join;
mod join_keys;
mod keys;
mod matcher;
mod records;
mod spec;

pub use counts::LabelCounts;
pub use join::join as join_labels;
pub(super) use join::{BYTES_PER_RECORD, check_events};
pub(crate) use join_keys::JoinKeys;
pub use matcher::{Change, LabelFate, Matcher, Place, Tally};
pub use spec::{LabelBy, LabelSpec};
