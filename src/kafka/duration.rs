//! Spans of time as text: `7d`, `48h`, `1h30m`, `500ms`. The one place that reads and writes them.

/// Units from the largest to the smallest, with their milliseconds.
const UNITS: [(&str, u64); 6] =
    [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Milliseconds of a span: whole numbers with a unit each (`w d h m s ms`), one after the other, without sign or blanks
/// between them. The error says what was expected.
pub fn parse_span(text: &str) -> Result<u64, String> {
    let fail =
        || format!("{text:?} is not a span of time: expected a number and a unit, such as 30s, 48h or 7d");
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(fail());
    }
    let mut total = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(fail)?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let scale = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(fail)?.1;
        let number: u64 = number.parse().map_err(|_| fail())?;
        total = number
            .checked_mul(scale)
            .and_then(|millis| total.checked_add(millis))
            .filter(|millis| *millis <= i64::MAX as u64)
            .ok_or_else(|| format!("{text:?} is longer than any span of time that Kafka can express"))?;
        rest = tail;
    }
    Ok(total)
}

/// The text of a span, which [`parse_span`] reads back to the same: in the largest unit that divides it, weeks left out.
pub fn format_span(millis: u64) -> String {
    if millis == 0 {
        return "0s".into();
    }
    UNITS
        .iter()
        .skip(1)
        .find(|(_, scale)| millis.is_multiple_of(*scale))
        .map_or_else(|| format!("{millis}ms"), |(unit, scale)| format!("{}{unit}", millis / scale))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spans_are_read_in_every_unit() {
        assert_eq!(parse_span("7d"), Ok(604_800_000));
        assert_eq!(parse_span("48h"), Ok(172_800_000));
        assert_eq!(parse_span("1h30m"), Ok(5_400_000));
        assert_eq!(parse_span("500ms"), Ok(500));
        assert_eq!(parse_span("0s"), Ok(0));
        assert_eq!(parse_span("2w"), parse_span("14d"));
    }

    #[test]
    fn what_is_no_span_is_refused_with_an_example() {
        for text in ["", "7", "d", "-7d", "7 d", "7x", "1.5h", "99999999999999999999d", "300000000000d"] {
            let error = parse_span(text).unwrap_err();
            assert!(error.contains("span of time"), "{text}: {error}");
        }
    }

    #[test]
    fn spans_are_written_in_the_largest_unit_that_divides_them() {
        let texts = [0, 500, 90_000, 5_400_000, 172_800_000].map(format_span);
        assert_eq!(texts, ["0s", "500ms", "90s", "90m", "2d"]);
    }

    proptest! {
        #[test]
        fn a_written_span_reads_back(millis in 0..=i64::MAX as u64) {
            prop_assert_eq!(parse_span(&format_span(millis)), Ok(millis));
        }

        #[test]
        fn reading_never_panics(text in any::<String>()) {
            let _ = parse_span(&text);
        }
    }
}
