//! Keeps what stage Train shows in step with its inputs, whoever changed them: the slice, the set-up, undo.

use std::sync::Arc;

use super::TrainMessage;
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::app::state::train::{Preparation, SliceFacts, SplitRows};
use crate::data::{Frame, profile};
use crate::jobs::{JobContext, Problem};
use crate::registry::Package;

impl Runtime<'_> {
    /// Starts what is needed where an input is another than the one last looked at. It compares, and looks at no
    /// row: it runs before each frame.
    pub(super) fn follow_training(&mut self) {
        if self.state.stage != Stage::Train {
            return;
        }
        self.follow_package();
        let Some(frame) = self.state.browse.frame.get() else { return };
        let train = &self.state.train;
        let revision = (self.state.workspace.revision(), train.profiles.is_pending());
        if train.asked.revision == Some(revision) && is(&train.asked.facts, frame) {
            return;
        }
        let frame = frame.clone();
        self.follow_facts(&frame);
        self.follow_split(&frame);
        self.follow_profiles(&frame);
        self.follow_preparation(&frame);
        let revision = (self.state.workspace.revision(), self.state.train.profiles.is_pending());
        self.state.train.asked.revision = Some(revision);
    }

    fn follow_facts(&mut self, frame: &Frame) {
        let train = &mut self.state.train;
        if is(&train.asked.facts, frame) {
            return;
        }
        train.asked.facts = Some(frame.slice.clone());
        train.facts.clear();
        train.facts.begin();
        let frame = frame.clone();
        let work = move |context: &JobContext<Message>| SliceFacts::of(&frame, &context.cancel);
        self.background.latest("train facts", "Looking at the slice in time", work, |result| {
            Message::Train(TrainMessage::Facts(result))
        });
    }

    fn follow_split(&mut self, frame: &Frame) {
        let setup = self.state.training();
        let (task, split) = (setup.task.clone(), setup.split.clone());
        let asked = Some((frame.slice.clone(), task.clone(), split.clone()));
        let train = &mut self.state.train;
        let same = |(slice, of_task, of_split): &(Arc<_>, _, _)| {
            Arc::ptr_eq(slice, &frame.slice) && *of_task == task && *of_split == split
        };
        if train.asked.split.as_ref().is_some_and(same) {
            return;
        }
        train.asked.split = asked;
        train.split.begin();
        let frame = frame.clone();
        let work = move |_: &JobContext<Message>| SplitRows::of(&frame, task.as_ref(), &split);
        self.background.latest("train split", "Splitting the slice", work, |result| {
            Message::Train(TrainMessage::Split(result))
        });
    }

    /// Columns are looked at only where there is no pipeline: their steps are suggested then.
    fn follow_profiles(&mut self, frame: &Frame) {
        if self.state.current_pipeline().is_some() || is(&self.state.train.asked.profiles, frame) {
            return;
        }
        let train = &mut self.state.train;
        train.asked.profiles = Some(frame.slice.clone());
        train.profiles.clear();
        train.profiles.begin();
        let data = frame.data.clone();
        let work = move |context: &JobContext<Message>| {
            profile(&data, &context.progress, &context.cancel)
                .map(Arc::new)
                .map_err(|_| Problem::cancelled("Looking at the columns"))
        };
        self.background.latest("train profiles", "Looking at the columns", work, |result| {
            Message::Train(TrainMessage::Profiles(result))
        });
    }

    fn follow_preparation(&mut self, frame: &Frame) {
        let pipeline = self.state.current_pipeline().cloned();
        let task = self.state.training().task.clone();
        let train = &mut self.state.train;
        let profiles = match &train.profiles {
            crate::app::Remote::Ready(profiles) => Some(profiles.clone()),
            _ => None,
        };
        let same = |asked: &(Arc<_>, Option<_>, Option<_>, bool)| {
            Arc::ptr_eq(&asked.0, &frame.slice)
                && asked.1 == task
                && asked.2 == pipeline
                && asked.3 == profiles.is_some()
        };
        if train.asked.preparation.as_ref().is_some_and(same) {
            return;
        }
        train.preparation = match (&pipeline, &profiles) {
            (Some(pipeline), _) => Some(Preparation::of_pipeline(pipeline, &frame.schema, task.as_ref())),
            (None, Some(profiles)) => Some(Preparation::suggested(profiles, &frame.schema, task.as_ref())),
            (None, None) => None,
        };
        train.asked.preparation = Some((frame.slice.clone(), task, pipeline, profiles.is_some()));
    }

    /// A run from an opened workspace shows its package's digest too.
    fn follow_package(&mut self) {
        let Some(run) = self.state.chosen_run() else { return };
        let Some(result) = run.result.clone() else { return };
        let digest = run.digest.clone();
        let train = &mut self.state.train;
        if train.packages.contains_key(&digest) || !train.asked_packages.insert(digest.clone()) {
            return;
        }
        let work = move |_: &JobContext<Message>| {
            Ok(Package::of(&result).map(|package| package.manifest.digest).map_err(|error| error.to_string()))
        };
        self.background.several("train package", "Making a package", work, move |made| {
            let package = made.unwrap_or_else(|problem| Err(problem.to_string()));
            Message::Train(TrainMessage::Package { digest, package })
        });
    }
}

fn is(asked: &Option<Arc<crate::kafka::Slice>>, frame: &Frame) -> bool {
    asked.as_ref().is_some_and(|slice| Arc::ptr_eq(slice, &frame.slice))
}
