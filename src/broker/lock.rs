//! Taking a mutex on a thread that serves connections.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// Takes the mutex. Where somebody else holds it, perhaps for as long as a disk takes, connections go on meanwhile on other
/// threads. A holder that panicked is no reason to stop: every change is made whole or not at all.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    match mutex.try_lock() {
        Ok(guard) => guard,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => wait(|| mutex.lock().unwrap_or_else(PoisonError::into_inner)),
    }
}

/// Does something that may take its time.
pub(super) fn wait<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
