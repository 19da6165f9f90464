//! What others see of a batch without reading its records.

use super::batch::BatchHeader;

/// What the header of a batch says. Nothing of it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peeked {
    /// How many bytes the batch takes.
    pub size: usize,
    /// The offset after its last record.
    pub end_offset: i64,
    /// The producer.
    pub producer_id: i64,
    /// Its epoch.
    pub producer_epoch: i16,
    /// Whether the batch is part of a transaction.
    pub transactional: bool,
}

/// Looks at the batch at the beginning of these bytes; `None` if they begin with none.
#[must_use]
pub fn peek(bytes: &[u8]) -> Option<Peeked> {
    let header = BatchHeader::parse(bytes).ok()?;
    Some(Peeked {
        size: header.size,
        end_offset: header.last_offset().saturating_add(1),
        producer_id: header.producer_id,
        producer_epoch: header.producer_epoch,
        transactional: header.is_transactional(),
    })
}
