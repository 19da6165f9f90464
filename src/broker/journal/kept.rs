//! A journal for tests: kept in memory, can be read as of any moment, and can be made to fail.

use std::io;
use std::sync::{Arc, Mutex};

use super::{Entry, Journal};

/// Shared by the coordinator that writes it and the test that reads it.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    appends: Vec<Vec<Entry>>,
    fails: bool,
}

impl Kept {
    pub(crate) fn new() -> Kept {
        Kept::default()
    }

    /// How many appends there were.
    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().appends.len()
    }

    /// All entries of the first `appends`.
    pub(crate) fn first(&self, appends: usize) -> Vec<Entry> {
        self.0.lock().unwrap().appends[..appends].concat()
    }

    /// From now on appends fail, or no longer.
    pub(crate) fn fail(&self, fails: bool) {
        self.0.lock().unwrap().fails = fails;
    }
}

impl Journal for Kept {
    fn append(&mut self, entries: &[Entry]) -> io::Result<()> {
        let mut inner = self.0.lock().unwrap();
        if inner.fails {
            return Err(io::Error::other("no space left"));
        }
        inner.appends.push(entries.to_vec());
        Ok(())
    }

    fn force(&mut self) -> io::Result<()> {
        Ok(())
    }
}
