//! What a log still does after its disk has failed.

use std::io;

/// What a log still does. It gets worse only; opening the log anew finds out what is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Health {
    /// Everything.
    #[default]
    Sound,
    /// It is read from. What is on the disk of the last writes is not known, so nothing is written any more.
    Unsure,
    /// Nothing: segments are missing that the log should have.
    Broken,
}

impl Health {
    pub(super) fn may_write(self) -> io::Result<()> {
        match self {
            Health::Sound => Ok(()),
            Health::Unsure | Health::Broken => Err(failed()),
        }
    }

    pub(super) fn may_read(self) -> io::Result<()> {
        match self {
            Health::Sound | Health::Unsure => Ok(()),
            Health::Broken => Err(failed()),
        }
    }
}

fn failed() -> io::Error {
    io::Error::other("the disk failed before, and what is on it is not known until the log is opened again")
}
