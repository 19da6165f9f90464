//! A spec held against the columns it will see.

use std::collections::BTreeSet;

use serde::Serialize;

use super::layout::Layout;
use super::report::{Report, numbers_only};
use super::spec::PipelineSpec;
use crate::codec::{Kind, Schema};

/// One thing wrong with a spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpecProblem {
    /// Which step, from 0; `None` is what comes out at the end.
    pub step: Option<usize>,
    /// Which field of it: `columns`, `value`.
    pub field: String,
    /// The column it is about, where it is about one.
    pub column: Option<String>,
    /// What is wrong and what would be right.
    pub why: String,
}

/// A spec that fits its input columns. Only this form can be fitted.
#[derive(Clone, Debug)]
pub struct CheckedPipeline {
    pub(super) spec: PipelineSpec,
    pub(super) input: Schema,
    /// Indices of the input columns that reach a feature.
    pub(super) used: BTreeSet<usize>,
    schemas: Vec<Schema>,
}

impl PipelineSpec {
    /// Holds the spec against input columns (meta columns and whatever the task excludes already left out) and gives every
    /// problem at once. What comes out must be numbers only: a text column at the end is a problem that says what to do.
    pub fn check(&self, input: &Schema) -> Result<CheckedPipeline, Vec<SpecProblem>> {
        let mut report = Report::default();
        let mut layout = Layout::of(input);
        let mut schemas = vec![input.clone()];
        for (index, step) in self.steps.iter().enumerate() {
            report.begin(Some(index));
            let before = layout.clone();
            step.check(&mut layout, &mut report);
            report.note_gone(&before, &layout);
            schemas.push(layout.schema(input));
        }
        report.begin(None);
        check_end(&layout, &mut report);
        let problems = report.into_problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let used = layout.columns().iter().map(|column| column.origin).collect();
        Ok(CheckedPipeline { spec: self.clone(), input: input.clone(), used, schemas })
    }
}

impl CheckedPipeline {
    /// Schema after each step (index 0: the input), for the window's "columns gained or lost". The columns of a one-hot
    /// step are not known before fitting: one field `NAME=*` stands for them.
    pub fn schemas(&self) -> &[Schema] {
        &self.schemas
    }
}

fn check_end(layout: &Layout, report: &mut Report) {
    if layout.columns().is_empty() {
        report.add("columns", "no column is left to learn from: keep at least one");
    }
    for column in layout.columns() {
        let advice = match numbers_only(column.kind) {
            Ok(()) => continue,
            Err(_) if column.kind == Kind::Text => {
                "is text at the end and features are numbers: one-hot it, cast it, or drop it"
            }
            Err(_) if column.kind == Kind::Time => {
                "is a time at the end and features are numbers: take its date parts, cast it to int, or drop it"
            }
            Err(refusal) => refusal,
        };
        report.add_of("columns", &column.name, format!("`{}` {advice}", column.name));
    }
}
