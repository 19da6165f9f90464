//! The offsets of all groups: committed ones, and those that wait for the end of a transaction.

use std::collections::BTreeMap;

use super::offset_messages::{FetchedOffset, Position};
use super::records::Record;
use crate::broker::journal::Millis;
use crate::broker::partition::TopicPartition;
use kafka_protocol::ResponseError;

/// A committed offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Committed {
    pub(super) position: Position,
    pub(super) committed_at: Millis,
    /// When it is forgotten, where its consumer said so itself.
    pub(super) expires: Option<Millis>,
    /// Counts all commits up: of a plain commit and one in a transaction, the later commit holds, not the later end.
    pub(super) sequence: i64,
}

type ByPartition = BTreeMap<TopicPartition, Committed>;

/// The offsets of all groups. Changes come as [`Record`]s, from the journal or for it.
#[derive(Debug, Default)]
pub(super) struct Offsets {
    committed: BTreeMap<String, ByPartition>,
    /// By producer id and group.
    pending: BTreeMap<i64, BTreeMap<String, ByPartition>>,
    sequence: i64,
}

impl Offsets {
    /// The number of the next commit.
    pub(super) fn next_sequence(&self) -> i64 {
        self.sequence + 1
    }

    pub(super) fn commit(&mut self, group: &str, partition: TopicPartition, offset: Option<Committed>) {
        match offset {
            Some(offset) => {
                self.sequence = self.sequence.max(offset.sequence);
                self.committed.entry(group.to_owned()).or_default().insert(partition, offset);
            }
            None => {
                if let Some(partitions) = self.committed.get_mut(group) {
                    partitions.remove(&partition);
                    if partitions.is_empty() {
                        self.committed.remove(group);
                    }
                }
            }
        }
    }

    pub(super) fn pend(
        &mut self,
        producer_id: i64,
        group: &str,
        partition: TopicPartition,
        offset: Option<Committed>,
    ) {
        let groups = self.pending.entry(producer_id).or_default();
        let partitions = groups.entry(group.to_owned()).or_default();
        match offset {
            Some(offset) => {
                self.sequence = self.sequence.max(offset.sequence);
                partitions.insert(partition, offset);
            }
            None => {
                partitions.remove(&partition);
            }
        }
        if partitions.is_empty() {
            groups.remove(group);
        }
        if groups.is_empty() {
            self.pending.remove(&producer_id);
        }
    }

    /// What the end of a producer's transaction means for the offsets of these groups.
    pub(super) fn end(&self, producer_id: i64, groups: &[String], commit: bool) -> Vec<Record> {
        let Some(pending) = self.pending.get(&producer_id) else { return Vec::new() };
        let mut records = Vec::new();
        for (group, partitions) in pending.iter().filter(|(group, _)| groups.contains(group)) {
            for (partition, offset) in partitions {
                let is_newest =
                    self.get(group, partition).is_none_or(|current| current.sequence < offset.sequence);
                if commit && is_newest {
                    records.push(Record::Offset(group.clone(), partition.clone(), Some(offset.clone())));
                }
                records.push(Record::Pending(producer_id, group.clone(), partition.clone(), None));
            }
        }
        records
    }

    /// What it takes to forget the offsets that are meant, also those that wait in transactions.
    pub(super) fn forget(&self, is_meant: impl Fn(&str, &TopicPartition) -> bool) -> Vec<Record> {
        let mut records = Vec::new();
        for (group, partitions) in &self.committed {
            let meant = partitions.keys().filter(|partition| is_meant(group, partition));
            records.extend(meant.map(|partition| Record::Offset(group.clone(), partition.clone(), None)));
        }
        for (producer, groups) in &self.pending {
            for (group, partitions) in groups {
                let meant = partitions.keys().filter(|partition| is_meant(group, partition));
                records.extend(
                    meant.map(|partition| Record::Pending(*producer, group.clone(), partition.clone(), None)),
                );
            }
        }
        records
    }

    /// The offsets of one group, found once for many partitions.
    pub(super) fn looked_up(&self, group: &str) -> OfGroup<'_> {
        let pending = self.pending.values().filter_map(|groups| groups.get(group));
        OfGroup { committed: self.committed.get(group), pending: pending.collect() }
    }

    /// The committed offsets of a group.
    pub(super) fn of_group(&self, group: &str) -> impl Iterator<Item = (&TopicPartition, &Committed)> {
        self.committed.get(group).into_iter().flatten()
    }

    /// Whether a transaction that goes on has offsets of this group.
    pub(super) fn has_pending(&self, group: &str) -> bool {
        self.pending.values().any(|groups| groups.contains_key(group))
    }

    fn get(&self, group: &str, partition: &TopicPartition) -> Option<&Committed> {
        self.committed.get(group)?.get(partition)
    }
}

/// The offsets of one group.
pub(super) struct OfGroup<'a> {
    committed: Option<&'a ByPartition>,
    /// Those in transactions, by producer.
    pending: Vec<&'a ByPartition>,
}

impl OfGroup<'_> {
    pub(super) fn fetch(&self, partition: &TopicPartition, require_stable: bool) -> FetchedOffset {
        if require_stable && self.is_pending(partition) {
            return Err(ResponseError::UnstableOffsetCommit);
        }
        let offset = self.committed.and_then(|committed| committed.get(partition));
        Ok(offset.map(|offset| offset.position.clone()))
    }

    /// Whether a transaction that goes on will decide over an offset of this partition.
    pub(super) fn is_pending(&self, partition: &TopicPartition) -> bool {
        self.pending.iter().any(|partitions| partitions.contains_key(partition))
    }
}
