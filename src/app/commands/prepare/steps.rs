//! Edits of the steps. Each is one edit of the workspace, with a name by which it is undone.

use crate::app::runtime::Runtime;
use crate::codec::{Field, Kind, Schema};
use crate::data::{ColumnProfile, Warning};
use crate::pipeline::{CastTo, DatePart, ImputeWith, PipelineSpec, StepSpec};
use crate::workspace::{SavedPipeline, Workspace};

/// The kinds of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what pipeline::StepSpec says of it")]
pub enum StepKind {
    Select,
    Drop,
    Cast,
    Impute,
    Standardize,
    OneHot,
    DateParts,
}

impl StepKind {
    /// All of them, as the window offers them.
    pub const ALL: [Self; 7] = [
        Self::Drop,
        Self::Select,
        Self::Cast,
        Self::Impute,
        Self::OneHot,
        Self::Standardize,
        Self::DateParts,
    ];

    /// Of a step.
    pub fn of(step: &StepSpec) -> Self {
        match step {
            StepSpec::Select { .. } => Self::Select,
            StepSpec::Drop { .. } => Self::Drop,
            StepSpec::Cast { .. } => Self::Cast,
            StepSpec::Impute { .. } => Self::Impute,
            StepSpec::Standardize { .. } => Self::Standardize,
            StepSpec::OneHot { .. } => Self::OneHot,
            StepSpec::DateParts { .. } => Self::DateParts,
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Select => "Keep columns",
            Self::Drop => "Drop columns",
            Self::Cast => "Change type",
            Self::Impute => "Fill missing",
            Self::Standardize => "Scale",
            Self::OneHot => "One-hot",
            Self::DateParts => "Date parts",
        }
    }

    /// What it does.
    pub fn help(self) -> &'static str {
        match self {
            Self::Select => "Keeps these columns only",
            Self::Drop => "Leaves these columns out",
            Self::Cast => "Changes the type; what cannot be changed becomes null and is counted",
            Self::Impute => "Fills nulls and NaN with what the train part says",
            Self::Standardize => "Mean 0 and standard deviation 1 on the train part",
            Self::OneHot => "A column of 0 and 1 per value seen in the train part",
            Self::DateParts => "Calendar parts of a time, in UTC",
        }
    }

    /// A step of this kind on the columns for which it is meant.
    fn on(self, columns: &Schema) -> StepSpec {
        let names = |wanted: fn(&Field) -> bool| -> Vec<String> {
            columns.fields.iter().filter(|field| wanted(field)).map(|field| field.name.clone()).collect()
        };
        let number = |field: &Field| matches!(field.kind, Kind::Int | Kind::UInt | Kind::Float);
        match self {
            Self::Select => StepSpec::Select { columns: names(|_| true) },
            Self::Drop => StepSpec::Drop { columns: Vec::new() },
            Self::Cast => StepSpec::Cast { columns: Vec::new(), to: CastTo::Float },
            Self::Impute => {
                let gaps = columns.fields.iter().filter(|field| number(field) && field.nullable);
                let columns = gaps.map(|field| field.name.clone()).collect();
                StepSpec::Impute { columns, with: ImputeWith::Median, value: None, indicator: false }
            }
            Self::Standardize => StepSpec::Standardize { columns: names(|field| field.kind == Kind::Float) },
            Self::OneHot => {
                StepSpec::OneHot { columns: names(|field| field.kind == Kind::Text), max: Some(50) }
            }
            Self::DateParts => StepSpec::DateParts {
                columns: names(|field| field.kind == Kind::Time),
                parts: vec![DatePart::Month, DatePart::Weekday, DatePart::Hour],
            },
        }
    }
}

/// The step that a warning of a column offers, with the words of its button.
pub fn offered_steps(profile: &ColumnProfile) -> Vec<(String, StepSpec)> {
    let columns = vec![profile.name.clone()];
    let millis = profile.max.as_deref().and_then(|max| max.parse::<f64>().ok()).is_some_and(|max| max > 1e11);
    let offer = |warning: &Warning| match (warning, profile.kind) {
        (Warning::LooksLikeTime, "str") => {
            Some(("Read as time", StepSpec::Cast { columns: columns.clone(), to: CastTo::Time }))
        }
        (Warning::LooksLikeTime, _) => {
            let to = if millis { CastTo::TimeFromMillis } else { CastTo::TimeFromSeconds };
            Some(("Read as time", StepSpec::Cast { columns: columns.clone(), to }))
        }
        (Warning::LooksLikeNumber, _) => {
            Some(("Read as number", StepSpec::Cast { columns: columns.clone(), to: CastTo::Float }))
        }
        (Warning::Constant | Warning::AllNull | Warning::IdLike, _) => {
            Some(("Drop it", StepSpec::Drop { columns: columns.clone() }))
        }
        (Warning::NotFinite, _) => None,
    };
    profile.warnings.iter().filter_map(offer).map(|(words, step)| (words.to_owned(), step)).collect()
}

impl Runtime<'_> {
    pub(super) fn add_step_of(&mut self, kind: StepKind) {
        let after = self.state.prepare.step.filter(|_| !self.state.prepare.label.chosen);
        let at = after.map_or(0, |step| step + 1);
        let outline = &self.state.prepare.outline;
        let before = match at.checked_sub(1).and_then(|index| outline.steps.get(index)) {
            Some(step) => step.after.clone().unwrap_or_else(|| step.before.clone()),
            None => self.state.feature_frame().map(|frame| frame.schema.as_ref().clone()).unwrap_or_default(),
        };
        self.insert_step(at, kind.on(&before));
    }

    pub(super) fn add_step(&mut self, step: StepSpec) {
        let end = self.state.steps().steps.len();
        // A column that is dropped joins the step that drops others already.
        if let (StepSpec::Drop { columns }, Some(index)) = (&step, self.first_drop()) {
            let mut joined =
                self.state.steps().steps.get(index).map(StepSpec::columns).unwrap_or_default().to_vec();
            joined.extend(columns.iter().filter(|name| !joined.contains(name)).cloned().collect::<Vec<_>>());
            return self.change_step(index, StepSpec::Drop { columns: joined });
        }
        let first = matches!(step, StepSpec::Drop { .. } | StepSpec::Cast { .. });
        self.insert_step(if first { 0 } else { end }, step);
    }

    fn first_drop(&self) -> Option<usize> {
        self.state.steps().steps.iter().position(|step| matches!(step, StepSpec::Drop { .. }))
    }

    fn insert_step(&mut self, at: usize, step: StepSpec) {
        let title = StepKind::of(&step).title().to_lowercase();
        self.edit_steps(&format!("Add step {title}"), |spec| {
            let at = at.min(spec.steps.len());
            spec.steps.insert(at, step);
        });
        self.state.prepare.choose_step(at);
    }

    pub(super) fn suggest_steps(&mut self) {
        let Some(profiles) = self.state.prepare.profile.get() else { return };
        let label: Vec<String> = self.state.label_column().map(str::to_owned).into_iter().collect();
        let suggested = PipelineSpec::suggest(profiles, &label);
        self.edit_steps("Suggest steps", |spec| *spec = suggested);
        self.state.prepare.step = None;
    }

    pub(super) fn change_step(&mut self, index: usize, step: StepSpec) {
        let name = format!("Change step {}", self.state.step_number(index));
        self.edit_steps(&name, |spec| {
            if let Some(place) = spec.steps.get_mut(index) {
                *place = step;
            }
        });
    }

    pub(super) fn move_step(&mut self, by: i64) {
        let Some(from) = self.state.prepare.step else { return };
        if let Some(to) = from.checked_add_signed(by as isize) {
            self.move_step_to(from, to);
        }
    }

    pub(super) fn move_step_to(&mut self, from: usize, to: usize) {
        let count = self.state.steps().steps.len();
        if from >= count || to >= count || from == to {
            return;
        }
        self.edit_steps("Move step", |spec| {
            let step = spec.steps.remove(from);
            spec.steps.insert(to, step);
        });
        self.state.prepare.step = Some(to);
    }

    pub(super) fn duplicate_step(&mut self) {
        let Some(index) = self.state.prepare.step else { return };
        let Some(step) = self.state.steps().steps.get(index).cloned() else { return };
        self.insert_step(index + 1, step);
    }

    pub(super) fn delete_step(&mut self) {
        let Some(index) = self.state.prepare.step else { return };
        self.edit_steps("Delete step", |spec| {
            if index < spec.steps.len() {
                spec.steps.remove(index);
            }
        });
    }

    fn edit_steps(&mut self, name: &str, change: impl FnOnce(&mut PipelineSpec)) {
        self.edit_pipeline(name, |pipeline| change(&mut pipeline.steps));
    }

    /// Edits the slice's pipeline, which is made by the first edit.
    pub(super) fn edit_pipeline(&mut self, name: &str, change: impl FnOnce(&mut SavedPipeline)) {
        if let Some(pipeline) = self.changed_pipeline(change) {
            self.edit(name, |workspace| put(workspace, pipeline));
        }
    }

    /// The same; with the edit before it of the same name it is one.
    pub(super) fn edit_pipeline_merged(&mut self, name: &str, change: impl FnOnce(&mut SavedPipeline)) {
        if let Some(pipeline) = self.changed_pipeline(change) {
            self.edit_merged(name, |workspace| put(workspace, pipeline));
        }
    }

    fn changed_pipeline(&self, change: impl FnOnce(&mut SavedPipeline)) -> Option<SavedPipeline> {
        let topic = self.state.slice_frame()?.slice.topics.first().map(|topic| topic.topic.clone());
        let mut pipeline = self.state.pipeline().cloned().unwrap_or_else(|| {
            let name =
                topic.as_deref().map_or_else(|| "features".into(), |topic| format!("{topic}-features"));
            SavedPipeline { name, topic, ..SavedPipeline::default() }
        });
        change(&mut pipeline);
        Some(pipeline)
    }
}

/// Puts a pipeline at the place of the newest of its name, or behind all.
fn put(workspace: &mut Workspace, pipeline: SavedPipeline) {
    match workspace.pipelines.iter_mut().rev().find(|known| known.name == pipeline.name) {
        Some(place) => *place = pipeline,
        None => workspace.pipelines.push(pipeline),
    }
}
