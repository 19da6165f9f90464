//! Cast: change the type. A value that cannot be changed becomes null and is counted.

use serde::{Deserialize, Serialize};

use super::convert::convert;
use super::{Ready, resolve};
use crate::codec::Kind;
use crate::pipeline::error::Result;
use crate::pipeline::layout::Layout;
use crate::pipeline::report::{Refusal, Report};
use crate::pipeline::spec::CastTo;
use crate::pipeline::table::Table;

/// A cast step; it learns nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FittedCast {
    /// Its columns.
    pub columns: Vec<String>,
    /// Their new type.
    pub to: CastTo,
}

struct ReadyCast {
    columns: Vec<(usize, Kind, String)>,
    to: CastTo,
}

pub(super) fn check(columns: &[String], to: CastTo, layout: &mut Layout, report: &mut Report) {
    for place in report.columns(columns, layout, |kind| takes(kind, to)) {
        layout.set_kind(place, to.kind());
    }
}

fn takes(kind: Kind, to: CastTo) -> std::result::Result<(), Refusal> {
    use CastTo::{Bool, Float, Int, Time, TimeFromMillis, TimeFromSeconds};
    match (kind, to) {
        (Kind::Json, Int | Float | Bool | Time | TimeFromSeconds | TimeFromMillis) => {
            Err("holds arrays as JSON, which can be cast to text only: drop it, or cast it to text")
        }
        (Kind::Time, Bool) => Err("is a time, which is neither true nor false: take its date parts"),
        (Kind::Time, TimeFromSeconds | TimeFromMillis) => Err("is a time already: remove it from the step"),
        (Kind::Bool, Time | TimeFromSeconds | TimeFromMillis) => Err("is true and false, which is no time"),
        (Kind::Int | Kind::UInt | Kind::Float, Time) => {
            Err("is a number: say `time-from-seconds` or `time-from-millis`")
        }
        (Kind::Text, TimeFromSeconds | TimeFromMillis) => {
            Err("is text: cast it to int first, or to `time` if it is ISO-8601")
        }
        _ => Ok(()),
    }
}

impl CastTo {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Int => Kind::Int,
            Self::Float => Kind::Float,
            Self::Text => Kind::Text,
            Self::Bool => Kind::Bool,
            Self::Time | Self::TimeFromSeconds | Self::TimeFromMillis => Kind::Time,
        }
    }
}

impl FittedCast {
    pub(super) fn ready(&self, layout: &mut Layout) -> Result<Box<dyn Ready>> {
        let mut columns = Vec::new();
        for name in &self.columns {
            if let Some((place, kind)) = resolve(name, layout, |kind| takes(kind, self.to))? {
                layout.set_kind(place, self.to.kind());
                columns.push((place, kind, name.clone()));
            }
        }
        Ok(Box::new(ReadyCast { columns, to: self.to }))
    }
}

impl Ready for ReadyCast {
    fn apply(&self, table: &mut Table, unmatched: &mut dyn FnMut(&str, u64)) -> Result<()> {
        for (place, kind, name) in &self.columns {
            let (values, failed) = convert(table.column(*place), *kind, self.to)?;
            unmatched(name, failed);
            table.replace(*place, values);
        }
        Ok(())
    }
}
