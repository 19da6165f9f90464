//! Reading batches record by record, for the broker's own topics and for tests.

use std::io;

/// A record as it lies in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadRecord<'a> {
    /// Its offset.
    pub offset: i64,
    /// Its time, ms.
    pub timestamp: i64,
    /// The key, if any.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// Whether it lies in a control batch, and so is a transaction marker.
    pub control: bool,
}

/// Gives every record of these whole batches to `each`, in offset order. A compressed batch may give at most
/// `max_decompressed` bytes.
///
/// # Errors
/// The bytes are no whole batches, or one is damaged.
pub fn for_each_record(
    _batches: &[u8],
    _max_decompressed: usize,
    _each: impl FnMut(ReadRecord<'_>),
) -> io::Result<()> {
    todo!()
}
