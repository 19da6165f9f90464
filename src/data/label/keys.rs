//! Join keys, each once: its bytes in one block of memory, found by hash.

use std::hash::BuildHasher;

use polars::prelude::{PlFixedStateQuality, PlHashMap};

/// No key, no record.
pub(super) const NONE: u32 = u32::MAX;

/// What a matcher keeps of each key.
#[derive(Debug)]
pub(super) struct Key {
    start: usize,
    length: u32,
    /// Another key of the same hash.
    same_hash: u32,
    /// The newest event and the newest label of this key.
    pub events: u32,
    pub labels: u32,
    /// Noted as changed.
    pub changed: bool,
}

impl Key {
    /// Nothing has it.
    pub fn is_empty(&self) -> bool {
        self.events == NONE && self.labels == NONE
    }

    /// Puts it among the changed, once.
    pub fn note_change(&mut self, number: u32, changed: &mut Vec<u32>) {
        if !std::mem::replace(&mut self.changed, true) {
            changed.push(number);
        }
    }
}

/// The keys, numbered in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Keys {
    hasher: PlFixedStateQuality,
    first: PlHashMap<u64, u32>,
    keys: Vec<Key>,
    bytes: Vec<u8>,
    free: Vec<u32>,
    /// Bytes of keys that are gone.
    dead: usize,
}

impl Keys {
    /// A key and its number, which is new if need be.
    pub fn entry(&mut self, key: &[u8]) -> (u32, &mut Key) {
        let number = self.number(key);
        // The number is that of a key that is there.
        #[allow(clippy::indexing_slicing)]
        (number, &mut self.keys[number as usize])
    }

    fn number(&mut self, key: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(key);
        let first = self.first.get(&hash).copied().unwrap_or(NONE);
        let mut at = first;
        while let Some(known) = self.get(at) {
            if self.text(known) == key {
                return at;
            }
            at = known.same_hash;
        }
        let start = self.bytes.len();
        self.bytes.extend(key);
        let length = key.len() as u32;
        let entry = Key { start, length, same_hash: first, events: NONE, labels: NONE, changed: false };
        let number = self.free.pop().unwrap_or(self.keys.len() as u32);
        match self.keys.get_mut(number as usize) {
            Some(place) => *place = entry,
            None => self.keys.push(entry),
        }
        self.first.insert(hash, number);
        number
    }

    pub fn get(&self, number: u32) -> Option<&Key> {
        self.keys.get(number as usize)
    }

    pub fn get_mut(&mut self, number: u32) -> Option<&mut Key> {
        self.keys.get_mut(number as usize)
    }

    /// Forgets a key that is there; its number may be given to another.
    pub fn forget(&mut self, number: u32) {
        let Some(key) = self.get(number) else { return };
        let (hash, next, length) = (self.hasher.hash_one(self.text(key)), key.same_hash, key.length as usize);
        let mut at = self.first.get(&hash).copied().unwrap_or(NONE);
        if at == number {
            match next {
                NONE => self.first.remove(&hash),
                next => self.first.insert(hash, next),
            };
        }
        while let Some(other) = self.get_mut(at).filter(|_| at != number) {
            let after = other.same_hash;
            if after == number {
                other.same_hash = next;
            }
            at = after;
        }
        if let Some(key) = self.get_mut(number) {
            key.length = 0;
            key.events = NONE;
            key.labels = NONE;
        }
        self.free.push(number);
        self.dead += length;
        if self.dead > 4_096 && self.dead * 2 > self.bytes.len() {
            self.compact();
        }
    }

    /// Bytes of the keys that are there, about.
    pub fn held_bytes(&self) -> usize {
        let each = size_of::<Key>() + size_of::<(u64, u32)>();
        (self.keys.len() - self.free.len()) * each + self.bytes.len() - self.dead
    }

    fn text(&self, key: &Key) -> &[u8] {
        self.bytes.get(key.start..key.start + key.length as usize).unwrap_or_default()
    }

    fn compact(&mut self) {
        let mut bytes = Vec::with_capacity(self.bytes.len() - self.dead);
        for key in &mut self.keys {
            let text = self.bytes.get(key.start..key.start + key.length as usize).unwrap_or_default();
            key.start = bytes.len();
            bytes.extend(text);
        }
        self.bytes = bytes;
        self.dead = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_keeps_its_number_until_it_is_forgotten() {
        let mut keys = Keys::default();
        let numbers: Vec<u32> = (0..2_000).map(|n| keys.number(format!("flight-{n}").as_bytes())).collect();
        for n in (0..2_000).filter(|n| n % 4 > 0) {
            keys.forget(numbers[n]);
        }
        assert!(keys.bytes.len() < 20_000, "the block was compacted");
        for n in (0..2_000).step_by(4) {
            assert_eq!(keys.number(format!("flight-{n}").as_bytes()), numbers[n]);
        }
        let again = keys.number(b"another");
        assert!(numbers.contains(&again), "numbers are used again");
        assert_eq!(keys.number(b""), keys.number(b""));
        assert_eq!(keys.keys.len(), 2_000);
    }
}
