//! DescribeCluster and DescribeLogDirs: the node and the folder it writes to.

use std::collections::{BTreeMap, BTreeSet};

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_cluster_response::DescribeClusterBroker;
use kafka_protocol::messages::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use kafka_protocol::messages::{
    BrokerId, DescribeClusterRequest, DescribeClusterResponse, DescribeLogDirsRequest,
    DescribeLogDirsResponse, TopicName,
};

use super::metadata::{ALL_ON_CLUSTER, NOT_ASKED};
use super::{Call, text};
use crate::broker::server::node::{HOST, NODE_ID};
use crate::broker::topics::Topic;

/// Asks for brokers, not for controllers.
const BROKERS: i8 = 1;

/// DescribeCluster.
pub fn describe(call: &Call<'_>, request: DescribeClusterRequest) -> DescribeClusterResponse {
    if call.version >= 1 && request.endpoint_type != BROKERS {
        let error = ResponseError::MismatchedEndpointType;
        return DescribeClusterResponse::default().with_error_code(error.code());
    }
    let this = DescribeClusterBroker::default()
        .with_broker_id(BrokerId(NODE_ID))
        .with_host(text(HOST))
        .with_port(i32::from(call.node.port));
    let operations = if request.include_cluster_authorized_operations { ALL_ON_CLUSTER } else { NOT_ASKED };
    DescribeClusterResponse::default()
        .with_cluster_id(text(call.node.topics.cluster_id.to_string()))
        .with_controller_id(BrokerId(NODE_ID))
        .with_brokers(vec![this])
        .with_cluster_authorized_operations(operations)
}

/// DescribeLogDirs.
pub fn describe_log_dirs(call: &Call<'_>, request: DescribeLogDirsRequest) -> DescribeLogDirsResponse {
    let all = call.node.topics.all();
    let asked = request.topics.as_ref().map(|asked| {
        let mut numbers: BTreeMap<&str, BTreeSet<i32>> = BTreeMap::new();
        for topic in asked {
            numbers.entry(&topic.topic).or_default().extend(&topic.partitions);
        }
        numbers
    });
    let topics = all.iter().filter_map(|topic| match &asked {
        None => Some(sizes(topic, |_| true)),
        Some(asked) => {
            asked.get(topic.name.as_str()).map(|asked| sizes(topic, |number| asked.contains(&number)))
        }
    });
    let place = call.node.config.storage.to_string();
    let result = DescribeLogDirsResult::default().with_log_dir(text(place)).with_topics(topics.collect());
    DescribeLogDirsResponse::default().with_results(vec![result])
}

fn sizes(topic: &Topic, is_asked: impl Fn(i32) -> bool) -> DescribeLogDirsTopic {
    let partitions =
        topic.partitions.iter().filter(|partition| is_asked(partition.number)).map(|partition| {
            let size = partition.with_log(|log| log.size()).unwrap_or_default();
            DescribeLogDirsPartition::default()
                .with_partition_index(partition.number)
                .with_partition_size(i64::try_from(size).unwrap_or(i64::MAX))
        });
    DescribeLogDirsTopic::default()
        .with_name(TopicName(text(topic.name.clone())))
        .with_partitions(partitions.collect())
}
