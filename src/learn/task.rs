//! What is to be predicted.

use std::fmt;

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
#[serde(untagged, deny_unknown_fields)]
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
    /// A class as a person reads it: of a limit `above 15` and `up to 15` in place of `true` and `false`.
    pub fn class_in_words(&self, class: &str) -> String {
        match (self, class) {
            (Self::Above { above, .. }, "true") => format!("above {}", in_words(*above)),
            (Self::Above { above, .. }, "false") => format!("up to {}", in_words(*above)),
            _ => class.to_owned(),
        }
    }

    /// The column that it looks at.
    pub fn column(&self) -> &str {
        match self {
            Self::Column(column) | Self::Above { column, .. } => column,
        }
    }
}

/// As a person reads it: `arr_delay above 15`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(column) => write!(f, "{column}"),
            Self::Above { column, above } => write!(f, "{column} above {}", in_words(*above)),
        }
    }
}

/// A limit with the true minus.
fn in_words(limit: f64) -> String {
    limit.to_string().replace('-', "\u{2212}")
}

impl Labels {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Classes { classes, .. } => classes.len(),
            Self::Values(values) => values.len(),
        }
    }

    /// What they are the truth of.
    pub fn kind(&self) -> TaskKind {
        match self {
            Self::Classes { .. } => TaskKind::Classification,
            Self::Values(_) => TaskKind::Regression,
        }
    }

    /// Class of each row; `None` of numbers.
    pub fn classes(&self) -> Option<&[u32]> {
        if let Self::Classes { classes, .. } = self { Some(classes) } else { None }
    }

    /// Number of each row; `None` of classes.
    pub fn values(&self) -> Option<&[f64]> {
        if let Self::Values(values) = self { Some(values) } else { None }
    }

    /// The labels of these rows, in this order; the names stay.
    pub fn select(&self, rows: &[u32]) -> Self {
        fn pick<T: Copy>(from: &[T], rows: &[u32]) -> Vec<T> {
            rows.iter().filter_map(|row| from.get(*row as usize)).copied().collect()
        }
        match self {
            Self::Classes { names, classes } => {
                Self::Classes { names: names.clone(), classes: pick(classes, rows) }
            }
            Self::Values(values) => Self::Values(pick(values, rows)),
        }
    }

    /// Rows of each class; empty of numbers.
    pub fn counts(&self) -> Vec<u64> {
        let Self::Classes { names, classes } = self else { return Vec::new() };
        let mut counts = vec![0; names.len()];
        for class in classes {
            if let Some(count) = counts.get_mut(*class as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// The same with only the classes that occur, and for each old class its new number.
    pub(super) fn without_unseen_classes(&self) -> (Self, Vec<Option<u32>>) {
        let Self::Classes { names, classes } = self else { return (self.clone(), Vec::new()) };
        let mut next = 0..;
        let seen: Vec<Option<u32>> =
            self.counts().iter().map(|count| (*count > 0).then(|| next.next()).flatten()).collect();
        let names =
            names.iter().zip(&seen).filter(|(_, new)| new.is_some()).map(|(name, _)| name.clone()).collect();
        let new = |class: &u32| seen.get(*class as usize).copied().flatten();
        let classes = classes.iter().filter_map(new).collect();
        (Self::Classes { names, classes }, seen)
    }
}
