//! Records out of the queue into a batch, for whoever reads to an end or follows a topic.

use std::sync::Arc;
use std::time::Duration;

use super::ReadOptions;
use crate::kafka::batch::RecordBatch;
use crate::kafka::batch_queue::BatchQueue;
use crate::kafka::types::{Offset, PartitionId};

/// An empty batch of a partition, in the memory of a spare one where there is one.
pub(in crate::kafka) fn empty_batch(
    spare: &mut Option<RecordBatch>,
    topic: &Arc<str>,
    partition: PartitionId,
) -> RecordBatch {
    match spare.take() {
        None => RecordBatch::new(topic.clone(), partition),
        Some(mut batch) => {
            batch.reset(topic.clone(), partition);
            batch
        }
    }
}

/// Takes over the records at hand of one partition, from `next` on and before `end`, until the batch is full or others come.
pub(in crate::kafka) fn collect(
    queue: &mut BatchQueue,
    batch: &mut RecordBatch,
    next: &mut Offset,
    end: Offset,
    options: &ReadOptions,
) {
    let Some(place) = queue.peek().map(|message| message.place()) else { return };
    while batch.len() < options.batch_records && queue.fill(Duration::ZERO) {
        let Some(message) = queue.peek() else { break };
        if message.place() != place || !message.is_record() {
            break;
        }
        let offset = message.offset();
        if offset >= end {
            *next = end;
            break;
        }
        let full = !batch.is_empty() && batch.bytes() + message.size() > options.batch_bytes;
        if full {
            break;
        }
        // After a leader change librdkafka may come with what was there already.
        if offset >= *next {
            let (key, value) = (message.key(), message.value());
            if !batch.push(offset, message.timestamp(), key, value, message.headers()) {
                break;
            }
            *next = Offset(offset.0 + 1);
        }
        queue.advance();
    }
}
