//! The join of two frames: events and label records in, the events with their labels out.

use std::sync::Arc;

use polars::prelude::*;

use super::counts::LabelCounts;
use super::join_keys::JoinKeys;
use super::matcher::{Matcher, Place};
use super::spec::{LabelBy, LabelSpec};
use crate::codec::{Field, Kind, meta};
use crate::data::frame::{Frame, FrameLabels};
use crate::jobs::{Cancel, Problem};

/// Rows between two looks at whether it was cancelled.
const LOOK_EVERY: usize = 1 << 16;

/// Bytes that matching needs for a record, about, besides its key.
pub(in crate::data) const BYTES_PER_RECORD: u64 = 96;

/// Whether the events have what the join needs of them, and have room for the label's column.
pub(in crate::data) fn check_events(events: &Frame, spec: &LabelSpec) -> Result<(), Problem> {
    if events.schema.get(&spec.column).is_some() {
        let why = format!("the events have a field {} of their own", spec.column);
        let next = "Choose another field of the label records, or read the events without a label join.";
        return Err(problem(spec, why, next));
    }
    let LabelBy::Fields { event, .. } = &spec.by else { return Ok(()) };
    has_fields(events, event, spec, "the events have")
}

/// The events with the label's column, which is null where none came.
pub fn join(events: Frame, labels: &Frame, spec: &LabelSpec, cancel: &Cancel) -> Result<Frame, Problem> {
    check_events(&events, spec)?;
    if labels.rows() > 0 {
        has_fields(labels, std::slice::from_ref(&spec.column), spec, "the label records have")?;
        if let LabelBy::Fields { label, .. } = &spec.by {
            has_fields(labels, label, spec, "the label records have")?;
        }
    }
    let within = spec.within_ms().map_err(|why| problem(spec, why, "Correct the bound"))?;
    let mates = Mates::of(&events, labels, spec, within, cancel)?;
    with_labels(events, labels, spec, &mates).map_err(|error| failed(spec, &error))
}

/// Which label each event has.
struct Mates {
    /// Row of the label, by row of the event.
    rows: Vec<Option<IdxSize>>,
    counts: LabelCounts,
}

impl Mates {
    fn of(
        events: &Frame,
        labels: &Frame,
        spec: &LabelSpec,
        within: i64,
        cancel: &Cancel,
    ) -> Result<Self, Problem> {
        let mut matcher = Matcher::new(within);
        let of_events = fed(events, true, spec, cancel, |key, place| matcher.event(key, place))?;
        let of_labels = match labels.rows() {
            0 => Vec::new(),
            _ => fed(labels, false, spec, cancel, |key, place| matcher.label(key, place))?,
        };
        let mut rows = vec![None; events.rows()];
        let row_of = |rows: &[u32], number: u32| rows.get(number as usize).copied();
        matcher.settle(|change| {
            let label = row_of(&of_labels, change.label);
            let event = row_of(&of_events, change.event).and_then(|row| rows.get_mut(row as usize));
            if let (Some(event), Some(label)) = (event, label) {
                *event = Some(label as IdxSize);
            }
        });
        let tally = matcher.tally();
        let counts = LabelCounts {
            events: events.rows() as u64,
            matched: tally.matched,
            unmatched: events.rows() as u64 - tally.matched,
            late_events: tally.late_events,
            events_without_key: (events.rows() - of_events.len()) as u64,
            labels: labels.rows() as u64 + labels.rejected_total + labels.tombstones,
            used: tally.used,
            shared: tally.matched - tally.used,
            doubled: tally.doubled,
            late: tally.late,
            strays: tally.alone,
            labels_without_key: (labels.rows() - of_labels.len()) as u64,
            rejected: labels.rejected_total,
            tombstones: labels.tombstones,
        };
        Ok(Self { rows, counts })
    }
}

/// Gives every row that has a key and a time to a matcher, which numbers them from 0; the rows by number.
fn fed(
    frame: &Frame,
    is_events: bool,
    spec: &LabelSpec,
    cancel: &Cancel,
    mut add: impl FnMut(&[u8], Place) -> u32,
) -> Result<Vec<u32>, Problem> {
    let data = &frame.data;
    let failed = |error: PolarsError| failed(spec, &error);
    let times = data.column(meta::TIMESTAMP).and_then(|column| column.datetime()).map_err(failed)?.physical();
    let partitions = data.column(meta::PARTITION).and_then(|column| column.i32()).map_err(failed)?;
    let offsets = data.column(meta::OFFSET).and_then(|column| column.i64()).map_err(failed)?;
    let keys = match &spec.by {
        LabelBy::Key => JoinKeys::by_key(data),
        LabelBy::Fields { event, label } => JoinKeys::by_fields(data, if is_events { event } else { label }),
    };
    let mut places = times.iter().zip(partitions.iter()).zip(offsets.iter());
    let mut rows = Vec::with_capacity(frame.rows());
    let mut cancelled = false;
    keys.map_err(failed)?
        .each(|row, key| {
            let place = places.next();
            cancelled |= row % LOOK_EVERY == 0 && cancel.is_cancelled();
            if cancelled {
                return;
            }
            let (Some(key), Some(((Some(time), Some(partition)), Some(offset)))) = (key, place) else {
                return;
            };
            add(key, Place { time, partition, offset });
            rows.push(row as u32);
        })
        .map_err(failed)?;
    match cancelled {
        true => Err(Problem::cancelled(what(spec))),
        false => Ok(rows),
    }
}

fn with_labels(events: Frame, labels: &Frame, spec: &LabelSpec, mates: &Mates) -> PolarsResult<Frame> {
    let rows = events.rows();
    let kind = labels.schema.get(&spec.column).map_or(Kind::Null, |field| field.kind);
    let name = PlSmallStr::from_str(&spec.column);
    let (values, times) = match labels.rows() {
        0 => {
            let time = DataType::Datetime(TimeUnit::Milliseconds, None);
            (Column::full_null(name, rows, &DataType::String), Column::full_null("".into(), rows, &time))
        }
        _ => {
            let index = IdxCa::from_iter_options("row".into(), mates.rows.iter().copied());
            let taken = |column: &str| -> PolarsResult<Column> {
                Ok(labels.data.column(column)?.as_materialized_series().take(&index)?.into_column())
            };
            (taken(&spec.column)?, taken(meta::TIMESTAMP)?)
        }
    };
    let mut columns = events.data.columns().to_vec();
    let place = columns.iter().position(|column| !meta::ALL.contains(&column.name().as_str()));
    columns.insert(place.unwrap_or(columns.len()), times.with_name(meta::LABEL_TIMESTAMP.into()));
    columns.push(values);
    let mut schema = events.schema.as_ref().clone();
    schema.fields.push(Field { name: spec.column.clone(), kind, nullable: true });
    let joined = FrameLabels {
        spec: spec.clone(),
        slice: labels.slice.as_ref().clone(),
        counts: mates.counts,
        content: labels.content.clone(),
        rejected: labels.rejected.clone(),
    };
    Ok(Frame {
        data: Arc::new(DataFrame::new(rows, columns)?),
        schema: Arc::new(schema),
        labels: Some(Arc::new(joined)),
        ..events
    })
}

fn has_fields(frame: &Frame, names: &[String], spec: &LabelSpec, who: &str) -> Result<(), Problem> {
    match names.iter().find(|name| frame.schema.get(name).is_none()) {
        None => Ok(()),
        Some(missing) => {
            let known: Vec<&str> =
                frame.schema.fields.iter().map(|field| field.name.as_str()).take(20).collect();
            let why = format!("{who} no field {missing}");
            Err(problem(spec, why, &format!("Choose one of those there are: {}", known.join(", "))))
        }
    }
}

fn what(spec: &LabelSpec) -> String {
    format!("Joining the labels of {}", spec.topic)
}

fn problem(spec: &LabelSpec, why: String, next: &str) -> Problem {
    Problem::new(what(spec), why, next)
}

fn failed(spec: &LabelSpec, error: &PolarsError) -> Problem {
    problem(spec, error.to_string(), "Read the slices again")
}

#[cfg(test)]
#[path = "join_tests.rs"]
mod tests;
