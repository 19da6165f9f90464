//! Metadata: the node, its topics and their partitions.

use std::collections::BTreeMap;
use std::sync::Arc;

use kafka_protocol::ResponseError;
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_protocol::messages::{BrokerId, MetadataRequest, MetadataResponse, TopicName};

use super::{Call, each_once, text};
use crate::broker::server::node::{HOST, NODE_ID};
use crate::broker::topics::id::Id;
use crate::broker::topics::{NewTopic, Topic, names};

/// Stands for operations that were not asked for.
pub const NOT_ASKED: i32 = i32::MIN;

/// What anybody may do with the cluster, as bits.
pub const ALL_ON_CLUSTER: i32 = 8096;

/// What anybody may do with a topic, as bits.
const ALL_ON_TOPIC: i32 = 3576;

/// Metadata.
pub fn answer(call: &Call<'_>, mut request: MetadataRequest) -> MetadataResponse {
    let node = call.node;
    let describe =
        |topic: &Arc<Topic>| described(topic, call.version, request.include_topic_authorized_operations);
    let topics = match request.topics.take() {
        Some(asked) if call.version > 0 || !asked.is_empty() => {
            let asked = each_once(asked, |asked| (asked.topic_id, asked.name.clone()));
            let topics =
                asked.iter().map(|asked| match find(call, asked, request.allow_auto_topic_creation) {
                    Ok(topic) => describe(&topic),
                    Err(error) => unknown(asked, error),
                });
            topics.collect()
        }
        _ => node.topics.all().iter().map(describe).collect(),
    };
    let this = MetadataResponseBroker::default()
        .with_node_id(BrokerId(NODE_ID))
        .with_host(text(HOST))
        .with_port(i32::from(node.port));
    let operations = if request.include_cluster_authorized_operations { ALL_ON_CLUSTER } else { NOT_ASKED };
    MetadataResponse::default()
        .with_brokers(vec![this])
        .with_cluster_id(Some(text(node.topics.cluster_id.to_string())))
        .with_controller_id(BrokerId(NODE_ID))
        .with_topics(topics)
        .with_cluster_authorized_operations(operations)
}

/// The topic that is asked for by id or name, created when it may be.
fn find(
    call: &Call<'_>,
    asked: &MetadataRequestTopic,
    may_create: bool,
) -> Result<Arc<Topic>, ResponseError> {
    let topics = &call.node.topics;
    if let Some(id) = Id::from_wire(asked.topic_id) {
        return topics.with_id(id).ok_or(ResponseError::UnknownTopicId);
    }
    let name = asked.name.as_ref().ok_or(ResponseError::InvalidRequest)?.as_str();
    if let Some(topic) = topics.named(name) {
        return Ok(topic);
    }
    let unknown = match names::problem(name) {
        Some(_) => ResponseError::InvalidTopicException,
        None => ResponseError::UnknownTopicOrPartition,
    };
    if !topics.defaults().auto_create || (call.version >= 4 && !may_create) {
        return Err(unknown);
    }
    let partitions = usize::from(topics.defaults().partitions);
    let new = NewTopic { name: name.to_string(), partitions, config: BTreeMap::new() };
    match topics.create(new, false, call.node.now()) {
        // Somebody else was faster.
        Err(refused) if refused.error == ResponseError::TopicAlreadyExists => {
            topics.named(name).ok_or(unknown)
        }
        created => created.map_err(|refused| refused.error),
    }
}

fn described(topic: &Arc<Topic>, version: i16, with_operations: bool) -> MetadataResponseTopic {
    let partitions = topic.partitions.iter().map(|partition| {
        let described = MetadataResponsePartition::default()
            .with_partition_index(partition.number)
            .with_leader_id(BrokerId(NODE_ID))
            .with_replica_nodes(vec![BrokerId(NODE_ID)])
            .with_isr_nodes(vec![BrokerId(NODE_ID)]);
        if version >= 7 { described.with_leader_epoch(topic.leader_epoch) } else { described }
    });
    let described = MetadataResponseTopic::default()
        .with_name(Some(TopicName(text(topic.name.clone()))))
        .with_partitions(partitions.collect())
        .with_topic_authorized_operations(if with_operations { ALL_ON_TOPIC } else { NOT_ASKED });
    if version >= 10 { described.with_topic_id(topic.id.to_wire()) } else { described }
}

fn unknown(asked: &MetadataRequestTopic, error: ResponseError) -> MetadataResponseTopic {
    // Only the newest versions can answer without a name.
    let name =
        asked.name.clone().or_else(|| (error != ResponseError::UnknownTopicId).then(TopicName::default));
    MetadataResponseTopic::default()
        .with_name(name)
        .with_topic_id(asked.topic_id)
        .with_error_code(error.code())
        .with_topic_authorized_operations(NOT_ASKED)
}
