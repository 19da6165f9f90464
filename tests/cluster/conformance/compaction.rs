//! A compacted topic keeps the latest record of each key, where it was.

use super::admin::eventually;
use super::batch::{Batch, Compression, Record, batches};
use super::calls::Isolation;
use super::codes::NONE;
use super::configs::{SET, change};
use super::raw::Raw;
use super::target::Target;

cases! {
    raw:
        the_latest_record_of_each_key_stays_at_its_offset,
        what_is_compacted_keeps_its_compression_headers_and_times,
        tombstones_stay_as_long_as_they_must_and_then_go,
        records_younger_than_the_lag_stay;
}

const SETTINGS: [(&str, &str); 4] = [
    ("cleanup.policy", "compact"),
    ("min.cleanable.dirty.ratio", "0.01"),
    ("segment.ms", "1000"),
    ("max.compaction.lag.ms", "1000"),
];

/// A record of so many hours after the first; a segment is closed by a record that is a second younger.
fn record(key: &str, value: Option<&str>, hour: i64) -> Record {
    let timestamp = 1_600_000_000_000 + hour * 3_600_000;
    Record { timestamp, key: Some(key.into()), value: value.map(Into::into), headers: Vec::new() }
}

fn write(raw: &mut Raw, topic: &str, records: Vec<Record>) -> i64 {
    let (code, offset) = raw.write(topic, None, &Batch::of(records));
    assert_eq!(code, NONE);
    offset
}

/// Offset, key and value of all that there is, `-` for a tombstone.
fn held(raw: &mut Raw, topic: &str) -> Vec<(i64, String)> {
    let text = |bytes: Option<Vec<u8>>| bytes.map_or("-".into(), |bytes| String::from_utf8(bytes).unwrap());
    let records = raw.read(topic).into_iter();
    records.map(|(at, record)| (at, format!("{}={}", text(record.key), text(record.value)))).collect()
}

fn wait_for(raw: &mut Raw, topic: &str, expected: &[(i64, &str)]) {
    let expected: Vec<(i64, String)> = expected.iter().map(|(at, text)| (*at, text.to_string())).collect();
    eventually(&format!("{topic} holds {expected:?}"), || (held(raw, topic) == expected).then_some(()));
}

fn wait_until_gone(raw: &mut Raw, topic: &str, offset: i64) {
    eventually(&format!("offset {offset} of {topic} is gone"), || {
        held(raw, topic).iter().all(|(at, _)| *at != offset).then_some(())
    });
}

fn the_latest_record_of_each_key_stays_at_its_offset(target: &Target) {
    let topic = target.topic("latest", 1, &SETTINGS);
    let mut raw = target.raw();
    write(
        &mut raw,
        &topic,
        vec![record("a", Some("1"), 0), record("b", Some("1"), 0), record("a", Some("2"), 0)],
    );
    write(&mut raw, &topic, vec![record("c", Some("1"), 1), record("b", Some("2"), 1)]);
    write(&mut raw, &topic, vec![record("c", Some("2"), 2)]);
    // The last segment is still written to and stays as it is; what it holds replaces nothing yet.
    wait_for(&mut raw, &topic, &[(2, "a=2"), (3, "c=1"), (4, "b=2"), (5, "c=2")]);
    assert_eq!(raw.watermarks(&topic), (0, 6));
    write(&mut raw, &topic, vec![record("d", Some("1"), 3)]);
    wait_for(&mut raw, &topic, &[(2, "a=2"), (4, "b=2"), (5, "c=2"), (6, "d=1")]);
    assert_eq!(
        raw.fetch(&topic, 0, 0, Isolation::ReadUncommitted).error_code,
        NONE,
        "offset 0 may be asked for"
    );
    assert_eq!(raw.list_offset(&topic, 0, 1_600_000_000_000 + 3_600_000).offset, 4);
}

fn what_is_compacted_keeps_its_compression_headers_and_times(target: &Target) {
    let topic = target.topic("kept", 1, &SETTINGS);
    let mut raw = target.raw();
    let headers =
        vec![("h".into(), Some(b"1".to_vec())), ("h".into(), Some(b"2".to_vec())), ("n".into(), None)];
    let kept = Record { headers, ..record("a", Some("kept"), 0) };
    let sent = Batch::of(vec![record("b", Some("old"), 0), kept.clone()]).compressed(Compression::Zstd);
    assert_eq!(raw.write(&topic, None, &sent).0, NONE);
    write(&mut raw, &topic, vec![record("b", Some("new"), 1)]);
    write(&mut raw, &topic, vec![record("z", Some("last"), 2)]);
    wait_for(&mut raw, &topic, &[(1, "a=kept"), (2, "b=new"), (3, "z=last")]);
    let fetched = raw.fetch(&topic, 0, 0, Isolation::ReadUncommitted).records.unwrap();
    let first = &batches(&fetched)[0];
    assert_eq!((first.compression, first.base_offset, first.last_offset_delta), (Compression::Zstd, 0, 1));
    assert_eq!(first.records, [(1, kept)]);
}

fn tombstones_stay_as_long_as_they_must_and_then_go(target: &Target) {
    let stays = target.topic("stays", 1, &[&SETTINGS[..], &[("delete.retention.ms", "3600000")]].concat());
    let goes = target.topic("goes", 1, &[&SETTINGS[..], &[("delete.retention.ms", "100")]].concat());
    let mut raw = target.raw();
    for topic in [&stays, &goes] {
        write(&mut raw, topic, vec![record("a", Some("1"), 0), record("b", Some("1"), 0)]);
        write(&mut raw, topic, vec![record("a", None, 1)]);
        write(&mut raw, topic, vec![record("z", Some("1"), 2)]);
    }
    wait_for(&mut raw, &stays, &[(1, "b=1"), (2, "a=-"), (3, "z=1")]);
    // Each further segment is a reason to compact again.
    let mut hour = 3;
    eventually("the tombstone is gone", || {
        write(&mut raw, &goes, vec![record("z", Some("2"), hour)]);
        hour += 1;
        std::thread::sleep(std::time::Duration::from_millis(300));
        held(&mut raw, &goes).iter().all(|(at, _)| *at != 2).then_some(())
    });
    assert_eq!(held(&mut raw, &goes)[0], (1, "b=1".into()));
    // The other is compacted twice more, and the tombstone is still there.
    for (replaced, hour) in [(1, 3), (4, 5)] {
        write(&mut raw, &stays, vec![record("b", Some("2"), hour)]);
        write(&mut raw, &stays, vec![record("z", Some("2"), hour + 1)]);
        wait_until_gone(&mut raw, &stays, replaced);
        assert!(held(&mut raw, &stays).contains(&(2, "a=-".into())));
    }
}

fn records_younger_than_the_lag_stay(target: &Target) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let young =
        |key: &str, value: &str, at: i64| Record { timestamp: now + at, ..record(key, Some(value), 0) };
    let lag = ("min.compaction.lag.ms", "3000000");
    let settings = [&SETTINGS[..3], &[lag]].concat();
    let topic = target.topic("young", 1, &settings);
    let mut raw = target.raw();
    write(&mut raw, &topic, vec![record("a", Some("1"), 0)]);
    write(&mut raw, &topic, vec![record("a", Some("2"), 1)]);
    write(&mut raw, &topic, vec![young("b", "1", -20_000)]);
    write(&mut raw, &topic, vec![young("b", "2", -10_000)]);
    write(&mut raw, &topic, vec![young("z", "1", 0)]);
    let kept = [(1, "a=2"), (2, "b=1"), (3, "b=2"), (4, "z=1")];
    wait_for(&mut raw, &topic, &kept);
    // Whoever compacts comes by again and again, as another topic shows.
    let other = target.topic("other", 1, &SETTINGS[..3]);
    let mut replaced = write(&mut raw, &other, vec![record("a", Some("0"), 0)]);
    for hour in [1, 3, 5] {
        let latest = write(&mut raw, &other, vec![record("a", Some("1"), hour)]);
        write(&mut raw, &other, vec![record("z", Some("1"), hour + 1)]);
        wait_until_gone(&mut raw, &other, replaced);
        replaced = latest;
    }
    wait_for(&mut raw, &topic, &kept);
    // It was the lag that kept it.
    assert_eq!(change(&mut raw, &topic, &[("min.compaction.lag.ms", SET, Some("0"))], false), NONE);
    wait_for(&mut raw, &topic, &[(1, "a=2"), (3, "b=2"), (4, "z=1")]);
}
