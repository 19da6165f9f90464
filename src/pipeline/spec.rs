//! What is to be done, before it is fitted.

use serde::{Deserialize, Serialize};

/// Ordered steps. `[[prepare]]` of a run file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PipelineSpec {
    /// First to last.
    pub steps: Vec<StepSpec>,
}

/// One step. The tag in a run file is `step = "impute"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum StepSpec {
    /// Keep these columns only.
    Select {
        #[allow(missing_docs)]
        columns: Vec<String>,
    },
    /// Leave these columns out.
    Drop {
        #[allow(missing_docs)]
        columns: Vec<String>,
    },
    /// Change the type. A value that cannot be changed becomes null and is counted.
    Cast {
        #[allow(missing_docs)]
        columns: Vec<String>,
        /// The new type.
        to: CastTo,
    },
    /// Fill nulls and NaN.
    Impute {
        #[allow(missing_docs)]
        columns: Vec<String>,
        /// By what.
        with: ImputeWith,
        /// The value of `constant`: number or text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<serde_json::Value>,
        /// Also make a column `NAME_missing` of 0 and 1.
        #[serde(default)]
        indicator: bool,
    },
    /// Mean 0 and standard deviation (n) 1, as scikit-learn's StandardScaler; a constant column is only centred.
    Standardize {
        #[allow(missing_docs)]
        columns: Vec<String>,
    },
    /// A column `NAME=VALUE` of 0 and 1 per value seen in fitting, sorted; an unseen value gives all zero and is counted.
    OneHot {
        #[allow(missing_docs)]
        columns: Vec<String>,
        /// Keep the most frequent so many values per column only; the rest counts as unseen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<usize>,
    },
    /// Calendar parts of a time, in UTC, as columns `NAME_part`; the time itself is left out.
    DateParts {
        #[allow(missing_docs)]
        columns: Vec<String>,
        /// Which parts.
        parts: Vec<DatePart>,
    },
}

/// Target types of a cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CastTo {
    /// `i64`.
    Int,
    /// `f64`.
    Float,
    /// Text.
    Text,
    /// True and false; also from `true`, `false`, 0 and 1.
    Bool,
    /// A time from ISO-8601 text (no zone: UTC).
    Time,
    /// A time from integer seconds since 1970.
    TimeFromSeconds,
    /// A time from integer milliseconds since 1970.
    TimeFromMillis,
}

/// What fills a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImputeWith {
    /// The mean of the train part.
    Mean,
    /// Its median.
    Median,
    /// Its most frequent value, the smallest of equals.
    MostFrequent,
    /// `value`.
    Constant,
}

/// A calendar part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatePart {
    /// The year.
    Year,
    /// 1 to 12.
    Month,
    /// Of the month, 1 to 31.
    Day,
    /// 1 (Monday) to 7.
    Weekday,
    /// 0 to 23.
    Hour,
    /// 0 to 59.
    Minute,
}
