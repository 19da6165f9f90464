//! Numbers, times and rejected records as text for people.

use jiff::Timestamp;

use crate::codec::Rejection;

/// Rejections that a report shows; all are counted.
pub(super) const SHOWN_REJECTIONS: usize = 10;

/// An integer with a comma each three digits: `254,369`.
pub(super) fn integer(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The same for an offset, which may be negative where a broker knows none.
pub(super) fn offset(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", integer(number.unsigned_abs()))
}

/// Bytes in powers of 1,000, three figures: `65.6 MB`.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1_000.0;
    let mut units = UNITS.iter();
    let mut unit = units.next().copied().unwrap_or_default();
    while value >= 999.5 {
        let Some(next) = units.next() else { break };
        value /= 1_000.0;
        unit = next;
    }
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.decimals$} {unit}")
}

/// A time in milliseconds since 1970, in UTC: `2013-02-01 05:15:00`.
pub(super) fn time(millis: i64) -> String {
    match Timestamp::from_millisecond(millis) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => millis.to_string(),
    }
}

/// A metric: four decimals.
pub(super) fn metric(value: f64) -> String {
    format!("{value:.4}")
}

/// A number of a column, as short as it can be said exactly.
pub(super) fn number(value: f64) -> String {
    format!("{value}")
}

/// Where a record is that was rejected, and why, a line for each, indented below what stands before.
pub(super) fn rejections(rejections: &[Rejection]) -> String {
    let line = |rejection: &Rejection| {
        let Rejection { topic, partition, offset: at, reason, .. } = rejection;
        format!("\n  {topic} {partition} at {}: {reason}", offset(at.0))
    };
    rejections.iter().map(line).collect()
}

/// `1 record`, `2,000 records`.
pub(super) fn count(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", integer(number), if number == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_bytes_have_three_figures() {
        let grouped: Vec<_> = [0, 12, 999, 1_000, 254_369, 1_000_000].map(integer).into();
        assert_eq!(grouped, ["0", "12", "999", "1,000", "254,369", "1,000,000"]);
        assert_eq!(offset(-1_001), "-1,001");
        let sizes: Vec<_> = [999, 1_000, 65_600_000, 999_600_000, 178, u64::MAX].map(bytes).into();
        assert_eq!(sizes, ["999 B", "1.00 kB", "65.6 MB", "1.00 GB", "178 B", "18.4 EB"]);
    }

    #[test]
    fn times_are_utc_and_an_impossible_one_stays_a_number() {
        assert_eq!(time(1_359_695_700_000), "2013-02-01 05:15:00");
        assert_eq!(time(i64::MAX), i64::MAX.to_string());
    }
}
