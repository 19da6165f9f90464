//! Fetching without doing anything with the records.

use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::{BrokerId, FetchRequest};

use super::departures::PARTITIONS;
use super::raw::{Raw, text};

/// The last version that names topics.
const VERSION: i16 = 12;
/// Bytes of a batch up to the end of its last offset.
const HEAD: usize = 27;

/// How much is asked for of each partition: so many batches that the last one, which Apache Kafka cuts off and sends again,
/// is a small part of it.
const OF_A_PARTITION: i32 = 8 << 20;

/// Fetches all of a topic. Of the batches only the heads are looked at.
pub fn fetch_all(client: &mut Raw, topic: &str, records_of_a_partition: usize) {
    let end = records_of_a_partition as i64;
    let mut next = [0; PARTITIONS as usize];
    let request = FetchRequest::default()
        .with_replica_id(BrokerId(-1))
        .with_session_epoch(-1)
        .with_max_wait_ms(500)
        .with_min_bytes(1)
        .with_max_bytes(50 << 20);
    while next.iter().any(|next| *next < end) {
        let left = next.iter().enumerate().filter(|(_, next)| **next < end).map(|(number, next)| {
            let partition = FetchPartition::default().with_partition(number as i32);
            partition.with_fetch_offset(*next).with_partition_max_bytes(OF_A_PARTITION)
        });
        let topics = FetchTopic::default().with_topic(text(topic).into()).with_partitions(left.collect());
        let answer = client.call(VERSION, &request.clone().with_topics(vec![topics]));
        for partition in &answer.responses[0].partitions {
            assert_eq!(partition.error_code, 0);
            let batches = partition.records.as_deref().unwrap_or_default();
            if let Some(after) = offset_after(batches) {
                next[partition.partition_index as usize] = after;
            }
        }
    }
    assert_eq!(next, [end; PARTITIONS as usize]);
}

/// The offset after the last record of these batches, of which Apache Kafka may cut off the last one.
fn offset_after(mut batches: &[u8]) -> Option<i64> {
    let mut after = None;
    while let Some(head) = batches.first_chunk::<HEAD>() {
        let number = |at: usize| i32::from_be_bytes(head[at..at + 4].try_into().unwrap());
        let (length, last_offset_delta) = (number(8), number(23));
        let Some(rest) = batches.get(12 + length as usize..) else { break };
        let base_offset = i64::from_be_bytes(head[..8].try_into().unwrap());
        after = Some(base_offset + i64::from(last_offset_delta) + 1);
        batches = rest;
    }
    after
}
