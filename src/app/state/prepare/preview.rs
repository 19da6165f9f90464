//! A few rows before and after the steps, and the proof that a batch and a stream give the same.

use polars::frame::DataFrame;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::outline::unfinished;
use crate::codec::meta;
use crate::data::Frame;
use crate::jobs::{Cancel, Problem, Progress};
use crate::pipeline::{Applier, FittedPipeline, PipelineSpec};

/// Rows that are shown.
const SHOWN: usize = 200;
/// Rows that a preview is fitted on, and a proof is made with.
const FITTED: usize = 10_000;

/// Rows before the first step and after the chosen one.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// The first rows of the slice: the payload's columns.
    pub before: DataFrame,
    /// The same rows after the chosen step; `None` where a step is wrong.
    pub after: Option<DataFrame>,
    /// How many steps that is.
    pub steps: usize,
    /// Rows that the steps were fitted on for this preview.
    pub fitted_on: usize,
}

/// What the proof showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// Rows that were compared, value by value.
    pub rows: usize,
    /// Pieces that the stream came in.
    pub pieces: usize,
    /// The first column with another value; `None` where all were the same bits.
    pub differs: Option<String>,
}

impl Preview {
    /// Fits the first `steps` steps on the first rows of the slice, and applies them to those that are shown.
    pub fn make(
        frame: &Frame,
        spec: &PipelineSpec,
        steps: usize,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<Self, Problem> {
        let rows = payload(frame, FITTED);
        let before = rows.head(Some(SHOWN));
        let fitted_on = rows.height();
        let Some(prefix) = unfinished(spec, steps, &frame.schema) else {
            return Ok(Self { before, after: None, steps, fitted_on });
        };
        let fitted = fit(&prefix, frame, &rows, progress, cancel)?;
        let after = fitted.apply_to(&before, steps)?;
        Ok(Self { before, after: Some(after), steps, fitted_on })
    }
}

impl Proof {
    /// Applies the fitted steps to rows at once, and to the same rows in pieces of random size; compares bit for bit.
    pub fn make(
        frame: &Frame,
        spec: &PipelineSpec,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<Self, Problem> {
        let rows = payload(frame, FITTED);
        let fitted = fit(spec, frame, &rows, progress, cancel)?;
        let applier = fitted.applier()?;
        let whole = applier.apply(&rows)?.features;
        let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
        let (mut at, mut pieces, mut differs) = (0, 0, None);
        while at < rows.height() && differs.is_none() {
            cancel.check().map_err(|_| Problem::cancelled("Comparing batch and stream"))?;
            let length = random.random_range(1..=500).min(rows.height() - at);
            differs = piece_differs(&applier, &rows, &whole, at, length)?;
            at += length;
            pieces += 1;
        }
        Ok(Self { rows: at, pieces, differs })
    }
}

fn piece_differs(
    applier: &Applier,
    rows: &DataFrame,
    whole: &crate::pipeline::FeatureMatrix,
    at: usize,
    length: usize,
) -> Result<Option<String>, Problem> {
    let piece = applier.apply(&rows.slice(at as i64, length))?.features;
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let other = (0..whole.columns()).find(|column| {
        let all = whole.column(*column).get(at..at + length).unwrap_or_default();
        bits(all) != bits(piece.column(*column))
    });
    Ok(other.and_then(|column| whole.names().get(column).cloned()))
}

/// The first rows of a slice without the columns that say where they are from.
fn payload(frame: &Frame, rows: usize) -> DataFrame {
    frame.data.head(Some(rows)).drop_many(meta::ALL)
}

fn fit(
    spec: &PipelineSpec,
    frame: &Frame,
    rows: &DataFrame,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<FittedPipeline, Problem> {
    let checked = spec.check(&frame.schema).map_err(|problems| {
        let why = problems.first().map(|problem| problem.why.clone()).unwrap_or_default();
        Problem::new("Checking the steps", why, "The step is marked in the list")
    })?;
    checked.fit(rows, progress, cancel)
}
