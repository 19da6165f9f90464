//! What librdkafka's errors mean for a slice: what is over, what passes, and what to tell.

use std::collections::BTreeSet;
use std::time::Duration;

use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaError as LibraryError;
use rdkafka::types::RDKafkaErrorCode as Code;

use super::{PartitionPosition, SliceReader, Source};
use crate::kafka::client::Cluster;
use crate::kafka::error::{KafkaError, Result};
use crate::kafka::slice::{Slice, TopicSlice};
use crate::kafka::topics::KnownTopic;
use crate::kafka::types::Offset;

/// Why a partition cannot go on, and what to do next.
type Cause = (String, &'static str);

/// What to do about a slice whose records are no longer as they were.
const RESOLVE: &str = "Resolve the range anew, to read what is there now.";

/// How long is waited to hear whether a topic is still there; bounds how late a cancel is noticed meanwhile.
const GONE_WAIT: Duration = Duration::from_secs(1);

/// Errors where the slice is of another cluster, or a topic or a partition of it is gone or another one by now.
pub(super) fn check_still_there(cluster: &Cluster, slice: &Slice) -> Result<()> {
    let Some(first) = slice.topics.first() else { return Ok(()) };
    if slice.cluster_id != cluster.id() {
        return Err(KafkaError::Range {
            topic: first.topic.clone(),
            why: format!("the slice is of cluster {}, not of {}", slice.cluster_id, cluster.id()),
            next: "Choose the connection to that cluster, or resolve the range anew on this one.".into(),
        });
    }
    let names: Vec<&str> = slice.topics.iter().map(|topic| topic.topic.as_str()).collect();
    for (topic, known) in slice.topics.iter().zip(cluster.find_topics(&names)?) {
        let there = &known.partitions;
        let gone = topic.partitions.iter().find(|range| !there.contains(&range.partition));
        let why = match (other_id(topic, &known), gone) {
            (Some(ids), _) => {
                format!(
                    "the topic was deleted and made anew since the slice was taken ({ids}): its records are gone"
                )
            }
            (None, Some(range)) => {
                format!("{} is gone: the topic has {} partitions now", range.partition, there.len())
            }
            (None, None) => continue,
        };
        let next = "Resolve the range anew, for the records that are there now.".into();
        return Err(KafkaError::Range { topic: topic.topic.clone(), why, next });
    }
    Ok(())
}

/// Both ids, where the topic is not the one that the slice was taken of. A broker that tells none leaves it open.
fn other_id(topic: &TopicSlice, known: &KnownTopic) -> Option<String> {
    let (was, is) = (topic.topic_id.as_ref()?, known.id.as_ref()?);
    (was != is).then(|| format!("its id was {was} and is {is}"))
}

impl SliceReader {
    /// Why `position` cannot go on; `None` where waiting helps.
    pub(super) fn judge(
        &self,
        position: &PartitionPosition,
        code: Code,
        words: String,
    ) -> Option<KafkaError> {
        let cause = match code {
            Code::PartitionEOF => self.log_end_below(position)?,
            Code::AutoOffsetReset | Code::OffsetOutOfRange => self.out_of_range(position, words),
            Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition => {
                self.gone(position)?
            }
            Code::TopicAuthorizationFailed => {
                let what = format!("reading {}", position.topic);
                let error = LibraryError::MessageConsumption(code);
                return Some(self.cluster.explain_on(&what, &position.topic, error));
            }
            _ => (words, "Read again."),
        };
        Some(stopped(position, cause))
    }

    /// Looks whether a partition that is still to be read is there at all: for a deleted topic librdkafka looks again and
    /// again, and says nothing.
    pub(super) fn find_gone(&self) -> Option<(Source, KafkaError)> {
        let mut there = BTreeSet::new();
        for (source, index) in &self.reading {
            let Some(position) = self.positions.get(*index) else { continue };
            if there.contains(&source.topic) {
                continue;
            }
            if let Some(cause) = self.gone(position) {
                return Some((*source, stopped(position, cause)));
            }
            there.insert(source.topic);
        }
        None
    }

    /// Nothing came for too long.
    pub(super) fn stalled(&self) -> KafkaError {
        let transport = LibraryError::MessageConsumption(Code::BrokerTransportFailure);
        let cause = self.cluster.explain("reading", transport);
        match self.reading.values().find_map(|index| self.positions.get(*index)) {
            None => cause,
            Some(position) => {
                let why = format!("nothing came for {} s; {cause}", self.options.stall.as_secs());
                stopped(position, (why, "Read again when the brokers answer."))
            }
        }
    }

    /// The log ended before the slice does. A leader that has just taken over may not know yet how far it goes, so it is
    /// asked again.
    fn log_end_below(&self, position: &PartitionPosition) -> Option<Cause> {
        let (_, high) = self.watermarks(position)?;
        (high < position.end).then(|| {
            let why = "it was cut back, or the topic was deleted and made anew";
            (format!("the log ends at {high} now: {why}"), RESOLVE)
        })
    }

    fn out_of_range(&self, position: &PartitionPosition, words: String) -> Cause {
        let why = match self.watermarks(position) {
            Some((low, _)) if low > position.next => format!(
                "offset out of range: the log begins at {low} now, because retention or a deletion took what was before"
            ),
            Some((_, high)) if high < position.next => {
                format!(
                    "offset out of range: the log ends at {high} now, because it was cut back or made anew"
                )
            }
            _ => words,
        };
        (why, RESOLVE)
    }

    fn gone(&self, position: &PartitionPosition) -> Option<Cause> {
        let topic = self.slice.topics.iter().find(|topic| topic.topic == position.topic)?;
        let known = match self.cluster.find_topics_within(&[&topic.topic], GONE_WAIT) {
            Err(KafkaError::NoTopic { .. }) => {
                return Some(("the topic was deleted".into(), "Choose another topic."));
            }
            Err(_) => return None,
            Ok(known) => known.into_iter().next()?,
        };
        if let Some(ids) = other_id(topic, &known) {
            return Some((format!("the topic was deleted and made anew meanwhile: {ids}"), RESOLVE));
        }
        let there = known.partitions;
        (!there.contains(&position.partition))
            .then(|| (format!("the topic was made anew with {} partitions", there.len()), RESOLVE))
    }

    /// Everything has come. librdkafka goes on in a topic that was made anew as if it were the one before, so what came may
    /// be of both: an error then, once.
    pub(super) fn check_it_was_one_topic(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.checked, true) {
            return Ok(());
        }
        let read = self.slice.topics.iter().filter(|topic| topic.topic_id.is_some());
        let names: Vec<&str> = read.clone().map(|topic| topic.topic.as_str()).collect();
        // Where nobody answers, the records have come all the same.
        let Ok(known) = self.cluster.find_topics_within(&names, GONE_WAIT) else { return Ok(()) };
        for (topic, known) in read.zip(known) {
            let position = self.positions.iter().find(|position| position.topic == topic.topic);
            if let (Some(ids), Some(position)) = (other_id(topic, &known), position) {
                let why = format!("the topic was deleted and made anew while it was read ({ids})");
                return Err(stopped(position, (format!("{why}; what came may be of both"), RESOLVE)));
            }
        }
        Ok(())
    }

    fn watermarks(&self, position: &PartitionPosition) -> Option<(Offset, Offset)> {
        let lookup = self.cluster.lookup();
        let timeout = self.cluster.timeout();
        let (low, high) = lookup.fetch_watermarks(&position.topic, position.partition.0, timeout).ok()?;
        Some((Offset(low), Offset(high)))
    }
}

fn stopped(position: &PartitionPosition, (why, next): Cause) -> KafkaError {
    KafkaError::Stopped {
        topic: position.topic.clone(),
        partition: position.partition,
        at: position.next,
        end: position.end,
        why,
        next: next.into(),
    }
}
