//! What each step does to the columns, as far as it is right.

use std::collections::BTreeSet;

use crate::codec::Schema;
use crate::pipeline::{PipelineSpec, SpecProblem, StepSpec};

/// The steps held against the columns of a slice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// One per step.
    pub steps: Vec<StepOutline>,
    /// Columns of the slice that a step leaves out; what is made of one of them goes on under another name.
    pub left_out: BTreeSet<String>,
    /// What is wrong at the end: columns that are no features.
    pub end: Vec<String>,
    /// Features that come out; `None` while something is wrong.
    pub features: Option<usize>,
    /// Whether more of them come out than are known before fitting, because of a one-hot step.
    pub more: bool,
}

/// One step of an [`Outline`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepOutline {
    /// Columns before it.
    pub before: Schema,
    /// Columns after it; `None` where it is wrong, or one before it.
    pub after: Option<Schema>,
    /// What is wrong with it.
    pub problems: Vec<SpecProblem>,
}

impl Outline {
    /// Of steps on the columns of a slice.
    pub fn of(spec: &PipelineSpec, input: &Schema) -> Self {
        let (problems, features) = match spec.check(input) {
            Ok(checked) => (Vec::new(), checked.schemas().last().cloned()),
            Err(problems) => (problems, None),
        };
        let mut before = Some(input.clone());
        let mut steps = Vec::with_capacity(spec.steps.len());
        for index in 0..spec.steps.len() {
            let own = problems.iter().filter(|problem| problem.step == Some(index)).cloned();
            let after = before.as_ref().and_then(|_| columns_after(spec, index + 1, input));
            steps.push(StepOutline {
                before: before.clone().unwrap_or_default(),
                after: after.clone(),
                problems: own.collect(),
            });
            before = after;
        }
        let left_out = spec.steps.iter().zip(&steps).flat_map(|(step, outline)| outline.left_out_by(step));
        let left_out = left_out.filter(|name| input.get(name).is_some()).collect();
        let end = problems.iter().filter(|problem| problem.step.is_none()).map(|problem| problem.why.clone());
        let more =
            features.as_ref().is_some_and(|out| out.fields.iter().any(|field| field.name.ends_with("=*")));
        Self { steps, left_out, end: end.collect(), features: features.map(|out| out.fields.len()), more }
    }
}

impl StepOutline {
    /// Columns gained, or lost below 0. A one-hot step gains more than is known before fitting.
    pub fn gained(&self) -> Option<i64> {
        let after = self.after.as_ref()?;
        Some(after.fields.len() as i64 - self.before.fields.len() as i64)
    }

    /// Names of the columns that a step drops or does not keep.
    fn left_out_by(&self, step: &StepSpec) -> Vec<String> {
        let leaves_out = matches!(step, StepSpec::Drop { .. } | StepSpec::Select { .. });
        let (true, Some(after)) = (leaves_out, &self.after) else { return Vec::new() };
        let fields = self.before.fields.iter().map(|field| &field.name);
        fields.filter(|name| after.get(name).is_none()).cloned().collect()
    }

    /// Names of the columns that the step made.
    pub fn made(&self) -> BTreeSet<String> {
        let fields = self.after.iter().flat_map(|after| &after.fields);
        fields.map(|field| field.name.clone()).filter(|name| self.before.get(name).is_none()).collect()
    }
}

/// The first `count` steps, and a last one that leaves out what is no feature yet: a pipeline that can be fitted while its
/// end is still missing. `None` where one of the steps is wrong.
pub(super) fn unfinished(spec: &PipelineSpec, count: usize, input: &Schema) -> Option<PipelineSpec> {
    let mut prefix = PipelineSpec { steps: spec.steps.iter().take(count).cloned().collect() };
    let Err(problems) = prefix.check(input) else { return Some(prefix) };
    if problems.iter().any(|problem| problem.step.is_some()) {
        return None;
    }
    let columns = problems.into_iter().filter_map(|problem| problem.column).collect();
    prefix.steps.push(StepSpec::Drop { columns });
    prefix.check(input).is_ok().then_some(prefix)
}

fn columns_after(spec: &PipelineSpec, count: usize, input: &Schema) -> Option<Schema> {
    let checked = unfinished(spec, count, input)?.check(input).ok()?;
    checked.schemas().get(count).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Field, Kind};

    fn input() -> Schema {
        let field = |name: &str, kind| Field { name: name.into(), kind, nullable: false };
        Schema {
            fields: vec![field("temp", Kind::Float), field("carrier", Kind::Text), field("dest", Kind::Text)],
        }
    }

    #[test]
    fn steps_are_outlined_while_the_end_is_missing() {
        let spec = PipelineSpec { steps: vec![StepSpec::Drop { columns: vec!["dest".into()] }] };
        let outline = Outline::of(&spec, &input());
        assert_eq!(outline.steps[0].gained(), Some(-1));
        assert_eq!(outline.features, None);
        assert!(outline.end[0].contains("`carrier` is text"), "{:?}", outline.end);
        let odd = Field { name: "a`b".into(), kind: Kind::Text, nullable: false };
        let outline =
            Outline::of(&spec, &Schema { fields: input().fields.into_iter().chain([odd]).collect() });
        assert_eq!(outline.steps[0].gained(), Some(-1), "also where a name holds a backquote");
    }

    #[test]
    fn a_wrong_step_hides_what_comes_after_it() {
        let wrong = StepSpec::Standardize { columns: vec!["tmep".into()] };
        let spec = PipelineSpec { steps: vec![wrong, StepSpec::Drop { columns: vec!["dest".into()] }] };
        let outline = Outline::of(&spec, &input());
        assert!(outline.steps[0].problems[0].why.contains("temp"), "{:?}", outline.steps[0].problems);
        assert_eq!((outline.steps[0].gained(), outline.steps[1].gained()), (None, None));
    }

    #[test]
    fn a_whole_pipeline_tells_its_features() {
        let steps = vec![
            StepSpec::Drop { columns: vec!["dest".into()] },
            StepSpec::OneHot { columns: vec!["carrier".into()], max: None },
        ];
        let outline = Outline::of(&PipelineSpec { steps }, &input());
        assert_eq!((outline.features, outline.more), (Some(2), true));
        assert_eq!(outline.steps[1].made(), BTreeSet::from(["carrier=*".to_owned()]));
        assert_eq!(outline.left_out, BTreeSet::from(["dest".to_owned()]), "and not what was one-hot");
    }
}
