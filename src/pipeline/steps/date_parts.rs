//! Date parts: calendar parts of a time, in UTC and the Gregorian calendar, for every time that 64 bits of milliseconds
//! can say. A null has null parts.

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Ready, resolve};
use crate::codec::Kind;
use crate::pipeline::error::Result;
use crate::pipeline::layout::Layout;
use crate::pipeline::report::{Refusal, Report};
use crate::pipeline::spec::DatePart;
use crate::pipeline::table::{Table, unnamed};

const DAY: i64 = 86_400_000;

/// A date-parts step; it learns nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FittedDateParts {
    /// The times.
    pub columns: Vec<String>,
    /// Which parts of each.
    pub parts: Vec<DatePart>,
}

struct ReadyDateParts {
    places: Vec<usize>,
    parts: Vec<DatePart>,
    /// Places that stay, before the made columns are added.
    kept: Vec<usize>,
}

pub(super) fn check(columns: &[String], parts: &[DatePart], layout: &mut Layout, report: &mut Report) {
    if parts.is_empty() {
        report.add("parts", "no part is named: name at least one, such as `hour`");
    }
    for (index, part) in parts.iter().enumerate() {
        if parts.iter().take(index).any(|earlier| earlier == part) {
            report.add("parts", format!("`{}` is named twice: name it once", part.name()));
        }
    }
    let places = report.columns(columns, layout, takes);
    let times: Vec<_> = places.iter().filter_map(|&place| layout.get(place).cloned()).collect();
    layout.keep(&layout.without(&places));
    for time in times {
        for (index, part) in parts.iter().enumerate() {
            if !parts.iter().take(index).any(|earlier| earlier == part) {
                report.make(layout, part.column(&time.name), Kind::Int, time.origin);
            }
        }
    }
}

fn takes(kind: Kind) -> std::result::Result<(), Refusal> {
    match kind {
        Kind::Time => Ok(()),
        Kind::Text => Err("is text: cast it to time first"),
        Kind::Int | Kind::UInt | Kind::Float => {
            Err("is a number: cast it first, with `time-from-seconds` or `time-from-millis`")
        }
        _ => Err("is not a time: remove it from the step"),
    }
}

impl FittedDateParts {
    pub(super) fn ready(&self, layout: &mut Layout) -> Result<Box<dyn Ready>> {
        let mut places = Vec::new();
        let mut made = Vec::new();
        for name in &self.columns {
            let Some((place, _)) = resolve(name, layout, takes)? else { continue };
            let origin = layout.get(place).map_or(0, |column| column.origin);
            places.push(place);
            made.extend(self.parts.iter().map(|part| (part.column(name), origin)));
        }
        let kept = layout.without(&places);
        layout.keep(&kept);
        for (name, origin) in made {
            layout.push(name, Kind::Int, origin)?;
        }
        Ok(Box::new(ReadyDateParts { places, parts: self.parts.clone(), kept }))
    }
}

impl Ready for ReadyDateParts {
    fn apply(&self, table: &mut Table, _unmatched: &mut dyn FnMut(&str, u64)) -> Result<()> {
        let mut made = Vec::new();
        for &place in &self.places {
            let times = table.column(place).datetime()?.physical().clone();
            for part in &self.parts {
                let values: Int32Chunked = times.iter().map(|time| time.map(|ms| part.of(ms))).collect();
                made.push(unnamed(values));
            }
        }
        table.keep(&self.kept);
        made.into_iter().for_each(|column| table.push(column));
        Ok(())
    }
}

impl DatePart {
    /// The name in a run file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Weekday => "weekday",
            Self::Hour => "hour",
            Self::Minute => "minute",
        }
    }

    fn column(self, time: &str) -> String {
        format!("{time}_{}", self.name())
    }

    /// Of a time in milliseconds since 1970 UTC.
    fn of(self, ms: i64) -> i32 {
        let (day, rest) = (ms.div_euclid(DAY), ms.rem_euclid(DAY));
        let value = match self {
            Self::Year => civil(day).0,
            Self::Month => civil(day).1,
            Self::Day => civil(day).2,
            // 1970-01-01 was a Thursday.
            Self::Weekday => (day + 3).rem_euclid(7) + 1,
            Self::Hour => rest / 3_600_000,
            Self::Minute => rest / 60_000 % 60,
        };
        // The years that i64 milliseconds reach are within ±292,278,994.
        value as i32
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar. Years are taken to begin in
/// March, so that the leap day is the last; 400 of them, an era, always have 146,097 days.
fn civil(day: i64) -> (i64, i64, i64) {
    let from_march_of_0 = day + 719_468;
    let (era, day_of_era) = (from_march_of_0.div_euclid(146_097), from_march_of_0.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * from_march + 2) / 5 + 1)
}
