//! Commands of stage Train: what to predict, how to split, what to train; runs and what is done with them.

mod document;
mod files;
mod follow;
mod message;
mod publish;
mod repeat;
mod runs;
mod setup;
mod titles;

use std::path::PathBuf;

use super::{About, Action};
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::app::state::State;
use crate::app::state::train::{EvaluationTab, Part};
use crate::data::SplitSpec;
use crate::learn::{LearnerSpec, TaskKind};
use crate::workspace::SavedRun;

pub use message::{TrainMessage, Trained};
pub use runs::TRAIN_KEY;

/// Something to be done in stage Train.
#[derive(Clone, Debug)]
pub enum TrainCommand {
    /// Predict a class or a number.
    Kind(TaskKind),
    /// Predict this column.
    Target(String),
    /// Predict whether the target is above a limit, as typed; nothing typed is the column as it is.
    Above(String),
    /// Let no feature use a column, or let it again.
    Exclude(String, bool),
    /// Split so.
    Split(SplitSpec),
    /// Leave out rows after a part's end within this span, as typed.
    Gap(String),
    /// Draw at random from this seed, as typed.
    Seed(String),
    /// Train a learner of this kind, or not.
    Choose(&'static str, bool),
    /// Show the settings of a learner, or hide them.
    OpenLearner(&'static str),
    /// A setting of a learner was typed: kind, field, text.
    Setting(&'static str, &'static str, String),
    /// Train every chosen learner.
    Train,
    /// End a run that trains.
    Stop(String),
    /// Take a failed run from the leaderboard.
    Dismiss(String),
    /// Show a run.
    Show(String),
    /// List runs of other slices, tasks and splits too.
    AllRuns(bool),
    /// Sort the leaderboard by a measure; by the same one again turns the order.
    Sort(usize),
    /// Show another side of the run.
    Tab(EvaluationTab),
    /// Show it on another part.
    Part(Part),
    /// Take rows above this probability for positive.
    Threshold(f64),
    /// Show this class against the rest.
    Class(usize),
    /// Show a run's test part, from now on.
    OpenTest(String),
    /// Train the same run file on the same slice again.
    Repeat(String),
    /// Ask for a name and publish.
    Publish(String),
    /// Publish a run as the next version of a model.
    PublishAs {
        /// The run's name.
        run: String,
        /// The model's name.
        model: String,
    },
    /// Ask for a path and write the chosen run's file.
    SaveRunFile,
    /// Write the chosen run's file.
    SaveRunFileTo(PathBuf),
    /// Ask for a path and write the chosen run's package.
    SavePackage,
    /// Write the chosen run's package.
    SavePackageTo(PathBuf),
    /// Delete a run.
    Delete(String),
}

impl Action for TrainCommand {
    fn about(&self, state: &State) -> Option<About> {
        titles::about(self, state)
    }

    fn refusal(&self, state: &State) -> Option<String> {
        match self {
            Self::Train => state.training_refusal(),
            Self::Publish(name) => unfinished(state, name).or_else(|| publish::refusal(state)),
            Self::PublishAs { run, .. } => unfinished(state, run).or_else(|| publish::refusal(state)),
            Self::Repeat(name) => unfinished(state, name).or_else(|| repeat::refusal(state, name)),
            Self::OpenTest(name) => unfinished(state, name).or_else(|| {
                let run = state.run(name)?;
                run.test_opened.then(|| "the test part is open".into())
            }),
            Self::Delete(name) => state.run(name).is_none().then(|| format!("there is no run {name}")),
            Self::SaveRunFile | Self::SaveRunFileTo(_) => {
                state.chosen_run().is_none().then(|| "no run is chosen".into())
            }
            Self::SavePackage | Self::SavePackageTo(_) => match state.chosen_run() {
                Some(run) => unfinished(state, &run.name),
                None => Some("no run is chosen".into()),
            },
            _ => None,
        }
    }

    fn run(self, runtime: &mut Runtime<'_>) {
        let train = &mut runtime.state.train;
        match self {
            Self::Kind(kind) => runtime.set_kind(kind),
            Self::Target(column) => runtime.set_target(column),
            Self::Above(typed) => runtime.set_above(typed),
            Self::Exclude(column, out) => runtime.exclude_column(column, out),
            Self::Split(split) => runtime.edit_training("Change split", |setup| setup.split = split),
            Self::Gap(typed) => runtime.set_gap(typed),
            Self::Seed(typed) => runtime.set_seed(typed),
            Self::Choose(kind, chosen) => runtime.choose_learner(kind, chosen),
            Self::OpenLearner(kind) => {
                train.open_learner = (train.open_learner != Some(kind)).then_some(kind);
            }
            Self::Setting(kind, field, typed) => runtime.set_learner(kind, field, typed),
            Self::Train => runtime.train_chosen(),
            Self::Stop(name) => runtime.stop_run(&name),
            Self::Dismiss(name) => train.running.retain(|run| run.name != name || run.problem.is_none()),
            Self::Show(name) => {
                runtime.state.stage = Stage::Train;
                runtime.choose_run(name);
            }
            Self::AllRuns(all) => train.all_runs = all,
            Self::Sort(column) => {
                let (before, best_first) = train.sort.unwrap_or((0, true));
                train.sort = Some((column, before != column || !best_first));
            }
            Self::Tab(tab) => train.tab = tab,
            Self::Part(part) => train.part = part,
            Self::Threshold(threshold) => train.threshold = threshold,
            Self::Class(class) => train.class = class,
            Self::OpenTest(name) => runtime.open_test(&name),
            Self::Repeat(name) => runtime.repeat_run(&name),
            Self::Publish(name) => runtime.ask_publish(name),
            Self::PublishAs { run, model } => runtime.publish_run(run, model),
            Self::SaveRunFile => runtime.ask_run_file(),
            Self::SaveRunFileTo(path) => runtime.save_run_file(path),
            Self::SavePackage => runtime.ask_package(),
            Self::SavePackageTo(path) => runtime.save_package(path),
            Self::Delete(name) => runtime.delete_run(&name),
        }
    }

    fn tick(runtime: &mut Runtime<'_>) {
        runtime.follow_training();
    }

    fn listed(state: &State) -> Vec<Self> {
        let mut listed = vec![Self::Train];
        let trains = state.train.running.iter().filter(|run| run.problem.is_none());
        listed.extend(trains.map(|run| Self::Stop(run.name.clone())));
        if let Some(run) = state.chosen_run() {
            let name = || run.name.clone();
            listed.extend([Self::OpenTest(name()), Self::Publish(name()), Self::Repeat(name())]);
            listed.extend([Self::SaveRunFile, Self::SavePackage, Self::Delete(name())]);
        }
        listed
    }

    fn main_action(_state: &State) -> Option<Self> {
        Some(Self::Train)
    }
}

/// Why nothing can be done with a run's model.
fn unfinished(state: &State, name: &str) -> Option<String> {
    match state.run(name) {
        None => Some(format!("run {name} is not finished")),
        Some(SavedRun { result: None, .. }) => {
            Some("its result is no longer beside the workspace; repeat the run".into())
        }
        Some(_) => None,
    }
}

/// `Boosted trees` as it stands within a line.
pub(crate) fn lower(learner: &LearnerSpec) -> String {
    learner.title().to_lowercase()
}
