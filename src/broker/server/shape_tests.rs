//! The shapes against what the codec writes, and against bytes that are none of it.

use std::fmt::Debug;

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::add_partitions_to_txn_request::AddPartitionsToTxnTopic;
use kafka_protocol::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use kafka_protocol::messages::*;
use kafka_protocol::protocol::{Encodable, Request, StrBytes};

use super::super::versions::{OFFERED, offered};
use super::*;

const NAME: StrBytes = StrBytes::from_static_str("flights");

/// Walks a request without its header; gives what follows it.
fn body_of<'a>(
    body: &'a [u8],
    fields: &[Field],
    version: i16,
    flexible: bool,
) -> Result<&'a [u8], Malformed> {
    let mut walk = Walk { rest: body, version, flexible, elements: 0 };
    walk.structure(fields)?;
    Ok(walk.rest)
}

/// Whether in all versions that are offered the shape ends where the codec ends.
fn holds<Q: Request + Debug>(sample: impl Fn(i16) -> Q) {
    let api = offered(Q::KEY).unwrap();
    for version in api.min..=api.max {
        let mut body = BytesMut::new();
        let request = sample(version);
        request.encode(&mut body, version).unwrap();
        let rest = body_of(&body, api.fields, version, api.is_flexible(version));
        assert_eq!(rest, Ok(&[][..]), "{request:?} in version {version}");
        for length in 0..body.len() {
            let cut = body_of(&body[..length], api.fields, version, api.is_flexible(version));
            assert!(cut.is_err(), "{length} of {} bytes of {request:?} in version {version}", body.len());
        }
    }
}

macro_rules! hold {
    ($($request:ident),* $(,)?) => { $(holds(|_| $request::default());)* };
}

#[test]
fn a_request_without_elements_has_its_shape_in_every_version() {
    hold!(
        ProduceRequest,
        ListOffsetsRequest,
        MetadataRequest,
        JoinGroupRequest,
        HeartbeatRequest,
        LeaveGroupRequest,
        SyncGroupRequest,
        DescribeGroupsRequest,
        ListGroupsRequest,
        ApiVersionsRequest,
        CreateTopicsRequest,
        DeleteTopicsRequest,
        DeleteRecordsRequest,
        InitProducerIdRequest,
        OffsetForLeaderEpochRequest,
        AddPartitionsToTxnRequest,
        AddOffsetsToTxnRequest,
        EndTxnRequest,
        TxnOffsetCommitRequest,
        DescribeAclsRequest,
        CreateAclsRequest,
        DeleteAclsRequest,
        DescribeConfigsRequest,
        AlterConfigsRequest,
        IncrementalAlterConfigsRequest,
        DescribeLogDirsRequest,
        CreatePartitionsRequest,
        DeleteGroupsRequest,
        OffsetDeleteRequest,
        DescribeClusterRequest,
        DescribeProducersRequest,
        DescribeTransactionsRequest,
        ListTransactionsRequest,
        OffsetCommitRequest,
        FetchRequest,
        FindCoordinatorRequest,
        OffsetFetchRequest,
    );
    assert_eq!(OFFERED.len(), 37, "each of them stands above");
}

#[test]
fn elements_have_their_shape_in_every_version() {
    holds(|_| {
        let data = produce_request::PartitionProduceData::default()
            .with_records(Some(Bytes::from_static(b"records")));
        let topic = produce_request::TopicProduceData::default().with_name(NAME.into());
        ProduceRequest::default().with_transactional_id(Some(NAME.into())).with_topic_data(vec![
            topic
                .with_partition_data(
                    vec![data; 2]
                );
            2
        ])
    });
    holds(|version| {
        let topic = fetch_request::FetchTopic::default().with_partitions(vec![Default::default(); 2]);
        let forgotten = fetch_request::ForgottenTopic::default().with_partitions(vec![1, 2]);
        let forgotten = if version < 7 { Vec::new() } else { vec![forgotten; 2] };
        FetchRequest::default().with_topics(vec![topic; 2]).with_forgotten_topics_data(forgotten)
    });
    holds(tagged_fetch);
    holds(|_| {
        let topic = list_offsets_request::ListOffsetsTopic::default().with_name(NAME.into());
        ListOffsetsRequest::default().with_topics(vec![topic.with_partitions(vec![Default::default(); 2]); 2])
    });
    holds(|_| {
        let topic = metadata_request::MetadataRequestTopic::default().with_name(Some(NAME.into()));
        MetadataRequest::default().with_topics(Some(vec![topic; 2]))
    });
    holds(|_| {
        let protocol = join_group_request::JoinGroupRequestProtocol::default().with_name(NAME);
        JoinGroupRequest::default().with_protocols(vec![protocol; 2])
    });
    holds(|_| SyncGroupRequest::default().with_assignments(vec![Default::default(); 2]));
    holds(|version| {
        let members = if version < 3 { Vec::new() } else { vec![Default::default(); 2] };
        LeaveGroupRequest::default().with_members(members)
    });
    holds(|_| {
        let topic = offset_commit_request::OffsetCommitRequestTopic::default().with_name(NAME.into());
        OffsetCommitRequest::default()
            .with_topics(vec![topic.with_partitions(vec![Default::default(); 2]); 2])
    });
    holds(|version| {
        let topics =
            offset_fetch_request::OffsetFetchRequestTopics::default().with_partition_indexes(vec![1, 2]);
        let group =
            offset_fetch_request::OffsetFetchRequestGroup::default().with_topics(Some(vec![topics; 2]));
        let topic =
            offset_fetch_request::OffsetFetchRequestTopic::default().with_partition_indexes(vec![1, 2]);
        match version {
            ..8 => OffsetFetchRequest::default().with_topics(Some(vec![topic; 2])),
            8.. => OffsetFetchRequest::default().with_groups(vec![group; 2]),
        }
    });
    holds(|version| {
        let keys = if version < 4 { Vec::new() } else { vec![NAME; 2] };
        FindCoordinatorRequest::default().with_coordinator_keys(keys)
    });
    holds(|_| {
        let topic = txn_offset_commit_request::TxnOffsetCommitRequestTopic::default();
        TxnOffsetCommitRequest::default()
            .with_topics(vec![topic.with_partitions(vec![Default::default(); 2]); 2])
    });
    holds(|_| {
        let topic = AddPartitionsToTxnTopic::default().with_name(NAME.into()).with_partitions(vec![1, 2]);
        AddPartitionsToTxnRequest::default().with_v3_and_below_topics(vec![topic; 2])
    });
}

#[test]
fn elements_of_administration_have_their_shape_in_every_version() {
    holds(|_| {
        let assignment = CreatableReplicaAssignment::default().with_broker_ids(vec![BrokerId(1)]);
        let config = CreatableTopicConfig::default().with_name(NAME).with_value(Some(NAME));
        let topic =
            CreatableTopic::default().with_assignments(vec![assignment; 2]).with_configs(vec![config; 2]);
        CreateTopicsRequest::default().with_topics(vec![topic; 2])
    });
    holds(|version| match version {
        ..6 => DeleteTopicsRequest::default().with_topic_names(vec![NAME.into(); 2]),
        6.. => DeleteTopicsRequest::default().with_topics(vec![Default::default(); 2]),
    });
    holds(|_| {
        let topic = delete_records_request::DeleteRecordsTopic::default();
        DeleteRecordsRequest::default()
            .with_topics(vec![topic.with_partitions(vec![Default::default(); 2]); 2])
    });
    holds(|_| {
        let topic = offset_for_leader_epoch_request::OffsetForLeaderTopic::default();
        OffsetForLeaderEpochRequest::default().with_topics(vec![topic.with_partitions(vec![
            Default::default(
            );
            2
        ])])
    });
    holds(|_| {
        let resource = describe_configs_request::DescribeConfigsResource::default();
        DescribeConfigsRequest::default().with_resources(vec![
            resource.with_configuration_keys(Some(vec![
                NAME;
                2
            ]));
            2
        ])
    });
    holds(|_| {
        let resource = alter_configs_request::AlterConfigsResource::default();
        AlterConfigsRequest::default()
            .with_resources(vec![resource.with_configs(vec![Default::default(); 2]); 2])
    });
    holds(|_| {
        let resource = incremental_alter_configs_request::AlterConfigsResource::default();
        let resource = resource.with_configs(vec![Default::default(); 2]);
        IncrementalAlterConfigsRequest::default().with_resources(vec![resource; 2])
    });
    holds(|_| {
        let assignment = create_partitions_request::CreatePartitionsAssignment::default();
        let assignments = Some(vec![assignment.with_broker_ids(vec![BrokerId(1)]); 2]);
        let topic = create_partitions_request::CreatePartitionsTopic::default().with_assignments(assignments);
        CreatePartitionsRequest::default().with_topics(vec![topic; 2])
    });
    holds(|_| {
        let topic = describe_log_dirs_request::DescribableLogDirTopic::default().with_partitions(vec![1, 2]);
        DescribeLogDirsRequest::default().with_topics(Some(vec![topic; 2]))
    });
    holds(|_| {
        let topic = offset_delete_request::OffsetDeleteRequestTopic::default();
        OffsetDeleteRequest::default()
            .with_topics(vec![topic.with_partitions(vec![Default::default(); 2]); 2])
    });
    holds(|_| CreateAclsRequest::default().with_creations(vec![Default::default(); 2]));
    holds(|_| DeleteAclsRequest::default().with_filters(vec![Default::default(); 2]));
    holds(|_| DescribeGroupsRequest::default().with_groups(vec![NAME.into(); 2]));
    holds(|_| DeleteGroupsRequest::default().with_groups_names(vec![NAME.into(); 2]));
    holds(|_| {
        let topic = describe_producers_request::TopicRequest::default().with_partition_indexes(vec![1, 2]);
        DescribeProducersRequest::default().with_topics(vec![topic; 2])
    });
    holds(|_| DescribeTransactionsRequest::default().with_transactional_ids(vec![NAME.into(); 2]));
    holds(|_| ListTransactionsRequest::default().with_producer_id_filters(vec![ProducerId(1); 2]));
}

#[test]
fn an_array_that_promises_more_than_there_is_is_refused() {
    let api = offered(ApiKey::Metadata as i16).unwrap();
    let old = body_of(&[0x7f, 0xff, 0xff, 0xff, 0, 0], api.fields, 1, false);
    assert_eq!(old, Err(Malformed("cut short")));
    let compact = body_of(&[0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0], api.fields, 12, true);
    assert_eq!(compact, Err(Malformed("cut short")));
    let negative = body_of(&[0x80, 0, 0, 0], api.fields, 1, false);
    assert_eq!(negative, Err(Malformed("a negative length")));
    let long = body_of(&[0xff; 16], api.fields, 12, true);
    assert_eq!(long, Err(Malformed("a length out of range")));
}

#[test]
fn more_elements_than_allowed_are_refused() {
    let api = offered(ApiKey::Metadata as i16).unwrap();
    let count = i32::try_from(ELEMENTS).unwrap() + 1;
    let mut body = count.to_be_bytes().to_vec();
    body.resize(body.len() + 2 * (ELEMENTS + 1), 0);
    assert_eq!(body_of(&body, api.fields, 1, false), Err(Malformed("too many elements")));
}

#[test]
fn the_header_is_walked_as_the_codec_writes_it_and_its_tagged_fields_count() {
    for api in OFFERED {
        for version in api.min..=api.max {
            let flexible = api.is_flexible(version);
            let mut header = RequestHeader::default().with_client_id(Some(NAME));
            if flexible {
                header.unknown_tagged_fields = [(7, Bytes::from_static(b"seven"))].into();
            }
            let mut frame = BytesMut::new();
            header.encode(&mut frame, api.key.request_header_version(version)).unwrap();
            assert_eq!(check(&frame, &[], version, flexible), if flexible { Err(CUT) } else { Ok(()) });
            frame.extend_from_slice(&[0]);
            assert_eq!(check(&frame, &[], version, flexible), Ok(()), "{:?} {version}", api.key);
            for length in 0..frame.len() - 1 {
                assert_eq!(check(&frame[..length], &[], version, flexible), Err(CUT));
            }
        }
    }
}

const CUT: Malformed = Malformed("cut short");

#[test]
fn a_header_of_more_tagged_fields_than_a_request_may_have_elements_is_refused() {
    let mut frame = vec![0; 10];
    // The number of fields as a varint, then each with a number and no bytes.
    let count = ELEMENTS + 1;
    frame.extend([count as u8 | 0x80, (count >> 7) as u8 | 0x80, (count >> 14) as u8]);
    frame.resize(frame.len() + 2 * count, 0);
    assert_eq!(check(&frame, &[], 12, true), Err(Malformed("too many elements")));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_taken_or_refused_without_harm(
        key in 0..OFFERED.len(), step in 0i16..20, body in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
    ) {
        let api = &OFFERED[key];
        let version = (api.min + step).min(api.max);
        let _taken_or_refused = check(&body, api.fields, version, api.is_flexible(version));
    }
}

/// A Fetch with each tagged field that its version has.
fn tagged_fetch(version: i16) -> FetchRequest {
    let mut partition = fetch_request::FetchPartition::default();
    let mut request = FetchRequest::default();
    if version >= 12 {
        request.cluster_id = Some(NAME);
    }
    if version >= 15 {
        request.replica_state.replica_epoch = 7;
    }
    if version >= 17 {
        partition.replica_directory_id = 7_u128.to_be_bytes().to_vec().try_into().unwrap();
    }
    let topic = fetch_request::FetchTopic::default().with_partitions(vec![partition]);
    request.with_topics(vec![topic])
}

/// The decoder reads such a field without a look at its size, and would take bytes for the length of an array that the
/// walk has taken for something else.
#[test]
fn a_tagged_field_that_says_another_size_than_it_has_is_refused() {
    let api = offered(FetchRequest::KEY).unwrap();
    let mut body = BytesMut::new();
    tagged_fetch(17).encode(&mut body, 17).unwrap();
    let walk = |body: &[u8]| body_of(body, api.fields, 17, true).map(|rest| rest.len());
    assert_eq!(walk(&body), Ok(0));
    let sizes = [&[0, 16, 0, 0][..], &[0, 8, 8, b'f'], &[1, 13, 255, 255]];
    for (field, sized) in sizes.into_iter().enumerate() {
        let at = body.windows(4).position(|bytes| bytes == sized).expect("the field is there");
        for size in [0, sized[1] - 1, sized[1] + 1] {
            let mut lying = body.clone();
            lying[at + 1] = size;
            assert!(walk(&lying).is_err(), "field {field} that says {size} bytes");
        }
    }
}
