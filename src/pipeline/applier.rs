//! A fitted pipeline made ready, and applied to batches.

use std::sync::Arc;

use polars::frame::DataFrame;
use serde::Serialize;

use super::error::{PipelineError, Result};
use super::fitted::FittedPipeline;
use super::layout::Layout;
use super::matrix::FeatureMatrix;
use super::steps::{FittedStep, Ready};
use super::table::{Table, kind_of};
use crate::codec::{Field, Schema};
use crate::jobs::Problem;

/// The name of the work in messages.
const WHAT: &str = "Preparing the rows";

/// What applying gives.
#[derive(Clone, Debug)]
pub struct Applied {
    /// One row per input row, one column per feature; NaN is missing.
    pub features: FeatureMatrix,
    /// Values that were not seen in fitting, or could not be cast; only steps and columns that had any.
    pub unmatched: Vec<Unmatched>,
}

/// Values of one column that a step could do nothing with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmatched {
    /// The step, from 0.
    pub step: usize,
    /// The column.
    pub column: String,
    /// How many values.
    pub values: u64,
}

/// A fitted pipeline made ready: columns are resolved and look-ups are built once, so that applying to a batch of any
/// size costs only the batch. Make one per deployment and keep it.
pub struct Applier {
    input: Vec<Field>,
    steps: Vec<Box<dyn Ready>>,
    output: Arc<[String]>,
}

impl Applier {
    pub(super) fn new(fitted: &FittedPipeline) -> std::result::Result<Self, Problem> {
        let mut layout = Layout::default();
        for (origin, field) in fitted.input.fields.iter().enumerate() {
            layout.push(field.name.clone(), field.kind, origin).map_err(|error| error.problem(WHAT))?;
        }
        let steps = ready(&fitted.steps, &mut layout).map_err(|error| error.problem(WHAT))?;
        check_output(fitted, &layout).map_err(|error| error.problem(WHAT))?;
        Ok(Self { input: fitted.input.fields.clone(), steps, output: fitted.output.clone().into() })
    }

    /// Applies to rows; columns that are not in the pipeline's input are ignored.
    pub fn apply(&self, rows: &DataFrame) -> std::result::Result<Applied, Problem> {
        self.run(rows).map_err(|error| error.problem(WHAT))
    }

    fn run(&self, rows: &DataFrame) -> Result<Applied> {
        let mut table = Table::take(rows, &self.input)?;
        let mut unmatched = Vec::new();
        for (index, step) in self.steps.iter().enumerate() {
            step.apply(&mut table, &mut |column, values| {
                if values > 0 {
                    unmatched.push(Unmatched { step: index, column: column.to_owned(), values });
                }
            })?;
        }
        Ok(Applied { features: table.to_matrix(Arc::clone(&self.output))?, unmatched })
    }
}

/// The columns of `rows` after the first `steps` steps.
pub(super) fn table_after(
    fitted: &FittedPipeline,
    rows: &DataFrame,
    steps: usize,
) -> std::result::Result<DataFrame, Problem> {
    let apply = || {
        let input = schema_of(rows, &fitted.input);
        let mut layout = Layout::of(&input);
        let steps = fitted.steps.get(..steps).unwrap_or(&fitted.steps);
        let mut table = Table::take(rows, &input.fields)?;
        for step in ready(steps, &mut layout)? {
            step.apply(&mut table, &mut |_, _| {})?;
        }
        table.into_frame(&layout)
    };
    apply().map_err(|error: PipelineError| error.problem(WHAT))
}

fn ready(steps: &[FittedStep], layout: &mut Layout) -> Result<Vec<Box<dyn Ready>>> {
    let each = steps.iter().enumerate();
    each.map(|(index, step)| step.ready(layout).map_err(|error| error.at(index, step.name()))).collect()
}

/// What comes out must be what the pipeline says comes out, and numbers.
fn check_output(fitted: &FittedPipeline, layout: &Layout) -> Result<()> {
    let names = layout.columns().iter().map(|column| &column.name);
    if !names.eq(&fitted.output) {
        return Err(PipelineError::Damaged("its steps do not make the features it names".into()));
    }
    match layout.columns().iter().find(|column| !column.is_numeric()) {
        Some(column) => Err(PipelineError::NotANumber(column.name.clone())),
        None => Ok(()),
    }
}

/// The columns of a frame that steps can take, with the pipeline's own word on those that it knows.
fn schema_of(rows: &DataFrame, known: &Schema) -> Schema {
    let field = |column: &polars::prelude::Column| {
        let name = column.name().to_string();
        if let Some(field) = known.get(&name) {
            return Some(field.clone());
        }
        Some(Field { kind: kind_of(column.dtype())?, name, nullable: true })
    };
    Schema { fields: rows.columns().iter().filter_map(field).collect() }
}
