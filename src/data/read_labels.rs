//! Reads the labels of a frame's events and joins them.

use super::frame::{Completeness, Frame};
use super::label::{BYTES_PER_RECORD, LabelSpec, check_events, join_labels};
use super::read::{READ_LESS, ReadRequest, read_events};
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::{Bound, Cluster, EventTime, RangeSpec, Slice};

/// Bytes of events and labels together where the request sets no limit of its own.
const AT_MOST: u64 = 8 << 30;

/// A frame with its labels, which are read for it; of the request the label slice and the budget count. When it is
/// cancelled before labels are read, and where there are no rows, the frame is given back as it is.
pub fn with_labels(
    cluster: &Cluster,
    events: Frame,
    spec: &LabelSpec,
    request: &ReadRequest,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Frame, Problem> {
    if cancel.is_cancelled() {
        return Ok(events);
    }
    let Some((first, last)) = events.times() else { return Ok(events) };
    check(spec)?;
    check_events(&events, spec)?;
    let slice = match &request.label_slice {
        Some(slice) => slice.clone(),
        None => {
            progress.stage(format!("resolving {}", spec.topic), 0);
            label_slice(cluster, spec, first, last, cancel)?
        }
    };
    let of_labels = ReadRequest {
        slice,
        codec: spec.codec.clone(),
        filter: None,
        budget: Some(left_of(request.budget.unwrap_or(AT_MOST), &events)),
        label: None,
        label_slice: None,
    };
    let (labels, _) = read_events(cluster, &of_labels, progress, cancel)?;
    check_whole(&labels, &of_labels, spec, cancel)?;
    progress.stage(format!("joining the labels of {}", spec.topic), 0);
    join_labels(events, &labels, spec, cancel)
}

/// The label records that may belong to events of these times.
fn label_slice(
    cluster: &Cluster,
    spec: &LabelSpec,
    first: EventTime,
    last: EventTime,
    cancel: &Cancel,
) -> Result<Slice, Problem> {
    let within = spec.within_ms().unwrap_or_default();
    let to = EventTime(last.0.saturating_add(within).saturating_add(1));
    let range = RangeSpec {
        topics: vec![spec.topic.clone()],
        from: Bound::Time(first),
        to: Bound::Time(to),
        partitions: None,
    };
    Ok(cluster.resolve(&range, cancel)?)
}

/// What the events and the matching of them leave for the columns of the labels: matching takes about as much again for each
/// label, and the joined columns are as long as the events.
fn left_of(budget: u64, events: &Frame) -> u64 {
    let joined = 2 * size_of::<f64>() as u64;
    let held = events.data.estimated_size() as u64 + events.rows() as u64 * (BYTES_PER_RECORD + joined);
    (budget.saturating_sub(held) / 2).max(1)
}

fn check(spec: &LabelSpec) -> Result<(), Problem> {
    let problems: Vec<String> =
        spec.check().into_iter().map(|(field, why)| format!("label.{field}: {why}")).collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(Problem::new("Joining labels", problems.join("; "), "Correct the label join")),
    }
}

/// Labels that were read in part would make events look unlabelled.
fn check_whole(
    labels: &Frame,
    request: &ReadRequest,
    spec: &LabelSpec,
    cancel: &Cancel,
) -> Result<(), Problem> {
    let Completeness::Part { why, next, positions } = &labels.completeness else { return Ok(()) };
    let what = format!("Reading the labels of {}", spec.topic);
    if cancel.is_cancelled() {
        return Err(Problem::cancelled(what));
    }
    let read: u64 = positions.iter().map(|position| position.records).sum();
    let why = format!("only {read} of {} label records were read: {why}", request.slice.offsets());
    let next = match next.as_str() {
        READ_LESS => "Read a shorter range of events, shorten the bound, or allow more memory.",
        next => next,
    };
    Err(Problem::new(what, why, next))
}
