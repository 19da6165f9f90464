//! One-hot: a column of 0 and 1 per value seen in the train part. A value not seen there gives 0 in all of them and is
//! counted; a null gives 0 in all of them and is not.

use std::collections::{BTreeMap, HashMap};

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Ready, Source, resolve};
use crate::codec::Kind;
use crate::pipeline::error::{PipelineError, Result};
use crate::pipeline::layout::Layout;
use crate::pipeline::report::{Refusal, Report};
use crate::pipeline::table::{Table, ints, unnamed};

/// More values than this in one column need an explicit `max`: each makes a feature, in memory for every row.
const MOST_VALUES: usize = 1_000;

/// A fitted one-hot step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FittedOneHot {
    /// Its columns.
    pub columns: Vec<EncodedColumn>,
}

/// What was learned of one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodedColumn {
    /// The column.
    pub column: String,
    /// The values, sorted; each makes a column `NAME=VALUE`.
    pub values: Values,
}

/// Values of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Values {
    /// By code point; also `false` and `true`.
    Text(Vec<String>),
    /// By value.
    Int(Vec<i64>),
}

struct ReadyOneHot {
    columns: Vec<ReadyColumn>,
    /// Places that stay, before the made columns are added.
    kept: Vec<usize>,
}

struct ReadyColumn {
    name: String,
    place: usize,
    made: usize,
    index: Index,
}

/// From a value to its place among the made columns.
enum Index {
    Text(HashMap<String, usize>),
    Int(HashMap<i64, usize>),
}

pub(super) fn check(columns: &[String], max: Option<usize>, layout: &mut Layout, report: &mut Report) {
    if max == Some(0) {
        report.add("max", "must be at least 1: each value kept makes a column");
    }
    let places = report.columns(columns, layout, takes);
    let encoded: Vec<_> = places.iter().filter_map(|&place| layout.get(place).cloned()).collect();
    layout.keep(&layout.without(&places));
    for column in encoded {
        layout.push_many(&column.name, column.origin);
    }
}

fn takes(kind: Kind) -> std::result::Result<(), Refusal> {
    match kind {
        Kind::Text | Kind::Bool | Kind::Int | Kind::UInt => Ok(()),
        Kind::Float => {
            Err("holds numbers with fractions, which are not categories: cast it to int or text first")
        }
        Kind::Time => Err("is a time: take its date parts first, then one-hot those"),
        Kind::Json => Err("holds arrays as JSON: drop it, or cast it to text first"),
        Kind::Null => Err("has only nulls: drop it"),
    }
}

pub(super) fn fit(sources: &[Source<'_>], max: Option<usize>) -> Result<FittedOneHot> {
    let learn = |source: &Source<'_>| {
        let values = if source.kind == Kind::Int {
            Values::Int(chosen(ints(source.values)?.iter().flatten(), source.name, max)?)
        } else {
            let texts = texts(source.values)?;
            let chosen = chosen(texts.iter().flatten(), source.name, max)?;
            Values::Text(chosen.into_iter().map(str::to_owned).collect())
        };
        Ok(EncodedColumn { column: source.name.to_owned(), values })
    };
    Ok(FittedOneHot { columns: sources.iter().map(learn).collect::<Result<_>>()? })
}

/// The different values, sorted; with `max` only the most frequent, the smaller of equals.
fn chosen<T: Ord + Copy>(
    values: impl Iterator<Item = T>,
    column: &str,
    max: Option<usize>,
) -> Result<Vec<T>> {
    let mut counts: BTreeMap<T, u64> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    if counts.is_empty() {
        return Err(PipelineError::NoValues(column.into()));
    }
    if max.is_none() && counts.len() > MOST_VALUES {
        return Err(PipelineError::TooManyValues { column: column.into(), values: counts.len() });
    }
    let mut ranked: Vec<(T, u64)> = counts.into_iter().collect();
    ranked.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    ranked.truncate(max.unwrap_or(usize::MAX));
    let mut chosen: Vec<T> = ranked.into_iter().map(|(value, _)| value).collect();
    chosen.sort_unstable();
    Ok(chosen)
}

/// Text as it is, other kinds in words.
fn texts(values: &Series) -> PolarsResult<StringChunked> {
    values.cast(&DataType::String)?.str().cloned()
}

impl Values {
    fn names(&self, column: &str) -> Vec<String> {
        match self {
            Self::Text(values) => values.iter().map(|value| format!("{column}={value}")).collect(),
            Self::Int(values) => values.iter().map(|value| format!("{column}={value}")).collect(),
        }
    }

    fn index(&self) -> Index {
        match self {
            Self::Text(values) => {
                Index::Text(values.iter().enumerate().map(|(place, value)| (value.clone(), place)).collect())
            }
            Self::Int(values) => {
                Index::Int(values.iter().enumerate().map(|(place, value)| (*value, place)).collect())
            }
        }
    }
}

impl FittedOneHot {
    pub(super) fn ready(&self, layout: &mut Layout) -> Result<Box<dyn Ready>> {
        let mut columns = Vec::new();
        let mut made = Vec::new();
        for EncodedColumn { column, values } in &self.columns {
            let Some((place, kind)) = resolve(column, layout, takes)? else { continue };
            if matches!(values, Values::Int(_)) != (kind == Kind::Int) {
                return Err(PipelineError::Damaged(format!("`{column}` has values of another type")));
            }
            let names = values.names(column);
            let ready = ReadyColumn { name: column.clone(), place, made: names.len(), index: values.index() };
            columns.push(ready);
            let origin = layout.get(place).map_or(0, |column| column.origin);
            made.extend(names.into_iter().map(|name| (name, origin)));
        }
        let places: Vec<usize> = columns.iter().map(|column| column.place).collect();
        let kept = layout.without(&places);
        layout.keep(&kept);
        for (name, origin) in made {
            layout.push(name, Kind::Int, origin)?;
        }
        Ok(Box::new(ReadyOneHot { columns, kept }))
    }
}

impl Ready for ReadyOneHot {
    fn apply(&self, table: &mut Table, unmatched: &mut dyn FnMut(&str, u64)) -> Result<()> {
        let mut made = Vec::new();
        for column in &self.columns {
            let (flags, unseen) = column.encode(table.column(column.place))?;
            unmatched(&column.name, unseen);
            made.extend(flags);
        }
        table.keep(&self.kept);
        for flags in made {
            table.push(unnamed(UInt8Chunked::from_vec(PlSmallStr::EMPTY, flags)));
        }
        Ok(())
    }
}

impl ReadyColumn {
    /// A column of flags per value, and how many values were not seen in fitting.
    fn encode(&self, values: &Series) -> PolarsResult<(Vec<Vec<u8>>, u64)> {
        let mut flags = vec![vec![0; values.len()]; self.made];
        let mut unseen = 0;
        let mut mark = |row: usize, place: Option<&usize>| match place.and_then(|&place| flags.get_mut(place))
        {
            Some(column) => {
                if let Some(flag) = column.get_mut(row) {
                    *flag = 1;
                }
            }
            None => unseen += 1,
        };
        match &self.index {
            Index::Text(index) => {
                for (row, value) in texts(values)?.iter().enumerate() {
                    if let Some(value) = value {
                        mark(row, index.get(value));
                    }
                }
            }
            Index::Int(index) => {
                for (row, value) in ints(values)?.iter().enumerate() {
                    if let Some(value) = value {
                        mark(row, index.get(&value));
                    }
                }
            }
        }
        Ok((flags, unseen))
    }
}
