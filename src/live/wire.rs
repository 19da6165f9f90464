//! What the scoring loop needs of Kafka, and Kafka behind it.
//!
//! In: polls, records to send, positions to commit. Out: the same, by a consumer group and transactions (exactly once) or by
//! a plain writer and commits (at least once). The loop is written against [`Wire`], so that it can run against a log in
//! memory that fails by a seeded schedule.

use std::time::{Duration, Instant};

use super::request::{Delivery, ScoreRequest};
use super::transactions::Transactions;
use crate::jobs::Cancel;
use crate::kafka::{
    Cluster, GroupConsumer, GroupOptions, KafkaError, Offset, OutRecord, PartitionId, Polled, RecordBatch,
    TopicWriter,
};

type Result<T> = std::result::Result<T, KafkaError>;

/// A partition and an offset of the input topic.
pub(super) type Place = (PartitionId, Offset);

/// What the scoring loop needs of Kafka.
pub(super) trait Wire {
    /// Up to `max_records` records, waiting at most `max_wait` for the first.
    fn poll(&mut self, max_records: usize, max_wait: Duration, spare: Vec<RecordBatch>) -> Result<Polled>;
    /// The partitions are these now. Called before anything of the poll that said so is sent.
    fn assigned(&mut self, partitions: &[PartitionId]) -> Result<()>;
    /// The next offset of each assigned partition, where it is known.
    fn positions(&self) -> Vec<Place>;
    /// The end of each assigned partition as last heard.
    fn ends(&self) -> Vec<Place>;
    /// Hands a record over; the first one begins a transaction, where there are any.
    fn send(&mut self, record: OutRecord<'_>) -> Result<()>;
    /// Makes what was sent final together with the positions.
    fn commit(&mut self, positions: &[Place]) -> Result<()>;
    /// Takes back what was sent and not committed, and goes back to the committed positions.
    fn take_back(&mut self) -> Result<()>;
    /// The time by which transactions are measured.
    fn now(&self) -> Instant;
    /// Lets time pass before another attempt; ends early when cancelled.
    fn wait(&mut self, time: Duration, cancel: &Cancel);
}

/// Kafka.
pub(super) struct KafkaWire<'a> {
    cluster: &'a Cluster,
    input: String,
    consumer: GroupConsumer,
    writer: Writer,
}

enum Writer {
    Transactions(Box<Transactions>),
    /// Opened when first needed and after a failure.
    Plain(Option<TopicWriter>),
}

/// How long acknowledgements may take, at least once.
const ACKNOWLEDGED: Duration = Duration::from_secs(60);

impl<'a> KafkaWire<'a> {
    /// Joins the group.
    pub(super) fn open(cluster: &'a Cluster, request: &ScoreRequest) -> Result<Self> {
        let group = request.group();
        let writer = match request.delivery {
            Delivery::ExactlyOnce => Writer::Transactions(Box::new(Transactions::new(cluster, request)?)),
            Delivery::AtLeastOnce => Writer::Plain(None),
        };
        let options =
            GroupOptions { from_beginning: request.from_beginning, instance: request.instance.clone() };
        let access = cluster.write_access(&format!("score as group {group}"))?;
        let consumer = GroupConsumer::join(access, &group, &[&request.input], options)?;
        Ok(Self { cluster, input: request.input.clone(), consumer, writer })
    }

    fn full(&self, positions: &[Place]) -> Vec<(String, PartitionId, Offset)> {
        positions.iter().map(|&(partition, offset)| (self.input.clone(), partition, offset)).collect()
    }
}

fn places(positions: Vec<(String, PartitionId, Offset)>) -> Vec<Place> {
    positions.into_iter().map(|(_, partition, offset)| (partition, offset)).collect()
}

impl Wire for KafkaWire<'_> {
    fn poll(&mut self, max_records: usize, max_wait: Duration, spare: Vec<RecordBatch>) -> Result<Polled> {
        self.consumer.poll(max_records, max_wait, spare)
    }

    fn assigned(&mut self, partitions: &[PartitionId]) -> Result<()> {
        match &mut self.writer {
            Writer::Transactions(transactions) => transactions.assigned(self.cluster, partitions),
            Writer::Plain(_) => Ok(()),
        }
    }

    fn positions(&self) -> Vec<Place> {
        places(self.consumer.positions())
    }

    fn ends(&self) -> Vec<Place> {
        places(self.consumer.ends())
    }

    fn send(&mut self, record: OutRecord<'_>) -> Result<()> {
        match &mut self.writer {
            Writer::Transactions(transactions) => transactions.send(self.cluster, record),
            Writer::Plain(writer) => {
                let writer = match writer {
                    Some(writer) => writer,
                    None => {
                        writer.insert(TopicWriter::open(self.cluster.write_access("write predictions")?)?)
                    }
                };
                writer.send(record)
            }
        }
    }

    fn commit(&mut self, positions: &[Place]) -> Result<()> {
        let offsets = self.full(positions);
        match &mut self.writer {
            Writer::Transactions(transactions) => transactions.commit(self.cluster, &self.consumer, &offsets),
            Writer::Plain(writer) => {
                if let Some(writer) = writer {
                    writer.flush(ACKNOWLEDGED)?;
                }
                self.consumer.commit(&offsets)
            }
        }
    }

    fn take_back(&mut self) -> Result<()> {
        match &mut self.writer {
            Writer::Transactions(transactions) => transactions.abort(self.cluster)?,
            Writer::Plain(writer) => *writer = None,
        }
        self.consumer.rewind()
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wait(&mut self, time: Duration, cancel: &Cancel) {
        let begun = Instant::now();
        while begun.elapsed() < time && !cancel.is_cancelled() {
            std::thread::sleep(Duration::from_millis(50).min(time));
        }
    }
}
