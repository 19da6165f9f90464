//! Following a topic: its records as they come, on and on. No group, no commit.
//!
//! In: a slice, of which the starts count. Out: batches, each of one partition, and how far behind its end each partition is.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::error::KafkaError as LibraryError;
use rdkafka::types::RDKafkaErrorCode as Code;

use super::batch::RecordBatch;
use super::batch_queue::{BatchQueue, Source};
use super::client::Cluster;
use super::error::{KafkaError, Result};
use super::reader::{ReadOptions, collect, empty_batch, reader_config};
use super::slice::Slice;
use super::types::{Offset, PartitionId};

/// Follows the topics of a slice from where each of its partitions starts.
pub struct TopicTail {
    cluster: Cluster,
    options: ReadOptions,
    queue: BatchQueue,
    partitions: Vec<Followed>,
}

struct Followed {
    topic: Arc<str>,
    source: Source,
    next: Offset,
    /// Where it ended when that was last heard.
    end: Offset,
}

/// Where a followed partition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TailPosition {
    /// The partition.
    pub partition: PartitionId,
    /// The next offset to be read.
    pub next: Offset,
    /// Where it ends, as last heard.
    pub end: Offset,
}

impl TailPosition {
    /// Offsets behind the end.
    pub fn lag(&self) -> u64 {
        self.end.0.saturating_sub(self.next.0).max(0) as u64
    }
}

impl TopicTail {
    /// Begins to follow. A broker keeps an empty fetch for some time, so that a quiet topic costs it little.
    pub fn open(cluster: &Cluster, slice: &Slice) -> Result<Self> {
        let options = ReadOptions { ahead_bytes: 8 << 20, ..ReadOptions::default() };
        let mut config = reader_config(cluster, &options);
        if !cluster.profile().properties.contains_key("fetch.wait.max.ms") {
            config.set("fetch.wait.max.ms", "100");
        }
        let explain = |error| cluster.explain("opening a reader", error);
        let queue = BatchQueue::open(&config, cluster.context()).map_err(explain)?;
        let mut tail = Self { cluster: cluster.clone(), options, queue, partitions: Vec::new() };
        for topic in &slice.topics {
            let name: Arc<str> = topic.topic.as_str().into();
            for range in &topic.partitions {
                let source = tail.queue.start(&topic.topic, range.partition, range.start).map_err(explain)?;
                tail.partitions.push(Followed {
                    topic: name.clone(),
                    source,
                    next: range.start,
                    end: range.end,
                });
            }
        }
        Ok(tail)
    }

    /// The next batch; `None` when nothing came in that time. `spare` is a batch whose memory may be used again. A broker
    /// that is away is waited for. An error is final: the topic is gone, or what was to come next is.
    pub fn next(&mut self, mut spare: Option<RecordBatch>, wait: Duration) -> Result<Option<RecordBatch>> {
        let mut wait = wait;
        while self.queue.fill(wait) {
            wait = Duration::ZERO;
            let Some(message) = self.queue.peek() else { break };
            let source = self.queue.source(message);
            let followed = self.partitions.iter_mut().find(|one| Some(one.source) == source);
            let (Some(followed), notice, at) = (followed, message.notice(), message.offset()) else {
                self.queue.advance();
                continue;
            };
            if let Some((code, words)) = notice {
                self.queue.advance();
                if code == Code::PartitionEOF {
                    // Markers of transactions and what was compacted lie between the last record and the end.
                    followed.next = followed.next.max(at);
                    followed.end = at;
                } else if let Some(error) = judge(&self.cluster, followed, code, words) {
                    return Err(error);
                }
                continue;
            }
            let mut batch = empty_batch(&mut spare, &followed.topic, followed.source.partition);
            collect(&mut self.queue, &mut batch, &mut followed.next, Offset(i64::MAX), &self.options);
            followed.end = followed.end.max(followed.next);
            if batch.is_empty() {
                spare = Some(batch);
                continue;
            }
            return Ok(Some(batch));
        }
        self.queue.listen();
        Ok(None)
    }

    /// Where each partition stands.
    pub fn positions(&self) -> impl Iterator<Item = TailPosition> {
        self.partitions.iter().map(|followed| {
            let heard = self.queue.end(&followed.topic, followed.source.partition);
            TailPosition {
                partition: followed.source.partition,
                next: followed.next,
                end: followed.end.max(heard.unwrap_or(followed.end)),
            }
        })
    }
}

/// What an error means for a partition; `None` where waiting helps.
fn judge(cluster: &Cluster, followed: &Followed, code: Code, words: String) -> Option<KafkaError> {
    let (topic, partition) = (followed.topic.to_string(), followed.source.partition);
    match code {
        Code::AutoOffsetReset | Code::OffsetOutOfRange => Some(KafkaError::Stopped {
            topic,
            partition,
            at: followed.next,
            end: followed.end,
            why: words,
            next: "What was to come next is gone; begin again with what is there.".into(),
        }),
        Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition => {
            Some(KafkaError::NoTopic { topic })
        }
        Code::TopicAuthorizationFailed => {
            let error = LibraryError::MessageConsumption(code);
            Some(cluster.explain_on(&format!("reading {topic}"), &topic, error))
        }
        _ => None,
    }
}
