//! What is to be predicted.

use serde::{Deserialize, Serialize};

/// The kind of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskKind {
    /// One of two or more classes.
    Classification,
    /// A number.
    Regression,
}

/// `[task]` of a run file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskSpec {
    /// Classes or a number.
    pub kind: TaskKind,
    /// The column to predict.
    pub target: Target,
    /// Columns that no feature may use; the target's column is always left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
}

/// What the target is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Target {
    /// A column as it is.
    Column(String),
    /// Whether a number is above a limit: classes `false` and `true`.
    Above {
        #[allow(missing_docs)]
        column: String,
        #[allow(missing_docs)]
        above: f64,
    },
}

/// The truth for some rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Labels {
    /// Class of each row as an index into `names`, which are sorted (numbers by value, text by code point).
    Classes {
        #[allow(missing_docs)]
        names: Vec<String>,
        #[allow(missing_docs)]
        classes: Vec<u32>,
    },
    /// A number per row.
    Values(Vec<f64>),
}

impl Target {
    /// The column that it looks at.
    pub fn column(&self) -> &str {
        match self {
            Self::Column(column) | Self::Above { column, .. } => column,
        }
    }
}
