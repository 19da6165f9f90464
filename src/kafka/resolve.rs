//! Range → slice: what the user asked for, as exact offsets.
//!
//! Nothing is read. Every bound is looked up for all partitions of all topics at once, and the end is pinned: what is written
//! later does not belong to the slice. The end is the last stable offset, behind the last record that a reader of committed
//! records gets.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::client::Cluster;
use super::error::{KafkaError, Result};
use super::offsets::Moment;
use super::range::{Bound, RangeSpec};
use super::slice::{PartitionRange, Slice, TopicSlice};
use super::topics::KnownTopic;
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
        let names: Vec<&str> = range.topics.iter().map(String::as_str).collect();
        let topics = self.find_topics(&names)?;
        cancel.check()?;
        let logs = self.logs(range, &topics)?;
        cancel.check()?;
        let ranges = self.ranges(&logs, range)?;
        let slices = range.topics.iter().zip(topics).zip(ranges).map(|((topic, known), partitions)| {
            TopicSlice { topic: topic.clone(), topic_id: known.id, partitions }
        });
        Ok(Slice { cluster_id: self.id().into(), topics: slices.collect() })
    }

    /// The asked for partitions of each topic with their watermarks.
    fn logs(&self, range: &RangeSpec, topics: &[KnownTopic]) -> Result<Vec<Log>> {
        let now = now();
        let mut logs = Vec::with_capacity(topics.len());
        for (topic, known) in range.topics.iter().zip(topics) {
            let partitions = chosen(topic, &known.partitions, range)?;
            logs.push(Log { topic: topic.clone(), now, partitions, low: Vec::new(), end: Vec::new() });
        }
        let low = self.look_up(&logs, Moment::Beginning)?;
        let end = self.look_up(&logs, Moment::End)?;
        for (log, (low, end)) in logs.iter_mut().zip(low.into_iter().zip(end)) {
            log.low = low.into_iter().map(Option::unwrap_or_default).collect();
            log.end = end.into_iter().map(Option::unwrap_or_default).collect();
        }
        Ok(logs)
    }

    /// An answer per partition of each log, all of them asked for at once.
    fn look_up(&self, logs: &[Log], moment: Moment) -> Result<Vec<Vec<Option<Offset>>>> {
        let asked: Vec<_> = logs.iter().map(|log| (log.topic.as_str(), log.partitions.clone())).collect();
        let names: Vec<&str> = logs.iter().map(|log| log.topic.as_str()).collect();
        let what = format!("looking up offsets of {}", names.join(", "));
        self.offsets_by_topic(&what, &asked, moment)?.into_iter().collect()
    }

    fn ranges(&self, logs: &[Log], range: &RangeSpec) -> Result<Vec<Vec<PartitionRange>>> {
        for log in logs {
            log.check_order(&range.from, &range.to)?;
        }
        let to = self.bounds(logs, &range.to, Side::To)?;
        let from = match &range.from {
            Bound::LastRecords(records) => {
                logs.iter().zip(&to).map(|(log, to)| share::before(to, &log.low, *records)).collect()
            }
            bound => self.bounds(logs, bound, Side::From)?,
        };
        logs.iter().zip(from.iter().zip(&to)).map(|(log, (from, to))| log.ranges(from, to)).collect()
    }

    /// A bound's offset in each partition of each log, within it.
    fn bounds(&self, logs: &[Log], bound: &Bound, side: Side) -> Result<Vec<Vec<Offset>>> {
        let Some(time) = logs.first().and_then(|log| log.time(bound)) else {
            return logs.iter().map(|log| log.bound(bound, side)).collect();
        };
        let found = self.look_up(logs, Moment::Time(time))?;
        logs.iter().zip(found).map(|(log, found)| log.offsets_at(time, &found, side)).collect()
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
