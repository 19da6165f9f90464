//! How long a bucket of the timeline is: a length that has a name.

use jiff::tz::TimeZone;

use crate::kafka::EventTime;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Lengths, and how the window calls them.
const LENGTHS: [(i64, &str); 19] = [
    (1, "ms"),
    (10, "10 ms"),
    (100, "100 ms"),
    (SECOND, "second"),
    (5 * SECOND, "5 seconds"),
    (15 * SECOND, "15 seconds"),
    (MINUTE, "minute"),
    (5 * MINUTE, "5 minutes"),
    (15 * MINUTE, "15 minutes"),
    (HOUR, "hour"),
    (3 * HOUR, "3 hours"),
    (6 * HOUR, "6 hours"),
    (12 * HOUR, "12 hours"),
    (DAY, "day"),
    (2 * DAY, "2 days"),
    (7 * DAY, "week"),
    (30 * DAY, "30 days"),
    (90 * DAY, "90 days"),
    (365 * DAY, "365 days"),
];

/// The shortest length that has a name and gives at most so many buckets.
pub fn bucket_ms(span_ms: i64, buckets: usize) -> i64 {
    let least = parts(span_ms, buckets.max(1) as i64);
    LENGTHS.iter().map(|(length, _)| *length).find(|length| *length >= least).unwrap_or(least)
}

/// What a length is called; `None` for one without a name.
pub fn bucket_name(bucket_ms: i64) -> Option<&'static str> {
    LENGTHS.iter().find(|(length, _)| *length == bucket_ms).map(|(_, name)| *name)
}

/// A span widened to borders of whole buckets, counted from midnight in `zone` at its beginning, with their number.
pub fn aligned(
    from: EventTime,
    to: EventTime,
    bucket_ms: i64,
    zone: &TimeZone,
) -> (EventTime, EventTime, usize) {
    let midnight = jiff::Timestamp::from_millisecond(from.0)
        .ok()
        .and_then(|instant| instant.to_zoned_datetime(zone.clone()).start_of_day().ok())
        .map_or(0, |midnight| midnight.timestamp().as_millisecond());
    let start = midnight + (from.0 - midnight).div_euclid(bucket_ms) * bucket_ms;
    let buckets = parts(to.0 - start, bucket_ms);
    (EventTime(start), EventTime(start + buckets * bucket_ms), buckets as usize)
}

/// How many parts of `length` cover a span: at least one.
fn parts(span: i64, length: i64) -> i64 {
    (span.max(1) as u64).div_ceil(length.max(1) as u64) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_shown_by_the_day_and_an_hour_by_the_quarter_minute() {
        assert_eq!(bucket_name(bucket_ms(365 * DAY, 400)), Some("day"));
        assert_eq!(bucket_name(bucket_ms(HOUR, 400)), Some("15 seconds"));
        assert_eq!(bucket_ms(0, 400), 1);
    }

    #[test]
    fn buckets_of_a_day_begin_at_midnight_of_the_zone() {
        let zone = TimeZone::get("America/New_York").expect("a zone of the database");
        let midnight = 1_359_694_800_000;
        let from = EventTime(midnight + 5 * HOUR);
        let (start, end, buckets) = aligned(from, EventTime(midnight + 30 * HOUR), DAY, &zone);
        assert_eq!((start.0, end.0, buckets), (midnight, midnight + 2 * DAY, 2));
    }
}
