use polars::prelude::*;
use proptest::prelude::*;

use super::Filter;
use crate::codec::{Field, Kind, Schema};

fn rows() -> DataFrame {
    let time = Column::new("_timestamp".into(), [0_i64, 1_000, 2_000, 3_000])
        .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
        .unwrap();
    let mut rows = df!(
        "_key" => [Some(&b"a"[..]), None, Some(b"b"), Some(b"c")],
        "id" => [9_007_199_254_740_993_i64, 2, -3, 9_007_199_254_740_992],
        "delay" => [Some(1.5), None, Some(f64::NAN), Some(20.0)],
        "origin" => [Some("JFK"), Some("LGA"), None, Some("15")],
        "late" => [Some(true), Some(false), None, Some(true)],
        "odd name" => [1_i32, 2, 3, 4],
    )
    .unwrap();
    rows.with_column(time).unwrap();
    rows
}

fn kept(filter: &str) -> Vec<usize> {
    let mask = Filter::parse(filter).unwrap().mask(&rows()).unwrap();
    mask.iter().enumerate().filter(|(_, keep)| *keep == Some(true)).map(|(row, _)| row).collect()
}

#[test]
fn tests_compare_by_the_type_of_their_value() {
    assert_eq!(kept("delay > 1"), [0, 3]);
    assert_eq!(kept("delay != 20"), [0, 2], "NaN differs, null does not");
    assert_eq!(kept("id == 9007199254740993"), [0], "64-bit integers are exact");
    assert_eq!(kept("id <= -3"), [2]);
    assert_eq!(kept(r#"origin >= "JFK""#), [0, 1]);
    assert_eq!(kept("origin > 14.5"), [3], "text that reads as a number");
    assert_eq!(kept(r#"delay == "20""#), [3], "the text of a number");
    assert_eq!(kept("late == true"), [0, 3]);
    assert_eq!(kept("late != true"), [1]);
    assert_eq!(kept(r#"_timestamp >= "1970-01-01T00:00:02Z""#), [2, 3]);
    assert_eq!(kept(r#"_timestamp < "1970-01-02""#), [0, 1, 2, 3]);
    assert_eq!(kept(r#"_key == "b""#), [2]);
    assert_eq!(kept("`odd name` in (2, 4.0, 9)"), [1, 3]);
    assert_eq!(kept(r#"origin not in ("JFK", "LGA")"#), [2, 3]);
}

#[test]
fn a_comparison_with_null_is_false_and_not_makes_it_true() {
    assert_eq!(kept("delay < 100"), [0, 3]);
    assert_eq!(kept("not delay < 100"), [1, 2]);
    assert_eq!(kept("delay is null"), [1]);
    assert_eq!(kept("origin is not null"), [0, 1, 3]);
}

#[test]
fn not_binds_before_and_and_and_before_or() {
    assert_eq!(kept("id == 2 or id == -3 and late == true"), [1]);
    assert_eq!(kept("(id == 2 or id == -3) and late == true"), [] as [usize; 0]);
    assert_eq!(kept("not id == 2 and not id == -3"), [0, 3]);
}

#[test]
fn errors_say_where_and_what_was_expected() {
    let error = |text: &str| Filter::parse(text).unwrap_err();
    assert_eq!(error(""), "column 1: expected the name of a column");
    assert_eq!(
        error("delay >"),
        "column 8: expected a value: a number, text in double quotes, true or false"
    );
    assert_eq!(error("delay = 3"), "column 7: expected one of == != < <= > >=");
    assert_eq!(error("é == \"x"), "column 6: the text has no closing quote");
    assert_eq!(error("(a == 1"), "column 8: expected and, or, or )");
    assert_eq!(error("a == 1 b"), "column 8: expected and, or, or the end");
    assert_eq!(error("a is 3"), "column 6: expected null or not null");
    assert_eq!(error("a in 3"), "column 6: expected (");
    assert_eq!(error("late > true"), "column 8: true and false have no order: use == or !=");
    assert_eq!(error("a == 1x"), "column 6: 1x is not a number");
    assert_eq!(
        error("a # 1"),
        "column 3: # is not part of a filter; names with odd characters go in backquotes"
    );
    assert_eq!(error(&"(".repeat(100_000)), "column 102: nested deeper than 100");
}

#[test]
fn a_check_names_what_the_schema_does_not_have() {
    let field = |name: &str, kind| Field { name: name.into(), kind, nullable: true };
    let schema = Schema { fields: vec![field("dep_delay", Kind::Float), field("origin", Kind::Text)] };
    let check = |text: &str| Filter::parse(text).unwrap().check(&schema);
    assert_eq!(check(r#"dep_delay > 1 and origin == "JFK" and _offset < 9"#), Ok(()));
    assert_eq!(check("Origin is null"), Err("there is no column Origin; did you mean origin?".into()));
    assert_eq!(check("zzz is null"), Err("there is no column zzz".into()));
    assert_eq!(check("origin == 3"), Err("origin is text: put the value in double quotes".into()));
    assert!(check(r#"dep_delay > "3""#).unwrap_err().contains("dep_delay is a number"));
    assert!(check(r#"_timestamp > "noon""#).unwrap_err().contains("is not a time"));
}

proptest! {
    #[test]
    fn parsing_never_panics(text in any::<String>()) {
        let _ = Filter::parse(&text);
    }

    #[test]
    fn parsing_of_words_in_any_order_never_panics(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "a", "`b c`", "==", "<", "(", ")", ",", "and", "or", "not", "is", "in", "null", "true", "1", "-2.5e3",
                "\"x\\\"\"", "\"", "`", "\\", "é", "=", "1..2", "--1",
            ]),
            0..20,
        ),
    ) {
        let text = words.join(" ");
        if let Ok(filter) = Filter::parse(&text) {
            let data = df!("a" => [1_i64], "b c" => ["x"]).unwrap();
            prop_assert!(filter.mask(&data).is_ok());
        }
    }
}
