//! Values from one type to another, without loss: what has no exact counterpart becomes null.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use polars::prelude::*;

use crate::codec::Kind;
use crate::pipeline::spec::CastTo;
use crate::pipeline::table::{dtype, ints, numbers, unnamed};

/// The values as another type, and how many of those that were there became null. NaN is a missing value, so that it
/// becoming null is no failure. The pair must be one that the cast step takes.
pub(super) fn convert(values: &Series, from: Kind, to: CastTo) -> PolarsResult<(Series, u64)> {
    let converted = match (from, to) {
        (Kind::Null, _) => Series::full_null(PlSmallStr::EMPTY, values.len(), &dtype(to.kind())),
        (_, CastTo::Int) => unnamed(to_int(values, from)?),
        (_, CastTo::Float) => unnamed(to_float(values, from)?),
        (_, CastTo::Text) => unnamed(to_text(values, from)?),
        (_, CastTo::Bool) => unnamed(to_bool(values, from)?),
        (Kind::Text, CastTo::Time) => {
            times(values.str()?.iter().map(|text| text.and_then(read_time)).collect())
        }
        (_, CastTo::Time) => values.clone(),
        (_, CastTo::TimeFromSeconds) => times(to_millis(values, from, 1_000)?),
        (_, CastTo::TimeFromMillis) => times(to_millis(values, from, 1)?),
    };
    let missing_before = values.null_count() + not_a_number(values);
    let missing_after = converted.null_count() + not_a_number(&converted);
    Ok((converted, missing_after.saturating_sub(missing_before) as u64))
}

fn not_a_number(values: &Series) -> usize {
    values.f64().map_or(0, |numbers| numbers.iter().flatten().filter(|number| number.is_nan()).count())
}

fn to_int(values: &Series, from: Kind) -> PolarsResult<Int64Chunked> {
    Ok(match from {
        Kind::UInt => values.u64()?.iter().map(|value| value.and_then(|v| i64::try_from(v).ok())).collect(),
        Kind::Float => numbers(values)?.iter().map(|value| value.and_then(whole)).collect(),
        Kind::Text => values.str()?.iter().map(|value| value.and_then(|v| v.trim().parse().ok())).collect(),
        Kind::Time => values.datetime()?.physical().clone(),
        _ => ints(values)?,
    })
}

/// A number without a fraction, within what `i64` holds.
fn whole(number: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (number.fract() == 0.0 && (-LIMIT..LIMIT).contains(&number)).then_some(number as i64)
}

fn to_float(values: &Series, from: Kind) -> PolarsResult<Float64Chunked> {
    let read = |text: &str| text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    match from {
        Kind::Text => Ok(values.str()?.iter().map(|value| value.and_then(read)).collect()),
        Kind::Time => numbers(&values.datetime()?.physical().clone().into_series()),
        _ => numbers(values),
    }
}

fn to_text(values: &Series, from: Kind) -> PolarsResult<StringChunked> {
    Ok(match from {
        Kind::Float => {
            let text = |number: f64| (!number.is_nan()).then(|| number.to_string());
            numbers(values)?.iter().map(|value| value.and_then(text)).collect()
        }
        Kind::Time => {
            let text = |ms| Timestamp::from_millisecond(ms).ok().map(|time| time.to_string());
            values.datetime()?.physical().iter().map(|value| value.and_then(text)).collect()
        }
        _ => values.cast(&DataType::String)?.str().cloned()?,
    })
}

fn to_bool(values: &Series, from: Kind) -> PolarsResult<BooleanChunked> {
    let of_number = |number: f64| match number {
        0.0 => Some(false),
        1.0 => Some(true),
        _ => None,
    };
    let of_text = |text: &str| match text.trim() {
        "0" => Some(false),
        "1" => Some(true),
        word if word.eq_ignore_ascii_case("false") => Some(false),
        word if word.eq_ignore_ascii_case("true") => Some(true),
        _ => None,
    };
    Ok(match from {
        Kind::Bool => values.bool()?.clone(),
        Kind::Text => values.str()?.iter().map(|value| value.and_then(of_text)).collect(),
        _ => numbers(values)?.iter().map(|value| value.and_then(of_number)).collect(),
    })
}

fn times(ms: Int64Chunked) -> Series {
    let mut times = ms.into_datetime(TimeUnit::Milliseconds, None).into_series();
    times.rename(PlSmallStr::EMPTY);
    times
}

/// Milliseconds of numbers that count units of `unit` milliseconds; fractions of a second are kept to the millisecond.
fn to_millis(values: &Series, from: Kind, unit: i64) -> PolarsResult<Int64Chunked> {
    Ok(match from {
        Kind::Float => {
            let scaled = |number: f64| whole((number * unit as f64).round());
            numbers(values)?.iter().map(|value| value.and_then(scaled)).collect()
        }
        _ => {
            let scaled = |number: i64| number.checked_mul(unit);
            to_int(values, from)?.iter().map(|value| value.and_then(scaled)).collect()
        }
    })
}

/// ISO-8601 with an offset or without one, which is UTC; also a date alone.
fn read_time(text: &str) -> Option<i64> {
    let text = text.trim();
    let with_offset = || text.parse::<Timestamp>().ok();
    let without = || TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok();
    with_offset().or_else(without).map(|time| time.as_millisecond())
}
