//! The learners on a year of flights: 245,000 rows to fit on, gaps, rare categories, columns that depend on each other.
//!
//! The rows are those of assets/flights, taken as the oracle took them, and prepared by the pipeline that users have: a
//! coefficient that comes out right says that median, scale and categories did, too.

use super::*;
use crate::codec::{Field, Kind, Schema};
use crate::jobs::Progress;
use crate::pipeline::{ImputeWith, PipelineSpec, StepSpec};

const CATEGORIES: [&str; 3] = ["carrier", "origin", "dest"];

/// The flights that arrived, with the columns that the oracle makes of them.
struct Flights {
    expected: Value,
    train: DataFrame,
    test: DataFrame,
}

impl Flights {
    fn load(name: &str) -> Self {
        let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "assets/flights/flights.parquet"].iter().collect();
        let all = crate::data::import(&path).unwrap();
        let arrived = all.filter(&all.column("arr_delay").unwrap().is_not_null()).unwrap();
        let expected = expected(name);
        let mut columns: Vec<Column> = Vec::new();
        for name in names_of(&expected["dataset"]["numeric"]) {
            columns.push(Column::new(name.as_str().into(), numeric(&arrived, &name)));
        }
        columns.extend(CATEGORIES.map(|name| arrived.column(name).unwrap().clone()));
        columns.push(Column::new("arr_delay".into(), numeric(&arrived, "arr_delay")));
        let rows = DataFrame::new(arrived.height(), columns).unwrap();
        let to_fit = |month: &Option<f64>| month.unwrap() <= 9.0;
        let train: BooleanChunked = numeric(&arrived, "month").iter().map(to_fit).collect();
        let (train, test) = (rows.filter(&train).unwrap(), rows.filter(&!&train).unwrap());
        let heights = &expected["dataset"]["rows"];
        assert_eq!((heights["train"].as_u64(), heights["test"].as_u64()), (size(&train), size(&test)));
        Self { expected, train, test }
    }

    /// `preprocessing.linear` of the oracle.
    fn linear(&self) -> Set {
        let numeric = names_of(&self.expected["dataset"]["numeric"]);
        let set = self.prepared(&[
            impute(&numeric),
            StepSpec::Standardize { columns: numeric },
            StepSpec::OneHot { columns: CATEGORIES.map(String::from).into(), max: None },
        ]);
        assert_eq!(
            set.train.0.names()[..],
            names_of(&self.expected["preprocessing"]["linear"]["columns"])[..]
        );
        set
    }

    /// `preprocessing.ordinal` of the oracle: numbers without gaps, and each category by its place among those of train.
    fn ordinal(&self) -> Set {
        let numeric = names_of(&self.expected["dataset"]["numeric"]);
        let drop = StepSpec::Drop { columns: CATEGORIES.map(String::from).into() };
        let mut set = self.prepared(&[impute(&numeric), drop]);
        for (part, rows) in [(&mut set.train.0, &self.train), (&mut set.test.0, &self.test)] {
            let mut values = part.values().to_vec();
            for name in CATEGORIES {
                let known = names_of(&self.expected["preprocessing"]["categories"][name]);
                let place = |value: &str| known.iter().position(|known| known == value);
                let column = rows.column(name).unwrap().str().unwrap();
                values.extend(column.iter().map(|value| place(value.unwrap()).map_or(-1.0, |at| at as f64)));
            }
            let names: Vec<String> =
                part.names().iter().cloned().chain(CATEGORIES.map(String::from)).collect();
            *part = FeatureMatrix::new(names.into(), rows.height(), values).unwrap();
        }
        set
    }

    fn prepared(&self, steps: &[StepSpec]) -> Set {
        let field = |name: &str, kind| Field { name: name.into(), kind, nullable: true };
        let numeric = names_of(&self.expected["dataset"]["numeric"]);
        let numbers = numeric.iter().map(|name| field(name, Kind::Float));
        let fields = numbers.chain(CATEGORIES.map(|name| field(name, Kind::Text))).collect();
        let checked = PipelineSpec { steps: steps.into() }.check(&Schema { fields }).unwrap();
        let fitted = checked.fit(&self.train, &Progress::new(), &Cancel::new()).unwrap();
        let part = |rows: &DataFrame| (fitted.apply(rows).unwrap().features, self.labels(rows));
        Set { train: part(&self.train), test: part(&self.test), expected: self.expected.clone() }
    }

    fn labels(&self, rows: &DataFrame) -> Labels {
        let delay = column(rows, "arr_delay");
        if self.expected["dataset"]["task"] == "regression" {
            return Labels::Values(delay);
        }
        let classes = delay.iter().map(|delay| u32::from(*delay > 15.0)).collect();
        Labels::Classes { names: vec!["0".into(), "1".into()], classes }
    }
}

fn size(rows: &DataFrame) -> Option<u64> {
    Some(rows.height() as u64)
}

fn names_of(list: &Value) -> Vec<String> {
    serde_json::from_value(list.clone()).unwrap()
}

fn impute(columns: &[String]) -> StepSpec {
    StepSpec::Impute { columns: columns.into(), with: ImputeWith::Median, value: None, indicator: false }
}

/// A column as numbers; two of them the oracle makes of others.
fn numeric(flights: &DataFrame, name: &str) -> Vec<Option<f64>> {
    let of = |name: &str, kind: DataType| flights.column(name).unwrap().cast(&kind).unwrap();
    let whole =
        |name: &str| -> Vec<i64> { of(name, DataType::Int64).i64().unwrap().into_no_null_iter().collect() };
    match name {
        "weekday" => {
            let dates = whole("year").into_iter().zip(whole("month")).zip(whole("day"));
            let weekday = |((year, month), day): ((i64, i64), i64)| {
                jiff::civil::date(year as i16, month as i8, day as i8).weekday().to_monday_one_offset()
            };
            dates.map(|date| Some(f64::from(weekday(date)))).collect()
        }
        "sched_minutes" => {
            let both = whole("sched_dep_utc").into_iter().zip(whole("sched_arr_utc"));
            both.map(|(departure, arrival)| Some(((arrival - departure) / 60_000) as f64)).collect()
        }
        _ => of(name, DataType::Float64).f64().unwrap().iter().collect(),
    }
}

/// The first rows of the test part are those that the oracle wrote predictions of.
fn close_predictions(name: &str, model: &str, ours: &[f64], theirs: &[f64]) {
    assert_eq!(theirs.len(), 2_000);
    for (ours, theirs) in ours.iter().zip(theirs) {
        close(&format!("{name} {model}"), *ours, *theirs);
    }
}

#[test]
fn logistic_regression_finds_the_exact_optimum_of_a_year_of_flights() {
    let set = Flights::load("flights").linear();
    let (model, _) = fit(LearnerSpec::LogisticRegression { c: 1.0 }, &set);
    let Model::LogisticRegression(logistic) = &model else { panic!() };
    let expected = &set.expected["models"]["logistic"];
    for (ours, theirs) in logistic.coefficients()[0].iter().zip(numbers(&expected["fitted"]["coef"][0])) {
        close("coefficient", *ours, theirs);
    }
    close("intercept", logistic.intercepts()[0], numbers(&expected["fitted"]["intercept"])[0]);
    let found = Found::of(&model, &set);
    close_predictions("flights", "logistic", &found.second, &expected_predictions("flights", "logistic")[1]);
    for (metric, ours) in found.metrics {
        close(metric, ours, expected["metrics"]["test"][metric].as_f64().unwrap());
    }
}

#[test]
fn boosted_trees_tell_late_flights_as_well_as_the_oracles_boosters() {
    let set = Flights::load("flights").ordinal();
    let (model, _) = fit(boosted_with(6, 0.0, 1.0), &set);
    for (metric, ours) in Found::of(&model, &set).metrics {
        let (worst, sign) = if metric == "log_loss" {
            (worst(&set, metric, false) + 0.01, -1.0)
        } else {
            (worst(&set, metric, true) - 0.005, 1.0)
        };
        assert!(sign * ours >= sign * worst, "{metric}: {ours} is worse than {worst}");
    }
}

/// Probabilities of the second of two classes on the test part, and how good they are.
struct Found {
    second: Vec<f64>,
    metrics: [(&'static str, f64); 4],
}

impl Found {
    fn of(model: &Model, set: &Set) -> Self {
        let prediction = model.predict(&set.test.0).unwrap();
        let Prediction::Classes { probabilities, .. } = &prediction else { panic!() };
        let truth = set.test.1.classes().unwrap();
        let second: Vec<f64> = probabilities.iter().skip(1).step_by(2).copied().collect();
        let late: Vec<bool> = truth.iter().map(|class| *class == 1).collect();
        let ranking = Ranking::new(&late, &second).unwrap();
        let accuracy = ConfusionMatrix::new(2, truth, &prediction.most_probable()).accuracy().unwrap();
        let metrics = [
            ("accuracy", accuracy),
            ("log_loss", log_loss(2, truth, probabilities).unwrap()),
            ("roc_auc", ranking.roc_auc().unwrap()),
            ("average_precision", ranking.average_precision().unwrap()),
        ];
        Self { second, metrics }
    }
}

#[test]
fn ridge_and_least_squares_find_the_exact_optimum_of_a_year_of_delays() {
    let set = Flights::load("flights_regression").linear();
    for (alpha, name) in [(1.0, "ridge"), (0.0, "linear_regression")] {
        let (model, _) = fit(LearnerSpec::RidgeRegression { alpha }, &set);
        let Model::RidgeRegression(ridge) = &model else { panic!() };
        let expected = &set.expected["models"][name];
        let Prediction::Values(values) = model.predict(&set.test.0).unwrap() else { panic!() };
        let theirs = &expected_predictions("flights_regression", name)[0];
        close_predictions("flights_regression", name, &values, theirs);
        // Three columns follow from others: without a penalty neither the coefficients are certain, nor what follows for
        // the few flights to airports that train does not have.
        if alpha > 0.0 {
            for (ours, theirs) in ridge.coefficients().iter().zip(numbers(&expected["fitted"]["coef"])) {
                close(name, *ours, theirs);
            }
            close(name, ridge.intercept(), expected["fitted"]["intercept"].as_f64().unwrap());
            let errors = Errors::new(set.test.1.values().unwrap(), &values).unwrap();
            close(name, errors.rmse(), expected["metrics"]["test"]["rmse"].as_f64().unwrap());
        }
    }
}

#[test]
fn boosted_trees_tell_delays_as_well_as_the_oracles_boosters() {
    let set = Flights::load("flights_regression").ordinal();
    let (model, _) = fit(boosted_with(6, 0.0, 20.0), &set);
    let Prediction::Values(values) = model.predict(&set.test.0).unwrap() else { panic!() };
    let rmse = Errors::new(set.test.1.values().unwrap(), &values).unwrap().rmse();
    assert!(rmse <= worst(&set, "rmse", false) * 1.02, "{rmse}");
}
