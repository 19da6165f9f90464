use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn bound(text: &str) -> Bound {
    text.parse().unwrap()
}

#[test]
fn every_text_form_means_what_the_documentation_says() {
    assert_eq!(bound("beginning"), Bound::Beginning);
    assert_eq!(bound(" end "), Bound::End);
    assert_eq!(bound("1200"), Bound::Offset(Offset(1200)));
    assert_eq!(bound("-1000"), Bound::LastRecords(1000));
    assert_eq!(bound("-7d"), Bound::LastMillis(7 * 86_400_000));
    assert_eq!(bound("-90s"), Bound::LastMillis(90_000));
    assert_eq!(bound("-15m"), Bound::LastMillis(900_000));
    assert_eq!(bound("-48h"), Bound::LastMillis(172_800_000));
    assert_eq!(bound("-2w"), Bound::LastMillis(1_209_600_000));
    assert_eq!(bound("-1h30m"), Bound::LastMillis(5_400_000));
    let offsets = BTreeMap::from([(PartitionId(0), Offset(1200)), (PartitionId(1), Offset(1187))]);
    assert_eq!(bound("{ 0 = 1200, 1 = 1187 }"), Bound::Offsets(offsets));
}

#[test]
fn a_time_without_a_zone_is_utc() {
    let new_year = Bound::Time(EventTime(1_356_998_400_000));
    for text in [
        "2013-01-01T00:00:00Z",
        "2013-01-01T00:00:00",
        "2013-01-01 00:00:00",
        "2013-01-01T00:00",
        "2013-01-01",
        "2013-01-01T01:00:00+01:00",
    ] {
        assert_eq!(bound(text), new_year, "{text}");
    }
}

#[test]
fn what_is_no_bound_is_refused_with_the_forms() {
    for text in [
        "",
        "yesterday",
        "-",
        "-d",
        "--5",
        "-5y",
        "-1e3",
        "-1e3s",
        "12a",
        "2013-13-01",
        "{ }",
        "{ 0 = x }",
        "{ -1 = 5 }",
    ] {
        let error = text.parse::<Bound>().unwrap_err();
        assert!(error.contains(&format!("`{text}` is not a bound")), "{error}");
        assert!(error.contains("`beginning`") && error.contains("`-7d`"), "{error}");
    }
}

#[test]
fn a_run_file_may_write_numbers_and_a_table_of_offsets() {
    let range: RangeSpec =
        toml::from_str("topics = [\"flights\"]\nfrom = { 0 = 1200, 1 = 1187 }\nto = 5000").unwrap();
    assert_eq!(range.from, bound("{ 0 = 1200, 1 = 1187 }"));
    assert_eq!(range.to, Bound::Offset(Offset(5000)));

    let last: RangeSpec = toml::from_str("topics = [\"flights\"]\nfrom = -1000\nto = \"end\"").unwrap();
    assert_eq!(last.from, Bound::LastRecords(1000));

    let refused = toml::from_str::<RangeSpec>("topics = []\nfrom = { a = 1 }\nto = \"end\"").unwrap_err();
    assert!(refused.to_string().contains("`a` is not a partition"), "{refused}");
}

fn any_bound() -> impl Strategy<Value = Bound> {
    let offset = (0..i64::MAX).prop_map(Offset);
    let offsets = prop::collection::btree_map((0..9_999_i32).prop_map(PartitionId), offset.clone(), 1..6);
    prop_oneof![
        Just(Bound::Beginning),
        Just(Bound::End),
        offset.prop_map(Bound::Offset),
        offsets.prop_map(Bound::Offsets),
        (-60_000_000_000_000_i64..250_000_000_000_000).prop_map(|millis| Bound::Time(EventTime(millis))),
        any::<u64>().prop_map(Bound::LastRecords),
        (0..=i64::MAX as u64).prop_map(Bound::LastMillis),
    ]
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back_the_same(bound in any_bound()) {
        prop_assert_eq!(bound.to_string().parse::<Bound>(), Ok(bound.clone()));
        let range = RangeSpec { topics: vec![], from: bound.clone(), to: bound, partitions: None };
        let toml = toml::to_string(&range).unwrap();
        prop_assert_eq!(&toml::from_str::<RangeSpec>(&toml).unwrap(), &range);
        let json = serde_json::to_string(&range).unwrap();
        prop_assert_eq!(&serde_json::from_str::<RangeSpec>(&json).unwrap(), &range);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,24}") {
        let _ = text.parse::<Bound>();
    }
}
