//! OffsetCommit, OffsetFetch and OffsetDelete: how far groups have come.

use std::collections::{BTreeMap, BTreeSet};

use kafka_protocol::ResponseError;
use kafka_protocol::messages::offset_commit_response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use kafka_protocol::messages::offset_delete_response::{
    OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
};
use kafka_protocol::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kafka_protocol::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions,
    OffsetFetchResponseTopic, OffsetFetchResponseTopics,
};
use kafka_protocol::messages::{
    GroupId, OffsetCommitRequest, OffsetCommitResponse, OffsetDeleteRequest, OffsetDeleteResponse,
    OffsetFetchRequest, OffsetFetchResponse, TopicName,
};

use super::membership::owned;
use super::{Call, NONE, is_there, text};
use crate::broker::groups::{CommitRequest, FetchedOffset, MemberIdentity, PerPartition, Position};
use crate::broker::partition::TopicPartition;

/// Version from which offsets of several groups are asked for at once.
const BATCHED: i16 = 8;

/// What each partition of a request came to, by number.
pub type Outcomes = BTreeMap<TopicPartition, i16>;

/// Offsets by partition, as a request has them.
pub type Offsets = Vec<(TopicPartition, Position)>;

/// Those of the partitions that are there, and what the others come to.
fn known<T>(
    call: &Call<'_>,
    asked: impl Iterator<Item = (TopicPartition, T)>,
) -> (Vec<(TopicPartition, T)>, Outcomes) {
    let (known, unknown): (Vec<_>, Vec<_>) = asked.partition(|(place, _)| is_there(call, place));
    let error = ResponseError::UnknownTopicOrPartition.code();
    (known, unknown.into_iter().map(|(place, _)| (place, error)).collect())
}

/// Does something with the offsets of partitions that are there, if any is; the others are unknown, and an error of the whole
/// is one of each.
pub fn of_known(
    call: &Call<'_>,
    offsets: impl Iterator<Item = (TopicPartition, Position)>,
    work: impl FnOnce(Offsets) -> Result<PerPartition, ResponseError>,
) -> Outcomes {
    let (known, mut outcomes) = known(call, offsets);
    if known.is_empty() {
        return outcomes;
    }
    let places: Vec<TopicPartition> = known.iter().map(|(place, _)| place.clone()).collect();
    match work(known) {
        Ok(done) => outcomes.extend(done.into_iter().map(|(place, done)| (place, super::code(&done)))),
        Err(error) => outcomes.extend(places.into_iter().map(|place| (place, error.code()))),
    }
    outcomes
}

/// What a partition came to.
pub fn outcome(outcomes: &Outcomes, topic: &str, partition: i32) -> i16 {
    let unanswered = ResponseError::UnknownServerError.code();
    outcomes.get(&TopicPartition::new(topic, partition)).copied().unwrap_or(unanswered)
}

/// OffsetCommit.
pub fn commit(call: &Call<'_>, request: OffsetCommitRequest) -> OffsetCommitResponse {
    let offsets = request.topics.iter().flat_map(|topic| {
        topic.partitions.iter().map(|partition| {
            let position = Position {
                offset: partition.committed_offset,
                leader_epoch: partition.committed_leader_epoch,
                metadata: owned(partition.committed_metadata.clone()).unwrap_or_default(),
            };
            (TopicPartition::new(topic.name.as_str(), partition.partition_index), position)
        })
    });
    let member = MemberIdentity {
        member_id: request.member_id.to_string(),
        instance_id: owned(request.group_instance_id.clone()),
        generation: request.generation_id_or_member_epoch,
    };
    let outcomes = of_known(call, offsets, |offsets| {
        let retention_ms = Some(request.retention_time_ms).filter(|ms| *ms >= 0);
        let group = request.group_id.to_string();
        let commit = CommitRequest { group, member, retention_ms, offsets };
        let done =
            call.node.on_disk(|| call.node.with_groups(|groups| groups.commit(call.node.steady(), commit)));
        done.map_err(|error| match error {
            // Older clients do not know that a group can be missing.
            ResponseError::GroupIdNotFound if call.version < 9 => ResponseError::IllegalGeneration,
            error => error,
        })
    });
    let topics = request.topics.into_iter().map(|topic| {
        let partitions =
            topic.partitions.iter().map(|partition| {
                let number = partition.partition_index;
                OffsetCommitResponsePartition::default()
                    .with_partition_index(number)
                    .with_error_code(outcome(&outcomes, &topic.name, number))
            });
        OffsetCommitResponseTopic::default().with_partitions(partitions.collect()).with_name(topic.name)
    });
    OffsetCommitResponse::default().with_topics(topics.collect())
}

/// OffsetFetch.
pub fn fetch(call: &Call<'_>, request: OffsetFetchRequest) -> OffsetFetchResponse {
    /// The topics of an answer. Answers about one group and about several have them in types of their own.
    macro_rules! topics {
        ($found:expr, $topic:ident, $partition:ident) => {{
            let topics = $found.into_iter().map(|(topic, partitions)| {
                let partitions = partitions.into_iter().map(|(number, found)| {
                    let (position, error) = position(found);
                    $partition::default()
                        .with_partition_index(number)
                        .with_committed_offset(position.offset)
                        .with_committed_leader_epoch(if call.version >= 5 {
                            position.leader_epoch
                        } else {
                            -1
                        })
                        .with_metadata(Some(text(position.metadata)))
                        .with_error_code(error)
                });
                $topic::default().with_name(TopicName(text(topic))).with_partitions(partitions.collect())
            });
            topics.collect()
        }};
    }
    let stable = request.require_stable;
    if call.version < BATCHED {
        let asked = request.topics.map(|topics| {
            topics.into_iter().flat_map(|topic| places(&topic.name, &topic.partition_indexes)).collect()
        });
        let found = fetched(call, &request.group_id, asked, stable);
        let topics = topics!(found, OffsetFetchResponseTopic, OffsetFetchResponsePartition);
        return OffsetFetchResponse::default().with_topics(topics);
    }
    let groups = by_group(request.groups).into_iter().map(|(group, asked)| {
        let found = fetched(call, &group, asked, stable);
        let topics = topics!(found, OffsetFetchResponseTopics, OffsetFetchResponsePartitions);
        OffsetFetchResponseGroup::default().with_topics(topics).with_group_id(group)
    });
    OffsetFetchResponse::default().with_groups(groups.collect())
}

/// What is asked of each group: all, or these partitions. A group that is named again is asked for both.
fn by_group(asked: Vec<OffsetFetchRequestGroup>) -> Vec<(GroupId, Option<BTreeSet<TopicPartition>>)> {
    let mut groups: Vec<(GroupId, Option<BTreeSet<TopicPartition>>)> = Vec::new();
    let mut at = BTreeMap::new();
    for OffsetFetchRequestGroup { group_id, topics, .. } in asked {
        let new: Option<BTreeSet<_>> = topics.map(|topics| {
            topics.into_iter().flat_map(|topic| places(&topic.name, &topic.partition_indexes)).collect()
        });
        let at = *at.entry(group_id.clone()).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, known)) => {
                *known = known.take().zip(new).map(|(mut known, new)| {
                    known.extend(new);
                    known
                });
            }
            None => groups.push((group_id, new)),
        }
    }
    groups
}

fn places(topic: &TopicName, numbers: &[i32]) -> Vec<TopicPartition> {
    numbers.iter().map(|number| TopicPartition::new(topic.as_str(), *number)).collect()
}

/// Offsets of a group by topic: of the partitions that are asked for, each once, or of all that have one.
fn fetched(
    call: &Call<'_>,
    group: &str,
    asked: Option<BTreeSet<TopicPartition>>,
    stable: bool,
) -> BTreeMap<String, Vec<(i32, FetchedOffset)>> {
    let found = call.node.with_groups(|groups| match asked {
        Some(asked) => groups.fetch(group, &asked, stable),
        None => groups.fetch_all(group, stable),
    });
    let mut topics: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (place, found) in found {
        topics.entry(place.topic).or_default().push((place.partition, found));
    }
    topics
}

fn position(found: FetchedOffset) -> (Position, i16) {
    let none = Position { offset: -1, leader_epoch: -1, metadata: String::new() };
    match found {
        Ok(position) => (position.unwrap_or(none), NONE),
        Err(error) => (none, error.code()),
    }
}

/// OffsetDelete.
pub fn delete(call: &Call<'_>, request: OffsetDeleteRequest) -> OffsetDeleteResponse {
    let asked = request.topics.iter().flat_map(|topic| {
        let partitions = topic.partitions.iter();
        partitions.map(|partition| (TopicPartition::new(topic.name.as_str(), partition.partition_index), ()))
    });
    let (known, mut outcomes) = known(call, asked);
    if !known.is_empty() {
        let places: BTreeSet<TopicPartition> = known.into_iter().map(|(place, ())| place).collect();
        let deleted = call
            .node
            .on_disk(|| call.node.with_groups(|groups| groups.delete_offsets(&request.group_id, &places)));
        match deleted {
            Ok(done) => outcomes.extend(done.into_iter().map(|(place, done)| (place, super::code(&done)))),
            Err(error) => return OffsetDeleteResponse::default().with_error_code(error.code()),
        }
    }
    let topics = request.topics.into_iter().map(|topic| {
        let partitions =
            topic.partitions.iter().map(|partition| {
                let number = partition.partition_index;
                OffsetDeleteResponsePartition::default()
                    .with_partition_index(number)
                    .with_error_code(outcome(&outcomes, &topic.name, number))
            });
        OffsetDeleteResponseTopic::default().with_partitions(partitions.collect()).with_name(topic.name)
    });
    OffsetDeleteResponse::default().with_topics(topics.collect())
}
