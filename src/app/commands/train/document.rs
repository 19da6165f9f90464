//! What of stage Train stands in the workspace document: the set-up of the next training, and the finished runs.

use crate::app::runtime::Runtime;
use crate::app::state::State;
use crate::learn::{LearnerSpec, RunFile};
use crate::workspace::{SavedPipeline, SavedRun, TrainingSetup};

impl State {
    /// What the next training will do.
    pub fn training(&self) -> &TrainingSetup {
        &self.workspace.get().training
    }

    /// Finished runs, oldest first.
    pub fn runs(&self) -> &[SavedRun] {
        &self.workspace.get().runs
    }

    /// The finished run of that name.
    pub fn run(&self, name: &str) -> Option<&SavedRun> {
        self.runs().iter().find(|run| run.name == name)
    }

    /// The finished run that is shown.
    pub fn chosen_run(&self) -> Option<&SavedRun> {
        self.run(self.train.chosen.as_deref()?)
    }

    /// The chosen learners that can learn the task.
    pub fn chosen_learners(&self) -> Vec<LearnerSpec> {
        let setup = self.training();
        let Some(task) = &setup.task else { return Vec::new() };
        setup.learners.iter().filter(|learner| learner.learns(task.kind)).copied().collect()
    }

    /// The pipeline of the slice's topic, if it has steps.
    pub fn current_pipeline(&self) -> Option<&SavedPipeline> {
        self.pipeline().filter(|pipeline| !pipeline.steps.steps.is_empty())
    }

    /// Whether a run was judged on the rows that the set-up gives now. With no slice in memory every run is listed.
    pub fn is_comparable(&self, run: &SavedRun, slice: Option<&str>) -> bool {
        let setup = self.training();
        let RunFile { task, split, label, .. } = &run.file;
        slice.is_none_or(|slice| {
            run.slice == slice
                && self.label_spec() == label.as_ref()
                && setup.task.as_ref() == Some(task)
                && setup.split == *split
        })
    }
}

impl Runtime<'_> {
    /// Changes the set-up; `name` is what undo calls it. Edits of one name in a row are one.
    pub(super) fn edit_training(&mut self, name: &str, change: impl FnOnce(&mut TrainingSetup)) {
        self.edit_merged(name, |workspace| change(&mut workspace.training));
    }

    /// Changes the finished runs; `name` is what undo calls it.
    pub(super) fn edit_runs(&mut self, name: &str, change: impl FnOnce(&mut Vec<SavedRun>)) {
        self.edit(name, |workspace| change(&mut workspace.runs));
    }
}
