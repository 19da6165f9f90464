//! A moment of a deployment, as plain data.

use std::sync::Arc;

use serde::Serialize;

use super::bins;
use super::labels::{Actual, LiveLabels};
use crate::codec::Rejection;
use crate::kafka::{Offset, PartitionId};

/// A moment of a deployment. Cheap to take and to clone: the records in it are shared.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LiveSnapshot {
    /// Counts up with every change; equal revisions are equal snapshots, but for the age of the newest second.
    pub revision: u64,
    /// What it is doing.
    pub state: LiveState,
    /// When it began, ms since 1970; `None` before that.
    pub started: Option<i64>,
    /// The version that scores, and since when.
    pub serving: Option<Serving>,
    /// Changes of the version, newest first; at most [`LiveSnapshot::KEPT_SWAPS`].
    pub swaps: Vec<Swap>,
    /// What happened besides, newest first: a damaged version that was not taken, a transaction that was repeated. At most
    /// [`LiveSnapshot::KEPT_NOTES`].
    pub notes: Vec<Note>,
    /// Since the start. Only what is committed counts.
    pub counts: Counts,
    /// Records scored per second, mean of the last ten whole seconds.
    pub rate: f64,
    /// From a record's arrival in the scorer to the commit of its prediction.
    pub latency: LatencySummary,
    /// Partitions that this member has, by number.
    pub partitions: Vec<PartitionLag>,
    /// Records behind the end, all its partitions together.
    pub lag: u64,
    /// The last [`LiveSnapshot::SECONDS`] whole seconds, oldest first, without gaps.
    pub series: Vec<Second>,
    /// The classes, in the order of probabilities and shares; empty for a number.
    pub classes: Vec<String>,
    /// Width of a time bin, ms. It grows with the span that the bins cover.
    pub bin_ms: i64,
    /// Predictions by the records' timestamps, those found at the start that may still be labelled included; oldest first, empty bins left out; at most [`LiveSnapshot::BINS`].
    pub bins: Vec<TimeBin>,
    /// The last records scored, newest first; at most [`LiveSnapshot::KEPT_RECORDS`].
    pub scored: Vec<Arc<ScoredRecord>>,
    /// The newest rejections, newest first; at most [`LiveSnapshot::KEPT_RECORDS`].
    pub rejections: Vec<Arc<Rejection>>,
    /// What labels say of the predictions; `None` where none are waited for.
    pub labels: Option<Arc<LiveLabels>>,
}

impl LiveSnapshot {
    /// Records and rejections that are kept, each.
    pub const KEPT_RECORDS: usize = 200;
    /// Swaps that are kept.
    pub const KEPT_SWAPS: usize = 50;
    /// Notes that are kept.
    pub const KEPT_NOTES: usize = 50;
    /// Seconds of the series.
    pub const SECONDS: usize = 120;
    /// Time bins.
    pub const BINS: usize = 1024;

    /// The bins summed up to wider ones, of which at most so many cover the whole span; with their width in ms. So that each
    /// point of a plot stands for some records.
    pub fn coarser(&self, most: usize) -> (i64, Vec<TimeBin>) {
        bins::coarser(&self.bins, self.bin_ms, most)
    }
}

/// What a deployment is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum LiveState {
    /// It loads the model, looks at the topics, joins the group.
    #[default]
    Starting,
    /// It scores, or waits for records.
    Running,
    /// The cluster does not answer; it tries again.
    WaitingForBroker {
        /// What the cluster or the library said.
        why: String,
    },
    /// It finishes the batch at hand and leaves the group.
    Stopping,
    /// It has ended as it should.
    Stopped,
    /// It has ended and should not have.
    Failed {
        /// What failed, why and what to do.
        problem: crate::jobs::Problem,
    },
}

impl LiveState {
    /// In one or two words.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::WaitingForBroker { .. } => "waiting for broker",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Failed { .. } => "failed",
        }
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Stopped | Self::Failed { .. })
    }
}

/// The version that scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Serving {
    #[allow(missing_docs)]
    pub version: u32,
    /// ms since 1970.
    pub since: i64,
}

/// A change of the version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Swap {
    /// ms since 1970.
    pub at: i64,
    #[allow(missing_docs)]
    pub from: u32,
    #[allow(missing_docs)]
    pub to: u32,
    /// Milliseconds from the news of the alias to the first batch that the new version may score; scoring went on.
    pub took_ms: u64,
}

/// Something to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// ms since 1970.
    pub at: i64,
    /// For a person.
    pub text: String,
}

/// Since the start: `read = scored + rejected`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    #[allow(missing_docs)]
    pub read: u64,
    #[allow(missing_docs)]
    pub scored: u64,
    #[allow(missing_docs)]
    pub rejected: u64,
    /// Of the rejected, those written to the dead-letter topic.
    pub dead_lettered: u64,
    /// Values that the preparation had not seen in training or could not cast; their records were scored.
    pub unseen: u64,
    /// Transactions (or offset commits) that went through.
    pub commits: u64,
    /// Batches that were taken back and read again: a broker failed, or the group changed.
    pub repeats: u64,
}

/// Latencies since the start.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LatencySummary {
    /// How many records.
    pub records: u64,
    /// Percentiles of the last minute, µs; 0 when nothing was scored in it.
    pub p50_us: u64,
    #[allow(missing_docs)]
    pub p99_us: u64,
    /// The largest since the start, µs.
    pub max_us: u64,
    /// The last minute's distribution up to about its 99.9th percentile, in equal bars from 0.
    pub bars: Vec<LatencyBar>,
}

/// A bar of the latency histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LatencyBar {
    /// Where it begins and where it ends, µs.
    pub from_us: u64,
    #[allow(missing_docs)]
    pub to_us: u64,
    /// Records in it.
    pub records: u64,
}

/// One second of a deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Second {
    /// When it began, ms since 1970.
    pub at: i64,
    /// Records scored, and rejected, in it.
    pub scored: u64,
    #[allow(missing_docs)]
    pub rejected: u64,
    /// Records behind the end, as last known in it.
    pub lag: u64,
    /// Latency of its records, µs; `None` when there were none.
    pub p50_us: Option<u64>,
    #[allow(missing_docs)]
    pub p99_us: Option<u64>,
}

/// One partition's place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartitionLag {
    #[allow(missing_docs)]
    pub partition: PartitionId,
    /// The next offset to be scored.
    pub position: Offset,
    /// Records behind the end.
    pub lag: u64,
}

/// Predictions of one span of event time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TimeBin {
    /// When it begins, ms since 1970.
    pub start: i64,
    /// Records in it.
    pub records: u64,
    /// Mean probability per class, or the mean prediction of a number.
    pub means: Vec<f64>,
    /// Share of the records for which each class was the most probable; empty for a number.
    pub shares: Vec<f64>,
    /// Of its records, those whose label has come.
    pub labelled: u64,
    /// Of the labelled, those whose class was another one; 0 for a number.
    pub wrong: u64,
    /// Share of the labelled that each class has, or the mean of a number; empty while nothing is labelled.
    pub actual: Vec<f64>,
    /// Records whose label may still come.
    pub open: u64,
}

/// One of the last records scored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScoredRecord {
    #[allow(missing_docs)]
    pub partition: PartitionId,
    #[allow(missing_docs)]
    pub offset: Offset,
    /// The input's timestamp, ms since 1970.
    pub timestamp: Option<i64>,
    /// The input's fields that the model uses, as text.
    pub fields: Vec<(String, String)>,
    /// The predicted class or number, as text.
    pub prediction: String,
    /// The probability of each class; empty for a number.
    pub probabilities: Vec<f64>,
    /// The version that scored it.
    pub version: u32,
    /// Microseconds from the record's arrival in the scorer to the prediction's commit.
    pub latency_us: u64,
    /// How it came out, once its label has come.
    pub actual: Option<Actual>,
}
