//! A client as tests need it: bytes out, bytes in, and the few requests that many of them make.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::create_topics_request::CreatableTopic;
use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::fetch_response::PartitionData;
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::{
    CreateTopicsRequest, FetchRequest, ProduceRequest, RequestHeader, ResponseHeader,
};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, Request, StrBytes};

use super::Broker;
use crate::broker::config::{BrokerConfig, Storage};
use crate::broker::log::{Compression, PlainRecord, Producer, encode_batch};

pub(in crate::broker) fn memory() -> Broker {
    Broker::start(BrokerConfig::default()).unwrap()
}

pub(in crate::broker) fn connect(broker: &Broker) -> TcpStream {
    let stream = TcpStream::connect(broker.address()).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// Sends bytes as a frame and gives the frame that comes back; `None` when the connection is closed instead.
pub(in crate::broker) fn exchange(stream: &mut TcpStream, frame: &[u8]) -> Option<Bytes> {
    let length = i32::try_from(frame.len()).unwrap();
    stream.write_all(&length.to_be_bytes()).unwrap();
    stream.write_all(frame).unwrap();
    answer(stream)
}

pub(in crate::broker) fn answer(stream: &mut TcpStream) -> Option<Bytes> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut frame = vec![0; usize::try_from(i32::from_be_bytes(length)).unwrap()];
    stream.read_exact(&mut frame).unwrap();
    Some(Bytes::from(frame))
}

pub(in crate::broker) fn request<Q: Request>(request: &Q, version: i16) -> BytesMut {
    let mut frame = BytesMut::new();
    let header = RequestHeader::default()
        .with_request_api_key(Q::KEY)
        .with_request_api_version(version)
        .with_correlation_id(7);
    header.encode(&mut frame, Q::header_version(version)).unwrap();
    request.encode(&mut frame, version).unwrap();
    frame
}

pub(in crate::broker) fn ask<Q: Request>(stream: &mut TcpStream, question: &Q, version: i16) -> Q::Response {
    let mut frame = exchange(stream, &request(question, version)).unwrap();
    let header = ResponseHeader::decode(&mut frame, Q::Response::header_version(version)).unwrap();
    assert_eq!(header.correlation_id, 7);
    Q::Response::decode(&mut frame, version).unwrap()
}

/// A broker on a folder.
pub(in crate::broker) fn on_folder(root: &Path) -> Broker {
    let storage = Storage::Folder(root.to_path_buf());
    Broker::start(BrokerConfig { storage, ..BrokerConfig::default() }).unwrap()
}

pub(in crate::broker) fn name<T: From<StrBytes>>(name: &'static str) -> T {
    StrBytes::from_static_str(name).into()
}

/// Creates the topic `t` with one partition, and this configuration.
pub(in crate::broker) fn create_topic(stream: &mut TcpStream, config: &[(&'static str, &'static str)]) {
    let configs = config.iter().map(|(key, value)| {
        let config = kafka_protocol::messages::create_topics_request::CreatableTopicConfig::default();
        config.with_name(name(key)).with_value(Some(name(value)))
    });
    let topic = CreatableTopic::default().with_name(name("t")).with_num_partitions(1);
    let topic = topic.with_replication_factor(1).with_configs(configs.collect());
    let answer = ask(stream, &CreateTopicsRequest::default().with_topics(vec![topic]), 4);
    assert_eq!(answer.topics[0].error_code, 0);
}

/// A batch of one record with a value of so many bytes, none of which compresses well.
pub(in crate::broker) fn batch(bytes: usize, compression: Compression) -> Bytes {
    let value: Vec<u8> = (0..bytes).map(|at| ((at * 7919) >> 3) as u8).collect();
    let record = PlainRecord { timestamp: 1, key: None, value: Some(&value) };
    encode_batch(&[record], Producer::NONE, compression).unwrap()
}

pub(in crate::broker) fn produce_request(records: Bytes) -> ProduceRequest {
    let data = PartitionProduceData::default().with_index(0).with_records(Some(records));
    let topic = TopicProduceData::default().with_name(name("t")).with_partition_data(vec![data]);
    ProduceRequest::default().with_acks(1).with_topic_data(vec![topic])
}

/// Writes a batch to partition 0 of `t`; gives the error.
pub(in crate::broker) fn produce(stream: &mut TcpStream, records: Bytes, version: i16) -> i16 {
    let answer = ask(stream, &produce_request(records), version);
    answer.responses[0].partition_responses[0].error_code
}

/// A fetch of partition 0 of `t` from an offset, which waits for at least `min_bytes`, of which there can be `max_bytes`.
pub(in crate::broker) fn fetch_request(offset: i64, min_bytes: i32, max_bytes: i32) -> FetchRequest {
    let partition = FetchPartition::default().with_partition(0).with_fetch_offset(offset);
    let partition = partition.with_partition_max_bytes(max_bytes);
    let topic = FetchTopic::default().with_topic(name("t")).with_partitions(vec![partition]);
    FetchRequest::default()
        .with_max_wait_ms(60_000)
        .with_min_bytes(min_bytes)
        .with_max_bytes(i32::MAX)
        .with_topics(vec![topic])
}

/// What the first partition of a fetch came to.
pub(in crate::broker) fn fetch(
    stream: &mut TcpStream,
    request: &FetchRequest,
    version: i16,
) -> PartitionData {
    ask(stream, request, version).responses.remove(0).partitions.remove(0)
}
