//! A member of a consumer group: for live scoring only; nothing else joins a group.
//!
//! In: a group, its topics. Out: batches per partition, and positions to be committed with what was made of them. Partitions
//! come and go only inside [`GroupConsumer::poll`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerGroupMetadata};
use rdkafka::error::{KafkaError as LibraryError, RDKafkaErrorCode as Code};
use rdkafka::topic_partition_list::Offset as LibraryOffset;

use super::batch::RecordBatch;
use super::client::{Cluster, WriteAccess};
use super::error::{KafkaError, Result};
use super::native::cached_watermarks;
use super::types::{Offset, PartitionId};
use super::way_back::WayBack;

mod gather;
mod member;

use gather::Gathered;
use member::{Change, MemberContext, member_config};

/// How long a member that goes looks at most for a rebalance behind records that nobody will read.
const FAREWELL: Duration = Duration::from_secs(2);

/// How to be a member.
#[derive(Clone, Debug, Default)]
pub struct GroupOptions {
    /// Where a partition begins for which the group has committed nothing: at its first record, or at its end.
    pub from_beginning: bool,
    /// Kafka's `group.instance.id`, for members that keep their partitions over a restart.
    pub instance: Option<String>,
}

/// A member of a consumer group. Calls are synchronous: partitions are taken away only inside [`Self::poll`], so whoever
/// finishes (commits) what one poll gave before the next poll never works on a partition that is no longer its own.
pub struct GroupConsumer {
    cluster: Cluster,
    group: String,
    topics: Vec<String>,
    options: GroupOptions,
    consumer: BaseConsumer<MemberContext>,
    places: BTreeMap<Place, At>,
    way_back: WayBack,
}

/// Topic and partition.
type Place = (Arc<str>, PartitionId);

/// Where an assigned partition is; `None` while it is not known.
#[derive(Clone, Copy, Debug, Default)]
struct At {
    /// The next offset that a poll gives.
    next: Option<Offset>,
    /// Where this member began to read it.
    start: Option<Offset>,
}

/// What one poll gave.
#[derive(Debug, Default)]
pub struct Polled {
    /// Records, one batch per partition that had any; the same memory may be handed back to the next poll.
    pub batches: Vec<RecordBatch>,
    /// The assignment changed in this poll; the new one, when it did.
    pub assigned: Option<Vec<(String, PartitionId)>>,
}

impl GroupConsumer {
    /// Joins `group` for `topics`, reading committed records only.
    pub fn join(
        access: WriteAccess<'_>,
        group: &str,
        topics: &[&str],
        options: GroupOptions,
    ) -> Result<Self> {
        let cluster = access.cluster.clone();
        let what = format!("joining group {group}");
        let consumer: BaseConsumer<MemberContext> = member_config(&cluster, group, &options)
            .create_with_context(MemberContext::new(cluster.context()))
            .map_err(|error| cluster.explain(&what, error))?;
        consumer.subscribe(topics).map_err(|error| cluster.explain(&what, error))?;
        let way_back = WayBack::to(&cluster.profile().bootstrap);
        Ok(Self {
            cluster,
            group: group.into(),
            topics: topics.iter().map(|topic| topic.to_string()).collect(),
            options,
            consumer,
            places: BTreeMap::new(),
            way_back,
        })
    }

    /// Up to `max_records` records, waiting at most `max_wait` for the first of them. Returns early, perhaps with nothing,
    /// when the assignment changes. An error that passes by itself (a broker that is away) is waited out.
    pub fn poll(
        &mut self,
        max_records: usize,
        max_wait: Duration,
        spare: Vec<RecordBatch>,
    ) -> Result<Polled> {
        let deadline = Instant::now() + max_wait;
        let mut gathered = Gathered::new(max_records, spare);
        let mut changed = false;
        while !gathered.is_full() {
            let waiting = gathered.is_empty() && !changed;
            let wait =
                if waiting { deadline.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
            let event = self.consumer.poll(wait);
            let changes = self.consumer.context().take_changes();
            let came = match event {
                None => false,
                Some(Ok(message)) => gathered.push(&message),
                Some(Err(error)) => {
                    self.heed(error)?;
                    true
                }
            };
            if !changes.is_empty() {
                changed = true;
                self.apply(changes, &mut gathered);
            } else if !came && (wait.is_zero() || Instant::now() >= deadline) {
                break;
            }
        }
        let batches = gathered.into_batches();
        if batches.is_empty() {
            self.way_back.show(self.consumer.client(), &self.cluster.context());
        }
        for batch in &batches {
            let last = batch.last_offset();
            if let (Some(at), Some(last)) =
                (self.places.get_mut(&(batch.topic().clone(), batch.partition())), last)
            {
                at.next = Some(Offset(last.0 + 1));
            }
        }
        let assigned = changed.then(|| self.assigned().collect());
        Ok(Polled { batches, assigned })
    }

    /// The next offset of each assigned partition, as handed out so far; without those of which it is not known yet.
    pub fn positions(&self) -> Vec<(String, PartitionId, Offset)> {
        let known = |(place, at): (&Place, &At)| Some((place.0.to_string(), place.1, at.next?));
        self.places.iter().filter_map(known).collect()
    }

    /// The end of each assigned partition as last heard from the broker (for lag); costs no request.
    pub fn ends(&self) -> Vec<(String, PartitionId, Offset)> {
        let end = |(topic, partition): &Place| {
            let (_, high) = cached_watermarks(self.consumer.client(), topic, *partition)?;
            Some((topic.to_string(), *partition, high))
        };
        self.places.keys().filter_map(end).collect()
    }

    /// Commits positions outside a transaction, and waits for the answer.
    pub fn commit(&mut self, offsets: &[(String, PartitionId, Offset)]) -> Result<()> {
        if offsets.is_empty() {
            return Ok(());
        }
        let what = format!("committing offsets of group {}", self.group);
        let mut list = TopicPartitionList::with_capacity(offsets.len());
        for (topic, partition, offset) in offsets {
            list.add_partition_offset(topic, partition.0, LibraryOffset::Offset(offset.0))
                .map_err(|error| self.cluster.explain(&what, error))?;
        }
        self.consumer.commit(&list, CommitMode::Sync).map_err(|error| match error.rdkafka_error_code() {
            Some(code) if is_rebalance(code) => KafkaError::Rebalanced { what: what.clone() },
            _ => self.cluster.explain(&what, error),
        })
    }

    /// Goes back to the committed positions, after an aborted transaction. A partition of which nothing is committed goes
    /// back to where this member began.
    pub fn rewind(&mut self) -> Result<()> {
        if self.places.is_empty() {
            return Ok(());
        }
        let what = format!("rewinding group {}", self.group);
        let explained = |error| self.cluster.explain(&what, error);
        let committed = self.committed(self.places.keys()).map_err(explained)?;
        let mut list = TopicPartitionList::with_capacity(self.places.len());
        for (place, at) in &mut self.places {
            at.next = committed.get(place).copied().or(at.start);
            let target = match at.next {
                Some(offset) => LibraryOffset::Offset(offset.0),
                None if self.options.from_beginning => LibraryOffset::Beginning,
                None => LibraryOffset::End,
            };
            list.add_partition_offset(&place.0, place.1.0, target).map_err(explained)?;
        }
        let sought = self.consumer.seek_partitions(list, self.cluster.timeout()).map_err(explained)?;
        for partition in sought.elements() {
            match partition.error() {
                // Not begun yet: it will begin at the committed position by itself.
                Err(error) if error.rdkafka_error_code() == Some(Code::State) => {}
                failed => failed.map_err(explained)?,
            }
        }
        Ok(())
    }

    /// What a transaction needs to know of this member to commit its offsets.
    pub(super) fn metadata(&self) -> Result<ConsumerGroupMetadata> {
        self.consumer.group_metadata().ok_or_else(|| KafkaError::Other {
            what: format!("group {}", self.group),
            why: "its membership is not known yet".into(),
        })
    }

    fn assigned(&self) -> impl Iterator<Item = (String, PartitionId)> {
        self.places.keys().map(|(topic, partition)| (topic.to_string(), *partition))
    }

    /// Takes partitions away and gives new ones, in the order in which the group did.
    fn apply(&mut self, changes: Vec<Change>, gathered: &mut Gathered) {
        for change in changes {
            match change {
                Change::Revoked(places) => {
                    for place in places {
                        gathered.forget(&place);
                        self.places.remove(&place);
                    }
                }
                Change::Assigned(places) => {
                    let starts = self.starts(&places);
                    for place in places {
                        let start = starts.get(&place).copied();
                        self.places.insert(place, At { next: start, start });
                    }
                }
            }
        }
    }

    /// Where newly assigned partitions begin. Where a request fails it is not known, and the first record will tell.
    fn starts(&self, places: &[Place]) -> BTreeMap<Place, Offset> {
        let mut starts = self.committed(places.iter()).unwrap_or_default();
        for place in places {
            if starts.contains_key(place) {
                continue;
            }
            let watermarks =
                self.cluster.lookup().fetch_watermarks(&place.0, place.1.0, self.cluster.timeout());
            if let Ok((low, high)) = watermarks {
                let start = if self.options.from_beginning { low } else { high };
                starts.insert(place.clone(), Offset(start));
            }
        }
        starts
    }

    /// The committed positions of `places`, where there are any.
    fn committed<'p>(
        &self,
        places: impl Iterator<Item = &'p Place>,
    ) -> std::result::Result<BTreeMap<Place, Offset>, LibraryError> {
        let mut list = TopicPartitionList::new();
        for (topic, partition) in places {
            list.add_partition(topic, partition.0);
        }
        let list = self.consumer.committed_offsets(list, self.cluster.timeout())?;
        let known = list.elements().into_iter().filter_map(|element| match element.offset() {
            LibraryOffset::Offset(offset) => {
                Some(((element.topic().into(), PartitionId(element.partition())), Offset(offset)))
            }
            _ => None,
        });
        Ok(known.collect())
    }

    /// What the consumer says besides records: what passes is waited out.
    fn heed(&mut self, error: LibraryError) -> Result<()> {
        if let LibraryError::PartitionEOF(partition) = error {
            self.at_end(PartitionId(partition));
            return Ok(());
        }
        match error.rdkafka_error_code() {
            Some(
                Code::BrokerTransportFailure
                | Code::AllBrokersDown
                | Code::OperationTimedOut
                | Code::Resolve
                | Code::PollExceeded
                | Code::CoordinatorLoadInProgress
                | Code::CoordinatorNotAvailable
                | Code::NotCoordinator,
            ) => Ok(()),
            _ => {
                let what = format!("reading as a member of group {}", self.group);
                let topic = self.topics.first().map_or("", String::as_str);
                Err(self.cluster.explain_on(&what, topic, error))
            }
        }
    }

    /// A partition's end is reached: what lies between its last record and its end (transaction markers) is passed, too.
    fn at_end(&mut self, partition: PartitionId) {
        let Ok(positions) = self.consumer.position() else { return };
        for element in positions.elements() {
            let place = (Arc::from(element.topic()), PartitionId(element.partition()));
            let (LibraryOffset::Offset(offset), Some(at)) = (element.offset(), self.places.get_mut(&place))
            else {
                continue;
            };
            if place.1 == partition && at.next.is_none_or(|next| next.0 < offset) {
                at.next = Some(Offset(offset));
            }
        }
    }
}

impl Drop for GroupConsumer {
    /// A rebalance that was told of is heeded before the client closes: librdkafka, told to close meanwhile, goes on without
    /// it, and the call that heeds it may then wait for ever (librdkafka's issue 4884).
    fn drop(&mut self) {
        self.consumer.unsubscribe();
        let (began, mut quiet) = (Instant::now(), 0);
        while quiet < 3 && began.elapsed() < FAREWELL {
            let came = self.consumer.poll(Duration::from_millis(1)).is_some();
            // A rebalance that was heeded gives no event.
            let changed = !self.consumer.context().take_changes().is_empty();
            quiet = if came || changed { 0 } else { quiet + 1 };
        }
    }
}

/// Whether an error says that the group gave the partitions to others.
pub(super) fn is_rebalance(code: Code) -> bool {
    matches!(
        code,
        Code::IllegalGeneration
            | Code::UnknownMemberId
            | Code::RebalanceInProgress
            | Code::FencedInstanceId
            | Code::AssignmentLost
            | Code::StaleMemberEpoch
            | Code::FencedMemberEpoch
    )
}
