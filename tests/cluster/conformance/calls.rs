//! The calls that many cases make, short: requests of the raw client about one partition, with the answer for it.

use bytes::Bytes;
use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::fetch_response::PartitionData;
use kafka_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kafka_protocol::messages::list_offsets_response::ListOffsetsPartitionResponse;
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::produce_response::PartitionProduceResponse;
use kafka_protocol::messages::{
    BrokerId, FetchRequest, ListOffsetsRequest, ProduceRequest, TopicName, TransactionalId,
};

use super::batch::{Batch, Record, data_records};
use super::raw::{Raw, text};

/// What `fetch` may see of transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    ReadUncommitted = 0,
    ReadCommitted = 1,
}

/// Times of ListOffsets that are no times.
pub const EARLIEST: i64 = -2;
pub const LATEST: i64 = -1;
pub const MAX_TIMESTAMP: i64 = -3;

/// A record and its offset.
pub type Placed = (i64, Record);

/// Producer id and first offset of an aborted transaction.
pub type Aborted = (i64, i64);

/// The name of a topic as the codec wants it.
pub fn topic_name(topic: &str) -> TopicName {
    TopicName(text(topic))
}

/// A Produce request of one batch to one partition, all replicas to acknowledge it.
pub fn produce_request(topic: &str, partition: i32, records: Bytes) -> ProduceRequest {
    let data = PartitionProduceData::default().with_index(partition).with_records(Some(records));
    let topic = TopicProduceData::default().with_name(topic_name(topic)).with_partition_data(vec![data]);
    ProduceRequest::default()
        .with_transactional_id(None)
        .with_acks(-1)
        .with_timeout_ms(30_000)
        .with_topic_data(vec![topic])
}

/// A Fetch request of one partition that waits for nothing.
pub fn fetch_request(topic: &str, partition: i32, offset: i64) -> FetchRequest {
    let partition = FetchPartition::default()
        .with_partition(partition)
        .with_current_leader_epoch(-1)
        .with_fetch_offset(offset)
        .with_log_start_offset(-1)
        .with_partition_max_bytes(1 << 20);
    let topic = FetchTopic::default().with_topic(topic_name(topic)).with_partitions(vec![partition]);
    FetchRequest::default()
        .with_replica_id(BrokerId(-1))
        .with_max_wait_ms(0)
        .with_min_bytes(0)
        .with_max_bytes(50 << 20)
        .with_session_epoch(-1)
        .with_topics(vec![topic])
}

/// A ListOffsets request of one partition.
pub fn list_offsets_request(topic: &str, partition: i32, time: i64) -> ListOffsetsRequest {
    let partition = ListOffsetsPartition::default()
        .with_partition_index(partition)
        .with_current_leader_epoch(-1)
        .with_timestamp(time);
    let topic = ListOffsetsTopic::default().with_name(topic_name(topic)).with_partitions(vec![partition]);
    ListOffsetsRequest::default().with_replica_id(BrokerId(-1)).with_topics(vec![topic])
}

impl Raw {
    /// Writes what is in `records` and returns the answer for the partition.
    pub fn produce(&mut self, topic: &str, partition: i32, records: Bytes) -> PartitionProduceResponse {
        let response = self.call(9, &produce_request(topic, partition, records));
        response.responses[0].partition_responses[0].clone()
    }

    /// Writes a batch into partition 0, within a transaction where there is one, and returns error code and base
    /// offset.
    pub fn write(&mut self, topic: &str, transaction: Option<&str>, batch: &Batch) -> (i16, i64) {
        let id = transaction.map(|id| TransactionalId(text(id)));
        let request = produce_request(topic, 0, batch.bytes()).with_transactional_id(id);
        let answer = self.call(9, &request).responses[0].partition_responses[0].clone();
        (answer.error_code, answer.base_offset)
    }

    /// Fetches once from a partition.
    pub fn fetch(&mut self, topic: &str, partition: i32, offset: i64, isolation: Isolation) -> PartitionData {
        let request = fetch_request(topic, partition, offset).with_isolation_level(isolation as i8);
        self.call(11, &request).responses[0].partitions[0].clone()
    }

    /// Everything that partition 0 holds, as it came.
    pub fn read(&mut self, topic: &str) -> Vec<Placed> {
        self.read_as(topic, Isolation::ReadUncommitted).0
    }

    /// Everything that partition 0 shows with this isolation, and the aborted transactions that came with it. One
    /// fetch may end where a segment does, so there are as many as it takes.
    pub fn read_as(&mut self, topic: &str, isolation: Isolation) -> (Vec<Placed>, Vec<Aborted>) {
        let mut offset = self.list_offset(topic, 0, EARLIEST).offset;
        let (mut records, mut aborted) = (Vec::new(), Vec::new());
        loop {
            let fetched = self.fetch(topic, 0, offset, isolation);
            assert_eq!(fetched.error_code, 0);
            let bytes = fetched.records.unwrap_or_default();
            let Some(last) = super::batch::batches(&bytes).pop() else { return (records, aborted) };
            for gone in fetched.aborted_transactions.unwrap_or_default() {
                let gone = (gone.producer_id.0, gone.first_offset);
                if !aborted.contains(&gone) {
                    aborted.push(gone);
                }
            }
            records.extend(data_records(&bytes).into_iter().filter(|(at, _)| *at >= offset));
            offset = last.base_offset + i64::from(last.last_offset_delta) + 1;
        }
    }

    /// Asks for the offset at a time, or for [`EARLIEST`], [`LATEST`], [`MAX_TIMESTAMP`].
    pub fn list_offset(&mut self, topic: &str, partition: i32, time: i64) -> ListOffsetsPartitionResponse {
        self.list_offset_of(topic, partition, time, Isolation::ReadUncommitted)
    }

    /// The same, of what is committed.
    pub fn list_offset_of(
        &mut self,
        topic: &str,
        partition: i32,
        time: i64,
        isolation: Isolation,
    ) -> ListOffsetsPartitionResponse {
        let request = list_offsets_request(topic, partition, time).with_isolation_level(isolation as i8);
        self.call(7, &request).topics[0].partitions[0].clone()
    }

    /// First and next offset of partition 0.
    pub fn watermarks(&mut self, topic: &str) -> (i64, i64) {
        (self.list_offset(topic, 0, EARLIEST).offset, self.list_offset(topic, 0, LATEST).offset)
    }
}
