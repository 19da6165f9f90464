//! Whatever bytes a connection brings: frames are read, requests decoded and answered, and the broker still answers
//! everybody else.
//!
//! The first byte of an input chooses how the rest is sent: as it is, as frames whose lengths are right, or as the body
//! of a request that is offered. Used by a libFuzzer target and by a test.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use kafka_protocol::messages::{
    ApiKey, ApiVersionsRequest, DeleteGroupsRequest, DeleteTopicsRequest, ListGroupsRequest, MetadataRequest,
    RequestHeader, ResponseHeader,
};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, Request, StrBytes};

use super::broker::BrokerConfig;

/// How long the broker may take to answer the witness.
const PATIENCE: Duration = Duration::from_secs(60);

/// A broker of which no input can ask much.
pub fn config() -> BrokerConfig {
    let mut config = BrokerConfig::default();
    config.limits.request_bytes = 1 << 20;
    config.limits.requests_in_flight_bytes = 16 << 20;
    config.limits.fetches_in_flight_bytes = 16 << 20;
    config.limits.partitions = 100;
    config.topics.auto_create = true;
    config.groups.min_session_timeout_ms = 0;
    config.groups.max_session_timeout_ms = 2_000;
    config
}

/// Sends inputs to a broker, each over a connection of its own, and looks after each whether the broker still answers.
pub struct Sender {
    address: SocketAddr,
    witness: TcpStream,
    /// Key, oldest and newest version of what is offered.
    offered: Vec<(i16, i16, i16)>,
}

impl Sender {
    /// Connects to a broker and learns what it offers.
    pub fn connect(address: SocketAddr) -> Self {
        let witness = TcpStream::connect(address).expect("the broker listens");
        witness.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        witness.set_nodelay(true).expect("no delay");
        let mut sender = Self { address, witness, offered: Vec::new() };
        let list = sender.call(0, &ApiVersionsRequest::default());
        sender.offered =
            list.api_keys.iter().map(|api| (api.api_key, api.min_version, api.max_version)).collect();
        sender
    }

    /// One input.
    pub fn run(&mut self, input: &[u8]) {
        let Some((mode, bytes)) = input.split_first() else { return };
        let sent = match mode % 8 {
            0 => bytes.to_vec(),
            1 => frames(bytes),
            _ => self.request(bytes),
        };
        let mut stream = TcpStream::connect(self.address).expect("the broker listens");
        stream.set_read_timeout(Some(Duration::from_millis(20))).expect("a time-out");
        // The broker may close before it has read all, and wait before it answers.
        let _ = stream.write_all(&sent);
        let _ = stream.shutdown(Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
        self.call(0, &ApiVersionsRequest::default());
    }

    /// A frame with a header that is right, for an API and a version that the first bytes choose among those that are
    /// offered; the rest is the body.
    fn request(&self, bytes: &[u8]) -> Vec<u8> {
        let [key, version, body @ ..] = bytes else { return Vec::new() };
        let named = self.offered.iter().find(|(offered, ..)| *offered == i16::from(*key));
        let (key, oldest, newest) = *named.unwrap_or(&self.offered[usize::from(*key) % self.offered.len()]);
        let version = i16::from(*version);
        let version = match (oldest..=newest).contains(&version) {
            true => version,
            false => oldest + version % (newest - oldest + 1),
        };
        let mut frame = BytesMut::new();
        frame.put_u32(0);
        let header_version =
            ApiKey::try_from(key).map_or(1, |key: ApiKey| key.request_header_version(version));
        put_header(&mut frame, key, version, header_version);
        frame.extend_from_slice(body);
        finished(frame)
    }

    /// Deletes all topics, and all groups that nobody is in any more.
    pub fn clean(&mut self) {
        let topics = self.call(4, &MetadataRequest::default().with_topics(None)).topics;
        let names = topics.into_iter().filter_map(|topic| topic.name).collect();
        self.call(5, &DeleteTopicsRequest::default().with_topic_names(names).with_timeout_ms(30_000));
        let groups = self.call(2, &ListGroupsRequest::default()).groups;
        let ids = groups.into_iter().map(|group| group.group_id).collect();
        self.call(1, &DeleteGroupsRequest::default().with_groups_names(ids));
    }

    /// A request of the witness, which must be answered.
    fn call<Q: Request>(&mut self, version: i16, request: &Q) -> Q::Response {
        let mut frame = BytesMut::new();
        frame.put_u32(0);
        put_header(&mut frame, Q::KEY, version, Q::header_version(version));
        request.encode(&mut frame, version).expect("a request");
        self.witness.write_all(&finished(frame)).expect("the broker reads");
        let mut length = [0; 4];
        self.witness.read_exact(&mut length).expect("the broker answers");
        let mut answer = vec![0; u32::from_be_bytes(length) as usize];
        self.witness.read_exact(&mut answer).expect("the broker answers");
        let mut answer = Bytes::from(answer);
        let header = <Q::Response as HeaderVersion>::header_version(version);
        ResponseHeader::decode(&mut answer, header).expect("a header");
        let response = Q::Response::decode(&mut answer, version).expect("an answer");
        assert!(!answer.has_remaining(), "bytes after the answer");
        response
    }
}

fn put_header(frame: &mut BytesMut, key: i16, version: i16, header_version: i16) {
    let header = RequestHeader::default()
        .with_request_api_key(key)
        .with_request_api_version(version)
        .with_correlation_id(7)
        .with_client_id(Some(StrBytes::from_static_str("fuzz")));
    header.encode(frame, header_version).expect("a header");
}

/// With its length before it.
fn finished(mut frame: BytesMut) -> Vec<u8> {
    let length = frame.len() as u32 - 4;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    frame.to_vec()
}

/// Pieces, each with its length before it.
fn frames(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks(97).flat_map(|piece| [&(piece.len() as u32).to_be_bytes(), piece].concat()).collect()
}
