//! Records of one poll, sorted into batches by partition.

use rdkafka::message::{BorrowedMessage, Headers, Message, Timestamp};

use super::Place;
use crate::kafka::batch::{Header, RecordBatch};
use crate::kafka::types::{EventTime, Offset, PartitionId};

/// A poll ends before its records pass this many bytes.
const MOST_BYTES: usize = 16 << 20;

/// Batches being filled.
pub(super) struct Gathered {
    most: usize,
    records: usize,
    bytes: usize,
    batches: Vec<RecordBatch>,
    /// The batch of the last record: the next one is mostly of the same partition.
    current: usize,
    spare: Vec<RecordBatch>,
}

impl Gathered {
    /// Nothing yet, of at most `most` records.
    pub fn new(most: usize, spare: Vec<RecordBatch>) -> Self {
        Self { most, records: 0, bytes: 0, batches: Vec::new(), current: 0, spare }
    }

    pub fn is_full(&self) -> bool {
        self.records >= self.most || self.bytes >= MOST_BYTES
    }

    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Adds a record to its partition's batch; always true, for a poll that gave something.
    pub fn push(&mut self, message: &BorrowedMessage<'_>) -> bool {
        let timestamp = match message.timestamp() {
            Timestamp::NotAvailable => None,
            Timestamp::CreateTime(millis) | Timestamp::LogAppendTime(millis) => Some(EventTime(millis)),
        };
        let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
        let headers = headers.map(|header| Header { name: header.key, value: header.value });
        let offset = Offset(message.offset());
        let size = message.key_len() + message.payload_len();
        let batch = self.batch(message.topic(), PartitionId(message.partition()));
        batch.push(offset, timestamp, message.key(), message.payload(), headers);
        self.records += 1;
        self.bytes += size;
        true
    }

    /// Forgets the records of a partition that is another member's now.
    pub fn forget(&mut self, place: &Place) {
        if let Some(at) = self.batches.iter().position(|batch| is_of(batch, &place.0, place.1)) {
            let batch = self.batches.swap_remove(at);
            self.records -= batch.len();
            self.spare.push(batch);
            self.current = 0;
        }
    }

    /// The batches, by topic and partition.
    pub fn into_batches(mut self) -> Vec<RecordBatch> {
        self.batches
            .sort_by(|one, other| (one.topic(), one.partition()).cmp(&(other.topic(), other.partition())));
        self.batches
    }

    fn batch(&mut self, topic: &str, partition: PartitionId) -> &mut RecordBatch {
        let here = self.batches.get(self.current).is_some_and(|batch| is_of(batch, topic, partition));
        if !here {
            let known = self.batches.iter().position(|batch| is_of(batch, topic, partition));
            self.current = known.unwrap_or_else(|| {
                self.batches.push(fresh(self.spare.pop(), topic, partition));
                self.batches.len() - 1
            });
        }
        #[allow(clippy::indexing_slicing, reason = "`current` was just set to a batch that is there")]
        &mut self.batches[self.current]
    }
}

fn is_of(batch: &RecordBatch, topic: &str, partition: PartitionId) -> bool {
    batch.partition() == partition && batch.topic().as_ref() == topic
}

fn fresh(spare: Option<RecordBatch>, topic: &str, partition: PartitionId) -> RecordBatch {
    match spare {
        None => RecordBatch::new(topic.into(), partition),
        Some(mut batch) => {
            let topic = if batch.topic().as_ref() == topic { batch.topic().clone() } else { topic.into() };
            batch.reset(topic, partition);
            batch
        }
    }
}
