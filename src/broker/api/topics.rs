//! CreateTopics, DeleteTopics and CreatePartitions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::create_partitions_request::CreatePartitionsTopic;
use kafka_protocol::messages::create_partitions_response::CreatePartitionsTopicResult;
use kafka_protocol::messages::create_topics_request::CreatableTopic;
use kafka_protocol::messages::create_topics_response::{CreatableTopicConfigs, CreatableTopicResult};
use kafka_protocol::messages::delete_topics_request::DeleteTopicState;
use kafka_protocol::messages::delete_topics_response::DeletableTopicResult;
use kafka_protocol::messages::{
    CreatePartitionsRequest, CreatePartitionsResponse, CreateTopicsRequest, CreateTopicsResponse,
    DeleteTopicsRequest, DeleteTopicsResponse, TopicName,
};

use super::{Call, named_twice, text};
use crate::broker::server::node::NODE_ID;
use crate::broker::topics::config::SETTINGS;
use crate::broker::topics::id::Id;
use crate::broker::topics::refused::Refused;
use crate::broker::topics::{NewTopic, Topic};

/// Stands for the default.
const DEFAULT: i32 = -1;

/// CreateTopics.
pub fn create(call: &Call<'_>, request: CreateTopicsRequest) -> CreateTopicsResponse {
    let twice = named_twice(request.topics.iter().map(|topic| topic.name.as_str()));
    let mut answered = BTreeSet::new();
    let mut results = Vec::new();
    for asked in &request.topics {
        let name = asked.name.as_str();
        if !answered.insert(name) {
            continue;
        }
        let created = if twice.contains(name) {
            Err(named_twice_over())
        } else {
            new_topic(call, asked).and_then(|new| {
                call.node.on_disk(|| call.node.topics.create(new, request.validate_only, call.node.now()))
            })
        };
        let result = match created {
            Ok(topic) => created_result(call, &topic, asked, request.validate_only),
            Err(refused) => refused_result(call, refused),
        };
        results.push(result.with_name(asked.name.clone()));
    }
    CreateTopicsResponse::default().with_topics(results)
}

/// The topic that is asked for, where its numbers make sense.
fn new_topic(call: &Call<'_>, asked: &CreatableTopic) -> Result<NewTopic, Refused> {
    let partitions = if asked.assignments.is_empty() { counted(call, asked)? } else { assigned(asked)? };
    let mut config = BTreeMap::new();
    for entry in &asked.configs {
        let name = entry.name.to_string();
        let Some(value) = &entry.value else {
            return Err(Refused::config(format!("Null value not supported for topic configs: {name}")));
        };
        config.insert(name, value.to_string());
    }
    Ok(NewTopic { name: asked.name.to_string(), partitions, config })
}

/// How many partitions a topic gets by number.
fn counted(call: &Call<'_>, asked: &CreatableTopic) -> Result<usize, Refused> {
    let factor = i32::from(asked.replication_factor);
    if factor < DEFAULT || factor == 0 {
        let message = "Replication factor must be larger than 0, or -1 to use the default value.";
        return Err(Refused::new(ResponseError::InvalidReplicationFactor, message));
    }
    let partitions = match asked.num_partitions {
        DEFAULT => Some(usize::from(call.node.topics.defaults().partitions)),
        count => usize::try_from(count).ok().filter(|count| *count > 0),
    };
    let partitions = partitions.ok_or_else(|| {
        let message = "Number of partitions must be larger than 0, or -1 to use the default value.";
        Refused::new(ResponseError::InvalidPartitions, message)
    })?;
    if factor > 1 {
        let message = format!(
            "Unable to replicate the partition {factor} time(s): The target replication factor of {factor} cannot be \
             reached because only 1 broker(s) are registered."
        );
        return Err(Refused::new(ResponseError::InvalidReplicationFactor, message));
    }
    Ok(partitions)
}

/// How many partitions a topic gets by assignment.
fn assigned(asked: &CreatableTopic) -> Result<usize, Refused> {
    let invalid = |message: &str| Refused::new(ResponseError::InvalidRequest, message);
    if i32::from(asked.replication_factor) != DEFAULT {
        return Err(invalid(
            "A manual partition assignment was specified, but replication factor was not set to -1.",
        ));
    }
    if asked.num_partitions != DEFAULT {
        return Err(invalid(
            "A manual partition assignment was specified, but numPartitions was not set to -1.",
        ));
    }
    let numbers: BTreeSet<i32> = asked.assignments.iter().map(|one| one.partition_index).collect();
    if numbers.len() != asked.assignments.len() || !numbers.iter().copied().eq((0..).take(numbers.len())) {
        let message = "partitions should be a consecutive 0-based integer sequence";
        return Err(Refused::new(ResponseError::InvalidReplicaAssignment, message));
    }
    asked.assignments.iter().try_for_each(|one| check_brokers(one.broker_ids.iter().map(|id| id.0)))?;
    Ok(asked.assignments.len())
}

/// A partition can only be on the one broker there is.
fn check_brokers(ids: impl Iterator<Item = i32>) -> Result<(), Refused> {
    if ids.eq([NODE_ID]) {
        return Ok(());
    }
    let message = format!("The manual partition assignment must be the one broker that there is, {NODE_ID}.");
    Err(Refused::new(ResponseError::InvalidReplicaAssignment, message))
}

fn created_result(
    call: &Call<'_>,
    topic: &Arc<Topic>,
    asked: &CreatableTopic,
    validate_only: bool,
) -> CreatableTopicResult {
    let result = CreatableTopicResult::default();
    if call.version < 5 {
        return result;
    }
    let effective = call.node.topics.effective(&topic.config);
    let configs = SETTINGS.iter().map(|setting| {
        let (value, source) = effective.value(setting);
        CreatableTopicConfigs::default()
            .with_name(text(setting.name))
            .with_value(Some(text(value)))
            .with_config_source(source as i8)
    });
    let partitions = if validate_only {
        new_topic(call, asked).map_or(0, |new| new.partitions)
    } else {
        topic.partitions.len()
    };
    let result = result
        .with_num_partitions(i32::try_from(partitions).unwrap_or(i32::MAX))
        .with_replication_factor(1)
        .with_configs(Some(configs.collect()));
    if call.version >= 7 && !validate_only { result.with_topic_id(topic.id.to_wire()) } else { result }
}

fn refused_result(call: &Call<'_>, refused: Refused) -> CreatableTopicResult {
    let result = CreatableTopicResult::default()
        .with_error_code(refused.error.code())
        .with_error_message(Some(text(refused.message)));
    if call.version < 5 {
        return result;
    }
    result.with_num_partitions(-1).with_replication_factor(-1).with_configs(Some(Vec::new()))
}

/// DeleteTopics.
pub fn delete(call: &Call<'_>, request: DeleteTopicsRequest) -> DeleteTopicsResponse {
    let named = request.topic_names.into_iter().map(|name| DeleteTopicState::default().with_name(Some(name)));
    let asked: Vec<_> = request.topics.into_iter().chain(named).collect();
    let (doubled, once) = told_apart(call, asked);
    let refused = doubled.into_iter().map(|asked| (asked, Err(named_twice_over())));
    let deleted = once.into_iter().map(|asked| {
        let deleted = call.node.on_disk(|| delete_one(call, &asked));
        (asked, deleted)
    });
    let results = refused.chain(deleted).map(|(asked, deleted)| {
        let mut result = DeletableTopicResult::default();
        result.name = asked.name.or_else(|| (call.version < 6).then(TopicName::default));
        result.topic_id = asked.topic_id;
        match deleted {
            Ok(topic) => {
                result.name = Some(TopicName(text(topic.name.as_str())));
                if call.version >= 6 {
                    result.topic_id = topic.id.to_wire();
                }
            }
            Err(refused) => {
                result.error_code = refused.error.code();
                result.error_message = (call.version >= 5).then(|| text(refused.message));
            }
        }
        result
    });
    DeleteTopicsResponse::default().with_responses(results.collect())
}

fn named_twice_over() -> Refused {
    Refused::new(ResponseError::InvalidRequest, "Duplicate topic name.")
}

/// Topics that are named twice, each once, and the others. The same topic by its name and by its id is named twice.
fn told_apart(
    call: &Call<'_>,
    asked: Vec<DeleteTopicState>,
) -> (Vec<DeleteTopicState>, Vec<DeleteTopicState>) {
    let topic_of = |asked: &DeleteTopicState| match (&asked.name, Id::from_wire(asked.topic_id)) {
        (Some(name), None) => Some(name.to_string()),
        (None, Some(id)) => {
            let topic = call.node.topics.with_id(id);
            Some(topic.map_or_else(|| asked.topic_id.to_string(), |topic| topic.name.clone()))
        }
        _ => None,
    };
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut distinct: Vec<(DeleteTopicState, bool)> = Vec::new();
    for asked in asked {
        let known = topic_of(&asked)
            .and_then(|topic| places.insert(topic.clone(), distinct.len()).map(|at| (topic, at)));
        let Some((topic, at)) = known else {
            distinct.push((asked, false));
            continue;
        };
        places.insert(topic, at);
        if let Some((first, is_doubled)) = distinct.get_mut(at) {
            *is_doubled = true;
            first.name = first.name.take().or(asked.name);
            if Id::from_wire(first.topic_id).is_none() {
                first.topic_id = asked.topic_id;
            }
        }
    }
    let (doubled, once): (Vec<_>, Vec<_>) = distinct.into_iter().partition(|(_, is_doubled)| *is_doubled);
    let bare = |states: Vec<(DeleteTopicState, bool)>| states.into_iter().map(|(asked, _)| asked).collect();
    (bare(doubled), bare(once))
}

fn delete_one(call: &Call<'_>, asked: &DeleteTopicState) -> Result<Arc<Topic>, Refused> {
    let topics = &call.node.topics;
    let name = match (&asked.name, Id::from_wire(asked.topic_id)) {
        (Some(name), None) => name.to_string(),
        (None, Some(id)) => {
            let unknown =
                || Refused::new(ResponseError::UnknownTopicId, "This server does not host this topic ID.");
            topics.with_id(id).ok_or_else(unknown)?.name.clone()
        }
        (None, None) => {
            return Err(Refused::new(
                ResponseError::InvalidRequest,
                "Neither topic name nor id were specified.",
            ));
        }
        (Some(_), Some(_)) => {
            return Err(Refused::new(
                ResponseError::InvalidRequest,
                "You may not specify both topic name and topic id.",
            ));
        }
    };
    let topic = topics.delete(&name)?;
    if let Err(error) = call.node.with_groups(|groups| groups.forget_topic(&name)) {
        call.node.config.log.line(&format!("offsets in {name}, which is deleted, stay for now: {error}"));
    }
    Ok(topic)
}

/// CreatePartitions.
pub fn create_partitions(call: &Call<'_>, request: CreatePartitionsRequest) -> CreatePartitionsResponse {
    let twice = named_twice(request.topics.iter().map(|topic| topic.name.as_str()));
    let answer = |name: &str, done: Result<(), Refused>| {
        let result = CreatePartitionsTopicResult::default().with_name(TopicName(text(name)));
        match done {
            Ok(()) => result,
            Err(refused) => {
                result.with_error_code(refused.error.code()).with_error_message(Some(text(refused.message)))
            }
        }
    };
    // One that is named twice is answered once.
    let doubled = twice.iter().map(|name| answer(name, Err(named_twice_over())));
    let once = request.topics.iter().filter(|asked| !twice.contains(asked.name.as_str()));
    let grown =
        once.map(|asked| answer(&asked.name, call.node.on_disk(|| grow(call, asked, request.validate_only))));
    CreatePartitionsResponse::default().with_results(doubled.chain(grown).collect())
}

fn grow(call: &Call<'_>, asked: &CreatePartitionsTopic, validate_only: bool) -> Result<(), Refused> {
    let topic = call.node.topics.named(&asked.name).ok_or_else(Refused::unknown_topic)?;
    let more = topic.growth_to(asked.count.into())?;
    if let Some(assignments) = &asked.assignments {
        if assignments.len() != more {
            let message = format!(
                "Attempted to add {more} additional partition(s), but only {} assignment(s) were specified.",
                assignments.len()
            );
            return Err(Refused::new(ResponseError::InvalidReplicaAssignment, message));
        }
        assignments.iter().try_for_each(|one| check_brokers(one.broker_ids.iter().map(|id| id.0)))?;
    }
    let count = topic.partitions.len() + more;
    call.node.topics.add_partitions(&asked.name, count, validate_only, call.node.now())
}
