//! Dead-letter records: the original key, value and headers, with where it came from and why it was refused as headers.

use crate::codec::Rejection;
use crate::kafka::{EventTime, KafkaError, OutRecord, Record};

use super::wire::Wire;

/// Names of the headers that are added; docs/live-scoring.md explains them.
pub(super) mod header {
    pub(in crate::live) const TOPIC: &str = "forebay.topic";
    pub(in crate::live) const PARTITION: &str = "forebay.partition";
    pub(in crate::live) const OFFSET: &str = "forebay.offset";
    pub(in crate::live) const STEP: &str = "forebay.step";
    pub(in crate::live) const REASON: &str = "forebay.reason";
    pub(in crate::live) const MODEL: &str = "forebay.model";
    pub(in crate::live) const LEFT_OUT: &str = "forebay.value-left-out";
}

/// Writes a rejected record to the dead-letter topic `topic`. One that is too large for it goes without its value, and says
/// how many bytes are left out; the value is still where the record came from.
pub(super) fn send(
    wire: &mut impl Wire,
    topic: &str,
    model: &str,
    record: &Record<'_>,
    rejection: &Rejection,
    largest: usize,
) -> Result<(), KafkaError> {
    let partition = rejection.partition.0.to_string();
    let offset = rejection.offset.0.to_string();
    let left_out = record.value.map_or(0, <[u8]>::len).to_string();
    // Kafka's null header is told as an empty one.
    let mut headers: Vec<(&str, &[u8])> =
        record.headers().map(|header| (header.name, header.value.unwrap_or_default())).collect();
    headers.extend([
        (header::TOPIC, rejection.topic.as_bytes()),
        (header::PARTITION, partition.as_bytes()),
        (header::OFFSET, offset.as_bytes()),
        (header::STEP, rejection.step.as_bytes()),
        (header::REASON, rejection.reason.as_bytes()),
        (header::MODEL, model.as_bytes()),
    ]);
    let bytes = size(record, &headers);
    let value = if bytes > largest {
        headers.push((header::LEFT_OUT, left_out.as_bytes()));
        None
    } else {
        record.value
    };
    let timestamp: Option<EventTime> = None;
    wire.send(OutRecord { topic, partition: None, key: record.key, value, timestamp, headers: &headers })
}

fn size(record: &Record<'_>, headers: &[(&str, &[u8])]) -> usize {
    let headers: usize = headers.iter().map(|(name, value)| name.len() + value.len() + 10).sum();
    record.key.map_or(0, <[u8]>::len) + record.value.map_or(0, <[u8]>::len) + headers + 128
}
