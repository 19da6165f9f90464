//! What stage Train shows: the slice in time, its split, runs that train, and how a run is looked at.
//!
//! The set-up and the finished runs stand in the workspace document; here is what is only seen.

mod facts;
mod leaderboard;
mod preparation;
mod running;
mod threshold;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::app::remote::Remote;
use crate::data::SplitSpec;
use crate::kafka::Slice;
use crate::learn::{Evaluation, LearnerSpec, Run, TaskKind, TaskSpec};
use crate::workspace::SavedPipeline;

pub use facts::{SliceFacts, SplitRows, Truth};
pub use leaderboard::{Entry, entries, measures, metric};
pub use preparation::Preparation;
pub use running::Running;
pub use threshold::AtThreshold;

/// State of stage Train.
#[derive(Debug)]
pub struct TrainState {
    /// How many rows the slice has when.
    pub facts: Remote<SliceFacts>,
    /// Rows of each part as the set-up splits the slice now.
    pub split: Remote<SplitRows>,
    /// The steps that the next runs prepare with; `None` until they are known.
    pub preparation: Option<Preparation>,
    /// What the values above were last asked for.
    pub asked: Asked,
    /// Runs that train or have failed, oldest first.
    pub running: Vec<Running>,
    /// The chosen run's name.
    pub chosen: Option<String>,
    /// Runs of other slices, tasks and splits are listed too.
    pub all_runs: bool,
    /// The measure by which the leaderboard is sorted, and whether the best stands first. `None` is the first measure.
    pub sort: Option<(usize, bool)>,
    /// What is shown of the chosen run.
    pub tab: EvaluationTab,
    /// On which part of the slice it is shown.
    pub part: Part,
    /// A row counts as positive when its probability is above this.
    pub threshold: f64,
    /// Of more than two classes, the one that is shown against the rest.
    pub class: usize,
    /// The learner whose settings are open, by its kind.
    pub open_learner: Option<&'static str>,
    /// Settings of learners that are not chosen now, by kind.
    pub shelf: BTreeMap<&'static str, LearnerSpec>,
    /// What was typed into a field of the set-up and cannot be used, with the reason, by field.
    pub refused: BTreeMap<&'static str, (String, String)>,
    /// Digest of each run's package, by the run's own digest; an error where there can be none.
    pub packages: BTreeMap<String, Result<String, String>>,
    /// Runs whose package is being made for its digest.
    pub asked_packages: BTreeSet<String>,
    /// How repeating a run ended, by the run's name.
    pub repeats: BTreeMap<String, Repeat>,
    /// Runs that are being repeated.
    pub repeating: BTreeSet<String>,
}

/// The inputs of what stage Train computes, to notice when they are others.
#[derive(Debug, Default)]
pub struct Asked {
    /// Of all: the workspace's revision, whether the columns have been looked at, and the frame.
    pub seen: Option<(u64, bool, usize)>,
    /// Of the facts.
    pub facts: Option<Arc<Slice>>,
    /// Of the split.
    pub split: Option<(usize, Option<TaskSpec>, SplitSpec)>,
    /// Of the preparation.
    pub preparation: Option<PreparationAsked>,
}

/// What a preparation was made of: frame, task, pipeline, and whether the columns had been looked at.
pub type PreparationAsked = (usize, Option<TaskSpec>, Option<SavedPipeline>, bool);

/// What is shown of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EvaluationTab {
    /// Confusion, ROC, precision by recall, calibration; of numbers residuals and predicted against true.
    #[default]
    Result,
    /// What each feature is worth.
    Importance,
    /// Prediction against truth by record time.
    OverTime,
    /// Slice, steps, split, seed, digests.
    Lineage,
}

/// A part of the slice that a run can be judged on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// To choose by.
    #[default]
    Validation,
    /// Sealed until it is opened.
    Test,
}

/// How repeating a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// Metrics that came out otherwise, each as `name: before, now`.
    pub differing: Vec<String>,
    /// Whether the package has the same digest.
    pub same_package: bool,
    /// The digest that came out.
    pub digest: String,
}

impl Default for TrainState {
    fn default() -> Self {
        Self {
            facts: Remote::default(),
            split: Remote::default(),
            preparation: None,
            asked: Asked::default(),
            running: Vec::new(),
            chosen: None,
            all_runs: false,
            sort: None,
            tab: EvaluationTab::default(),
            part: Part::default(),
            threshold: 0.5,
            class: 0,
            open_learner: None,
            shelf: BTreeMap::new(),
            refused: BTreeMap::new(),
            packages: BTreeMap::new(),
            asked_packages: BTreeSet::new(),
            repeats: BTreeMap::new(),
            repeating: BTreeSet::new(),
        }
    }
}

impl TrainState {
    /// The run of that name, while it trains or after it failed.
    pub fn running(&self, name: &str) -> Option<&Running> {
        self.running.iter().find(|run| run.name == name)
    }

    /// The run whose curve is shown: the chosen one where it trains, else the first that does.
    pub fn training(&self) -> Option<&Running> {
        let chosen = self.chosen.as_deref().and_then(|name| self.running(name));
        chosen.or_else(|| self.running.iter().find(|run| run.problem.is_none()))
    }

    /// Every learner with the settings that choosing it gives, those of the document first.
    pub fn learner(&self, chosen: &[LearnerSpec], kind: &str) -> Option<LearnerSpec> {
        let among =
            |learners: &[LearnerSpec]| learners.iter().find(|learner| learner.kind() == kind).copied();
        among(chosen).or_else(|| self.shelf.get(kind).copied()).or_else(|| among(&every_learner()))
    }
}

/// Every learner there is, with default settings.
pub fn every_learner() -> Vec<LearnerSpec> {
    let mut learners = LearnerSpec::all_for(TaskKind::Classification);
    for learner in LearnerSpec::all_for(TaskKind::Regression) {
        if learners.iter().all(|known| known.kind() != learner.kind()) {
            learners.push(learner);
        }
    }
    learners
}

/// A run's evaluation on a part, and that of the baseline on the same rows.
pub fn evaluations(run: &Run, part: Part) -> (&Evaluation, &Evaluation) {
    match part {
        Part::Validation => (&run.valid, &run.valid_baseline),
        Part::Test => (&run.test, &run.test_baseline),
    }
}
