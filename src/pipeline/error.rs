//! What can go wrong in fitting and applying.

use polars::error::PolarsError;

use crate::jobs::{Cancelled, Problem};

pub(super) type Result<T> = std::result::Result<T, PipelineError>;

/// A failure; becomes a [`Problem`] where it leaves the module.
#[derive(Debug, thiserror::Error)]
pub(super) enum PipelineError {
    #[error("the rows have no column {}", quoted(.0))]
    MissingInput(Vec<String>),
    #[error("`{column}` should be {wanted} and is {found}")]
    InputType { column: String, wanted: &'static str, found: String },
    #[error("the train part has no rows")]
    NoRows,
    #[error("{}", infinite(.0))]
    Infinite(Vec<(String, u64)>),
    #[error("`{0}` has no value in the train part")]
    NoValues(String),
    #[error("the values of `{0}` are too large to be summed")]
    TooLarge(String),
    #[error("`{column}` has {values} different values in the train part")]
    TooManyValues { column: String, values: usize },
    #[error("there is no column `{0}` at this point")]
    NotThere(String),
    #[error("a column `{0}` would be made twice")]
    MadeTwice(String),
    #[error("`{0}` is not a number at the end")]
    NotANumber(String),
    #[error("the fitted pipeline is damaged: {0}")]
    Damaged(String),
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    #[error("{0}")]
    Polars(#[from] PolarsError),
    #[error("step {} ({name}): {cause}", .step + 1)]
    AtStep { step: usize, name: &'static str, cause: Box<PipelineError> },
}

impl PipelineError {
    /// Says at which step it happened.
    pub(super) fn at(self, step: usize, name: &'static str) -> Self {
        match self {
            Self::Cancelled(_) => self,
            cause => Self::AtStep { step, name, cause: Box::new(cause) },
        }
    }

    /// The failure of `what`, for a person.
    pub(super) fn problem(self, what: &str) -> Problem {
        if matches!(self, Self::Cancelled(_)) {
            return Problem::cancelled(what);
        }
        Problem::new(what, self.to_string(), self.next())
    }

    fn next(&self) -> &'static str {
        match self {
            Self::MissingInput(_) => {
                "Read records that have these fields, or fit the pipeline again without them"
            }
            Self::InputType { .. } => "Read the column with the type it had in training, or fit again",
            Self::NoRows => "Choose a larger range, or a larger train part",
            Self::Infinite(_) => "Drop these columns, or filter out the rows that hold infinite values",
            Self::NoValues(_) => "Drop the column, or fill it with a constant",
            Self::TooLarge(_) => "Drop the column, or filter out its extreme values",
            Self::TooManyValues { .. } => {
                "Set `max` to keep the most frequent values only, or drop the column"
            }
            Self::NotThere(_) => "Name a column that the train part makes, or remove it from the step",
            Self::MadeTwice(_) => "Drop the column that already has this name before the step",
            Self::NotANumber(_) => "One-hot, cast or drop it",
            Self::Damaged(_) => "Fetch the package again, or fit again",
            Self::Cancelled(_) | Self::Polars(_) => "",
            Self::AtStep { cause, .. } => cause.next(),
        }
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn infinite(columns: &[(String, u64)]) -> String {
    let each = columns.iter().map(|(name, count)| {
        let values = if *count == 1 { "value" } else { "values" };
        format!("`{name}` has {count} infinite {values}")
    });
    each.collect::<Vec<_>>().join(", ")
}
