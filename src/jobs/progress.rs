//! How far a job is, and the wish that it end.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Says that the user no longer wants the work. Cheap to clone and to ask; every clone is the same token.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

/// The error of work that was ended by its [`Cancel`] token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

impl Cancel {
    /// A token that nobody has cancelled yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to end.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work should end.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// `Err(Cancelled)` once cancelled: `cancel.check()?` inside loops.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

/// Where a job says how far it is. The window and the command line read it by [`Progress::snapshot`]; every clone is the
/// same progress.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    done: AtomicU64,
    total: AtomicU64,
    bytes: AtomicU64,
    rejected: AtomicU64,
    detail: Mutex<String>,
}

/// A moment of a [`Progress`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgressSnapshot {
    /// Units done: records, rounds, columns.
    pub done: u64,
    /// Units in all; 0 while it is not known.
    pub total: u64,
    /// Bytes handled so far; 0 where bytes mean nothing.
    pub bytes: u64,
    /// Records rejected so far.
    pub rejected: u64,
    /// What is being done, in words: `reading flights`.
    pub detail: String,
}

impl Progress {
    /// Progress of which nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a stage: sets the words and the total, and starts again from 0.
    pub fn stage(&self, detail: impl Into<String>, total: u64) {
        self.0.done.store(0, Ordering::Relaxed);
        self.0.bytes.store(0, Ordering::Relaxed);
        self.0.total.store(total, Ordering::Relaxed);
        self.detail(detail);
    }

    /// Changes the words only.
    pub fn detail(&self, detail: impl Into<String>) {
        *self.0.detail.lock().unwrap_or_else(PoisonError::into_inner) = detail.into();
    }

    /// Adds units done.
    pub fn add(&self, units: u64) {
        self.0.done.fetch_add(units, Ordering::Relaxed);
    }

    /// Adds bytes handled.
    pub fn add_bytes(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds rejected records.
    pub fn add_rejected(&self, records: u64) {
        self.0.rejected.fetch_add(records, Ordering::Relaxed);
    }

    /// Sets the units done.
    pub fn set(&self, done: u64) {
        self.0.done.store(done, Ordering::Relaxed);
    }

    /// How far the job is now.
    pub fn snapshot(&self) -> ProgressSnapshot {
        ProgressSnapshot {
            done: self.0.done.load(Ordering::Relaxed),
            total: self.0.total.load(Ordering::Relaxed),
            bytes: self.0.bytes.load(Ordering::Relaxed),
            rejected: self.0.rejected.load(Ordering::Relaxed),
            detail: self.0.detail.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

impl ProgressSnapshot {
    /// Share done, 0 to 1; `None` while the total is not known.
    pub fn share(&self) -> Option<f32> {
        (self.total > 0).then(|| (self.done as f32 / self.total as f32).min(1.0))
    }
}
