//! Impute: fill nulls and NaN, with a statistic of the train part or a constant.

use polars::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Ready, Source, resolve};
use crate::codec::Kind;
use crate::pipeline::error::{PipelineError, Result};
use crate::pipeline::layout::Layout;
use crate::pipeline::report::{Refusal, Report, numbers_only};
use crate::pipeline::spec::ImputeWith;
use crate::pipeline::statistics;
use crate::pipeline::table::{Table, ints, numbers, unnamed};

/// A fitted impute step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedImpute {
    /// Its columns.
    pub columns: Vec<FilledColumn>,
    /// Whether each also makes a column `NAME_missing`.
    pub indicator: bool,
}

/// What was learned of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilledColumn {
    /// The column.
    pub column: String,
    /// What fills its gaps; its type is the column's type afterwards.
    pub fill: Fill,
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fill {
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer above the range of `i64`, or in a column of such.
    UInt(u64),
    /// A number.
    Float(f64),
    /// Text.
    Text(String),
}

/// The step's part of a [`StepSpec`](crate::pipeline::StepSpec).
#[derive(Clone, Copy)]
pub(super) struct Spec<'a> {
    pub(super) columns: &'a [String],
    pub(super) with: ImputeWith,
    pub(super) value: Option<&'a Value>,
    pub(super) indicator: bool,
}

struct ReadyImpute {
    columns: Vec<(usize, Fill)>,
    indicator: bool,
}

pub(super) fn check(spec: Spec<'_>, layout: &mut Layout, report: &mut Report) {
    let takes = |kind| takes(spec.with, kind);
    let places = report.columns(spec.columns, layout, takes);
    match (spec.with, spec.value) {
        (ImputeWith::Constant, None) => report.add("value", "`constant` needs a value: say which"),
        (ImputeWith::Constant, Some(_)) | (_, None) => {}
        (_, Some(_)) => report.add("value", "only `constant` takes a value: remove it, or choose `constant`"),
    }
    for place in places {
        let Some(column) = layout.get(place).cloned() else { continue };
        match kind_after(spec, column.kind) {
            Ok(kind) => layout.set_kind(place, kind),
            Err(why) => {
                report.add_of("value", &column.name, format!("does not fit `{}`, {why}", column.name))
            }
        }
        if spec.indicator && !column.many {
            report.make(layout, indicator_name(&column.name), Kind::Int, column.origin);
        }
    }
}

fn takes(with: ImputeWith, kind: Kind) -> std::result::Result<(), Refusal> {
    match (kind, with) {
        (Kind::Text, ImputeWith::MostFrequent | ImputeWith::Constant) => Ok(()),
        (Kind::Text, _) => {
            Err("is text, which has no mean or median: fill with `most-frequent` or `constant`")
        }
        (Kind::Time, _) => Err("is a time: take its date parts first, then fill those"),
        _ => numbers_only(kind),
    }
}

fn kind_after(spec: Spec<'_>, kind: Kind) -> std::result::Result<Kind, &'static str> {
    match (spec.with, spec.value) {
        (ImputeWith::Mean | ImputeWith::Median, _) => Ok(Kind::Float),
        (ImputeWith::Constant, Some(value)) => constant(value, kind).map(|fill| fill.kind()),
        _ => Ok(kind),
    }
}

/// The fill that a constant is for a column of this kind; a fraction makes integers numbers.
fn constant(value: &Value, kind: Kind) -> std::result::Result<Fill, &'static str> {
    match kind {
        Kind::Text => {
            let text = value.as_str().ok_or("which is text: give a text")?;
            Ok(Fill::Text(text.to_owned()))
        }
        Kind::Bool => {
            let truth = value.as_bool().or(match value.as_f64() {
                Some(0.0) => Some(false),
                Some(1.0) => Some(true),
                _ => None,
            });
            truth.map(Fill::Bool).ok_or("which is true and false: give true or false")
        }
        Kind::Int if value.as_i64().is_some() => Ok(Fill::Int(value.as_i64().unwrap_or_default())),
        Kind::UInt if value.as_u64().is_some() => Ok(Fill::UInt(value.as_u64().unwrap_or_default())),
        _ => {
            let number = value.as_f64().filter(|number| number.is_finite());
            number.map(Fill::Float).ok_or("which holds numbers: give a finite number")
        }
    }
}

fn indicator_name(column: &str) -> String {
    format!("{column}_missing")
}

pub(super) fn fit(
    sources: &[Source<'_>],
    with: ImputeWith,
    value: Option<&Value>,
    indicator: bool,
) -> Result<FittedImpute> {
    let learn = |source: &Source<'_>| {
        let fill = match with {
            ImputeWith::Mean => Fill::Float(source.finite(statistics::mean(&source.present_numbers()?))?),
            ImputeWith::Median => Fill::Float(median(source)?),
            ImputeWith::MostFrequent => most_frequent(source)?,
            ImputeWith::Constant => {
                let fill = constant(value.unwrap_or(&Value::Null), source.kind);
                fill.map_err(|why| PipelineError::Damaged(format!("`{}`, {why}", source.name)))?
            }
        };
        Ok(FilledColumn { column: source.name.to_owned(), fill })
    };
    Ok(FittedImpute { columns: sources.iter().map(learn).collect::<Result<_>>()?, indicator })
}

fn median(source: &Source<'_>) -> Result<f64> {
    statistics::median(source.present_numbers()?).ok_or_else(|| PipelineError::NoValues(source.name.into()))
}

fn most_frequent(source: &Source<'_>) -> Result<Fill> {
    let fill = match source.kind {
        Kind::Text => {
            let texts: Vec<&str> = source.values.str()?.iter().flatten().collect();
            statistics::most_frequent(texts, Ord::cmp).map(|text| Fill::Text(text.to_owned()))
        }
        Kind::Bool => {
            let truths = source.values.bool()?.iter().flatten().collect();
            statistics::most_frequent(truths, Ord::cmp).map(Fill::Bool)
        }
        Kind::Int => {
            let ints = ints(source.values)?.iter().flatten().collect();
            statistics::most_frequent(ints, Ord::cmp).map(Fill::Int)
        }
        Kind::UInt => {
            let ints = source.values.u64()?.iter().flatten().collect();
            statistics::most_frequent(ints, Ord::cmp).map(Fill::UInt)
        }
        _ => {
            // Adding 0 makes the two zeros one.
            let numbers = source.present_numbers()?.into_iter().map(|number| number + 0.0).collect();
            statistics::most_frequent(numbers, f64::total_cmp).map(Fill::Float)
        }
    };
    fill.ok_or_else(|| PipelineError::NoValues(source.name.into()))
}

impl Fill {
    fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::UInt(_) => Kind::UInt,
            Self::Float(_) => Kind::Float,
            Self::Text(_) => Kind::Text,
        }
    }

    /// Whether it can stand in a column of that kind.
    fn fits(&self, kind: Kind) -> bool {
        match self {
            Self::Float(_) => numbers_only(kind).is_ok(),
            other => other.kind() == kind,
        }
    }

    fn fill(&self, values: &Series) -> PolarsResult<Series> {
        Ok(match self {
            Self::Float(fill) => {
                let filled = |value: Option<f64>| value.filter(|value| !value.is_nan()).unwrap_or(*fill);
                unnamed(numbers(values)?.iter().map(filled).collect_ca(PlSmallStr::EMPTY) as Float64Chunked)
            }
            _ if values.null_count() == 0 => values.clone(),
            Self::Bool(fill) => values.bool()?.fill_null_with_values(*fill)?.into_series(),
            Self::Int(fill) => ints(values)?.fill_null_with_values(*fill)?.into_series(),
            Self::UInt(fill) => values.u64()?.fill_null_with_values(*fill)?.into_series(),
            Self::Text(fill) => {
                let filled = values.str()?.iter().map(|value| Some(value.unwrap_or(fill)));
                unnamed(filled.collect::<StringChunked>())
            }
        })
    }
}

impl FittedImpute {
    pub(super) fn ready(&self, layout: &mut Layout) -> Result<Box<dyn Ready>> {
        let mut columns = Vec::new();
        for FilledColumn { column, fill } in &self.columns {
            let Some((place, kind)) = resolve(column, layout, |_| Ok(()))? else { continue };
            if !fill.fits(kind) {
                return Err(PipelineError::Damaged(format!("`{column}` is filled with another type")));
            }
            layout.set_kind(place, fill.kind());
            columns.push((place, fill.clone()));
        }
        if self.indicator {
            for &(place, _) in &columns {
                let Some(column) = layout.get(place).cloned() else { continue };
                layout.push(indicator_name(&column.name), Kind::Int, column.origin)?;
            }
        }
        Ok(Box::new(ReadyImpute { columns, indicator: self.indicator }))
    }
}

impl Ready for ReadyImpute {
    fn apply(&self, table: &mut Table, _unmatched: &mut dyn FnMut(&str, u64)) -> Result<()> {
        if self.indicator {
            for &(place, _) in &self.columns {
                table.push(missing(table.column(place))?);
            }
        }
        for (place, fill) in &self.columns {
            let filled = fill.fill(table.column(*place))?;
            table.replace(*place, filled);
        }
        Ok(())
    }
}

/// 1 where a value is null or NaN.
fn missing(values: &Series) -> PolarsResult<Series> {
    let flags: Vec<u8> = match values.f64() {
        Ok(numbers) => numbers.iter().map(|value| u8::from(value.is_none_or(f64::is_nan))).collect(),
        Err(_) => values.is_null().iter().map(|null| u8::from(null == Some(true))).collect(),
    };
    Ok(unnamed(UInt8Chunked::from_vec(PlSmallStr::EMPTY, flags)))
}
