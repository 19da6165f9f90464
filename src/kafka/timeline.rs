//! The density timeline: how many records lie in each stretch of time, without reading one.
//!
//! In: a topic. Out: [`Timeline`]s, coarse first and then finer, made of time look-ups: the offset at the end of a bucket
//! less the offset at its beginning. Compaction and transaction markers make such a count an upper bound. It knows nothing of
//! how it is drawn.

use serde::Serialize;

use super::client::Cluster;
use super::error::{KafkaError, Result};
use super::offsets::Moment;
use super::types::{EventTime, Offset, PartitionId};
use crate::jobs::Cancel;

mod edges;
mod ends;

use edges::Edges;

/// Look-ups under way at the same time.
const PARALLEL: usize = 8;
/// Each refinement has so many times the buckets of the one before.
const FINER: usize = 4;

/// What to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineRequest {
    /// The topic.
    pub topic: String,
    /// Buckets of the finest refinement, at most; its steps up to it are coarser.
    pub buckets: usize,
    /// From here until there; `None` is from the first record to the last.
    pub between: Option<(EventTime, EventTime)>,
}

/// Records per bucket of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Timeline {
    /// The topic.
    pub topic: String,
    /// Time of the first record of the whole topic and of the newest; `None` for an empty topic.
    pub first: Option<EventTime>,
    #[allow(missing_docs)]
    pub last: Option<EventTime>,
    /// Where the first bucket begins.
    pub start: EventTime,
    /// Where the last bucket ends, exclusive.
    pub end: EventTime,
    /// How long a bucket is; the last one may reach beyond `end`.
    pub bucket_ms: i64,
    /// By partition number.
    pub partitions: Vec<PartitionDensity>,
    /// Whether no finer one follows.
    pub finest: bool,
}

/// One partition's part of a [`Timeline`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PartitionDensity {
    /// The partition.
    pub partition: PartitionId,
    /// Offsets in each bucket: an upper bound of its records.
    pub counts: Vec<u64>,
}

impl Timeline {
    /// Number of buckets.
    pub fn buckets(&self) -> usize {
        self.partitions.first().map_or(0, |partition| partition.counts.len())
    }

    /// Counts of all partitions together, by bucket.
    pub fn totals(&self) -> Vec<u64> {
        let mut totals = vec![0; self.buckets()];
        for partition in &self.partitions {
            for (total, count) in totals.iter_mut().zip(&partition.counts) {
                *total += count;
            }
        }
        totals
    }

    /// Where bucket `index` begins.
    pub fn bucket_start(&self, index: usize) -> EventTime {
        EventTime(self.start.0.saturating_add(self.bucket_ms.saturating_mul(index as i64)))
    }
}

impl Cluster {
    /// Hands out the timeline of a topic, coarse first and then finer; the last one is [`Timeline::finest`]. Each is whole in
    /// itself. All of them are of the same moment: records written meanwhile are not counted.
    pub fn timeline(
        &self,
        request: &TimelineRequest,
        cancel: &Cancel,
        mut each: impl FnMut(Timeline),
    ) -> Result<()> {
        let log = TopicLog::look_up(self, &request.topic)?;
        let Some((first, last)) = ends::first_and_last(&log, cancel)? else {
            each(log.empty());
            return Ok(());
        };
        let (start, end) = request.between.unwrap_or((first, EventTime(last.0 + 1)));
        let mut edges = Edges::new(start, end, request.buckets, FINER);
        loop {
            edges.look_up(&log, cancel)?;
            let finest = edges.is_finest();
            each(Timeline {
                topic: request.topic.clone(),
                first: Some(first),
                last: Some(last),
                start,
                end: EventTime(end.0.max(start.0)),
                bucket_ms: edges.bucket_ms(),
                partitions: edges.counts(&log),
                finest,
            });
            if finest {
                return Ok(());
            }
            edges.refine(FINER);
        }
    }
}

/// A topic's partitions with their watermarks, at one moment.
struct TopicLog<'c> {
    cluster: &'c Cluster,
    topic: String,
    partitions: Vec<PartitionId>,
    low: Vec<Offset>,
    end: Vec<Offset>,
}

impl<'c> TopicLog<'c> {
    fn look_up(cluster: &'c Cluster, topic: &str) -> Result<Self> {
        let partitions = cluster.find_topic(topic)?.partitions;
        let (low, end) = (Vec::new(), Vec::new());
        let mut log = Self { cluster, topic: topic.into(), partitions, low, end };
        let all: Vec<usize> = (0..log.partitions.len()).collect();
        log.low = log.ask(&all, Moment::Beginning)?.into_iter().map(Option::unwrap_or_default).collect();
        log.end = log.ask(&all, Moment::End)?.into_iter().map(Option::unwrap_or_default).collect();
        Ok(log)
    }

    /// The offset behind the last record before `time`, in those partitions (as indices).
    fn at(&self, partitions: &[usize], time: EventTime) -> Result<Vec<Offset>> {
        let found = self.ask(partitions, Moment::Time(time))?;
        let offsets = partitions.iter().zip(found).map(|(index, found)| {
            let (low, end) = (offset(&self.low, *index), offset(&self.end, *index));
            found.unwrap_or(end).clamp(low, end.max(low))
        });
        Ok(offsets.collect())
    }

    /// [`Self::at`] for many questions, several of them at the same time. Answers come in the order of the questions.
    fn at_many(&self, asked: &[(Vec<usize>, EventTime)], cancel: &Cancel) -> Result<Vec<Vec<Offset>>> {
        let mut answers = Vec::with_capacity(asked.len());
        for round in asked.chunks(PARALLEL) {
            cancel.check()?;
            let found: Vec<Result<Vec<Offset>>> = std::thread::scope(|scope| {
                let asking: Vec<_> = round
                    .iter()
                    .map(|(partitions, time)| scope.spawn(move || self.at(partitions, *time)))
                    .collect();
                asking.into_iter().map(|asking| asking.join().unwrap_or_else(|_| Err(lost()))).collect()
            });
            for answer in found {
                answers.push(answer?);
            }
        }
        Ok(answers)
    }

    fn ask(&self, partitions: &[usize], moment: Moment) -> Result<Vec<Option<Offset>>> {
        let named = partitions.iter().filter_map(|index| self.partitions.get(*index));
        let asked: Vec<_> = named.map(|partition| (self.topic.as_str(), *partition)).collect();
        self.cluster.offsets(&format!("looking up times of {}", self.topic), &asked, moment)
    }

    /// Partitions that have an offset at all, as indices.
    fn with_offsets(&self) -> Vec<usize> {
        (0..self.partitions.len())
            .filter(|index| offset(&self.low, *index) < offset(&self.end, *index))
            .collect()
    }

    fn empty(&self) -> Timeline {
        let density =
            |partition: &PartitionId| PartitionDensity { partition: *partition, counts: Vec::new() };
        let partitions = self.partitions.iter().map(density).collect();
        Timeline { topic: self.topic.clone(), partitions, finest: true, ..Timeline::default() }
    }
}

fn offset(offsets: &[Offset], index: usize) -> Offset {
    offsets.get(index).copied().unwrap_or_default()
}

fn lost() -> KafkaError {
    KafkaError::Other { what: "looking up times".into(), why: "a thread ended early".into() }
}
