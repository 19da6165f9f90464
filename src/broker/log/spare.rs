//! Memory that was read into before and that nobody needs any more, for the next read: new memory is cleared by the system
//! before it is given, page by page, which takes as long as the read itself.

use std::sync::Mutex;

use bytes::{Bytes, BytesMut};

use crate::broker::lock::lock;

/// Reads from this length on are worth it.
const WORTH_KEEPING: usize = 64 << 10;
/// All that is kept; an answer to a fetch of four partitions, as clients ask by default.
const MOST_BYTES: usize = 4 << 20;

/// What was read lately, whether or not somebody still has it.
#[derive(Debug)]
pub(super) struct Spare {
    lent: Mutex<Vec<Bytes>>,
}

impl Spare {
    /// That of this process.
    pub(super) fn of_process() -> &'static Spare {
        static ALL: Spare = Spare::new();
        &ALL
    }

    const fn new() -> Spare {
        Spare { lent: Mutex::new(Vec::new()) }
    }

    /// Memory of this length, with anything in it.
    pub(super) fn take(&self, length: usize) -> BytesMut {
        let mut buffer = self.returned(length).unwrap_or_default();
        if buffer.is_empty() {
            return BytesMut::zeroed(length);
        }
        buffer.resize(length, 0);
        buffer
    }

    /// What nobody has any more and is long enough, or nearly.
    fn returned(&self, length: usize) -> Option<BytesMut> {
        if length < WORTH_KEEPING {
            return None;
        }
        let mut lent = lock(&self.lent);
        let at = lent.iter().position(|bytes| bytes.len() >= length - length / 4 && bytes.is_unique())?;
        lent.swap_remove(at).try_into_mut().ok()
    }

    /// Remembers memory that is given to somebody now.
    pub(super) fn lend(&self, bytes: &Bytes) {
        if bytes.len() < WORTH_KEEPING {
            return;
        }
        let mut lent = lock(&self.lent);
        while lent.iter().map(Bytes::len).sum::<usize>() + bytes.len() > MOST_BYTES {
            // The oldest, which was not fit for anybody.
            if lent.is_empty() {
                return;
            }
            lent.remove(0);
        }
        lent.push(bytes.clone());
    }

    /// Gives all back.
    pub(super) fn let_go(&self) {
        lock(&self.lent).clear();
    }
}

/// Gives memory back that was kept for the next reads.
pub fn give_back_spare_memory() {
    Spare::of_process().let_go();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(spare: &Spare, length: usize, byte: u8) -> Bytes {
        let mut buffer = spare.take(length);
        assert_eq!(buffer.len(), length);
        buffer.fill(byte);
        let bytes = buffer.freeze();
        spare.lend(&bytes);
        bytes
    }

    #[test]
    fn memory_comes_again_when_nobody_has_it_and_not_before() {
        let spare = Spare::new();
        let first = read(&spare, 100_000, 1);
        let part = first.slice(10..20);
        let place = first.as_ptr();
        drop(first);
        let second = read(&spare, 100_000, 2);
        assert_ne!(second.as_ptr(), place);
        assert_eq!(part, [1; 10][..]);
        drop(part);
        assert_eq!(read(&spare, 90_000, 3).as_ptr(), place);
        assert_eq!(second, vec![2; 100_000]);
    }

    #[test]
    fn no_more_is_kept_than_so_much() {
        let spare = Spare::new();
        let held: Vec<Bytes> = (0..100).map(|byte| read(&spare, 100_000, byte)).collect();
        drop(held);
        read(&spare, 10 * MOST_BYTES, 0);
        assert!(lock(&spare.lent).iter().map(Bytes::len).sum::<usize>() <= MOST_BYTES);
        spare.let_go();
        assert!(lock(&spare.lent).is_empty());
    }
}
