//! The steps that the next runs prepare with, held against the slice's columns.

use crate::codec::Schema;
use crate::data::ColumnProfile;
use crate::learn::TaskSpec;
use crate::pipeline::{PipelineSpec, StepSpec};
use crate::workspace::SavedPipeline;

/// Steps that fit the slice, or what is wrong with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Preparation {
    /// Whose steps they are: a pipeline's name; `None` where they were suggested.
    pub name: Option<String>,
    /// The steps, without the target's column and what the task excludes.
    pub steps: PipelineSpec,
    /// Features that come out; each one-hot step counts its columns once, their values are known only after fitting.
    pub features: usize,
    /// Whether one-hot columns make more features than are counted.
    pub more: bool,
    /// Why they cannot be used.
    pub problem: Option<String>,
}

impl Preparation {
    /// Of the steps that the user made in Prepare.
    pub fn of_pipeline(pipeline: &SavedPipeline, schema: &Schema, task: Option<&TaskSpec>) -> Self {
        Self::check(
            Some(pipeline.name.clone()),
            without(&pipeline.steps, &left_out(task), schema),
            schema,
            task,
        )
    }

    /// Of the steps that the columns themselves suggest.
    pub fn suggested(profiles: &[ColumnProfile], schema: &Schema, task: Option<&TaskSpec>) -> Self {
        let unknown = profiles.iter().map(|profile| &profile.name).filter(|name| schema.get(name).is_none());
        let out: Vec<String> = left_out(task).into_iter().chain(unknown.cloned()).collect();
        Self::check(None, PipelineSpec::suggest(profiles, &out), schema, task)
    }

    fn check(name: Option<String>, steps: PipelineSpec, schema: &Schema, task: Option<&TaskSpec>) -> Self {
        let out = left_out(task);
        let fields = schema.fields.iter().filter(|field| !out.contains(&field.name)).cloned().collect();
        let (features, problem) = match steps.check(&Schema { fields }) {
            Ok(checked) => (checked.schemas().last().cloned().unwrap_or_default().fields, None),
            Err(problems) => {
                let said = problems.first().map(|problem| match problem.step {
                    Some(step) => format!("step {}: {}", step + 1, problem.why),
                    None => problem.why.clone(),
                });
                (Vec::new(), said)
            }
        };
        let more = features.iter().any(|field| field.name.ends_with("=*"));
        Self { name, steps, features: features.len(), more, problem }
    }

    /// Whose they are, for people.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or("suggested steps")
    }
}

/// Columns that no feature may use.
fn left_out(task: Option<&TaskSpec>) -> Vec<String> {
    let Some(task) = task else { return Vec::new() };
    task.exclude.iter().cloned().chain([task.target.column().to_owned()]).collect()
}

/// Steps that do not name the columns `out`, nor columns made from them; a step that names no other goes.
fn without(steps: &PipelineSpec, out: &[String], schema: &Schema) -> PipelineSpec {
    let gone = |name: &String| {
        out.iter().any(|out| {
            let made = name.strip_prefix(out.as_str()).is_some_and(|rest| rest.starts_with(['_', '=']));
            name == out || (made && schema.get(name).is_none())
        })
    };
    let keep = |step: &StepSpec| {
        let mut step = step.clone();
        let columns = step.columns_mut();
        columns.retain(|name| !gone(name));
        (!columns.is_empty()).then_some(step)
    };
    PipelineSpec { steps: steps.steps.iter().filter_map(keep).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Field, Kind};
    use crate::learn::{Target, TaskKind};

    #[test]
    fn steps_that_name_the_target_are_left_out_for_it() {
        let field = |name: &str, kind| Field { name: name.into(), kind, nullable: false };
        let schema = Schema { fields: vec![field("temp", Kind::Float), field("delay", Kind::Float)] };
        let both = vec!["temp".to_owned(), "delay".to_owned()];
        let steps = PipelineSpec {
            steps: vec![
                StepSpec::Standardize { columns: both },
                StepSpec::Standardize { columns: vec!["delay".into()] },
            ],
        };
        let pipeline = SavedPipeline { name: "weather".into(), topic: None, label: None, steps };
        let task = TaskSpec {
            kind: TaskKind::Classification,
            target: Target::Above { column: "delay".into(), above: 15.0 },
            exclude: Vec::new(),
        };
        let preparation = Preparation::of_pipeline(&pipeline, &schema, Some(&task));
        assert_eq!(preparation.problem, None);
        assert_eq!(preparation.steps.steps, [StepSpec::Standardize { columns: vec!["temp".into()] }]);
        assert_eq!(preparation.features, 1);
    }
}
