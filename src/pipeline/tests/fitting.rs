//! What is learned, what is refused, what is counted.

use polars::prelude::*;

use super::{check, feature, fit, schema_of, spec, try_fit};
use crate::codec::Kind;
use crate::jobs::{Cancel, Progress};
use crate::pipeline::{FittedPipeline, FittedStep, Unmatched};

fn refused(toml: &str, train: &DataFrame) -> String {
    try_fit(toml, train).unwrap_err().to_string()
}

fn step(step: &str, columns: &str) -> String {
    format!("[[prepare]]\nstep = '{step}'\ncolumns = {columns}\n")
}

fn texts(values: &[Option<&str>]) -> DataFrame {
    df!("x" => values).unwrap()
}

fn cast(values: &DataFrame, to: &str) -> (Vec<f64>, Vec<Unmatched>) {
    let applied = fit(&format!("{}to = '{to}'", step("cast", "['x']")), values).apply(values).unwrap();
    (feature(&applied, "x").to_vec(), applied.unmatched)
}

fn failed(values: u64) -> Vec<Unmatched> {
    vec![Unmatched { step: 0, column: "x".into(), values }]
}

/// NaN as -1, so that rows can be compared.
fn shown(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| if value.is_nan() { -1.0 } else { *value }).collect()
}

#[test]
fn values_that_cannot_be_cast_become_missing_and_are_counted() {
    let (values, unmatched) = cast(&texts(&[Some(" 7 "), Some("7.5"), Some("seven"), None]), "int");
    assert_eq!((shown(&values), unmatched), (vec![7.0, -1.0, -1.0, -1.0], failed(2)));

    let (values, unmatched) = cast(&texts(&[Some("1e3"), Some("inf"), Some("NaN"), Some("")]), "float");
    assert_eq!((shown(&values), unmatched), (vec![1000.0, -1.0, -1.0, -1.0], failed(3)));

    let (values, unmatched) = cast(&texts(&[Some("TRUE"), Some("false"), Some("1"), Some("yes")]), "bool");
    assert_eq!((shown(&values), unmatched), (vec![1.0, 0.0, 1.0, -1.0], failed(1)));

    let floats = df!("x" => [2.0, 2.5, 1e19, f64::NAN]).unwrap();
    let (values, unmatched) = cast(&floats, "int");
    assert_eq!(
        (shown(&values), unmatched),
        (vec![2.0, -1.0, -1.0, -1.0], failed(2)),
        "NaN was missing before"
    );

    let large = df!("x" => [u64::MAX, 5]).unwrap();
    let (values, unmatched) = cast(&large, "int");
    assert_eq!((shown(&values), unmatched), (vec![-1.0, 5.0], failed(1)));
}

#[test]
fn times_are_read_from_text_and_numbers_in_utc() {
    let hours = |values: &DataFrame, to: &str| {
        let toml =
            format!("{}to = '{to}'\n{}parts = ['hour']", step("cast", "['x']"), step("date-parts", "['x']"));
        let applied = fit(&toml, values).apply(values).unwrap();
        (shown(feature(&applied, "x_hour")), applied.unmatched)
    };
    let iso = texts(&[
        Some("2013-01-01T05:15:00Z"),
        Some("2013-01-01T05:15:00+02:00"),
        Some("2013-01-01 05:15:00"),
        Some("2013-01-01"),
        Some("yesterday"),
    ]);
    assert_eq!(hours(&iso, "time"), (vec![5.0, 3.0, 5.0, 0.0, -1.0], failed(1)));
    let seconds = df!("x" => [1_357_017_300_i64, i64::MAX]).unwrap();
    assert_eq!(hours(&seconds, "time-from-seconds"), (vec![5.0, -1.0], failed(1)));
    let millis = df!("x" => [1_357_017_300_000_i64, -1]).unwrap();
    assert_eq!(hours(&millis, "time-from-millis"), (vec![5.0, 23.0], vec![]));
}

#[test]
fn values_not_seen_in_training_are_all_zero_and_counted_and_nulls_are_not() {
    let fitted = fit(&step("one-hot", "['x']"), &texts(&[Some("b"), Some("a"), None]));
    assert_eq!(fitted.output, ["x=a", "x=b"]);
    let applied = fitted.apply(&texts(&[Some("a"), Some("new"), None, Some("newer")])).unwrap();
    assert_eq!(applied.features.values(), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(applied.unmatched, failed(2));
}

#[test]
fn max_keeps_the_most_frequent_values() {
    let train = texts(&[Some("c"), Some("b"), Some("c"), Some("a"), Some("b"), Some("d")]);
    let fitted = fit(&format!("{}max = 3", step("one-hot", "['x']")), &train);
    assert_eq!(fitted.output, ["x=a", "x=b", "x=c"], "sorted; of the equally rare a and d the smaller");
    assert_eq!(fitted.apply(&train).unwrap().unmatched, failed(1));
    let whole = df!("x" => [10_i64, 9, -1]).unwrap();
    assert_eq!(fit(&step("one-hot", "['x']"), &whole).output, ["x=-1", "x=9", "x=10"], "integers by value");
}

#[test]
fn too_many_values_ask_for_a_max() {
    let train = df!("x" => (0..1_001).map(|i| format!("v{i}")).collect::<Vec<_>>()).unwrap();
    assert_eq!(
        refused(&step("one-hot", "['x']"), &train),
        "Fitting the preparation: step 1 (one-hot): `x` has 1001 different values in the train part. \
         Set `max` to keep the most frequent values only, or drop the column."
    );
}

#[test]
fn infinite_values_are_refused_with_their_count_unless_the_column_is_left_out() {
    let train = df!("x" => [1.0, f64::INFINITY, f64::NEG_INFINITY], "y" => [1.0, 2.0, 3.0]).unwrap();
    assert_eq!(
        refused(&step("standardize", "['y']"), &train),
        "Fitting the preparation: `x` has 2 infinite values. \
         Drop these columns, or filter out the rows that hold infinite values."
    );
    assert_eq!(fit(&step("drop", "['x']"), &train).output, ["y"]);
}

#[test]
fn a_statistic_of_nothing_is_refused() {
    let train = df!("x" => [None::<f64>, Some(f64::NAN)]).unwrap();
    let why = "`x` has no value in the train part. Drop the column, or fill it with a constant.";
    for (step, toml) in [
        ("impute", "with = 'mean'"),
        ("impute", "with = 'median'"),
        ("impute", "with = 'most-frequent'"),
        ("standardize", ""),
    ] {
        let told = refused(&format!("[[prepare]]\nstep = '{step}'\ncolumns = ['x']\n{toml}"), &train);
        assert_eq!(told, format!("Fitting the preparation: step 1 ({step}): {why}"));
    }
    assert_eq!(
        refused("", &train.head(Some(0))),
        "Fitting the preparation: the train part has no rows. Choose a larger range, or a larger train part."
    );
}

#[test]
fn sums_that_overflow_are_refused() {
    let train = df!("x" => [f64::MAX, f64::MAX, 1.0]).unwrap();
    assert!(refused(&step("standardize", "['x']"), &train).contains("are too large to be summed"));
}

#[test]
fn two_one_hot_columns_must_not_make_the_same_name() {
    let train = df!("a" => ["b=c"], "a=b" => ["c"]).unwrap();
    assert!(
        refused(&step("one-hot", "['a', 'a=b']"), &train).contains("a column `a=b=c` would be made twice")
    );
}

#[test]
fn one_value_of_a_one_hot_column_can_be_dropped_if_it_is_there() {
    let train = texts(&[Some("a"), Some("b")]);
    let drop = |name: &str| format!("{}{}", step("one-hot", "['x']"), step("drop", &format!("['x={name}']")));
    assert_eq!(fit(&drop("a"), &train).output, ["x=b"]);
    assert!(refused(&drop("z"), &train).contains("step 2 (drop): there is no column `x=z` at this point"));
}

#[test]
fn unfilled_nulls_reach_the_features_as_missing() {
    let rows = df!("x" => [Some(1_i64), None], "late" => [Some(true), None]).unwrap();
    let applied = fit("", &rows).apply(&rows).unwrap();
    assert_eq!(shown(applied.features.values()), [1.0, -1.0, 1.0, -1.0]);
}

#[test]
fn the_input_is_nullable_where_training_had_nulls_or_a_step_fills_them() {
    let train = df!(
        "gaps" => [Some(1.0), None], "filled" => [1.0, 2.0], "never" => [1.0, 2.0], "unused" => ["a", "b"]
    )
    .unwrap();
    let toml = format!("{}{}with = 'mean'", step("drop", "['unused']"), step("impute", "['filled']"));
    let fields: Vec<_> =
        fit(&toml, &train).input.fields.into_iter().map(|field| (field.name, field.nullable)).collect();
    let expected = [("gaps", true), ("filled", true), ("never", false)];
    assert_eq!(fields, expected.map(|(name, nullable)| (name.to_owned(), nullable)));
}

#[test]
fn rows_without_a_column_or_with_another_type_are_refused() {
    let train = df!("x" => [1.0, 2.0], "word" => ["a", "b"]).unwrap();
    let fitted = fit(&step("one-hot", "['word']"), &train);
    let told = |rows: &DataFrame| fitted.apply(rows).unwrap_err().to_string();
    assert!(told(&df!("y" => [1.0]).unwrap()).contains("the rows have no column `x`, `word`"));
    assert!(told(&df!("x" => ["1"], "word" => ["a"]).unwrap()).contains("`x` should be numbers and is str"));
    let integers = df!("x" => [3_i64], "word" => ["a"]).unwrap();
    assert_eq!(fitted.apply(&integers).unwrap().features.values(), [3.0, 1.0, 0.0]);
}

#[test]
fn times_of_other_units_are_the_same_times() {
    let at = |unit, value: i64| {
        let times = Int64Chunked::from_vec("x".into(), vec![value]).into_datetime(unit, None);
        DataFrame::new_infer_height(vec![times.into_column()]).unwrap()
    };
    let fitted = fit(
        &format!("{}parts = ['minute', 'year']", step("date-parts", "['x']")),
        &at(TimeUnit::Milliseconds, 0),
    );
    for (unit, value) in
        [(TimeUnit::Milliseconds, -1), (TimeUnit::Microseconds, -1), (TimeUnit::Nanoseconds, -1)]
    {
        assert_eq!(fitted.apply(&at(unit, value)).unwrap().features.values(), [59.0, 1969.0]);
    }
}

#[test]
fn the_table_after_a_step_has_also_columns_that_no_feature_needs() {
    let train = df!("x" => [1.0, 3.0], "word" => ["a", "b"]).unwrap();
    let fitted = fit(&format!("{}{}", step("standardize", "['x']"), step("drop", "['word']")), &train);
    assert_eq!(fitted.apply_to(&train, 0).unwrap(), train);
    let after = fitted.apply_to(&train, 1).unwrap();
    assert_eq!(after, df!("x" => [-1.0, 1.0], "word" => ["a", "b"]).unwrap());
    assert_eq!(fitted.apply_to(&train, 2).unwrap().get_column_names(), ["x"]);
}

#[test]
fn a_pipeline_whose_data_do_not_fit_together_is_refused() {
    let train = df!("x" => [1.0, 3.0], "word" => ["a", "b"]).unwrap();
    let fitted = fit(&format!("{}{}", step("standardize", "['x']"), step("one-hot", "['word']")), &train);
    let refused = |change: &dyn Fn(&mut FittedPipeline)| {
        let mut damaged = fitted.clone();
        change(&mut damaged);
        damaged.applier().err().unwrap().to_string()
    };
    let features = refused(&|fitted| fitted.output.swap(0, 1));
    assert!(features.contains("is damaged: its steps do not make the features it names"), "{features}");
    let kinds = refused(&|fitted| fitted.input.fields[0].kind = Kind::Text);
    assert!(kinds.contains("step 1 (standardize): the fitted pipeline is damaged: `x` is text"), "{kinds}");
    let twice = refused(&|fitted| {
        let field = fitted.input.fields[0].clone();
        fitted.input.fields.push(field);
    });
    assert!(twice.contains("a column `x` would be made twice"), "{twice}");
    let values = refused(&|fitted| {
        if let FittedStep::OneHot(step) = &mut fitted.steps[1] {
            step.columns[0].values = crate::pipeline::Values::Int(vec![1, 2]);
        }
    });
    assert!(values.contains("`word` has values of another type"), "{values}");
}

#[test]
fn fitting_ends_when_it_is_cancelled() {
    let train = df!("x" => [1.0, 2.0]).unwrap();
    let checked = spec(&step("standardize", "['x']")).check(&schema_of(&train)).unwrap();
    let cancel = Cancel::new();
    cancel.cancel();
    let problem = checked.fit(&train, &Progress::new(), &cancel).unwrap_err();
    assert!(problem.cancelled);
}

#[test]
fn types_change_as_the_schema_says() {
    let steps = [
        ("impute", "with = 'constant'\nvalue = 7", Kind::Int),
        ("impute", "with = 'constant'\nvalue = 7.5", Kind::Float),
        ("impute", "with = 'most-frequent'", Kind::Int),
        ("impute", "with = 'median'", Kind::Float),
    ];
    let train = df!("x" => [Some(1_i64 << 60), None]).unwrap();
    for (name, rest, kind) in steps {
        let toml = format!("{}{rest}", step(name, "['x']"));
        let schemas = check(&toml, &[("x", Kind::Int)]).unwrap().schemas().to_vec();
        assert_eq!(schemas[1].fields[0].kind, kind, "{rest}");
        let after = fit(&toml, &train).apply_to(&train, 1).unwrap();
        assert_eq!(crate::pipeline::table::kind_of(after.column("x").unwrap().dtype()), Some(kind), "{rest}");
    }
}
