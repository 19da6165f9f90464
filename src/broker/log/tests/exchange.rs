//! The exchange of compacted segments when the log has changed meanwhile, or the disk fails in the middle.

use std::fs;
use std::path::Path;

use super::compaction::{Table, Writer, compacted, files_of, table, without_tombstones};
use super::support::*;
#[cfg(unix)]
use crate::broker::disk::simulated::Disk;
use crate::broker::log::{
    Cleanup, Compression, Isolation, LogConfig, Marker, PartitionLog, Producer, encode_batch,
};

fn compacted_and_deleted() -> LogConfig {
    LogConfig { cleanup: Cleanup { delete: true, compact: true }, ..compacted() }
}

#[test]
fn an_aborted_transaction_stays_aborted_when_retention_takes_a_segment_beside_it() {
    let mut log = in_memory(compacted_and_deleted());
    append(&mut log, plain(&[record(NOW, "first", Some("value"))]));
    log.roll(NOW).unwrap();
    append(&mut log, of_producer(1, 0, 0, 2, true));
    log.append_marker(1, 0, Marker::Abort, 0, 0, NOW).unwrap();
    log.roll(NOW).unwrap();
    let compaction = log.begin_compaction(NOW).unwrap().run().unwrap();
    log.delete_records(1).unwrap();
    log.finish_compaction(compaction).unwrap();
    assert_eq!(without_tombstones(table(&mut log)), Default::default());
    let fetched = log.read(1, usize::MAX, true, Isolation::Committed).unwrap();
    let records = fetched.records.read().unwrap();
    let data = seen_in(&records).into_iter().filter(|one| !one.control).count();
    assert_eq!(fetched.aborted.len(), usize::from(data > 0));
}

#[test]
fn a_table_is_the_same_whatever_is_deleted_while_compaction_runs() {
    for seed in 0..20 {
        #[cfg(unix)]
        let _disk = Disk::watch();
        let mut chance = Chance(seed);
        let folder = tempfile::tempdir().unwrap();
        let mut log = in_folder(folder.path(), compacted_and_deleted());
        let mut writer = Writer::default();
        let mut now = NOW;
        for _ in 0..300 {
            writer.step(&mut log, &mut chance);
            if chance.one_in(12) {
                log.roll(now).unwrap();
            }
            if chance.one_in(20) {
                now += chance.below(900) as i64;
                let Some(compaction) = log.begin_compaction(now) else { continue };
                let compacted = compaction.run().unwrap();
                if chance.one_in(2) {
                    let room = (log.high_watermark() - log.start_offset()) as u64;
                    let before = log.start_offset() + (chance.below(room + 1) / 2) as i64;
                    log.delete_records(before).unwrap();
                }
                log.finish_compaction(compacted).unwrap();
                let start = log.start_offset();
                assert_eq!(without_tombstones(table(&mut log)), writer.table_from(start), "seed {seed}");
            }
        }
        let start = log.start_offset();
        drop(log);
        let mut log = in_folder(folder.path(), compacted_and_deleted());
        assert_eq!(log.start_offset(), start, "seed {seed}");
        assert_eq!(without_tombstones(table(&mut log)), writer.table_from(start), "seed {seed}");
    }
}

#[test]
fn of_two_compactions_at_once_the_later_changes_nothing() {
    let mut log = in_memory(compacted());
    let mut chance = Chance(3);
    let mut writer = Writer::default();
    for _ in 0..200 {
        writer.step(&mut log, &mut chance);
    }
    for id in 0..3 {
        writer.end(id, &mut log, Marker::Abort);
    }
    log.roll(NOW).unwrap();
    let [one, other] = [0, 1].map(|_| log.begin_compaction(NOW).unwrap().run().unwrap());
    assert!(log.finish_compaction(one).unwrap().bytes > 0);
    let before = all(&mut log);
    assert_eq!(log.finish_compaction(other).unwrap(), Default::default());
    assert_eq!(all(&mut log), before);
    assert_eq!(without_tombstones(table(&mut log)), writer.table());
}

/// A log to be compacted into several segments, and the table that is in it.
fn written(folder: &Path) -> (PartitionLog, Table) {
    let mut log = in_folder(folder, compacted());
    let mut chance = Chance(5);
    let mut writer = Writer::default();
    for _ in 0..200 {
        writer.step(&mut log, &mut chance);
    }
    for id in 0..3 {
        writer.end(id, &mut log, Marker::Commit);
    }
    log.roll(NOW).unwrap();
    (log, writer.table())
}

/// Fails each sync of the exchange in turn.
#[cfg(unix)]
#[test]
fn a_disk_that_fails_in_the_exchange_never_makes_a_reader_miss_records() {
    let (mut refused, mut at) = (0, 0);
    loop {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::watch();
        let (mut log, before) = written(folder.path());
        let compacted_segments = log.begin_compaction(NOW).unwrap().run().unwrap();
        disk.fail(at, |_| true);
        let finished = log.finish_compaction(compacted_segments);
        if disk.is_to_fail() {
            break;
        }
        assert!(finished.is_err(), "sync {at}");
        match log.read(0, usize::MAX, true, Isolation::Committed) {
            Ok(_) => assert_eq!(without_tombstones(table(&mut log)), before, "sync {at}"),
            Err(_) => {
                refused += 1;
                assert!(log.offset_for_time(NOW).is_err() && log.max_timestamp().is_err());
            }
        }
        drop(log);
        let mut log = in_folder(folder.path(), compacted());
        assert_eq!(without_tombstones(table(&mut log)), before, "sync {at}");
        at += 1;
    }
    assert!(at > 4 && refused > 0 && refused < at, "{refused} of {at}");
}

#[test]
fn a_compacted_segment_that_is_gone_leaves_the_log_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (mut log, before) = written(folder.path());
    let compacted_segments = log.begin_compaction(NOW).unwrap().run().unwrap();
    let mut cleaned = files_of(folder.path(), "cleaned");
    cleaned.retain(|path| path.metadata().unwrap().len() > 0);
    fs::remove_file(&cleaned[1]).unwrap();
    assert!(log.finish_compaction(compacted_segments).is_err());
    assert_eq!(without_tombstones(table(&mut log)), before);
    assert_eq!(files_of(folder.path(), "cleaned").len(), 0);
    log.compact(NOW).unwrap();
    assert_eq!(without_tombstones(table(&mut log)), before);
}

#[test]
fn a_damaged_batch_stops_compaction_once_and_leaves_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), compacted());
    for at in 0..90 {
        let key = format!("{at}");
        let records = [record(NOW, &key, Some("value")), record(NOW, "again", Some("value"))];
        append(&mut log, encode_batch(&records, Producer::NONE, Compression::None).unwrap());
    }
    log.roll(NOW).unwrap();
    let path = files_of(folder.path(), "log").remove(1);
    let mut content = fs::read(&path).unwrap();
    let last = content.len() - 3;
    // In the last value of the segment, where only the checksum shows it.
    content[last] ^= 1;
    fs::write(&path, content).unwrap();
    let before = all_but_damaged(&mut log);
    assert_eq!(log.compact(NOW).unwrap_err().kind(), std::io::ErrorKind::InvalidData);
    assert_eq!(files_of(folder.path(), "cleaned").len(), 0);
    assert!(log.begin_compaction(NOW).is_none());
    assert_eq!(all_but_damaged(&mut log), before);
}

/// The sizes of what is read; the damage is the reader's to find.
fn all_but_damaged(log: &mut PartitionLog) -> usize {
    let mut sizes = 0;
    for from in 0..log.high_watermark() {
        sizes += log.read(from, 1, true, Isolation::Uncommitted).unwrap().records.len();
    }
    sizes
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// Replays the exchange of files and stops after each of its steps.
#[test]
fn a_crash_at_any_step_of_the_exchange_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), LogConfig { compression: Some(Compression::None), ..compacted() });
    let mut chance = Chance(11);
    let mut writer = Writer::default();
    for _ in 0..300 {
        writer.step(&mut log, &mut chance);
    }
    for id in 0..3 {
        writer.end(id, &mut log, Marker::Abort);
    }
    log.roll(NOW).unwrap();
    log.flush().unwrap();
    let before = writer.table();
    let compaction = log.begin_compaction(NOW).unwrap();
    let _waiting = compaction.run().unwrap();
    let cleaned = files_of(folder.path(), "cleaned");
    assert!(cleaned.len() > 1);
    let sources = files_of(folder.path(), "log").len();

    for step in 0..sources + 3 {
        let crashed = tempfile::tempdir().unwrap();
        copy(folder.path(), crashed.path());
        for name in cleaned.iter().map(|path| path.file_name().unwrap()) {
            exchange(&crashed.path().join(name), step);
        }
        let mut log = in_folder(crashed.path(), compacted());
        assert_eq!(without_tombstones(table(&mut log)), before, "step {step}");
        assert!(
            files_of(crashed.path(), "cleaned").is_empty() && files_of(crashed.path(), "swap").is_empty()
        );
        log.compact(NOW).unwrap();
        assert_eq!(without_tombstones(table(&mut log)), before, "step {step}");
    }
}

/// The first steps of the exchange: written, renamed to swap, then one source after the other deleted.
fn exchange(cleaned: &Path, steps: usize) {
    if steps == 0 {
        return;
    }
    let swap = cleaned.with_extension("swap");
    fs::rename(cleaned, &swap).unwrap();
    let stem = swap.file_stem().unwrap().to_str().unwrap().to_owned();
    let (base, end) = stem.split_once('-').unwrap();
    let covered = files_of(swap.parent().unwrap(), "log").into_iter().filter(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        name >= base && name < end
    });
    for path in covered.take(steps - 1) {
        fs::remove_file(path).unwrap();
    }
}

/// A compaction that has failed is not tried again and again: it reads much, and takes what room there is.
#[cfg(unix)]
#[test]
fn a_compaction_that_failed_is_left_alone_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::watch();
    let (mut log, before) = written(folder.path());
    let place = folder.path().to_owned();
    disk.be_full(0, move |path| path == place);
    assert!(log.compact(NOW).is_err() && !disk.is_to_fail());
    assert!(log.begin_compaction(NOW + 15_000).is_none());
    let later = NOW + 3_600_000;
    assert!(log.compact(later).unwrap().bytes > 0);
    assert_eq!(without_tombstones(table(&mut log)), before);
}
