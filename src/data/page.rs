//! A page of records for a table, and one record in full, without reading the rest of a slice.

use polars::frame::DataFrame;

use crate::codec::Schema;
use crate::jobs::{Cancel, Problem};
use crate::kafka::{Cluster, EventTime, Offset, PartitionId, Slice};

/// Which records of a slice to show.
#[derive(Clone, Debug, PartialEq)]
pub struct PageRequest {
    /// Where to look.
    pub slice: Slice,
    /// The codec's name.
    pub codec: String,
    /// Records at most.
    pub limit: usize,
    /// The newest records of the slice, newest first; else the oldest, oldest first.
    pub newest: bool,
}

/// Some records of a slice, by timestamp.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Every record, in the order asked for, also those that are no rows.
    pub entries: Vec<PageEntry>,
    /// The decoded rows: meta columns, then the payload's.
    pub data: DataFrame,
    /// Types of the payload's columns, from these records alone.
    pub schema: Schema,
    /// Whether the page holds every record of the slice.
    pub whole: bool,
}

/// One record of a [`Page`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageEntry {
    #[allow(missing_docs)]
    pub topic: String,
    #[allow(missing_docs)]
    pub partition: PartitionId,
    #[allow(missing_docs)]
    pub offset: Offset,
    /// When it was, where the log says.
    pub timestamp: Option<EventTime>,
    /// What became of it.
    pub content: PageContent,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageContent {
    /// It is this row of [`Page::data`].
    Row(usize),
    /// It has no value.
    Tombstone,
    /// It could not be decoded: why.
    Rejected(String),
}

/// One record as it is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullRecord {
    #[allow(missing_docs)]
    pub topic: String,
    #[allow(missing_docs)]
    pub partition: PartitionId,
    #[allow(missing_docs)]
    pub offset: Offset,
    /// When it was, where the log says.
    pub timestamp: Option<EventTime>,
    /// Its key; `None` is Kafka's null.
    pub key: Option<Vec<u8>>,
    /// Its value; `None` is a tombstone.
    pub value: Option<Vec<u8>>,
    /// Its headers, in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

/// Reads a page. It asks each partition for its share only, and for more where compaction or markers left gaps.
pub fn page(_cluster: &Cluster, _request: &PageRequest, _cancel: &Cancel) -> Result<Page, Problem> {
    todo!("codec and data owner")
}

/// Reads the record at one offset; `None` where the log no longer has it.
pub fn record(
    _cluster: &Cluster,
    _topic: &str,
    _partition: PartitionId,
    _offset: Offset,
    _cancel: &Cancel,
) -> Result<Option<FullRecord>, Problem> {
    todo!("codec and data owner")
}
