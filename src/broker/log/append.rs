//! Appending: a client's batches are checked, given offsets in place, and written.

use std::io;

use bytes::{Bytes, BytesMut};

use super::answers::{Appended, Marker};
use super::batch::{BatchHeader, HEADER_BYTES};
use super::check;
use super::compression::{Compression, compress};
use super::config::{Durability, LogConfig, TimestampType};
use super::decode::decompressed;
use super::encode::encode_marker;
use super::error::AppendError;
use super::health::Health;
use super::partition::PartitionLog;
use super::producers::Written;
use super::store::Failure;

/// Batches on their way into the log.
struct Outgoing {
    bytes: BytesMut,
    headers: Vec<BatchHeader>,
}

impl PartitionLog {
    /// Appends a client's batches: checked, given offsets, written, and synced where the durability asks for it.
    ///
    /// # Errors
    /// See [`AppendError`]; nothing is appended then.
    pub fn append(
        &mut self,
        records: Bytes,
        leader_epoch: i32,
        now_ms: i64,
    ) -> Result<Appended, AppendError> {
        let mut headers = check::headers(&records, &self.config)?;
        let largest = check_batches(&headers, &records, &self.config, now_ms)?;
        if let Some(written) = self.knowledge.producers.check(&headers)? {
            return Ok(self.written_before(&written));
        }
        let records = match self.config.compression {
            Some(target) => recompressed(records, &mut headers, target, &self.config)?,
            None => records,
        };
        let mut outgoing = Outgoing { bytes: writable(records), headers };
        outgoing.assign(self.high_watermark(), leader_epoch);
        outgoing.stamp(&largest, self.config.timestamp_type, now_ms);
        self.write(outgoing, now_ms, |log, headers| log.note_data(headers, now_ms))
    }

    /// Appends the marker that ends a producer's transaction.
    ///
    /// # Errors
    /// The epochs of producer or coordinator are old, or the disk fails.
    pub fn append_marker(
        &mut self,
        producer_id: i64,
        producer_epoch: i16,
        marker: Marker,
        coordinator_epoch: i32,
        leader_epoch: i32,
        now_ms: i64,
    ) -> Result<Appended, AppendError> {
        self.knowledge.producers.check_marker(producer_id, producer_epoch, coordinator_epoch)?;
        let bytes = encode_marker(producer_id, producer_epoch, marker, coordinator_epoch, now_ms);
        let header = BatchHeader::parse(&bytes).map_err(AppendError::Corrupt)?;
        let mut outgoing = Outgoing { bytes: writable(bytes), headers: vec![header] };
        outgoing.assign(self.high_watermark(), leader_epoch);
        self.write(outgoing, now_ms, |log, headers| {
            for header in headers {
                log.note_epoch(header);
                log.knowledge.note_marker(header, marker, coordinator_epoch, now_ms);
            }
        })
    }

    fn written_before(&self, written: &Written) -> Appended {
        let stamped = self.config.timestamp_type == TimestampType::LogAppendTime;
        Appended {
            base_offset: written.first_offset,
            last_offset: written.last_offset,
            log_append_time: if stamped { written.timestamp } else { -1 },
            log_start_offset: self.start_offset,
            duplicate: true,
        }
    }

    /// Writes batches that have their offsets, and lets `note` take them into what is known.
    fn write(
        &mut self,
        outgoing: Outgoing,
        now_ms: i64,
        note: impl FnOnce(&mut Self, &[BatchHeader]),
    ) -> Result<Appended, AppendError> {
        let Outgoing { bytes, headers } = outgoing;
        if bytes.len() as u64 > self.config.segment_bytes {
            return Err(AppendError::ListTooLarge { size: bytes.len(), max: self.config.segment_bytes });
        }
        self.health.may_write()?;
        let newest = headers.iter().map(|header| header.max_timestamp).max().unwrap_or(-1);
        if self.should_roll(bytes.len() as u64, newest, now_ms) {
            self.roll(now_ms)?;
        }
        self.write_bytes(bytes.freeze())?;
        let base_offset = self.high_watermark();
        for header in &headers {
            self.active.note(header);
        }
        note(self, &headers);
        let stamped = self.config.timestamp_type == TimestampType::LogAppendTime;
        Ok(Appended {
            base_offset,
            last_offset: self.high_watermark() - 1,
            log_append_time: if stamped { now_ms } else { -1 },
            log_start_offset: self.start_offset,
            duplicate: false,
        })
    }

    /// Writes bytes, and syncs them where that comes before the answer. After an error they are not in the log.
    fn write_bytes(&mut self, bytes: Bytes) -> io::Result<()> {
        let before = self.active.summary.size;
        let store = &mut self.active.store;
        if let Err(why) = store.append(bytes) {
            // Part of the bytes may be in the file. If they cannot be cut off, the log must not grow behind them.
            if matches!(why, Failure::Halfway(_)) && store.truncate(before).is_err() {
                self.health = Health::Unsure;
            }
            return Err(why.into());
        }
        if self.durability == Durability::Always
            && let Err(why) = store.sync()
        {
            let is_cut = store.truncate(before).is_ok();
            if !is_cut || matches!(why, Failure::Halfway(_)) {
                self.health = Health::Unsure;
            }
            return Err(why.into());
        }
        Ok(())
    }

    fn should_roll(&self, bytes: u64, newest: i64, now_ms: i64) -> bool {
        let summary = &self.active.summary;
        if summary.size == 0 {
            return false;
        }
        let config = &self.config;
        let age = match summary.first_timestamp {
            -1 => now_ms.saturating_sub(summary.created_ms),
            first => newest.saturating_sub(first),
        };
        let most = match config.cleanup.compact {
            true => config.segment_ms.min(config.max_compaction_lag_ms),
            false => config.segment_ms,
        };
        summary.size.saturating_add(bytes) > config.segment_bytes || age > most
    }

    fn note_data(&mut self, headers: &[BatchHeader], now_ms: i64) {
        for header in headers {
            self.note_epoch(header);
            self.knowledge.note_data(header, now_ms);
        }
    }

    fn note_epoch(&mut self, header: &BatchHeader) {
        self.knowledge.epochs.note(header.leader_epoch, header.base_offset);
    }
}

impl Outgoing {
    /// Gives the batches their offsets and epoch, which no checksum covers.
    fn assign(&mut self, first_offset: i64, leader_epoch: i32) {
        let (mut at, mut offset) = (0, first_offset);
        for header in &mut self.headers {
            header.base_offset = offset;
            header.leader_epoch = leader_epoch;
            if let Some(batch) = self.bytes.get_mut(at..at + header.size) {
                header.patch(batch, false);
            }
            at += header.size;
            offset = header.last_offset() + 1;
        }
    }

    /// Sets the batches' largest timestamps, to the broker's time or to that of their records, where they differ.
    fn stamp(&mut self, largest: &[i64], kind: TimestampType, now_ms: i64) {
        let mut at = 0;
        for (header, largest) in self.headers.iter_mut().zip(largest) {
            let before = *header;
            match kind {
                TimestampType::LogAppendTime => header.set_log_append_time(now_ms),
                TimestampType::CreateTime => header.max_timestamp = *largest,
            }
            let batch = self.bytes.get_mut(at..at + header.size);
            if let Some(batch) = batch.filter(|_| before != *header) {
                header.patch(batch, true);
            }
            at += header.size;
        }
    }
}

/// Checks batches with their records, and gives the largest timestamp of each.
fn check_batches(
    headers: &[BatchHeader],
    records: &[u8],
    config: &LogConfig,
    now_ms: i64,
) -> Result<Vec<i64>, AppendError> {
    let mut rest = records;
    let check_one = |header: &BatchHeader| {
        let (batch, after) = rest.split_at_checked(header.size).unwrap_or((rest, &[]));
        rest = after;
        check::batch(header, batch, config, now_ms)
    };
    headers.iter().map(check_one).collect()
}

/// The same bytes to write into: without a copy where nobody else holds them and they fill their memory.
fn writable(records: Bytes) -> BytesMut {
    const WORTH_KEEPING: usize = 64 * 1024;
    if records.len() < WORTH_KEEPING {
        return BytesMut::from(&*records);
    }
    records.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&*shared))
}

/// Batches with the compression that the topic wants.
fn recompressed(
    records: Bytes,
    headers: &mut [BatchHeader],
    target: Compression,
    config: &LogConfig,
) -> Result<Bytes, AppendError> {
    if headers.iter().all(|header| header.compression() == Some(target)) {
        return Ok(records);
    }
    let mut out = BytesMut::with_capacity(records.len());
    let mut rest = &*records;
    for header in headers {
        let (batch, after) = rest.split_at_checked(header.size).unwrap_or((rest, &[]));
        rest = after;
        let rewritten = if header.compression() == Some(target) {
            batch.to_vec()
        } else {
            let body = decompressed(header, batch, config.max_decompressed_bytes)?;
            header.set_compression(target);
            header.with_records(&compress(target, &body)?)
        };
        header.size = rewritten.len().max(HEADER_BYTES);
        if header.size > config.max_message_bytes {
            return Err(AppendError::BatchTooLarge { size: header.size, max: config.max_message_bytes });
        }
        header.crc = BatchHeader::parse(&rewritten).map_err(AppendError::Corrupt)?.crc;
        out.extend_from_slice(&rewritten);
    }
    Ok(out.freeze())
}
