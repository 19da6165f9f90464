//! What Kafka checks of a client's batches before it appends them.

use super::batch::{BatchHeader, check_whole};
use super::config::{LogConfig, TimestampType};
use super::decode::decompressed;
use super::error::{AppendError, RecordError};
use super::records::Records;

/// How many records at fault an answer names.
const MOST_FAULTS: usize = 100;

/// The headers of the whole batches in `bytes`; sizes and checksums hold.
pub(super) fn headers(bytes: &[u8], config: &LogConfig) -> Result<Vec<BatchHeader>, AppendError> {
    let mut headers = Vec::with_capacity(1);
    let mut rest = bytes;
    while !rest.is_empty() {
        let header = BatchHeader::parse(rest).map_err(AppendError::Corrupt)?;
        if header.size > config.max_message_bytes {
            return Err(AppendError::BatchTooLarge { size: header.size, max: config.max_message_bytes });
        }
        check_whole(rest).map_err(AppendError::Corrupt)?;
        rest = rest.get(header.size..).unwrap_or_default();
        headers.push(header);
    }
    if headers.is_empty() {
        return Err(invalid("a request must have at least one batch"));
    }
    Ok(headers)
}

/// Checks one batch of a client with its records, and gives the largest timestamp of the records.
pub(super) fn batch(
    header: &BatchHeader,
    bytes: &[u8],
    config: &LogConfig,
    now_ms: i64,
) -> Result<i64, AppendError> {
    if header.base_offset != 0 {
        return Err(invalid(format!(
            "a batch to append must have the base offset 0, not {}",
            header.base_offset
        )));
    }
    if header.count <= 0 || header.last_offset_delta != header.count - 1 {
        return Err(invalid(format!(
            "a batch says that it has {} records, but its offsets are of {}",
            header.count,
            i64::from(header.last_offset_delta) + 1
        )));
    }
    if header.is_control() {
        return Err(invalid("clients must not write control records"));
    }
    if header.has_producer() && header.base_sequence < 0 {
        return Err(invalid(format!("{} is no sequence number", header.base_sequence)));
    }
    let body = decompressed(header, bytes, config.max_decompressed_bytes)
        .map_err(|error| invalid(format!("a batch cannot be decompressed: {error}")))?;
    records(header, &body, config, now_ms)
}

fn records(header: &BatchHeader, body: &[u8], config: &LogConfig, now_ms: i64) -> Result<i64, AppendError> {
    let mut faults = Faults::default();
    let mut max_timestamp = -1;
    let mut seen = 0;
    for record in Records::new(body) {
        let record = record.map_err(invalid)?;
        if record.offset_delta != seen || seen >= header.count {
            return Err(invalid(format!(
                "the record at {seen} has the offset delta {}",
                record.offset_delta
            )));
        }
        if config.cleanup.compact && record.key.is_none() {
            push(&mut faults.keyless, seen, "a compacted topic takes no record without a key");
        }
        let timestamp = header.base_timestamp.wrapping_add(record.timestamp_delta);
        if let Some(reason) = wrong_time(header, timestamp, config, now_ms) {
            push(&mut faults.times, seen, &reason);
        }
        max_timestamp = max_timestamp.max(timestamp);
        seen += 1;
    }
    if seen != header.count {
        return Err(invalid(format!("a batch of {} records has {seen}", header.count)));
    }
    faults.into_result()?;
    Ok(max_timestamp)
}

fn wrong_time(header: &BatchHeader, timestamp: i64, config: &LogConfig, now_ms: i64) -> Option<String> {
    if header.timestamp_type() == TimestampType::LogAppendTime {
        return Some("a producer must not set the timestamp type LogAppendTime".to_owned());
    }
    if config.timestamp_type == TimestampType::LogAppendTime || timestamp == -1 {
        return None;
    }
    let past = now_ms.saturating_sub(timestamp);
    let future = timestamp.saturating_sub(now_ms);
    (past > config.timestamp_before_max_ms || future > config.timestamp_after_max_ms)
        .then(|| format!("the timestamp {timestamp} is too far from the broker's time {now_ms}"))
}

#[derive(Default)]
struct Faults {
    keyless: Vec<RecordError>,
    times: Vec<RecordError>,
}

impl Faults {
    fn into_result(self) -> Result<(), AppendError> {
        if !self.keyless.is_empty() {
            let reason = "one or more records have been rejected".to_owned();
            return Err(AppendError::InvalidRecord { reason, records: self.keyless });
        }
        if !self.times.is_empty() {
            let reason = "one or more records have been rejected due to invalid timestamp".to_owned();
            return Err(AppendError::InvalidTimestamp { reason, records: self.times });
        }
        Ok(())
    }
}

/// Names a record at fault; of very many only the first are named.
fn push(faults: &mut Vec<RecordError>, index: i32, reason: &str) {
    if faults.len() < MOST_FAULTS {
        faults.push(RecordError { index, reason: reason.to_owned() });
    }
}

fn invalid(reason: impl Into<String>) -> AppendError {
    AppendError::InvalidRecord { reason: reason.into(), records: Vec::new() }
}
