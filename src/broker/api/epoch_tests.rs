//! What is answered of leader epochs, which count the starts of the broker.

use std::net::TcpStream;

use kafka_protocol::messages::OffsetForLeaderEpochRequest;
use kafka_protocol::messages::offset_for_leader_epoch_request::{
    OffsetForLeaderPartition, OffsetForLeaderTopic,
};

use crate::broker::log::Compression;
use crate::broker::server::client_for_tests::*;

/// Where an epoch ended, as the broker says.
fn end_of(stream: &mut TcpStream, epoch: i32) -> (i32, i64) {
    let partition =
        OffsetForLeaderPartition::default().with_current_leader_epoch(-1).with_leader_epoch(epoch);
    let topic = OffsetForLeaderTopic::default().with_topic(name("t")).with_partitions(vec![partition]);
    let request = OffsetForLeaderEpochRequest::default().with_topics(vec![topic]);
    let answer = ask(stream, &request, 4).topics.remove(0).partitions.remove(0);
    assert_eq!(answer.error_code, 0);
    (answer.leader_epoch, answer.end_offset)
}

#[test]
fn an_epoch_in_which_nothing_was_written_ended_where_the_log_did() {
    let root = tempfile::tempdir().unwrap();
    let first = on_folder(root.path());
    let mut stream = connect(&first);
    create_topic(&mut stream, &[]);
    for _ in 0..10 {
        assert_eq!(produce(&mut stream, batch(1, Compression::None), 9), 0);
    }
    first.stop();
    let second = on_folder(root.path());
    assert_eq!(end_of(&mut connect(&second), 1), (1, 10));
    second.stop();
    let third = on_folder(root.path());
    let mut stream = connect(&third);
    // A consumer that committed (10, epoch 1) lost nothing.
    assert_eq!(end_of(&mut stream, 1), (0, 10));
    assert_eq!(end_of(&mut stream, 0), (0, 10));
    assert_eq!(end_of(&mut stream, 3), (-1, -1));
    assert_eq!(end_of(&mut stream, -1), (-1, -1));
    assert_eq!(produce(&mut stream, batch(1, Compression::None), 9), 0);
    assert_eq!([end_of(&mut stream, 1), end_of(&mut stream, 2)], [(0, 10), (2, 11)]);
}

#[test]
fn a_topic_without_records_lost_none() {
    let root = tempfile::tempdir().unwrap();
    let first = on_folder(root.path());
    create_topic(&mut connect(&first), &[]);
    first.stop();
    let second = on_folder(root.path());
    assert_eq!(end_of(&mut connect(&second), 0), (0, 0));
}

#[test]
fn a_reader_hears_of_a_log_that_ended_earlier_and_of_no_other() {
    const OUT_OF_RANGE: i16 = 1;
    let root = tempfile::tempdir().unwrap();
    let first = on_folder(root.path());
    let mut stream = connect(&first);
    create_topic(&mut stream, &[]);
    assert_eq!(produce(&mut stream, batch(1, Compression::None), 9), 0);
    first.stop();
    on_folder(root.path()).stop();
    let third = on_folder(root.path());
    let mut stream = connect(&third);
    let mut read = |offset, epoch| {
        let mut request = fetch_request(offset, 0, 1000).with_max_wait_ms(0);
        request.topics[0].partitions[0].last_fetched_epoch = epoch;
        request.topics[0].partitions[0].current_leader_epoch = -1;
        let answer = fetch(&mut stream, &request, 12);
        (answer.error_code, answer.diverging_epoch.epoch, answer.diverging_epoch.end_offset)
    };
    assert_eq!(read(1, 0), (0, -1, -1));
    assert_eq!(read(2, 0), (0, 0, 1));
    // Epoch 1 had no records of its own, so what was read in it was epoch 0.
    assert_eq!(read(1, 1), (0, 0, 1));
    assert_eq!(read(1, 7).0, OUT_OF_RANGE);
}
