//! At which offset each leader epoch began.

/// Leader epochs with their first offsets, both ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Epochs {
    entries: Vec<(i32, i64)>,
}

impl Epochs {
    pub(super) fn new(entries: Vec<(i32, i64)>) -> Epochs {
        Epochs { entries }
    }

    pub(super) fn entries(&self) -> &[(i32, i64)] {
        &self.entries
    }

    /// Notes the epoch of a batch at the log's end.
    pub(super) fn note(&mut self, epoch: i32, offset: i64) {
        if epoch >= 0 && self.latest().is_none_or(|latest| epoch > latest) {
            self.entries.push((epoch, offset));
        }
    }

    pub(super) fn latest(&self) -> Option<i32> {
        self.entries.last().map(|(epoch, _)| *epoch)
    }

    /// The epoch of the record at an offset.
    pub(super) fn at(&self, offset: i64) -> Option<i32> {
        let after = self.entries.partition_point(|(_, start)| *start <= offset);
        after.checked_sub(1).and_then(|at| self.entries.get(at)).map(|(epoch, _)| *epoch)
    }

    /// The largest epoch up to `epoch`, and where it ended.
    pub(super) fn end_of(&self, epoch: i32, log_end: i64) -> Option<(i32, i64)> {
        if self.latest()? == epoch {
            return Some((epoch, log_end));
        }
        let after = self.entries.partition_point(|(known, _)| *known <= epoch);
        let (_, next_start) = *self.entries.get(after)?;
        let floor = after.checked_sub(1).and_then(|at| self.entries.get(at));
        Some((floor.map_or(epoch, |(known, _)| *known), next_start))
    }

    /// Forgets the epochs that ended before `offset`.
    pub(super) fn forget_before(&mut self, offset: i64) {
        let after = self.entries.partition_point(|(_, start)| *start <= offset);
        self.entries.drain(..after.saturating_sub(1));
        if let Some((_, start)) = self.entries.first_mut() {
            *start = (*start).max(offset);
        }
    }
}
