//! Look-ups by time against a scan of all records.

use super::support::*;
use crate::broker::log::{PartitionLog, PlainRecord, Producer, TimedOffset, encode_batch};

/// Records with timestamps that wander and jump back, in batches of every compression.
fn fill(log: &mut PartitionLog, chance: &mut Chance) {
    let mut time = NOW;
    for _ in 0..120 {
        let mut times = Vec::new();
        for _ in 0..1 + chance.below(8) {
            time = time + chance.below(50) as i64 - if chance.one_in(6) { 200 } else { 10 };
            times.push(if chance.one_in(40) { -1 } else { time.max(0) });
        }
        let value = vec![b'x'; chance.below(60) as usize];
        let one = |timestamp: &i64| PlainRecord { timestamp: *timestamp, key: None, value: Some(&value) };
        let records: Vec<_> = times.iter().map(one).collect();
        append(log, encode_batch(&records, Producer::NONE, chance.pick(&ALL)).unwrap());
    }
}

fn check(log: &mut PartitionLog, chance: &mut Chance) {
    let seen = all(log);
    let as_found = |one: &Seen| TimedOffset { offset: one.offset, timestamp: one.timestamp };
    let mut asked: Vec<i64> =
        (0..100).map(|_| seen[chance.below(seen.len() as u64) as usize].timestamp).collect();
    asked.extend((0..50).map(|_| NOW - 2000 + chance.below(6000) as i64));
    asked.extend([i64::MIN, -1, 0, i64::MAX]);
    for ms in asked {
        let naive = seen.iter().find(|one| one.timestamp >= ms.max(-1)).map(as_found);
        assert_eq!(log.offset_for_time(ms).unwrap(), naive, "{ms}");
    }
    let newest = seen.iter().map(|one| one.timestamp).max().unwrap();
    let naive = seen.iter().find(|one| one.timestamp == newest).map(as_found);
    assert_eq!(log.max_timestamp().unwrap(), naive);
}

#[test]
fn the_first_record_at_or_after_a_time_is_found_whatever_the_order_of_times() {
    for seed in 0..20 {
        let mut chance = Chance(seed);
        let mut log = in_memory(small());
        fill(&mut log, &mut chance);
        check(&mut log, &mut chance);
    }
}

#[test]
fn times_are_found_on_disk_and_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut chance = Chance(7);
    let mut log = in_folder(folder.path(), small());
    fill(&mut log, &mut chance);
    check(&mut log, &mut chance);
    log.close().unwrap();
    check(&mut in_folder(folder.path(), small()), &mut chance);
}

#[test]
fn records_below_the_start_are_not_found() {
    let mut log = in_memory(small());
    for at in 0..30 {
        append(&mut log, plain(&[record(NOW + at, "key", None), record(NOW + at, "key", None)]));
    }
    log.delete_records(41).unwrap();
    assert_eq!(log.offset_for_time(0).unwrap(), Some(TimedOffset { offset: 41, timestamp: NOW + 20 }));
}

#[test]
fn an_empty_log_has_no_times() {
    let mut log = in_memory(small());
    assert_eq!(log.offset_for_time(0).unwrap(), None);
    assert_eq!(log.max_timestamp().unwrap(), None);
}
