//! Frames, versions, and what becomes of a connection that speaks nonsense.

use bytes::BytesMut;
use kafka_protocol::messages::{
    ApiKey, ApiVersionsRequest, ApiVersionsResponse, CreateTopicsRequest, DescribeClusterRequest,
    DescribeConfigsRequest, DescribeGroupsRequest, FindCoordinatorRequest, ListGroupsRequest,
    ListOffsetsRequest, MetadataRequest, ResponseHeader,
};
use kafka_protocol::protocol::{Decodable, Encodable, Request};

use super::batch::Batch;
use super::calls::{fetch_request, produce_request};
use super::codes::{NONE, UNSUPPORTED_VERSION};
use super::raw::{Raw, text};
use super::target::Target;

cases! {
    raw:
        every_version_that_is_offered_is_answered,
        a_version_of_api_versions_that_is_not_known_is_answered_with_the_list,
        an_unknown_api_closes_the_connection,
        a_version_that_is_not_offered_closes_the_connection,
        a_frame_larger_than_the_limit_closes_the_connection,
        a_frame_of_negative_length_closes_the_connection,
        a_frame_that_is_no_request_closes_the_connection,
        a_request_that_is_cut_short_closes_the_connection,
        a_connection_that_closes_in_the_middle_of_a_frame_harms_nobody;
}

fn offered(raw: &mut Raw) -> ApiVersionsResponse {
    let request = ApiVersionsRequest::default()
        .with_client_software_name(text("conformance"))
        .with_client_software_version(text("1"));
    let response = raw.call(3, &request);
    assert_eq!(response.error_code, NONE);
    response
}

/// Calls every version that both the broker and this client know.
fn call_all<Q: Request>(raw: &mut Raw, offered: &ApiVersionsResponse, request: &Q) {
    let api = offered.api_keys.iter().find(|api| api.api_key == Q::KEY);
    let api = api.unwrap_or_else(|| panic!("API {} is not offered", Q::KEY));
    let versions = api.min_version.max(Q::VERSIONS.min)..=api.max_version.min(Q::VERSIONS.max);
    assert!(!versions.is_empty());
    for version in versions {
        let mut body = BytesMut::new();
        // Some fields cannot be said in each version; then there is nothing to ask.
        if request.encode(&mut body, version).is_ok() {
            let correlation = raw.send_as(Q::KEY, version, Q::header_version(version), &body);
            raw.receive::<Q>(version, correlation);
        }
    }
}

fn every_version_that_is_offered_is_answered(target: &Target) {
    let topic = target.topic("versions", 1, &[]);
    let mut raw = target.raw();
    let offered = offered(&mut raw);
    call_all(
        &mut raw,
        &offered,
        &ApiVersionsRequest::default()
            .with_client_software_name(text("c"))
            .with_client_software_version(text("1")),
    );
    call_all(&mut raw, &offered, &MetadataRequest::default().with_topics(Some(Vec::new())));
    call_all(&mut raw, &offered, &DescribeClusterRequest::default().with_endpoint_type(1));
    call_all(&mut raw, &offered, &DescribeConfigsRequest::default());
    call_all(&mut raw, &offered, &DescribeGroupsRequest::default());
    call_all(&mut raw, &offered, &ListGroupsRequest::default());
    call_all(&mut raw, &offered, &FindCoordinatorRequest::default().with_key(text("g")));
    call_all(&mut raw, &offered, &FindCoordinatorRequest::default().with_coordinator_keys(vec![text("g")]));
    call_all(&mut raw, &offered, &ListOffsetsRequest::default());
    call_all(&mut raw, &offered, &CreateTopicsRequest::default());
    call_all(&mut raw, &offered, &produce_request(&topic, 0, Batch::value("v").bytes()));
    call_all(&mut raw, &offered, &fetch_request(&topic, 0, 0));
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
