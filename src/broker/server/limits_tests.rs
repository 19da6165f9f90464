//! What one client may take of what all share.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use kafka_protocol::messages::join_group_request::JoinGroupRequestProtocol;
use kafka_protocol::messages::{JoinGroupRequest, MetadataRequest};

use super::Broker;
use super::client_for_tests::*;
use crate::broker::config::{BrokerConfig, Limits};
use crate::broker::log::Compression;

fn with(limits: Limits) -> Broker {
    Broker::start(BrokerConfig { limits, ..BrokerConfig::default() }).unwrap()
}

/// Memory for one small request at a time.
fn narrow() -> Limits {
    Limits { requests_in_flight_bytes: 1, fetches_in_flight_bytes: 1, ..Limits::default() }
}

fn send(stream: &mut TcpStream, length: usize, bytes: &[u8]) {
    stream.write_all(&i32::try_from(length).unwrap().to_be_bytes()).unwrap();
    stream.write_all(bytes).unwrap();
}

/// Whether the broker answers somebody else.
fn assert_others_are_answered(broker: &Broker) {
    assert_eq!(ask(&mut connect(broker), &MetadataRequest::default(), 1).brokers.len(), 1);
}

#[test]
fn large_requests_that_do_not_come_stop_nobody() {
    let broker = with(Limits::default());
    let mut streams: Vec<TcpStream> = (0..4).map(|_| connect(&broker)).collect();
    for stream in &mut streams {
        send(stream, 100 << 20, &[0; 1000]);
    }
    // Sooner or later the broker has seen them all.
    for _ in 0..20 {
        std::thread::sleep(Duration::from_millis(20));
        assert_others_are_answered(&broker);
    }
}

#[test]
fn who_stops_within_a_large_request_is_closed_and_others_go_on() {
    let broker = with(Limits { idle: Duration::from_secs(1), ..narrow() });
    let mut stream = connect(&broker);
    send(&mut stream, 100 << 20, &vec![0; 1 << 20]);
    assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
    assert_others_are_answered(&broker);
}

#[test]
fn a_large_request_that_comes_is_taken() {
    let broker = with(narrow());
    let mut stream = connect(&broker);
    create_topic(&mut stream, &[("max.message.bytes", "10000000")]);
    assert_eq!(produce(&mut stream, batch(5 << 20, Compression::None), 9), 0);
    let request = fetch_request(0, 1, 10 << 20);
    assert!(fetch(&mut stream, &request, 12).records.unwrap().len() > 5 << 20);
}

#[test]
fn a_fetch_that_waits_holds_no_memory() {
    let broker = with(narrow());
    let mut stream = connect(&broker);
    create_topic(&mut stream, &[]);
    let frame = request(&fetch_request(0, 1, 1), 12);
    send(&mut stream, frame.len(), &frame);
    let mut other = connect(&broker);
    assert_eq!(produce(&mut other, batch(1, Compression::None), 9), 0);
    assert!(answer(&mut stream).is_some());
}

fn join(stream: &mut TcpStream, member_id: &'static str) {
    let protocol = JoinGroupRequestProtocol::default().with_name(name("range"));
    let join = JoinGroupRequest::default()
        .with_group_id(name("g"))
        .with_member_id(name(member_id))
        .with_protocol_type(name("consumer"))
        .with_session_timeout_ms(1_800_000)
        .with_rebalance_timeout_ms(1_800_000)
        .with_protocols(vec![protocol]);
    let frame = request(&join, 3);
    send(stream, frame.len(), &frame);
}

#[test]
fn a_join_that_waits_holds_no_memory() {
    let broker = with(narrow());
    let (mut first, mut second) = (connect(&broker), connect(&broker));
    join(&mut first, "");
    assert!(answer(&mut first).is_some());
    // It waits for the first to join again.
    join(&mut second, "");
    for _ in 0..3 {
        assert_others_are_answered(&broker);
    }
}

#[test]
fn a_client_that_goes_while_its_answer_waits_makes_room_for_another() {
    let broker = with(Limits { connections: 1, ..Limits::default() });
    let mut stream = connect(&broker);
    create_topic(&mut stream, &[]);
    let frame = request(&fetch_request(0, 1, 1).with_max_wait_ms(i32::MAX), 12);
    send(&mut stream, frame.len(), &frame);
    drop(stream);
    let metadata = request(&MetadataRequest::default(), 1);
    let is_answered = || {
        let mut stream = connect(&broker);
        let sent = stream.write_all(&i32::try_from(metadata.len()).unwrap().to_be_bytes());
        sent.and_then(|()| stream.write_all(&metadata)).is_ok() && stream.read(&mut [0]).unwrap_or(0) == 1
    };
    assert!((0..300).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        is_answered()
    }));
}

#[test]
fn a_fetch_that_gives_little_holds_little() {
    // Each of many answers that nobody reads holds what it has, not what was asked for.
    let limits = Limits { fetches_in_flight_bytes: 64 << 20, ..Limits::default() };
    let broker = with(limits);
    let mut stream = connect(&broker);
    create_topic(&mut stream, &[("max.message.bytes", "20000000")]);
    assert_eq!(produce(&mut stream, batch(12 << 20, Compression::None), 9), 0);
    let unread: Vec<TcpStream> = (0..2)
        .map(|_| {
            let mut stream = connect(&broker);
            let frame = request(&fetch_request(0, 1, 30 << 20), 12);
            send(&mut stream, frame.len(), &frame);
            // Something of the answer is there, so it is being written.
            assert_eq!(stream.peek(&mut [0]).unwrap(), 1);
            stream
        })
        .collect();
    let another = fetch_request(1, 0, 30 << 20).with_max_wait_ms(0);
    assert_eq!(fetch(&mut stream, &another, 12).error_code, 0);
    drop(unread);
}
