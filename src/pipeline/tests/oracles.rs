//! The steps against scikit-learn and Python's calendar; tests/oracles/pipeline/README.md gives source and tolerance.

use polars::prelude::*;
use serde_json::Value;

use super::{feature, fit};
use crate::pipeline::Applied;

fn path(name: &str) -> String {
    format!("{}/tests/oracles/pipeline/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn json(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path(name)).unwrap()).unwrap()
}

fn frame(name: &str) -> DataFrame {
    ParquetReader::new(std::fs::File::open(path(name)).unwrap()).finish().unwrap()
}

/// The entry of a scikit-learn transformer.
fn expected(step: &str) -> Value {
    let table = json("table.json");
    let steps = table["steps"].as_array().unwrap();
    steps.iter().find(|entry| entry["step"] == step).unwrap().clone()
}

fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) if text == "NaN" => f64::NAN,
        other => other.as_f64().unwrap(),
    }
}

fn column(rows: &Value, index: usize) -> Vec<&Value> {
    rows.as_array().unwrap().iter().map(|row| &row[index]).collect()
}

fn close(found: &[f64], expected: &[&Value], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
        let expected = number(expected);
        let same = found.is_nan() && expected.is_nan()
            || (found - expected).abs() <= tolerance * expected.abs().max(1.0);
        assert!(same, "{what}, row {row}: {found} is not {expected}");
    }
}

/// Fits on train and compares the named columns on both parts; column `i` of scikit-learn's rows is feature `names[i]`.
fn compare(
    step: &str,
    toml: &str,
    used: &[&str],
    names: &[(usize, String)],
    tolerance: impl Fn(&str) -> f64,
) {
    let expected = expected(step);
    let fitted = fit(toml, &frame("train.parquet").select(used.iter().copied()).unwrap());
    for part in ["train", "test"] {
        let applied: Applied = fitted.apply(&frame(&format!("{part}.parquet"))).unwrap();
        for (index, name) in names {
            let what = format!("{step} {part} {name}");
            close(feature(&applied, name), &column(&expected[part], *index), tolerance(name), &what);
        }
    }
}

#[test]
fn standardize_is_the_standard_scaler() {
    let columns = ["plain", "with_null", "with_nan", "constant", "large", "tiny", "far_from_zero", "whole"];
    let toml = format!("[[prepare]]\nstep = 'standardize'\ncolumns = {columns:?}");
    let names: Vec<_> = columns.iter().map(|name| name.to_string()).enumerate().collect();
    compare(
        "standard_scaler",
        &toml,
        &columns,
        &names,
        |name| {
            if name == "far_from_zero" { 1e-6 } else { 1e-12 }
        },
    );
}

#[test]
fn impute_is_the_simple_imputer_with_its_indicators() {
    // scikit-learn's columns: five values (the fourth has none in train), then the indicators of those with gaps in train.
    let columns = ["with_null", "with_nan", "whole", "plain"];
    let places = [0, 1, 2, 4];
    let indicators = [(5, "with_null_missing"), (6, "with_nan_missing"), (7, "whole_missing")];
    let names = places.into_iter().zip(columns).chain(indicators);
    let names: Vec<_> = names.map(|(index, name)| (index, name.to_owned())).collect();
    for (with, sklearn, tolerance) in [
        ("with = 'mean'", "impute_mean", 1e-12),
        ("with = 'median'", "impute_median", 0.0),
        ("with = 'most-frequent'", "impute_most_frequent", 0.0),
        ("with = 'constant'\nvalue = -99.5", "impute_constant", 0.0),
    ] {
        let toml = format!("[[prepare]]\nstep = 'impute'\ncolumns = {columns:?}\nindicator = true\n{with}");
        compare(sklearn, &toml, &columns, &names, |_| tolerance);
    }
}

#[test]
fn words_are_imputed_as_scikit_learn_does() {
    let columns = ["colour", "rare", "gaps", "unicode"];
    for (with, sklearn) in [
        ("with = 'most-frequent'", "impute_words_most_frequent"),
        ("with = 'constant'\nvalue = 'missing'", "impute_words_constant"),
    ] {
        let toml = format!(
            "[[prepare]]\nstep = 'impute'\ncolumns = {columns:?}\n{with}\n\
             [[prepare]]\nstep = 'one-hot'\ncolumns = {columns:?}"
        );
        let expected = expected(sklearn);
        let fitted = fit(&toml, &frame("train.parquet").select(columns).unwrap());
        for part in ["train", "test"] {
            let filled = fitted.apply_to(&frame(&format!("{part}.parquet")), 1).unwrap();
            for (index, name) in columns.iter().enumerate() {
                let words: Vec<_> = column(&expected[part], index).into_iter().map(Value::as_str).collect();
                let found: Vec<_> = filled.column(name).unwrap().str().unwrap().iter().collect();
                assert_eq!(found, words, "{sklearn} {part} {name}");
            }
        }
    }
}

#[test]
fn one_hot_is_the_one_hot_encoder() {
    let columns = ["colour", "rare", "gaps", "unicode"];
    let expected = expected("one_hot");
    let mut names = Vec::new();
    let mut place = 0;
    for (name, values) in columns.iter().zip(expected["fitted"]["categories_"].as_array().unwrap()) {
        for value in values.as_array().unwrap() {
            // A null is a category of scikit-learn's, none of ours.
            names.extend(value.as_str().map(|value| (place, format!("{name}={value}"))));
            place += 1;
        }
    }
    let toml = format!("[[prepare]]\nstep = 'one-hot'\ncolumns = {columns:?}");
    compare("one_hot", &toml, &columns, &names, |_| 0.0);

    let fitted = fit(&toml, &frame("train.parquet").select(columns).unwrap());
    let made: Vec<_> = names.into_iter().map(|(_, name)| name).collect();
    assert_eq!(fitted.output, made, "the same categories in the same order, and no other");
}

#[test]
fn date_parts_are_those_of_the_calendar_for_every_time() {
    let times = json("time.json");
    let times = times["utc"].as_array().unwrap();
    let ms: Vec<i64> = times.iter().map(|time| time["ms"].as_i64().unwrap()).collect();
    assert!(ms.contains(&i64::MIN) && ms.contains(&i64::MAX));
    let at = Int64Chunked::from_vec("at".into(), ms).into_datetime(TimeUnit::Milliseconds, None);
    let rows = DataFrame::new_infer_height(vec![at.into_column()]).unwrap();
    let toml = "[[prepare]]\nstep = 'date-parts'\ncolumns = ['at']\n\
                parts = ['year', 'month', 'day', 'weekday', 'hour', 'minute']";
    let applied = fit(toml, &rows).apply(&rows).unwrap();
    let parts = ["year", "month", "day", "weekday_iso", "hour", "minute"];
    for part in parts {
        let expected: Vec<_> = times.iter().map(|time| &time[part]).collect();
        close(feature(&applied, &format!("at_{}", part.trim_end_matches("_iso"))), &expected, 0.0, part);
    }
}
