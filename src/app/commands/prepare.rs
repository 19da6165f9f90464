//! Commands of stage Prepare: add, change, move and leave out steps; look at columns; prove that batch equals stream.

mod follow;
mod label;
mod steps;

use eframe::egui::Key;

use super::{About, Action, ctrl_shift};
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::app::state::State;
use crate::app::state::prepare::{JoinOf, Preview, Proof, Show};
use crate::codec::Schema;
use crate::data::{ColumnProfile, Frame, LabelSpec};
use crate::jobs::Problem;
use crate::kafka::EventTime;
use crate::pipeline::StepSpec;
use crate::ui::Icon;

pub use label::LABEL_KEY;
pub use steps::{StepKind, offered_steps};

/// Something to be done in stage Prepare.
#[derive(Clone, Debug)]
pub enum PrepareCommand {
    /// Search columns for this text.
    Search(String),
    /// Which columns are listed.
    Show(Show),
    /// Choose a column.
    Column(String),
    /// Choose a step.
    Step(usize),
    /// Join labels from another topic, before all steps.
    AddLabel,
    /// Choose the label join.
    ChooseLabel,
    /// Another form of the label join.
    ChangeLabel(LabelSpec),
    /// How long a label may take, as typed.
    LabelWithin(String),
    /// What event and label have in common: names of their fields, as typed.
    LabelFields(String, String),
    /// Look at the columns of the label topic again, after that failed.
    LabelColumns,
    /// Read the labels and join them to the slice.
    JoinLabels,
    /// Add a step of this kind behind the chosen one.
    Add(StepKind),
    /// Add this step at the end, as a warning offers it.
    AddStep(StepSpec),
    /// The steps that the columns suggest, in place of those there are.
    Suggest,
    /// Another form of a step.
    Change(usize, StepSpec),
    /// Move the chosen step by one.
    Move(i64),
    /// Put the first step at the place of the second.
    MoveTo(usize, usize),
    /// Add a copy of the chosen step behind it.
    Duplicate,
    /// Leave the chosen step out.
    Delete,
    /// Look at every column again, after that failed.
    Profile,
    /// Apply the steps to a batch and to a stream of the same rows, and compare.
    Prove,
    /// Go on to stage Train with these steps.
    UseInTraining,
}

/// What a job of stage Prepare brings.
#[derive(Debug)]
pub enum PrepareMessage {
    /// Times of the first and the last record of the slice.
    Times(Option<(EventTime, EventTime)>),
    /// Profiles of the columns.
    Profile(Result<Vec<ColumnProfile>, Problem>),
    /// Columns of a label topic.
    LabelColumns(String, Result<Schema, Problem>),
    /// The slice with its labels.
    Joined(Box<JoinOf>, Result<Frame, Problem>),
    /// Rows before and after the steps.
    Preview(Result<Preview, Problem>),
    /// What the proof showed.
    Proof(Result<Proof, Problem>),
}

impl Action for PrepareCommand {
    fn about(&self, _state: &State) -> Option<About> {
        Some(match self {
            Self::Add(kind) => {
                About::new(format!("Add step: {}", kind.title()), kind.help()).icon(Icon::Plus)
            }
            Self::AddLabel => About::new(
                "Add step: Join label",
                "Labels that come later in another topic become a column of the slice",
            )
            .icon(Icon::Plus),
            Self::LabelColumns => {
                About::new("Look again", "Looks at the newest records of the label topic").icon(Icon::Refresh)
            }
            Self::JoinLabels => About::new(
                "Join labels",
                "Reads the labels that may belong to the slice and joins them to it",
            )
            .icon(Icon::Link),
            Self::Suggest => About::new(
                "Suggest steps",
                "Makes steps from what the columns look like, in place of those there are",
            )
            .icon(Icon::Refresh),
            Self::Move(-1) => About::new("Move the step up", "Does it before the one above")
                .icon(Icon::ArrowUp)
                .shortcut(ctrl_shift(Key::ArrowUp)),
            Self::Move(1) => About::new("Move the step down", "Does it after the one below")
                .icon(Icon::ArrowDown)
                .shortcut(ctrl_shift(Key::ArrowDown)),
            Self::Duplicate => About::new("Duplicate the step", "Adds a copy behind it").icon(Icon::Copy),
            Self::Delete => {
                About::new("Delete the step", "Leaves it out; undo brings it back").icon(Icon::Trash)
            }
            Self::Profile => {
                About::new("Look again", "Profiles every column of the slice").icon(Icon::Refresh)
            }
            Self::Prove => About::new(
                "Compare batch and stream",
                "Applies the steps to rows at once and in pieces, and compares bit for bit",
            ),
            Self::UseInTraining => About::new("Use in training", "Goes on to stage Train with these steps"),
            _ => return None,
        })
    }

    fn refusal(&self, state: &State) -> Option<String> {
        if state.prepared_frame().is_none() {
            return Some("no slice is read".into());
        }
        let label = state.prepare.label.chosen && state.label_spec().is_some();
        let steps = state.steps().steps.len();
        let chosen = state.prepare.step.filter(|step| *step < steps && !label);
        match self {
            Self::AddLabel => state.label_spec().map(|_| "labels are joined already".into()),
            Self::JoinLabels => label::refusal(state),
            Self::Move(_) | Self::Duplicate if label => {
                Some("labels are joined before all steps, and once".into())
            }
            Self::Delete if label => None,
            Self::Move(_) | Self::Duplicate | Self::Delete if chosen.is_none() => {
                Some("no step is chosen".into())
            }
            Self::Move(-1) if chosen == Some(0) => Some("it is the first step".into()),
            Self::Move(1) if chosen.map(|step| step + 1) == Some(steps) => Some("it is the last step".into()),
            Self::Suggest if state.prepare.profile.get().is_none() => {
                Some("the columns are being looked at".into())
            }
            Self::Prove if state.prepare.outline.features.is_none() => {
                Some("the steps are not right yet".into())
            }
            Self::UseInTraining if state.label_refusal().is_some() => state.label_refusal(),
            Self::UseInTraining if state.prepare.outline.features.is_none() => {
                let step = state.prepare.outline.steps.iter().position(|step| !step.problems.is_empty());
                Some(match (step, state.prepare.outline.end.first()) {
                    (Some(step), _) => format!("step {} is not right", state.step_number(step)),
                    (None, Some(end)) => end.clone(),
                    (None, None) => "the steps are being checked".into(),
                })
            }
            _ => None,
        }
    }

    fn run(self, runtime: &mut Runtime<'_>) {
        match self {
            Self::Search(text) => runtime.state.prepare.search = text,
            Self::Show(show) => runtime.state.prepare.show = show,
            Self::Column(name) => runtime.state.prepare.column = Some(name),
            Self::Step(step) => runtime.state.prepare.choose_step(step),
            Self::AddLabel => runtime.add_label(),
            Self::ChooseLabel => runtime.state.prepare.label.chosen = true,
            Self::ChangeLabel(spec) => runtime.change_label(spec),
            Self::LabelWithin(typed) => runtime.type_label_within(typed),
            Self::LabelFields(event, label) => runtime.type_label_fields(&event, &label),
            Self::LabelColumns => runtime.look_at_label_columns(),
            Self::JoinLabels => runtime.join_labels(),
            Self::Add(kind) => runtime.add_step_of(kind),
            Self::AddStep(step) => runtime.add_step(step),
            Self::Suggest => runtime.suggest_steps(),
            Self::Change(index, step) => runtime.change_step(index, step),
            Self::Move(by) => runtime.move_step(by),
            Self::MoveTo(from, to) => runtime.move_step_to(from, to),
            Self::Duplicate => runtime.duplicate_step(),
            Self::Delete if runtime.state.prepare.label.chosen => runtime.delete_label(),
            Self::Delete => runtime.delete_step(),
            Self::Profile => runtime.profile_columns(),
            Self::Prove => runtime.prove(),
            Self::UseInTraining => runtime.state.stage = Stage::Train,
        }
    }

    fn tick(runtime: &mut Runtime<'_>) {
        runtime.follow_label();
        runtime.follow_frame();
    }

    fn listed(state: &State) -> Vec<Self> {
        if state.prepared_frame().is_none() {
            return Vec::new();
        }
        let kinds = StepKind::ALL.into_iter().map(Self::Add);
        let others = [
            Self::AddLabel,
            Self::JoinLabels,
            Self::Suggest,
            Self::Move(-1),
            Self::Move(1),
            Self::Duplicate,
            Self::Delete,
            Self::Prove,
            Self::UseInTraining,
        ];
        kinds.chain(others).collect()
    }

    fn main_action(_state: &State) -> Option<Self> {
        Some(Self::UseInTraining)
    }
}

impl PrepareMessage {
    /// Puts it into the state.
    pub fn handle(self, runtime: &mut Runtime<'_>) {
        let prepare = &mut runtime.state.prepare;
        match self {
            Self::LabelColumns(topic, result) => runtime.label_columns(&topic, result),
            Self::Joined(of, result) => runtime.labels_joined(&of, result),
            Self::Times(times) => prepare.times = times,
            Self::Profile(result) => prepare.profile.finish(result),
            Self::Preview(result) => prepare.preview.finish(result),
            Self::Proof(result) => prepare.proof.finish(result),
        }
    }
}
