//! Keeps what stage Train shows in step with its inputs, whoever changed them: the slice, the set-up, undo.

use std::sync::Arc;

use super::TrainMessage;
use crate::app::message::Message;
use crate::app::remote::Remote;
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::app::state::State;
use crate::app::state::train::{Preparation, SliceFacts, SplitRows};
use crate::data::Frame;
use crate::jobs::JobContext;
use crate::registry::Package;

impl Runtime<'_> {
    /// Starts what is needed where an input is another than the one last looked at. It compares, and looks at no
    /// row: it runs before each frame.
    pub(super) fn follow_training(&mut self) {
        if self.state.stage != Stage::Train {
            return;
        }
        self.follow_package();
        let Some(frame) = self.state.prepared_frame() else { return };
        let train = &self.state.train;
        let seen = (self.state.workspace.revision(), self.state.columns_are_known(), frame.identity());
        if train.asked.seen == Some(seen) && is(&train.asked.facts, frame) {
            return;
        }
        let frame = frame.clone();
        self.follow_facts(&frame);
        self.follow_split(&frame);
        self.follow_preparation(&frame);
        self.state.train.asked.seen = Some(seen);
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
        let asked = Some((frame.identity(), task.clone(), split.clone()));
        let train = &mut self.state.train;
        if train.asked.split == asked {
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

    /// The pipeline's steps; where there is none, those that the columns suggest, as soon as stage Prepare has looked at
    /// them.
    fn follow_preparation(&mut self, frame: &Frame) {
        let pipeline = self.state.current_pipeline().cloned();
        let task = self.state.training().task.clone();
        let known = self.state.columns_are_known();
        // A label is no feature, also while it is not yet the target.
        let schema = self.state.feature_frame().map_or_else(|| frame.schema.clone(), |frame| frame.schema);
        let (train, prepare) = (&mut self.state.train, &self.state.prepare);
        let asked = Some((frame.identity(), task.clone(), pipeline.clone(), known));
        if train.asked.preparation == asked {
            return;
        }
        train.preparation = match (&pipeline, &prepare.profile) {
            (Some(pipeline), _) => Some(Preparation::of_pipeline(pipeline, &schema, task.as_ref())),
            (None, Remote::Ready(profiles)) => Some(Preparation::suggested(profiles, &schema, task.as_ref())),
            (None, _) => None,
        };
        train.asked.preparation = asked;
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

impl State {
    /// Whether stage Prepare has looked at the columns of the slice.
    fn columns_are_known(&self) -> bool {
        matches!(self.prepare.profile, Remote::Ready(_))
    }
}

fn is(asked: &Option<Arc<crate::kafka::Slice>>, frame: &Frame) -> bool {
    asked.as_ref().is_some_and(|slice| Arc::ptr_eq(slice, &frame.slice))
}
