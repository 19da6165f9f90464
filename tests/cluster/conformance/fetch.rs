//! How much a fetch brings, when it is answered, and what it says where it cannot.

use std::time::{Duration, Instant};

use kafka_protocol::messages::{FetchRequest, FetchResponse};

use super::batch::{Batch, batches, data_records};
use super::calls::{Isolation, fetch_request, topic_name};
use super::codes::{
    FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH, NONE, OFFSET_OUT_OF_RANGE, UNKNOWN_LEADER_EPOCH,
    UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION,
};
use super::raw::{Raw, wire_id};
use super::target::Target;
use super::topics::topic_id;
use kafka_protocol::messages::fetch_request::ForgottenTopic;

cases! {
    raw:
        a_fetch_that_waits_is_answered_by_an_append,
        a_fetch_waits_until_it_has_enough_bytes,
        a_fetch_of_nothing_is_answered_after_its_wait,
        a_batch_larger_than_the_limits_comes_whole,
        limits_of_partition_and_request_are_kept,
        a_fetch_in_the_middle_of_a_batch_brings_the_whole_batch,
        offsets_out_of_range_are_told,
        at_the_end_there_is_nothing_and_no_error,
        unknown_topics_partitions_and_leader_epochs_are_told,
        unknown_topic_ids_are_told,
        a_session_if_given_brings_only_what_changed,
        unknown_sessions_and_wrong_epochs_are_refused;
}

/// How long an answer that must not come is waited for.
const A_WHILE: Duration = Duration::from_millis(200);

/// A topic with so many batches of one record of 1,000 bytes in partition 0, and the bytes of each.
fn filled(target: &Target, batches: usize) -> (String, usize) {
    let topic = target.topic("fetch", 2, &[]);
    let batch = Batch::value(&"x".repeat(1_000));
    let mut raw = target.raw();
    for _ in 0..batches {
        assert_eq!(raw.write(&topic, None, &batch).0, NONE);
    }
    (topic, batch.bytes().len())
}

fn records(response: &FetchResponse, partition: usize) -> usize {
    let data = &response.responses[0].partitions[partition];
    assert_eq!(data.error_code, NONE);
    data_records(data.records.as_deref().unwrap_or_default()).len()
}

/// Partition 1 of the topic is asked for as well.
fn with_both_partitions(mut request: FetchRequest) -> FetchRequest {
    let second = request.topics[0].partitions[0].clone().with_partition(1).with_fetch_offset(0);
    request.topics[0].partitions.push(second);
    request
}

fn a_fetch_that_waits_is_answered_by_an_append(target: &Target) {
    let (topic, _) = filled(target, 1);
    let (mut reader, mut writer) = (target.raw(), target.raw());
    let request = fetch_request(&topic, 0, 1).with_max_wait_ms(600_000).with_min_bytes(1);
    let waiting = reader.send(11, &request);
    assert!(reader.hears_nothing_for(A_WHILE), "there is nothing to bring");
    assert_eq!(writer.write(&topic, None, &Batch::value("at last")), (NONE, 1));
    assert_eq!(records(&reader.receive::<FetchRequest>(11, waiting), 0), 1);
}

fn a_fetch_waits_until_it_has_enough_bytes(target: &Target) {
    let (topic, size) = filled(target, 1);
    let (mut reader, mut writer) = (target.raw(), target.raw());
    let request = fetch_request(&topic, 0, 0).with_max_wait_ms(600_000).with_min_bytes(3 * size as i32);
    let waiting = reader.send(11, &request);
    for _ in 0..2 {
        assert!(reader.hears_nothing_for(A_WHILE), "there is too little to bring");
        assert_eq!(writer.write(&topic, None, &Batch::value(&"x".repeat(1_000))).0, NONE);
    }
    assert_eq!(records(&reader.receive::<FetchRequest>(11, waiting), 0), 3);
}

fn a_fetch_of_nothing_is_answered_after_its_wait(target: &Target) {
    let (topic, _) = filled(target, 1);
    let request = fetch_request(&topic, 0, 1).with_max_wait_ms(300).with_min_bytes(1);
    let (mut raw, started) = (target.raw(), Instant::now());
    assert_eq!(records(&raw.call(11, &request), 0), 0);
    assert!(started.elapsed() >= Duration::from_millis(300), "after {:?}", started.elapsed());
}

fn a_batch_larger_than_the_limits_comes_whole(target: &Target) {
    let (topic, _) = filled(target, 2);
    let mut request = fetch_request(&topic, 0, 0).with_max_bytes(1);
    request.topics[0].partitions[0].partition_max_bytes = 1;
    assert_eq!(records(&target.raw().call(11, &request), 0), 1);
}

fn limits_of_partition_and_request_are_kept(target: &Target) {
    let (topic, size) = filled(target, 5);
    let mut raw = target.raw();
    raw.produce(&topic, 1, Batch::value(&"x".repeat(1_000)).bytes());
    let mut request = fetch_request(&topic, 0, 0);
    request.topics[0].partitions[0].partition_max_bytes = 2 * size as i32 + 10;
    assert_eq!(records(&raw.call(11, &request), 0), 2);

    let request = with_both_partitions(fetch_request(&topic, 0, 0).with_max_bytes(3 * size as i32));
    let response = raw.call(11, &request);
    assert_eq!((records(&response, 0), records(&response, 1)), (3, 0));
    let request = with_both_partitions(fetch_request(&topic, 0, 0));
    let response = raw.call(11, &request);
    assert_eq!((records(&response, 0), records(&response, 1)), (5, 1));
}

fn a_fetch_in_the_middle_of_a_batch_brings_the_whole_batch(target: &Target) {
    let topic = target.topic("middle", 1, &[]);
    let mut raw = target.raw();
    let three = ["a", "b", "c"].map(|value| super::batch::Record::new("k", value, 1));
    raw.write(&topic, None, &Batch::of(three.to_vec()));
    let fetched = raw.fetch(&topic, 0, 2, Isolation::ReadUncommitted).records.unwrap();
    let fetched = batches(&fetched);
    assert_eq!((fetched[0].base_offset, fetched[0].records.len()), (0, 3));
}

fn offsets_out_of_range_are_told(target: &Target) {
    let (topic, _) = filled(target, 2);
    for offset in [3, 1_000_000, -1] {
        let fetched = target.raw().fetch(&topic, 0, offset, Isolation::ReadUncommitted);
        assert_eq!(fetched.error_code, OFFSET_OUT_OF_RANGE, "offset {offset}");
        assert_eq!(
            (fetched.high_watermark, fetched.last_stable_offset, fetched.log_start_offset),
            (-1, -1, -1)
        );
        assert!(fetched.records.unwrap_or_default().is_empty());
    }
}

fn at_the_end_there_is_nothing_and_no_error(target: &Target) {
    let (topic, _) = filled(target, 2);
    let fetched = target.raw().fetch(&topic, 0, 2, Isolation::ReadCommitted);
    assert_eq!((fetched.error_code, fetched.high_watermark, fetched.last_stable_offset), (NONE, 2, 2));
    assert_eq!(fetched.log_start_offset, 0);
    assert!(fetched.records.unwrap_or_default().is_empty());
}

fn unknown_topics_partitions_and_leader_epochs_are_told(target: &Target) {
    let (topic, _) = filled(target, 1);
    let mut raw = target.raw();
    for (topic, partition) in [(topic.as_str(), 2), ("nowhere", 0)] {
        let fetched = raw.fetch(topic, partition, 0, Isolation::ReadUncommitted);
        assert_eq!(fetched.error_code, UNKNOWN_TOPIC_OR_PARTITION);
        assert_eq!((fetched.high_watermark, fetched.log_start_offset), (-1, -1));
    }
    let mut request = fetch_request(&topic, 0, 0);
    request.topics[0].partitions[0].current_leader_epoch = 7;
    assert_eq!(raw.call(11, &request).responses[0].partitions[0].error_code, UNKNOWN_LEADER_EPOCH);
}

fn unknown_topic_ids_are_told(target: &Target) {
    let (topic, _) = filled(target, 1);
    let mut raw = target.raw();
    let by_id = |id: u128| {
        let mut request = fetch_request("", 0, 0);
        request.topics[0].topic_id = wire_id(id);
        request
    };
    let known = topic_id(&mut raw, &topic);
    assert_eq!(records(&raw.call(13, &by_id(known)), 0), 1);
    for id in [0x1234, 0] {
        let response = raw.call(13, &by_id(id));
        let fetched = &response.responses[0].partitions[0];
        assert_eq!((response.error_code, fetched.error_code), (NONE, UNKNOWN_TOPIC_ID));
        assert_eq!((fetched.high_watermark, fetched.log_start_offset), (-1, -1));
    }
    let mut request = by_id(known);
    request.topics[0].partitions[0].partition = 9;
    assert_eq!(raw.call(13, &request).responses[0].partitions[0].error_code, UNKNOWN_TOPIC_OR_PARTITION);
}

/// Opens a session over both partitions of a topic, from the beginning, and returns its id.
fn open_session(raw: &mut Raw, topic: &str) -> i32 {
    let first = raw.call(11, &with_both_partitions(fetch_request(topic, 0, 0)).with_session_epoch(0));
    assert_eq!(first.error_code, NONE);
    assert_eq!((records(&first, 0), records(&first, 1)), (2, 0));
    first.session_id
}

fn a_session_if_given_brings_only_what_changed(target: &Target) {
    let (topic, _) = filled(target, 2);
    let mut raw = target.raw();
    let session = open_session(&mut raw, &topic);
    if session == 0 {
        // A broker may give none: then each fetch names all partitions, and brings what they have.
        assert_eq!(open_session(&mut raw, &topic), 0);
        return;
    }
    let mut next = fetch_request(&topic, 0, 2).with_session_id(session).with_session_epoch(1);
    assert!(raw.call(11, &next).responses.is_empty(), "nothing changed");

    raw.produce(&topic, 1, Batch::value("new").bytes());
    next.topics.clear();
    let response = raw.call(11, &next.clone().with_session_epoch(2));
    let partitions = &response.responses[0].partitions;
    assert_eq!((partitions.len(), partitions[0].partition_index), (1, 1));

    let forgotten = ForgottenTopic::default().with_topic(topic_name(&topic)).with_partitions(vec![1]);
    next.forgotten_topics_data = vec![forgotten];
    assert!(raw.call(11, &next.with_session_epoch(3)).responses.is_empty(), "what is forgotten is not sent");
}

fn unknown_sessions_and_wrong_epochs_are_refused(target: &Target) {
    let (topic, _) = filled(target, 2);
    let mut raw = target.raw();
    let session = open_session(&mut raw, &topic);
    let asked = |id, epoch| fetch_request(&topic, 0, 0).with_session_id(id).with_session_epoch(epoch);
    if session != 0 {
        assert_eq!(raw.call(11, &asked(session, 5)).error_code, INVALID_FETCH_SESSION_EPOCH);
    }
    assert_eq!(raw.call(11, &asked(session ^ 1, 1)).error_code, FETCH_SESSION_ID_NOT_FOUND);
    // An epoch of -1 ends the session.
    assert_eq!(records(&raw.call(11, &asked(session, -1)), 0), 2);
    if session != 0 {
        assert_eq!(raw.call(11, &asked(session, 1)).error_code, FETCH_SESSION_ID_NOT_FOUND);
    }
}
