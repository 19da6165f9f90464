//! Offsets of many partitions at once: beginnings, ends, times.
//!
//! One call asks every leading broker once for all the partitions that it leads, however many topics they belong to.

use rdkafka::TopicPartitionList;
use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaError as LibraryError;
use rdkafka::topic_partition_list::Offset as LibraryOffset;

use super::client::Cluster;
use super::error::{KafkaError, Result};
use super::types::{EventTime, Offset, PartitionId};

/// What to look up in a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// The first offset still there.
    Beginning,
    /// The offset behind the last record that a reader of committed records gets.
    End,
    /// The first offset with this timestamp or a later one.
    Time(EventTime),
}

impl Cluster {
    /// The offset at `moment` of each partition, in the order asked for; `None` where no record is as late as a time. No
    /// partition may be named twice. Fails as a whole: [`Self::offsets_by_topic`] finds out which topic it was.
    pub(super) fn offsets(
        &self,
        what: &str,
        partitions: &[(&str, PartitionId)],
        moment: Moment,
    ) -> Result<Vec<Option<Offset>>> {
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let topic = partitions.first().map_or("", |(topic, _)| topic);
        let explain = |error: LibraryError| self.explain_on(what, topic, error);
        let mut asked = TopicPartitionList::with_capacity(partitions.len());
        for (topic, partition) in partitions {
            asked.add_partition_offset(topic, partition.0, moment.raw()).map_err(explain)?;
        }
        let found = self.lookup().offsets_for_times(asked, self.timeout()).map_err(explain)?;
        let mut offsets = Vec::with_capacity(partitions.len());
        for (topic, partition) in partitions {
            let Some(element) = found.find_partition(topic, partition.0) else {
                return Err(KafkaError::Other { what: what.into(), why: format!("no answer for {topic}") });
            };
            element.error().map_err(|error| self.explain_on(what, topic, error))?;
            offsets.push(match element.offset() {
                LibraryOffset::Offset(offset) => Some(Offset(offset)),
                _ => None,
            });
        }
        Ok(offsets)
    }

    /// [`Self::offsets`] for whole topics, each with its partitions, where one bad topic spoils only its own result. An
    /// outer error is one that would meet every topic: the link is broken, or time is up.
    pub(super) fn offsets_by_topic(
        &self,
        what: &str,
        topics: &[(&str, Vec<PartitionId>)],
        moment: Moment,
    ) -> Result<Vec<Result<Vec<Option<Offset>>>>> {
        let partitions: Vec<_> = topics
            .iter()
            .flat_map(|(topic, partitions)| partitions.iter().map(move |partition| (*topic, *partition)))
            .collect();
        match self.offsets(what, &partitions, moment) {
            Ok(offsets) => {
                let mut offsets = offsets.into_iter();
                Ok(topics.iter().map(|(_, own)| Ok(offsets.by_ref().take(own.len()).collect())).collect())
            }
            Err(error) if error.meets_every_topic() => Err(error),
            Err(error) if topics.len() <= 1 => Ok(vec![Err(error)]),
            // Halving finds a bad topic among n in about 2 log n calls, where one call per topic would take n.
            Err(_) => {
                let (left, right) = topics.split_at(topics.len() / 2);
                let mut results = self.offsets_by_topic(what, left, moment)?;
                results.extend(self.offsets_by_topic(what, right, moment)?);
                Ok(results)
            }
        }
    }
}

impl Moment {
    /// As `offsets_for_times` wants it: in the place of a timestamp, Kafka takes -1 as the end and -2 as the beginning.
    fn raw(self) -> LibraryOffset {
        match self {
            Self::Beginning => LibraryOffset::Beginning,
            Self::End => LibraryOffset::End,
            // Timestamps before 1970 cannot be asked for; every record is later than they are.
            Self::Time(time) => LibraryOffset::Offset(time.0.max(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginning_and_end_are_kafkas_special_timestamps() {
        assert_eq!(Moment::End.raw().to_raw(), Some(-1));
        assert_eq!(Moment::Beginning.raw().to_raw(), Some(-2));
        assert_eq!(Moment::Time(EventTime(-5)).raw().to_raw(), Some(0));
        assert_eq!(Moment::Time(EventTime(1_357_000_000_000)).raw().to_raw(), Some(1_357_000_000_000));
    }
}
