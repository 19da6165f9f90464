//! Consumer groups and the offsets that they committed, looked at from outside: nothing joins. And where a group is to begin
//! that nobody has joined yet.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError as LibraryError;
use rdkafka::topic_partition_list::Offset as LibraryOffset;
use serde::Serialize;

use super::client::{Cluster, WriteAccess};
use super::context::ForebayContext;
use super::error::Result;
use super::types::{Offset, PartitionId};

/// Groups asked at a time; each needs a client of its own.
const AT_ONCE: usize = 8;

/// A consumer group and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupOffsets {
    /// The group's id.
    pub group: String,
    /// Kafka's word for its state: `Stable`, `Empty`; `Dead` for a group of the newer protocol (KIP-848).
    pub state: String,
    /// The next offset that it will read, of each partition for which it has committed one.
    pub offsets: Vec<(String, PartitionId, Offset)>,
    /// Why its offsets are not known, where they are not.
    pub problem: Option<String>,
}

impl Cluster {
    /// Every consumer group, by name, with its committed offsets on all topics.
    pub fn groups(&self) -> Result<Vec<GroupOffsets>> {
        let catalogue = self.catalogue()?;
        let partitions: Vec<(&str, PartitionId)> = catalogue
            .topics
            .iter()
            .flat_map(|topic| {
                topic.partitions.iter().map(|partition| (topic.name.as_str(), partition.partition))
            })
            .collect();
        self.groups_on(&partitions)
    }

    /// Every consumer group, by name, with its committed offsets on these partitions.
    pub(super) fn groups_on(&self, partitions: &[(&str, PartitionId)]) -> Result<Vec<GroupOffsets>> {
        let groups = self.list_groups()?;
        let next = AtomicUsize::new(0);
        let found = Mutex::new(Vec::with_capacity(groups.len()));
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(groups.len()) {
                scope.spawn(|| {
                    while let Some((group, state)) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let offsets = self.group_on(group, state, partitions);
                        found.lock().unwrap_or_else(PoisonError::into_inner).push(offsets);
                    }
                });
            }
        });
        let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        found.sort_by(|left, right| left.group.cmp(&right.group));
        Ok(found)
    }

    /// Names and states of all groups that this user may see.
    pub(super) fn list_groups(&self) -> Result<Vec<(String, String)>> {
        let list = self
            .lookup()
            .fetch_group_list(None, self.timeout())
            .map_err(|error| self.explain("listing consumer groups", error))?;
        Ok(list.groups().iter().map(|group| (group.name().to_string(), group.state().to_string())).collect())
    }

    fn group_on(&self, group: &str, state: &str, partitions: &[(&str, PartitionId)]) -> GroupOffsets {
        let (offsets, problem) = match self.committed(group, partitions) {
            Ok(offsets) => (offsets, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        GroupOffsets { group: group.into(), state: state.into(), offsets, problem }
    }

    /// The offsets that a group has committed on these partitions.
    fn committed(
        &self,
        group: &str,
        partitions: &[(&str, PartitionId)],
    ) -> Result<Vec<(String, PartitionId, Offset)>> {
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let what = format!("reading the committed offsets of group {group}");
        let asked = self.explain_with(&what);
        let client = self.outsider(group).map_err(&asked)?;
        let mut list = TopicPartitionList::with_capacity(partitions.len());
        for (topic, partition) in partitions {
            list.add_partition(topic, partition.0);
        }
        let answer = client.committed_offsets(list, self.timeout());
        while client.poll(std::time::Duration::from_millis(1)).is_some() {}
        let elements = answer.map_err(&asked)?;
        let mut offsets = Vec::new();
        for element in elements.elements() {
            element.error().map_err(&asked)?;
            if let LibraryOffset::Offset(offset) = element.offset() {
                offsets.push((element.topic().to_string(), PartitionId(element.partition()), Offset(offset)));
            }
        }
        Ok(offsets)
    }

    /// A client that names a group but never subscribes speaks with its coordinator without becoming a member.
    fn outsider(&self, group: &str) -> std::result::Result<BaseConsumer<ForebayContext>, LibraryError> {
        let mut config = self.client_config();
        config.set("group.id", group);
        config.set("enable.auto.commit", "false");
        // Committed readers would be made to wait until a transaction that moves these offsets has ended.
        config.set("isolation.level", "read_uncommitted");
        config.create_with_context(self.context())
    }

    fn explain_with<'a>(&'a self, what: &'a str) -> impl Fn(LibraryError) -> super::error::KafkaError + 'a {
        move |error| self.explain(what, error)
    }
}

impl WriteAccess<'_> {
    /// Says where the members of a group will begin that has no members yet. A group that has committed anything on these
    /// partitions is left alone.
    pub fn begin_group(&self, group: &str, offsets: &[(String, PartitionId, Offset)]) -> Result<()> {
        let places: Vec<_> =
            offsets.iter().map(|(topic, partition, _)| (topic.as_str(), *partition)).collect();
        if !self.cluster.committed(group, &places)?.is_empty() {
            return Ok(());
        }
        let what = format!("setting where group {group} begins");
        let asked = self.cluster.explain_with(&what);
        let mut list = TopicPartitionList::with_capacity(offsets.len());
        for (topic, partition, offset) in offsets {
            let offset = LibraryOffset::Offset(offset.0);
            list.add_partition_offset(topic, partition.0, offset).map_err(&asked)?;
        }
        self.cluster.outsider(group).map_err(&asked)?.commit(&list, CommitMode::Sync).map_err(&asked)
    }
}
