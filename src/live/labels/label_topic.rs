//! The label topic, followed from the time of the first predictions on, and again after it failed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::jobs::Cancel;
use crate::kafka::{
    Bound, Cluster, EventTime, KafkaError, Offset, PartitionId, RangeSpec, RecordBatch, Slice, TailPosition,
    TopicTail,
};

/// After a failure it is tried again so much later.
const AGAIN: Duration = Duration::from_secs(5);

/// The topic.
pub(super) struct LabelTopic {
    cluster: Cluster,
    topic: String,
    tail: Option<TopicTail>,
    /// Where to go on when it is opened again; empty before it was open.
    positions: BTreeMap<PartitionId, Offset>,
    failed: Option<Instant>,
}

impl LabelTopic {
    pub(super) fn new(cluster: &Cluster, topic: &str) -> Self {
        Self {
            cluster: cluster.clone(),
            topic: topic.into(),
            tail: None,
            positions: BTreeMap::new(),
            failed: None,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.tail.is_some()
    }

    /// Opens it where it is not open and it is time to try: labels from that moment on, or from where it stood.
    pub(super) fn open(&mut self, from: i64, cancel: &Cancel) -> Result<(), KafkaError> {
        let too_early = self.failed.is_some_and(|failed| failed.elapsed() < AGAIN);
        if self.tail.is_some() || too_early {
            return Ok(());
        }
        let opened = self.slice(from, cancel).and_then(|slice| TopicTail::open(&self.cluster, &slice));
        match opened {
            Ok(tail) => {
                (self.tail, self.failed) = (Some(tail), None);
                Ok(())
            }
            Err(error) => {
                self.failed = Some(Instant::now());
                Err(error)
            }
        }
    }

    /// The next labels; after an error it is opened again.
    pub(super) fn next(
        &mut self,
        spare: Option<RecordBatch>,
        wait: Duration,
    ) -> Result<Option<RecordBatch>, KafkaError> {
        let Some(tail) = &mut self.tail else { return Ok(None) };
        let next = tail.next(spare, wait);
        if next.is_err() {
            self.positions = tail.positions().map(|position| (position.partition, position.next)).collect();
            self.tail = None;
            self.failed = Some(Instant::now());
        }
        next
    }

    /// Where its partitions stand; none while it is not open.
    pub(super) fn positions(&self) -> Vec<TailPosition> {
        self.tail.iter().flat_map(TopicTail::positions).collect()
    }

    fn slice(&self, from: i64, cancel: &Cancel) -> Result<Slice, KafkaError> {
        let resolve = |from| {
            let range =
                RangeSpec { topics: vec![self.topic.clone()], from, to: Bound::End, partitions: None };
            self.cluster.resolve(&range, cancel)
        };
        if self.positions.is_empty() {
            // A moment that is still to come has no offset.
            let now = jiff::Timestamp::now().as_millisecond();
            return resolve(Bound::Time(EventTime(from.min(now))));
        }
        match resolve(Bound::Offsets(self.positions.clone())) {
            // It was made anew, or what was to come next is gone.
            Err(KafkaError::Range { .. }) => resolve(Bound::Beginning),
            resolved => resolved,
        }
    }
}
