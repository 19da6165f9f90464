//! What labels say of the predictions of a deployment, as plain data.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::data::{LabelSpec, Place};

/// A deployment's labels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LiveLabels {
    /// What is waited for.
    pub spec: LabelSpec,
    /// What became of predictions and labels so far.
    pub counts: LiveLabelCounts,
    /// The timestamp to which the label topic has been read, ms since 1970.
    pub time: Option<i64>,
    /// Label records behind the end of their topic.
    pub lag: u64,
    /// Bytes that waiting predictions and labels hold, and how many they may.
    pub held_bytes: u64,
    #[allow(missing_docs)]
    pub limit_bytes: u64,
    /// How good the last [`LiveLabels::WINDOW`] labelled predictions were, of whatever version.
    pub window: LiveQuality,
    /// How good each version was since the start, oldest first; at most [`LiveLabels::VERSIONS`].
    pub versions: Vec<VersionQuality>,
    /// The window's metrics as they went, oldest first; at most [`LiveLabels::HISTORY`].
    pub history: Vec<QualityPoint>,
}

impl LiveLabels {
    /// Labelled predictions of the sliding window.
    pub const WINDOW: usize = 1_000;
    /// Versions of which the quality is kept.
    pub const VERSIONS: usize = 20;
    /// Points of the history.
    pub const HISTORY: usize = 512;
}

/// What became of predictions and of labels. Always `predictions = labelled + waiting + no_label + given_up + without_key`
/// and `labels = used + doubled + late + strays + early + labels_without_key + rejected + tombstones`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LiveLabelCounts {
    /// Predictions that were committed, or found in the output topic at the start.
    pub predictions: u64,
    /// Of the predictions, those that were found in the output topic at the start.
    pub recovered: u64,
    /// Those whose label has come.
    pub labelled: u64,
    /// Those whose label may still come.
    pub waiting: u64,
    /// Those whose label did not come in time.
    pub no_label: u64,
    /// Those that were given up for want of room.
    pub given_up: u64,
    /// Those without a key or a timestamp, which match nothing.
    pub without_key: u64,
    /// Of the labelled, those whose label is null or no value of its kind: nothing is said of how good they were.
    pub without_value: u64,
    /// Label records read.
    pub labels: u64,
    /// Those that a prediction has, or several.
    pub used: u64,
    /// Further labels within the bound of a prediction that has an earlier one.
    pub doubled: u64,
    /// Labels that came after the bound of their prediction, and before it was forgotten: within twice the bound.
    pub late: u64,
    /// Labels for which no prediction came.
    pub strays: u64,
    /// Labels that wait for their prediction.
    pub early: u64,
    /// Label records without a key or a timestamp.
    pub labels_without_key: u64,
    /// Label records that could not be decoded.
    pub rejected: u64,
    /// Label records without a value.
    pub tombstones: u64,
}

/// How good some predictions were.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LiveQuality {
    /// How many.
    pub records: u64,
    /// Versions that made them, ascending.
    pub versions: Vec<u32>,
    /// By the names of [`crate::learn::Evaluation::metrics`]. Classes: `accuracy`, of two also `average_precision` and
    /// `log_loss`. Numbers: `mae`, `rmse`. One that is not defined on these records is not here.
    pub metrics: BTreeMap<String, f64>,
    /// The same of who knows nothing but how these records came out: their shares of the classes, or their mean.
    pub no_skill: BTreeMap<String, f64>,
}

/// How good a version was since the start: `accuracy` and, of two classes, `log_loss`; of numbers `mae` and `rmse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct VersionQuality {
    #[allow(missing_docs)]
    pub version: u32,
    /// Its labelled predictions.
    pub records: u64,
    /// Of classes: those that were wrong.
    pub wrong: u64,
    #[allow(missing_docs)]
    pub metrics: BTreeMap<String, f64>,
}

/// The window's metrics at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct QualityPoint {
    /// Time of the latest event in the window, ms since 1970.
    pub time: i64,
    /// Labelled predictions since the start.
    pub labelled: u64,
    /// The version of the newest prediction in the window.
    pub version: u32,
    #[allow(missing_docs)]
    pub metrics: BTreeMap<String, f64>,
}

/// What came out, as the version that predicted it would say.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// One of its classes.
    Class(u32),
    /// A class that it does not know.
    Other(Arc<str>),
    /// A number.
    Number(f64),
    /// The label is null, or no value of its kind.
    Missing,
}

/// What labels did since it was last told.
#[derive(Debug, Default)]
pub(crate) struct LabelNews {
    /// Times of predictions that wait for a label from now on.
    pub opened: Vec<i64>,
    /// Times of those that do not wait any more.
    pub closed: Vec<i64>,
    /// Predictions whose label has come.
    pub judged: Vec<Judged>,
    /// The values of each of `judged`, one after the other.
    pub values: Vec<f64>,
}

/// A prediction whose label has come.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Judged {
    /// Where its record stands.
    pub place: Place,
    pub version: u32,
    /// The class that was predicted; 0 of a number.
    pub predicted: u32,
    /// How many values it has: one per class, or one number.
    pub width: usize,
    pub truth: Truth,
    /// What an earlier word said of the same prediction, which holds no more.
    pub before: Option<Truth>,
}

impl Judged {
    /// Whether another class came out; `None` of numbers and of labels without a value.
    pub fn wrong(&self) -> Option<bool> {
        self.truth.is_other_than(self.predicted)
    }

    /// Whether a class came out, or a number.
    pub fn has_value(&self) -> bool {
        self.truth != Truth::Missing
    }
}

impl Truth {
    /// Whether it is another class than the predicted one; `None` where it is no class.
    pub(crate) fn is_other_than(&self, predicted: u32) -> Option<bool> {
        match self {
            Self::Class(class) => Some(*class != predicted),
            Self::Other(_) => Some(true),
            Self::Number(_) | Self::Missing => None,
        }
    }

    /// For a person.
    pub(crate) fn text(&self, classes: &[String]) -> String {
        match self {
            Self::Class(class) => classes.get(*class as usize).cloned().unwrap_or_default(),
            Self::Other(class) => class.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Missing => "null".into(),
        }
    }
}

/// How a prediction came out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Actual {
    /// The class or the number, as text; `null` for a label without a value.
    pub text: String,
    /// Whether the predicted class is another one; `None` of numbers, and where the label has no value.
    pub wrong: Option<bool>,
}
