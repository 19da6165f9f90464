//! Fitting: each step learns from the train part as the steps before have left it.

use std::collections::BTreeSet;

use polars::frame::DataFrame;
use polars::series::Series;

use super::check::CheckedPipeline;
use super::error::{PipelineError, Result};
use super::fitted::FittedPipeline;
use super::layout::Layout;
use super::spec::StepSpec;
use super::steps::FittedStep;
use super::table::Table;
use crate::codec::{Field, Schema};
use crate::jobs::{Cancel, Problem, Progress};

/// The name of the work in messages.
const WHAT: &str = "Fitting the preparation";

impl CheckedPipeline {
    /// Fits on the rows given, which must be of the train part only. Infinite values in a column that reaches a feature
    /// are refused, and so is a statistic of nothing.
    pub fn fit(
        &self,
        train: &DataFrame,
        progress: &Progress,
        cancel: &Cancel,
    ) -> std::result::Result<FittedPipeline, Problem> {
        Fit::new(self, train)
            .and_then(|fit| fit.run(&self.spec.steps, progress, cancel))
            .map_err(|error| error.problem(WHAT))
    }
}

/// A fit on its way: the train part after the steps fitted so far.
struct Fit<'a> {
    input: &'a Schema,
    /// The train part as it came in.
    train: Table,
    table: Table,
    layout: Layout,
    /// Input columns whose gaps an impute step fills.
    filled: BTreeSet<usize>,
}

impl<'a> Fit<'a> {
    fn new(checked: &'a CheckedPipeline, train: &DataFrame) -> Result<Self> {
        let train = Table::take(train, &checked.input.fields)?;
        if train.rows() == 0 {
            return Err(PipelineError::NoRows);
        }
        let layout = Layout::of(&checked.input);
        let table = train.clone();
        let fit = Self { input: &checked.input, train, table, layout, filled: BTreeSet::new() };
        fit.refuse_infinite(&checked.used)?;
        Ok(fit)
    }

    fn run(mut self, specs: &[StepSpec], progress: &Progress, cancel: &Cancel) -> Result<FittedPipeline> {
        progress.stage("fitting the preparation", specs.len() as u64);
        let mut steps = Vec::with_capacity(specs.len());
        for (index, spec) in specs.iter().enumerate() {
            cancel.check()?;
            steps.push(self.step(spec).map_err(|error| error.at(index, spec.name()))?);
            progress.add(1);
        }
        self.finish(steps)
    }

    fn step(&mut self, spec: &StepSpec) -> Result<FittedStep> {
        let fitted = spec.fit(&self.layout, &self.table)?;
        if matches!(spec, StepSpec::Impute { .. }) {
            let places = spec.columns().iter().filter_map(|name| self.layout.find(name));
            let origins = places.filter_map(|place| self.layout.get(place)).map(|column| column.origin);
            self.filled.extend(origins);
        }
        fitted.ready(&mut self.layout)?.apply(&mut self.table, &mut |_, _| {})?;
        Ok(fitted)
    }

    fn finish(self, steps: Vec<FittedStep>) -> Result<FittedPipeline> {
        if let Some(column) = self.layout.columns().iter().find(|column| !column.is_numeric()) {
            return Err(PipelineError::NotANumber(column.name.clone()));
        }
        let used: BTreeSet<usize> = self.layout.columns().iter().map(|column| column.origin).collect();
        let field = |&origin: &usize| {
            let field = self.input.fields.get(origin)?;
            let nullable = self.filled.contains(&origin) || self.train.column(origin).null_count() > 0;
            Some(Field { nullable, ..field.clone() })
        };
        Ok(FittedPipeline {
            input: Schema { fields: used.iter().filter_map(field).collect() },
            steps,
            output: self.layout.columns().iter().map(|column| column.name.clone()).collect(),
        })
    }

    /// A mean or a scale of infinite values says nothing.
    fn refuse_infinite(&self, used: &BTreeSet<usize>) -> Result<()> {
        let name = |&place: &usize| Some((self.input.fields.get(place)?.name.clone(), place));
        let counted =
            used.iter().filter_map(name).map(|(name, place)| (name, infinite(self.train.column(place))));
        let found: Vec<_> = counted.filter(|(_, count)| *count > 0).collect();
        if found.is_empty() { Ok(()) } else { Err(PipelineError::Infinite(found)) }
    }
}

fn infinite(values: &Series) -> u64 {
    let count = |numbers: &polars::prelude::Float64Chunked| {
        numbers.iter().flatten().filter(|number| number.is_infinite()).count() as u64
    };
    values.f64().map_or(0, count)
}
