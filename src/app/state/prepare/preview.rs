//! A few rows before and after the steps, and the proof that a batch and a stream give the same.

use polars::frame::DataFrame;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::label::without;
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
    /// The first rows of the slice: the payload's columns, without a joined label.
    pub before: DataFrame,
    /// The same rows after the chosen step; `None` where a step is wrong, or labels are still to be joined.
    pub after: Option<DataFrame>,
    /// How many steps that is, the label join left out.
    pub steps: usize,
    /// The number of the last of them, the label join counted; 0 is no step.
    pub number: usize,
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
    /// Fits the first `steps` steps on the first rows of the slice, and applies them to those that are shown. With a label
    /// join and no step, shows what was joined.
    pub fn make(
        frame: &Frame,
        spec: &PipelineSpec,
        (join, steps): (bool, usize),
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<Self, Problem> {
        let column = frame.labels.as_ref().map(|labels| labels.spec.column.clone());
        let features = column.map_or_else(|| frame.clone(), |column| without(frame, &column));
        let rows = payload(&features, FITTED);
        let before = rows.head(Some(SHOWN));
        let preview =
            Self { before, after: None, steps, number: steps + usize::from(join), fitted_on: rows.height() };
        if join && steps == 0 {
            let after = frame.labels.is_some().then(|| payload(frame, SHOWN));
            return Ok(Self { after, ..preview });
        }
        let Some(prefix) = unfinished(spec, steps, &features.schema) else { return Ok(preview) };
        let fitted = fit(&prefix, &features, &rows, progress, cancel)?;
        let after = fitted.apply_to(&preview.before, steps)?;
        Ok(Self { after: Some(after), ..preview })
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
