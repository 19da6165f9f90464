//! Aborted transactions and the last stable offset against a list of everything that happened.

use std::collections::BTreeMap;

use super::support::*;
use crate::broker::log::{Aborted, Isolation, Marker, PartitionLog};

/// Everything that happened, kept naively.
#[derive(Default)]
struct Model {
    /// Producer to first offset.
    open: BTreeMap<i64, i64>,
    /// First offset, marker's offset, producer.
    aborted: Vec<(i64, i64, i64)>,
    sequences: BTreeMap<i64, i32>,
}

impl Model {
    fn step(&mut self, log: &mut PartitionLog, chance: &mut Chance) {
        let id = chance.below(5) as i64;
        let sequence = *self.sequences.entry(id).or_default();
        if self.open.contains_key(&id) && chance.one_in(3) {
            let marker = if chance.one_in(2) { Marker::Abort } else { Marker::Commit };
            let appended = log.append_marker(id, 0, marker, 0, 0, NOW).unwrap();
            let first = self.open.remove(&id).unwrap();
            if marker == Marker::Abort {
                self.aborted.push((first, appended.base_offset, id));
            }
        } else if chance.one_in(4) {
            append(log, plain(&[record(NOW, "plain", None)]));
        } else {
            let count = 1 + chance.below(3) as usize;
            let appended = append(log, of_producer(id, 0, sequence, count, true));
            self.sequences.insert(id, sequence + count as i32);
            self.open.entry(id).or_insert(appended.base_offset);
        }
    }

    fn check(&self, log: &mut PartitionLog, chance: &mut Chance) {
        let end = log.high_watermark();
        let stable = self.open.values().min().copied().unwrap_or(end);
        assert_eq!(log.last_stable_offset(), stable);
        let ongoing: Vec<i64> = self.open.keys().copied().collect();
        let mut told: Vec<i64> = log.ongoing_transactions().iter().map(|one| one.producer_id).collect();
        told.sort_unstable();
        assert_eq!(told, ongoing);

        let start = log.start_offset();
        let from = start + chance.below((end - start + 1) as u64) as i64;
        let bytes = chance.below(1500) as usize;
        let fetched = log.read(from, bytes, true, Isolation::Committed).unwrap();
        let records = fetched.records.read().unwrap();
        let seen = seen_in(&records);
        let Some(last) = seen.last() else {
            return assert!(from >= stable, "nothing from {from} below {stable}");
        };
        assert!(last.offset < stable);
        let overlaps = |(first, marker, _): &&(i64, i64, i64)| *first <= last.offset && *marker >= from;
        let mut naive: Vec<Aborted> = self
            .aborted
            .iter()
            .filter(overlaps)
            .map(|(first_offset, _, producer_id)| Aborted {
                producer_id: *producer_id,
                first_offset: *first_offset,
            })
            .collect();
        let mut told = fetched.aborted;
        naive.sort_unstable();
        told.sort_unstable();
        assert_eq!(told, naive, "from {from} to {}", last.offset);
    }
}

#[test]
fn readers_of_committed_records_are_told_what_was_aborted() {
    for seed in 0..30 {
        let mut chance = Chance(seed);
        let mut log = in_memory(small());
        let mut model = Model::default();
        for _ in 0..200 {
            model.step(&mut log, &mut chance);
            model.check(&mut log, &mut chance);
        }
    }
}

#[test]
fn transactions_are_known_after_crashes_and_after_closing() {
    for seed in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let mut chance = Chance(seed);
        let mut log = in_folder(folder.path(), small());
        let mut model = Model::default();
        for _ in 0..200 {
            model.step(&mut log, &mut chance);
            if chance.one_in(15) {
                match chance.one_in(2) {
                    true => log.close().unwrap(),
                    false => drop(log),
                }
                log = in_folder(folder.path(), small());
            }
            model.check(&mut log, &mut chance);
        }
    }
}

#[test]
fn an_uncommitted_reader_sees_everything_and_no_list() {
    let mut log = in_memory(small());
    append(&mut log, of_producer(1, 0, 0, 2, true));
    log.append_marker(1, 0, Marker::Abort, 0, 0, NOW).unwrap();
    append(&mut log, of_producer(1, 0, 2, 2, true));
    let fetched = log.read(0, usize::MAX, true, Isolation::Uncommitted).unwrap();
    let records = fetched.records.read().unwrap();
    assert_eq!(seen_in(&records).len(), 5);
    assert!(fetched.aborted.is_empty());
    assert_eq!((fetched.last_stable_offset, fetched.high_watermark), (3, 5));
}

#[test]
fn an_empty_transaction_leaves_no_trace_for_readers() {
    let mut log = in_memory(small());
    log.append_marker(1, 0, Marker::Abort, 0, 0, NOW).unwrap();
    append(&mut log, plain(&[record(NOW, "key", None)]));
    let fetched = log.read(0, usize::MAX, true, Isolation::Committed).unwrap();
    assert!(fetched.aborted.is_empty());
    assert_eq!(log.last_stable_offset(), 2);
}
