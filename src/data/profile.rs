//! What is in each column.

use polars::frame::DataFrame;
use serde::Serialize;

use crate::jobs::{Cancel, Cancelled, Progress};

/// One column's profile, over all rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnProfile {
    /// The column.
    pub name: String,
    /// Its type, short: `i64`, `f64`, `str`, `bool`, `time`, `list`.
    pub kind: &'static str,
    /// Rows.
    pub rows: u64,
    /// Nulls (NaN is counted apart).
    pub nulls: u64,
    /// NaN and infinite values.
    pub not_finite: u64,
    /// Different values, nulls left out; exact.
    pub distinct: u64,
    /// Smallest and largest value, as text in full precision.
    pub min: Option<String>,
    #[allow(missing_docs)]
    pub max: Option<String>,
    /// Mean of the finite values of a number.
    pub mean: Option<f64>,
    /// Standard deviation (n) of them.
    pub std: Option<f64>,
    /// For numbers and times 20 equal bins; for text the most frequent values.
    pub histogram: Histogram,
    /// The most frequent values with their counts, at most 5.
    pub top: Vec<(String, u64)>,
    /// What to think about before using it.
    pub warnings: Vec<Warning>,
}

/// A small distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Histogram {
    /// Where the first bin begins and the last ends; 0 and 0 for text.
    pub low: f64,
    #[allow(missing_docs)]
    pub high: f64,
    /// Rows per bin.
    pub counts: Vec<u64>,
}

/// Something to think about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// One value only.
    Constant,
    /// Nulls only.
    AllNull,
    /// A different value in nearly every row.
    IdLike,
    /// NaN or infinite values.
    NotFinite,
    /// Text that reads as ISO-8601 time, or integers that read as epoch seconds or milliseconds: offer a cast.
    LooksLikeTime,
    /// Text that reads as numbers throughout.
    LooksLikeNumber,
}

/// Profiles every column (meta columns left out), some at a time.
pub fn profile(
    _data: &DataFrame,
    _progress: &Progress,
    _cancel: &Cancel,
) -> Result<Vec<ColumnProfile>, Cancelled> {
    todo!("data owner")
}
