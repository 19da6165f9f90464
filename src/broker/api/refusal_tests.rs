//! What is refused, with the error that Apache Kafka gives.

use bytes::Bytes;
use kafka_protocol::messages::alter_configs_request::AlterConfigsResource;
use kafka_protocol::messages::incremental_alter_configs_request;
use kafka_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kafka_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kafka_protocol::messages::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use kafka_protocol::messages::{
    AlterConfigsRequest, IncrementalAlterConfigsRequest, ListGroupsRequest, ListOffsetsRequest,
    OffsetCommitRequest, OffsetDeleteRequest,
};

use crate::broker::log::Compression;
use crate::broker::server::client_for_tests::*;

const CORRUPT_MESSAGE: i16 = 2;
const UNKNOWN_TOPIC_OR_PARTITION: i16 = 3;
const INVALID_REQUEST: i16 = 42;
const UNSUPPORTED_COMPRESSION_TYPE: i16 = 76;
const INVALID_RECORD: i16 = 87;

#[test]
fn batches_of_another_format_are_told_apart_from_damage() {
    let broker = memory();
    let mut stream = connect(&broker);
    create_topic(&mut stream, &[]);
    let with = |at: usize, byte: u8| -> Bytes {
        let mut bytes = batch(10, Compression::None).to_vec();
        bytes[at] = byte;
        bytes.into()
    };
    let whole = batch(10, Compression::None);
    let mut of = |records| produce(&mut stream, records, 9);
    assert_eq!([of(with(16, 0)), of(with(16, 1))], [INVALID_RECORD; 2]);
    assert_eq!([of(with(16, 3)), of(with(16, 0xff))], [CORRUPT_MESSAGE; 2]);
    // A length that no batch has, another than there is, and a bit of the records.
    assert_eq!(of(with(8, 0xff)), CORRUPT_MESSAGE);
    assert_eq!([of(with(11, 13)), of(with(11, 200))], [CORRUPT_MESSAGE, INVALID_RECORD]);
    assert_eq!(of(with(65, 0xff)), CORRUPT_MESSAGE);
    for length in [0, 11, 16, whole.len() - 1] {
        assert_eq!(of(whole.slice(..length)), INVALID_RECORD, "{length} bytes");
    }
    assert_eq!(of([&whole[..], &whole[..]].concat().into()), INVALID_RECORD);
    assert_eq!(of(whole), 0);
}

#[test]
fn zstd_is_refused_where_the_version_does_not_know_it() {
    let broker = memory();
    let mut stream = connect(&broker);
    create_topic(&mut stream, &[]);
    let errors = [3, 6, 7].map(|version| produce(&mut stream, batch(100, Compression::Zstd), version));
    assert_eq!(errors, [UNSUPPORTED_COMPRESSION_TYPE, UNSUPPORTED_COMPRESSION_TYPE, 0]);
    assert_eq!(produce(&mut stream, batch(100, Compression::Gzip), 3), 0);
}

#[test]
fn offsets_in_topics_that_are_not_there_make_no_group() {
    let broker = memory();
    let mut stream = connect(&broker);
    let topic = OffsetCommitRequestTopic::default().with_name(name("t"));
    let topic = topic.with_partitions(vec![OffsetCommitRequestPartition::default()]);
    let request = OffsetCommitRequest::default()
        .with_group_id(name("g"))
        .with_generation_id_or_member_epoch(-1)
        .with_topics(vec![topic]);
    let mut commit = || ask(&mut stream, &request, 8).topics.remove(0).partitions.remove(0).error_code;
    assert_eq!(commit(), UNKNOWN_TOPIC_OR_PARTITION);
    let groups = |stream: &mut _| ask(stream, &ListGroupsRequest::default(), 4).groups.len();
    assert_eq!(groups(&mut connect(&broker)), 0);
    create_topic(&mut connect(&broker), &[]);
    assert_eq!(commit(), 0);
    assert_eq!(groups(&mut connect(&broker)), 1);

    let delete = |topic: &'static str, number: i32| {
        let partition = OffsetDeleteRequestPartition::default().with_partition_index(number);
        let topic = OffsetDeleteRequestTopic::default().with_name(name(topic));
        let topics = vec![topic.with_partitions(vec![partition])];
        let request = OffsetDeleteRequest::default().with_group_id(name("g")).with_topics(topics);
        ask(&mut connect(&broker), &request, 0).topics.remove(0).partitions.remove(0).error_code
    };
    let unknown = [delete("u", 0), delete("t", 1)];
    assert_eq!((unknown, delete("t", 0)), ([UNKNOWN_TOPIC_OR_PARTITION; 2], 0));
}

#[test]
fn an_offset_that_is_asked_for_twice_is_not_looked_up() {
    let broker = memory();
    let mut stream = connect(&broker);
    create_topic(&mut stream, &[]);
    let of = |number| ListOffsetsPartition::default().with_partition_index(number).with_timestamp(-1);
    let topic = ListOffsetsTopic::default().with_name(name("t"));
    let topic = topic.with_partitions(vec![of(0), of(1), of(0)]);
    let answer = ask(&mut stream, &ListOffsetsRequest::default().with_topics(vec![topic]), 1);
    let errors: Vec<i16> = answer.topics[0].partitions.iter().map(|partition| partition.error_code).collect();
    assert_eq!(errors, [INVALID_REQUEST, UNKNOWN_TOPIC_OR_PARTITION, INVALID_REQUEST]);
}

#[test]
fn a_resource_that_is_named_twice_is_not_changed() {
    let broker = memory();
    let mut stream = connect(&broker);
    create_topic(&mut stream, &[]);
    let topic = AlterConfigsResource::default().with_resource_type(2).with_resource_name(name("t"));
    let request = AlterConfigsRequest::default().with_resources(vec![topic; 2]);
    let answer = ask(&mut stream, &request, 2).responses;
    assert_eq!([answer[0].error_code, answer[1].error_code], [INVALID_REQUEST; 2]);
    let topic = incremental_alter_configs_request::AlterConfigsResource::default();
    let topic = topic.with_resource_type(2).with_resource_name(name("t"));
    let request = IncrementalAlterConfigsRequest::default().with_resources(vec![topic; 2]);
    let answer = ask(&mut stream, &request, 1).responses;
    assert_eq!([answer[0].error_code, answer[1].error_code], [INVALID_REQUEST; 2]);
}
