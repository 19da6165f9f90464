//! Memory that connections share: who needs some takes it before it fills it, and waits until there is some.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Memory is counted in blocks of this many bytes.
const BLOCK: usize = 1 << 10;

/// So much memory, of which parts are taken and given back.
pub struct Memory {
    free: Arc<Semaphore>,
    blocks: u32,
}

impl Memory {
    /// So many bytes.
    pub fn of(bytes: usize) -> Self {
        let blocks = u32::try_from((bytes / BLOCK).max(1)).unwrap_or(u32::MAX);
        let most = u32::try_from(Semaphore::MAX_PERMITS).unwrap_or(u32::MAX);
        let blocks = blocks.min(most);
        Self { free: Arc::new(Semaphore::new(usize::try_from(blocks).unwrap_or(1))), blocks }
    }

    /// Takes so many bytes, at most all that there are; waits until they are free. Nobody waits while holding some, or two
    /// could wait for each other.
    pub async fn take(&self, bytes: usize) -> Held {
        let blocks = u32::try_from(blocks(bytes)).unwrap_or(u32::MAX).min(self.blocks);
        // It fails only where the semaphore was closed, and nobody closes it.
        let permit = Arc::clone(&self.free).acquire_many_owned(blocks).await.ok();
        Held { permit, is_all: blocks == self.blocks }
    }
}

fn blocks(bytes: usize) -> usize {
    bytes.div_ceil(BLOCK).max(1)
}

/// Memory that was taken; free again when this is dropped.
#[derive(Debug)]
pub struct Held {
    permit: Option<OwnedSemaphorePermit>,
    is_all: bool,
}

impl Held {
    /// Whether it is enough for so many bytes, or all that there is.
    pub fn covers(&self, bytes: usize) -> bool {
        self.is_all || self.blocks() >= blocks(bytes)
    }

    /// Gives back what is more than these bytes need.
    pub fn shrink_to(&mut self, bytes: usize) {
        let surplus = self.blocks().saturating_sub(blocks(bytes));
        if let Some(permit) = self.permit.as_mut().filter(|_| surplus > 0) {
            drop(permit.split(surplus));
        }
    }

    fn blocks(&self) -> usize {
        self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now_or_never<T>(future: impl Future<Output = T>) -> Option<T> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(future).poll(&mut context) {
            std::task::Poll::Ready(done) => Some(done),
            std::task::Poll::Pending => None,
        }
    }

    #[test]
    fn what_is_given_back_others_take() {
        let memory = Memory::of(100 * BLOCK);
        let mut held = now_or_never(memory.take(90 * BLOCK)).unwrap();
        assert!(held.covers(90 * BLOCK) && !held.covers(90 * BLOCK + 1));
        assert!(now_or_never(memory.take(11 * BLOCK)).is_none());
        held.shrink_to(80 * BLOCK);
        let other = now_or_never(memory.take(20 * BLOCK)).unwrap();
        assert!(now_or_never(memory.take(1)).is_none());
        held.shrink_to(85 * BLOCK);
        drop((held, other));
        assert!(now_or_never(memory.take(100 * BLOCK)).is_some());
    }

    #[test]
    fn more_than_there_is_takes_all_and_is_enough() {
        let memory = Memory::of(10);
        let held = now_or_never(memory.take(1 << 40)).unwrap();
        assert!(held.covers(1 << 40));
        assert!(now_or_never(memory.take(0)).is_none());
    }
}
