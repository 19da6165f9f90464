//! Offsets of many partitions at once: beginnings, ends, times.
//!
//! One call asks every leading broker once for all the partitions that it leads, however many topics they belong to. While a
//! partition passes from one leader to another, and for a moment after it was made, its leader is asked again.

use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::consumer::Consumer;
use rdkafka::error::{KafkaError as LibraryError, KafkaResult, RDKafkaErrorCode as Code};
use rdkafka::topic_partition_list::Offset as LibraryOffset;

use super::client::Cluster;
use super::error::{KafkaError, Result};
use super::types::{EventTime, Offset, PartitionId};

/// Between two questions to a leader that has not taken its partition up.
const AGAIN: Duration = Duration::from_millis(50);

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
        self.offsets_within(what, partitions, moment, Instant::now() + self.timeout())
    }

    fn offsets_within(
        &self,
        what: &str,
        partitions: &[(&str, PartitionId)],
        moment: Moment,
        until: Instant,
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
        let found = self.ask_leaders(what, topic, until, || {
            let found = self.lookup().offsets_for_times(asked.clone(), self.timeout())?;
            found.elements().iter().try_for_each(|element| element.error())?;
            Ok(found)
        })?;
        let mut offsets = Vec::with_capacity(partitions.len());
        for (topic, partition) in partitions {
            let Some(element) = found.find_partition(topic, partition.0) else {
                return Err(KafkaError::Other { what: what.into(), why: format!("no answer for {topic}") });
            };
            offsets.push(match element.offset() {
                LibraryOffset::Offset(offset) => Some(Offset(offset)),
                _ => None,
            });
        }
        Ok(offsets)
    }

    /// Asks again while a leader has not taken its partitions up, until then at most. librdkafka gives such an answer back at
    /// once, where Java's client asks again.
    pub(super) fn ask_leaders<T>(
        &self,
        what: &str,
        topic: &str,
        until: Instant,
        ask: impl Fn() -> KafkaResult<T>,
    ) -> Result<T> {
        loop {
            match ask() {
                Err(error) if is_between_leaders(&error) && Instant::now() < until => {
                    std::thread::sleep(AGAIN);
                }
                answer => return answer.map_err(|error| self.explain_on(what, topic, error)),
            }
        }
    }

    /// [`Self::offsets`] for whole topics, each with its partitions, where one bad topic spoils only its own result. An
    /// outer error is one that would meet every topic: the link is broken, or time is up.
    pub(super) fn offsets_by_topic(
        &self,
        what: &str,
        topics: &[(&str, Vec<PartitionId>)],
        moment: Moment,
    ) -> Result<Vec<Result<Vec<Option<Offset>>>>> {
        self.offsets_by_topic_within(what, topics, moment, Instant::now() + self.timeout())
    }

    fn offsets_by_topic_within(
        &self,
        what: &str,
        topics: &[(&str, Vec<PartitionId>)],
        moment: Moment,
        until: Instant,
    ) -> Result<Vec<Result<Vec<Option<Offset>>>>> {
        let partitions: Vec<_> = topics
            .iter()
            .flat_map(|(topic, partitions)| partitions.iter().map(move |partition| (*topic, *partition)))
            .collect();
        match self.offsets_within(what, &partitions, moment, until) {
            Ok(offsets) => {
                let mut offsets = offsets.into_iter();
                Ok(topics.iter().map(|(_, own)| Ok(offsets.by_ref().take(own.len()).collect())).collect())
            }
            Err(error) if error.meets_every_topic() => Err(error),
            Err(error) if topics.len() <= 1 => Ok(vec![Err(error)]),
            // Halving finds a bad topic among n in about 2 log n calls, where one call per topic would take n. A leader is not
            // waited for in each of them anew.
            Err(_) => {
                let (left, right) = topics.split_at(topics.len() / 2);
                let mut results = self.offsets_by_topic_within(what, left, moment, until)?;
                results.extend(self.offsets_by_topic_within(what, right, moment, until)?);
                Ok(results)
            }
        }
    }
}

/// Whether a partition is on its way to another leader, or the leader not ready for it yet.
fn is_between_leaders(error: &LibraryError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(Code::NotLeaderForPartition | Code::ReplicaNotAvailable | Code::OffsetNotAvailable)
    )
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
    use rdkafka::mocking::MockCluster;
    use rdkafka::producer::DefaultProducerContext;
    use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

    use super::*;
    use crate::kafka::{ConnectionProfile, Secrets};

    /// librdkafka's own cluster for tests, whose leader refuses the next look-ups.
    fn refusing(times: usize, timeout: &str) -> (MockCluster<'static, DefaultProducerContext>, Cluster) {
        let brokers = MockCluster::new(1).unwrap();
        brokers.create_topic("flights", 3, 1).unwrap();
        let mut profile =
            ConnectionProfile { bootstrap: brokers.bootstrap_servers(), ..ConnectionProfile::default() };
        profile.properties.insert("socket.timeout.ms".into(), timeout.into());
        let cluster = Cluster::connect(&profile, &Secrets::new()).unwrap();
        let refusal = RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION;
        brokers.request_errors(RDKafkaApiKey::ListOffsets, &vec![refusal; times]);
        (brokers, cluster)
    }

    #[test]
    fn a_leader_that_has_not_taken_its_partition_up_is_asked_again() {
        let (_brokers, cluster) = refusing(3, "10000");
        let asked = [0, 1, 2].map(|partition| ("flights", PartitionId(partition)));
        assert_eq!(cluster.offsets("looking", &asked, Moment::End), Ok(vec![Some(Offset(0)); 3]));
        let (_brokers, cluster) = refusing(3, "10000");
        assert_eq!(cluster.high_watermark("flights", PartitionId(1)), Ok(Offset(0)));
    }

    #[test]
    fn a_leader_that_never_takes_its_partition_up_spoils_the_result_of_its_topic() {
        let (brokers, cluster) = refusing(10_000, "3000");
        brokers.create_topic("planes", 1, 1).unwrap();
        let asked = ["flights", "planes"].map(|topic| (topic, vec![PartitionId(0)]));
        let answers = cluster.offsets_by_topic("looking", &asked, Moment::End).unwrap();
        let why = "Broker: Not leader for partition";
        assert_eq!(
            answers,
            [(); 2].map(|()| Err(KafkaError::Other { what: "looking".into(), why: why.into() }))
        );
    }

    #[test]
    fn beginning_and_end_are_kafkas_special_timestamps() {
        assert_eq!(Moment::End.raw().to_raw(), Some(-1));
        assert_eq!(Moment::Beginning.raw().to_raw(), Some(-2));
        assert_eq!(Moment::Time(EventTime(-5)).raw().to_raw(), Some(0));
        assert_eq!(Moment::Time(EventTime(1_357_000_000_000)).raw().to_raw(), Some(1_357_000_000_000));
    }
}
