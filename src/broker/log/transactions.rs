//! Open and aborted transactions of one log, and the last stable offset that follows from them.

use std::collections::BTreeSet;

use super::answers::Aborted;

/// A transaction that was aborted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AbortedTransaction {
    pub(super) producer_id: i64,
    pub(super) first_offset: i64,
    /// The marker's offset.
    pub(super) last_offset: i64,
    /// The last stable offset once the marker was in the log: no transaction with a later marker reaches below it.
    pub(super) stable_offset: i64,
}

/// Open and aborted transactions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Transactions {
    /// First offset and producer of each open transaction.
    open: BTreeSet<(i64, i64)>,
    /// In the order of their markers.
    aborted: Vec<AbortedTransaction>,
}

impl Transactions {
    pub(super) fn begin(&mut self, producer_id: i64, first_offset: i64) {
        self.open.insert((first_offset, producer_id));
    }

    /// Ends the transaction of a producer with the marker at `marker_offset`.
    pub(super) fn end(&mut self, producer_id: i64, first_offset: i64, marker_offset: i64, aborted: bool) {
        self.open.remove(&(first_offset, producer_id));
        if aborted {
            let stable_offset = self.first_open().unwrap_or(marker_offset.saturating_add(1));
            self.aborted.push(AbortedTransaction {
                producer_id,
                first_offset,
                last_offset: marker_offset,
                stable_offset,
            });
        }
    }

    pub(super) fn restore(&mut self, aborted: Vec<AbortedTransaction>) {
        self.aborted = aborted;
    }

    /// The first offset of the earliest open transaction.
    pub(super) fn first_open(&self) -> Option<i64> {
        self.open.first().map(|(offset, _)| *offset)
    }

    pub(super) fn aborted(&self) -> &[AbortedTransaction] {
        &self.aborted
    }

    /// The aborted transactions that reach into the offsets from `from` to before `to`.
    pub(super) fn aborted_between(&self, from: i64, to: i64) -> Vec<Aborted> {
        let first = self.aborted.partition_point(|transaction| transaction.last_offset < from);
        let mut found = Vec::new();
        for transaction in self.aborted.iter().skip(first) {
            if transaction.first_offset < to {
                let AbortedTransaction { producer_id, first_offset, .. } = *transaction;
                found.push(Aborted { producer_id, first_offset });
            }
            if transaction.stable_offset >= to {
                break;
            }
        }
        found
    }

    /// Forgets the aborted transactions whose markers lie before `offset`.
    pub(super) fn forget_before(&mut self, offset: i64) {
        let first = self.aborted.partition_point(|transaction| transaction.last_offset < offset);
        self.aborted.drain(..first);
    }
}
