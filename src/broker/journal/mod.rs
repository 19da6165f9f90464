//! What a coordinator must remember over a restart: keyed entries, written before an answer goes out, replayed at start.
//!
//! The coordinators know no files. They are given a [`Journal`] to write to, and whoever keeps it replays the latest value
//! of each key (or all values in order, that gives the same) before the first request.

use std::io;

use bytes::Bytes;

pub(crate) mod encoding;
#[cfg(test)]
pub(crate) mod kept;

pub use encoding::Damaged;

/// One entry: the latest value of a key counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What the entry is about.
    pub key: Bytes,
    /// What is known of it; `None` removes it.
    pub value: Option<Bytes>,
}

/// Keeps entries so that they survive a restart.
pub trait Journal: Send {
    /// Appends `entries` in order. When this returns, they are kept; either all entries of a call survive or none.
    ///
    /// # Errors
    /// Where the entries cannot be kept. Then none of them may come back in a replay.
    fn append(&mut self, entries: &[Entry]) -> io::Result<()>;

    /// Sees to it that what was appended survives a loss of power too, whatever the durability of appends is.
    ///
    /// # Errors
    /// The disk fails.
    fn force(&mut self) -> io::Result<()>;
}

/// Milliseconds since 1970. Whoever tells the time sees to it that it never goes back.
pub type Millis = i64;
