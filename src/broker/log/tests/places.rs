//! A log in memory and one in a folder give the same answers.

use super::support::*;
use crate::broker::log::{
    Cleanup, Isolation, LogConfig, Marker, PartitionLog, PlainRecord, Producer, encode_batch,
};

fn step(logs: &mut [PartitionLog; 2], at: i64, sequences: &mut [i32; 3], chance: &mut Chance) {
    let (kind, id, seed) = (chance.below(20), chance.below(3), chance.next());
    let sequence = sequences[id as usize];
    let results = logs.each_mut().map(|log| {
        let mut chance = Chance(seed);
        match kind {
            0 => log
                .append_marker(id as i64, 0, Marker::Commit, 0, 0, NOW)
                .map(|appended| appended.base_offset)
                .ok(),
            1 => log
                .append_marker(id as i64, 0, Marker::Abort, 0, 0, NOW)
                .map(|appended| appended.base_offset)
                .ok(),
            2 => log.apply_retention(NOW + at).ok().map(|removed| removed.segments as i64),
            3 => log.compact(NOW + at).ok().map(|removed| removed.bytes as i64),
            4 => log.delete_records(log.start_offset() + chance.below(5) as i64).ok(),
            5..10 => log
                .append(of_producer(id as i64, 0, sequence, 2, true), 0, NOW)
                .map(|done| done.base_offset)
                .ok(),
            _ => {
                let key = [b'a' + chance.below(20) as u8];
                let value = vec![b'v'; chance.below(300) as usize];
                let one = PlainRecord {
                    timestamp: NOW + at + chance.below(50) as i64,
                    key: Some(&key),
                    value: (!chance.one_in(5)).then_some(&value[..]),
                };
                let batch = encode_batch(&[one, one], Producer::NONE, chance.pick(&ALL)).unwrap();
                log.append(batch, 0, NOW).map(|done| done.base_offset).ok()
            }
        }
    });
    assert_eq!(results[0], results[1], "kind {kind}");
    if (5..10).contains(&kind) && results[0].is_some() {
        sequences[id as usize] += 2;
    }
}

fn compare(logs: &mut [PartitionLog; 2], chance: &mut Chance) {
    let seed = chance.next();
    let answers = logs.each_mut().map(|log| {
        let mut chance = Chance(seed);
        let time = NOW + chance.below(600) as i64;
        let bytes = 1 + chance.below(3000) as usize;
        let states = (log.start_offset(), log.high_watermark(), log.last_stable_offset(), log.size());
        let times = (log.offset_for_time(time).unwrap(), log.max_timestamp().unwrap());
        let committed = read_all(log, bytes, Isolation::Committed);
        (states, times, committed, read_all(log, bytes, Isolation::Uncommitted))
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn memory_and_folder_give_the_same_answers() {
    let cleanup = Cleanup { delete: true, compact: true };
    let config =
        LogConfig { cleanup, retention_bytes: Some(12_000), min_cleanable_dirty_ratio: 0.1, ..small() };
    for seed in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        let mut chance = Chance(seed);
        let mut logs = [in_memory(config.clone()), in_folder(folder.path(), config.clone())];
        let mut sequences = [0; 3];
        for at in 0..300 {
            step(&mut logs, at, &mut sequences, &mut chance);
            if at % 5 == 0 {
                compare(&mut logs, &mut chance);
            }
            if chance.one_in(40) {
                let [memory, files] = logs;
                files.close().unwrap();
                logs = [memory, in_folder(folder.path(), config.clone())];
            }
        }
    }
}
