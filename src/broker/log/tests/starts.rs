//! What opening a log makes of files that a failure left behind, and of what compaction has taken.

use std::fs;
use std::path::Path;

use super::compaction::{compacted, files_of};
use super::support::*;
use crate::broker::log::{Durability, LogPlace, PartitionLog};

fn put_empty_segment(folder: &Path, base: i64) {
    for extension in ["log", "index"] {
        fs::write(folder.join(format!("{base:020}.{extension}")), b"").unwrap();
    }
}

#[test]
fn an_empty_segment_that_a_failed_roll_left_hides_nothing() {
    for is_closed in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let mut log = in_folder(folder.path(), small());
        for at in 0..3 {
            append(&mut log, of_producer(1, 0, at, 1, false));
        }
        let before = all(&mut log);
        if is_closed {
            log.close().unwrap();
        } else {
            drop(log);
        }
        put_empty_segment(folder.path(), 2);
        let (mut log, recovery) = reopened(folder.path(), small());
        assert_eq!(all(&mut log), before);
        assert_eq!(append(&mut log, of_producer(1, 0, 3, 1, false)).base_offset, 3);
        assert_eq!(files_of(folder.path(), "log").len(), 1);
        assert!(recovery.notes.iter().any(|note| note.contains("00002.log")), "{recovery:?}");
    }
}

#[test]
fn so_does_one_behind_which_the_log_has_rolled_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), small());
    for at in 0..30 {
        append(&mut log, of_producer(1, 0, at, 1, false));
        if at == 1 {
            log.flush().unwrap();
        }
    }
    let before = all(&mut log);
    drop(log);
    put_empty_segment(folder.path(), 2);
    let mut log = in_folder(folder.path(), small());
    assert_eq!(all(&mut log), before);
}

#[test]
fn an_empty_segment_at_the_end_is_where_the_log_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), small());
    append(&mut log, of_producer(1, 0, 0, 2, false));
    log.roll(NOW).unwrap();
    drop(log);
    let (mut log, recovery) = reopened(folder.path(), small());
    assert_eq!((log.high_watermark(), recovery.dropped_bytes), (2, 0));
    append(&mut log, of_producer(1, 0, 2, 1, false));
    assert_eq!(files_of(folder.path(), "log").len(), 2);
}

#[test]
fn a_log_that_was_never_written_to_says_nothing_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    drop(in_folder(folder.path(), small()));
    assert_eq!(reopened(folder.path(), small()).1, Default::default());
    let mut log = in_folder(folder.path(), small());
    append(&mut log, of_producer(1, 0, 0, 2, false));
    log.close().unwrap();
    let mut log = in_folder(folder.path(), small());
    log.roll(NOW).unwrap();
    drop(log);
    let (_, recovery) = reopened(folder.path(), small());
    assert_eq!(recovery.notes, Vec::<String>::new());
}

#[test]
fn two_segments_with_the_same_offsets_are_refused_and_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), small());
    for at in 0..3 {
        append(&mut log, of_producer(1, 0, at, 1, false));
    }
    log.close().unwrap();
    let other = tempfile::tempdir().unwrap();
    let mut log = in_folder(other.path(), small());
    append(&mut log, of_producer(2, 0, 0, 2, false));
    append(&mut log, of_producer(2, 0, 2, 2, false));
    log.close().unwrap();
    let strange = fs::read(other.path().join(format!("{:020}.log", 0))).unwrap();
    let (_, strange) = strange.split_at(strange.len() / 2);
    fs::write(folder.path().join(format!("{:020}.log", 2)), strange).unwrap();
    let place = LogPlace::Folder(folder.path().to_owned());
    let error = PartitionLog::open(place, small(), Durability::System, NOW).unwrap_err().to_string();
    assert!(error.contains("00000.log") && error.contains("00002.log"), "{error}");
    assert_eq!(files_of(folder.path(), "log").len(), 2);
}

#[test]
fn the_first_offset_stays_when_compaction_has_emptied_the_first_segment() {
    for is_closed in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let mut log = in_folder(folder.path(), compacted());
        for at in 0..60 {
            append(&mut log, plain(&[record(NOW + at, "key", Some("value"))]));
        }
        log.roll(NOW).unwrap();
        log.compact(NOW).unwrap();
        assert!(all(&mut log).first().unwrap().offset > 40);
        assert_eq!(log.start_offset(), 0);
        if is_closed {
            log.close().unwrap();
        } else {
            drop(log);
        }
        let mut log = in_folder(folder.path(), compacted());
        assert_eq!(log.start_offset(), 0);
        assert_eq!(all(&mut log).len(), 1);
    }
}

#[test]
fn what_comes_in_the_place_of_a_lost_end_is_compacted_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = in_folder(folder.path(), compacted());
    for at in 0..60 {
        append(&mut log, plain(&[record(NOW, &format!("{at}"), Some("value"))]));
    }
    log.roll(NOW).unwrap();
    log.compact(NOW).unwrap();
    log.close().unwrap();
    for path in files_of(folder.path(), "log").into_iter().skip(1) {
        fs::remove_file(path).unwrap();
    }
    let mut log = in_folder(folder.path(), compacted());
    assert!(log.high_watermark() < 40);
    let before = all(&mut log).len();
    for _ in 0..5 {
        append(&mut log, plain(&[record(NOW, "again", Some("value"))]));
    }
    log.roll(NOW).unwrap();
    log.compact(NOW).unwrap();
    assert_eq!(all(&mut log).len(), before + 1);
}
