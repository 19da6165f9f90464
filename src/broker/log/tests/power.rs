//! Loss of power under `Durability::Always`: at no moment is anything missing that was acknowledged by then.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;

use super::compaction::{Writer, compacted, table, without_tombstones};
use super::support::*;
use crate::broker::disk::simulated::Disk;
use crate::broker::log::{Appended, Durability, Isolation, LogConfig, LogPlace, Marker, PartitionLog};

fn always(folder: &Path, config: LogConfig) -> PartitionLog {
    PartitionLog::open(LogPlace::Folder(folder.to_owned()), config, Durability::Always, NOW).unwrap().0
}

/// The log that is there after a loss of power now.
fn after_loss(disk: &Disk, folder: &Path, config: LogConfig) -> (tempfile::TempDir, PartitionLog) {
    let left = tempfile::tempdir().unwrap();
    disk.after_loss_of_power(folder, left.path());
    let log = always(left.path(), config);
    (left, log)
}

#[test]
fn every_append_is_on_disk_when_it_is_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::watch();
    let mut log = always(folder.path(), small());
    let mut chance = Chance(4);
    let mut sequence = 0;
    for _ in 0..150 {
        let count = 1 + chance.below(4) as i32;
        append(&mut log, of_producer(1, 0, sequence, count as usize, false));
        sequence += count;
        let (_left, mut found) = after_loss(&disk, folder.path(), small());
        assert_eq!(all(&mut found), all(&mut log));
        let again: Appended = append(&mut found, of_producer(1, 0, sequence - count, count as usize, false));
        assert!(again.duplicate);
    }
    assert!(log.size() > 3 * small().segment_bytes);
}

#[test]
fn so_are_markers_and_the_first_offset() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::watch();
    let mut log = always(folder.path(), small());
    for at in 0..40 {
        append(&mut log, of_producer(1, 0, at * 2, 2, true));
        let marker = if at % 2 == 0 { Marker::Commit } else { Marker::Abort };
        log.append_marker(1, 0, marker, 0, 0, NOW).unwrap();
        if at % 10 == 9 {
            log.delete_records(log.high_watermark() - 4).unwrap();
        }
        let (_left, mut found) = after_loss(&disk, folder.path(), small());
        assert_eq!(all(&mut found), all(&mut log));
        assert_eq!(found.start_offset(), log.start_offset());
        assert_eq!(found.last_stable_offset(), log.high_watermark());
    }
}

/// Takes the power away at each moment between acknowledgements too.
#[test]
fn at_no_moment_is_a_record_missing_that_was_acknowledged_before() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_owned();
    let acknowledged: Rc<RefCell<(i64, Vec<Seen>)>> = Rc::default();
    let (moments, known) = (Rc::new(Cell::new(0)), Rc::clone(&acknowledged));
    let disk = Disk::watch();
    let counted = Rc::clone(&moments);
    disk.at_each_sync(move |left| {
        let to = tempfile::tempdir().unwrap();
        left.after_loss_of_power(&place, to.path());
        let mut found = always(to.path(), small());
        let (start, known) = &*known.borrow();
        assert!(found.start_offset() <= *start);
        let expected: Vec<_> = known.iter().filter(|one| one.offset >= found.start_offset()).collect();
        assert!(all(&mut found).iter().zip(&expected).all(|(one, other)| one == *other));
        assert!(found.high_watermark() >= known.last().map_or(0, |last| last.offset + 1));
        counted.set(counted.get() + 1);
    });
    let mut log = always(folder.path(), small());
    let mut chance = Chance(9);
    for at in 0..60 {
        append(&mut log, of_producer(1, 0, at * 9, 9, false));
        let known = known_of(&mut log, &acknowledged.borrow().1);
        acknowledged.borrow_mut().1 = known;
        if chance.one_in(9) {
            let before = log.high_watermark() - chance.below(60) as i64;
            if before > log.start_offset() {
                acknowledged.borrow_mut().0 = before;
                log.delete_records(before).unwrap();
            }
        }
        if chance.one_in(20) {
            log.close().unwrap();
            log = always(folder.path(), small());
        }
    }
    assert!(moments.get() > 100 && log.start_offset() > 100);
}

/// All records that ever were in the log.
fn known_of(log: &mut PartitionLog, before: &[Seen]) -> Vec<Seen> {
    let start = log.start_offset();
    let gone = before.iter().filter(|one| one.offset < start).cloned();
    gone.chain(all(log)).collect()
}

#[test]
fn at_no_moment_of_compaction_is_the_table_another_one() {
    for seed in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        let mut log = always(folder.path(), compacted());
        let mut chance = Chance(seed);
        let mut writer = Writer::default();
        let disk = Disk::watch();
        drop(log);
        log = always(folder.path(), compacted());
        let moments = Rc::new(Cell::new(0));
        for round in 0..4 {
            for _ in 0..60 {
                writer.step(&mut log, &mut chance);
            }
            log.roll(NOW).unwrap();
            let (place, expected, counted) = (folder.path().to_owned(), writer.table(), Rc::clone(&moments));
            disk.at_each_sync(move |left| {
                let to = tempfile::tempdir().unwrap();
                left.after_loss_of_power(&place, to.path());
                let mut found = always(to.path(), compacted());
                assert_eq!(without_tombstones(table(&mut found)), expected, "seed {seed}, round {round}");
                counted.set(counted.get() + 1);
            });
            log.compact(NOW + 700 * round).unwrap();
            disk.at_each_sync(|_| ());
        }
        assert!(moments.get() > 20);
    }
}

#[test]
fn an_append_that_found_no_place_for_a_new_segment_leaves_nothing_in_the_way_of_later_ones() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::watch();
    let mut log = always(folder.path(), small());
    append(&mut log, of_producer(1, 0, 0, 80, false));
    let place = folder.path().to_owned();
    disk.fail(0, move |path| path == place);
    assert!(log.append(of_producer(1, 0, 80, 100, false), 0, NOW).is_err());
    assert!(!disk.is_to_fail());
    append(&mut log, of_producer(1, 0, 80, 1, false));
    let (_left, mut found) = after_loss(&disk, folder.path(), small());
    assert_eq!(all(&mut found).len(), 81);
    drop(log);
    let mut log = always(folder.path(), small());
    assert_eq!(all(&mut log).len(), 81);
    assert_eq!(append(&mut log, of_producer(1, 0, 81, 1, false)).base_offset, 81);
}

#[test]
fn what_was_acknowledged_is_read_when_the_disk_fails_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::watch();
    let mut log = always(folder.path(), LogConfig::default());
    for at in 0..40 {
        append(&mut log, of_producer(1, 0, at * 5, 5, false));
    }
    let before = all(&mut log);
    disk.be_broken(|path| path.extension().is_some_and(|extension| extension == "log"));
    assert!(log.append(of_producer(1, 0, 200, 1, false), 0, NOW).is_err());
    assert_eq!(read_all(&mut log, usize::MAX, Isolation::Uncommitted), before);
    assert_eq!(all(&mut log), before);
}

#[test]
fn a_log_whose_bytes_could_not_be_forced_to_disk_takes_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::watch();
    let mut log = in_folder(folder.path(), small());
    for at in 0..40 {
        append(&mut log, of_producer(1, 0, at * 5, 5, false));
    }
    let before = all(&mut log);
    disk.fail(1, |path| path.extension().is_some_and(|extension| extension == "log"));
    assert!(log.flush().is_err());
    // A second sync would succeed, whatever became of the bytes.
    assert!(log.flush().is_err());
    assert!(log.append(of_producer(1, 0, 200, 1, false), 0, NOW).is_err());
    assert_eq!(all(&mut log), before);
    drop(log);
    let mut log = in_folder(folder.path(), small());
    assert_eq!(all(&mut log), before);
    append(&mut log, of_producer(1, 0, 200, 1, false));
}
