//! The truth, from a frame's target column.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, DataType};

use super::task::{Labels, Target, TaskKind, TaskSpec};
use crate::jobs::Problem;

/// Classes of a target at most.
const MAX_CLASSES: usize = 1_000;

/// Labels of the rows that have one.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// The truth of each of `rows`.
    pub labels: Labels,
    /// Row numbers of the frame, ascending.
    pub rows: Vec<u32>,
    /// Rows without a target, which are left out.
    pub missing: u64,
}

impl TaskSpec {
    /// Reads the target. Rows where it is null are left out and counted. Refused: a column that is not there, no row with
    /// a target, NaN or infinite targets, text or true/false for a number, more than 1,000 classes.
    pub fn labels(&self, data: &DataFrame) -> Result<Labelled, Problem> {
        let name = self.target.column();
        let column = data.column(name).map_err(|_| {
            problem(name, "there is no such column".into(), "Choose one of the frame's columns")
        })?;
        let (labels, rows) = match (&self.target, self.kind) {
            (Target::Above { .. }, TaskKind::Regression) => {
                let next = "Choose classification, or the plain column";
                return Err(problem(name, "above a limit or not is a class, not a number".into(), next));
            }
            (Target::Above { above, .. }, TaskKind::Classification) => {
                let (values, rows) = numbers(column)?;
                let names = vec!["false".to_owned(), "true".to_owned()];
                let classes = values.iter().map(|value| u32::from(value > above)).collect();
                (Labels::Classes { names, classes }, rows)
            }
            (Target::Column(_), TaskKind::Regression) => {
                let (values, rows) = numbers(column)?;
                (Labels::Values(values), rows)
            }
            (Target::Column(_), TaskKind::Classification) => classes(column)?,
        };
        if rows.is_empty() {
            return Err(problem(
                name,
                "no row has a target".into(),
                "Choose another target or another slice",
            ));
        }
        let missing = (data.height() - rows.len()) as u64;
        Ok(Labelled { labels, rows, missing })
    }
}

fn numbers(column: &Column) -> Result<(Vec<f64>, Vec<u32>), Problem> {
    let name = column.name().as_str();
    if !column.dtype().is_primitive_numeric() {
        let why = format!("a number is needed and the column is of type {}", column.dtype());
        return Err(problem(name, why, "Choose a column of numbers, or a classification"));
    }
    let floats = column.cast(&DataType::Float64).map_err(|error| polars_problem(name, &error))?;
    let floats = floats.f64().map_err(|error| polars_problem(name, &error))?;
    let present = (0..).zip(floats.iter()).filter_map(|(row, value)| Some((value?, row)));
    let (values, rows): (Vec<f64>, Vec<u32>) = present.unzip();
    let not_finite = values.iter().filter(|value| !value.is_finite()).count();
    if not_finite > 0 {
        let why = format!("{not_finite} rows have a NaN or infinite target");
        return Err(problem(name, why, "Filter those rows out of the slice"));
    }
    Ok((values, rows))
}

fn classes(column: &Column) -> Result<(Labels, Vec<u32>), Problem> {
    let name = column.name().as_str();
    match column.dtype() {
        DataType::Boolean => {
            let values = column.bool().map_err(|error| polars_problem(name, &error))?;
            let present = (0..).zip(values.iter()).filter_map(|(row, value)| Some((u32::from(value?), row)));
            let (classes, rows) = present.unzip();
            Ok((Labels::Classes { names: vec!["false".into(), "true".into()], classes }, rows))
        }
        DataType::String => {
            let values = column.str().map_err(|error| polars_problem(name, &error))?;
            distinct(
                name,
                (0..).zip(values.iter()).filter_map(|(row, value)| Some((row, value?))),
                str::to_owned,
            )
        }
        DataType::UInt64 => {
            let values = column.u64().map_err(|error| polars_problem(name, &error))?;
            let present = (0..).zip(values.iter()).filter_map(|(row, value)| Some((row, value?)));
            distinct(name, present, |value: u64| value.to_string())
        }
        dtype if dtype.is_integer() => {
            let wide = column.strict_cast(&DataType::Int64).map_err(|error| polars_problem(name, &error))?;
            let values = wide.i64().map_err(|error| polars_problem(name, &error))?;
            let present = (0..).zip(values.iter()).filter_map(|(row, value)| Some((row, value?)));
            distinct(name, present, |value: i64| value.to_string())
        }
        dtype if dtype.is_float() => {
            let (values, rows) = numbers(column)?;
            let ordered = rows.into_iter().zip(values).map(|(row, value)| (row, Ordered(value + 0.0)));
            distinct(name, ordered, |value| value.0.to_string())
        }
        other => {
            let why = format!("a column of type {other} has no classes");
            Err(problem(name, why, "Choose true/false, text or numbers of few values"))
        }
    }
}

/// Numbers each distinct value in its own order.
fn distinct<V: Ord + Copy>(
    name: &str,
    values: impl Iterator<Item = (u32, V)>,
    text: impl Fn(V) -> String,
) -> Result<(Labels, Vec<u32>), Problem> {
    let (rows, values): (Vec<u32>, Vec<V>) = values.unzip();
    let mut numbers: BTreeMap<V, u32> = BTreeMap::new();
    for value in &values {
        numbers.entry(*value).or_default();
        if numbers.len() > MAX_CLASSES {
            let why = format!("it has more than {MAX_CLASSES} different values");
            return Err(problem(name, why, "Choose a column of fewer values, or a regression"));
        }
    }
    for (number, entry) in (0..).zip(numbers.values_mut()) {
        *entry = number;
    }
    let classes = values.iter().filter_map(|value| numbers.get(value)).copied().collect();
    Ok((Labels::Classes { names: numbers.keys().map(|value| text(*value)).collect(), classes }, rows))
}

/// A finite number that can be a key.
#[derive(Clone, Copy, PartialEq)]
struct Ordered(f64);

impl Eq for Ordered {}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

fn problem(column: &str, why: String, next: &str) -> Problem {
    Problem::new(format!("Reading the target {column}"), why, next)
}

fn polars_problem(column: &str, error: &polars::error::PolarsError) -> Problem {
    problem(column, error.to_string(), "Choose another target")
}
