//! Slice → frame: reads, decodes on several threads, puts in order.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use super::frame::{Completeness, Frame};
use super::gather::{Ended, Gather, Gathered};
use super::label::LabelSpec;
use super::read_labels::with_labels;
use crate::codec::{Codec, Schema, assemble, by_name};
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::{Cluster, KafkaError, PartitionPosition, ReadOptions, Slice, SliceReader};

/// What to do where a limit ended a read.
pub(super) const READ_LESS: &str = "Read a shorter range.";

/// What to read and how; the window and `forebay read` send the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadRequest {
    /// The records.
    pub slice: Slice,
    /// The codec's name.
    pub codec: String,
    /// Keep only rows for which this holds (see [`super::Filter`]). The schema is that of all records all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Stop with what is read when the columns reach so many bytes; `None` is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<u64>,
    /// Labels to join from another topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelSpec>,
    /// The label records, when they are known already (a repeated run); else they are looked up by the events' times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_slice: Option<Slice>,
}

/// Reads a slice. Cancelled or stopped by the cluster, it returns the part that was read, which says so
/// ([`super::Completeness::Part`]); an error means that there is nothing to keep.
pub fn read(
    cluster: &Cluster,
    request: &ReadRequest,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Frame, Problem> {
    let (frame, positions) = read_events(cluster, request, progress, cancel)?;
    let Some(spec) = &request.label else { return Ok(frame) };
    match with_labels(cluster, frame.clone(), spec, request, progress, cancel) {
        // The events are there all the same.
        Err(problem) if problem.cancelled => {
            let why = format!("cancelled before the labels of {} were read", spec.topic);
            let completeness = Completeness::Part { why, next: String::new(), positions };
            Ok(Frame { completeness, ..frame })
        }
        joined => joined,
    }
}

/// The slice without labels, and how far it was read.
pub(super) fn read_events(
    cluster: &Cluster,
    request: &ReadRequest,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<(Frame, Vec<PartitionPosition>), Problem> {
    let (codec, filter) = prepare(request)?;
    progress.stage(format!("reading {}", names(&request.slice)), request.slice.offsets());
    let mut reader = SliceReader::open(cluster, &request.slice, ReadOptions::default())?;
    let gather = Gather::new(request, codec, filter.as_ref(), progress);
    let ended = gather.run(|spare| reader.next(spare, cancel));
    let gathered = gather.finish();
    let positions = reader.positions().to_vec();
    let completeness = completeness(ended, &gathered, &positions, &request.slice)?;
    // What librdkafka holds is no longer needed when the frame is built.
    drop(reader);
    progress.detail("building columns");
    let frame = build(gathered, completeness, request);
    check_filter(filter.as_ref(), &frame)?;
    Ok((frame, positions))
}

fn prepare(request: &ReadRequest) -> Result<(&'static dyn Codec, Option<Filter>), Problem> {
    let codec = by_name(&request.codec)
        .map_err(|why| Problem::new("Choosing a codec", why, "Choose one of those there are"))?;
    let filter = request.filter.as_deref().map(Filter::parse).transpose();
    let filter = filter.map_err(|why| Problem::new("Reading the filter", why, "Correct the filter"))?;
    Ok((codec, filter))
}

fn names(slice: &Slice) -> String {
    slice.topics.iter().map(|topic| topic.topic.as_str()).collect::<Vec<_>>().join(", ")
}

/// An early end is an error when nothing was read, else it is told with the part.
fn completeness(
    ended: Ended,
    gathered: &Gathered,
    positions: &[PartitionPosition],
    slice: &Slice,
) -> Result<Completeness, Problem> {
    let nothing = gathered.records == 0;
    let (why, next) = match ended {
        Ended::AtTheEnd => return Ok(Completeness::Whole),
        Ended::Failed(KafkaError::Cancelled) if nothing => {
            return Err(Problem::cancelled(format!("Reading {}", names(slice))));
        }
        Ended::Failed(error) if nothing => return Err(error.into()),
        Ended::Failed(KafkaError::Cancelled) => ("cancelled".into(), String::new()),
        Ended::Failed(error) => (error.to_string(), Problem::from(error).next),
        Ended::Early(why) => (why, READ_LESS.into()),
    };
    Ok(Completeness::Part { why, next, positions: positions.to_vec() })
}

fn build(gathered: Gathered, completeness: Completeness, request: &ReadRequest) -> Frame {
    let mut chunks = Vec::new();
    let mut rejected = Vec::new();
    let mut content = Vec::new();
    for lane in gathered.lanes {
        chunks.extend(lane.chunks);
        rejected.extend(lane.rejected);
        content.push(lane.digest.finish());
    }
    rejected.truncate(Frame::KEPT_REJECTIONS);
    let decoded = assemble(chunks, request.slice.topics.len() > 1);
    Frame {
        data: Arc::new(decoded.frame),
        schema: Arc::new(decoded.schema),
        slice: Arc::new(request.slice.clone()),
        codec: request.codec.clone(),
        rejected: Arc::new(rejected),
        rejected_total: gathered.rejected,
        tombstones: gathered.tombstones,
        filtered: gathered.filtered,
        bytes: gathered.bytes,
        content,
        completeness,
        labels: None,
    }
}

/// A filter on a column that no record has would leave an empty frame without a word.
fn check_filter(filter: Option<&Filter>, frame: &Frame) -> Result<(), Problem> {
    let Some(filter) = filter else { return Ok(()) };
    if *frame.schema == Schema::default() {
        return Ok(());
    }
    filter.check_names(&frame.schema).map_err(|why| {
        Problem::new(format!("Filtering {}", names(&frame.slice)), why, "Correct the filter and read again")
    })
}
