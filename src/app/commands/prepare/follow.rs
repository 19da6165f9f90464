//! Follows the slice, the steps and the chosen step: profile, outline and preview are made anew when one of them changed.

use super::PrepareMessage;
use crate::app::message::Message;
use crate::app::remote::Remote;
use crate::app::runtime::Runtime;
use crate::app::state::prepare::{MadeOf, Outline, Preview, Proof};
use crate::data::{Frame, profile};
use crate::jobs::{JobContext, Problem};

impl Runtime<'_> {
    /// Looks whether something changed. Comparing steps costs little; a frame is known by where its columns lie.
    pub(super) fn follow_frame(&mut self) {
        let Some(frame) = self.state.prepared_frame().cloned() else { return };
        let steps = self.state.steps();
        let last = steps.steps.len().checked_sub(1);
        let step = self.state.prepare.step.filter(|step| Some(*step) <= last).or(last);
        let slice = self.state.slice_frame().map_or(0, Frame::identity);
        let label = self.state.prepare.label.chosen;
        let now = MadeOf { slice, frame: frame.identity(), label, steps, step };
        let before = self.state.prepare.made_of.take();
        let same_slice = before.as_ref().is_some_and(|before| before.slice == now.slice);
        let same_frame = before.as_ref().is_some_and(|before| before.frame == now.frame);
        let same = before.as_ref() == Some(&now);
        let prepare = &mut self.state.prepare;
        prepare.step = step;
        prepare.made_of = Some(now.clone());
        if same {
            return;
        }
        if before.as_ref().is_none_or(|before| before.steps != now.steps) || !same_frame {
            prepare.proof.clear();
            let features = self.state.feature_frame().map(|frame| frame.schema).unwrap_or_default();
            self.state.prepare.outline = Outline::of(&now.steps, &features);
        }
        if !same_slice {
            let prepare = &mut self.state.prepare;
            prepare.preview.clear();
            prepare.column = None;
            self.profile_columns();
        } else if !same_frame {
            self.profile_label();
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

    /// Labels were joined to a slice whose columns are known already, or taken from it: only their column is looked at.
    fn profile_label(&mut self) {
        let Some(frame) = self.state.prepared_frame().cloned() else { return };
        let Remote::Ready(known) = &mut self.state.prepare.profile else { return self.profile_columns() };
        known.retain(|profile| frame.data.column(&profile.name).is_ok());
        let Some(column) = frame.labels.as_ref().map(|labels| labels.spec.column.clone()) else { return };
        let mut known = known.clone();
        known.retain(|profile| profile.name != column);
        self.state.prepare.profile.begin();
        let work = move |context: &JobContext<Message>| {
            let label = frame.data.select([column.as_str()]).map_err(|error| {
                Problem::new("Profiling the labels", error.to_string(), "Join the labels again")
            })?;
            let profiled = profile(&label, &context.progress, &context.cancel);
            let profiled = profiled.map_err(|_| Problem::cancelled("Profiling columns"))?;
            Ok(known.into_iter().chain(profiled).collect())
        };
        self.background.latest("profile", "Profiling the labels", work, |result| {
            Message::Prepare(PrepareMessage::Profile(result))
        });
    }

    fn preview(&mut self) {
        let Some(frame) = self.state.prepared_frame().cloned() else { return };
        let (spec, step) = (self.state.steps(), self.state.prepare.step);
        let joins = self.state.label_spec().is_some();
        let count = match joins && self.state.prepare.label.chosen {
            true => 0,
            false => step.map_or(0, |step| step + 1),
        };
        self.state.prepare.preview.begin();
        let work = move |context: &JobContext<Message>| {
            Preview::make(&frame, &spec, (joins, count), &context.progress, &context.cancel)
        };
        self.background.latest("preview", "Preview of the steps", work, |result| {
            Message::Prepare(PrepareMessage::Preview(result))
        });
    }

    /// Compares batch and stream.
    pub(super) fn prove(&mut self) {
        let Some(frame) = self.state.feature_frame() else { return };
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
