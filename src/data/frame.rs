//! A slice in memory.

use std::sync::Arc;

use polars::frame::DataFrame;
use polars::prelude::ChunkAgg;
use serde::{Deserialize, Serialize};

use super::label::{LabelCounts, LabelSpec};
use crate::codec::{Rejection, Schema, meta};
use crate::jobs::Problem;
use crate::kafka::{EventTime, PartitionPosition, Slice};

/// A slice decoded to columns. Rows stand by topic, partition and offset, always in that order, so that the same slice
/// gives the same frame however its partitions were interleaved on the wire. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The meta columns (`codec::meta`), then the payload's.
    pub data: Arc<DataFrame>,
    /// Types of the payload's columns.
    pub schema: Arc<Schema>,
    /// What was read.
    pub slice: Arc<Slice>,
    /// Which codec decoded it.
    pub codec: String,
    /// Records that could not be decoded; the first [`Frame::KEPT_REJECTIONS`] of them.
    pub rejected: Arc<Vec<Rejection>>,
    /// How many there were.
    pub rejected_total: u64,
    /// Records without a value, which are no rows.
    pub tombstones: u64,
    /// Rows that the filter left out.
    pub filtered: u64,
    /// Bytes of keys and values that were read.
    pub bytes: u64,
    /// SHA-256 over keys, values and positions of every record read, per partition in slice order: reading again gives
    /// the same, or retention or compaction has been at work.
    pub content: Vec<String>,
    /// Whether every partition was read to its end.
    pub completeness: Completeness,
    /// The labels that were joined, if any.
    pub labels: Option<Arc<FrameLabels>>,
}

/// Labels joined to a frame. Their column is one of the frame's; `_label_timestamp` says when each came.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameLabels {
    /// What was joined and how.
    pub spec: LabelSpec,
    /// The label records that were read.
    pub slice: Slice,
    /// What became of the records of both sides.
    pub counts: LabelCounts,
    /// Content digest per partition of the label slice, like [`Frame::content`].
    pub content: Vec<String>,
    /// Label records that could not be decoded; the first [`Frame::KEPT_REJECTIONS`] of them.
    pub rejected: Arc<Vec<Rejection>>,
}

/// Whether a frame holds its whole slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Completeness {
    /// Every partition reached its end.
    Whole,
    /// Reading stopped early: why, what to do next, and where each partition stood.
    Part {
        #[allow(missing_docs)]
        why: String,
        #[allow(missing_docs)]
        next: String,
        #[allow(missing_docs)]
        positions: Vec<PartitionPosition>,
    },
}

impl Frame {
    /// At most so many rejections are kept in full.
    pub const KEPT_REJECTIONS: usize = 10_000;

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.data.height()
    }

    /// Tells frames apart while both are there: two with the same columns in memory have the same.
    pub fn identity(&self) -> usize {
        Arc::as_ptr(&self.data) as usize
    }

    /// Times of the first and the last record, by their timestamps. Looks at every row.
    pub fn times(&self) -> Option<(EventTime, EventTime)> {
        let times = self.data.column(meta::TIMESTAMP).ok()?.datetime().ok()?.physical();
        Some((EventTime(times.min()?), EventTime(times.max()?)))
    }

    /// For a frame without rows, why it has none and what to do next; for whoever cannot go on without one.
    pub fn without_rows(&self) -> Option<Problem> {
        if self.rows() > 0 {
            return None;
        }
        let topics: Vec<&str> = self.slice.topics.iter().map(|topic| topic.topic.as_str()).collect();
        let what = format!("The slice of {} has no rows", topics.join(", "));
        let problem = |why: String, next: &str| Some(Problem::new(what, why, next));
        if self.filtered > 0 {
            return problem("the filter leaves every row out".into(), "Change the filter.");
        }
        if let Some(first) = self.rejected.first() {
            let Rejection { topic, partition, offset, reason, .. } = first;
            let why = format!(
                "nothing in it could be decoded, {} rejected; the first is {topic} {partition} at {offset}: {reason}",
                self.rejected_total
            );
            return problem(why, "Choose another topic, or the codec of these records.");
        }
        if self.tombstones > 0 {
            return problem("none of its records has a value".into(), "Choose another topic.");
        }
        problem("the range holds no records".into(), "Choose a longer range, or another topic.")
    }
}

#[cfg(test)]
impl Frame {
    /// A whole frame of these columns, for tests.
    pub(crate) fn of(data: DataFrame, schema: Schema, slice: Slice) -> Self {
        Self {
            data: Arc::new(data),
            schema: Arc::new(schema),
            slice: Arc::new(slice),
            codec: "json".into(),
            rejected: Arc::default(),
            rejected_total: 0,
            tombstones: 0,
            filtered: 0,
            bytes: 0,
            content: Vec::new(),
            completeness: Completeness::Whole,
            labels: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::{Offset, PartitionId, TopicSlice};

    fn empty() -> Frame {
        let topic = TopicSlice { topic: "flights".into(), topic_id: None, partitions: Vec::new() };
        Frame::of(
            DataFrame::default(),
            Schema::default(),
            Slice { cluster_id: String::new(), topics: vec![topic] },
        )
    }

    fn why(frame: &Frame) -> String {
        frame.without_rows().unwrap().to_string()
    }

    #[test]
    fn a_frame_without_rows_says_where_they_went() {
        assert!(why(&empty()).starts_with("The slice of flights has no rows: the range holds no records."));
        assert!(why(&Frame { tombstones: 2, ..empty() }).contains("none of its records has a value"));
        assert!(
            why(&Frame { filtered: 2, tombstones: 2, ..empty() }).contains("the filter leaves every row")
        );
        let rejection = Rejection {
            topic: "flights".into(),
            partition: PartitionId(1),
            offset: Offset(7),
            step: "decode".into(),
            reason: "not JSON at byte 0: expected value".into(),
        };
        let refused = Frame { rejected: Arc::new(vec![rejection]), rejected_total: 9, ..empty() };
        assert!(why(&refused).contains("9 rejected; the first is flights p1 at 7: not JSON at byte 0"));
    }
}
