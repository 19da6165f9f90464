//! One partition: its log, and the fetches that wait for it to grow.

use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

use crate::broker::lock::lock;
use crate::broker::log::PartitionLog;

/// A partition of a topic.
#[derive(Debug)]
pub struct Partition {
    /// Its number.
    pub number: i32,
    /// Gone when the topic was deleted, which a request may find out late.
    log: Mutex<Option<PartitionLog>>,
    waiting: Mutex<Vec<Arc<Notify>>>,
}

impl Partition {
    /// A partition with its log.
    pub fn new(number: i32, log: PartitionLog) -> Self {
        Self { number, log: Mutex::new(Some(log)), waiting: Mutex::default() }
    }

    /// Does something with the log; `None` when the partition is no more.
    pub fn with_log<T>(&self, work: impl FnOnce(&mut PartitionLog) -> T) -> Option<T> {
        lock(&self.log).as_mut().map(work)
    }

    /// Takes the log away, for good.
    pub fn take_log(&self) -> Option<PartitionLog> {
        let log = lock(&self.log).take();
        self.wake();
        log
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
