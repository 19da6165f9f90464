//! What the log knows beside its batches, as a file, so that opening reads only what came after. It is written when the log
//! is closed, when its first offset moves, after compaction, and for a full segment: at once where every append is synced,
//! otherwise at the next look at retention.
//!
//! The file: magic `FBPS`, version, the fields in order, a checksum at the end; all big-endian.

use std::collections::VecDeque;

use bytes::{Buf, BufMut};

use super::answers::Marker;
use super::batch::BatchHeader;
use super::epochs::Epochs;
use super::producers::{Producer, Producers, Written};
use super::transactions::{AbortedTransaction, Transactions};

const MAGIC: &[u8; 4] = b"FBPS";
const VERSION: u16 = 1;

/// What is known from the batches of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Knowledge {
    pub(super) producers: Producers,
    pub(super) transactions: Transactions,
    pub(super) epochs: Epochs,
}

/// Knowledge as of an offset, with the offsets that are not in the batches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Snapshot {
    /// The batches before this offset are on disk and are in the knowledge.
    pub(super) offset: i64,
    /// The base offset and the size of the last segment then; if they still are, nothing came after.
    pub(super) last_segment: i64,
    pub(super) last_size: u64,
    /// The first offset that can be read.
    pub(super) start_offset: i64,
    /// The offset up to which the log is compacted.
    pub(super) compacted_to: i64,
    pub(super) knowledge: Knowledge,
}

impl Knowledge {
    /// Takes note of a data batch that is in the log.
    pub(super) fn note_data(&mut self, header: &BatchHeader, now_ms: i64) {
        if self.producers.note(header, now_ms) {
            self.transactions.begin(header.producer_id, header.base_offset);
        }
    }

    /// Takes note of a marker that is in the log.
    pub(super) fn note_marker(
        &mut self,
        header: &BatchHeader,
        marker: Marker,
        coordinator_epoch: i32,
        now_ms: i64,
    ) {
        if let Some(first) = self.producers.note_marker(header, coordinator_epoch, now_ms) {
            let aborted = marker == Marker::Abort;
            self.transactions.end(header.producer_id, first, header.last_offset(), aborted);
        }
    }
}

impl Snapshot {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.put_slice(MAGIC);
        out.put_u16(VERSION);
        out.put_i64(self.offset);
        out.put_i64(self.last_segment);
        out.put_u64(self.last_size);
        out.put_i64(self.start_offset);
        out.put_i64(self.compacted_to);
        put_epochs(&self.knowledge.epochs, &mut out);
        put_aborted(self.knowledge.transactions.aborted(), &mut out);
        put_producers(&self.knowledge.producers, &mut out);
        let crc = crc32c::crc32c(&out);
        out.put_u32(crc);
        out
    }

    /// The snapshot in a file's content; `None` if it is damaged or of another version.
    pub(super) fn decode(bytes: &[u8]) -> Option<Snapshot> {
        let (content, mut crc) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
        if crc.try_get_u32().ok()? != crc32c::crc32c(content) {
            return None;
        }
        let mut fields = content.strip_prefix(MAGIC)?;
        if fields.try_get_u16().ok()? != VERSION {
            return None;
        }
        let mut snapshot = Snapshot {
            offset: fields.try_get_i64().ok()?,
            last_segment: fields.try_get_i64().ok()?,
            last_size: fields.try_get_u64().ok()?,
            start_offset: fields.try_get_i64().ok()?,
            compacted_to: fields.try_get_i64().ok()?,
            knowledge: Knowledge::default(),
        };
        let knowledge = &mut snapshot.knowledge;
        knowledge.epochs = take_epochs(&mut fields)?;
        knowledge.transactions.restore(take_aborted(&mut fields)?);
        knowledge.producers = take_producers(&mut fields)?;
        for (id, producer) in knowledge.producers.iter() {
            if let Some(first_offset) = producer.transaction_start {
                knowledge.transactions.begin(id, first_offset);
            }
        }
        fields.is_empty().then_some(snapshot)
    }
}

fn put_count(count: usize, out: &mut Vec<u8>) {
    out.put_u32(u32::try_from(count).unwrap_or(u32::MAX));
}

fn put_epochs(epochs: &Epochs, out: &mut Vec<u8>) {
    put_count(epochs.entries().len(), out);
    for (epoch, offset) in epochs.entries() {
        out.put_i32(*epoch);
        out.put_i64(*offset);
    }
}

fn take_epochs(fields: &mut &[u8]) -> Option<Epochs> {
    let count = fields.try_get_u32().ok()?;
    let entries = (0..count).map(|_| Some((fields.try_get_i32().ok()?, fields.try_get_i64().ok()?)));
    Some(Epochs::new(entries.collect::<Option<Vec<_>>>()?))
}

fn put_aborted(aborted: &[AbortedTransaction], out: &mut Vec<u8>) {
    put_count(aborted.len(), out);
    for transaction in aborted {
        out.put_i64(transaction.producer_id);
        out.put_i64(transaction.first_offset);
        out.put_i64(transaction.last_offset);
        out.put_i64(transaction.stable_offset);
    }
}

fn take_aborted(fields: &mut &[u8]) -> Option<Vec<AbortedTransaction>> {
    let count = fields.try_get_u32().ok()?;
    let one = |_| {
        Some(AbortedTransaction {
            producer_id: fields.try_get_i64().ok()?,
            first_offset: fields.try_get_i64().ok()?,
            last_offset: fields.try_get_i64().ok()?,
            stable_offset: fields.try_get_i64().ok()?,
        })
    };
    (0..count).map(one).collect()
}

fn put_producers(producers: &Producers, out: &mut Vec<u8>) {
    put_count(producers.iter().count(), out);
    for (id, producer) in producers.iter() {
        out.put_i64(id);
        out.put_i16(producer.epoch);
        out.put_i32(producer.coordinator_epoch);
        out.put_i64(producer.last_seen_ms);
        out.put_i64(producer.transaction_start.unwrap_or(-1));
        put_count(producer.batches.len(), out);
        for batch in &producer.batches {
            out.put_i32(batch.first_sequence);
            out.put_i32(batch.last_sequence);
            out.put_i64(batch.first_offset);
            out.put_i64(batch.last_offset);
            out.put_i64(batch.timestamp);
        }
    }
}

fn take_producers(fields: &mut &[u8]) -> Option<Producers> {
    let mut producers = Producers::default();
    for _ in 0..fields.try_get_u32().ok()? {
        let id = fields.try_get_i64().ok()?;
        let mut producer = Producer {
            epoch: fields.try_get_i16().ok()?,
            coordinator_epoch: fields.try_get_i32().ok()?,
            last_seen_ms: fields.try_get_i64().ok()?,
            transaction_start: Some(fields.try_get_i64().ok()?).filter(|offset| *offset >= 0),
            batches: VecDeque::new(),
        };
        for _ in 0..fields.try_get_u32().ok()? {
            producer.batches.push_back(Written {
                first_sequence: fields.try_get_i32().ok()?,
                last_sequence: fields.try_get_i32().ok()?,
                first_offset: fields.try_get_i64().ok()?,
                last_offset: fields.try_get_i64().ok()?,
                timestamp: fields.try_get_i64().ok()?,
            });
        }
        producers.insert(id, producer);
    }
    Some(producers)
}
