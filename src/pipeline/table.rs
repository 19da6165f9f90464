//! The columns of some rows between two steps.
//!
//! Values are polars series without names; names and types stand in the [`Layout`] beside it. Integers that steps make
//! may be narrow (`u8`, `i32`); [`ints`] and [`numbers`] read any.

#![allow(clippy::indexing_slicing, reason = "a step's indices come from the layout that the table follows")]

use polars::prelude::*;

use super::error::{PipelineError, Result};
use super::layout::Layout;
use super::matrix::FeatureMatrix;
use crate::codec::{Field, Kind};

/// Column after column, as the layout has them.
#[derive(Clone, Debug)]
pub(super) struct Table {
    rows: usize,
    columns: Vec<Series>,
}

impl Table {
    /// Takes these fields from a frame, each in the one form that steps expect of its kind.
    pub(super) fn take(rows: &DataFrame, fields: &[Field]) -> Result<Self> {
        let there = |field: &Field| rows.get_column_index(&field.name).is_some();
        let missing: Vec<String> =
            fields.iter().filter(|field| !there(field)).map(|field| field.name.clone()).collect();
        if !missing.is_empty() {
            return Err(PipelineError::MissingInput(missing));
        }
        let column = |field: &Field| conform(rows.column(&field.name)?.as_materialized_series(), field);
        Ok(Self { rows: rows.height(), columns: fields.iter().map(column).collect::<Result<_>>()? })
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn column(&self, index: usize) -> &Series {
        &self.columns[index]
    }

    pub(super) fn replace(&mut self, index: usize, column: Series) {
        self.columns[index] = column;
    }

    pub(super) fn push(&mut self, column: Series) {
        self.columns.push(column);
    }

    /// Keeps these columns, in this order.
    pub(super) fn keep(&mut self, order: &[usize]) {
        self.columns = order.iter().map(|&index| self.columns[index].clone()).collect();
    }

    /// As features; a null becomes NaN.
    pub(super) fn to_matrix(&self, names: Arc<[String]>) -> Result<FeatureMatrix> {
        let mut values = Vec::with_capacity(self.rows * self.columns.len());
        for column in &self.columns {
            let numbers = numbers(column)?;
            match numbers.cont_slice() {
                Ok(slice) => values.extend_from_slice(slice),
                Err(_) => values.extend(numbers.iter().map(|value| value.unwrap_or(f64::NAN))),
            }
        }
        FeatureMatrix::new(names, self.rows, values)
            .ok_or_else(|| PipelineError::Damaged("columns of different lengths".into()))
    }

    /// As a frame, for the window.
    pub(super) fn into_frame(self, layout: &Layout) -> Result<DataFrame> {
        let named = self.columns.into_iter().zip(layout.columns()).map(|(mut values, column)| {
            values.rename(column.name.as_str().into());
            values.into_column()
        });
        Ok(DataFrame::new(self.rows, named.collect())?)
    }
}

/// Any number, or true and false, as `f64`.
pub(super) fn numbers(values: &Series) -> PolarsResult<Float64Chunked> {
    values.cast(&DataType::Float64)?.f64().cloned()
}

/// Integers of any width as `i64`.
pub(super) fn ints(values: &Series) -> PolarsResult<Int64Chunked> {
    values.cast(&DataType::Int64)?.i64().cloned()
}

/// A series without a name.
pub(super) fn unnamed<T: PolarsDataType>(mut values: ChunkedArray<T>) -> Series
where
    ChunkedArray<T>: IntoSeries,
{
    values.rename(PlSmallStr::EMPTY);
    values.into_series()
}

/// The kind that a frame's column has.
pub(super) fn kind_of(values: &DataType) -> Option<Kind> {
    Some(match values {
        DataType::Null => Kind::Null,
        DataType::Boolean => Kind::Bool,
        DataType::UInt64 => Kind::UInt,
        DataType::Float32 | DataType::Float64 => Kind::Float,
        DataType::String => Kind::Text,
        DataType::Date | DataType::Datetime(..) => Kind::Time,
        kind if kind.is_integer() => Kind::Int,
        _ => return None,
    })
}

fn conform(values: &Series, field: &Field) -> Result<Series> {
    let wrong = || PipelineError::InputType {
        column: field.name.clone(),
        wanted: words(field.kind),
        found: values.dtype().to_string(),
    };
    if *values.dtype() == DataType::Null {
        return Ok(Series::full_null(PlSmallStr::EMPTY, values.len(), &dtype(field.kind)));
    }
    let found = kind_of(values.dtype()).ok_or_else(wrong)?;
    match (field.kind, found) {
        (Kind::Time, Kind::Time) => to_milliseconds(values),
        (Kind::Text | Kind::Json | Kind::Null, Kind::Text)
        | (Kind::Bool, Kind::Bool)
        | (Kind::Int, Kind::Int)
        | (Kind::UInt, Kind::Int | Kind::UInt)
        | (Kind::Float, Kind::Int | Kind::UInt | Kind::Float) => {
            values.strict_cast(&dtype(field.kind)).map_err(|_| wrong())
        }
        _ => Err(wrong()),
    }
}

/// The form that a kind has in a table.
pub(super) fn dtype(kind: Kind) -> DataType {
    match kind {
        Kind::Bool => DataType::Boolean,
        Kind::Int => DataType::Int64,
        Kind::UInt => DataType::UInt64,
        Kind::Float => DataType::Float64,
        Kind::Null | Kind::Text | Kind::Json => DataType::String,
        Kind::Time => DataType::Datetime(TimeUnit::Milliseconds, None),
    }
}

/// A kind for a person.
pub(super) fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "only nulls",
        Kind::Bool => "true and false",
        Kind::Int | Kind::UInt => "integers",
        Kind::Float => "numbers",
        Kind::Text => "text",
        Kind::Time => "times",
        Kind::Json => "arrays as JSON",
    }
}

/// Times of any unit and zone as UTC milliseconds; what is below a millisecond is cut off, towards the past.
fn to_milliseconds(values: &Series) -> Result<Series> {
    let per_unit = |multiply: i64, divide: i64| -> Result<Series> {
        let physical = ints(&values.to_physical_repr())?;
        let scaled = physical.apply_values(|value| value.saturating_mul(multiply).div_euclid(divide));
        Ok(scaled.into_datetime(TimeUnit::Milliseconds, None).into_series())
    };
    match values.dtype() {
        DataType::Datetime(TimeUnit::Milliseconds, None) => Ok(values.clone()),
        DataType::Datetime(TimeUnit::Milliseconds, Some(_)) => per_unit(1, 1),
        DataType::Datetime(TimeUnit::Microseconds, _) => per_unit(1, 1_000),
        DataType::Datetime(TimeUnit::Nanoseconds, _) => per_unit(1, 1_000_000),
        _ => per_unit(86_400_000, 1),
    }
}
