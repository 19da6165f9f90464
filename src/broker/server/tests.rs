//! A broker as a program sees it that speaks its protocol byte by byte.

use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use kafka_protocol::ResponseError;
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::{
    ApiKey, ApiVersionsRequest, ApiVersionsResponse, MetadataRequest, MetadataResponse, ProduceRequest,
    ResponseHeader, TopicName, TransactionalId,
};
use kafka_protocol::protocol::{Decodable, StrBytes};

use super::client_for_tests::{answer, ask, connect, exchange, memory, request};
use super::*;
use crate::broker::config::{Limits, LogSink, Storage};
use crate::broker::log::{self, PlainRecord};
use crate::broker::partition::TopicPartition;
use crate::broker::topics::NewTopic;
use crate::broker::transactions::InitRequest;

#[test]
fn it_answers_when_start_returns_and_not_when_it_has_stopped() {
    let broker = memory();
    let address = broker.address();
    assert!(address.ip().is_loopback());
    let answer: ApiVersionsResponse = ask(&mut connect(&broker), &ApiVersionsRequest::default(), 0);
    assert_eq!((answer.error_code, answer.api_keys.len()), (0, versions::OFFERED.len()));
    broker.stop();
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_version_of_api_versions_that_is_not_known_gets_the_list_in_its_oldest_form() {
    let broker = memory();
    let mut stream = connect(&broker);
    let mut frame = request(&ApiVersionsRequest::default(), 0);
    frame[2..4].copy_from_slice(&99i16.to_be_bytes());
    let mut bytes = exchange(&mut stream, &frame).unwrap();
    ResponseHeader::decode(&mut bytes, 0).unwrap();
    let answer = ApiVersionsResponse::decode(&mut bytes, 0).unwrap();
    assert_eq!(answer.error_code, 35);
    let metadata = answer.api_keys.iter().find(|api| api.api_key == ApiKey::Metadata as i16).unwrap();
    assert_eq!((metadata.min_version, metadata.max_version), (0, 13));
    // The connection goes on.
    let answer: MetadataResponse = ask(&mut stream, &MetadataRequest::default(), 12);
    assert_eq!(answer.brokers.len(), 1);
}

#[test]
fn a_version_of_another_api_that_is_not_known_gets_the_error_and_the_connection_closes() {
    let broker = memory();
    let mut stream = connect(&broker);
    let mut frame = request(&MetadataRequest::default(), 1);
    frame[2..4].copy_from_slice(&99i16.to_be_bytes());
    assert_eq!(exchange(&mut stream, &frame).unwrap(), &[0, 0, 0, 7, 0, 35][..]);
    assert_eq!(answer(&mut stream), None);
}

#[test]
fn what_is_no_request_closes_its_connection_with_a_line_and_nothing_else() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    let log = LogSink::new(move |line| kept.lock().unwrap().push(line.to_string()));
    let broker = Broker::start(BrokerConfig { log, ..BrokerConfig::default() }).unwrap();
    let mut witness = connect(&broker);
    let metadata = request(&MetadataRequest::default(), 1);
    let mut promises = metadata.to_vec();
    let end = promises.len() - 4;
    promises[end..].copy_from_slice(&i32::MAX.to_be_bytes());
    let cut = metadata[..metadata.len() - 1].to_vec();
    let unknown = [&1234i16.to_be_bytes()[..], &[0; 20]].concat();
    for (number, garbage) in [vec![], vec![0; 3], vec![0xff; 100], promises, cut, unknown].iter().enumerate()
    {
        assert_eq!(exchange(&mut connect(&broker), garbage), None, "{garbage:?}");
        let answer: MetadataResponse = ask(&mut witness, &MetadataRequest::default(), 1);
        assert_eq!(answer.brokers.len(), 1);
        assert_eq!(lines.lock().unwrap().len(), number + 1);
    }
}

#[test]
fn a_frame_over_the_limit_is_refused_before_it_is_read() {
    let limits = Limits { request_bytes: 1000, ..Limits::default() };
    let broker = Broker::start(BrokerConfig { limits, ..BrokerConfig::default() }).unwrap();
    for length in [1001, i32::MAX, -1] {
        let mut stream = connect(&broker);
        stream.write_all(&length.to_be_bytes()).unwrap();
        assert_eq!(answer(&mut stream), None, "{length}");
    }
}

#[test]
fn requests_that_come_at_once_are_answered_in_their_order() {
    let broker = memory();
    let mut stream = connect(&broker);
    let mut bytes = Vec::new();
    for number in 0..50i32 {
        let mut frame = request(&MetadataRequest::default(), 1);
        frame[4..8].copy_from_slice(&number.to_be_bytes());
        bytes.extend_from_slice(&i32::try_from(frame.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(&frame);
    }
    stream.write_all(&bytes).unwrap();
    for number in 0..50i32 {
        assert_eq!(answer(&mut stream).unwrap()[..4], number.to_be_bytes());
    }
}

#[test]
fn connections_over_the_limit_are_closed_and_others_stay() {
    let limits = Limits { connections: 2, ..Limits::default() };
    let broker = Broker::start(BrokerConfig { limits, ..BrokerConfig::default() }).unwrap();
    let mut first = connect(&broker);
    let mut second = connect(&broker);
    for stream in [&mut first, &mut second] {
        let _answer: MetadataResponse = ask(stream, &MetadataRequest::default(), 1);
    }
    assert_eq!(answer(&mut connect(&broker)), None);
    let _answer: MetadataResponse = ask(&mut first, &MetadataRequest::default(), 1);
}

#[test]
fn a_producer_of_another_epoch_does_not_write_into_an_open_transaction() {
    let broker = memory();
    let topic = NewTopic { name: "topic".into(), partitions: 1, config: Default::default() };
    broker.node.topics.create(topic, false, broker.node.now()).unwrap();
    let request = InitRequest { transactional_id: Some("id".into()), timeout_ms: 60_000, known: None };
    let producer = broker.node.with_transactions(|transactions| {
        let now = broker.node.now();
        let producer = transactions.init(now, &request).unwrap();
        transactions.add_partitions(now, "id", producer, &[TopicPartition::new("topic", 0)]).unwrap();
        producer
    });
    let mut stream = connect(&broker);
    let mut produce = |epoch, sequence| {
        let record = PlainRecord { timestamp: 0, key: None, value: Some(b"value") };
        let of = log::Producer { id: producer.id, epoch, sequence, transactional: true };
        let batch = log::encode_batch(&[record], of, log::Compression::None).unwrap();
        let data = PartitionProduceData::default().with_records(Some(batch));
        let topic = TopicProduceData::default()
            .with_name(TopicName(StrBytes::from_static_str("topic")))
            .with_partition_data(vec![data]);
        let request = ProduceRequest::default()
            .with_transactional_id(Some(TransactionalId(StrBytes::from_static_str("id"))))
            .with_acks(-1)
            .with_topic_data(vec![topic]);
        ask(&mut stream, &request, 9).responses[0].partition_responses[0].error_code
    };
    assert_eq!(produce(producer.epoch, 0), 0);
    assert_eq!(produce(producer.epoch, 1), 0);
    assert_eq!(produce(producer.epoch + 1, 0), ResponseError::InvalidProducerEpoch.code());
}

#[test]
fn a_folder_keeps_the_cluster_and_is_given_to_one_broker_at_a_time() {
    let root = tempfile::tempdir().unwrap();
    let config =
        BrokerConfig { storage: Storage::Folder(root.path().to_path_buf()), ..BrokerConfig::default() };
    let id = |broker: &Broker| -> Option<String> {
        let answer: MetadataResponse = ask(&mut connect(broker), &MetadataRequest::default(), 2);
        answer.cluster_id.map(|id| id.to_string())
    };
    let first = Broker::start(config.clone()).unwrap();
    assert!(matches!(Broker::start(config.clone()), Err(BrokerError::FolderInUse(_))));
    let before = id(&first);
    first.stop();
    assert_eq!(id(&Broker::start(config).unwrap()), before);
}

#[test]
fn a_topic_that_has_grown_meanwhile_refuses_what_is_no_longer_more() {
    let broker = memory();
    super::client_for_tests::create_topic(&mut connect(&broker), &[]);
    let grow =
        |count| broker.node.topics.add_partitions("t", count, false, 0).map_err(|refused| refused.error);
    let all = [grow(3), grow(3), grow(2)];
    assert_eq!(all, [Ok(()), Err(ResponseError::InvalidPartitions), Err(ResponseError::InvalidPartitions)]);
}
