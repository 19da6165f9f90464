//! Offsets by time.

use std::time::Duration;

use rdkafka::consumer::Consumer;
use rdkafka::{Offset, TopicPartitionList};

use super::admin::reader;
use super::batch::{Batch, COMPRESSIONS, Record};
use super::calls::{EARLIEST, LATEST, MAX_TIMESTAMP, list_offsets_request};
use super::codes::{NONE, UNKNOWN_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION, UNSUPPORTED_VERSION};
use super::raw::Raw;
use super::target::Target;
use kafka_protocol::messages::ListOffsetsRequest;

cases! {
    raw:
        a_time_finds_the_first_record_that_is_not_older,
        times_out_of_order_find_the_first_record_by_offset,
        a_time_after_the_last_record_finds_nothing,
        the_largest_time_is_found_where_it_stands_first,
        beginning_and_end_are_told_without_a_time,
        an_empty_partition_has_no_times,
        a_deleted_record_is_found_by_no_time,
        append_times_are_found,
        tiers_that_are_not_there_are_told,
        special_times_need_their_version,
        wrong_partitions_and_leader_epochs_are_told;
    librdkafka:
        offsets_for_times_are_those_of_the_records;
}

fn write(raw: &mut Raw, topic: &str, compression: usize, times: &[i64]) {
    let records = times.iter().map(|time| Record::new("k", &"v".repeat(100), *time)).collect();
    assert_eq!(raw.write(topic, None, &Batch::of(records).compressed(COMPRESSIONS[compression])).0, NONE);
}

/// Offset and time of the record that a time finds.
fn at(raw: &mut Raw, topic: &str, time: i64) -> (i64, i64) {
    let found = raw.list_offset(topic, 0, time);
    assert_eq!(found.error_code, NONE);
    (found.offset, found.timestamp)
}

fn a_time_finds_the_first_record_that_is_not_older(target: &Target) {
    let topic = target.topic("times", 1, &[]);
    let mut raw = target.raw();
    for batch in 0..20 {
        let times: Vec<i64> = (0..10).map(|n| (batch * 10 + n) * 1_000).collect();
        write(&mut raw, &topic, (batch % 5) as usize, &times);
    }
    for n in 0..200 {
        assert_eq!(at(&mut raw, &topic, n * 1_000), (n, n * 1_000));
        assert_eq!(at(&mut raw, &topic, (n * 1_000 - 1).max(0)), (n, n * 1_000));
    }
}

fn times_out_of_order_find_the_first_record_by_offset(target: &Target) {
    let topic = target.topic("disorder", 1, &[]);
    let mut raw = target.raw();
    let times =
        [[500, 100, 300], [200, 900, 400], [50, 60, 70], [800, 1_000, 10], [950, 2_000, 1_500], [1, 2, 3]];
    for (compression, times) in times.iter().enumerate() {
        write(&mut raw, &topic, compression % 5, times);
    }
    let all = times.concat();
    for time in 1..=2_000 {
        let first = all.iter().position(|at| *at >= time).unwrap();
        assert_eq!(at(&mut raw, &topic, time), (first as i64, all[first]), "time {time}");
    }
}

fn a_time_after_the_last_record_finds_nothing(target: &Target) {
    let topic = target.topic("after", 1, &[]);
    let mut raw = target.raw();
    write(&mut raw, &topic, 0, &[1_000, 3_000, 2_000]);
    assert_eq!(at(&mut raw, &topic, 3_001), (-1, -1));
}

fn the_largest_time_is_found_where_it_stands_first(target: &Target) {
    let topic = target.topic("largest", 1, &[]);
    let mut raw = target.raw();
    write(&mut raw, &topic, 0, &[10, 20]);
    write(&mut raw, &topic, 1, &[30, 90, 40, 90]);
    write(&mut raw, &topic, 4, &[50, 90]);
    assert_eq!(at(&mut raw, &topic, MAX_TIMESTAMP), (3, 90));
    write(&mut raw, &topic, 3, &[70, 91, 80]);
    assert_eq!(at(&mut raw, &topic, MAX_TIMESTAMP), (9, 91));
}

fn beginning_and_end_are_told_without_a_time(target: &Target) {
    let topic = target.topic("ends", 1, &[]);
    let mut raw = target.raw();
    write(&mut raw, &topic, 0, &[10, 20]);
    for (asked, offset) in [(EARLIEST, 0), (LATEST, 2)] {
        let found = raw.list_offset(&topic, 0, asked);
        assert_eq!((found.error_code, found.offset, found.timestamp), (NONE, offset, -1));
        assert_eq!(found.leader_epoch, 0);
    }
}

fn an_empty_partition_has_no_times(target: &Target) {
    let topic = target.topic("empty", 1, &[]);
    let mut raw = target.raw();
    for time in [0, 1_000, MAX_TIMESTAMP] {
        assert_eq!(at(&mut raw, &topic, time), (-1, -1), "time {time}");
    }
    assert_eq!(raw.watermarks(&topic), (0, 0));
}

fn a_deleted_record_is_found_by_no_time(target: &Target) {
    let topic = target.topic("deleted", 1, &[]);
    let mut raw = target.raw();
    for time in [10, 20, 30, 40] {
        write(&mut raw, &topic, 0, &[time]);
    }
    crate::harness::delete_before(&target.client_config(), &topic, 0, 2);
    assert_eq!(at(&mut raw, &topic, 0), (2, 30));
    assert_eq!(at(&mut raw, &topic, EARLIEST), (2, -1));
}

fn append_times_are_found(target: &Target) {
    let topic = target.topic("append", 1, &[("message.timestamp.type", "LogAppendTime")]);
    let mut raw = target.raw();
    let first = raw.produce(&topic, 0, Batch::of(vec![Record::new("k", "v", 5); 3]).bytes());
    std::thread::sleep(Duration::from_millis(20));
    let second = raw.produce(&topic, 0, Batch::of(vec![Record::new("k", "v", 5); 3]).bytes());
    let (earlier, later) = (first.log_append_time_ms, second.log_append_time_ms);
    assert_eq!(at(&mut raw, &topic, 0), (0, earlier));
    assert_eq!(at(&mut raw, &topic, earlier + 1), (3, later));
    assert_eq!(at(&mut raw, &topic, MAX_TIMESTAMP).1, later);
}

fn list_offsets(topic: &str, partition: i32, time: i64, leader_epoch: i32) -> ListOffsetsRequest {
    let mut request = list_offsets_request(topic, partition, time);
    request.topics[0].partitions[0].current_leader_epoch = leader_epoch;
    request
}

fn tiers_that_are_not_there_are_told(target: &Target) {
    let topic = target.topic("tiers", 1, &[]);
    let mut raw = target.raw();
    write(&mut raw, &topic, 0, &[10, 20]);
    for (version, tier, expected) in [(8, -4, 0), (9, -5, -1)] {
        let answer = raw.call(version, &list_offsets(&topic, 0, tier, -1)).topics[0].partitions[0].clone();
        assert_eq!((answer.error_code, answer.offset), (NONE, expected), "tier {tier}");
    }
}

fn special_times_need_their_version(target: &Target) {
    let topic = target.topic("special", 1, &[]);
    let mut raw = target.raw();
    write(&mut raw, &topic, 0, &[10, 20]);
    let too_early = [(6, MAX_TIMESTAMP), (7, -4), (8, -5), (9, -6), (9, -7), (9, i64::MIN)];
    for (version, time) in too_early {
        let answer = raw.call(version, &list_offsets(&topic, 0, time, -1)).topics[0].partitions[0].clone();
        let answer = (answer.error_code, answer.offset, answer.timestamp);
        assert_eq!(answer, (UNSUPPORTED_VERSION, -1, -1), "time {time} in version {version}");
    }
}

fn wrong_partitions_and_leader_epochs_are_told(target: &Target) {
    let topic = target.topic("wrong", 1, &[]);
    let mut raw = target.raw();
    for (name, partition) in [(topic.as_str(), 1), ("nowhere", 0)] {
        let answer = raw.list_offset(name, partition, LATEST);
        assert_eq!((answer.error_code, answer.offset), (UNKNOWN_TOPIC_OR_PARTITION, -1));
    }
    let answer = raw.call(7, &list_offsets(&topic, 0, LATEST, 7)).topics[0].partitions[0].clone();
    assert_eq!(answer.error_code, UNKNOWN_LEADER_EPOCH);
}

fn offsets_for_times_are_those_of_the_records(target: &Target) {
    let topic = target.topic("rdkafka", 1, &[]);
    write(&mut target.raw(), &topic, 2, &[100, 300, 200, 400]);
    let consumer = reader(target, &topic, 0);
    for (time, expected) in [(0, Offset::Offset(0)), (150, Offset::Offset(1)), (401, Offset::End)] {
        let mut asked = TopicPartitionList::new();
        asked.add_partition_offset(&topic, 0, Offset::Offset(time)).unwrap();
        let found = consumer.offsets_for_times(asked, Duration::from_secs(30)).unwrap();
        assert_eq!(found.elements()[0].offset(), expected, "time {time}");
    }
}
