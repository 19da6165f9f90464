//! Compaction: what is to be compacted, and the work, which runs without the log, so that others can append and read
//! meanwhile. What comes out is put in place by the exchange.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use super::answers::Removed;
use super::clean::{Cleaner, LastOfProducer};
use super::exchange;
use super::health::Health;
use super::keys::{Keys, MOST_KEYS};
use super::partition::PartitionLog;
use super::replace;
use super::segment::Segment;
use super::store::Store;
use super::transactions::AbortedTransaction;
use crate::broker::disk;

/// How long a log is left alone after its compaction has failed: on a full disk each try reads much, and takes away what is
/// left of the room.
const REST_MS: i64 = 10 * 60_000;

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
    pub(super) groups: Vec<Group>,
    pub(super) compacted_to: i64,
}

/// Segments that become one.
#[derive(Debug)]
pub(super) struct Group {
    /// The result stands for the offsets from here to before `end`.
    pub(super) base: i64,
    pub(super) end: i64,
    /// Base offset and size of each source.
    pub(super) sources: Vec<(i64, u64)>,
    pub(super) result: Segment,
}

impl PartitionLog {
    /// Compacts where the topic asks for it and it pays.
    ///
    /// # Errors
    /// The disk fails, or a batch is damaged; the log is as before then.
    pub fn compact(&mut self, now_ms: i64) -> io::Result<Removed> {
        let Some(compaction) = self.begin_compaction(now_ms) else { return Ok(Removed::default()) };
        self.end_compaction(compaction.run(), now_ms)
    }

    /// What there is to compact: `None` where the topic is not compacted or it does not pay yet.
    #[must_use]
    pub fn begin_compaction(&self, now_ms: i64) -> Option<Compaction> {
        if !self.config.cleanup.compact || self.health != Health::Sound || self.has_damage {
            return None;
        }
        if now_ms < self.compaction_rests_until {
            return None;
        }
        let cleanable = self.cleanable(now_ms);
        let (_, until) = self.with_ends().take(cleanable).last()?;
        if until <= self.compacted_to || !self.pays(cleanable, now_ms) {
            return None;
        }
        let source = |(segment, end): (&Segment, i64)| Source { segment: segment.clone(), end };
        let last_of = |batches: Option<i64>, epoch| LastOfProducer { last_offset: batches, epoch };
        let producers = self.knowledge.producers.iter().map(|(id, producer)| {
            (id, last_of(producer.batches.back().map(|batch| batch.last_offset), producer.epoch))
        });
        Some(Compaction {
            folder: self.folder.clone(),
            sources: self.with_ends().take(cleanable).map(source).collect(),
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

    /// Puts what came out of a compaction in place, or takes note that it has failed.
    ///
    /// # Errors
    /// The compaction has failed, or the disk does now.
    pub fn end_compaction(&mut self, compacted: io::Result<Compacted>, now_ms: i64) -> io::Result<Removed> {
        let ended = compacted.and_then(|compacted| self.finish_compaction(compacted));
        if let Err(error) = &ended {
            self.compaction_rests_until = now_ms.saturating_add(REST_MS);
            self.has_damage |=
                matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::FileTooLarge);
        }
        ended
    }

    /// The full segments, each with the offset where the next one begins.
    fn with_ends(&self) -> impl Iterator<Item = (&Segment, i64)> {
        self.sealed.iter().zip(self.segments().skip(1).map(|segment| segment.summary.base_offset))
    }

    /// How many full segments lie before any open transaction and are old enough.
    fn cleanable(&self, now_ms: i64) -> usize {
        let stable = self.last_stable_offset();
        let lag = self.config.min_compaction_lag_ms;
        let old_enough = |segment: &Segment, end: i64| {
            lag <= 0
                || end <= self.compacted_to
                || segment.summary.max_timestamp <= now_ms.saturating_sub(lag)
        };
        self.with_ends().take_while(|(segment, end)| *end <= stable && old_enough(segment, *end)).count()
    }

    /// Whether enough of the first `cleanable` segments is dirty, or something is dirty for too long.
    fn pays(&self, cleanable: usize, now_ms: i64) -> bool {
        let sources = || self.with_ends().take(cleanable);
        let dirty =
            || sources().filter(|(_, end)| *end > self.compacted_to).map(|(segment, _)| segment.summary);
        let total: u64 = sources().map(|(segment, _)| segment.summary.size).sum();
        let dirty_bytes: u64 = dirty().map(|summary| summary.size).sum();
        if dirty_bytes == 0 {
            return false;
        }
        let oldest = dirty().map(|summary| summary.first_timestamp).find(|first| *first >= 0);
        let waited = oldest.map_or(0, |first| now_ms.saturating_sub(first));
        dirty_bytes as f64 / total as f64 > self.config.min_cleanable_dirty_ratio
            || waited > self.config.max_compaction_lag_ms
    }
}

impl Compaction {
    /// Does the work. The log may be appended to and read meanwhile.
    ///
    /// # Errors
    /// The disk fails, or a batch is damaged. The log is as it was then, and is to be told with
    /// [`PartitionLog::end_compaction`].
    pub fn run(mut self) -> io::Result<Compacted> {
        let mut groups = Vec::new();
        match self.clean_into(&mut groups) {
            Ok(compacted_to) => Ok(Compacted { groups, compacted_to }),
            Err(error) => {
                exchange::discard(groups);
                Err(error)
            }
        }
    }

    /// Cleans all that there is room for, and gives the offset up to which that is.
    fn clean_into(&mut self, groups: &mut Vec<Group>) -> io::Result<i64> {
        let mut keys = Keys::new(MOST_KEYS);
        let mut cleaner = self.cleaner();
        let mut compacted_to = self.until;
        for source in self.sources.iter_mut().filter(|source| source.end > self.dirty_from) {
            let full_at = cleaner.gather(&mut source.segment, self.dirty_from, &mut keys)?;
            // There may be more of them than files that may be open.
            source.segment.store.close();
            if let Some(full_at) = full_at {
                compacted_to = full_at;
                break;
            }
        }
        self.sources.retain(|source| source.segment.summary.base_offset < compacted_to);
        let mut cleaner = self.cleaner();
        for sources in grouped(std::mem::take(&mut self.sources), self.segment_bytes) {
            let mut group = self.begin_group(&sources)?;
            let cleaned = self.clean_group(sources, &mut group.result, &keys, compacted_to, &mut cleaner);
            groups.push(group);
            cleaned?;
        }
        if let Some(folder) = &self.folder {
            disk::sync_folder(folder)?;
        }
        Ok(compacted_to)
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

    /// A group with nothing in its result yet.
    fn begin_group(&self, sources: &[Source]) -> io::Result<Group> {
        let base = sources.first().map_or(0, |source| source.segment.summary.base_offset);
        let end = sources.last().map_or(0, |source| source.end);
        let store = match &self.folder {
            None => Store::in_memory(),
            Some(folder) => Store::create(&replace::cleaned_file(folder, base, end))?,
        };
        let created = sources.first().map_or(self.now_ms, |source| source.segment.summary.created_ms);
        let result = Segment::with_store(store, base, created, self.index_interval_bytes);
        let of = |source: &Source| (source.segment.summary.base_offset, source.segment.summary.size);
        Ok(Group { base, end, sources: sources.iter().map(of).collect(), result })
    }

    fn clean_group(
        &self,
        sources: Vec<Source>,
        result: &mut Segment,
        keys: &Keys,
        known_to: i64,
        cleaner: &mut Cleaner,
    ) -> io::Result<()> {
        for mut source in sources {
            cleaner.clean(&mut source.segment, keys, known_to, result)?;
        }
        cleaner.finish(result)?;
        result.store.sync()?;
        result.store.close();
        Ok(())
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
