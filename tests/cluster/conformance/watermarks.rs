//! Where a partition begins and ends, after records were deleted, by hand or by age and size.

use kafka_protocol::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use kafka_protocol::messages::offset_for_leader_epoch_request::{
    OffsetForLeaderPartition, OffsetForLeaderTopic,
};
use kafka_protocol::messages::{BrokerId, DeleteRecordsRequest, OffsetForLeaderEpochRequest};

use super::admin::{eventually, next_records, reader};
use super::batch::{Batch, Record};
use super::calls::{Isolation, topic_name};
use super::codes::{
    NONE, OFFSET_OUT_OF_RANGE, POLICY_VIOLATION, UNKNOWN_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION,
};
use super::raw::Raw;
use super::target::Target;
use crate::harness::TestRecord;

cases! {
    raw:
        records_before_an_offset_are_deleted,
        deleting_to_the_end_leaves_an_empty_partition_that_goes_on,
        deleting_what_is_not_there_is_refused,
        whole_segments_above_the_retained_bytes_go,
        segments_older_than_the_retention_go,
        the_end_of_a_leader_epoch_is_told;
    librdkafka:
        watermarks_are_those_of_the_broker,
        a_reader_begins_at_the_first_record_that_is_left;
}

fn delete_before(raw: &mut Raw, topic: &str, partition: i32, offset: i64) -> (i16, i64) {
    let partition = DeleteRecordsPartition::default().with_partition_index(partition).with_offset(offset);
    let topic = DeleteRecordsTopic::default().with_name(topic_name(topic)).with_partitions(vec![partition]);
    let request = DeleteRecordsRequest::default().with_topics(vec![topic]).with_timeout_ms(30_000);
    let result = raw.call(2, &request).topics[0].partitions[0].clone();
    (result.error_code, result.low_watermark)
}

fn filled(target: &Target, batches: usize) -> (String, Raw) {
    let topic = target.topic("watermarks", 1, &[]);
    let mut raw = target.raw();
    for _ in 0..batches {
        raw.write(&topic, None, &Batch::of(vec![Record::new("k", "v", 1_000); 5]));
    }
    (topic, raw)
}

fn records_before_an_offset_are_deleted(target: &Target) {
    let (topic, mut raw) = filled(target, 4);
    assert_eq!(delete_before(&mut raw, &topic, 0, 7), (NONE, 7));
    assert_eq!(raw.watermarks(&topic), (7, 20));
    assert_eq!(raw.fetch(&topic, 0, 6, Isolation::ReadUncommitted).error_code, OFFSET_OUT_OF_RANGE);
    let fetched = raw.fetch(&topic, 0, 7, Isolation::ReadUncommitted);
    assert_eq!((fetched.error_code, fetched.log_start_offset, fetched.high_watermark), (NONE, 7, 20));
    assert_eq!(raw.read(&topic).first().unwrap().0, 7);
    assert_eq!(delete_before(&mut raw, &topic, 0, 3), (NONE, 7), "what is deleted already stays deleted");
}

fn deleting_to_the_end_leaves_an_empty_partition_that_goes_on(target: &Target) {
    let (topic, mut raw) = filled(target, 2);
    assert_eq!(delete_before(&mut raw, &topic, 0, -1), (NONE, 10));
    assert_eq!(raw.watermarks(&topic), (10, 10));
    assert_eq!(raw.write(&topic, None, &Batch::value("next")), (NONE, 10));
    assert_eq!(raw.read(&topic)[0].1.text(), "next");
}

fn deleting_what_is_not_there_is_refused(target: &Target) {
    let (topic, mut raw) = filled(target, 2);
    assert_eq!(delete_before(&mut raw, &topic, 0, 11), (OFFSET_OUT_OF_RANGE, -1));
    assert_eq!(delete_before(&mut raw, &topic, 0, -2), (OFFSET_OUT_OF_RANGE, -1));
    assert_eq!(delete_before(&mut raw, &topic, 1, 0), (UNKNOWN_TOPIC_OR_PARTITION, -1));
    assert_eq!(delete_before(&mut raw, "nowhere", 0, 0), (UNKNOWN_TOPIC_OR_PARTITION, -1));
    let compacted = target.topic("compacted", 1, &[("cleanup.policy", "compact")]);
    assert_eq!(delete_before(&mut raw, &compacted, 0, 0), (POLICY_VIOLATION, -1));
    assert_eq!(raw.watermarks(&topic), (0, 10));
}

fn whole_segments_above_the_retained_bytes_go(target: &Target) {
    let settings = [("segment.bytes", "1048576"), ("retention.bytes", "1500000")];
    let topic = target.topic("size", 1, &settings);
    let batch = Batch::value(&"x".repeat(300_000));
    let mut raw = target.raw();
    for _ in 0..12 {
        assert_eq!(raw.write(&topic, None, &batch).0, NONE);
    }
    // Three batches fill a segment, so there are four; the first two are above the limit.
    eventually("two segments deleted", || (raw.watermarks(&topic) == (6, 12)).then_some(()));
    assert_eq!(raw.read(&topic).len(), 6);
}

fn segments_older_than_the_retention_go(target: &Target) {
    let topic = target.topic("age", 1, &[("retention.ms", "3600000")]);
    let mut raw = target.raw();
    raw.write(&topic, None, &Batch::value("of 1970"));
    raw.write(&topic, None, &Batch::value("of 1970"));
    eventually("old records deleted", || (raw.watermarks(&topic) == (2, 2)).then_some(()));
    target.produce(&topic, [TestRecord::new("of today")]);
    assert_eq!(raw.watermarks(&topic), (2, 3));
    assert_eq!(raw.read(&topic)[0].1.text(), "of today");
}

fn end_of_epoch(raw: &mut Raw, topic: &str, epoch: i32, current: i32) -> (i16, i32, i64) {
    let partition = OffsetForLeaderPartition::default()
        .with_partition(0)
        .with_leader_epoch(epoch)
        .with_current_leader_epoch(current);
    let topic =
        OffsetForLeaderTopic::default().with_topic(topic_name(topic)).with_partitions(vec![partition]);
    let request =
        OffsetForLeaderEpochRequest::default().with_replica_id(BrokerId(-1)).with_topics(vec![topic]);
    let found = raw.call(4, &request).topics[0].partitions[0].clone();
    (found.error_code, found.leader_epoch, found.end_offset)
}

fn the_end_of_a_leader_epoch_is_told(target: &Target) {
    let (topic, mut raw) = filled(target, 2);
    assert_eq!(end_of_epoch(&mut raw, &topic, 0, -1), (NONE, 0, 10));
    assert_eq!(end_of_epoch(&mut raw, &topic, 3, -1), (NONE, -1, -1), "an epoch that was not yet");
    assert_eq!(end_of_epoch(&mut raw, &topic, 0, 9), (UNKNOWN_LEADER_EPOCH, -1, -1));
    assert_eq!(end_of_epoch(&mut raw, "nowhere", 0, -1), (UNKNOWN_TOPIC_OR_PARTITION, -1, -1));
}

fn watermarks_are_those_of_the_broker(target: &Target) {
    use rdkafka::consumer::Consumer;
    let (topic, mut raw) = filled(target, 3);
    delete_before(&mut raw, &topic, 0, 4);
    let watermarks = reader(target, &topic, 0).fetch_watermarks(&topic, 0, super::admin::PATIENCE).unwrap();
    assert_eq!(watermarks, (4, 15));
}

fn a_reader_begins_at_the_first_record_that_is_left(target: &Target) {
    let (topic, mut raw) = filled(target, 3);
    delete_before(&mut raw, &topic, 0, 4);
    let offsets: Vec<i64> =
        next_records(&reader(target, &topic, 0), 11).iter().map(|record| record.offset).collect();
    assert_eq!(offsets, (4..15).collect::<Vec<_>>());
}
