//! Compaction: what is to be compacted, and the exchange of segments. The work between runs without the log, so that
//! others can append and read meanwhile.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use super::answers::Removed;
use super::clean::{Cleaner, LastOfProducer};
use super::keys::{Keys, MOST_KEYS};
use super::partition::PartitionLog;
use super::replace;
use super::segment::Segment;
use super::store::Store;
use super::transactions::AbortedTransaction;
use crate::broker::disk;

/// A compaction to be run: it holds all that it needs and knows the log no more.
#[derive(Debug)]
pub struct Compaction {
    folder: Option<PathBuf>,
    sources: Vec<Source>,
    /// Keys are gathered from this offset on; before it each key is there once.
    dirty_from: i64,
    until: i64,
    aborted: Vec<AbortedTransaction>,
    last_of_producers: HashMap<i64, LastOfProducer>,
    now_ms: i64,
    delete_retention_ms: i64,
    segment_bytes: u64,
    index_interval_bytes: u64,
    max_decompressed_bytes: usize,
}

/// A segment to be compacted, and where the next one begins.
#[derive(Debug)]
struct Source {
    segment: Segment,
    end: i64,
}

/// A compaction that has run and waits to be put in place.
#[derive(Debug)]
pub struct Compacted {
    groups: Vec<Group>,
    compacted_to: i64,
}

/// Segments that become one.
#[derive(Debug)]
struct Group {
    /// The result stands for the offsets from here to before `end`.
    base: i64,
    end: i64,
    /// Base offset and size of each source.
    sources: Vec<(i64, u64)>,
    result: Segment,
}

impl PartitionLog {
    /// Compacts where the topic asks for it and it pays.
    ///
    /// # Errors
    /// The disk fails; the log is as before then.
    pub fn compact(&mut self, now_ms: i64) -> io::Result<Removed> {
        match self.begin_compaction(now_ms) {
            None => Ok(Removed::default()),
            Some(compaction) => {
                let compacted = compaction.run()?;
                self.finish_compaction(compacted)
            }
        }
    }

    /// What there is to compact: `None` where the topic is not compacted or it does not pay yet.
    #[must_use]
    pub fn begin_compaction(&self, now_ms: i64) -> Option<Compaction> {
        if !self.config.cleanup.compact || self.failed {
            return None;
        }
        let sources = self.cleanable(now_ms);
        let until = sources.last()?.end;
        if until <= self.compacted_to || !self.pays(&sources, now_ms) {
            return None;
        }
        let last_of = |batches: Option<i64>, epoch| LastOfProducer { last_offset: batches, epoch };
        let producers = self.knowledge.producers.iter().map(|(id, producer)| {
            (id, last_of(producer.batches.back().map(|batch| batch.last_offset), producer.epoch))
        });
        Some(Compaction {
            folder: self.folder.clone(),
            sources,
            dirty_from: self.compacted_to.max(self.start_offset),
            until,
            aborted: self.knowledge.transactions.aborted().to_vec(),
            last_of_producers: producers.collect(),
            now_ms,
            delete_retention_ms: self.config.delete_retention_ms,
            segment_bytes: self.config.segment_bytes,
            index_interval_bytes: self.config.index_interval_bytes,
            max_decompressed_bytes: self.config.max_decompressed_bytes,
        })
    }

    /// The full segments that lie before any open transaction and are old enough.
    fn cleanable(&self, now_ms: i64) -> Vec<Source> {
        let stable = self.last_stable_offset();
        let lag = self.config.min_compaction_lag_ms;
        let ends = self.segments().skip(1).map(|segment| segment.summary.base_offset);
        let old_enough = |segment: &Segment, end: i64| {
            lag <= 0
                || end <= self.compacted_to
                || segment.summary.max_timestamp <= now_ms.saturating_sub(lag)
        };
        self.sealed
            .iter()
            .zip(ends)
            .take_while(|(segment, end)| *end <= stable && old_enough(segment, *end))
            .map(|(segment, end)| Source { segment: segment.clone(), end })
            .collect()
    }

    /// Whether enough is dirty, or something is dirty for too long.
    fn pays(&self, sources: &[Source], now_ms: i64) -> bool {
        let dirty = || sources.iter().filter(|source| source.end > self.compacted_to);
        let total: u64 = sources.iter().map(|source| source.segment.summary.size).sum();
        let dirty_bytes: u64 = dirty().map(|source| source.segment.summary.size).sum();
        if dirty_bytes == 0 {
            return false;
        }
        let oldest = dirty().map(|source| source.segment.summary.first_timestamp).find(|first| *first >= 0);
        let waited = oldest.map_or(0, |first| now_ms.saturating_sub(first));
        dirty_bytes as f64 / total as f64 > self.config.min_cleanable_dirty_ratio
            || waited > self.config.max_compaction_lag_ms
    }

    /// Puts the compacted segments in the place of their sources, or of those that retention has left of them. From where
    /// the log has changed in another way meanwhile, it stays as it is and counts as not compacted.
    ///
    /// # Errors
    /// The disk fails; each group is the old or the new one then.
    pub fn finish_compaction(&mut self, compacted: Compacted) -> io::Result<Removed> {
        let mut removed = Removed::default();
        let mut compacted_to = compacted.compacted_to;
        let mut groups = compacted.groups.into_iter();
        for group in groups.by_ref() {
            let base = group.base;
            match self.exchange(group)? {
                Some(of_group) => {
                    removed.segments += of_group.segments;
                    removed.bytes += of_group.bytes;
                }
                None => {
                    compacted_to = base;
                    break;
                }
            }
        }
        // These may lack records that are only superseded where the segments before them are exchanged too.
        for group in groups {
            group.result.delete()?;
        }
        self.compacted_to = self.compacted_to.max(compacted_to);
        self.knowledge.transactions.forget_before(self.compacted_to);
        self.checkpoint()?;
        Ok(removed)
    }

    /// Exchanges one group; `None` if the log has other segments in its place than those that were compacted.
    fn exchange(&mut self, group: Group) -> io::Result<Option<Removed>> {
        let at = self.sealed.partition_point(|segment| segment.summary.base_offset < group.base);
        let there: Vec<(i64, u64)> = self
            .sealed
            .range(at..)
            .map(|segment| (segment.summary.base_offset, segment.summary.size))
            .take_while(|(base, _)| *base < group.end)
            .collect();
        if there.is_empty() || !group.sources.ends_with(&there) {
            group.result.delete()?;
            return Ok(there.is_empty().then(Removed::default));
        }
        // Retention takes the oldest segments and has moved the start behind them, so that what the result holds of them is
        // not read.
        let before: u64 = there.iter().map(|(_, size)| size).sum();
        let after = group.result.summary.size;
        self.in_use = None;
        let old: Vec<Segment> = self.sealed.drain(at..at + there.len()).collect();
        match settle(group.result, old) {
            Ok(Some(segment)) => self.sealed.insert(at, segment),
            Ok(None) => {}
            Err(error) => {
                // Some files may be exchanged and some not; opening the log finishes what is half done.
                self.failed = true;
                return Err(error);
            }
        }
        Ok(Some(Removed { segments: there.len(), bytes: before.saturating_sub(after) }))
    }
}

/// Replaces the files of `old` by the compacted segment; `None` if nothing is left of them.
fn settle(mut result: Segment, mut old: Vec<Segment>) -> io::Result<Option<Segment>> {
    old.iter_mut().for_each(Segment::rest);
    if result.summary.size == 0 {
        result.delete()?;
        for segment in old {
            segment.delete()?;
        }
        return Ok(None);
    }
    if let Some(cleaned) = result.store.path().map(ToOwned::to_owned) {
        result.store.close();
        result.store.moved_to(&replace::put_in_place(&cleaned)?);
        result.write_index()?;
        result.rest();
    }
    Ok(Some(result))
}

impl Compaction {
    /// Does the work. The log may be appended to and read meanwhile.
    ///
    /// # Errors
    /// The disk fails, or a batch is damaged. The log is as it was then; half a file is deleted when it is opened.
    pub fn run(mut self) -> io::Result<Compacted> {
        let mut keys = Keys::new(MOST_KEYS);
        let mut cleaner = self.cleaner();
        let mut compacted_to = self.until;
        for source in self.sources.iter_mut().filter(|source| source.end > self.dirty_from) {
            if let Some(full_at) = cleaner.gather(&mut source.segment, self.dirty_from, &mut keys)? {
                compacted_to = full_at;
                break;
            }
        }
        self.sources.retain(|source| source.segment.summary.base_offset < compacted_to);
        let mut cleaner = self.cleaner();
        let mut groups = Vec::new();
        for group in grouped(std::mem::take(&mut self.sources), self.segment_bytes) {
            groups.push(self.clean_group(group, &keys, compacted_to, &mut cleaner)?);
        }
        Ok(Compacted { groups, compacted_to })
    }

    fn cleaner(&self) -> Cleaner {
        Cleaner::new(
            &self.aborted,
            self.last_of_producers.clone(),
            self.now_ms,
            self.delete_retention_ms,
            self.max_decompressed_bytes,
        )
    }

    fn clean_group(
        &self,
        group: Vec<Source>,
        keys: &Keys,
        known_to: i64,
        cleaner: &mut Cleaner,
    ) -> io::Result<Group> {
        let base = group.first().map_or(0, |source| source.segment.summary.base_offset);
        let end = group.last().map_or(0, |source| source.end);
        let store = match &self.folder {
            None => Store::in_memory(),
            Some(folder) => Store::create(&replace::cleaned_file(folder, base, end))?,
        };
        let created = group.first().map_or(self.now_ms, |source| source.segment.summary.created_ms);
        let mut result = Segment::with_store(store, base, created, self.index_interval_bytes);
        let mut sources = Vec::with_capacity(group.len());
        for mut source in group {
            sources.push((source.segment.summary.base_offset, source.segment.summary.size));
            cleaner.clean(&mut source.segment, keys, known_to, &mut result)?;
        }
        cleaner.finish(&mut result)?;
        result.store.sync()?;
        if let Some(folder) = &self.folder {
            disk::sync_folder(folder)?;
        }
        Ok(Group { base, end, sources, result })
    }
}

/// Neighbours that fit into one segment together.
fn grouped(sources: Vec<Source>, segment_bytes: u64) -> Vec<Vec<Source>> {
    let mut groups: Vec<Vec<Source>> = Vec::new();
    let mut size = 0u64;
    for source in sources {
        let more = source.segment.summary.size;
        match groups.last_mut() {
            Some(group) if size.saturating_add(more) <= segment_bytes => {
                size += more;
                group.push(source);
            }
            _ => {
                size = more;
                groups.push(vec![source]);
            }
        }
    }
    groups
}
