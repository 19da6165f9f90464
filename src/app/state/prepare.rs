//! What stage Prepare shows: the columns of the slice, the steps, and the table before and after them.

mod label;
mod outline;
mod preview;

use crate::app::remote::Remote;
use crate::app::state::State;
use crate::data::{ColumnProfile, Frame};
use crate::kafka::EventTime;
use crate::pipeline::PipelineSpec;
use crate::workspace::SavedPipeline;

pub use label::{JoinOf, LabelStanding, LabelState, by_in_words, label_in_words, within_in_words};
pub use outline::{Outline, StepOutline};
pub use preview::{Preview, Proof};

/// State of stage Prepare.
#[derive(Default)]
pub struct PrepareState {
    /// Times of the first and the last record of the slice.
    pub times: Option<(EventTime, EventTime)>,
    /// A profile of every column of the slice.
    pub profile: Remote<Vec<ColumnProfile>>,
    /// What is typed into the search of columns.
    pub search: String,
    /// Which columns are listed.
    pub show: Show,
    /// The column that is chosen.
    pub column: Option<String>,
    /// The label join, which stands before all steps.
    pub label: LabelState,
    /// The step that is chosen, from 0; the label join is none of them.
    pub step: Option<usize>,
    /// What the steps do to the columns, and what is wrong with them.
    pub outline: Outline,
    /// Rows before the first step and after the chosen one.
    pub preview: Remote<Preview>,
    /// Whether a batch and a stream gave the same.
    pub proof: Remote<Proof>,
    /// The frame and the workspace's revision that all of this is made of.
    pub made_of: Option<MadeOf>,
}

/// What the stage's values were made of; another one makes them old.
#[derive(Clone, PartialEq)]
pub struct MadeOf {
    /// The slice as it was read, by [`Frame::identity`].
    pub slice: usize,
    /// The same with its labels, or again without.
    pub frame: usize,
    /// Whether the label join is the chosen step.
    pub label: bool,
    /// The steps.
    pub steps: PipelineSpec,
    /// The chosen step.
    pub step: Option<usize>,
}

/// Which columns are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// All of them.
    #[default]
    All,
    /// Numbers.
    Numbers,
    /// Text and true or false.
    Text,
    /// Those with a warning.
    Warnings,
}

impl Show {
    /// All choices, as the window offers them.
    pub const ALL: [Self; 4] = [Self::All, Self::Numbers, Self::Text, Self::Warnings];

    /// Whether it lists a column.
    pub fn holds(self, profile: &ColumnProfile) -> bool {
        match self {
            Self::All => true,
            Self::Numbers => matches!(profile.kind, "i64" | "u64" | "f64"),
            Self::Text => matches!(profile.kind, "str" | "bool"),
            Self::Warnings => !profile.warnings.is_empty(),
        }
    }
}

impl State {
    /// The slice that is prepared, with its labels once they are joined.
    pub fn prepared_frame(&self) -> Option<&Frame> {
        self.labelled_frame().or_else(|| self.slice_frame())
    }

    /// The pipeline of the slice's topic: the one made last.
    pub fn pipeline(&self) -> Option<&SavedPipeline> {
        let topic = self.slice_frame()?.slice.topics.first().map(|topic| topic.topic.as_str());
        let of_topic =
            |pipeline: &&SavedPipeline| pipeline.topic.is_none() || pipeline.topic.as_deref() == topic;
        self.workspace.get().pipelines.iter().rev().find(of_topic)
    }

    /// The number of a step for people: the label join is the first where there is one.
    pub fn step_number(&self, index: usize) -> usize {
        index + 1 + usize::from(self.label_spec().is_some())
    }

    /// Its steps; none while there is no pipeline.
    pub fn steps(&self) -> PipelineSpec {
        self.pipeline().map(|pipeline| pipeline.steps.clone()).unwrap_or_default()
    }
}

impl PrepareState {
    pub(in crate::app) fn choose_step(&mut self, step: usize) {
        self.step = Some(step);
        self.label.chosen = false;
    }

    /// The profiles in the list, after search and choice.
    pub fn listed(&self) -> Vec<&ColumnProfile> {
        let wanted = self.search.trim().to_lowercase();
        let profiles = self.profile.get().map(Vec::as_slice).unwrap_or_default();
        let found = |profile: &&ColumnProfile| {
            self.show.holds(profile) && profile.name.to_lowercase().contains(&wanted)
        };
        profiles.iter().filter(found).collect()
    }
}
