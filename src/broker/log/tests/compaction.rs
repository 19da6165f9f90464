//! Compaction against a map: the latest record per key, and nothing of aborted transactions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::support::*;
use crate::broker::log::batch::BatchHeader;
use crate::broker::log::records::put_varlong;
use crate::broker::log::{Cleanup, Isolation, LogConfig, Marker, PartitionLog, Producer, encode_batch};

pub(super) fn compacted() -> LogConfig {
    LogConfig {
        cleanup: Cleanup { delete: false, compact: true },
        min_cleanable_dirty_ratio: 0.0,
        delete_retention_ms: 1000,
        ..small()
    }
}

/// The latest value of each key as a reader of committed records builds it.
pub(super) type Table = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

pub(super) fn table(log: &mut PartitionLog) -> Table {
    let mut table = Table::new();
    let mut from = log.start_offset();
    while from < log.last_stable_offset() {
        let fetched = log.read(from, 800, true, Isolation::Committed).unwrap();
        let records = fetched.records.read().unwrap();
        let mut waiting = fetched.aborted.clone();
        waiting.sort_by_key(|one| one.first_offset);
        let mut aborted: Vec<i64> = Vec::new();
        for one in seen_in(&records) {
            while waiting.first().is_some_and(|next| next.first_offset <= one.offset) {
                aborted.push(waiting.remove(0).producer_id);
            }
            if one.control {
                aborted.retain(|id| *id != one.producer_id);
            } else if !aborted.contains(&one.producer_id) && one.offset >= from {
                table.insert(one.key.unwrap(), one.value);
            }
        }
        let mut rest = &records[..];
        if rest.is_empty() {
            // Everything from here to the last stable offset is compacted away.
            break;
        }
        while !rest.is_empty() {
            let header = BatchHeader::parse(rest).unwrap();
            from = header.last_offset() + 1;
            rest = &rest[header.size..];
        }
    }
    table
}

pub(super) fn without_tombstones(mut table: Table) -> Table {
    table.retain(|_, value| value.is_some());
    table
}

/// A record that was written, and the producer whose open transaction it is part of.
struct Written {
    offset: i64,
    key: String,
    value: Option<String>,
    open: Option<usize>,
}

/// Writes keyed records, plain and in transactions, and remembers all of them that count.
#[derive(Default)]
pub(super) struct Writer {
    written: Vec<Written>,
    sequences: [i32; 3],
}

impl Writer {
    pub(super) fn step(&mut self, log: &mut PartitionLog, chance: &mut Chance) {
        let id = chance.below(3) as usize;
        let is_open = self.written.iter().any(|one| one.open == Some(id));
        if is_open && chance.one_in(3) {
            return self.end(id, log, if chance.one_in(2) { Marker::Abort } else { Marker::Commit });
        }
        let keys: Vec<String> =
            (0..1 + chance.below(3)).map(|_| format!("key {}", chance.below(12))).collect();
        let value = format!("value {}", chance.next());
        let values: Vec<_> = keys.iter().map(|_| (!chance.one_in(4)).then_some(value.as_str())).collect();
        let records: Vec<_> = keys.iter().zip(&values).map(|(key, value)| record(NOW, key, *value)).collect();
        let open = chance.one_in(2).then_some(id);
        let producer = match open {
            None => Producer::NONE,
            Some(id) => {
                Producer { id: id as i64, epoch: 0, sequence: self.sequences[id], transactional: true }
            }
        };
        self.sequences[id] += if open.is_some() { records.len() as i32 } else { 0 };
        let first = append(log, encode_batch(&records, producer, chance.pick(&ALL)).unwrap()).base_offset;
        for (offset, (key, value)) in (first..).zip(keys.iter().zip(&values)) {
            self.written.push(Written { offset, key: key.clone(), value: value.map(str::to_owned), open });
        }
    }

    pub(super) fn end(&mut self, id: usize, log: &mut PartitionLog, marker: Marker) {
        log.append_marker(id as i64, 0, marker, 0, 0, NOW).unwrap();
        self.written.retain(|one| marker == Marker::Commit || one.open != Some(id));
        self.written.iter_mut().filter(|one| one.open == Some(id)).for_each(|one| one.open = None);
    }

    /// The table of what lies below the first open transaction.
    pub(super) fn table(&self) -> Table {
        self.table_from(0)
    }

    /// The same, of what lies from `start` on.
    pub(super) fn table_from(&self, start: i64) -> Table {
        let stable = self.written.iter().find(|one| one.open.is_some()).map_or(i64::MAX, |one| one.offset);
        let decided = self.written.iter().filter(|one| (start..stable).contains(&one.offset));
        let bytes = |text: &String| text.clone().into_bytes();
        without_tombstones(decided.map(|one| (bytes(&one.key), one.value.as_ref().map(bytes))).collect())
    }
}

fn data_records(log: &mut PartitionLog) -> Vec<Seen> {
    all(log).into_iter().filter(|one| !one.control).collect()
}

#[test]
fn a_reader_of_the_whole_log_builds_the_table_that_was_written() {
    for seed in 0..30 {
        let mut chance = Chance(seed);
        let mut log = in_memory(compacted());
        let mut writer = Writer::default();
        let mut now = NOW;
        for _ in 0..400 {
            writer.step(&mut log, &mut chance);
            if chance.one_in(25) {
                now += chance.below(700) as i64;
                log.compact(now).unwrap();
                assert_eq!(without_tombstones(table(&mut log)), writer.table(), "seed {seed}");
            }
        }
        // With all transactions ended and everything rolled, what is left is the latest of each key.
        for id in 0..3 {
            writer.end(id, &mut log, Marker::Commit);
        }
        for _ in 0..4 {
            append(&mut log, plain(&[record(NOW, "the end", Some("x"))]));
            log.roll(now).unwrap();
            now += 2000;
            log.compact(now).unwrap();
        }
        let left = data_records(&mut log);
        let kept: Vec<_> =
            left.iter().map(|one| one.key.clone().unwrap()).filter(|key| key != b"the end").collect();
        let keys: Vec<_> = writer.table().keys().cloned().collect();
        let mut sorted = kept.clone();
        sorted.sort();
        assert_eq!(sorted, keys, "seed {seed}");
        assert!(left.iter().all(|one| one.value.is_some()), "seed {seed}");
        // A marker stays with what is left of its transaction, and as the last batch of its producer.
        let of_transactions = left.iter().filter(|one| one.producer_id >= 0).count();
        let markers = all(&mut log).iter().filter(|one| one.control).count();
        assert!(markers <= of_transactions + 3, "seed {seed}: {markers}");
    }
}

#[test]
fn offsets_and_times_of_kept_records_stay() {
    for compression in ALL {
        let mut log = in_memory(compacted());
        for at in 0..40i64 {
            let (a, b) = (format!("{}", at % 7), format!("b{}", at % 5));
            let records = [record(NOW + at, &a, Some("value")), record(NOW - at, &b, None)];
            append(&mut log, encode_batch(&records, Producer::NONE, compression).unwrap());
        }
        let before = all(&mut log);
        log.roll(NOW).unwrap();
        log.compact(NOW).unwrap();
        let after = all(&mut log);
        assert_eq!(after.len(), 12);
        assert!(after.iter().all(|one| before.contains(one)), "{compression:?}");
        for one in &after {
            let records =
                log.read(one.offset, 1, true, Isolation::Uncommitted).unwrap().records.read().unwrap();
            assert!(seen_in(&records).contains(one));
        }
    }
}

#[test]
fn tombstones_stay_for_their_time_and_go_then() {
    let mut log = in_memory(compacted());
    let pass = |log: &mut PartitionLog, now| {
        append(log, plain(&[record(NOW, "other", Some("value"))]));
        log.roll(now).unwrap();
        log.compact(now).unwrap();
        all(log).iter().any(|one| one.key.as_deref() == Some(b"gone"))
    };
    append(&mut log, plain(&[record(NOW, "gone", Some("value")), record(NOW + 3, "stays", Some("v"))]));
    append(&mut log, plain(&[record(NOW, "gone", None)]));
    assert!(pass(&mut log, NOW));
    assert!(pass(&mut log, NOW + 999));
    assert!(!pass(&mut log, NOW + 1000));
    let stays = all(&mut log).into_iter().find(|one| one.key.as_deref() == Some(b"stays")).unwrap();
    assert_eq!((stays.offset, stays.timestamp), (1, NOW + 3));
}

#[test]
fn a_tombstone_keeps_its_time_while_it_waits_to_go() {
    let mut log = in_memory(compacted());
    append(&mut log, plain(&[record(NOW + 7, "gone", None), record(NOW + 9, "gone too", None)]));
    log.roll(NOW).unwrap();
    log.compact(NOW + 50).unwrap();
    let times: Vec<i64> = all(&mut log).iter().map(|one| one.timestamp).collect();
    assert_eq!(times, [NOW + 7, NOW + 9]);
}

#[test]
fn nothing_of_an_open_transaction_or_of_the_growing_segment_is_touched() {
    let mut log = in_memory(compacted());
    for _ in 0..3 {
        append(&mut log, plain(&[record(NOW, "key", Some("plain"))]));
    }
    append(&mut log, of_producer(1, 0, 0, 2, true));
    log.roll(NOW).unwrap();
    log.compact(NOW).unwrap();
    assert_eq!(all(&mut log).len(), 5);
    log.append_marker(1, 0, Marker::Commit, 0, 0, NOW).unwrap();
    log.compact(NOW).unwrap();
    assert_eq!(all(&mut log).iter().filter(|one| !one.control).count(), 1);
}

#[test]
fn a_producer_goes_on_where_it_was_after_compaction_and_a_lost_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), compacted());
    append(&mut log, of_producer(1, 0, 0, 4, false));
    append(&mut log, plain(&[record(NOW, "key", Some("later"))]));
    log.roll(NOW).unwrap();
    log.compact(NOW).unwrap();
    assert_eq!(all(&mut log).len(), 1);
    log.close().unwrap();
    fs::remove_file(folder.path().join("partition.state")).unwrap();
    let mut log = in_folder(folder.path(), compacted());
    assert!(log.append(of_producer(1, 0, 9, 1, false), 0, NOW).is_err());
    assert!(append(&mut log, of_producer(1, 0, 0, 4, false)).duplicate);
    assert_eq!(append(&mut log, of_producer(1, 0, 4, 1, false)).base_offset, 5);
}

#[test]
fn the_marker_stays_with_the_empty_batch_of_an_aborted_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), compacted());
    append(&mut log, of_producer(1, 0, 0, 2, true));
    log.append_marker(1, 0, Marker::Abort, 0, 0, NOW).unwrap();
    for pass in 0..5 {
        append(&mut log, plain(&[record(NOW, "key", Some("later"))]));
        log.roll(NOW).unwrap();
        log.compact(NOW + pass * 2000).unwrap();
    }
    log.close().unwrap();
    fs::remove_file(folder.path().join("partition.state")).unwrap();
    let mut log = in_folder(folder.path(), compacted());
    assert_eq!(log.last_stable_offset(), log.high_watermark());
    // The producer's sequence is read from its empty batch.
    assert!(append(&mut log, of_producer(1, 0, 0, 2, true)).duplicate);
}

#[test]
fn headers_with_equal_names_survive() {
    let mut body = Vec::new();
    for (delta, key) in [(0, b"a"), (1, b"b"), (2, b"a")] {
        let mut one = vec![0];
        put_varlong(0, &mut one);
        put_varlong(delta, &mut one);
        for bytes in [&key[..], b"value"] {
            put_varlong(bytes.len() as i64, &mut one);
            one.extend_from_slice(bytes);
        }
        put_varlong(2, &mut one);
        for value in [b"1", b"2"] {
            put_varlong(4, &mut one);
            one.extend_from_slice(b"name");
            put_varlong(1, &mut one);
            one.extend_from_slice(value);
        }
        put_varlong(one.len() as i64, &mut body);
        body.extend_from_slice(&one);
    }
    let filler = record(NOW, "x", None);
    let header = BatchHeader::parse(&plain(&[filler, filler, filler])).unwrap();
    let mut log = in_memory(compacted());
    append(&mut log, header.with_records(&body).into());
    log.roll(NOW).unwrap();
    log.compact(NOW).unwrap();
    let records = log.read(0, usize::MAX, true, Isolation::Uncommitted).unwrap().records.read().unwrap();
    assert_eq!(seen_in(&records).len(), 2);
    let names = records.windows(4).filter(|bytes| bytes == b"name").count();
    assert_eq!(names, 4);
}

#[test]
fn compaction_waits_until_it_pays() {
    let config = LogConfig { min_cleanable_dirty_ratio: 0.5, max_compaction_lag_ms: 5000, ..compacted() };
    let mut log = in_memory(LogConfig { min_compaction_lag_ms: 100, ..config.clone() });
    for _ in 0..100 {
        append(&mut log, plain(&[record(NOW, "key", Some("value"))]));
    }
    log.roll(NOW).unwrap();
    assert!(log.begin_compaction(NOW + 99).is_none());
    log.compact(NOW + 100).unwrap();
    assert_eq!(all(&mut log).len(), 1);
    assert!(log.begin_compaction(NOW + 10_000).is_none());
}

#[test]
fn a_reader_of_times_sees_through_a_compacted_log() {
    let mut log = in_memory(compacted());
    for at in 0..200 {
        let key = format!("{}", at % 30);
        append(&mut log, plain(&[record(NOW + (at * 7) % 100, &key, Some("value"))]));
    }
    log.roll(NOW).unwrap();
    log.compact(NOW).unwrap();
    let seen = all(&mut log);
    assert_eq!(seen.len(), 30);
    for ms in NOW - 1..NOW + 101 {
        let naive = seen.iter().find(|one| one.timestamp >= ms).map(|one| one.offset);
        assert_eq!(log.offset_for_time(ms).unwrap().map(|found| found.offset), naive);
    }
}

pub(super) fn files_of(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    paths
}

#[test]
fn a_log_goes_on_while_it_is_compacted() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), compacted());
    for at in 0..100 {
        append(&mut log, plain(&[record(NOW, &format!("{}", at % 9), Some("value"))]));
    }
    let compaction = log.begin_compaction(NOW).unwrap();
    let compacted_segments = std::thread::spawn(move || compaction.run()).join().unwrap().unwrap();
    append(&mut log, plain(&[record(NOW, "0", Some("meanwhile"))]));
    log.roll(NOW).unwrap();
    log.delete_records(20).unwrap();
    let before = without_tombstones(table(&mut log));
    log.finish_compaction(compacted_segments).unwrap();
    assert_eq!(without_tombstones(table(&mut log)), before);
    drop(log);
    let mut log = in_folder(folder.path(), compacted());
    assert_eq!(without_tombstones(table(&mut log)), before);
}
