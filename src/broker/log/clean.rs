//! Compaction's work on batches: which records stay, and batches rewritten around those.

use std::collections::{HashMap, HashSet};
use std::io;

use bytes::{Bytes, BytesMut};

use super::answers::Marker;
use super::batch::{BatchHeader, check_whole, damaged};
use super::compression::compress;
use super::config::TimestampType;
use super::decode::{decompressed, marker_of};
use super::keys::Keys;
use super::records::{RawRecord, Records};
use super::scan::Scan;
use super::segment::{LONG_WALK, Segment};
use super::transactions::AbortedTransaction;

/// How much is gathered before it is written.
const WRITE_BYTES: usize = 1 << 20;

/// The last batch of a producer. It stays, if empty, so that the producer's sequence can be read from the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastOfProducer {
    /// Its last offset; `None` where only markers are known.
    pub(super) last_offset: Option<i64>,
    pub(super) epoch: i16,
}

/// One walk over batches in offset order, with what it knows of transactions and what is not written yet.
#[derive(Debug)]
pub(super) struct Cleaner {
    transactions: Walk,
    last_of_producers: HashMap<i64, LastOfProducer>,
    now_ms: i64,
    delete_retention_ms: i64,
    max_decompressed: usize,
    pending: BytesMut,
}

impl Cleaner {
    pub(super) fn new(
        aborted: &[AbortedTransaction],
        last_of_producers: HashMap<i64, LastOfProducer>,
        now_ms: i64,
        delete_retention_ms: i64,
        max_decompressed: usize,
    ) -> Cleaner {
        let transactions = Walk::new(aborted);
        let pending = BytesMut::new();
        Cleaner { transactions, last_of_producers, now_ms, delete_retention_ms, max_decompressed, pending }
    }

    /// Notes the keys of a segment's records from `from` on. Gives the offset of a batch for which there is no room.
    pub(super) fn gather(
        &mut self,
        segment: &mut Segment,
        from: i64,
        keys: &mut Keys,
    ) -> io::Result<Option<i64>> {
        let mut scan = Scan::new(&mut segment.store, 0, LONG_WALK);
        while let Some(placed) = scan.next()? {
            let header = placed.header;
            let batch = scan.bytes(&placed)?;
            let discarded = self.transactions.discards(&header, &batch);
            if discarded || header.is_control() || header.last_offset() < from {
                continue;
            }
            if keys.is_full_for(usize::try_from(header.count).unwrap_or(0)) {
                return Ok(Some(header.base_offset));
            }
            let body = decompressed(&header, &batch, self.max_decompressed)?;
            for record in Records::new(&body) {
                let record = record.map_err(damaged)?;
                if let Some(key) = record.key {
                    keys.note(key, offset_of(&header, &record));
                }
            }
        }
        Ok(None)
    }

    /// Copies what stays of a segment to the end of `result`. Records from `known_to` on all stay.
    pub(super) fn clean(
        &mut self,
        segment: &mut Segment,
        keys: &Keys,
        known_to: i64,
        result: &mut Segment,
    ) -> io::Result<()> {
        let mut scan = Scan::new(&mut segment.store, 0, LONG_WALK);
        while let Some(placed) = scan.next()? {
            let batch = scan.bytes(&placed)?;
            // A batch that is written anew would get a checksum that is right for its damage.
            check_whole(&batch).map_err(damaged)?;
            let Some(kept) = self.keep(&placed.header, batch, keys, known_to)? else { continue };
            result.note(&BatchHeader::parse(&kept).map_err(damaged)?);
            self.pending.extend_from_slice(&kept);
            if self.pending.len() >= WRITE_BYTES {
                self.finish(result)?;
            }
        }
        Ok(())
    }

    /// Writes what is gathered.
    pub(super) fn finish(&mut self, result: &mut Segment) -> io::Result<()> {
        Ok(result.store.append(self.pending.split().freeze())?)
    }

    /// The batch as it stays; `None` if it goes.
    fn keep(
        &mut self,
        header: &BatchHeader,
        batch: Bytes,
        keys: &Keys,
        known_to: i64,
    ) -> io::Result<Option<Bytes>> {
        let discards = self.transactions.discards(header, &batch);
        let expired = header.delete_horizon().is_some_and(|horizon| self.now_ms >= horizon);
        if discards && (!header.is_control() || expired) {
            return Ok(self.is_last_of_producer(header).then(|| emptied(*header)));
        }
        if header.count == 0 {
            return Ok(self.is_last_of_producer(header).then_some(batch));
        }
        let body = decompressed(header, &batch, self.max_decompressed)?;
        let mut stays = Vec::new();
        let (mut kept, mut has_tombstone) = (0, false);
        for record in Records::new(&body) {
            let record = record.map_err(damaged)?;
            let offset = offset_of(header, &record);
            let is_latest = || record.key.is_some_and(|key| keys.is_latest(key, offset));
            let is_needed = || record.value.is_some() || !expired;
            let this_stays = header.is_control() || offset >= known_to || (is_latest() && is_needed());
            stays.push(this_stays);
            kept += i32::from(this_stays);
            has_tombstone |= this_stays && record.value.is_none();
        }
        if kept == 0 {
            return Ok(self.is_last_of_producer(header).then(|| emptied(*header)));
        }
        // Tombstones, and markers whose transaction has gone, get a time from which they may go too.
        let will_go = if header.is_control() { discards } else { has_tombstone };
        let horizon = (will_go && header.delete_horizon().is_none())
            .then(|| self.now_ms.saturating_add(self.delete_retention_ms));
        if horizon.is_none() && stays.iter().all(|stays| *stays) {
            return Ok(Some(batch));
        }
        let with = BatchHeader { count: kept, ..*header };
        rewritten(with, &body, &stays, horizon).map(Some)
    }

    fn is_last_of_producer(&self, header: &BatchHeader) -> bool {
        let Some(last) = self.last_of_producers.get(&header.producer_id) else { return false };
        match last.last_offset {
            Some(offset) => header.last_offset() == offset,
            None => header.is_control() && header.producer_epoch == last.epoch,
        }
    }
}

fn offset_of(header: &BatchHeader, record: &RawRecord<'_>) -> i64 {
    header.base_offset.saturating_add(i64::from(record.offset_delta))
}

/// The batch without records.
fn emptied(mut header: BatchHeader) -> Bytes {
    header.count = 0;
    header.max_timestamp = -1;
    header.set_compression(super::compression::Compression::None);
    header.with_records(&[]).into()
}

/// The batch with those records of `body` that stay, in its compression; offsets stay, timestamps too.
fn rewritten(
    mut header: BatchHeader,
    body: &[u8],
    stays: &[bool],
    horizon: Option<i64>,
) -> io::Result<Bytes> {
    let before = header;
    if let Some(horizon) = horizon {
        header.set_delete_horizon(horizon);
    }
    let shift = before.base_timestamp.wrapping_sub(header.base_timestamp);
    let (mut kept, mut newest) = (Vec::new(), -1);
    for (record, _) in Records::new(body).zip(stays).filter(|(_, stays)| **stays) {
        let record = record.map_err(damaged)?;
        match shift {
            0 => kept.extend_from_slice(record.whole),
            _ => record.put_with_timestamp_delta(record.timestamp_delta.wrapping_add(shift), &mut kept),
        }
        newest = newest.max(before.record_timestamp(record.timestamp_delta));
    }
    if header.timestamp_type() == TimestampType::CreateTime {
        header.max_timestamp = newest;
    }
    let compression = header.compression().ok_or_else(|| damaged("a batch has an unknown compression"))?;
    Ok(header.with_records(&compress(compression, &kept)?).into())
}

/// What a walk over batches knows of transactions.
#[derive(Debug)]
struct Walk {
    /// Aborted transactions that were not met yet, the earliest last.
    ahead: Vec<AbortedTransaction>,
    /// Producers in the middle of an aborted transaction, and whether a batch of it was met.
    aborted: HashMap<i64, bool>,
    /// Producers of whose committed transactions a batch was met.
    committed: HashSet<i64>,
}

impl Walk {
    fn new(aborted: &[AbortedTransaction]) -> Walk {
        let mut ahead = aborted.to_vec();
        ahead.sort_by_key(|transaction| std::cmp::Reverse(transaction.first_offset));
        Walk { ahead, aborted: HashMap::new(), committed: HashSet::new() }
    }

    /// Whether the batch may go for the sake of its transaction: data of an aborted one, or a marker after which
    /// nothing of its transaction is left.
    fn discards(&mut self, header: &BatchHeader, batch: &[u8]) -> bool {
        while let Some(next) = self.ahead.pop_if(|next| next.first_offset <= header.last_offset()) {
            self.aborted.insert(next.producer_id, false);
        }
        let producer = header.producer_id;
        if header.is_control() {
            return match marker_of(header, batch) {
                Some((Marker::Abort, _)) => {
                    // What an earlier compaction has left of the transaction, an empty batch, looks like a committed one.
                    let is_left = self.committed.remove(&producer);
                    !self.aborted.remove(&producer).unwrap_or(false) && !is_left
                }
                Some((Marker::Commit, _)) => !self.committed.remove(&producer),
                None => header.count == 0,
            };
        }
        if !header.is_transactional() {
            return false;
        }
        if let Some(met) = self.aborted.get_mut(&producer) {
            *met = true;
            return true;
        }
        self.committed.insert(producer);
        false
    }
}
