//! One preparation, two uses: any rows in any chunks give the values of the whole, bit for bit.

use polars::prelude::*;
use proptest::prelude::*;

use super::fit;
use crate::pipeline::{FeatureMatrix, FittedPipeline};

/// Every step, each kind of column, and steps on columns that other steps made.
const EVERY_STEP: &str = r#"
[[prepare]]
step = "cast"
columns = ["text_number"]
to = "float"
[[prepare]]
step = "cast"
columns = ["seconds"]
to = "time-from-seconds"
[[prepare]]
step = "date-parts"
columns = ["seconds", "at"]
parts = ["year", "weekday", "hour", "minute"]
[[prepare]]
step = "impute"
columns = ["number", "text_number"]
with = "mean"
indicator = true
[[prepare]]
step = "impute"
columns = ["word"]
with = "constant"
value = "none"
[[prepare]]
step = "impute"
columns = ["whole", "flag"]
with = "most-frequent"
[[prepare]]
step = "one-hot"
columns = ["word", "at_weekday"]
[[prepare]]
step = "standardize"
columns = ["number", "text_number", "at_hour", "raw"]
[[prepare]]
step = "drop"
columns = ["unused"]
"#;

/// One row of a foreign frame.
type Row = (
    Option<f64>,
    Option<i64>,
    Option<bool>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<f64>,
);

fn frame(rows: &[Row]) -> DataFrame {
    let at: Int64Chunked = rows.iter().map(|row| row.6).collect();
    let mut at = at.into_datetime(TimeUnit::Milliseconds, None).into_series();
    at.rename("at".into());
    let columns = vec![
        Column::new("number".into(), rows.iter().map(|row| row.0).collect::<Vec<_>>()),
        Column::new("whole".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
        Column::new("flag".into(), rows.iter().map(|row| row.2).collect::<Vec<_>>()),
        Column::new("word".into(), rows.iter().map(|row| row.3.clone()).collect::<Vec<_>>()),
        Column::new("text_number".into(), rows.iter().map(|row| row.4.clone()).collect::<Vec<_>>()),
        Column::new("seconds".into(), rows.iter().map(|row| row.5).collect::<Vec<_>>()),
        at.into_column(),
        Column::new("raw".into(), rows.iter().map(|row| row.7).collect::<Vec<_>>()),
        Column::new("unused".into(), vec!["x"; rows.len()]),
    ];
    DataFrame::new(rows.len(), columns).unwrap()
}

/// Rows that a pipeline can be fitted on: each column has values.
fn train() -> DataFrame {
    let row = |index: i64| -> Row {
        let number = index as f64 * 0.1 - 1.7;
        let word = ["a", "b", "", "ß"][index as usize % 4].to_owned();
        let gap = index % 5 == 0;
        let at = Some(index * 7_654_321);
        let text = Some(number.to_string());
        ((!gap).then_some(number), Some(index % 3), Some(gap), Some(word), text, at, at, Some(number))
    };
    frame(&(0..40).map(row).collect::<Vec<_>>())
}

fn any_row() -> impl Strategy<Value = Row> {
    let number = || proptest::option::of(prop_oneof![Just(f64::NAN), Just(-0.0), proptest::num::f64::ANY]);
    let word = prop_oneof![Just("a".to_owned()), Just("ß".to_owned()), ".{0,3}"];
    let text = prop_oneof![proptest::num::f64::ANY.prop_map(|number| number.to_string()), ".{0,4}"];
    (
        number(),
        proptest::option::of(any::<i64>()),
        any::<Option<bool>>(),
        proptest::option::of(word),
        proptest::option::of(text),
        proptest::option::of(any::<i64>()),
        proptest::option::of(any::<i64>()),
        number(),
    )
}

fn bits(matrix: &FeatureMatrix) -> Vec<Vec<u64>> {
    (0..matrix.columns())
        .map(|index| matrix.column(index).iter().map(|value| value.to_bits()).collect())
        .collect()
}

/// The rows in chunks of these lengths, over and over, applied one after the other.
fn in_chunks(fitted: &FittedPipeline, rows: &DataFrame, lengths: &[usize]) -> Vec<Vec<u64>> {
    let applier = fitted.applier().unwrap();
    let mut whole = vec![Vec::new(); fitted.output.len()];
    let mut start = 0;
    for length in lengths.iter().cycle() {
        let applied = applier.apply(&rows.slice(start as i64, *length)).unwrap();
        for (column, chunk) in whole.iter_mut().zip(bits(&applied.features)) {
            column.extend(chunk);
        }
        start += length;
        if start >= rows.height() {
            return whole;
        }
    }
    whole
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunks_give_the_values_of_the_whole(
        rows in proptest::collection::vec(any_row(), 0..40),
        mut lengths in proptest::collection::vec(0_usize..9, 0..6),
    ) {
        // At least one chunk has a row, or the rows would never end.
        lengths.push(1);
        let fitted = fit(EVERY_STEP, &train());
        let rows = frame(&rows);
        let whole = fitted.apply(&rows).unwrap();
        prop_assert_eq!(&whole.features.names()[..], &fitted.output[..]);
        prop_assert_eq!(in_chunks(&fitted, &rows, &lengths), bits(&whole.features));
        prop_assert_eq!(in_chunks(&fitted, &rows, &[1]), bits(&whole.features));
    }

    #[test]
    fn a_frame_in_pieces_is_the_frame(rows in proptest::collection::vec(any_row(), 2..40), cut in 1_usize..39) {
        let fitted = fit(EVERY_STEP, &train());
        let rows = frame(&rows);
        let cut = cut.min(rows.height() - 1) as i64;
        let (head, tail) = rows.split_at(cut);
        let pieces = head.vstack(&tail).unwrap();
        prop_assert!(pieces.max_n_chunks() > 1);
        let (whole, pieces) = (fitted.apply(&rows).unwrap(), fitted.apply(&pieces).unwrap());
        prop_assert_eq!(bits(&whole.features), bits(&pieces.features));
        prop_assert_eq!(whole.unmatched, pieces.unmatched);
    }
}

#[test]
fn fitting_on_a_frame_in_pieces_learns_the_same() {
    let train = train();
    let (head, tail) = train.split_at(13);
    assert_eq!(fit(EVERY_STEP, &train), fit(EVERY_STEP, &head.vstack(&tail).unwrap()));
}

#[test]
fn a_saved_pipeline_gives_the_same_values_bit_for_bit() {
    let train = train();
    let fitted = fit(EVERY_STEP, &train);
    let json = serde_json::to_string(&fitted).unwrap();
    let again: FittedPipeline = serde_json::from_str(&json).unwrap();
    assert_eq!(again, fitted);
    assert_eq!(serde_json::to_string(&again).unwrap(), json);
    let (first, second) = (fitted.apply(&train).unwrap(), again.apply(&train).unwrap());
    assert_eq!(bits(&first.features), bits(&second.features));
}

#[test]
fn only_columns_that_reach_a_feature_are_asked_for() {
    let fitted = fit(EVERY_STEP, &train());
    assert!(fitted.input.get("unused").is_none());
    let without = train().drop("unused").unwrap();
    assert_eq!(
        bits(&fitted.apply(&without).unwrap().features),
        bits(&fitted.apply(&train()).unwrap().features)
    );
}
