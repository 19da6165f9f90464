//! One partition's decoded chunks, put back in order. Batches of a partition are decoded by several threads at once and
//! finish in any order; what must follow the log (digest, chunks, the first rejections) is done here in sequence, by
//! whichever thread finds the next batch there.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::content::ContentDigest;
use super::frame::Frame;
use crate::codec::{Chunk, Rejection};
use crate::kafka::RecordBatch;

/// One partition.
#[derive(Default)]
pub struct Lane(Mutex<State>);

#[derive(Default)]
struct State {
    /// Number of the batch that comes next.
    next: u64,
    /// Decoded before their turn.
    waiting: BTreeMap<u64, (RecordBatch, Chunk)>,
    /// A thread is putting batches in order, and will look again before it leaves.
    busy: bool,
    content: LaneContent,
}

/// What a lane holds in the end.
#[derive(Default)]
pub struct LaneContent {
    /// In offset order.
    pub chunks: Vec<Chunk>,
    /// The first [`Frame::KEPT_REJECTIONS`].
    pub rejected: Vec<Rejection>,
    /// Digest of everything read.
    pub digest: ContentDigest,
}

impl Lane {
    /// Hands over batch number `sequence` with what was decoded of it. Batches that are done with go to `spare`.
    pub fn accept(
        &self,
        sequence: u64,
        batch: RecordBatch,
        chunk: Chunk,
        mut spare: impl FnMut(RecordBatch),
    ) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.insert(sequence, (batch, chunk));
        if state.busy {
            return;
        }
        state.busy = true;
        loop {
            let next = state.next;
            let Some((batch, mut chunk)) = state.waiting.remove(&next) else { break };
            // Hashing takes longest: others may hand over meanwhile, but none of them goes on in this lane.
            let mut digest = std::mem::take(&mut state.content.digest);
            drop(state);
            digest.add(&batch);
            let rejected = chunk.take_rejected();
            spare(batch);
            state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.content.digest = digest;
            let room = Frame::KEPT_REJECTIONS - state.content.rejected.len();
            state.content.rejected.extend(rejected.into_iter().take(room));
            state.content.chunks.push(chunk);
            state.next += 1;
        }
        state.busy = false;
    }

    /// What came, when all of it has.
    pub fn into_content(self) -> LaneContent {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).content
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::{Decoding, Schema, assemble, by_name};
    use crate::kafka::{Offset, PartitionId};

    fn batch(offset: i64) -> RecordBatch {
        let mut batch = RecordBatch::new("a".into(), PartitionId(0));
        batch.push(Offset(offset), None, None, Some(format!("{{\"n\":{offset}}}").as_bytes()), []);
        batch.push(Offset(offset + 1), None, None, Some(b"not JSON"), []);
        batch
    }

    fn filled(order: &[u64]) -> LaneContent {
        let lane = Lane::default();
        let mut decoder = by_name("json").unwrap().decoder(&Schema::default(), Decoding::Widen);
        let mut spare = 0;
        for sequence in order {
            let batch = batch(*sequence as i64 * 2);
            decoder.decode(&batch);
            lane.accept(*sequence, batch, decoder.take_chunk(), |_| spare += 1);
        }
        assert_eq!(spare, order.len());
        lane.into_content()
    }

    proptest! {
        #[test]
        fn batches_in_any_order_of_arrival_give_the_same(order in Just((0..12).collect::<Vec<u64>>()).prop_shuffle()) {
            let (straight, shuffled) = (filled(&(0..12).collect::<Vec<_>>()), filled(&order));
            prop_assert_eq!(straight.digest.finish(), shuffled.digest.finish());
            prop_assert_eq!(&straight.rejected, &shuffled.rejected);
            let (straight, shuffled) = (assemble(straight.chunks, false), assemble(shuffled.chunks, false));
            prop_assert!(straight.frame.equals_missing(&shuffled.frame));
        }
    }
}
