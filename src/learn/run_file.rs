//! The run file: a run as TOML.

mod parse;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::learner::LearnerSpec;
use super::task::{Target, TaskKind, TaskSpec};
use crate::data::{Filter, LabelSpec, SplitSpec};
use crate::jobs::Problem;
use crate::kafka::RangeSpec;
use crate::pipeline::PipelineSpec;

/// A run, written down: slice, task, preparation, split, learner, seed. docs/run-file.md is its reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunFile {
    /// Version of the format: 1.
    pub format: u32,
    /// For everything that draws at random.
    #[serde(default)]
    pub seed: u64,
    /// What to read.
    pub slice: SliceSection,
    /// Labels to join from another topic; the target is then their column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelSpec>,
    /// What to predict.
    pub task: TaskSpec,
    /// How to prepare it.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub prepare: PipelineSpec,
    /// How to split it.
    #[serde(default)]
    pub split: SplitSpec,
    /// How to learn it.
    pub learner: LearnerSpec,
}

/// `[slice]` of a run file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SliceSection {
    /// Topics, from, to, partitions.
    #[serde(flatten)]
    pub range: RangeSpec,
    /// The codec's name.
    #[serde(default = "json")]
    pub codec: String,
    /// Keep only rows for which this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

fn json() -> String {
    "json".into()
}
fn is_empty(spec: &PipelineSpec) -> bool {
    spec.steps.is_empty()
}

impl RunFile {
    /// The version of the format that this program writes, and the newest that it reads.
    pub const FORMAT: u32 = 1;

    /// Parses and checks; every problem at once, each with line or field. Keys that the format does not have are problems.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        parse::run_file(text)
    }

    /// As TOML that [`Self::parse`] reads back to the same, if [`Self::check`] finds nothing.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_else(|error| format!("# This run cannot be written down: {error}\n"))
    }

    /// Everything wrong with it that can be said without its columns, as (field, why).
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let mut add = |field: &str, why: String| problems.push((field.to_owned(), why));
        if self.format != Self::FORMAT {
            add("format", format!("is {} and must be {}", self.format, Self::FORMAT));
        }
        if self.seed > i64::MAX as u64 {
            add("seed", format!("must be at most {}", i64::MAX));
        }
        if self.slice.range.topics.is_empty() {
            add("slice.topics", "name at least one topic".into());
        }
        if let Err(why) = crate::codec::by_name(&self.slice.codec) {
            add("slice.codec", why);
        }
        if let Some(Err(why)) = self.slice.filter.as_deref().map(Filter::parse) {
            add("slice.filter", why);
        }
        if let Some(label) = &self.label
            && self.task.target.column() != label.column
        {
            add("task.target", format!("must be the label's column, {}", label.column));
        }
        if self.task.kind == TaskKind::Regression && matches!(self.task.target, Target::Above { .. }) {
            add("task.target", "above a limit or not is a class; a regression needs the plain column".into());
        }
        if matches!(self.task.target, Target::Above { above, .. } if !above.is_finite()) {
            add("task.target", "above must be a finite number".into());
        }
        if !self.learner.learns(self.task.kind) {
            let kinds: Vec<&str> =
                LearnerSpec::all_for(self.task.kind).iter().map(LearnerSpec::kind).collect();
            add(
                "learner.kind",
                format!("{} does not fit the task; choose {}", self.learner.kind(), kinds.join(" or ")),
            );
        }
        let in_section = |section: &str, found: Vec<(String, String)>| {
            found.into_iter().map(|(field, why)| (format!("{section}.{field}"), why)).collect::<Vec<_>>()
        };
        if let Some(label) = &self.label {
            problems.extend(in_section("label", label.check()));
        }
        problems.extend(in_section("split", self.split.check()));
        problems.extend(in_section("learner", self.learner.check()));
        problems
    }

    /// The problems of [`Self::check`] as one.
    pub(super) fn refuse(&self) -> Result<(), Problem> {
        refusal(&self.check())
    }
}

fn refusal(problems: &[(String, String)]) -> Result<(), Problem> {
    if problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = problems
        .iter()
        .map(|(field, why)| if field.is_empty() { why.clone() } else { format!("{field}: {why}") })
        .collect();
    Err(Problem::new("Checking the run file", lines.join("; "), "docs/run-file.md says what it may hold"))
}
