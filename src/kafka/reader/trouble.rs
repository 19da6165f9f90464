//! What librdkafka's errors mean for a slice: what is over, what passes, and what to tell.

use std::collections::BTreeSet;
use std::time::Duration;

use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaError as LibraryError;
use rdkafka::types::RDKafkaErrorCode as Code;

use super::{PartitionPosition, SliceReader, Source};
use crate::kafka::client::Cluster;
use crate::kafka::error::{KafkaError, Result};
use crate::kafka::slice::Slice;
use crate::kafka::types::Offset;

/// How long is waited to hear whether a topic is still there; bounds how late a cancel is noticed meanwhile.
const GONE_WAIT: Duration = Duration::from_secs(1);

/// Errors where the slice is of another cluster, or a topic or a partition of it is gone.
pub(super) fn check_still_there(cluster: &Cluster, slice: &Slice) -> Result<()> {
    for topic in &slice.topics {
        let name = &topic.topic;
        if slice.cluster_id != cluster.id() {
            return Err(KafkaError::Range {
                topic: name.clone(),
                why: format!("the slice is of cluster {}, not of {}", slice.cluster_id, cluster.id()),
                next: "Choose the connection to that cluster, or resolve the range anew on this one.".into(),
            });
        }
        let there = cluster.partitions(name)?;
        if let Some(range) = topic.partitions.iter().find(|range| !there.contains(&range.partition)) {
            return Err(KafkaError::Range {
                topic: name.clone(),
                why: format!("{} is gone: the topic has {} partitions now", range.partition, there.len()),
                next: "Resolve the range anew.".into(),
            });
        }
    }
    Ok(())
}

impl SliceReader {
    /// Why `position` cannot go on; `None` where waiting helps.
    pub(super) fn judge(
        &self,
        position: &PartitionPosition,
        code: Code,
        words: String,
    ) -> Option<KafkaError> {
        let why = match code {
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
            _ => words,
        };
        Some(stopped(position, why))
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
            if let Some(why) = self.gone(position) {
                return Some((*source, stopped(position, why)));
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
                stopped(position, format!("nothing came for {} s; {cause}", self.options.stall.as_secs()))
            }
        }
    }

    /// The log ended before the slice does. A leader that has just taken over may not know yet how far it goes, so it is
    /// asked again.
    fn log_end_below(&self, position: &PartitionPosition) -> Option<String> {
        let (_, high) = self.watermarks(position)?;
        (high < position.end).then(|| {
            format!("the log ends at {high} now: it was cut back, or the topic was deleted and made anew")
        })
    }

    fn out_of_range(&self, position: &PartitionPosition, words: String) -> String {
        match self.watermarks(position) {
            Some((low, _)) if low > position.next => format!(
                "offset out of range: the log begins at {low} now, because retention or a deletion took what was before"
            ),
            Some((_, high)) if high < position.next => {
                format!(
                    "offset out of range: the log ends at {high} now, because it was cut back or made anew"
                )
            }
            _ => words,
        }
    }

    fn gone(&self, position: &PartitionPosition) -> Option<String> {
        match self.cluster.partitions_within(&position.topic, GONE_WAIT) {
            Err(KafkaError::NoTopic { .. }) => Some("the topic was deleted".into()),
            Ok(there) if !there.contains(&position.partition) => {
                Some(format!("the topic was made anew with {} partitions", there.len()))
            }
            Ok(_) | Err(_) => None,
        }
    }

    fn watermarks(&self, position: &PartitionPosition) -> Option<(Offset, Offset)> {
        let lookup = self.cluster.lookup();
        let timeout = self.cluster.timeout();
        let (low, high) = lookup.fetch_watermarks(&position.topic, position.partition.0, timeout).ok()?;
        Some((Offset(low), Offset(high)))
    }
}

fn stopped(position: &PartitionPosition, why: String) -> KafkaError {
    KafkaError::Stopped {
        topic: position.topic.clone(),
        partition: position.partition,
        at: position.next,
        end: position.end,
        why,
    }
}
