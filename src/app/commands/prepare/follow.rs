//! Follows the slice, the steps and the chosen step: profile, outline and preview are made anew when one of them changed.

use super::PrepareMessage;
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::prepare::{MadeOf, Outline, Preview, Proof};
use crate::data::profile;
use crate::jobs::{JobContext, Problem};

impl Runtime<'_> {
    /// Looks whether something changed. Comparing steps costs little; a frame is known by where its columns lie.
    pub(super) fn follow_frame(&mut self) {
        let Some(frame) = self.state.prepared_frame().cloned() else { return };
        let steps = self.state.steps();
        let last = steps.steps.len().checked_sub(1);
        let step = self.state.prepare.step.filter(|step| Some(*step) <= last).or(last);
        let now = MadeOf { frame: frame.identity(), steps, step };
        let before = self.state.prepare.made_of.take();
        let same_frame = before.as_ref().is_some_and(|before| before.frame == now.frame);
        let same = before.as_ref() == Some(&now);
        let prepare = &mut self.state.prepare;
        prepare.step = step;
        prepare.made_of = Some(now.clone());
        if same {
            return;
        }
        if before.as_ref().is_none_or(|before| before.steps != now.steps) || !same_frame {
            prepare.outline = Outline::of(&now.steps, &frame.schema);
            prepare.proof.clear();
        }
        if !same_frame {
            prepare.preview.clear();
            prepare.column = None;
            self.profile_columns();
        }
        self.preview();
    }

    /// Looks at every column of the slice.
    pub(super) fn profile_columns(&mut self) {
        let Some(frame) = self.state.prepared_frame().cloned() else { return };
        self.state.prepare.profile.clear();
        self.state.prepare.profile.begin();
        self.state.prepare.times = None;
        let work = move |context: &JobContext<Message>| {
            context.send(Message::Prepare(PrepareMessage::Times(frame.times())));
            profile(&frame.data, &context.progress, &context.cancel)
                .map_err(|_| Problem::cancelled("Profiling columns"))
        };
        self.background.latest("profile", "Profiling columns", work, |result| {
            Message::Prepare(PrepareMessage::Profile(result))
        });
    }

    fn preview(&mut self) {
        let Some(frame) = self.state.prepared_frame().cloned() else { return };
        let (spec, step) = (self.state.steps(), self.state.prepare.step);
        let count = step.map_or(0, |step| step + 1);
        self.state.prepare.preview.begin();
        let work = move |context: &JobContext<Message>| {
            Preview::make(&frame, &spec, count, &context.progress, &context.cancel)
        };
        self.background.latest("preview", "Preview of the steps", work, |result| {
            Message::Prepare(PrepareMessage::Preview(result))
        });
    }

    /// Compares batch and stream.
    pub(super) fn prove(&mut self) {
        let Some(frame) = self.state.prepared_frame().cloned() else { return };
        let spec = self.state.steps();
        self.state.prepare.proof.begin();
        let work = move |context: &JobContext<Message>| {
            Proof::make(&frame, &spec, &context.progress, &context.cancel)
        };
        self.background.latest("proof", "Comparing batch and stream", work, |result| {
            Message::Prepare(PrepareMessage::Proof(result))
        });
    }
}
