//! Range → slice: what the user asked for, as exact offsets.
//!
//! Nothing is read. Every bound is looked up for all partitions of a topic at once, and the end is pinned: what is written
//! later does not belong to the slice. The end is the last stable offset, behind the last record that a reader of committed
//! records gets.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaError as LibraryError;

use super::client::Cluster;
use super::error::{KafkaError, Result};
use super::offsets::Moment;
use super::range::{Bound, RangeSpec};
use super::slice::{PartitionRange, Slice, TopicSlice};
use super::types::{EventTime, Offset, PartitionId};
use crate::jobs::Cancel;

mod bounds;
mod share;

use bounds::{Log, Side};

impl Cluster {
    /// Resolves a range to exact offsets, through batched time look-ups and watermarks; nothing is read and the end is
    /// pinned. A range in which there is nothing gives an empty slice. Errors: a range that cannot be meant as it is (from
    /// after to, from in the future), a partition or an offset that is not there. Offsets below the log start name the
    /// first offset still there.
    pub fn resolve(&self, range: &RangeSpec, cancel: &Cancel) -> Result<Slice> {
        check_topics(range)?;
        let now = now();
        let mut topics = Vec::with_capacity(range.topics.len());
        for topic in &range.topics {
            cancel.check()?;
            let log = self.log(topic, range, now)?;
            let partitions = self.ranges(&log, range)?;
            topics.push(TopicSlice { topic: topic.clone(), topic_id: None, partitions });
        }
        Ok(Slice { cluster_id: self.id().into(), topics })
    }

    /// The partitions of a topic, by number. No such topic is an error.
    pub(super) fn partitions(&self, topic: &str) -> Result<Vec<PartitionId>> {
        self.partitions_within(topic, self.timeout())
    }

    /// [`Self::partitions`] that waits for so long.
    pub(super) fn partitions_within(&self, topic: &str, wait: Duration) -> Result<Vec<PartitionId>> {
        let explained = |error| self.explain_on(&format!("looking up topic {topic}"), topic, error);
        let metadata = self.lookup().fetch_metadata(Some(topic), wait).map_err(explained)?;
        let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else {
            return Err(KafkaError::NoTopic { topic: topic.into() });
        };
        if let Some(code) = found.error() {
            return Err(explained(LibraryError::MetadataFetch(code.into())));
        }
        let mut partitions: Vec<_> =
            found.partitions().iter().map(|partition| PartitionId(partition.id())).collect();
        partitions.sort();
        Ok(partitions)
    }

    /// The asked for partitions of a topic with their watermarks.
    fn log(&self, topic: &str, range: &RangeSpec, now: EventTime) -> Result<Log> {
        let partitions = chosen(topic, &self.partitions(topic)?, range)?;
        let mut log = Log { topic: topic.into(), now, partitions, low: Vec::new(), end: Vec::new() };
        log.low = self.watermarks(&log, Moment::Beginning)?;
        log.end = self.watermarks(&log, Moment::End)?;
        Ok(log)
    }

    fn watermarks(&self, log: &Log, moment: Moment) -> Result<Vec<Offset>> {
        let found = self.look_up(log, moment)?;
        Ok(found.into_iter().map(Option::unwrap_or_default).collect())
    }

    fn look_up(&self, log: &Log, moment: Moment) -> Result<Vec<Option<Offset>>> {
        let asked: Vec<_> = log.partitions.iter().map(|partition| (log.topic.as_str(), *partition)).collect();
        self.offsets(&format!("looking up offsets of {}", log.topic), &asked, moment)
    }

    fn ranges(&self, log: &Log, range: &RangeSpec) -> Result<Vec<PartitionRange>> {
        log.check_order(&range.from, &range.to)?;
        let to = match &range.to {
            Bound::LastRecords(records) => share::before(&log.end, &log.low, *records),
            bound => self.bound(log, bound, Side::To)?,
        };
        let from = match &range.from {
            Bound::LastRecords(records) => share::before(&to, &log.low, *records),
            bound => self.bound(log, bound, Side::From)?,
        };
        log.ranges(&from, &to)
    }

    /// A bound's offset in each partition, within the log.
    fn bound(&self, log: &Log, bound: &Bound, side: Side) -> Result<Vec<Offset>> {
        match bound {
            Bound::Beginning => Ok(log.low.clone()),
            Bound::End | Bound::LastRecords(_) => Ok(log.end.clone()),
            Bound::Offset(offset) => log.same_offset(*offset, side),
            Bound::Offsets(offsets) => log.exact_offsets(offsets, side),
            Bound::Time(_) | Bound::LastMillis(_) => {
                let time = log.time(bound).unwrap_or_default();
                let found = self.look_up(log, Moment::Time(time))?;
                log.offsets_at(time, &found, side)
            }
        }
    }
}

fn check_topics(range: &RangeSpec) -> Result<()> {
    let mut seen = BTreeSet::new();
    let twice = range.topics.iter().find(|topic| !seen.insert(*topic));
    let (topic, why) = match (range.topics.first(), twice) {
        (None, _) => ("no topic", "no topic is named"),
        (_, Some(topic)) => (topic.as_str(), "the topic is named twice"),
        _ => return Ok(()),
    };
    Err(KafkaError::Range { topic: topic.into(), why: why.into(), next: "Name each topic once.".into() })
}

/// The partitions to read: those that every part of the range names, or all.
fn chosen(topic: &str, there: &[PartitionId], range: &RangeSpec) -> Result<Vec<PartitionId>> {
    let mut chosen: BTreeSet<PartitionId> = there.iter().copied().collect();
    let named = [
        range.partitions.as_ref().map(|partitions| partitions.iter().copied().collect()),
        named_by(&range.from),
        named_by(&range.to),
    ];
    for named in named.into_iter().flatten() {
        if let Some(missing) = named.iter().find(|partition| !there.contains(*partition)) {
            return Err(KafkaError::Range {
                topic: topic.into(),
                why: format!("{missing} is not there: the topic has {} partitions", there.len()),
                next: format!("Choose from {}.", listed(there)),
            });
        }
        chosen = chosen.intersection(&named).copied().collect();
    }
    if chosen.is_empty() {
        return Err(KafkaError::Range {
            topic: topic.into(),
            why: "no partition is named by all parts of the range".into(),
            next: "Name the same partitions in from and to.".into(),
        });
    }
    Ok(chosen.into_iter().collect())
}

fn named_by(bound: &Bound) -> Option<BTreeSet<PartitionId>> {
    match bound {
        Bound::Offsets(offsets) => Some(offsets.keys().copied().collect()),
        _ => None,
    }
}

fn listed(partitions: &[PartitionId]) -> String {
    match (partitions.first(), partitions.last()) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        (Some(only), _) => only.to_string(),
        _ => "none".into(),
    }
}

pub(super) fn now() -> EventTime {
    EventTime(Timestamp::now().as_millisecond())
}
