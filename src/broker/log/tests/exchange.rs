//! The exchange of compacted segments when the log has changed meanwhile, or the disk fails in the middle.

use super::compaction::{Writer, compacted, table, without_tombstones};
use super::support::*;
use crate::broker::log::{Cleanup, Isolation, LogConfig, Marker};

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
    let data = seen_in(&fetched.records).into_iter().filter(|one| !one.control).count();
    assert_eq!(fetched.aborted.len(), usize::from(data > 0));
}

#[test]
fn a_table_is_the_same_whatever_is_deleted_while_compaction_runs() {
    for seed in 0..30 {
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
