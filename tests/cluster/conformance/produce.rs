//! Batches are kept as they were sent, or refused with Kafka's own error.

use bytes::BytesMut;
use kafka_protocol::messages::ProduceRequest;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::admin::{next_records, reader};
use super::batch::{Batch, COMPRESSIONS, Compression, Record, batches, without_the_brokers_part};
use super::calls::{Isolation, produce_request};
use super::codes::{
    CORRUPT_MESSAGE, INVALID_PRODUCER_ID_MAPPING, INVALID_RECORD, INVALID_REQUIRED_ACKS, INVALID_TIMESTAMP,
    MESSAGE_TOO_LARGE, NONE, TRANSACTIONAL_ID_AUTHORIZATION_FAILED, UNKNOWN_TOPIC_OR_PARTITION,
};
use super::coordinated::Transactional;
use super::target::Target;
use crate::harness::{TestRecord, unique};

cases! {
    raw:
        batches_of_every_compression_come_back_byte_for_byte,
        acks_0_is_not_answered_and_acks_1_and_all_are,
        wrong_acks_are_refused,
        an_error_with_acks_0_closes_the_connection,
        a_transactional_batch_needs_its_transactional_id,
        a_batch_larger_than_the_topic_takes_is_refused,
        a_batch_with_a_wrong_checksum_is_refused,
        two_batches_for_a_partition_in_one_request_are_refused,
        a_batch_that_miscounts_its_records_is_refused,
        a_control_batch_of_a_client_is_refused,
        a_compacted_topic_refuses_a_record_without_a_key,
        a_time_too_far_ahead_is_refused,
        a_refused_partition_does_not_hold_up_the_others,
        unknown_topics_and_partitions_are_refused,
        a_topic_with_log_append_time_gives_its_own_times,
        a_topic_with_a_compression_of_its_own_compresses_anew,
        requests_sent_ahead_are_answered_in_order;
    librdkafka:
        records_of_every_compression_are_read_as_they_were_written,
        keys_values_headers_and_times_are_kept;
}

fn odd_records() -> Vec<Record> {
    let headers = vec![("h".into(), Some(b"1".to_vec())), ("h".into(), None), ("h".into(), Some(Vec::new()))];
    vec![
        Record::new("key", &"value ".repeat(50), 1_600_000_000_000),
        Record { timestamp: 1_600_000_000_007, key: None, value: Some(Vec::new()), headers },
        Record { timestamp: 1_599_999_999_999, key: Some(Vec::new()), value: None, headers: Vec::new() },
    ]
}

fn batches_of_every_compression_come_back_byte_for_byte(target: &Target) {
    let topic = target.topic("compressions", 1, &[]);
    let mut raw = target.raw();
    for (at, compression) in (0..).zip(COMPRESSIONS) {
        let sent = Batch::of(odd_records()).compressed(compression);
        let answer = raw.produce(&topic, 0, sent.bytes());
        assert_eq!((answer.error_code, answer.base_offset), (NONE, at * 3), "{compression:?}");
        assert_eq!((answer.log_append_time_ms, answer.log_start_offset), (-1, 0));

        let fetched = raw.fetch(&topic, 0, at * 3, Isolation::ReadUncommitted).records.unwrap();
        assert_eq!(without_the_brokers_part(&fetched), without_the_brokers_part(&sent.bytes()));
        let batch = &batches(&fetched)[0];
        assert_eq!((batch.base_offset, batch.leader_epoch), (at * 3, 0));
        assert_eq!(batch.records.iter().map(|(_, record)| record.clone()).collect::<Vec<_>>(), odd_records());
    }
}

fn acks_0_is_not_answered_and_acks_1_and_all_are(target: &Target) {
    let topic = target.topic("acks", 1, &[]);
    let mut raw = target.raw();
    raw.send(9, &produce_request(&topic, 0, Batch::value("unanswered").bytes()).with_acks(0));
    for acks in [1, -1] {
        let request = produce_request(&topic, 0, Batch::value("answered").bytes()).with_acks(acks);
        let response = raw.call(9, &request);
        assert_eq!(response.responses[0].partition_responses[0].error_code, NONE, "acks {acks}");
    }
    let values: Vec<String> = raw.read(&topic).iter().map(|(_, record)| record.text().to_string()).collect();
    assert_eq!(values, ["unanswered", "answered", "answered"]);
}

fn wrong_acks_are_refused(target: &Target) {
    let topic = target.topic("acks", 1, &[]);
    let request = produce_request(&topic, 0, Batch::value("v").bytes()).with_acks(2);
    let response = target.raw().call(9, &request);
    assert_eq!(response.responses[0].partition_responses[0].error_code, INVALID_REQUIRED_ACKS);
    assert_eq!(target.raw().watermarks(&topic), (0, 0));
}

fn an_error_with_acks_0_closes_the_connection(target: &Target) {
    let mut raw = target.raw();
    raw.send(9, &produce_request("nowhere", 0, Batch::value("v").bytes()).with_acks(0));
    assert!(raw.is_closed());
}

fn a_transactional_batch_needs_its_transactional_id(target: &Target) {
    let topic = target.topic("transactional", 1, &[]);
    let mut producer = Transactional::begin(target, &unique("tx"));
    let other = Transactional::begin(target, &unique("other"));
    assert_eq!(producer.add(&topic), NONE);
    let batch = Batch::value("v").sequence(producer.producer, 0).transactional();
    let mut raw = target.raw();
    assert_eq!(raw.write(&topic, None, &batch).0, TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    assert_eq!(raw.write(&topic, Some(&other.id), &batch).0, INVALID_PRODUCER_ID_MAPPING);
    assert_eq!(raw.write(&topic, Some(&unique("never-begun")), &batch).0, INVALID_PRODUCER_ID_MAPPING);
    assert_eq!(raw.watermarks(&topic), (0, 0));
    assert_eq!(raw.write(&topic, Some(&producer.id), &batch), (NONE, 0));
    assert_eq!(producer.end(true), NONE);
}

fn a_batch_larger_than_the_topic_takes_is_refused(target: &Target) {
    let batch = Batch::value(&"x".repeat(2_000)).bytes();
    let limit = batch.len().to_string();
    let topic = target.topic("limit", 1, &[("max.message.bytes", &limit)]);
    let mut raw = target.raw();
    assert_eq!(raw.produce(&topic, 0, batch).error_code, NONE);
    let larger = Batch::value(&"x".repeat(2_001)).bytes();
    assert_eq!(raw.produce(&topic, 0, larger).error_code, MESSAGE_TOO_LARGE);
    assert_eq!(raw.watermarks(&topic), (0, 1));
}

fn a_batch_with_a_wrong_checksum_is_refused(target: &Target) {
    let topic = target.topic("damaged", 1, &[]);
    let mut bytes = Batch::value("value").bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    let mut raw = target.raw();
    assert_eq!(raw.produce(&topic, 0, bytes.into()).error_code, CORRUPT_MESSAGE);
    assert_eq!(raw.watermarks(&topic), (0, 0));
}

fn two_batches_for_a_partition_in_one_request_are_refused(target: &Target) {
    let topic = target.topic("two", 1, &[]);
    let mut bytes = BytesMut::from(Batch::value("one").bytes());
    bytes.extend_from_slice(&Batch::value("two").bytes());
    assert_eq!(target.raw().produce(&topic, 0, bytes.freeze()).error_code, INVALID_RECORD);
    assert_eq!(target.raw().watermarks(&topic), (0, 0));
}

fn a_batch_that_miscounts_its_records_is_refused(target: &Target) {
    let topic = target.topic("miscounted", 1, &[]);
    for compression in [Compression::None, Compression::Gzip] {
        let mut batch = Batch::of(odd_records()).compressed(compression);
        batch.last_offset_delta = 5;
        assert_eq!(target.raw().produce(&topic, 0, batch.bytes()).error_code, INVALID_RECORD);
    }
    assert_eq!(target.raw().watermarks(&topic), (0, 0));
}

fn a_control_batch_of_a_client_is_refused(target: &Target) {
    let topic = target.topic("control", 1, &[]);
    let mut batch = Batch::value("v");
    batch.control = true;
    assert_eq!(target.raw().produce(&topic, 0, batch.bytes()).error_code, INVALID_RECORD);
    assert_eq!(target.raw().watermarks(&topic), (0, 0));
}

fn a_compacted_topic_refuses_a_record_without_a_key(target: &Target) {
    let topic = target.topic("keys", 1, &[("cleanup.policy", "compact")]);
    for compression in [Compression::None, Compression::Zstd] {
        let batch = Batch::of(odd_records()).compressed(compression);
        let answer = target.raw().produce(&topic, 0, batch.bytes());
        assert_eq!(answer.error_code, INVALID_RECORD);
        let blamed: Vec<i32> = answer.record_errors.iter().map(|error| error.batch_index).collect();
        assert_eq!(blamed, [1], "the second of three records has no key");
    }
    assert_eq!(target.raw().watermarks(&topic), (0, 0));
}

fn a_time_too_far_ahead_is_refused(target: &Target) {
    let topic = target.topic("ahead", 1, &[]);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let at = |time| Batch::of(vec![Record::new("k", "v", time)]).bytes();
    let mut raw = target.raw();
    assert_eq!(raw.produce(&topic, 0, at(now + 7_200_000)).error_code, INVALID_TIMESTAMP);
    assert_eq!(raw.produce(&topic, 0, at(now + 60_000)).error_code, NONE);
    let strict = target.topic("behind", 1, &[("message.timestamp.before.max.ms", "1000")]);
    assert_eq!(raw.produce(&strict, 0, at(now - 60_000)).error_code, INVALID_TIMESTAMP);
}

fn a_refused_partition_does_not_hold_up_the_others(target: &Target) {
    let topic = target.topic("mixed", 2, &[]);
    let mut damaged = Batch::value("damaged").bytes().to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let mut request = produce_request(&topic, 0, damaged.into());
    let good = produce_request(&topic, 1, Batch::value("good").bytes());
    request.topic_data[0].partition_data.push(good.topic_data[0].partition_data[0].clone());
    let response = target.raw().call(9, &request);
    let mut errors: Vec<(i32, i16)> = response.responses[0]
        .partition_responses
        .iter()
        .map(|answer| (answer.index, answer.error_code))
        .collect();
    errors.sort_unstable();
    assert_eq!(errors, [(0, CORRUPT_MESSAGE), (1, NONE)]);
}

fn unknown_topics_and_partitions_are_refused(target: &Target) {
    let topic = target.topic("known", 1, &[]);
    let mut raw = target.raw();
    for (topic, partition) in [(topic.as_str(), 1), (topic.as_str(), -1), ("nowhere", 0)] {
        let answer = raw.produce(topic, partition, Batch::value("v").bytes());
        assert_eq!((answer.error_code, answer.base_offset), (UNKNOWN_TOPIC_OR_PARTITION, -1));
    }
}

fn a_topic_with_log_append_time_gives_its_own_times(target: &Target) {
    let topic = target.topic("appended", 1, &[("message.timestamp.type", "LogAppendTime")]);
    let mut raw = target.raw();
    for compression in [Compression::None, Compression::Lz4] {
        let answer = raw.produce(&topic, 0, Batch::of(odd_records()).compressed(compression).bytes());
        assert!(answer.log_append_time_ms > 1_700_000_000_000);
        let fetched = raw.fetch(&topic, 0, answer.base_offset, Isolation::ReadUncommitted).records.unwrap();
        let batch = &batches(&fetched)[0];
        assert!(batch.log_append_time);
        assert_eq!(batch.compression, compression);
        assert!(batch.records.iter().all(|(_, record)| record.timestamp == answer.log_append_time_ms));
    }
}

fn a_topic_with_a_compression_of_its_own_compresses_anew(target: &Target) {
    let mut raw = target.raw();
    for (setting, kept) in [("zstd", Compression::Zstd), ("uncompressed", Compression::None)] {
        let topic = target.topic("anew", 1, &[("compression.type", setting)]);
        raw.produce(&topic, 0, Batch::of(odd_records()).compressed(Compression::Gzip).bytes());
        let fetched = raw.fetch(&topic, 0, 0, Isolation::ReadUncommitted).records.unwrap();
        let batch = &batches(&fetched)[0];
        assert_eq!(batch.compression, kept);
        assert_eq!(batch.records.iter().map(|(_, record)| record.clone()).collect::<Vec<_>>(), odd_records());
    }
}

fn requests_sent_ahead_are_answered_in_order(target: &Target) {
    let topic = target.topic("ahead", 1, &[]);
    let mut raw = target.raw();
    let sent: Vec<i32> = (0..20)
        .map(|n| raw.send(9, &produce_request(&topic, 0, Batch::value(&n.to_string()).bytes())))
        .collect();
    for (offset, correlation) in (0..).zip(sent) {
        let response = raw.receive::<ProduceRequest>(9, correlation);
        assert_eq!(response.responses[0].partition_responses[0].base_offset, offset);
    }
}

fn records_of_every_compression_are_read_as_they_were_written(target: &Target) {
    let topic = target.topic("compressed", 1, &[]);
    for compression in ["none", "gzip", "snappy", "lz4", "zstd"] {
        let mut config = target.client_config();
        let producer: BaseProducer =
            config.set("compression.type", compression).set("linger.ms", "50").create().unwrap();
        for n in 0..1_000 {
            let value = format!("{compression} {n}");
            producer.send(BaseRecord::<(), _>::to(&topic).payload(&value)).unwrap();
        }
        producer.flush(std::time::Duration::from_secs(30)).unwrap();
    }
    let read = next_records(&reader(target, &topic, 0), 5_000);
    for (at, compression) in ["none", "gzip", "snappy", "lz4", "zstd"].into_iter().enumerate() {
        for n in 0..1_000 {
            assert_eq!(read[at * 1_000 + n].text(), format!("{compression} {n}"));
        }
    }
}

fn keys_values_headers_and_times_are_kept(target: &Target) {
    let topic = target.topic("kept", 2, &[]);
    let odd = TestRecord::new("value").key("key").at(1_234).partition(1);
    let odd = odd.header("h", "1").header("h", "2").header("empty", "");
    target.produce(&topic, [odd, TestRecord::tombstone("gone").at(5).partition(1)]);
    let read = next_records(&reader(target, &topic, 1), 2);
    assert_eq!((read[0].key.as_deref(), read[0].text()), (Some(b"key".as_slice()), "value"));
    let headers: Vec<(&str, Option<&[u8]>)> =
        read[0].headers.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
    assert_eq!(headers, [("h", Some(b"1".as_slice())), ("h", Some(b"2")), ("empty", Some(b""))]);
    assert_eq!((read[0].timestamp, read[0].offset), (1_234, 0));
    assert_eq!((read[1].key.as_deref(), &read[1].value), (Some(b"gone".as_slice()), &None));
}
