//! One segment: its bytes, its summary, and its index while that is needed.

use std::io;
use std::path::Path;

use super::answers::TimedOffset;
use super::batch::{BatchHeader, damaged};
use super::config::Durability;
use super::decode::{decompressed, read_record};
use super::extent::Extent;
use super::files;
use super::index::{HEAD_BYTES, Index, Summary};
use super::records::Records;
use super::scan::{Placed, Scan};
use super::store::Store;
use crate::broker::disk;

/// How much a walk to a single batch reads at once.
const SHORT_WALK: usize = 8 * 1024;
/// How much a walk over a whole segment reads at once.
pub(super) const LONG_WALK: usize = 1 << 20;

/// One segment of a log.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) summary: Summary,
    pub(super) store: Store,
    /// Loaded while it is in use; always there for segments in memory and for the active one.
    index: Option<Index>,
    interval: u64,
}

/// What was read from a segment.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) records: Extent,
    /// The offset after the last record read, or the end of what may be read when nothing is left before it.
    pub(super) end: i64,
}

impl Segment {
    /// A new segment, in memory or as files in a folder. Its name is on disk where the durability asks for that.
    pub(super) fn create(
        folder: Option<&Path>,
        base_offset: i64,
        now_ms: i64,
        interval: u64,
        durability: Durability,
    ) -> io::Result<Segment> {
        let Some(folder) = folder else {
            return Ok(Segment::with_store(Store::in_memory(), base_offset, now_ms, interval));
        };
        let path = files::segment_file(folder, base_offset, "log");
        let store = Store::create(&path)?;
        if durability == Durability::Always
            && let Err(error) = disk::sync_folder(folder)
        {
            // The log goes on in the segment before, and this one would lie in the middle of it at the next start.
            drop(store);
            let _seen_at_the_next_start_otherwise = files::delete(&path);
            return Err(error);
        }
        Ok(Segment::with_store(store, base_offset, now_ms, interval))
    }

    /// An empty segment over a store; what the store holds is to be noted with [`Segment::note`].
    pub(super) fn with_store(store: Store, base_offset: i64, now_ms: i64, interval: u64) -> Segment {
        let index = Index::new(base_offset, now_ms);
        Segment { summary: index.summary, store, index: Some(index), interval }
    }

    /// A full segment whose index file matches it; `None` if the index must be built again.
    pub(super) fn with_index_file(path: &Path, interval: u64) -> io::Result<Option<Segment>> {
        let store = Store::existing(path)?;
        let mut head = vec![0; HEAD_BYTES];
        let summary = std::fs::File::open(path.with_extension("index"))
            .and_then(|file| files::read_exact_at(&file, &mut head, 0))
            .ok()
            .and_then(|()| Index::decode_summary(&head))
            .filter(|summary| summary.size == store.size())
            .filter(|summary| Some(summary.base_offset) == files::base_offset_of(path, "log"));
        Ok(summary.map(|summary| Segment { summary, store, index: None, interval }))
    }

    /// Takes note of a batch that is in the store already.
    pub(super) fn note(&mut self, header: &BatchHeader) {
        if let Some(index) = &mut self.index {
            index.note(header, self.interval);
            self.summary = index.summary;
        }
    }

    /// Writes the index file. It is not synced, because a damaged one is seen and built again.
    pub(super) fn write_index(&self) -> io::Result<()> {
        match (self.store.path(), &self.index) {
            (Some(path), Some(index)) => std::fs::write(path.with_extension("index"), index.encode()),
            _ => Ok(()),
        }
    }

    /// Loads the index, so that batches can be noted.
    pub(super) fn make_active(&mut self) -> io::Result<()> {
        self.index().map(|_| ())
    }

    /// Frees what can be read again: the open file, and the index where it has a file.
    pub(super) fn rest(&mut self) {
        if self.store.path().is_some() {
            self.store.close();
            self.index = None;
        }
    }

    /// Deletes the segment's files.
    pub(super) fn delete(mut self) -> io::Result<()> {
        self.store.close();
        match self.store.path() {
            None => Ok(()),
            Some(path) => {
                files::delete(path)?;
                files::delete(&path.with_extension("index"))
            }
        }
    }

    /// Whole batches from the one that holds `from`, below the offset `below`, at most `most` bytes, but one in any
    /// case if `at_least_one`. `None` if the segment has no batch from `from` on.
    pub(super) fn read(
        &mut self,
        from: i64,
        below: i64,
        most: usize,
        at_least_one: bool,
    ) -> io::Result<Option<Piece>> {
        let Some(first) = self.find(from)? else { return Ok(None) };
        if first.header.base_offset >= below {
            return Ok(Some(Piece { records: Extent::default(), end: below }));
        }
        if first.header.size > most && !at_least_one {
            return Ok(Some(Piece { records: Extent::default(), end: from }));
        }
        let left = usize::try_from(self.summary.size - first.position).unwrap_or(usize::MAX);
        let budget = most.max(first.header.size).min(left);
        let most = self.store.worth_an_answer(first.position, first.header.size, budget)?;
        let (cut, end) = self.cut(first.position, most as u64, below)?;
        let length = usize::try_from(cut - first.position).map_err(io::Error::other)?;
        Ok(Some(Piece { records: self.store.extent(first.position, length)?, end }))
    }

    /// Where the last batch ends that begins below an offset and lies within `most` bytes from a batch's position on, with the
    /// offset after it. Only headers close to the cut are read.
    fn cut(&mut self, position: u64, most: u64, below: i64) -> io::Result<(u64, i64)> {
        let limit = position.saturating_add(most);
        let start = self.index()?.last_position(limit, below).max(position);
        let mut scan = Scan::new(&mut self.store, start, SHORT_WALK);
        let (mut cut, mut end) = (start, below);
        while cut < limit
            && let Some(placed) = scan.next()?
        {
            if placed.end() > limit || placed.header.base_offset >= below {
                return Ok((cut, placed.header.base_offset));
            }
            (cut, end) = (placed.end(), placed.header.last_offset().saturating_add(1));
        }
        Ok((cut, end))
    }

    /// The first batch whose last offset is `offset` or later.
    fn find(&mut self, offset: i64) -> io::Result<Option<Placed>> {
        let start = self.index()?.position_of(offset);
        let mut scan = Scan::new(&mut self.store, start, SHORT_WALK);
        while let Some(placed) = scan.next()? {
            if placed.header.last_offset() >= offset {
                return Ok(Some(placed));
            }
        }
        Ok(None)
    }

    /// The first record from the offset `from` on whose timestamp is `ms` or later.
    pub(super) fn find_time(&mut self, ms: i64, from: i64, limit: usize) -> io::Result<Option<TimedOffset>> {
        let start = self.index()?.position_of_time(ms);
        let mut scan = Scan::new(&mut self.store, start, SHORT_WALK);
        while let Some(placed) = scan.next()? {
            if placed.header.max_timestamp < ms || placed.header.last_offset() < from {
                continue;
            }
            let batch = scan.bytes(&placed)?;
            if let Some(found) = find_in_batch(&placed.header, &batch, ms, from, limit)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The first record with the segment's largest timestamp.
    pub(super) fn find_max_timestamp(&mut self, limit: usize) -> io::Result<Option<TimedOffset>> {
        let (at, ms) = (self.summary.max_timestamp_at, self.summary.max_timestamp);
        let mut scan = Scan::new(&mut self.store, at, SHORT_WALK);
        let Some(placed) = scan.next()? else { return Ok(None) };
        let batch = scan.bytes(&placed)?;
        find_in_batch(&placed.header, &batch, ms, i64::MIN, limit)
    }

    /// The index, read from its file or built again where that is missing or damaged.
    fn index(&mut self) -> io::Result<&Index> {
        let index = match self.index.take() {
            Some(index) => index,
            None => self.load_index()?,
        };
        Ok(self.index.insert(index))
    }

    fn load_index(&mut self) -> io::Result<Index> {
        let file = self.store.path().map(|path| path.with_extension("index"));
        let loaded = file
            .and_then(|path| std::fs::read(path).ok())
            .and_then(|content| Index::decode(&content))
            .filter(|index| index.summary == self.summary);
        if let Some(index) = loaded {
            return Ok(index);
        }
        let mut index = Index::new(self.summary.base_offset, self.summary.created_ms);
        let mut scan = Scan::new(&mut self.store, 0, LONG_WALK);
        while let Some(placed) = scan.next()? {
            index.note(&placed.header, self.interval);
        }
        Ok(index)
    }
}

fn find_in_batch(
    header: &BatchHeader,
    batch: &[u8],
    ms: i64,
    from: i64,
    limit: usize,
) -> io::Result<Option<TimedOffset>> {
    let body = decompressed(header, batch, limit)?;
    for record in Records::new(&body) {
        let record = read_record(header, &record.map_err(damaged)?);
        if record.timestamp >= ms && record.offset >= from {
            return Ok(Some(TimedOffset { offset: record.offset, timestamp: record.timestamp }));
        }
    }
    Ok(None)
}
