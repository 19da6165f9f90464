//! Where labels stand at an axis: round numbers, and the borders of days, months, hours.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Unit, ZonedDateTime, ZonedDateTimeRound};

/// A label and the value that it stands at.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The value.
    pub value: f64,
    /// What is written.
    pub label: String,
}

/// About `wanted` round numbers, at least three, between `low` and `high`; `write` gets the value and the decimals that the step needs.
pub fn numbers(low: f64, high: f64, wanted: usize, write: impl Fn(f64, usize) -> String) -> Vec<Tick> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 || wanted == 0 {
        return Vec::new();
    }
    let mut step = round_step(span / wanted as f64);
    if (high / step + 1e-9).floor() - (low / step - 1e-9).ceil() < 2.0 {
        // The next smaller of 1, 2, 5.
        step = round_step(step / 2.6);
    }
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last.min(first.saturating_add(50)))
        .map(|index| {
            let value = index as f64 * step;
            Tick { value, label: write(value, decimals) }
        })
        .collect()
}

/// The next of 1, 2, 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let share = rough / power;
    let round = if share <= 1.0 {
        1.0
    } else if share <= 2.0 {
        2.0
    } else if share <= 5.0 {
        5.0
    } else {
        10.0
    };
    round * power
}

/// A step between times: so many of a unit, and its length in milliseconds.
const STEPS: [(Unit, i64, i64); 22] = [
    (Unit::Millisecond, 1, 1),
    (Unit::Millisecond, 10, 10),
    (Unit::Millisecond, 100, 100),
    (Unit::Second, 1, 1_000),
    (Unit::Second, 5, 5_000),
    (Unit::Second, 15, 15_000),
    (Unit::Second, 30, 30_000),
    (Unit::Minute, 1, 60_000),
    (Unit::Minute, 5, 300_000),
    (Unit::Minute, 15, 900_000),
    (Unit::Minute, 30, 1_800_000),
    (Unit::Hour, 1, 3_600_000),
    (Unit::Hour, 3, 10_800_000),
    (Unit::Hour, 6, 21_600_000),
    (Unit::Hour, 12, 43_200_000),
    (Unit::Day, 1, 86_400_000),
    (Unit::Day, 2, 172_800_000),
    (Unit::Day, 7, 604_800_000),
    (Unit::Month, 1, 2_629_746_000),
    (Unit::Month, 2, 5_259_492_000),
    (Unit::Month, 3, 7_889_238_000),
    (Unit::Year, 1, 31_556_952_000),
];

/// About `wanted` borders of hours, days, months or years between two moments (ms since 1970), as `zone` counts them.
pub fn times(low: i64, high: i64, wanted: usize, zone: &TimeZone) -> Vec<Tick> {
    let rough = high.saturating_sub(low) / wanted.max(1) as i64;
    let (unit, count) = STEPS
        .iter()
        .find(|(_, _, length)| *length >= rough)
        .map_or_else(|| (Unit::Year, rough / 31_556_952_000 + 1), |(unit, count, _)| (*unit, *count));
    let Some(mut at) = first_border(low, unit, count, zone) else { return Vec::new() };
    let mut ticks = Vec::new();
    let mut previous: Option<ZonedDateTime> = None;
    while at.timestamp().as_millisecond() <= high && ticks.len() < 60 {
        let value = at.timestamp().as_millisecond();
        if value >= low {
            ticks.push(Tick { value: value as f64, label: written(&at, unit, previous.as_ref()) });
            previous = Some(at.clone());
        }
        let Ok(next) = at.checked_add(span(unit, count)) else { break };
        if next <= at {
            break;
        }
        at = next;
    }
    ticks
}

/// The last border at or before a moment.
fn first_border(low: i64, unit: Unit, count: i64, zone: &TimeZone) -> Option<ZonedDateTime> {
    let at = Timestamp::from_millisecond(low).ok()?.to_zoned_datetime(zone.clone());
    let day = at.start_of_day().ok()?;
    match unit {
        Unit::Year => day.first_of_year().ok(),
        Unit::Month => {
            let month = i64::from(day.month() - 1) / count * count + 1;
            day.with().month(month as i8).day(1).build().ok()
        }
        Unit::Day => Some(day),
        _ => {
            let round =
                ZonedDateTimeRound::new().smallest(unit).increment(count).mode(jiff::RoundMode::Trunc);
            at.round(round).ok()
        }
    }
}

fn span(unit: Unit, count: i64) -> jiff::Span {
    match unit {
        Unit::Year => count.years(),
        Unit::Month => count.months(),
        Unit::Day => count.days(),
        Unit::Hour => count.hours(),
        Unit::Minute => count.minutes(),
        Unit::Second => count.seconds(),
        _ => count.milliseconds(),
    }
}

/// As short as it can be told from the label before.
fn written(at: &ZonedDateTime, unit: Unit, previous: Option<&ZonedDateTime>) -> String {
    let new_year = previous.is_none_or(|before| before.year() != at.year());
    let new_day = previous.is_none_or(|before| before.date() != at.date());
    let pattern = match unit {
        Unit::Year => "%Y",
        Unit::Month if new_year => "%b %Y",
        Unit::Month => "%b",
        Unit::Day => "%m-%d",
        Unit::Hour | Unit::Minute if new_day => "%m-%d %H:%M",
        Unit::Hour | Unit::Minute => "%H:%M",
        Unit::Second => "%H:%M:%S",
        _ => "%H:%M:%S.%3f",
    };
    at.strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn numbers_are_round_and_carry_the_decimals_of_the_step() {
        let ticks = numbers(0.15, 0.40, 5, crate::ui::format::decimal);
        assert_eq!(labels(&ticks), ["0.15", "0.20", "0.25", "0.30", "0.35", "0.40"]);
        let ticks = numbers(0.0, 1_080.0, 3, crate::ui::format::decimal);
        assert_eq!(labels(&ticks), ["0", "500", "1,000"]);
        let ticks = numbers(0.0, 0.81, 3, crate::ui::format::decimal);
        assert_eq!(labels(&ticks), ["0.0", "0.2", "0.4", "0.6", "0.8"], "two would be too few");
    }

    #[test]
    fn a_year_is_divided_into_months_and_says_the_year_once() {
        let (low, high) = (1_356_998_400_000, 1_388_534_400_000); // 2013
        let ticks = times(low, high - 1, 12, &TimeZone::UTC);
        assert_eq!(labels(&ticks)[..3], ["Jan 2013", "Feb", "Mar"]);
        assert_eq!(ticks.len(), 12);
    }

    #[test]
    fn hours_stand_at_the_hours_of_the_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let low = 1_386_932_400_000; // 2013-12-13 06:00 in New York
        let ticks = times(low, low + 24 * 3_600_000, 4, &zone);
        assert_eq!(labels(&ticks), ["12-13 06:00", "12:00", "18:00", "12-14 00:00", "06:00"]);
    }
}
