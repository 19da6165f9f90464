//! Fetch: batches from partitions' logs, at once or when there are enough of them.
//!
//! There are no fetch sessions: every answer says session 0, upon which clients ask for all their partitions each time.

use std::sync::Arc;
use std::time::Duration;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::fetch_response::{
    AbortedTransaction, EpochEndOffset, FetchableTopicResponse, PartitionData,
};
use kafka_protocol::messages::{BrokerId, FetchRequest, FetchResponse, ProducerId, TopicName};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::fetch_answer::encode;
use super::offsets::{isolation, where_ended};
use super::{Call, check_epoch, text};
use crate::broker::log::{Extent, Fetched, Isolation, PartitionLog, ReadError};
use crate::broker::malformed::Malformed;
use crate::broker::server::dispatch::Outcome;
use crate::broker::topics::Topic;
use crate::broker::topics::id::Id;
use crate::broker::topics::partition::Partition;

/// Last version that names topics instead of giving their ids.
const LAST_WITH_NAMES: i16 = 12;

/// Epoch of a request that stands for itself, and of one that would begin a session.
const WITHOUT_SESSION: i32 = -1;
const NEW_SESSION: i32 = 0;

/// A request with what it asks for looked up. It may wait for long, so it holds nothing of the client's bytes.
struct Wanted {
    topics: Vec<WantedTopic>,
    isolation: Isolation,
    max_bytes: usize,
    min_bytes: usize,
}

struct WantedTopic {
    asked: FetchTopic,
    topic: Result<Arc<Topic>, ResponseError>,
}

/// What one look at all partitions gave.
#[derive(Default)]
struct Look {
    answers: Vec<FetchableTopicResponse>,
    /// Those of all partitions, in the order of the answers.
    records: Vec<Extent>,
    bytes: usize,
    /// What of them takes memory.
    in_memory: usize,
    /// Bytes that would be answered if batches could be cut.
    ready: usize,
    /// Somebody must hear of something, so there is no waiting for more.
    urgent: bool,
}

/// What one partition gave.
struct Found {
    /// All but the records.
    data: PartitionData,
    records: Extent,
    /// There is more than there was room for.
    more: bool,
}

impl From<PartitionData> for Found {
    fn from(data: PartitionData) -> Found {
        Found { data, records: Extent::default(), more: false }
    }
}

/// Fetch.
pub async fn answer(call: &Call<'_>, request: FetchRequest) -> Result<Outcome, Malformed> {
    if ![WITHOUT_SESSION, NEW_SESSION].contains(&request.session_epoch) {
        let refused = FetchResponse::default().with_error_code(ResponseError::FetchSessionIdNotFound.code());
        return Ok(Outcome::Answer(encode(call.version, call.correlation_id, refused, Vec::new())?, None));
    }
    let wait = Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0));
    let until = Instant::now() + wait;
    let wanted = look_up(call, request);
    let mut most = wanted.most_bytes();
    let mut calls = None;
    loop {
        let mut memory = call.node.fetches_memory.take(most).await;
        let is_late = Instant::now() >= until;
        let look = call.node.on_disk(|| wanted.look());
        if !memory.covers(look.in_memory) {
            // A first batch comes whole, however little was asked for.
            most = look.in_memory;
            continue;
        }
        if look.urgent || is_late || look.ready >= wanted.min_bytes {
            memory.shrink_to(look.in_memory);
            let answer = FetchResponse::default().with_responses(look.answers);
            let parts = encode(call.version, call.correlation_id, answer, look.records)?;
            return Ok(Outcome::Answer(parts, Some(memory)));
        }
        drop((memory, look));
        calls.get_or_insert_with(|| Calls::of(&wanted)).wait(until).await;
    }
}

fn look_up(call: &Call<'_>, request: FetchRequest) -> Wanted {
    let max_bytes = natural(request.max_bytes).min(call.node.config.limits.fetch_bytes);
    let topics = request.topics.into_iter().map(|mut asked| {
        let topics = &call.node.topics;
        let topic = if call.version <= LAST_WITH_NAMES {
            topics.named(&asked.topic).ok_or(ResponseError::UnknownTopicOrPartition)
        } else {
            let topic = Id::from_wire(asked.topic_id).and_then(|id| topics.with_id(id));
            topic.ok_or(ResponseError::UnknownTopicId)
        };
        if !asked.topic.is_empty() {
            asked.topic = TopicName(text(asked.topic.as_str()));
        }
        asked.unknown_tagged_fields.clear();
        asked.partitions.iter_mut().for_each(|partition| partition.unknown_tagged_fields.clear());
        WantedTopic { asked, topic }
    });
    Wanted {
        topics: topics.collect(),
        isolation: isolation(request.isolation_level),
        max_bytes,
        min_bytes: natural(request.min_bytes).min(max_bytes),
    }
}

fn natural(number: i32) -> usize {
    usize::try_from(number).unwrap_or(0)
}

impl Wanted {
    /// The most that is asked for; a first batch may be larger.
    fn most_bytes(&self) -> usize {
        let partitions = self.topics.iter().flat_map(|topic| &topic.asked.partitions);
        let bytes = partitions.map(|partition| natural(partition.partition_max_bytes));
        bytes.fold(0, usize::saturating_add).min(self.max_bytes)
    }

    /// Reads what there is, up to the limits. The first batch comes also when it is larger than they are.
    fn look(&self) -> Look {
        let mut look = Look::default();
        look.answers.reserve_exact(self.topics.len());
        for WantedTopic { asked, topic } in &self.topics {
            let mut partitions = Vec::with_capacity(asked.partitions.len());
            for partition in &asked.partitions {
                let room =
                    natural(partition.partition_max_bytes).min(self.max_bytes.saturating_sub(look.bytes));
                let read =
                    topic.clone().and_then(|topic| self.read(&topic, partition, room, look.bytes == 0));
                let found = read.unwrap_or_else(|error| {
                    look.urgent = true;
                    empty(partition.partition).with_error_code(error.code()).into()
                });
                look.urgent |= found.data.diverging_epoch.epoch >= 0;
                let bytes = found.records.len();
                look.bytes += bytes;
                look.in_memory += found.records.in_memory();
                look.ready += if found.more { bytes.max(room) } else { bytes };
                look.records.push(found.records);
                partitions.push(found.data);
            }
            let answer = FetchableTopicResponse::default().with_topic(asked.topic.clone());
            look.answers.push(answer.with_topic_id(asked.topic_id).with_partitions(partitions));
        }
        look.urgent |= look.records.is_empty();
        look
    }

    /// What a partition answers.
    fn read(
        &self,
        topic: &Topic,
        asked: &FetchPartition,
        room: usize,
        at_least_one: bool,
    ) -> Result<Found, ResponseError> {
        let partition = topic.partition(asked.partition).ok_or(ResponseError::UnknownTopicOrPartition)?;
        check_epoch(topic, asked.current_leader_epoch)?;
        let read = partition.with_log(|log| {
            if let Some(end) = diverging(log, topic, asked)? {
                return Ok(diverged(log, asked, end).into());
            }
            match log.read(asked.fetch_offset, room, at_least_one, self.isolation) {
                Ok(fetched) => Ok(found(asked, fetched, self.isolation)),
                Err(ReadError::OutOfRange { .. }) => Err(ResponseError::OffsetOutOfRange),
                Err(ReadError::Storage(_)) => Err(ResponseError::KafkaStorageError),
            }
        });
        read.unwrap_or(Err(ResponseError::UnknownTopicOrPartition))
    }

    fn partitions(&self) -> impl Iterator<Item = &Arc<Partition>> {
        self.topics.iter().flat_map(|wanted| {
            let topic = wanted.topic.as_ref().ok();
            wanted.asked.partitions.iter().filter_map(move |asked| topic?.partition(asked.partition))
        })
    }
}

/// Where the log parted from what the client has read, when it did: epoch and end of what both have. A client that has read
/// in an epoch which is still to come, or what is deleted by now, is out of range.
fn diverging(
    log: &PartitionLog,
    topic: &Topic,
    asked: &FetchPartition,
) -> Result<Option<(i32, i64)>, ResponseError> {
    if asked.last_fetched_epoch < 0 {
        return Ok(None);
    }
    let ended = where_ended(log, topic, asked.last_fetched_epoch);
    let (epoch, end) = ended.ok_or(ResponseError::OffsetOutOfRange)?;
    if asked.fetch_offset < log.start_offset() {
        return Err(ResponseError::OffsetOutOfRange);
    }
    Ok((epoch < asked.last_fetched_epoch || end < asked.fetch_offset).then_some((epoch, end)))
}

fn diverged(log: &PartitionLog, asked: &FetchPartition, (epoch, end): (i32, i64)) -> PartitionData {
    empty(asked.partition)
        .with_high_watermark(log.high_watermark())
        .with_last_stable_offset(log.last_stable_offset())
        .with_log_start_offset(log.start_offset())
        .with_diverging_epoch(EpochEndOffset::default().with_epoch(epoch).with_end_offset(end))
}

fn found(asked: &FetchPartition, fetched: Fetched, isolation: Isolation) -> Found {
    let aborted = fetched.aborted.iter().map(|aborted| {
        AbortedTransaction::default()
            .with_producer_id(ProducerId(aborted.producer_id))
            .with_first_offset(aborted.first_offset)
    });
    let data = empty(asked.partition)
        .with_high_watermark(fetched.high_watermark)
        .with_last_stable_offset(fetched.last_stable_offset)
        .with_log_start_offset(fetched.start_offset)
        .with_aborted_transactions((isolation == Isolation::Committed).then(|| aborted.collect()));
    Found { data, records: fetched.records, more: fetched.more }
}

fn empty(number: i32) -> PartitionData {
    PartitionData::default()
        .with_partition_index(number)
        .with_high_watermark(-1)
        .with_last_stable_offset(-1)
        .with_log_start_offset(-1)
        .with_aborted_transactions(None)
        .with_preferred_read_replica(BrokerId(-1))
        .with_records(Some(bytes::Bytes::new()))
}

/// A waiting fetch among those that its partitions call.
struct Calls<'a> {
    partitions: Vec<&'a Arc<Partition>>,
    waiter: Arc<Notify>,
    asked: bool,
}

impl<'a> Calls<'a> {
    fn of(wanted: &'a Wanted) -> Self {
        Self { partitions: wanted.partitions().collect(), waiter: Arc::new(Notify::new()), asked: false }
    }

    /// Waits until one of the partitions may have more than at the last look, or until it is late. The first time it does not
    /// wait: no call was asked for before that look, so what was appended since then would not be heard of.
    ///
    /// Calls are asked for before the look that follows. What comes during the look then calls again.
    async fn wait(&mut self, until: Instant) {
        if std::mem::replace(&mut self.asked, true) {
            let _called_or_late = timeout_at(until, self.waiter.notified()).await;
        }
        self.partitions.iter().for_each(|partition| partition.call(&self.waiter));
    }
}

impl Drop for Calls<'_> {
    fn drop(&mut self) {
        if self.asked {
            self.partitions.iter().for_each(|partition| partition.forget(&self.waiter));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::log::{Durability, LogConfig, LogPlace};

    #[test]
    fn what_is_appended_right_after_a_look_is_heard_of() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (log, _) =
            PartitionLog::open(LogPlace::Memory, LogConfig::default(), Durability::System, 0).unwrap();
        let partition = Arc::new(Partition::new(0, log));
        let mut calls = Calls { partitions: vec![&partition], waiter: Arc::new(Notify::new()), asked: false };
        let until = Instant::now() + Duration::from_secs(30);
        runtime.block_on(async {
            // Each wake stands for an append that came after the look before.
            for _ in 0..3 {
                calls.wait(until).await;
                partition.wake();
            }
        });
        assert!(Instant::now() < until);
    }
}
