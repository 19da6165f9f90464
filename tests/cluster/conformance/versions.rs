//! Every API that is asked for is offered, and every version that is offered is answered.

use std::collections::{BTreeMap, BTreeSet};

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::{
    self as messages, ApiKey, ApiVersionsRequest, ApiVersionsResponse, GroupId, ProducerId, TopicName,
    TransactionalId,
};
use kafka_protocol::protocol::Request;
use messages::{
    add_partitions_to_txn_request as add_partitions, alter_configs_request as alter_configs,
    create_partitions_request as create_partitions, create_topics_request as create_topics,
    delete_records_request as delete_records, delete_topics_request as delete_topics,
    describe_configs_request as describe_configs, describe_log_dirs_request as describe_log_dirs,
    describe_producers_request as describe_producers, incremental_alter_configs_request as incremental,
    leave_group_request as leave_group, metadata_request as metadata, offset_commit_request as offset_commit,
    offset_delete_request as offset_delete, offset_fetch_request as offset_fetch,
    offset_for_leader_epoch_request as leader_epoch, txn_offset_commit_request as txn_offset_commit,
};

use super::batch::Batch;
use super::calls::{EARLIEST, fetch_request, list_offsets_request, produce_request, topic_name};
use super::codes::NONE;
use super::coordinated::{Coordinator, SUBSCRIPTION, coordinator};
use super::raw::{Raw, text, wire_id};
use super::target::Target;
use super::topics::topic_id;
use crate::harness::unique;

cases! {
    raw:
        what_clients_need_is_offered_and_every_version_is_answered;
}

/// What a cluster may offer beyond what is called here; `docs/embedded-cluster.md` says what the embedded cluster leaves out.
const BEYOND: &[i16] = &[
    17, 27, 34, 36, 38, 39, 40, 41, 43, 45, 46, 48, 49, 50, 51, 55, 57, 64, 68, 69, 71, 72, 74, 75, 76, 77,
    78, 79, 80, 81, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92,
];

/// The list of what a broker offers.
pub fn offered(raw: &mut Raw) -> ApiVersionsResponse {
    let request = ApiVersionsRequest::default()
        .with_client_software_name(text("conformance"))
        .with_client_software_version(text("1"));
    let response = raw.call(3, &request);
    assert_eq!(response.error_code, NONE);
    response
}

/// Calls one API after another in all versions that are offered and that this client knows.
struct Caller {
    raw: Raw,
    /// Oldest and newest version by key.
    offered: BTreeMap<i16, (i16, i16)>,
    called: BTreeSet<i16>,
}

impl Caller {
    fn new(target: &Target) -> Self {
        let mut raw = target.raw();
        let offered = offered(&mut raw).api_keys;
        let offered = offered.iter().map(|api| (api.api_key, (api.min_version, api.max_version))).collect();
        Self { raw, offered, called: BTreeSet::new() }
    }

    /// Makes the request of each version, and takes its answer, which must be one of this version.
    fn each<Q: Request + Default>(&mut self, make: impl Fn(Q, i16) -> Q) {
        let name = ApiKey::try_from(Q::KEY).unwrap();
        let (oldest, newest) =
            *self.offered.get(&Q::KEY).unwrap_or_else(|| panic!("{name:?} is not offered"));
        let versions = oldest.max(Q::VERSIONS.min)..=newest.min(Q::VERSIONS.max);
        assert!(!versions.is_empty(), "{name:?}: {oldest} to {newest}");
        for version in versions {
            let mut body = BytesMut::new();
            let request = make(Q::default(), version);
            request.encode(&mut body, version).unwrap_or_else(|error| panic!("{name:?} {version}: {error}"));
            let correlation = self.raw.send_as(Q::KEY, version, Q::header_version(version), &body);
            self.raw.receive::<Q>(version, correlation);
        }
        self.called.insert(Q::KEY);
    }
}

fn what_clients_need_is_offered_and_every_version_is_answered(target: &Target) {
    let topic = target.topic("versions", 1, &[]);
    let group = unique("versions");
    // Both coordinators are there, so that no answer is only that they are not.
    let mut raw = coordinator(target, Coordinator::OfGroup, &group);
    coordinator(target, Coordinator::OfTransaction, &group);
    let id = topic_id(&mut raw, &topic);
    let mut caller = Caller::new(target);
    of_the_cluster(&mut caller, &topic);
    of_configurations(&mut caller, &topic);
    of_records(&mut caller, &topic, id);
    of_groups(&mut caller, &group);
    of_offsets(&mut caller, &group, &topic, id);
    of_transactions(&mut caller, &group, &topic);
    of_access(&mut caller);
    let beyond: Vec<&i16> = caller.offered.keys().filter(|key| !caller.called.contains(key)).collect();
    assert!(beyond.iter().all(|key| BEYOND.contains(key)), "offered and not called: {beyond:?}");
    assert_eq!(caller.called.len(), 37);
}

fn of_the_cluster(caller: &mut Caller, topic: &str) {
    caller.each::<ApiVersionsRequest>(|request, version| match version {
        ..3 => request,
        _ => request.with_client_software_name(text("c")).with_client_software_version(text("1")),
    });
    caller.each::<messages::MetadataRequest>(|request, _| {
        let topic = metadata::MetadataRequestTopic::default().with_name(Some(topic_name(topic)));
        request.with_topics(Some(vec![topic]))
    });
    caller.each::<messages::DescribeClusterRequest>(|request, _| request);
    caller.each::<messages::DescribeLogDirsRequest>(|request, _| {
        let topic = describe_log_dirs::DescribableLogDirTopic::default()
            .with_topic(topic_name(topic))
            .with_partitions(vec![0]);
        request.with_topics(Some(vec![topic]))
    });
    caller.each::<messages::CreateTopicsRequest>(|request, _| {
        let topic = create_topics::CreatableTopic::default()
            .with_name(topic_name(&unique("versions")))
            .with_num_partitions(1)
            .with_replication_factor(1);
        request.with_topics(vec![topic]).with_timeout_ms(30_000)
    });
    caller.each::<messages::CreatePartitionsRequest>(|request, version| {
        let topic = create_partitions::CreatePartitionsTopic::default()
            .with_name(topic_name(topic))
            .with_count(2 + i32::from(version))
            .with_assignments(None);
        request.with_topics(vec![topic]).with_timeout_ms(30_000)
    });
    caller.each::<messages::DeleteTopicsRequest>(|request, version| {
        let request = request.with_timeout_ms(30_000);
        match version {
            ..6 => request.with_topic_names(vec![topic_name("nowhere")]),
            _ => {
                let topic = delete_topics::DeleteTopicState::default().with_name(Some(topic_name("nowhere")));
                request.with_topics(vec![topic])
            }
        }
    });
}

fn of_configurations(caller: &mut Caller, topic: &str) {
    caller.each::<messages::DescribeConfigsRequest>(|request, _| {
        let resource = describe_configs::DescribeConfigsResource::default()
            .with_resource_type(2)
            .with_resource_name(text(topic))
            .with_configuration_keys(None);
        request.with_resources(vec![resource]).with_include_synonyms(true)
    });
    caller.each::<messages::AlterConfigsRequest>(|request, _| {
        let setting = alter_configs::AlterableConfig::default()
            .with_name(text("segment.ms"))
            .with_value(Some(text("60000")));
        let resource = alter_configs::AlterConfigsResource::default()
            .with_resource_type(2)
            .with_resource_name(text(topic))
            .with_configs(vec![setting]);
        request.with_resources(vec![resource])
    });
    caller.each::<messages::IncrementalAlterConfigsRequest>(|request, _| {
        let setting = incremental::AlterableConfig::default()
            .with_name(text("segment.ms"))
            .with_value(Some(text("60000")));
        let resource = incremental::AlterConfigsResource::default()
            .with_resource_type(2)
            .with_resource_name(text(topic))
            .with_configs(vec![setting]);
        request.with_resources(vec![resource])
    });
}

fn of_records(caller: &mut Caller, topic: &str, id: u128) {
    caller.each::<messages::ProduceRequest>(|_, version| {
        let mut request = produce_request(topic, 0, Batch::value("v").bytes());
        if version >= 13 {
            request.topic_data[0].name = TopicName::default();
            request.topic_data[0].topic_id = wire_id(id);
        }
        request
    });
    caller.each::<messages::FetchRequest>(|_, version| {
        let mut request = fetch_request(topic, 0, 0);
        if version >= 13 {
            request.topics[0].topic = TopicName::default();
            request.topics[0].topic_id = wire_id(id);
        }
        request
    });
    caller.each::<messages::ListOffsetsRequest>(|_, _| list_offsets_request(topic, 0, EARLIEST));
    caller.each::<messages::OffsetForLeaderEpochRequest>(|request, _| {
        let partition = leader_epoch::OffsetForLeaderPartition::default();
        let topic = leader_epoch::OffsetForLeaderTopic::default()
            .with_topic(topic_name(topic))
            .with_partitions(vec![partition]);
        request.with_topics(vec![topic])
    });
    caller.each::<messages::DeleteRecordsRequest>(|request, _| {
        let partition = delete_records::DeleteRecordsPartition::default().with_offset(1);
        let topic = delete_records::DeleteRecordsTopic::default()
            .with_name(topic_name(topic))
            .with_partitions(vec![partition]);
        request.with_topics(vec![topic]).with_timeout_ms(30_000)
    });
}

fn of_groups(caller: &mut Caller, group: &str) {
    let group_id = || GroupId(text(group));
    caller.each::<messages::FindCoordinatorRequest>(|request, version| match version {
        ..4 => request.with_key(text(group)),
        _ => request.with_coordinator_keys(vec![text(group)]),
    });
    caller.each::<messages::JoinGroupRequest>(|request, _| {
        let protocol = messages::join_group_request::JoinGroupRequestProtocol::default()
            .with_name(text("range"))
            .with_metadata(Bytes::from_static(SUBSCRIPTION));
        // A group of its own each time: where a member need not ask for its id first it is in.
        request
            .with_group_id(GroupId(text(unique("versions"))))
            .with_protocol_type(text("consumer"))
            .with_session_timeout_ms(6_000)
            .with_protocols(vec![protocol])
    });
    caller.each::<messages::SyncGroupRequest>(|request, _| {
        request.with_group_id(group_id()).with_member_id(text("nobody"))
    });
    caller.each::<messages::HeartbeatRequest>(|request, _| {
        request.with_group_id(group_id()).with_member_id(text("nobody"))
    });
    caller.each::<messages::LeaveGroupRequest>(|request, version| match version {
        ..3 => request.with_group_id(group_id()).with_member_id(text("nobody")),
        _ => {
            let member = leave_group::MemberIdentity::default().with_member_id(text("nobody"));
            request.with_group_id(group_id()).with_members(vec![member])
        }
    });
    caller.each::<messages::DescribeGroupsRequest>(|request, _| request.with_groups(vec![group_id()]));
    caller.each::<messages::ListGroupsRequest>(|request, _| request);
    caller.each::<messages::DeleteGroupsRequest>(|request, _| {
        request.with_groups_names(vec![GroupId(text("never-there"))])
    });
}

fn of_offsets(caller: &mut Caller, group: &str, topic: &str, id: u128) {
    let group_id = || GroupId(text(group));
    caller.each::<messages::OffsetCommitRequest>(|request, version| {
        let partition = offset_commit::OffsetCommitRequestPartition::default().with_committed_offset(1);
        let mut asked = offset_commit::OffsetCommitRequestTopic::default().with_partitions(vec![partition]);
        match version {
            ..10 => asked.name = topic_name(topic),
            _ => asked.topic_id = wire_id(id),
        }
        request.with_group_id(group_id()).with_topics(vec![asked])
    });
    caller.each::<messages::OffsetFetchRequest>(|request, version| {
        if version < 8 {
            let topic = offset_fetch::OffsetFetchRequestTopic::default()
                .with_name(topic_name(topic))
                .with_partition_indexes(vec![0]);
            return request.with_group_id(group_id()).with_topics(Some(vec![topic]));
        }
        let mut asked = offset_fetch::OffsetFetchRequestTopics::default().with_partition_indexes(vec![0]);
        match version {
            ..10 => asked.name = topic_name(topic),
            _ => asked.topic_id = wire_id(id),
        }
        let group = offset_fetch::OffsetFetchRequestGroup::default()
            .with_group_id(group_id())
            .with_topics(Some(vec![asked]));
        request.with_groups(vec![group])
    });
    caller.each::<messages::OffsetDeleteRequest>(|request, _| {
        let topic = offset_delete::OffsetDeleteRequestTopic::default()
            .with_name(topic_name(topic))
            .with_partitions(vec![offset_delete::OffsetDeleteRequestPartition::default()]);
        request.with_group_id(group_id()).with_topics(vec![topic])
    });
}

fn of_transactions(caller: &mut Caller, id: &str, topic: &str) {
    let (id, nobody) = (|| TransactionalId(text(id)), ProducerId(1 << 40));
    caller.each::<messages::InitProducerIdRequest>(|request, _| {
        request.with_transactional_id(Some(id())).with_transaction_timeout_ms(60_000)
    });
    caller.each::<messages::AddPartitionsToTxnRequest>(|request, version| {
        let named = add_partitions::AddPartitionsToTxnTopic::default()
            .with_name(topic_name(topic))
            .with_partitions(vec![0]);
        if version < 4 {
            return request
                .with_v3_and_below_transactional_id(id())
                .with_v3_and_below_producer_id(nobody)
                .with_v3_and_below_topics(vec![named]);
        }
        let transaction = add_partitions::AddPartitionsToTxnTransaction::default()
            .with_transactional_id(id())
            .with_producer_id(nobody)
            .with_topics(vec![named]);
        request.with_transactions(vec![transaction])
    });
    caller.each::<messages::AddOffsetsToTxnRequest>(|request, _| {
        request.with_transactional_id(id()).with_producer_id(nobody).with_group_id(GroupId(text("g")))
    });
    caller.each::<messages::TxnOffsetCommitRequest>(|request, _| {
        let partition = txn_offset_commit::TxnOffsetCommitRequestPartition::default();
        let topic = txn_offset_commit::TxnOffsetCommitRequestTopic::default()
            .with_name(topic_name(topic))
            .with_partitions(vec![partition]);
        request
            .with_transactional_id(id())
            .with_group_id(GroupId(text("g")))
            .with_producer_id(nobody)
            .with_topics(vec![topic])
    });
    caller.each::<messages::EndTxnRequest>(|request, _| {
        request.with_transactional_id(id()).with_producer_id(nobody)
    });
    caller.each::<messages::DescribeTransactionsRequest>(|request, _| {
        request.with_transactional_ids(vec![id()])
    });
    caller.each::<messages::ListTransactionsRequest>(|request, _| request);
    caller.each::<messages::DescribeProducersRequest>(|request, _| {
        let topic = describe_producers::TopicRequest::default()
            .with_name(topic_name(topic))
            .with_partition_indexes(vec![0]);
        request.with_topics(vec![topic])
    });
}

fn of_access(caller: &mut Caller) {
    caller.each::<messages::DescribeAclsRequest>(|request, _| {
        request
            .with_resource_type_filter(1)
            .with_pattern_type_filter(1)
            .with_operation(1)
            .with_permission_type(1)
    });
    caller.each::<messages::CreateAclsRequest>(|request, _| request);
    caller.each::<messages::DeleteAclsRequest>(|request, _| request);
}
