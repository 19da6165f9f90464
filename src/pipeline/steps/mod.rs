//! The steps, one file each: what its spec must be, what it does to the columns, what it learns and how it is applied.
//!
//! Each file has `check` (spec against a layout), `fit` where something is learned, the fitted data, and a ready form that
//! changes a [`Table`]. Fitting applies each step with the same ready form that scoring uses.

mod cast;
mod convert;
mod date_parts;
mod drop;
mod impute;
mod one_hot;
mod select;
mod standardize;

use serde::{Deserialize, Serialize};

pub use cast::FittedCast;
pub use date_parts::FittedDateParts;
pub use drop::FittedDrop;
pub use impute::{Fill, FilledColumn, FittedImpute};
pub use one_hot::{EncodedColumn, FittedOneHot, Values};
pub use select::FittedSelect;
pub use standardize::{FittedStandardize, ScaledColumn};

use super::error::{PipelineError, Result};
use super::layout::Layout;
use super::report::Report;
use super::spec::StepSpec;
use super::table::Table;

/// One fitted step: its spec, and what it learned. A step whose columns never reach a feature is kept, so that the table
/// after any step can be shown; applying for features passes over columns that are not there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum FittedStep {
    /// Keeps columns.
    Select(FittedSelect),
    /// Leaves columns out.
    Drop(FittedDrop),
    /// Changes types.
    Cast(FittedCast),
    /// Fills gaps.
    Impute(FittedImpute),
    /// Centres and scales.
    Standardize(FittedStandardize),
    /// A column per value.
    OneHot(FittedOneHot),
    /// Calendar parts.
    DateParts(FittedDateParts),
}

/// A fitted step with its columns resolved and its look-ups built.
pub(super) trait Ready: Send + Sync {
    /// Changes the columns of some rows; says which values it could do nothing with.
    fn apply(&self, table: &mut Table, unmatched: &mut dyn FnMut(&str, u64)) -> Result<()>;
}

impl StepSpec {
    /// The name in a run file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Select { .. } => "select",
            Self::Drop { .. } => "drop",
            Self::Cast { .. } => "cast",
            Self::Impute { .. } => "impute",
            Self::Standardize { .. } => "standardize",
            Self::OneHot { .. } => "one-hot",
            Self::DateParts { .. } => "date-parts",
        }
    }

    /// The columns that it names.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::Select { columns }
            | Self::Drop { columns }
            | Self::Cast { columns, .. }
            | Self::Impute { columns, .. }
            | Self::Standardize { columns }
            | Self::OneHot { columns, .. }
            | Self::DateParts { columns, .. } => columns,
        }
    }

    /// The same, to be changed.
    pub fn columns_mut(&mut self) -> &mut Vec<String> {
        match self {
            Self::Select { columns }
            | Self::Drop { columns }
            | Self::Cast { columns, .. }
            | Self::Impute { columns, .. }
            | Self::Standardize { columns }
            | Self::OneHot { columns, .. }
            | Self::DateParts { columns, .. } => columns,
        }
    }

    /// Holds the step against the columns before it; makes `layout` the columns after it.
    pub(super) fn check(&self, layout: &mut Layout, report: &mut Report) {
        match self {
            Self::Select { columns } => select::check(columns, layout, report),
            Self::Drop { columns } => drop::check(columns, layout, report),
            Self::Cast { columns, to } => cast::check(columns, *to, layout, report),
            Self::Impute { columns, with, value, indicator } => {
                let spec =
                    impute::Spec { columns, with: *with, value: value.as_ref(), indicator: *indicator };
                impute::check(spec, layout, report);
            }
            Self::Standardize { columns } => standardize::check(columns, layout, report),
            Self::OneHot { columns, max } => one_hot::check(columns, *max, layout, report),
            Self::DateParts { columns, parts } => date_parts::check(columns, parts, layout, report),
        }
    }

    /// Learns from the train part as the steps before have left it.
    pub(super) fn fit(&self, layout: &Layout, train: &Table) -> Result<FittedStep> {
        let found: Vec<Source<'_>> =
            self.columns().iter().map(|name| Source::find(name, layout, train)).collect::<Result<_>>()?;
        let columns = self.columns().to_vec();
        Ok(match self {
            Self::Select { .. } => FittedStep::Select(FittedSelect { columns }),
            Self::Drop { .. } => FittedStep::Drop(FittedDrop { columns }),
            Self::Cast { to, .. } => FittedStep::Cast(FittedCast { columns, to: *to }),
            Self::Impute { with, value, indicator, .. } => {
                FittedStep::Impute(impute::fit(&found, *with, value.as_ref(), *indicator)?)
            }
            Self::Standardize { .. } => FittedStep::Standardize(standardize::fit(&found)?),
            Self::OneHot { max, .. } => FittedStep::OneHot(one_hot::fit(&found, *max)?),
            Self::DateParts { parts, .. } => {
                FittedStep::DateParts(FittedDateParts { columns, parts: parts.clone() })
            }
        })
    }
}

impl FittedStep {
    /// The name in a run file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Select(_) => "select",
            Self::Drop(_) => "drop",
            Self::Cast(_) => "cast",
            Self::Impute(_) => "impute",
            Self::Standardize(_) => "standardize",
            Self::OneHot(_) => "one-hot",
            Self::DateParts(_) => "date-parts",
        }
    }

    /// Resolves its columns among those before it; makes `layout` the columns after it. Columns that are not there are
    /// passed over.
    pub(super) fn ready(&self, layout: &mut Layout) -> Result<Box<dyn Ready>> {
        match self {
            Self::Select(step) => step.ready(layout),
            Self::Drop(step) => step.ready(layout),
            Self::Cast(step) => step.ready(layout),
            Self::Impute(step) => step.ready(layout),
            Self::Standardize(step) => step.ready(layout),
            Self::OneHot(step) => step.ready(layout),
            Self::DateParts(step) => step.ready(layout),
        }
    }
}

/// A column that a step learns from.
struct Source<'a> {
    name: &'a str,
    kind: crate::codec::Kind,
    values: &'a polars::series::Series,
}

impl<'a> Source<'a> {
    fn find(name: &'a str, layout: &Layout, train: &'a Table) -> Result<Self> {
        let place = layout.find(name).ok_or_else(|| PipelineError::NotThere(name.into()))?;
        let column = layout.get(place).ok_or_else(|| PipelineError::NotThere(name.into()))?;
        Ok(Self { name, kind: column.kind, values: train.column(place) })
    }

    /// The values that are there, as numbers; a failure when there are none.
    fn present_numbers(&self) -> Result<Vec<f64>> {
        let numbers = super::table::numbers(self.values)?;
        let present: Vec<f64> = numbers.iter().flatten().filter(|value| !value.is_nan()).collect();
        if present.is_empty() { Err(PipelineError::NoValues(self.name.into())) } else { Ok(present) }
    }

    /// A statistic of the values, which must be finite.
    fn finite(&self, statistic: f64) -> Result<f64> {
        if statistic.is_finite() { Ok(statistic) } else { Err(PipelineError::TooLarge(self.name.into())) }
    }
}

/// The place and kind of a fitted step's column, or `None` where it reaches no feature. A kind that the step cannot take
/// means that the data were tampered with.
fn resolve(
    name: &str,
    layout: &Layout,
    takes: impl Fn(crate::codec::Kind) -> std::result::Result<(), super::report::Refusal>,
) -> Result<Option<(usize, crate::codec::Kind)>> {
    let Some(place) = layout.find(name) else { return Ok(None) };
    let Some(column) = layout.get(place) else { return Ok(None) };
    match takes(column.kind) {
        Ok(()) => Ok(Some((place, column.kind))),
        Err(refusal) => Err(PipelineError::Damaged(format!("`{name}` {refusal}"))),
    }
}
