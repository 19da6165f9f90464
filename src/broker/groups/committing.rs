//! OffsetCommit, TxnOffsetCommit, OffsetFetch, OffsetDelete, and the expiry of offsets.

use std::collections::BTreeSet;
use std::io;

use kafka_protocol::ResponseError;

use super::GroupCoordinator;
use super::group::Group;
use super::messages::MemberIdentity;
use super::offset_messages::{
    CommitRequest, FetchedOffset, PerPartition, Position, TransactionCommitRequest,
};
use super::offsets::Committed;
use super::records::Record;
use super::state::GroupState;
use crate::broker::journal::Millis;
use crate::broker::partition::TopicPartition;

impl GroupCoordinator {
    /// OffsetCommit.
    ///
    /// # Errors
    /// Kafka's error code for all partitions of the answer. `GROUP_ID_NOT_FOUND` is `ILLEGAL_GENERATION` before version 9.
    pub fn commit(&mut self, now: Millis, request: CommitRequest) -> Result<PerPartition, ResponseError> {
        let CommitRequest { group, member, retention_ms, offsets } = request;
        match self.groups.get(&group) {
            Some(known) => check_commit(known, &member)?,
            None if member.generation < 0 => (),
            None => return Err(ResponseError::GroupIdNotFound),
        }
        let expires = retention_ms.map(|retention| now.saturating_add(retention));
        let (answers, records) = self.accept(now, offsets, expires, |partition, offset| {
            Record::Offset(group.clone(), partition, Some(offset))
        });
        self.keep(now, &group, &records)?;
        self.heard_by_commit(now, &group, &member);
        Ok(answers)
    }

    /// TxnOffsetCommit: the offsets wait for the end of the producer's transaction.
    ///
    /// # Errors
    /// Kafka's error code for all partitions of the answer.
    pub fn commit_in_transaction(
        &mut self,
        now: Millis,
        request: TransactionCommitRequest,
    ) -> Result<PerPartition, ResponseError> {
        let TransactionCommitRequest { group, member, producer_id, offsets } = request;
        if group.is_empty() {
            return Err(ResponseError::InvalidGroupId);
        }
        match self.groups.get(&group) {
            Some(known) => check_commit_in_transaction(known, &member)?,
            None if member.generation < 0 => (),
            None => return Err(ResponseError::IllegalGeneration),
        }
        let (answers, records) = self.accept(now, offsets, None, |partition, offset| {
            Record::Pending(producer_id, group.clone(), partition, Some(offset))
        });
        self.keep(now, &group, &records)?;
        Ok(answers)
    }

    /// A transaction has ended: the producer's offsets in `groups` become visible or vanish, in one step. Doing it again does
    /// nothing.
    ///
    /// # Errors
    /// Where the journal cannot keep it; then nothing has changed and it is to be tried again.
    pub fn end_transaction(&mut self, producer_id: i64, groups: &[String], commit: bool) -> io::Result<()> {
        let records = self.offsets.end(producer_id, groups, commit);
        self.write(&records)
    }

    /// OffsetFetch for the partitions that are named. With `require_stable`, a partition with offsets in an ongoing transaction
    /// gives `UNSTABLE_OFFSET_COMMIT`.
    pub fn fetch<'a>(
        &self,
        group: &str,
        partitions: impl IntoIterator<Item = &'a TopicPartition>,
        require_stable: bool,
    ) -> Vec<(TopicPartition, FetchedOffset)> {
        let offsets = self.offsets.looked_up(group);
        let fetched =
            |partition: &TopicPartition| (partition.clone(), offsets.fetch(partition, require_stable));
        partitions.into_iter().map(fetched).collect()
    }

    /// OffsetFetch for all partitions that have an offset.
    pub fn fetch_all(&self, group: &str, require_stable: bool) -> Vec<(TopicPartition, FetchedOffset)> {
        let partitions = self.offsets.of_group(group).map(|(partition, _)| partition);
        self.fetch(group, partitions, require_stable)
    }

    /// OffsetDelete.
    ///
    /// # Errors
    /// Kafka's error code for the whole answer.
    pub fn delete_offsets(
        &mut self,
        group: &str,
        partitions: &BTreeSet<TopicPartition>,
    ) -> Result<PerPartition, ResponseError> {
        if group.is_empty() {
            return Err(ResponseError::InvalidGroupId);
        }
        let known = self.groups.get(group).ok_or(ResponseError::GroupIdNotFound)?;
        if known.state != GroupState::Empty && !known.is_of_consumers() {
            return Err(ResponseError::NonEmptyGroup);
        }
        let is_free = |partition: &TopicPartition| !known.is_subscribed(&partition.topic);
        let records = self
            .offsets
            .forget(|of, partition| of == group && partitions.contains(partition) && is_free(partition));
        let answers = partitions
            .iter()
            .map(|partition| {
                let answer =
                    if is_free(partition) { Ok(()) } else { Err(ResponseError::GroupSubscribedToTopic) };
                (partition.clone(), answer)
            })
            .collect();
        self.write(&records).map_err(|_| ResponseError::CoordinatorNotAvailable)?;
        Ok(answers)
    }

    /// A topic was deleted, and so are all offsets in it.
    ///
    /// # Errors
    /// Where the journal cannot keep it; then nothing has changed.
    pub fn forget_topic(&mut self, topic: &str) -> io::Result<()> {
        let records = self.offsets.forget(|_, partition| partition.topic == topic);
        self.write(&records)
    }

    /// Forgets the offsets that nobody has used for long, and groups that have neither members nor offsets.
    pub(super) fn expire(&mut self, now: Millis) {
        let groups: Vec<String> = self.groups.keys().cloned().collect();
        for id in groups {
            let Some(group) = self.groups.get(&id) else { continue };
            let offsets = self.offsets.looked_up(&id);
            let expired: Vec<TopicPartition> = self
                .offsets
                .of_group(&id)
                .filter(|(partition, offset)| {
                    self.is_expired(now, group, partition, offset) && !offsets.is_pending(partition)
                })
                .map(|(partition, _)| partition.clone())
                .collect();
            let is_left = self.offsets.of_group(&id).count() > expired.len() || self.offsets.has_pending(&id);
            let is_unused = group.state == GroupState::Empty && group.pending.is_empty() && !is_left;
            let mut records: Vec<Record> =
                expired.into_iter().map(|partition| Record::Offset(id.clone(), partition, None)).collect();
            if is_unused {
                records.push(Record::Group(id.clone(), None));
            }
            // What could not be kept is tried again at the next check.
            let _ = self.write(&records);
        }
    }

    fn is_expired(&self, now: Millis, group: &Group, partition: &TopicPartition, offset: &Committed) -> bool {
        if group.is_subscribed(&partition.topic) {
            return false;
        }
        let unused_since = match (&group.protocol_type, group.state) {
            (None, _) => offset.committed_at,
            (Some(_), GroupState::Empty) => group.since,
            (Some(_), GroupState::Stable) if group.topics.is_some() => offset.committed_at,
            (Some(_), _) => return false,
        };
        match offset.expires {
            Some(expires) => now >= expires,
            None => now.saturating_sub(unused_since) >= self.config.offsets_retention_ms,
        }
    }

    /// The answer for each offset, and what is to be kept of those that are accepted.
    fn accept(
        &self,
        now: Millis,
        offsets: Vec<(TopicPartition, Position)>,
        expires: Option<Millis>,
        record: impl Fn(TopicPartition, Committed) -> Record,
    ) -> (PerPartition, Vec<Record>) {
        let mut answers = Vec::with_capacity(offsets.len());
        let mut records = Vec::with_capacity(offsets.len());
        for (partition, position) in offsets {
            if position.metadata.len() > self.config.max_metadata_bytes {
                answers.push((partition, Err(ResponseError::OffsetMetadataTooLarge)));
                continue;
            }
            let sequence = self.offsets.next_sequence();
            let offset = Committed { position, committed_at: now, expires, sequence };
            records.push(record(partition.clone(), offset));
            answers.push((partition, Ok(())));
        }
        (answers, records)
    }

    fn keep(&mut self, now: Millis, group: &str, records: &[Record]) -> Result<(), ResponseError> {
        self.write(records).map_err(|_| ResponseError::CoordinatorNotAvailable)?;
        // A consumer that only keeps offsets here has a group without members.
        self.groups.entry(group.to_owned()).or_insert_with(|| Group::new(group, now));
        Ok(())
    }

    /// A commit is as good as a heartbeat.
    fn heard_by_commit(&mut self, now: Millis, group: &str, member: &MemberIdentity) {
        let Some(known) = self.groups.get_mut(group) else { return };
        if matches!(known.state, GroupState::Stable | GroupState::PreparingRebalance)
            && let Some(member) = known.members.get_mut(&member.member_id)
        {
            member.heard(now);
        }
        self.note_due(group);
    }
}

fn check_commit(group: &Group, member: &MemberIdentity) -> Result<(), ResponseError> {
    if member.generation < 0 && group.state == GroupState::Empty {
        return Ok(());
    }
    if !names_itself(member) {
        return Err(ResponseError::UnknownMemberId);
    }
    group.check_generation(member)?;
    if group.state == GroupState::CompletingRebalance {
        return Err(ResponseError::RebalanceInProgress);
    }
    Ok(())
}

/// Old producers do not say for which member they commit, and the state of the group is not asked for.
fn check_commit_in_transaction(group: &Group, member: &MemberIdentity) -> Result<(), ResponseError> {
    let is_simple = member.generation < 0 && group.state == GroupState::Empty;
    if is_simple || !names_itself(member) {
        return Ok(());
    }
    group.check_generation(member)
}

fn names_itself(member: &MemberIdentity) -> bool {
    member.generation >= 0 || !member.member_id.is_empty() || member.instance_id.is_some()
}
