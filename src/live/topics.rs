//! The topics of a deployment, looked at and made before it begins.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::request::ScoreRequest;
use crate::jobs::{Cancel, Problem};
use crate::kafka::{Bound, Cluster, KafkaError, Offset, PartitionId, RangeSpec, TopicDetail};

/// What the loop needs to know of its topics.
#[derive(Clone, Debug, Default)]
pub(super) struct Topics {
    /// Predictions go to the partition of the same number: input and output have as many.
    pub(super) same_partitions: bool,
    /// Bytes that a dead-letter record may have.
    pub(super) dead_letter_bytes: usize,
    /// With `until_end`: where each partition ended when the deployment began.
    pub(super) ends: Option<BTreeMap<PartitionId, Offset>>,
}

/// Kafka's and librdkafka's own limits of a record, less some room for what a batch needs.
const RECORD_BYTES: usize = 1_000_000;
const ROOM: usize = 1_024;
/// How long a topic that was just made may take to be known everywhere, and how often it is looked.
const KNOWN_WITHIN: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(100);

impl Topics {
    /// Looks at the input, and makes output and dead-letter topic where they are not there, with as many partitions.
    pub(super) fn prepare(
        cluster: &Cluster,
        request: &ScoreRequest,
        cancel: &Cancel,
    ) -> Result<Self, Problem> {
        let input = cluster.topic(&request.input)?;
        let partitions = input.summary.partitions.len();
        let output = find_or_make(cluster, &request.output, partitions)?;
        let dead_letter = match &request.dead_letter {
            Some(topic) => Some(find_or_make(cluster, topic, partitions)?),
            None => None,
        };
        let limit = dead_letter.and_then(|topic| topic.config.get("max.message.bytes")?.value.parse().ok());
        Ok(Self {
            same_partitions: output.summary.partitions.len() == partitions,
            dead_letter_bytes: limit.unwrap_or(RECORD_BYTES).min(RECORD_BYTES).saturating_sub(ROOM),
            ends: if request.until_end { Some(ends(cluster, &request.input, cancel)?) } else { None },
        })
    }

    /// Where the prediction of a record of `partition` goes; `None` lets its key decide.
    pub(super) fn output_partition(&self, partition: PartitionId) -> Option<PartitionId> {
        self.same_partitions.then_some(partition)
    }
}

fn find_or_make(cluster: &Cluster, topic: &str, partitions: usize) -> Result<TopicDetail, KafkaError> {
    match cluster.topic(topic) {
        Err(KafkaError::NoTopic { .. }) => {}
        found => return found,
    }
    let made =
        cluster.write_access(&format!("make topic {topic}"))?.create_topic(topic, partitions as i32, &[]);
    // Another member may have made it at the same moment: what counts is that it is there. Of several brokers not each knows
    // it at once.
    let asked = Instant::now();
    loop {
        match (cluster.topic(topic), &made) {
            (Ok(found), _) => return Ok(found),
            (Err(KafkaError::NoTopic { .. }), Ok(())) if asked.elapsed() < KNOWN_WITHIN => {}
            (Err(_), Err(error)) => return Err(error.clone()),
            (Err(error), Ok(())) => return Err(error),
        }
        std::thread::sleep(LOOK);
    }
}

fn ends(
    cluster: &Cluster,
    input: &str,
    cancel: &Cancel,
) -> Result<BTreeMap<PartitionId, Offset>, KafkaError> {
    let range =
        RangeSpec { topics: vec![input.into()], from: Bound::Beginning, to: Bound::End, partitions: None };
    let slice = cluster.resolve(&range, cancel)?;
    let partitions = slice.topics.iter().flat_map(|topic| &topic.partitions);
    Ok(partitions.map(|range| (range.partition, range.end)).collect())
}
