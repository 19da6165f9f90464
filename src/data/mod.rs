//! Data: a slice as a frame, profiles of columns, splits, filters, export.
//!
//! In: a [`Slice`](crate::kafka::Slice). Out: a [`Frame`]: columns, where each row came from, what was rejected, and
//! whether it is whole. It knows nothing of preparation or learning.

mod content;
mod export;
#[cfg(test)]
mod files_tests;
mod filter;
mod frame;
mod gather;
mod import;
mod label;
mod lane;
mod page;
mod plain;
mod produce;
mod profile;
mod read;
mod read_labels;
mod split;

pub use export::{ExportFormat, SLICE_KEY, export, export_rows, write_lines};
pub use filter::Filter;
pub use frame::{Completeness, Frame, FrameLabels};
pub use import::import;
pub(crate) use label::JoinKeys;
pub use label::{Change, LabelBy, LabelCounts, LabelFate, LabelSpec, Matcher, Place, Tally, join_labels};
pub use page::{FullRecord, Page, PageContent, PageEntry, PageRequest, page, record};
pub use plain::{key_text, time_text};
pub use produce::{WriteRequest, Written, write_file};
pub use profile::{ColumnProfile, Histogram, Warning, profile};
pub use read::{ReadRequest, read};
pub use read_labels::with_labels;
pub use split::{Split, SplitBy, SplitSpec};
