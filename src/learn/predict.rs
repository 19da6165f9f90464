//! Batch prediction: rows as they come, predictions as columns.

use polars::prelude::{Column, DataFrame};

use super::model::{Model, Prediction};
use crate::jobs::Problem;
use crate::pipeline::FittedPipeline;

/// Prepares rows and predicts them. Gives a column `prediction` (the most probable class, or the number) and for classes a
/// column `p_CLASS` each; rows stay in order. A row that the model cannot predict, because a value is missing that the
/// pipeline does not fill, has nulls.
pub fn predict_frame(
    pipeline: &FittedPipeline,
    model: &Model,
    rows: &DataFrame,
) -> Result<DataFrame, Problem> {
    let prediction = model.predict(&pipeline.apply(rows)?.features)?;
    let columns = match &prediction {
        Prediction::Values(values) => vec![numbers("prediction".into(), values.iter())],
        Prediction::Classes { names, probabilities } => {
            let count = names.len().max(1);
            let known = probabilities.chunks_exact(count).map(|row| row.iter().all(|p| p.is_finite()));
            let labels: Vec<Option<&str>> = prediction
                .most_probable()
                .into_iter()
                .zip(known)
                .map(|(class, known)| names.get(class as usize).filter(|_| known).map(String::as_str))
                .collect();
            let of_class = |(class, name): (usize, &String)| {
                numbers(format!("p_{name}"), probabilities.iter().skip(class).step_by(count))
            };
            let shares = names.iter().enumerate().map(of_class);
            std::iter::once(Column::new("prediction".into(), labels)).chain(shares).collect()
        }
    };
    DataFrame::new(rows.height(), columns)
        .map_err(|error| Problem::new("Writing predictions as columns", error.to_string(), ""))
}

fn numbers<'a>(name: String, values: impl Iterator<Item = &'a f64>) -> Column {
    let values: Vec<Option<f64>> = values.map(|value| value.is_finite().then_some(*value)).collect();
    Column::new(name.into(), values)
}
