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
use kafka_protocol::messages::{BrokerId, FetchRequest, FetchResponse, ProducerId};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::fetch_answer::encode;
use super::offsets::isolation;
use super::{Call, check_epoch};
use crate::broker::log::{Fetched, Isolation, PartitionLog, ReadError};
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

/// A request with what it asks for looked up.
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
struct Look {
    answers: Vec<FetchableTopicResponse>,
    bytes: usize,
    /// Somebody must hear of something, so there is no waiting for more.
    urgent: bool,
}

/// Fetch.
pub async fn answer(call: &Call<'_>, mut request: FetchRequest) -> Result<Outcome, Malformed> {
    if ![WITHOUT_SESSION, NEW_SESSION].contains(&request.session_epoch) {
        let refused = FetchResponse::default().with_error_code(ResponseError::FetchSessionIdNotFound.code());
        return Ok(Outcome::Answer(encode(call.version, call.correlation_id, refused)?, None));
    }
    let wait = Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0));
    let until = Instant::now() + wait;
    let wanted = look_up(call, &mut request);
    let most = wanted.topics.iter().flat_map(|topic| &topic.asked.partitions);
    let most = most.map(|partition| natural(partition.partition_max_bytes)).fold(0, usize::saturating_add);
    let most = most.min(wanted.max_bytes);
    let mut calls = Calls { wanted: &wanted, waiter: Arc::new(Notify::new()), called: false };
    loop {
        let memory = call.node.memory_for_fetch(most).await;
        let look = call.node.on_disk(|| wanted.look());
        let is_late = Instant::now() >= until;
        if look.urgent || is_late || look.bytes >= wanted.min_bytes {
            let answer = FetchResponse::default().with_responses(look.answers);
            return Ok(Outcome::Answer(encode(call.version, call.correlation_id, answer)?, memory));
        }
        drop((memory, look));
        // What is appended between the look and the call would not be heard of, hence another look at the first time.
        if calls.call() {
            let _woken_or_late = timeout_at(until, calls.waiter.notified()).await;
        }
    }
}

fn look_up(call: &Call<'_>, request: &mut FetchRequest) -> Wanted {
    let topics = std::mem::take(&mut request.topics).into_iter().map(|asked| {
        let topics = &call.node.topics;
        let topic = if call.version <= LAST_WITH_NAMES {
            topics.named(&asked.topic).ok_or(ResponseError::UnknownTopicOrPartition)
        } else {
            let topic = Id::from_wire(asked.topic_id).and_then(|id| topics.with_id(id));
            topic.ok_or(ResponseError::UnknownTopicId)
        };
        WantedTopic { asked, topic }
    });
    Wanted {
        topics: topics.collect(),
        isolation: isolation(request.isolation_level),
        max_bytes: natural(request.max_bytes).min(call.node.config.limits.fetch_bytes),
        min_bytes: natural(request.min_bytes),
    }
}

fn natural(number: i32) -> usize {
    usize::try_from(number).unwrap_or(0)
}

impl Wanted {
    /// Reads what there is, up to the limits. The first batch comes also when it is larger than they are.
    fn look(&self) -> Look {
        let mut look = Look { answers: Vec::with_capacity(self.topics.len()), bytes: 0, urgent: false };
        let mut any = false;
        for WantedTopic { asked, topic } in &self.topics {
            let mut partitions = Vec::with_capacity(asked.partitions.len());
            for partition in &asked.partitions {
                any = true;
                let room =
                    natural(partition.partition_max_bytes).min(self.max_bytes.saturating_sub(look.bytes));
                let read =
                    topic.clone().and_then(|topic| self.read(&topic, partition, room, look.bytes == 0));
                let data = read.unwrap_or_else(|error| {
                    look.urgent = true;
                    empty(partition.partition).with_error_code(error.code())
                });
                look.urgent |= data.diverging_epoch.epoch >= 0;
                look.bytes += data.records.as_ref().map_or(0, bytes::Bytes::len);
                partitions.push(data);
            }
            let answer = FetchableTopicResponse::default().with_topic(asked.topic.clone());
            look.answers.push(answer.with_topic_id(asked.topic_id).with_partitions(partitions));
        }
        look.urgent |= !any;
        look
    }

    fn read(
        &self,
        topic: &Topic,
        asked: &FetchPartition,
        room: usize,
        at_least_one: bool,
    ) -> Result<PartitionData, ResponseError> {
        let partition = topic.partition(asked.partition).ok_or(ResponseError::UnknownTopicOrPartition)?;
        check_epoch(topic, asked.current_leader_epoch)?;
        let read = partition.with_log(|log| {
            if let Some(end) = diverging(log, topic, asked) {
                return Ok(diverged(log, asked, end));
            }
            match log.read(asked.fetch_offset, room, at_least_one, self.isolation) {
                Ok(fetched) => Ok(data(asked, fetched, self.isolation)),
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

/// Where the log parted from what the client has read, when it did: epoch and end of what both have.
fn diverging(log: &PartitionLog, topic: &Topic, asked: &FetchPartition) -> Option<(i32, i64)> {
    if asked.last_fetched_epoch < 0 || asked.last_fetched_epoch == topic.leader_epoch {
        return None;
    }
    let (epoch, end) = log.end_offset_for_epoch(asked.last_fetched_epoch)?;
    (epoch < asked.last_fetched_epoch || end < asked.fetch_offset).then_some((epoch, end))
}

fn diverged(log: &PartitionLog, asked: &FetchPartition, (epoch, end): (i32, i64)) -> PartitionData {
    empty(asked.partition)
        .with_high_watermark(log.high_watermark())
        .with_last_stable_offset(log.last_stable_offset())
        .with_log_start_offset(log.start_offset())
        .with_diverging_epoch(EpochEndOffset::default().with_epoch(epoch).with_end_offset(end))
}

fn data(asked: &FetchPartition, fetched: Fetched, isolation: Isolation) -> PartitionData {
    let aborted = fetched.aborted.iter().map(|aborted| {
        AbortedTransaction::default()
            .with_producer_id(ProducerId(aborted.producer_id))
            .with_first_offset(aborted.first_offset)
    });
    empty(asked.partition)
        .with_high_watermark(fetched.high_watermark)
        .with_last_stable_offset(fetched.last_stable_offset)
        .with_log_start_offset(fetched.start_offset)
        .with_aborted_transactions((isolation == Isolation::Committed).then(|| aborted.collect()))
        .with_records(Some(fetched.records))
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
    wanted: &'a Wanted,
    waiter: Arc<Notify>,
    called: bool,
}

impl Calls<'_> {
    /// Asks all partitions for a call; gives whether they were asked before.
    fn call(&mut self) -> bool {
        self.wanted.partitions().for_each(|partition| partition.call(&self.waiter));
        std::mem::replace(&mut self.called, true)
    }
}

impl Drop for Calls<'_> {
    fn drop(&mut self) {
        if self.called {
            self.wanted.partitions().for_each(|partition| partition.forget(&self.waiter));
        }
    }
}
