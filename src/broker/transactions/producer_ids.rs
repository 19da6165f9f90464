//! Producer ids, each given once, also over restarts.

use std::io;

use super::records::Record;
use crate::broker::journal::Journal;

/// How many ids the journal reserves at once, as Kafka does.
const BLOCK: i64 = 1_000;

/// Gives out producer ids from blocks that the journal has reserved; what is left of a block at a restart is not used.
#[derive(Debug, Default)]
pub(super) struct ProducerIds {
    next: i64,
    reserved: i64,
}

impl ProducerIds {
    /// Learns that all ids below `reserved` may be in use.
    pub(super) fn reserve(&mut self, reserved: i64) {
        self.reserved = self.reserved.max(reserved);
        self.next = self.next.max(reserved);
    }

    /// An id that was never given before.
    pub(super) fn take(&mut self, journal: &mut dyn Journal) -> io::Result<i64> {
        if self.next >= self.reserved {
            let reserved = self.reserved.saturating_add(BLOCK);
            journal.append(&[Record::ProducerIds(reserved).encode()])?;
            // A log would take the batches of a producer for those of another one that had the same id before.
            journal.force()?;
            self.reserved = reserved;
        }
        let id = self.next;
        self.next += 1;
        Ok(id)
    }
}
