//! Crashes: what was whole is there, what was cut is dropped and said, what is missing beside the batches is made again.

use std::fs;
use std::path::{Path, PathBuf};

use super::support::*;
use crate::broker::log::{Durability, LogPlace, Marker, PartitionLog, ProducerStatus, TimedOffset};

fn files_with(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    paths.sort();
    paths
}

/// A log of several segments, with transactions, and timestamps out of order.
fn varied(folder: &Path) -> PartitionLog {
    let mut log = in_folder(folder, small());
    for at in 0..60 {
        let time = NOW + (at * 37) % 500;
        log.append(
            plain(&[record(time, "key", Some("value")), record(time - 5, "other", None)]),
            2 + at as i32 / 20,
            NOW,
        )
        .unwrap();
        log.append(of_producer(at % 3, 0, (at / 3) as i32, 1, true), 4, NOW).unwrap();
        if at % 5 == 4 {
            log.append_marker(at % 3, 0, Marker::Abort, 0, 4, NOW).unwrap();
        }
    }
    log
}

type Answers = (Vec<Seen>, Vec<Option<TimedOffset>>, i64, Vec<ProducerStatus>, Vec<Option<(i32, i64)>>, u64);

fn answers(log: &mut PartitionLog) -> Answers {
    let times = (0..60).map(|at| log.offset_for_time(NOW - 20 + at * 10).unwrap()).collect();
    let mut producers = log.producers();
    producers.sort_by_key(|producer| producer.producer_id);
    let epochs = (0..7).map(|epoch| log.end_offset_for_epoch(epoch)).collect();
    (all(log), times, log.last_stable_offset(), producers, epochs, log.size())
}

#[test]
fn a_log_that_was_closed_is_opened_without_a_check() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = varied(folder.path());
    let before = answers(&mut log);
    log.close().unwrap();
    let (mut log, recovery) = reopened(folder.path(), small());
    assert_eq!(recovery, Default::default());
    assert_eq!(answers(&mut log), before);
}

#[test]
fn a_log_that_was_not_closed_is_the_same_after_a_check() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = varied(folder.path());
    let before = answers(&mut log);
    drop(log);
    let (mut log, recovery) = reopened(folder.path(), small());
    assert!(recovery.unclean);
    assert_eq!(recovery.dropped_bytes, 0);
    assert_eq!(answers(&mut log), before);
}

#[test]
fn a_batch_cut_at_any_byte_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), small());
    append(&mut log, of_producer(1, 0, 0, 3, false));
    let whole = log.size();
    append(&mut log, of_producer(1, 0, 3, 2, false));
    drop(log);
    let path = files_with(folder.path(), "log").remove(0);
    let content = fs::read(&path).unwrap();
    for cut in whole as usize..content.len() {
        let _ = fs::remove_file(folder.path().join("partition.state"));
        fs::write(&path, &content[..cut]).unwrap();
        let (mut log, recovery) = reopened(folder.path(), small());
        assert_eq!(recovery.dropped_bytes, cut as u64 - whole);
        assert_eq!(recovery.notes.len(), usize::from(cut as u64 > whole));
        assert_eq!(all(&mut log).len(), 3);
        let again = append(&mut log, of_producer(1, 0, 3, 2, false));
        assert_eq!((again.base_offset, again.duplicate), (3, false));
    }
}

#[test]
fn a_batch_with_a_damaged_byte_at_the_tail_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), small());
    append(&mut log, of_producer(1, 0, 0, 3, false));
    let whole = log.size() as usize;
    append(&mut log, of_producer(1, 0, 3, 2, false));
    drop(log);
    let path = files_with(folder.path(), "log").remove(0);
    let content = fs::read(&path).unwrap();
    // Base offset and leader epoch have no checksum, here as in Kafka.
    for at in (whole..content.len())
        .filter(|at| !(whole..whole + 8).contains(at) && !(whole + 12..whole + 16).contains(at))
    {
        let _ = fs::remove_file(folder.path().join("partition.state"));
        let mut damaged = content.clone();
        damaged[at] ^= 0x10;
        fs::write(&path, &damaged).unwrap();
        let (mut log, recovery) = reopened(folder.path(), small());
        assert_eq!(recovery.dropped_bytes as usize, content.len() - whole, "byte {at}");
        assert_eq!(all(&mut log).len(), 3);
    }
}

#[test]
fn indexes_that_are_missing_or_damaged_are_built_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = varied(folder.path());
    let before = answers(&mut log);
    log.close().unwrap();
    let indexes = files_with(folder.path(), "index");
    assert!(indexes.len() > 3);
    let damages: [fn(&Path); 4] = [
        |path| fs::remove_file(path).unwrap(),
        |path| fs::write(path, b"").unwrap(),
        |path| {
            let mut content = fs::read(path).unwrap();
            content[10] ^= 1;
            fs::write(path, content).unwrap();
        },
        |path| {
            let mut content = fs::read(path).unwrap();
            let last = content.len() - 1;
            content[last] ^= 1;
            fs::write(path, content).unwrap();
        },
    ];
    for damage in damages {
        indexes.iter().for_each(|path| damage(path));
        let (mut log, recovery) = reopened(folder.path(), small());
        assert!(!recovery.unclean);
        assert_eq!(answers(&mut log), before);
        log.close().unwrap();
        assert_eq!(files_with(folder.path(), "index").len(), indexes.len());
    }
}

#[test]
fn what_is_known_beside_the_batches_is_made_again_from_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = varied(folder.path());
    let before = answers(&mut log);
    log.close().unwrap();
    let state = folder.path().join("partition.state");
    let content = fs::read(&state).unwrap();
    for keep in [0, 1, content.len() / 2, content.len() - 1] {
        fs::write(&state, &content[..keep]).unwrap();
        assert_eq!(answers(&mut in_folder(folder.path(), small())), before);
    }
    fs::remove_file(&state).unwrap();
    assert_eq!(answers(&mut in_folder(folder.path(), small())), before);
}

#[test]
fn the_first_offset_is_kept_over_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = varied(folder.path());
    log.delete_records(50).unwrap();
    append(&mut log, plain(&[record(NOW, "after", None)]));
    let end = log.high_watermark();
    drop(log);
    let log = in_folder(folder.path(), small());
    assert_eq!((log.start_offset(), log.high_watermark()), (50, end));
}

#[test]
fn what_was_acknowledged_with_a_sync_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let place = LogPlace::Folder(folder.path().to_owned());
    let (mut log, _) = PartitionLog::open(place, small(), Durability::Always, NOW).unwrap();
    for at in 0..30 {
        append(&mut log, of_producer(1, 0, at, 1, false));
    }
    drop(log);
    let (mut log, recovery) = reopened(folder.path(), small());
    assert_eq!(recovery.dropped_bytes, 0);
    assert_eq!(all(&mut log).len(), 30);
}

#[test]
fn a_removed_log_leaves_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("topic-0");
    let log = in_folder(&place, small());
    log.remove().unwrap();
    assert!(!place.exists());
}
