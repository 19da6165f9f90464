//! Frames, and what becomes of a connection that speaks nonsense.

use bytes::BytesMut;
use kafka_protocol::messages::{ApiKey, ApiVersionsResponse, ResponseHeader};
use kafka_protocol::protocol::{Decodable, Encodable};

use super::batch::Batch;
use super::calls::produce_request;
use super::codes::UNSUPPORTED_VERSION;
use super::target::Target;
use super::versions::offered;

cases! {
    raw:
        a_version_of_api_versions_that_is_not_known_is_answered_with_the_list,
        an_unknown_api_closes_the_connection,
        a_version_that_is_not_offered_closes_the_connection,
        a_frame_larger_than_the_limit_closes_the_connection,
        a_frame_of_negative_length_closes_the_connection,
        a_frame_that_is_no_request_closes_the_connection,
        a_request_that_is_cut_short_closes_the_connection,
        a_connection_that_closes_in_the_middle_of_a_frame_harms_nobody;
}

fn a_version_of_api_versions_that_is_not_known_is_answered_with_the_list(target: &Target) {
    let mut raw = target.raw();
    let key = ApiKey::ApiVersions as i16;
    let correlation = raw.send_as(key, 99, 2, &[]);
    let mut frame = raw.receive_frame().unwrap();
    let header = ResponseHeader::decode(&mut frame, 0).unwrap();
    let response = ApiVersionsResponse::decode(&mut frame, 0).unwrap();
    assert_eq!((header.correlation_id, response.error_code), (correlation, UNSUPPORTED_VERSION));
    let itself = response.api_keys.iter().find(|api| api.api_key == key).unwrap();
    assert_eq!(itself.min_version, 0);
    offered(&mut raw);
}

fn an_unknown_api_closes_the_connection(target: &Target) {
    for key in [999, -1] {
        let mut raw = target.raw();
        raw.send_as(key, 0, 1, &[0; 16]);
        assert!(raw.is_closed(), "API {key}");
    }
    offered(&mut target.raw());
}

fn a_version_that_is_not_offered_closes_the_connection(target: &Target) {
    for version in [99, -1] {
        let mut raw = target.raw();
        let correlation = raw.send_as(ApiKey::Metadata as i16, version, 1, &[0; 16]);
        // A broker may say why before it closes: the error after the correlation id, and nothing else.
        if let Some(frame) = raw.receive_frame() {
            assert_eq!(frame, [&correlation.to_be_bytes()[..], &UNSUPPORTED_VERSION.to_be_bytes()].concat());
            assert!(raw.is_closed(), "version {version}");
        }
    }
    offered(&mut target.raw());
}

fn a_frame_larger_than_the_limit_closes_the_connection(target: &Target) {
    let mut raw = target.raw();
    // `socket.request.max.bytes`; what it announces is never sent.
    raw.send_bytes(&(100 * 1024 * 1024_i32 + 1).to_be_bytes());
    assert!(raw.is_closed());
    offered(&mut target.raw());
}

fn a_frame_of_negative_length_closes_the_connection(target: &Target) {
    let mut raw = target.raw();
    raw.send_bytes(&(-1_i32).to_be_bytes());
    assert!(raw.is_closed());
    offered(&mut target.raw());
}

fn a_frame_that_is_no_request_closes_the_connection(target: &Target) {
    let nonsense: [&[u8]; 4] = [&[], &[0], &[0xff; 64], b"GET / HTTP/1.1\r\n\r\n"];
    for bytes in nonsense {
        let mut raw = target.raw();
        raw.send_bytes(&(bytes.len() as i32).to_be_bytes());
        raw.send_bytes(bytes);
        assert!(raw.is_closed(), "{bytes:?}");
    }
    offered(&mut target.raw());
}

fn a_request_that_is_cut_short_closes_the_connection(target: &Target) {
    let topic = target.topic("cut", 1, &[]);
    let mut whole = BytesMut::new();
    produce_request(&topic, 0, Batch::value("v").bytes()).encode(&mut whole, 9).unwrap();
    for length in [1, whole.len() / 2, whole.len() - 1] {
        let mut raw = target.raw();
        raw.send_as(ApiKey::Produce as i16, 9, 2, &whole[..length]);
        assert!(raw.is_closed(), "{length} bytes of {}", whole.len());
    }
    assert_eq!(target.raw().watermarks(&topic), (0, 0));
}

fn a_connection_that_closes_in_the_middle_of_a_frame_harms_nobody(target: &Target) {
    let mut other = target.raw();
    for _ in 0..20 {
        let mut raw = target.raw();
        raw.send_bytes(&1_000_i32.to_be_bytes());
        raw.send_bytes(&[0, 3, 0]);
    }
    offered(&mut other);
}
