//! What is in each column: exact counts over all rows, column after column, some at a time.

use polars::prelude::*;
use rayon::prelude::*;
use serde::Serialize;

use super::plain::time_text;
use crate::codec::{Kind, float_text, meta};
use crate::jobs::{Cancel, Cancelled, Progress};

mod looks;

/// Bins of a histogram, and the most frequent values of text that it counts.
const BINS: usize = 20;

/// Whole numbers that span no more than this have a bin each: days of a month, hours, months.
const VALUES: f64 = 32.0;

/// Most frequent values that are kept.
const TOP: usize = 5;

/// One column's profile, over all rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnProfile {
    /// The column.
    pub name: String,
    /// Its type, short: `i64`, `u64`, `f64`, `str`, `bool`, `time`.
    pub kind: &'static str,
    /// Rows.
    pub rows: u64,
    /// Nulls (NaN is counted apart).
    pub nulls: u64,
    /// NaN and infinite values.
    pub not_finite: u64,
    /// Different values, nulls left out; exact. NaN counts as one value.
    pub distinct: u64,
    /// Smallest and largest value, as text in full precision; of a float the finite ones.
    pub min: Option<String>,
    #[allow(missing_docs)]
    pub max: Option<String>,
    /// Mean of the finite values of a number.
    pub mean: Option<f64>,
    /// Standard deviation (n) of them.
    pub std: Option<f64>,
    /// Of floats and times 20 equal bins. Of integers a bin for each where they span at most 32, else at most 20 bins of
    /// the same number of integers each; so none is higher only because more integers fall into it. Of text and true or
    /// false the 20 most frequent values, in the order of `top`. One bin where there is one value.
    pub histogram: Histogram,
    /// The most frequent values with their counts, at most 5; the smaller value first among equals.
    pub top: Vec<(String, u64)>,
    /// What to think about before using it.
    pub warnings: Vec<Warning>,
}

/// A small distribution.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Histogram {
    /// Where the first bin begins and the last ends; 0 and 0 for text.
    pub low: f64,
    #[allow(missing_docs)]
    pub high: f64,
    /// Rows per bin.
    pub counts: Vec<u64>,
}

/// Something to think about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// One value only.
    Constant,
    /// Nulls only.
    AllNull,
    /// A different value in nearly every row.
    IdLike,
    /// NaN or infinite values.
    NotFinite,
    /// Text that reads as ISO-8601 time, or integers that read as epoch seconds or milliseconds: offer a cast.
    LooksLikeTime,
    /// Text that reads as numbers throughout.
    LooksLikeNumber,
}

/// Profiles every column (meta columns left out), some at a time.
pub fn profile(
    data: &DataFrame,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Vec<ColumnProfile>, Cancelled> {
    let columns: Vec<&Column> =
        data.columns().iter().filter(|column| !meta::ALL.contains(&column.name().as_str())).collect();
    progress.stage("profiling columns", columns.len() as u64);
    columns
        .into_par_iter()
        .map(|column| {
            cancel.check()?;
            let profile = profile_column(column.as_materialized_series());
            progress.add(1);
            Ok(profile)
        })
        .collect()
}

fn profile_column(series: &Series) -> ColumnProfile {
    let kind = Kind::of(series.dtype()).unwrap_or(Kind::Null);
    let mut profile = ColumnProfile {
        name: series.name().to_string(),
        kind: kind.short(),
        rows: series.len() as u64,
        nulls: series.null_count() as u64,
        not_finite: 0,
        distinct: 0,
        min: None,
        max: None,
        mean: None,
        std: None,
        histogram: Histogram::default(),
        top: Vec::new(),
        warnings: Vec::new(),
    };
    match kind {
        Kind::Float => floats(&mut profile, series),
        Kind::Int => integers(&mut profile, series, |value| value.to_string()),
        Kind::UInt => unsigned(&mut profile, series),
        Kind::Time => {
            integers(&mut profile, series, |value| time_text(value).unwrap_or_else(|| value.to_string()))
        }
        _ => texts(&mut profile, series),
    }
    looks::warn(&mut profile, kind, series);
    profile
}

fn floats(profile: &mut ColumnProfile, series: &Series) {
    let Ok(series) = series.cast(&DataType::Float64) else { return };
    let Ok(values) = series.f64() else { return };
    // -0 and 0 are one value, and so are all NaNs.
    let mut sorted: Vec<f64> =
        values.iter().flatten().map(|value| if value.is_nan() { f64::NAN } else { value + 0.0 }).collect();
    sorted.par_sort_unstable_by(f64::total_cmp);
    let finite: Vec<f64> = sorted.iter().copied().filter(|value| value.is_finite()).collect();
    profile.not_finite = (sorted.len() - finite.len()) as u64;
    count_runs(profile, &sorted, |a, b| a.total_cmp(b).is_eq(), |value| float_text(*value));
    profile.min = finite.first().copied().map(float_text);
    profile.max = finite.last().copied().map(float_text);
    summarize(profile, &finite, false);
}

fn integers(profile: &mut ColumnProfile, series: &Series, text: impl Fn(i64) -> String) {
    let millis = DataType::Datetime(TimeUnit::Milliseconds, None);
    let is_time = Kind::of(series.dtype()) == Some(Kind::Time);
    let series = if is_time { series.cast(&millis) } else { Ok(series.clone()) };
    let Ok(series) = series.and_then(|series| series.cast(&DataType::Int64)) else { return };
    let Ok(values) = series.i64() else { return };
    let mut sorted: Vec<i64> = values.iter().flatten().collect();
    sorted.par_sort_unstable();
    count_runs(profile, &sorted, |a, b| a == b, |value| text(*value));
    profile.min = sorted.first().map(|value| text(*value));
    profile.max = sorted.last().map(|value| text(*value));
    summarize(profile, &sorted.iter().map(|value| *value as f64).collect::<Vec<_>>(), !is_time);
    if is_time {
        (profile.mean, profile.std) = (None, None);
    }
}

fn unsigned(profile: &mut ColumnProfile, series: &Series) {
    let Ok(series) = series.cast(&DataType::UInt64) else { return };
    let Ok(values) = series.u64() else { return };
    let mut sorted: Vec<u64> = values.iter().flatten().collect();
    sorted.par_sort_unstable();
    count_runs(profile, &sorted, |a, b| a == b, ToString::to_string);
    profile.min = sorted.first().map(ToString::to_string);
    profile.max = sorted.last().map(ToString::to_string);
    summarize(profile, &sorted.iter().map(|value| *value as f64).collect::<Vec<_>>(), true);
}

fn texts(profile: &mut ColumnProfile, series: &Series) {
    let Ok(series) = series.cast(&DataType::String) else { return };
    let Ok(values) = series.str() else { return };
    let mut counts: PlHashMap<&str, u64> = PlHashMap::default();
    for value in values.iter().flatten() {
        *counts.entry(value).or_default() += 1;
    }
    profile.distinct = counts.len() as u64;
    profile.min = counts.keys().min().map(|text| (*text).to_owned());
    profile.max = counts.keys().max().map(|text| (*text).to_owned());
    let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
    let order = |(a, left): &(&str, u64), (b, right): &(&str, u64)| right.cmp(left).then_with(|| a.cmp(b));
    if counts.len() > BINS {
        counts.select_nth_unstable_by(BINS, order);
        counts.truncate(BINS);
    }
    counts.sort_unstable_by(order);
    profile.histogram.counts = counts.iter().map(|(_, count)| *count).collect();
    profile.top = counts.into_iter().take(TOP).map(|(text, count)| (text.to_owned(), count)).collect();
}

/// Distinct values and the most frequent ones, from sorted values.
fn count_runs<T>(
    profile: &mut ColumnProfile,
    sorted: &[T],
    same: impl Fn(&T, &T) -> bool,
    text: impl Fn(&T) -> String,
) {
    let mut top: Vec<(&T, u64)> = Vec::with_capacity(TOP + 1);
    for run in sorted.chunk_by(same) {
        profile.distinct += 1;
        let count = run.len() as u64;
        if top.len() < TOP || top.last().is_some_and(|(_, least)| *least < count) {
            let place = top.partition_point(|(_, other)| *other >= count);
            top.extend(run.first().map(|value| (value, count)));
            if let Some(tail) = top.get_mut(place..) {
                tail.rotate_right(1);
            }
            top.truncate(TOP);
        }
    }
    profile.top = top.into_iter().map(|(value, count)| (text(value), count)).collect();
}

/// Mean, standard deviation and histogram of sorted finite values; `whole` where they are integers.
fn summarize(profile: &mut ColumnProfile, sorted: &[f64], whole: bool) {
    let (Some(low), Some(high)) = (sorted.first().copied(), sorted.last().copied()) else { return };
    let count = sorted.len() as f64;
    // Divided first, so that the sum of huge values stays finite.
    let mean = sorted.iter().map(|value| value / count).sum::<f64>().clamp(low, high);
    let scale = (high - mean).abs().max((mean - low).abs());
    let spread = |value: &f64| if scale > 0.0 { ((value - mean) / scale).powi(2) } else { 0.0 };
    profile.mean = Some(mean);
    profile.std =
        Some((sorted.iter().map(spread).sum::<f64>() / count).sqrt() * scale).filter(|std| std.is_finite());
    profile.histogram = histogram(sorted, bins(low, high, whole));
}

/// Where the first bin begins, where the last one ends, and how many there are.
fn bins(low: f64, high: f64, whole: bool) -> (f64, f64, usize) {
    let span = high - low + 1.0;
    match whole {
        _ if low == high => (low, high, 1),
        false => (low, high, BINS),
        true if span <= VALUES => (low, high + 1.0, span as usize),
        true => {
            let width = (span / BINS as f64).ceil();
            let count = (span / width).ceil();
            (low, low + width * count, count as usize)
        }
    }
}

fn histogram(sorted: &[f64], (low, high, bins): (f64, f64, usize)) -> Histogram {
    let mut counts = vec![0; bins];
    let mut begin = 0;
    // Divided first, so that a span of huge values stays finite. Of integers it is a whole number.
    let step = if (high - low).is_finite() {
        (high - low) / bins as f64
    } else {
        high / bins as f64 - low / bins as f64
    };
    for (bin, count) in counts.iter_mut().enumerate() {
        let edge = low + step * (bin + 1) as f64;
        let last = bin + 1 == bins;
        let end = if last { sorted.len() } else { sorted.partition_point(|value| *value < edge) };
        *count = end.saturating_sub(begin) as u64;
        begin = end.max(begin);
    }
    Histogram { low, high, counts }
}

#[cfg(test)]
mod tests;
