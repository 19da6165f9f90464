//! Standardize: mean 0 and standard deviation (n) 1 over the train part. Missing values stay missing.

use polars::prelude::ChunkApply;
use serde::{Deserialize, Serialize};

use super::{Ready, Source, resolve};
use crate::codec::Kind;
use crate::pipeline::error::Result;
use crate::pipeline::layout::Layout;
use crate::pipeline::report::{Report, numbers_only};
use crate::pipeline::statistics;
use crate::pipeline::table::{Table, numbers, unnamed};

/// A fitted standardize step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedStandardize {
    /// Its columns.
    pub columns: Vec<ScaledColumn>,
}

/// What was learned of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScaledColumn {
    /// The column.
    pub column: String,
    /// Its mean in the train part.
    pub mean: f64,
    /// Its standard deviation (n) there; 1 for a constant column.
    pub scale: f64,
}

struct ReadyStandardize {
    columns: Vec<(usize, f64, f64)>,
}

pub(super) fn check(columns: &[String], layout: &mut Layout, report: &mut Report) {
    for place in report.columns(columns, layout, numbers_only) {
        layout.set_kind(place, Kind::Float);
    }
}

pub(super) fn fit(sources: &[Source<'_>]) -> Result<FittedStandardize> {
    let learn = |source: &Source<'_>| {
        let values = source.present_numbers()?;
        let mean = source.finite(statistics::mean(&values))?;
        let scale = source.finite(statistics::scale(&values, mean))?;
        Ok(ScaledColumn { column: source.name.to_owned(), mean, scale })
    };
    Ok(FittedStandardize { columns: sources.iter().map(learn).collect::<Result<_>>()? })
}

impl FittedStandardize {
    pub(super) fn ready(&self, layout: &mut Layout) -> Result<Box<dyn Ready>> {
        let mut columns = Vec::new();
        for ScaledColumn { column, mean, scale } in &self.columns {
            if let Some((place, _)) = resolve(column, layout, numbers_only)? {
                layout.set_kind(place, Kind::Float);
                columns.push((place, *mean, *scale));
            }
        }
        Ok(Box::new(ReadyStandardize { columns }))
    }
}

impl Ready for ReadyStandardize {
    fn apply(&self, table: &mut Table, _unmatched: &mut dyn FnMut(&str, u64)) -> Result<()> {
        for &(place, mean, scale) in &self.columns {
            let scaled = numbers(table.column(place))?.apply_values(|value| (value - mean) / scale);
            table.replace(place, unnamed(scaled));
        }
        Ok(())
    }
}
