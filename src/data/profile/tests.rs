use polars::prelude::*;

use super::{ColumnProfile, Warning, profile};
use crate::jobs::{Cancel, Progress};

fn of(column: Column) -> ColumnProfile {
    let data = DataFrame::new(column.len(), vec![column]).unwrap();
    profile(&data, &Progress::new(), &Cancel::new()).unwrap().remove(0)
}

#[test]
fn numbers_are_counted_exactly_and_not_finite_values_apart() {
    let values = [
        Some(1.0),
        Some(2.0),
        Some(2.0),
        None,
        Some(f64::NAN),
        Some(-f64::NAN),
        Some(f64::INFINITY),
        Some(-0.0),
        Some(0.0),
    ];
    let profile = of(Column::new("x".into(), values));
    assert_eq!((profile.kind, profile.rows, profile.nulls, profile.not_finite), ("f64", 9, 1, 3));
    assert_eq!(profile.distinct, 5, "0, 1, 2, NaN and infinity");
    assert_eq!((profile.min.as_deref(), profile.max.as_deref()), (Some("0"), Some("2")));
    assert_eq!(profile.mean, Some(1.0));
    assert!((profile.std.unwrap() - 0.8_f64.sqrt()).abs() < 1e-15);
    assert_eq!(profile.histogram.counts.iter().sum::<u64>(), 5);
    assert_eq!((profile.histogram.counts[0], profile.histogram.counts[19]), (2, 2));
    assert_eq!(profile.warnings, [Warning::NotFinite]);
}

#[test]
fn sixty_four_bit_integers_are_shown_in_full() {
    let profile = of(Column::new("x".into(), [9_007_199_254_740_993_i64, 9_007_199_254_740_992]));
    assert_eq!((profile.distinct, profile.max.as_deref()), (2, Some("9007199254740993")));
    let profile = of(Column::new("x".into(), [u64::MAX, 0]));
    assert_eq!((profile.kind, profile.max.as_deref()), ("u64", Some("18446744073709551615")));
}

#[test]
fn text_shows_its_most_frequent_values() {
    let profile = of(Column::new("x".into(), ["b", "a", "b", "c", "d", "e", "f", "a"]));
    let top: Vec<_> = profile.top.iter().map(|(text, count)| (text.as_str(), *count)).collect();
    assert_eq!(top, [("a", 2), ("b", 2), ("c", 1), ("d", 1), ("e", 1)]);
    assert_eq!((profile.distinct, profile.min.as_deref(), profile.max.as_deref()), (6, Some("a"), Some("f")));
}

#[test]
fn integers_fall_into_bins_of_the_same_number_of_integers() {
    let months: Vec<i64> = (2..=10).flat_map(|month| [month; 4]).collect();
    let months = of(Column::new("x".into(), months)).histogram;
    assert_eq!((months.low, months.high, months.counts), (2.0, 11.0, vec![4; 9]));
    let clock: Vec<i64> = (0..1_000).collect();
    let clock = of(Column::new("x".into(), clock)).histogram;
    assert_eq!((clock.low, clock.high, clock.counts), (0.0, 1_000.0, vec![50; 20]));
    let uneven: Vec<i64> = (0..41).collect();
    let uneven = of(Column::new("x".into(), uneven)).histogram.counts;
    assert_eq!((uneven[0], uneven.last().copied(), uneven.len()), (3, Some(2), 14));
    assert_eq!(of(Column::new("x".into(), [2013_i64, 2013])).histogram.counts, [2]);
}

#[test]
fn text_of_many_values_shows_the_most_frequent_twenty() {
    let names: Vec<String> = (0..30).flat_map(|name| vec![format!("{name:02}"); 31 - name]).collect();
    let profile = of(Column::new("x".into(), names));
    assert_eq!((profile.top.len(), profile.distinct), (5, 30));
    assert_eq!(profile.histogram.counts, (12..=31).rev().collect::<Vec<u64>>());
}

#[test]
fn columns_that_need_a_thought_carry_a_warning() {
    let nulls = of(Column::new("x".into(), [None::<&str>, None]));
    assert_eq!((nulls.warnings.as_slice(), nulls.distinct), (&[Warning::AllNull][..], 0));
    let constant = of(Column::new("x".into(), [true, true]));
    assert_eq!((constant.kind, constant.warnings.as_slice()), ("bool", &[Warning::Constant][..]));
    let ids: Vec<String> = (0..200).map(|n| format!("N{n}")).collect();
    assert_eq!(of(Column::new("x".into(), ids)).warnings, [Warning::IdLike]);
    assert_eq!(of(Column::new("x".into(), ["1", "2.5", "-3e2"])).warnings, [Warning::LooksLikeNumber]);
    let iso = Column::new("x".into(), ["2013-01-01T05:15:00Z", "2013-01-01 06:00:00"]);
    assert_eq!(of(iso).warnings, [Warning::LooksLikeTime]);
    let seconds: Vec<i64> = (0..200).map(|n| 1_357_000_000 + n).collect();
    assert_eq!(of(Column::new("x".into(), seconds)).warnings, [Warning::LooksLikeTime]);
}

#[test]
fn times_are_text_and_have_a_histogram() {
    let times = Column::new("x".into(), [0_i64, 1_357_017_300_000]);
    let times = times.cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap();
    let profile = of(times);
    assert_eq!(
        (profile.kind, profile.max.as_deref(), profile.mean),
        ("time", Some("2013-01-01T05:15:00Z"), None)
    );
    assert_eq!(profile.histogram.counts.iter().sum::<u64>(), 2);
}

#[test]
fn an_empty_frame_and_a_cancel_are_no_surprise() {
    let empty = of(Column::new("x".into(), [] as [f64; 0]));
    assert_eq!((empty.rows, empty.distinct, empty.mean), (0, 0, None));
    assert!(empty.warnings.is_empty());
    let cancel = Cancel::new();
    cancel.cancel();
    let data = df!("x" => [1_i64]).unwrap();
    assert!(profile(&data, &Progress::new(), &cancel).is_err());
}
