//! ListOffsets, OffsetForLeaderEpoch and DeleteRecords: where a partition's log begins, ends and changes.

use std::io;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::delete_records_response::{
    DeleteRecordsPartitionResult, DeleteRecordsTopicResult,
};
use kafka_protocol::messages::list_offsets_request::ListOffsetsPartition;
use kafka_protocol::messages::list_offsets_response::{
    ListOffsetsPartitionResponse, ListOffsetsTopicResponse,
};
use kafka_protocol::messages::offset_for_leader_epoch_request::OffsetForLeaderPartition;
use kafka_protocol::messages::offset_for_leader_epoch_response::{
    EpochEndOffset, OffsetForLeaderTopicResult,
};
use kafka_protocol::messages::{
    DeleteRecordsRequest, DeleteRecordsResponse, ListOffsetsRequest, ListOffsetsResponse,
    OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse,
};

use super::{Call, check_epoch, named_twice};
use crate::broker::lock::wait;
use crate::broker::log::{Isolation, PartitionLog, ReadError, TimedOffset};
use crate::broker::topics::Topic;

/// No offset, no time, no epoch.
const NONE: i64 = -1;

const LATEST: i64 = -1;
const EARLIEST: i64 = -2;
const MAX_TIMESTAMP: i64 = -3;
const EARLIEST_LOCAL: i64 = -4;
const LATEST_TIERED: i64 = -5;

/// An offset that was asked for, with what is known of it.
struct Found {
    timestamp: i64,
    offset: i64,
    leader_epoch: i32,
}

/// ListOffsets.
pub fn list(call: &Call<'_>, request: ListOffsetsRequest) -> ListOffsetsResponse {
    let isolation = isolation(request.isolation_level);
    let named = request.topics.iter().flat_map(|topic| {
        topic.partitions.iter().map(|partition| (topic.name.clone(), partition.partition_index))
    });
    let twice = named_twice(named);
    let topics = request.topics.into_iter().map(|asked| {
        let topic = call.node.topics.named(&asked.name);
        let partitions = asked.partitions.iter().map(|partition| {
            let found = if twice.contains(&(asked.name.clone(), partition.partition_index)) {
                Err(ResponseError::InvalidRequest)
            } else {
                find(call, topic.as_deref(), partition, isolation)
            };
            let answer =
                ListOffsetsPartitionResponse::default().with_partition_index(partition.partition_index);
            match found {
                Ok(found) => {
                    let answer = answer.with_timestamp(found.timestamp).with_offset(found.offset);
                    if call.version >= 4 { answer.with_leader_epoch(found.leader_epoch) } else { answer }
                }
                Err(error) => answer.with_error_code(error.code()).with_timestamp(NONE).with_offset(NONE),
            }
        });
        ListOffsetsTopicResponse::default().with_partitions(partitions.collect()).with_name(asked.name)
    });
    ListOffsetsResponse::default().with_topics(topics.collect())
}

/// The isolation level of a request.
pub fn isolation(level: i8) -> Isolation {
    if level == 1 { Isolation::Committed } else { Isolation::Uncommitted }
}

fn find(
    call: &Call<'_>,
    topic: Option<&Topic>,
    asked: &ListOffsetsPartition,
    isolation: Isolation,
) -> Result<Found, ResponseError> {
    let topic = topic.ok_or(ResponseError::UnknownTopicOrPartition)?;
    let partition = topic.partition(asked.partition_index).ok_or(ResponseError::UnknownTopicOrPartition)?;
    check_epoch(topic, asked.current_leader_epoch)?;
    let since = match asked.timestamp {
        MAX_TIMESTAMP => 7,
        EARLIEST_LOCAL => 8,
        LATEST_TIERED => 9,
        timestamp if timestamp < LATEST_TIERED => i16::MAX,
        _ => 0,
    };
    if call.version < since {
        return Err(ResponseError::UnsupportedVersion);
    }
    let found = partition.with_log(|log| look_up(log, asked.timestamp, isolation, topic.leader_epoch));
    let found = found.ok_or(ResponseError::UnknownTopicOrPartition)?;
    found.map_err(|_| ResponseError::KafkaStorageError)
}

fn look_up(
    log: &mut PartitionLog,
    timestamp: i64,
    isolation: Isolation,
    leader_epoch: i32,
) -> io::Result<Found> {
    let end = match isolation {
        Isolation::Committed => log.last_stable_offset(),
        Isolation::Uncommitted => log.high_watermark(),
    };
    let at = |offset, leader_epoch| Found { timestamp: NONE, offset, leader_epoch };
    let timed = match timestamp {
        LATEST => return Ok(at(end, leader_epoch)),
        EARLIEST | EARLIEST_LOCAL => {
            let start = log.start_offset();
            return Ok(at(start, log.epoch_at(start).unwrap_or(-1)));
        }
        LATEST_TIERED => None,
        MAX_TIMESTAMP => log.max_timestamp()?,
        timestamp => log.offset_for_time(timestamp)?,
    };
    Ok(match timed.filter(|timed| timed.offset < end) {
        Some(TimedOffset { offset, timestamp }) => {
            Found { timestamp, offset, leader_epoch: log.epoch_at(offset).unwrap_or(-1) }
        }
        None => at(NONE, -1),
    })
}

/// OffsetForLeaderEpoch: where an epoch ended, so that a client finds out whether what it read is still there.
pub fn for_leader_epoch(
    call: &Call<'_>,
    request: OffsetForLeaderEpochRequest,
) -> OffsetForLeaderEpochResponse {
    let topics = request.topics.into_iter().map(|asked| {
        let topic = call.node.topics.named(&asked.topic);
        let partitions = asked.partitions.iter().map(|partition| {
            let answer = EpochEndOffset::default().with_partition(partition.partition);
            match end_of_epoch(topic.as_deref(), partition) {
                Ok((epoch, end)) => answer.with_leader_epoch(epoch).with_end_offset(end),
                Err(error) => {
                    answer.with_error_code(error.code()).with_leader_epoch(-1).with_end_offset(NONE)
                }
            }
        });
        OffsetForLeaderTopicResult::default().with_partitions(partitions.collect()).with_topic(asked.topic)
    });
    OffsetForLeaderEpochResponse::default().with_topics(topics.collect())
}

fn end_of_epoch(
    topic: Option<&Topic>,
    asked: &OffsetForLeaderPartition,
) -> Result<(i32, i64), ResponseError> {
    let topic = topic.ok_or(ResponseError::UnknownTopicOrPartition)?;
    let partition = topic.partition(asked.partition).ok_or(ResponseError::UnknownTopicOrPartition)?;
    check_epoch(topic, asked.current_leader_epoch)?;
    let end = partition.with_log(|log| where_ended(log, topic, asked.leader_epoch));
    Ok(end.ok_or(ResponseError::UnknownTopicOrPartition)?.unwrap_or((-1, NONE)))
}

/// The largest epoch up to this one that has records, and where it ended; `None` for what is no epoch, or one still to come.
///
/// The log knows only of epochs in which something was written. One that it does not know and that has been is between the
/// last of those and now, so that it ended where the log ends.
pub fn where_ended(log: &PartitionLog, topic: &Topic, epoch: i32) -> Option<(i32, i64)> {
    if !(0..=topic.leader_epoch).contains(&epoch) {
        return None;
    }
    let end = log.high_watermark();
    if epoch == topic.leader_epoch {
        return Some((epoch, end));
    }
    log.end_offset_for_epoch(epoch).or_else(|| Some((log.latest_epoch().unwrap_or(epoch), end)))
}

/// DeleteRecords.
pub fn delete_records(call: &Call<'_>, request: DeleteRecordsRequest) -> DeleteRecordsResponse {
    let topics = request.topics.into_iter().map(|asked| {
        let topic = call.node.topics.named(&asked.name);
        let partitions = asked.partitions.iter().map(|partition| {
            let number = partition.partition_index;
            let answer = DeleteRecordsPartitionResult::default().with_partition_index(number);
            match delete_before(topic.as_deref(), number, partition.offset) {
                Ok(start) => answer.with_low_watermark(start),
                Err(error) => answer.with_error_code(error.code()).with_low_watermark(NONE),
            }
        });
        DeleteRecordsTopicResult::default().with_partitions(partitions.collect()).with_name(asked.name)
    });
    DeleteRecordsResponse::default().with_topics(topics.collect())
}

fn delete_before(topic: Option<&Topic>, number: i32, before: i64) -> Result<i64, ResponseError> {
    const TO_THE_END: i64 = -1;
    let topic = topic.ok_or(ResponseError::UnknownTopicOrPartition)?;
    let partition = topic.partition(number).ok_or(ResponseError::UnknownTopicOrPartition)?;
    // The new start is forced to disk, whatever the durability of records is.
    let deleted = wait(|| {
        partition.with_log(|log| {
            if !log.config().cleanup.delete {
                return Err(ResponseError::PolicyViolation);
            }
            let before = if before == TO_THE_END { log.high_watermark() } else { before };
            if before < 0 {
                return Err(ResponseError::OffsetOutOfRange);
            }
            log.delete_records(before).map_err(|error| match error {
                ReadError::OutOfRange { .. } => ResponseError::OffsetOutOfRange,
                ReadError::Storage(_) => ResponseError::KafkaStorageError,
            })
        })
    });
    deleted.ok_or(ResponseError::UnknownTopicOrPartition)?
}
