//! Numbers and times as WINDOW.md writes them.
//!
//! In: exact values. Out: text. 64-bit integers never pass through a float.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The true minus.
const MINUS: char = '\u{2212}';

/// `254,369`; negative numbers with the true minus.
pub fn integer(value: impl Into<i128>) -> String {
    let value = value.into();
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        text.push(MINUS);
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number in plain digits with the true minus: `−5`, `2013`. For what may be an identifier or a clock code.
pub fn true_minus(digits: &str) -> String {
    digits.strip_prefix('-').map_or_else(|| digits.to_owned(), |digits| format!("{MINUS}{digits}"))
}

/// A count where space is short: `322k`, `1.2M`; below 10,000 as it is.
pub fn compact(value: u64) -> String {
    match value {
        0..10_000 => integer(value),
        10_000..999_500 => format!("{:.0}k", value as f64 / 1e3),
        999_500..999_500_000 => format!("{}M", figures(value as f64 / 1e6)),
        _ => format!("{}G", figures(value as f64 / 1e9)),
    }
}

/// A float with so many decimals: `0.9062`, `−5.0`; `NaN` and infinities by their names.
pub fn decimal(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf".into() } else { format!("{MINUS}inf") };
    }
    let text = format!("{:.decimals$}", value.abs());
    let zero = text.chars().all(|character| matches!(character, '0' | '.'));
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let whole = whole.parse::<u64>().map_or_else(|_| whole.to_owned(), integer);
    let sign = if value < 0.0 && !zero { MINUS.to_string() } else { String::new() };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// A float as short as it says everything: `17.1`, `0`, `1.2e-9`.
pub fn float(value: f64) -> String {
    let magnitude = value.abs();
    if value.is_finite() && magnitude != 0.0 && !(1e-4..1e15).contains(&magnitude) {
        return format!("{value:e}").replace('-', &MINUS.to_string());
    }
    if !value.is_finite() {
        return decimal(value, 0);
    }
    let text = format!("{magnitude}");
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let whole = whole.parse::<u64>().map_or_else(|_| whole.to_owned(), integer);
    let sign = if value < 0.0 { MINUS.to_string() } else { String::new() };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// A float with a sign, for differences: `+0.0027`.
pub fn signed(value: f64, decimals: usize) -> String {
    let text = decimal(value, decimals);
    if value > 0.0 { format!("+{text}") } else { text }
}

/// A share of 0 to 1 with one decimal: `25.6 %`.
pub fn share(value: f64) -> String {
    share_with(value, 1)
}

/// A share of 0 to 1 with so many decimals.
pub fn share_with(value: f64, decimals: usize) -> String {
    format!("{} %", decimal(value * 100.0, decimals))
}

/// A metric of a leaderboard: four decimals.
pub fn metric(value: f64) -> String {
    decimal(value, 4)
}

/// A value with half its 95 % interval: `0.837 ± 0.008`.
pub fn with_margin(value: f64, margin: f64, decimals: usize) -> String {
    format!("{} ± {}", decimal(value, decimals), decimal(margin, decimals))
}

/// Bytes in powers of 1,000, two to three figures: `65.6 MB`, `41 kB`.
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if value < 1_000 {
        return format!("{value} B");
    }
    let mut scaled = value as f64 / 1e3;
    let mut unit = "kB";
    for next in UNITS.into_iter().skip(1) {
        if scaled < 999.5 {
            break;
        }
        scaled /= 1e3;
        unit = next;
    }
    format!("{} {unit}", figures(scaled))
}

/// A rate of bytes: `31 MB/s`.
pub fn byte_rate(per_second: f64) -> String {
    format!("{}/s", bytes(per_second.max(0.0).round() as u64))
}

/// One of Kafka's own sizes, in MiB as configured: `1.0 MiB`.
pub fn mebibytes(value: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    const GIB: u64 = 1 << 30;
    match value {
        0..KIB => format!("{value} B"),
        KIB..MIB => format!("{:.1} KiB", value as f64 / KIB as f64),
        MIB..GIB => format!("{:.1} MiB", value as f64 / MIB as f64),
        _ => format!("{:.1} GiB", value as f64 / GIB as f64),
    }
}

/// Two to three figures: `0.6`, `31`, `65.6`, `412`.
fn figures(value: f64) -> String {
    if value < 99.95 {
        format!("{value:.1}").trim_end_matches(".0").to_owned()
    } else {
        format!("{value:.0}")
    }
}

/// A duration of milliseconds, two units at most: `42 d 9 h`, `3.1 s`, `0.6 ms`.
pub fn duration_ms(milliseconds: f64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 3_600;
    const DAY: u64 = 86_400;
    let sign = if milliseconds < 0.0 { MINUS.to_string() } else { String::new() };
    let milliseconds = milliseconds.abs();
    if milliseconds < 999.5 {
        let decimals = usize::from(milliseconds < 9.95);
        return format!("{sign}{milliseconds:.decimals$} ms");
    }
    let seconds = milliseconds / 1e3;
    if seconds < 59.95 {
        let decimals = usize::from(seconds < 9.95);
        return format!("{sign}{seconds:.decimals$} s");
    }
    let whole = seconds.round() as u64;
    let two = |large: u64, large_unit: &str, small: u64, small_unit: &str| {
        let (first, rest) = (whole / large, whole % large / small);
        if rest == 0 {
            format!("{sign}{} {large_unit}", integer(first))
        } else {
            format!("{sign}{} {large_unit} {rest} {small_unit}", integer(first))
        }
    };
    match whole {
        0..HOUR => two(MINUTE, "min", 1, "s"),
        HOUR..DAY => two(HOUR, "h", MINUTE, "min"),
        _ => two(DAY, "d", HOUR, "h"),
    }
}

/// How much of a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// `2013-02-01`.
    Day,
    /// `2013-02-01 05:15`.
    Minute,
    /// `2013-02-01 05:15:00`.
    Second,
    /// `2013-02-01 05:15:00.000`.
    Milli,
    /// `14:09:12`.
    Clock,
    /// `02-01 05:15`: the year is known from elsewhere.
    Short,
}

/// A moment (milliseconds since 1970) in `zone`.
pub fn time(milliseconds: i64, zone: &TimeZone, precision: Precision) -> String {
    let Ok(timestamp) = Timestamp::from_millisecond(milliseconds) else {
        return milliseconds.to_string();
    };
    let pattern = match precision {
        Precision::Day => "%Y-%m-%d",
        Precision::Minute => "%Y-%m-%d %H:%M",
        Precision::Second => "%Y-%m-%d %H:%M:%S",
        Precision::Milli => "%Y-%m-%d %H:%M:%S.%3f",
        Precision::Clock => "%H:%M:%S",
        Precision::Short => "%m-%d %H:%M",
    };
    timestamp.to_zoned_datetime(zone.clone()).strftime(pattern).to_string()
}

/// A moment in UTC, for tooltips.
pub fn utc(milliseconds: i64) -> String {
    format!("{} UTC", time(milliseconds, &TimeZone::UTC, Precision::Milli))
}

/// How long ago, for lists: `just now`, `3 d ago`.
pub fn ago(milliseconds: i64, now: i64) -> String {
    let past = now.saturating_sub(milliseconds);
    if past < 60_000 {
        return "just now".into();
    }
    let text = duration_ms(past as f64);
    let first = text.split(' ').take(2).collect::<Vec<_>>().join(" ");
    format!("{first} ago")
}

/// A half-open range of offsets: `9,041 → 94,143`.
pub fn range(start: i64, end: i64) -> String {
    format!("{} → {}", integer(start), integer(end))
}

/// One thing, two things: `1 partition`, `3 partitions`.
pub fn count(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", integer(value), if value == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_stay_exact_and_carry_commas() {
        assert_eq!(integer(254_369), "254,369");
        assert_eq!(integer(-5), "−5");
        assert_eq!(integer(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(integer(i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn bytes_have_two_to_three_figures_also_where_a_unit_ends() {
        assert_eq!(bytes(65_600_000), "65.6 MB");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(999_999), "1 MB");
        assert_eq!(bytes(412_000_000), "412 MB");
        assert_eq!(bytes(4_000_000_000), "4 GB");
        assert_eq!(mebibytes(1_048_576), "1.0 MiB");
    }

    #[test]
    fn durations_have_two_units_at_most() {
        assert_eq!(duration_ms(0.6), "0.6 ms");
        assert_eq!(duration_ms(3_100.0), "3.1 s");
        assert_eq!(duration_ms(59_970.0), "1 min");
        assert_eq!(duration_ms((42.0 * 24.0 + 9.0) * 3_600_000.0), "42 d 9 h");
        assert_eq!(duration_ms(8_760_000.0), "2 h 26 min");
    }

    #[test]
    fn decimals_never_show_a_negative_zero() {
        assert_eq!(decimal(-0.000_01, 4), "0.0000");
        assert_eq!(decimal(-1234.5, 1), "−1,234.5");
        assert_eq!(share(0.256), "25.6 %");
        assert_eq!(signed(0.0027, 4), "+0.0027");
        assert_eq!(with_margin(0.8371, 0.0079, 3), "0.837 ± 0.008");
        assert_eq!(float(17.1), "17.1");
        assert_eq!(decimal(f64::NAN, 2), "NaN");
    }

    #[test]
    fn times_are_written_in_the_chosen_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let moment = 1_359_713_700_000; // 2013-02-01T10:15:00Z
        assert_eq!(time(moment, &zone, Precision::Minute), "2013-02-01 05:15");
        assert_eq!(utc(moment), "2013-02-01 10:15:00.000 UTC");
        assert_eq!(ago(0, 3 * 86_400_000 + 5_000_000), "3 d ago");
    }
}
