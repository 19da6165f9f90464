//! A filter's expression on columns.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use polars::prelude::*;

use super::{Expression, Operator, Value};
use crate::codec::float_text;

/// Which rows the expression keeps.
pub fn evaluate(expression: &Expression, data: &DataFrame) -> Result<Vec<bool>, String> {
    match expression {
        Expression::Compare { name, operator, value } => {
            compare(column(data, name)?, value, |order| operator.holds(order))
        }
        Expression::IsNull { name } => {
            Ok(column(data, name)?.is_null().iter().map(|null| null == Some(true)).collect())
        }
        Expression::In { name, values } => {
            let column = column(data, name)?;
            let mut keep = vec![false; data.height()];
            for value in values {
                let equal = compare(column, value, |order| order == Some(Ordering::Equal))?;
                keep.iter_mut().zip(equal).for_each(|(keep, equal)| *keep |= equal);
            }
            Ok(keep)
        }
        Expression::Not(inner) => {
            let mut keep = evaluate(inner, data)?;
            keep.iter_mut().for_each(|keep| *keep = !*keep);
            Ok(keep)
        }
        Expression::All(parts) => combine(parts, data, |keep, other| keep & other),
        Expression::Any(parts) => combine(parts, data, |keep, other| keep | other),
    }
}

/// Milliseconds since 1970 of ISO-8601 text; without a zone it is UTC, a date alone is its midnight.
pub fn time(text: &str) -> Result<i64, String> {
    let civil = || text.parse::<DateTime>().ok().and_then(|civil| Offset::UTC.to_timestamp(civil).ok());
    text.parse::<Timestamp>()
        .ok()
        .or_else(civil)
        .map(Timestamp::as_millisecond)
        .ok_or_else(|| format!("\"{text}\" is not a time: expected text such as \"2013-01-01T00:00:00Z\""))
}

fn column<'d>(data: &'d DataFrame, name: &str) -> Result<&'d Series, String> {
    data.column(name).map(Column::as_materialized_series).map_err(|_| format!("there is no column {name}"))
}

fn combine(
    parts: &[Expression],
    data: &DataFrame,
    join: impl Fn(bool, bool) -> bool,
) -> Result<Vec<bool>, String> {
    let mut parts = parts.iter().map(|part| evaluate(part, data));
    let mut keep = parts.next().unwrap_or_else(|| Ok(vec![true; data.height()]))?;
    for other in parts {
        keep.iter_mut().zip(other?).for_each(|(keep, other)| *keep = join(*keep, other));
    }
    Ok(keep)
}

impl Operator {
    /// Whether values in this order pass; values without an order (NaN) only differ.
    fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::NotEqual => order != Some(Ordering::Equal),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

/// Compares every row with `value`; a row that cannot be compared does not pass.
fn compare(
    column: &Series,
    value: &Value,
    holds: impl Fn(Option<Ordering>) -> bool,
) -> Result<Vec<bool>, String> {
    let failed = |error: PolarsError| error.to_string();
    // The outer option says whether the row can be compared, the inner one is the order.
    let pass = |order: Option<Option<Ordering>>| order.is_some_and(&holds);
    Ok(match column.dtype() {
        DataType::Boolean => column
            .bool()
            .map_err(failed)?
            .iter()
            .map(|row| pass(row.and_then(|row| of_bool(row, value))))
            .collect(),
        DataType::String => column
            .str()
            .map_err(failed)?
            .iter()
            .map(|row| pass(row.and_then(|row| of_text(row, value))))
            .collect(),
        DataType::Binary => {
            let rows = column.binary().map_err(failed)?.iter();
            rows.map(|row| pass(row.and_then(|row| of_bytes(row, value)))).collect()
        }
        DataType::Datetime(..) | DataType::Date => {
            let Value::Text(text) = value else { return Ok(vec![false; column.len()]) };
            let limit = time(text)?;
            let millis = column
                .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
                .and_then(|series| series.cast(&DataType::Int64))
                .map_err(failed)?;
            millis
                .i64()
                .map_err(failed)?
                .iter()
                .map(|row| pass(row.map(|row| Some(row.cmp(&limit)))))
                .collect()
        }
        DataType::Float32 | DataType::Float64 => {
            let floats = column.cast(&DataType::Float64).map_err(failed)?;
            let rows = floats.f64().map_err(failed)?.iter();
            rows.map(|row| pass(row.and_then(|row| of_float(row, value)))).collect()
        }
        DataType::UInt64 => {
            let rows = column.u64().map_err(failed)?.iter();
            rows.map(|row| pass(row.and_then(|row| of_int(row.into(), value)))).collect()
        }
        dtype if dtype.is_integer() => {
            let integers = column.cast(&DataType::Int64).map_err(failed)?;
            let rows = integers.i64().map_err(failed)?.iter();
            rows.map(|row| pass(row.and_then(|row| of_int(row.into(), value)))).collect()
        }
        _ => vec![false; column.len()],
    })
}

fn of_bool(row: bool, value: &Value) -> Option<Option<Ordering>> {
    match value {
        Value::Bool(value) => Some(Some(row.cmp(value))),
        Value::Text(text) => Some(Some((if row { "true" } else { "false" }).cmp(text))),
        Value::Int(_) | Value::Float(_) => None,
    }
}

fn of_int(row: i128, value: &Value) -> Option<Option<Ordering>> {
    match value {
        Value::Int(value) => Some(Some(row.cmp(value))),
        Value::Float(value) => Some((row as f64).partial_cmp(value)),
        Value::Text(text) => Some(Some(row.to_string().as_str().cmp(text))),
        Value::Bool(_) => None,
    }
}

fn of_float(row: f64, value: &Value) -> Option<Option<Ordering>> {
    match value {
        Value::Int(value) => Some(row.partial_cmp(&(*value as f64))),
        Value::Float(value) => Some(row.partial_cmp(value)),
        Value::Text(text) => Some(Some(float_text(row).as_str().cmp(text))),
        Value::Bool(_) => None,
    }
}

fn of_text(row: &str, value: &Value) -> Option<Option<Ordering>> {
    match value {
        Value::Text(text) => Some(Some(row.cmp(text))),
        Value::Bool(value) => {
            let row = match row {
                "true" => true,
                "false" => false,
                _ => return None,
            };
            Some(Some(row.cmp(value)))
        }
        Value::Int(_) | Value::Float(_) => match row.parse::<i128>() {
            Ok(row) => of_int(row, value),
            Err(_) => row.parse::<f64>().ok().and_then(|row| of_float(row, value)),
        },
    }
}

fn of_bytes(row: &[u8], value: &Value) -> Option<Option<Ordering>> {
    match value {
        Value::Text(text) => Some(Some(row.cmp(text.as_bytes()))),
        _ => std::str::from_utf8(row).ok().and_then(|row| of_text(row, value)),
    }
}
