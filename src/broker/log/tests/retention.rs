//! Old segments go, by age, by size and by request.

use super::support::*;
#[cfg(unix)]
use crate::broker::disk::simulated::Disk;
use crate::broker::log::{Cleanup, Isolation, LogConfig, PartitionLog};

fn filled(config: LogConfig) -> PartitionLog {
    let mut log = in_memory(config);
    for at in 0..100 {
        append(&mut log, plain(&[record(NOW + at, "key", Some("value"))]));
    }
    log
}

#[test]
fn segments_older_than_the_limit_go_and_the_rest_stays() {
    let mut log = filled(LogConfig { retention_ms: Some(1000), ..small() });
    assert_eq!(log.apply_retention(NOW + 1000).unwrap().segments, 0);
    let removed = log.apply_retention(NOW + 1050).unwrap();
    assert!(removed.segments > 0 && removed.bytes > 0);
    let start = log.start_offset();
    assert!((20..=50).contains(&start), "{start}");
    assert_eq!(all(&mut log).first().map(|one| one.offset), Some(start));
    assert!(log.read(start - 1, 1, true, Isolation::Uncommitted).is_err());
}

#[test]
fn when_all_is_too_old_nothing_stays_and_offsets_go_on() {
    let mut log = filled(LogConfig { retention_ms: Some(1000), ..small() });
    log.apply_retention(NOW + 100_000).unwrap();
    assert_eq!((log.start_offset(), log.high_watermark(), log.size()), (100, 100, 0));
    assert_eq!(append(&mut log, plain(&[record(NOW, "key", None)])).base_offset, 100);
}

#[test]
fn the_oldest_segments_go_while_the_log_is_too_large() {
    let mut log = filled(LogConfig { retention_ms: None, retention_bytes: Some(4000), ..small() });
    let before = log.size();
    let removed = log.apply_retention(NOW).unwrap();
    assert_eq!(log.size(), before - removed.bytes);
    assert!(log.size() >= 4000 && log.size() < 6000, "{}", log.size());
}

#[test]
fn a_log_without_the_delete_policy_keeps_everything() {
    let cleanup = Cleanup { delete: false, compact: true };
    let mut log = filled(LogConfig { retention_ms: Some(1), cleanup, ..small() });
    log.apply_retention(i64::MAX).unwrap();
    assert_eq!(log.start_offset(), 0);
}

#[test]
fn deleted_records_cannot_be_read_and_their_segments_go() {
    let mut log = filled(small());
    let before = log.size();
    assert_eq!(log.delete_records(61).unwrap(), 61);
    assert!(log.size() < before);
    assert_eq!(all(&mut log).first().map(|one| one.offset), Some(61));
    assert_eq!(log.delete_records(10).unwrap(), 61);
    assert!(log.delete_records(101).is_err());
    assert_eq!(log.delete_records(100).unwrap(), 100);
    assert!(all(&mut log).is_empty());
}

#[test]
fn a_segment_is_rolled_by_the_time_of_its_records() {
    let mut log = in_memory(LogConfig { segment_ms: 100, retention_ms: Some(1000), ..Default::default() });
    for time in [NOW, NOW + 100, NOW + 101] {
        append(&mut log, plain(&[record(time, "key", None)]));
    }
    log.apply_retention(NOW + 1101).unwrap();
    assert_eq!(log.start_offset(), 2);
}

#[test]
fn files_of_deleted_segments_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), LogConfig { retention_ms: Some(10), ..small() });
    for at in 0..100 {
        append(&mut log, plain(&[record(NOW + at, "key", Some("value"))]));
    }
    log.apply_retention(NOW + 100_000).unwrap();
    let logs = std::fs::read_dir(folder.path()).unwrap().filter(|entry| {
        entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension != "state")
    });
    assert_eq!(logs.count(), 1);
    drop(log);
    let log = in_folder(folder.path(), small());
    assert_eq!((log.start_offset(), log.high_watermark()), (100, 100));
}

#[test]
fn epochs_end_where_the_next_one_begins() {
    let mut log = in_memory(small());
    for epoch in [3, 3, 5, 5, 9] {
        log.append(plain(&[record(NOW, "key", None)]), epoch, NOW).unwrap();
    }
    assert_eq!(log.end_offset_for_epoch(2), Some((2, 0)));
    assert_eq!(log.end_offset_for_epoch(3), Some((3, 2)));
    assert_eq!(log.end_offset_for_epoch(4), Some((3, 2)));
    assert_eq!(log.end_offset_for_epoch(7), Some((5, 4)));
    assert_eq!(log.end_offset_for_epoch(9), Some((9, 5)));
    assert_eq!(log.end_offset_for_epoch(10), None);
    assert_eq!((log.epoch_at(1), log.epoch_at(3), log.latest_epoch()), (Some(3), Some(5), Some(9)));
}

/// On a full disk it is the deletion that makes room again.
#[cfg(unix)]
#[test]
fn old_segments_go_from_a_disk_that_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::watch();
    let config = LogConfig { retention_ms: Some(1000), ..small() };
    let mut log = in_folder(folder.path(), config.clone());
    for at in 0..100 {
        append(&mut log, plain(&[record(NOW + at, "key", Some("value"))]));
    }
    disk.be_full(0, |path| path.extension().is_some_and(|extension| extension == "tmp"));
    let removed = log.apply_retention(NOW + 1050).unwrap();
    assert!(removed.segments > 0 && !disk.is_to_fail());
    let (start, left) = (log.start_offset(), all(&mut log));
    assert!((20..=50).contains(&start), "{start}");
    drop(log);
    let mut log = in_folder(folder.path(), config);
    assert_eq!((log.start_offset(), all(&mut log)), (start, left));
}
