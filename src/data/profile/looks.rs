//! What a column looks like, beside its type.

use polars::prelude::*;

use super::{ColumnProfile, Warning};
use crate::codec::Kind;

/// Seconds since 1970 from 2000 to 2100: integers all within are probably times; a thousand times as much is milliseconds.
const SECONDS: std::ops::Range<i64> = 946_684_800..4_102_444_800;

/// Different values per value from which a column looks like an id.
const ID_SHARE: f64 = 0.95;

/// Rows below which nothing looks like an id.
const ID_ROWS: u64 = 100;

/// Adds the warnings; all else is known.
pub fn warn(profile: &mut ColumnProfile, kind: Kind, series: &Series) {
    let values = profile.rows - profile.nulls;
    let mut warnings = Vec::new();
    if values == 0 && profile.rows > 0 {
        warnings.push(Warning::AllNull);
    }
    if profile.distinct == 1 {
        warnings.push(Warning::Constant);
    }
    if profile.not_finite > 0 {
        warnings.push(Warning::NotFinite);
    }
    let can_be_id = matches!(kind, Kind::Text | Kind::Int | Kind::UInt);
    let looks_like_time = values > 0 && looks_like_time(kind, series);
    if can_be_id
        && !looks_like_time
        && values >= ID_ROWS
        && profile.distinct as f64 >= ID_SHARE * values as f64
    {
        warnings.push(Warning::IdLike);
    }
    if looks_like_time {
        warnings.push(Warning::LooksLikeTime);
    }
    if kind == Kind::Text && values > 0 && every_text(series, |text| text.trim().parse::<f64>().is_ok()) {
        warnings.push(Warning::LooksLikeNumber);
    }
    profile.warnings = warnings;
}

fn looks_like_time(kind: Kind, series: &Series) -> bool {
    match kind {
        Kind::Text => every_text(series, |text| {
            text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok()
        }),
        Kind::Int => series.i64().is_ok_and(|values| {
            let all_within = |scale: i64| {
                values
                    .iter()
                    .flatten()
                    .all(|value| (SECONDS.start * scale..SECONDS.end * scale).contains(&value))
            };
            all_within(1) || all_within(1_000)
        }),
        _ => false,
    }
}

/// Whether every value passes; ends at the first that does not.
fn every_text(series: &Series, passes: impl Fn(&str) -> bool) -> bool {
    series.str().is_ok_and(|values| values.iter().flatten().all(passes))
}
