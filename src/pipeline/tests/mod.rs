//! Stories about pipelines as a whole.

mod checks;
mod fitting;
mod oracles;
mod parity;
mod suggestions;

use polars::prelude::*;

use super::{Applied, CheckedPipeline, FittedPipeline, PipelineSpec, SpecProblem};
use crate::codec::{Field, Kind, Schema};
use crate::jobs::{Cancel, Problem, Progress};

/// A spec as it stands in a run file.
pub(super) fn spec(toml: &str) -> PipelineSpec {
    #[derive(serde::Deserialize)]
    struct Run {
        #[serde(default)]
        prepare: PipelineSpec,
    }
    toml::from_str::<Run>(toml).unwrap().prepare
}

pub(super) fn schema(fields: &[(&str, Kind)]) -> Schema {
    let field = |&(name, kind): &(&str, Kind)| Field { name: name.into(), kind, nullable: true };
    Schema { fields: fields.iter().map(field).collect() }
}

pub(super) fn check(toml: &str, fields: &[(&str, Kind)]) -> Result<CheckedPipeline, Vec<SpecProblem>> {
    spec(toml).check(&schema(fields))
}

/// The schema that a frame's columns have.
pub(super) fn schema_of(frame: &DataFrame) -> Schema {
    let kind = |column: &Column| super::table::kind_of(column.dtype()).unwrap();
    let field =
        |column: &Column| Field { name: column.name().to_string(), kind: kind(column), nullable: true };
    Schema { fields: frame.columns().iter().map(field).collect() }
}

pub(super) fn try_fit(toml: &str, train: &DataFrame) -> Result<FittedPipeline, Problem> {
    let checked = spec(toml).check(&schema_of(train)).unwrap();
    checked.fit(train, &Progress::new(), &Cancel::new())
}

pub(super) fn fit(toml: &str, train: &DataFrame) -> FittedPipeline {
    try_fit(toml, train).unwrap()
}

/// A feature by name.
pub(super) fn feature<'a>(applied: &'a Applied, name: &str) -> &'a [f64] {
    let place = applied.features.names().iter().position(|feature| feature == name);
    applied.features.column(place.unwrap_or_else(|| panic!("no feature {name}")))
}
