//! The group coordinator: who is in a group, who reads what, and how far each group has come.
//!
//! Kafka's classic group protocol and committed offsets, also those committed in transactions. It does no I/O: it is told
//! the time, gets requests, and answers them at once or, where a member must wait for others, through the channel that came with the
//! request. What must survive a restart goes to a [`Journal`] before it is answered.
//!
//! Give it the journal's entries with [`GroupCoordinator::replay`], then [`GroupCoordinator::start`] it, and call
//! [`GroupCoordinator::tick`] whenever [`GroupCoordinator::next_deadline`] has come.

use std::collections::BTreeMap;
use std::io;

use kafka_protocol::ResponseError;
use tokio::sync::oneshot;

use super::journal::{Damaged, Entry, Journal, Millis};

mod committing;
mod config;
mod group;
mod joining;
mod member;
mod membership;
mod messages;
mod offset_messages;
mod offsets;
mod rebalance;
mod records;
mod state;
mod subscription;

#[cfg(test)]
mod members_for_tests;
#[cfg(test)]
mod membership_tests;
#[cfg(test)]
mod offset_tests;
#[cfg(test)]
mod schedule_tests;
#[cfg(test)]
mod static_member_tests;

pub use config::GroupConfig;
pub use messages::{
    Client, DescribedGroup, DescribedMember, JoinAnswer, JoinRefused, JoinRequest, Joined, JoinedMember,
    LeavingMember, ListedGroup, MemberIdentity, Protocol, SyncAnswer, SyncRequest, Synced,
};
pub use offset_messages::{CommitRequest, FetchedOffset, PerPartition, Position, TransactionCommitRequest};
pub use state::GroupState;

use group::{Context, Group};
use offsets::Offsets;
use records::Record;

/// All groups of the cluster.
pub struct GroupCoordinator {
    config: GroupConfig,
    journal: Box<dyn Journal>,
    groups: BTreeMap<String, Group>,
    offsets: Offsets,
    /// Nothing is due in any group before this; what is due may be later, if a member was heard of since.
    due: Option<Millis>,
    /// When offsets are next looked through for what has expired.
    next_expiry: Option<Millis>,
}

impl GroupCoordinator {
    /// A coordinator without groups.
    pub fn new(config: GroupConfig, journal: Box<dyn Journal>) -> GroupCoordinator {
        GroupCoordinator {
            config,
            journal,
            groups: BTreeMap::new(),
            offsets: Offsets::default(),
            due: None,
            next_expiry: None,
        }
    }

    /// Takes an entry that the journal kept.
    ///
    /// # Errors
    /// An entry that cannot be read; it has changed nothing.
    pub fn replay(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), Damaged> {
        self.apply(Record::decode(key, value)?);
        Ok(())
    }

    /// Ends the replay: members of groups that were stable have their session time-out from now on to be heard of.
    pub fn start(&mut self, now: Millis) {
        for member in self.groups.values_mut().flat_map(|group| group.members.values_mut()) {
            member.heard(now);
        }
        self.due = self.groups.values().filter_map(Group::deadline).min();
        self.next_expiry = Some(now.saturating_add(self.config.offsets_retention_check_ms));
    }

    /// When [`GroupCoordinator::tick`] is next needed; ask again after every call.
    pub fn next_deadline(&self) -> Option<Millis> {
        self.due.into_iter().chain(self.next_expiry).min()
    }

    /// Does what is due: members time out, rebalances complete, offsets expire.
    pub fn tick(&mut self, now: Millis) {
        if self.due.is_some_and(|due| due <= now) {
            let mut cx = Context { now, config: &self.config, journal: self.journal.as_mut() };
            for group in self.groups.values_mut() {
                if group.deadline().is_some_and(|due| due <= now) {
                    group.tick(&mut cx);
                }
            }
            self.due = self.groups.values().filter_map(Group::deadline).min();
        }
        if self.next_expiry.is_some_and(|due| due <= now) {
            self.expire(now);
            self.next_expiry = Some(now.saturating_add(self.config.offsets_retention_check_ms.max(1)));
        }
    }

    /// JoinGroup. Answers when all members have joined or their time is over; dropping the receiver does no harm.
    pub fn join(&mut self, now: Millis, request: JoinRequest, answer: oneshot::Sender<JoinAnswer>) {
        if let Err(error) = self.check_join(&request) {
            return joining::refuse(answer, error, &request.member_id);
        }
        let id = request.group.clone();
        if request.member_id.is_empty() {
            self.groups.entry(id.clone()).or_insert_with(|| Group::new(&id, now));
        }
        let mut cx = Context { now, config: &self.config, journal: self.journal.as_mut() };
        match self.groups.get_mut(&id) {
            Some(group) => group.join(&mut cx, request, answer),
            None => joining::refuse(answer, ResponseError::UnknownMemberId, &request.member_id),
        }
        self.note_due(&id);
    }

    fn check_join(&self, request: &JoinRequest) -> Result<(), ResponseError> {
        if request.group.is_empty() {
            return Err(ResponseError::InvalidGroupId);
        }
        let allowed = self.config.min_session_timeout_ms..=self.config.max_session_timeout_ms;
        if allowed.contains(&request.session_timeout_ms) {
            Ok(())
        } else {
            Err(ResponseError::InvalidSessionTimeout)
        }
    }

    /// SyncGroup. Answers when the leader has assigned.
    pub fn sync(&mut self, now: Millis, request: SyncRequest, answer: oneshot::Sender<SyncAnswer>) {
        let id = request.group.clone();
        let mut cx = Context { now, config: &self.config, journal: self.journal.as_mut() };
        match find(&mut self.groups, &id) {
            Ok(group) => group.sync(&mut cx, request, answer),
            Err(error) => {
                let _ = answer.send(Err(error));
            }
        }
        self.note_due(&id);
    }

    /// Heartbeat.
    ///
    /// # Errors
    /// Kafka's error code for the answer.
    pub fn heartbeat(
        &mut self,
        now: Millis,
        group: &str,
        member: &MemberIdentity,
    ) -> Result<(), ResponseError> {
        let cx = Context { now, config: &self.config, journal: self.journal.as_mut() };
        let answer = find(&mut self.groups, group)?.heartbeat(&cx, member);
        self.note_due(group);
        answer
    }

    /// LeaveGroup: what each member came to, in order.
    ///
    /// # Errors
    /// Kafka's error code for the whole answer.
    pub fn leave(
        &mut self,
        now: Millis,
        group: &str,
        members: &[LeavingMember],
    ) -> Result<Vec<Result<(), ResponseError>>, ResponseError> {
        let mut cx = Context { now, config: &self.config, journal: self.journal.as_mut() };
        let left = match find(&mut self.groups, group) {
            Ok(known) => known.leave(&mut cx, members),
            // Who is not in a group is told so one by one.
            Err(error @ ResponseError::UnknownMemberId) => vec![Err(error); members.len()],
            Err(error) => return Err(error),
        };
        self.note_due(group);
        Ok(left)
    }

    /// ListGroups: all groups by name; which states are wanted is the caller's to filter.
    pub fn list(&self) -> Vec<ListedGroup> {
        self.groups.values().map(Group::listed).collect()
    }

    /// DescribeGroups, one group; `None` if it is not known.
    pub fn describe(&self, group: &str) -> Option<DescribedGroup> {
        self.groups.get(group).map(Group::described)
    }

    /// DeleteGroups, one group, with its offsets.
    ///
    /// # Errors
    /// `GROUP_ID_NOT_FOUND`, `NON_EMPTY_GROUP`.
    pub fn delete(&mut self, group: &str) -> Result<(), ResponseError> {
        let known = self.groups.get(group).ok_or(ResponseError::GroupIdNotFound)?;
        if known.state != GroupState::Empty {
            return Err(ResponseError::NonEmptyGroup);
        }
        let mut records = self.offsets.forget(|of, _| of == group);
        records.push(Record::Group(group.to_owned(), None));
        self.write(&records).map_err(|_| ResponseError::CoordinatorNotAvailable)
    }

    /// Keeps the records, all or none, and then takes them for true.
    fn write(&mut self, records: &[Record]) -> io::Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        let entries: Vec<Entry> = records.iter().map(Record::encode).collect();
        self.journal.append(&entries)?;
        for record in records {
            self.apply(record.clone());
        }
        Ok(())
    }

    fn apply(&mut self, record: Record) {
        match record {
            Record::Group(id, Some(kept)) => {
                let group = Group::restored(&id, kept);
                self.groups.insert(id, group);
            }
            Record::Group(id, None) => {
                self.groups.remove(&id);
            }
            Record::Offset(group, partition, offset) => {
                self.ensure_group(&group, offset.as_ref().map(|offset| offset.committed_at));
                self.offsets.commit(&group, partition, offset);
            }
            Record::Pending(producer_id, group, partition, offset) => {
                self.ensure_group(&group, offset.as_ref().map(|offset| offset.committed_at));
                self.offsets.pend(producer_id, &group, partition, offset);
            }
        }
    }

    /// Offsets without members make a group.
    fn ensure_group(&mut self, group: &str, committed_at: Option<Millis>) {
        if let Some(now) = committed_at
            && !self.groups.contains_key(group)
        {
            self.groups.insert(group.to_owned(), Group::new(group, now));
        }
    }

    fn note_due(&mut self, group: &str) {
        let deadline = self.groups.get(group).and_then(Group::deadline);
        self.due = self.due.into_iter().chain(deadline).min();
    }
}

/// The group that members speak of.
fn find<'a>(groups: &'a mut BTreeMap<String, Group>, group: &str) -> Result<&'a mut Group, ResponseError> {
    if group.is_empty() {
        return Err(ResponseError::InvalidGroupId);
    }
    groups.get_mut(group).ok_or(ResponseError::UnknownMemberId)
}
