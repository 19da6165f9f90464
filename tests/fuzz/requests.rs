//! Requests of every API and version, made of the bytes of an input.

use bytes::{BufMut, BytesMut};
use kafka_protocol::messages::{ApiKey, RequestHeader};
use kafka_protocol::protocol::{Encodable, StrBytes};

/// A frame with a header that is right, for an API and a version that the bytes choose; the rest of the bytes is the
/// body.
pub fn request(mode: u8, bytes: &[u8]) -> Vec<u8> {
    let (key, version, body) = match bytes {
        [key, version, body @ ..] => (i16::from(*key) % 76, i16::from(*version) % 18, body),
        _ => (18, 0, bytes),
    };
    let header_version = ApiKey::try_from(key).map_or(1, |key| key.request_header_version(version));
    let header = RequestHeader::default()
        .with_request_api_key(key)
        .with_request_api_version(version)
        .with_correlation_id(i32::from(mode))
        .with_client_id(Some(StrBytes::from_static_str("fuzz")));
    let mut frame = BytesMut::new();
    frame.put_u32(0);
    if header.encode(&mut frame, header_version).is_err() {
        return Vec::new();
    }
    frame.extend_from_slice(body);
    let length = frame.len() as u32 - 4;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    frame.to_vec()
}
