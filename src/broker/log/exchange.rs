//! The exchange: compacted segments come in the place of those that they were made of. The log may have changed meanwhile,
//! and the disk may fail in the middle.

use std::io;

use super::answers::Removed;
use super::compact::{Compacted, Group};
use super::health::Health;
use super::partition::PartitionLog;
use super::replace;
use super::segment::Segment;
use crate::broker::disk;

impl PartitionLog {
    /// Puts the compacted segments in the place of their sources, or of those that retention has left of them. From where
    /// the log has changed in another way meanwhile, it stays as it is and counts as not compacted.
    ///
    /// # Errors
    /// The disk fails; each group is the old or the new one then.
    pub(super) fn finish_compaction(&mut self, compacted: Compacted) -> io::Result<Removed> {
        let mut removed = Removed::default();
        let mut compacted_to = compacted.compacted_to;
        let mut groups = compacted.groups.into_iter();
        if let Err(error) = self.health.may_write() {
            discard(groups);
            return Err(error);
        }
        while let Some(group) = groups.next() {
            let base = group.base;
            match self.exchange(group) {
                Ok(Some(of_group)) => {
                    removed.segments += of_group.segments;
                    removed.bytes += of_group.bytes;
                }
                Ok(None) => {
                    // Those after it may lack records that are only superseded where it is exchanged too.
                    discard(groups);
                    compacted_to = base;
                    break;
                }
                Err(error) => {
                    discard(groups);
                    return Err(error);
                }
            }
        }
        self.compacted_to = self.compacted_to.max(compacted_to);
        self.knowledge.transactions.forget_before(self.compacted_to);
        self.checkpoint()?;
        Ok(removed)
    }

    /// Exchanges one group; `None` if the log has other segments in its place than those that were compacted.
    fn exchange(&mut self, group: Group) -> io::Result<Option<Removed>> {
        let at = self.index_of(group.base);
        let there: Vec<(i64, u64)> = self
            .sealed
            .range(at..)
            .map(|segment| (segment.summary.base_offset, segment.summary.size))
            .take_while(|(base, _)| *base < group.end)
            .collect();
        if there.is_empty() || !group.sources.ends_with(&there) {
            discard([group]);
            return Ok(there.is_empty().then(Removed::default));
        }
        // Retention takes the oldest segments and has moved the start behind them, so that what the result holds of them is
        // not read.
        let before: u64 = there.iter().map(|(_, size)| size).sum();
        let after = group.result.summary.size;
        self.rest_in_use();
        let old: Vec<Segment> = self.sealed.drain(at..at + there.len()).collect();
        let (segments, failure) = match settle(group.result, old) {
            Ok(result) => (result.into_iter().collect(), None),
            Err(Unsettled { old, health, error }) => (old, Some((health, error))),
        };
        for (number, segment) in segments.into_iter().enumerate() {
            self.sealed.insert(at + number, segment);
        }
        match failure {
            None => Ok(Some(Removed { segments: there.len(), bytes: before.saturating_sub(after) })),
            Some((health, error)) => {
                self.health = health;
                Err(error)
            }
        }
    }
}

/// An exchange that has failed.
struct Unsettled {
    /// The segments that were to be replaced, if none of them is gone.
    old: Vec<Segment>,
    health: Health,
    error: io::Error,
}

/// Replaces the files of `old` by the compacted segment; `None` if nothing is left of them.
fn settle(result: Segment, mut old: Vec<Segment>) -> Result<Option<Segment>, Unsettled> {
    old.iter_mut().for_each(Segment::rest);
    if result.summary.size == 0 {
        return settle_nothing(result, old).map(|()| None);
    }
    let Some(cleaned) = result.store.path().map(ToOwned::to_owned) else { return Ok(Some(result)) };
    let mut result = result;
    result.store.close();
    let swap = match replace::stand_by(&cleaned) {
        Ok(swap) => swap,
        Err(error) => {
            let _deleted_at_the_next_start_otherwise = result.delete();
            return Err(Unsettled { old, health: Health::Sound, error });
        }
    };
    // Which of both the next start finds is open, and either is right as long as nothing is written.
    if let Err(error) = disk::sync_name(&swap) {
        return Err(Unsettled { old, health: Health::Unsure, error });
    }
    let broken = |error| Unsettled { old: Vec::new(), health: Health::Broken, error };
    result.store.moved_to(&replace::finish_swap(&swap).map_err(broken)?);
    // Without its file the index is built again when it is needed.
    let _built_again_otherwise = result.write_index();
    result.rest();
    Ok(Some(result))
}

/// Deletes segments of which nothing is left, the oldest first, so that no record comes back that a later one supersedes.
fn settle_nothing(result: Segment, old: Vec<Segment>) -> Result<(), Unsettled> {
    if let Err(error) = result.delete() {
        return Err(Unsettled { old, health: Health::Sound, error });
    }
    let last = old.last().and_then(|segment| segment.store.path()).map(ToOwned::to_owned);
    let deleted = old.into_iter().try_for_each(Segment::delete);
    let forced = deleted.and_then(|()| last.map_or(Ok(()), |path| disk::sync_name(&path)));
    forced.map_err(|error| Unsettled { old: Vec::new(), health: Health::Broken, error })
}

/// Deletes results that are not put in place.
pub(super) fn discard(groups: impl IntoIterator<Item = Group>) {
    for group in groups {
        let _deleted_at_the_next_start_otherwise = group.result.delete();
    }
}
