//! One partition: its log, and the fetches that wait for it to grow.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

use crate::broker::lock::lock;
use crate::broker::log::PartitionLog;
use crate::broker::shared_log::SharedLog;

/// A partition of a topic.
#[derive(Debug)]
pub struct Partition {
    /// Its number.
    pub number: i32,
    /// Gone when the topic was deleted, which a request may find out late.
    log: SharedLog,
    waiting: Mutex<Vec<Arc<Notify>>>,
}

impl Partition {
    /// A partition with its log.
    pub fn new(number: i32, log: PartitionLog) -> Self {
        Self { number, log: SharedLog::new(log), waiting: Mutex::default() }
    }

    /// Does something with the log; `None` when the partition is no more.
    pub fn with_log<T>(&self, work: impl FnOnce(&mut PartitionLog) -> T) -> Option<T> {
        self.log.with(work)
    }

    /// Takes the log away, for good.
    pub fn take_log(&self) -> Option<PartitionLog> {
        let log = self.log.take();
        self.wake();
        log
    }

    /// Compacts the log where it pays.
    ///
    /// # Errors
    /// The disk fails, or a batch is damaged.
    pub fn compact(&self, now_ms: i64) -> io::Result<()> {
        self.log.compact(now_ms)
    }

    /// Wakes the fetches that wait, because there may be something to read now.
    pub fn wake(&self) {
        for waiter in self.waiters().drain(..) {
            waiter.notify_one();
        }
    }

    /// Has the waiter woken once, at the next change.
    pub fn call(&self, waiter: &Arc<Notify>) {
        let mut waiters = self.waiters();
        if !waiters.iter().any(|other| Arc::ptr_eq(other, waiter)) {
            waiters.push(Arc::clone(waiter));
        }
    }

    /// Forgets the waiter.
    pub fn forget(&self, waiter: &Arc<Notify>) {
        self.waiters().retain(|other| !Arc::ptr_eq(other, waiter));
    }

    fn waiters(&self) -> MutexGuard<'_, Vec<Arc<Notify>>> {
        lock(&self.waiting)
    }
}
