//! Records of a matcher: in one block of memory, chained by key; places that are free are used again.

use super::keys::NONE;
use super::matcher::Place;

/// A record that is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<S> {
    pub place: Place,
    pub state: S,
    key: u32,
    /// The next of the same key.
    next: u32,
    is_gone: bool,
}

/// Records by number.
#[derive(Debug)]
pub(super) struct Records<S> {
    all: Vec<Record<S>>,
    free: Vec<u32>,
}

impl<S> Default for Records<S> {
    fn default() -> Self {
        Self { all: Vec::new(), free: Vec::new() }
    }
}

impl<S: Copy> Records<S> {
    /// Adds a record of that key before the `first` of its chain; its number.
    pub fn add(&mut self, place: Place, key: u32, first: u32, state: S) -> u32 {
        let record = Record { place, state, key, next: first, is_gone: false };
        let number = self.free.pop().unwrap_or(self.all.len() as u32);
        match self.all.get_mut(number as usize) {
            Some(free) => *free = record,
            None => self.all.push(record),
        }
        number
    }

    /// One that is there.
    pub fn get(&self, number: u32) -> Option<&Record<S>> {
        self.all.get(number as usize).filter(|record| !record.is_gone)
    }

    /// One that is there.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut Record<S>> {
        self.all.get_mut(number as usize).filter(|record| !record.is_gone)
    }

    /// Marks records as gone; their keys, each once. [`Self::without_gone`] of each key then frees them.
    pub fn remove(&mut self, numbers: &[u32]) -> Vec<u32> {
        let mut keys = Vec::with_capacity(numbers.len());
        for number in numbers {
            if let Some(record) = self.get_mut(*number) {
                record.is_gone = true;
                keys.push(record.key);
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Frees the gone ones of a chain; what is its first record then.
    pub fn without_gone(&mut self, first: u32) -> u32 {
        let (mut kept, mut at) = (NONE, first);
        while let Some(record) = self.all.get_mut(at as usize) {
            let next = record.next;
            if record.is_gone {
                self.free.push(at);
            } else {
                record.next = kept;
                kept = at;
            }
            at = next;
        }
        kept
    }

    /// The records of a chain, in order.
    pub fn list(&self, first: u32, into: &mut Vec<(Place, u32)>) {
        into.clear();
        let mut at = first;
        while let Some(record) = self.get(at) {
            into.push((record.place, at));
            at = record.next;
        }
        into.sort_unstable();
    }

    /// Bytes of those that are there.
    pub fn held_bytes(&self) -> usize {
        (self.all.len() - self.free.len()) * size_of::<Record<S>>()
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.all.len() == self.free.len()
    }
}
