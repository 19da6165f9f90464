//! A run: everything from a frame to a model with its metrics.

#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::evaluation::{Evaluation, no_skill, permutation_importance};
use super::leakage::warnings;
use super::learner::{FitControl, FitObserver, Round};
use super::model::Model;
use super::parts::Parts;
use super::run_file::RunFile;
use crate::codec::Schema;
use crate::data::{Completeness, Frame, LabelCounts, ReadRequest, read};
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::{Cluster, Slice};
use crate::pipeline::{CheckedPipeline, FittedPipeline, SpecProblem};

/// What to train; the window and `forebay train` send the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainRequest {
    /// The run.
    pub run: RunFile,
    /// The slice, when it is known already (repeating a run, or a frame in memory); else the run's range is resolved.
    pub slice: Option<Slice>,
    /// The label records, likewise; else they are looked up by the events' times.
    #[serde(default)]
    pub label_slice: Option<Slice>,
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What was asked for.
    pub file: RunFile,
    /// What it was resolved to.
    pub slice: Slice,
    /// The label records that were joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_slice: Option<Slice>,
    /// What became of events and labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_counts: Option<LabelCounts>,
    /// Rows per part: train, validation, test, gaps, and rows without a target.
    pub rows: [u64; 5],
    /// Timestamps (ms) at which train ends, validation begins, validation ends, test begins.
    pub borders: [i64; 4],
    /// The preparation as fitted on the train part.
    pub pipeline: FittedPipeline,
    /// The model.
    pub model: Model,
    /// The curve.
    pub rounds: Vec<Round>,
    /// The model on the validation part, and the no-skill baseline on the same rows.
    pub valid: Evaluation,
    #[allow(missing_docs)]
    pub valid_baseline: Evaluation,
    /// The same on the test part; in the window sealed until opened.
    pub test: Evaluation,
    #[allow(missing_docs)]
    pub test_baseline: Evaluation,
    /// What to think about before trusting it: a feature that gives the target away, a class that train never saw.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Milliseconds that fitting took. Not part of any digest.
    pub fit_ms: u64,
}

/// Resolves the run's range, reads, trains.
pub fn train(
    cluster: &Cluster,
    request: &TrainRequest,
    observer: &dyn FitObserver,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Run, Problem> {
    let section = &request.run.slice;
    let slice = match &request.slice {
        Some(slice) => slice.clone(),
        None => {
            progress.stage(format!("resolving {}", section.range.topics.join(", ")), 0);
            cluster.resolve(&section.range, cancel)?
        }
    };
    let read_request = ReadRequest {
        slice,
        codec: section.codec.clone(),
        filter: section.filter.clone(),
        budget: None,
        label: request.run.label.clone(),
        label_slice: request.label_slice.clone(),
    };
    let frame = read(cluster, &read_request, progress, cancel)?;
    if cancel.is_cancelled() {
        return Err(Problem::cancelled("Reading the slice"));
    }
    if let Completeness::Part { why, next, .. } = &frame.completeness {
        let why = format!("only a part of it was read: {why}");
        return Err(Problem::new("Reading the slice", why, next.clone()));
    }
    train_on(&frame, &request.run, observer, progress, cancel)
}

/// Trains on a frame that is there already. The same frame and file give the same run but for `fit_ms`, in any process and
/// with any number of threads.
pub fn train_on(
    frame: &Frame,
    file: &RunFile,
    observer: &dyn FitObserver,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Run, Problem> {
    file.refuse()?;
    check_labels(frame, file)?;
    if let Some(problem) = frame.without_rows() {
        return Err(problem);
    }
    progress.stage("splitting", 0);
    let labelled = file.task.labels(&frame.data)?;
    let parts = Parts::of(frame, file, &labelled)?;

    let checked = check_pipeline(frame, file)?;
    let pipeline = checked.fit(&parts.train.data, progress, cancel)?;
    progress.stage("preparing", 0);
    let applier = pipeline.applier()?;
    let train = applier.apply(&parts.train.data)?.features;
    let valid = applier.apply(&parts.valid.data)?.features;
    let test = applier.apply(&parts.test.data)?.features;

    progress.stage(format!("fitting {}", file.learner.title().to_lowercase()), 0);
    let curve = Curve { progress, observer, rounds: Mutex::default() };
    let control = FitControl { cancel, observer: &curve, seed: file.seed };
    let began = Instant::now();
    let for_curve = (valid.rows() > 0).then_some((&valid, &parts.valid.labels));
    let model = file.learner.fit((&train, &parts.train.labels), for_curve, control)?;
    let fit_ms = began.elapsed().as_millis() as u64;

    progress.stage("evaluating", 0);
    let mut of_valid = parts.valid.judge(&model.predict(&valid)?, cancel)?;
    of_valid.importance = permutation_importance(&model, &valid, &parts.valid.labels, file.seed, cancel)?;
    Ok(Run {
        file: file.clone(),
        slice: frame.slice.as_ref().clone(),
        label_slice: frame.labels.as_ref().map(|labels| labels.slice.clone()),
        label_counts: frame.labels.as_ref().map(|labels| labels.counts),
        rows: parts.rows(labelled.missing),
        borders: parts.borders,
        rounds: curve.rounds.into_inner().unwrap_or_else(PoisonError::into_inner),
        valid_baseline: parts.valid.evaluate(&no_skill(&parts.train.labels, valid.rows())),
        test: parts.test.judge(&model.predict(&test)?, cancel)?,
        test_baseline: parts.test.evaluate(&no_skill(&parts.train.labels, test.rows())),
        warnings: warnings(frame, &train, &parts),
        valid: of_valid,
        pipeline,
        model,
        fit_ms,
    })
}

/// A run with labels needs a frame that has just those.
fn check_labels(frame: &Frame, file: &RunFile) -> Result<(), Problem> {
    let Some(asked) = &file.label else { return Ok(()) };
    let why = match &frame.labels {
        Some(labels) if labels.spec == *asked => return Ok(()),
        Some(labels) => format!("the frame's labels are of {} and were joined otherwise", labels.spec.topic),
        None if frame.rows() == 0 => return Ok(()),
        None => "the frame has no labels".into(),
    };
    let next = "Read the slice again with this label join.";
    Err(Problem::new(format!("Training with the labels of {}", asked.topic), why, next))
}

/// The spec held against the columns that features may use: no meta columns, not the target, nothing excluded.
fn check_pipeline(frame: &Frame, file: &RunFile) -> Result<CheckedPipeline, Problem> {
    let left_out =
        |name: &str| name == file.task.target.column() || file.task.exclude.iter().any(|out| out == name);
    let fields = frame.schema.fields.iter().filter(|field| !left_out(&field.name)).cloned().collect();
    file.prepare.check(&Schema { fields }).map_err(|problems| {
        let text = |problem: &SpecProblem| match problem.step {
            Some(step) => format!("step {}, {}: {}", step + 1, problem.field, problem.why),
            None => problem.why.clone(),
        };
        let why = problems.iter().map(text).collect::<Vec<_>>().join("; ");
        Problem::new("Checking the preparation", why, "Change the steps")
    })
}

/// Keeps the curve and shows the rounds as progress.
struct Curve<'a> {
    progress: &'a Progress,
    observer: &'a dyn FitObserver,
    rounds: Mutex<Vec<Round>>,
}

impl FitObserver for Curve<'_> {
    fn round(&self, round: Round, total: usize) {
        if round.round == 1 {
            self.progress.stage("fitting", total as u64);
        }
        self.progress.set(round.round as u64);
        // A loss that overflowed is no point of a curve, and JSON cannot hold it.
        if round.train.is_finite() && round.valid.is_none_or(f64::is_finite) {
            self.rounds.lock().unwrap_or_else(PoisonError::into_inner).push(round);
        }
        self.observer.round(round, total);
    }
}
