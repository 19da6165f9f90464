//! A group: its members, their leader, the protocol that they agreed on.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use kafka_protocol::ResponseError;

use super::config::GroupConfig;
use super::member::Member;
use super::messages::{DescribedGroup, Joined, ListedGroup, Protocol};
use super::records::GroupRecord;
use super::state::GroupState;
use super::subscription;
use crate::broker::journal::{Journal, Millis};

/// The protocol type of consumers, whose subscriptions the coordinator can read.
const CONSUMER: &str = "consumer";

/// What a group needs of the world when something happens to it.
pub(super) struct Context<'a> {
    pub(super) now: Millis,
    pub(super) config: &'a GroupConfig,
    pub(super) journal: &'a mut dyn Journal,
}

/// The first rebalance of a group without members, which waits for more of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Initial {
    pub(super) remaining_ms: Millis,
    /// A member has come since the waiting began.
    pub(super) grown: bool,
}

/// A group.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) state: GroupState,
    /// When it came to this state.
    pub(super) since: Millis,
    pub(super) generation: i32,
    pub(super) protocol_type: Option<String>,
    pub(super) protocol: Option<String>,
    pub(super) leader: Option<String>,
    pub(super) members: BTreeMap<String, Member>,
    /// Members that were given an id and have not joined with it, with the time at which they are forgotten.
    pub(super) pending: BTreeMap<String, Millis>,
    /// Members that have joined this generation and not asked for their assignment.
    pub(super) unsynced: BTreeSet<String>,
    pub(super) initial: Option<Initial>,
    pub(super) join_deadline: Option<Millis>,
    pub(super) sync_deadline: Option<Millis>,
    /// What consumers subscribe to, where that can be read.
    pub(super) topics: Option<BTreeSet<String>>,
}

impl Group {
    pub(super) fn new(id: &str, now: Millis) -> Group {
        Group {
            id: id.to_owned(),
            state: GroupState::Empty,
            since: now,
            generation: 0,
            protocol_type: None,
            protocol: None,
            leader: None,
            members: BTreeMap::new(),
            pending: BTreeMap::new(),
            unsynced: BTreeSet::new(),
            initial: None,
            join_deadline: None,
            sync_deadline: None,
            topics: None,
        }
    }

    /// A group as it was last kept; its members' session time-outs begin with the coordinator.
    pub(super) fn restored(id: &str, record: GroupRecord) -> Group {
        let mut group = Group::new(id, record.since);
        group.generation = record.generation;
        group.protocol_type = record.protocol_type;
        group.protocol = record.protocol;
        group.leader = record.leader;
        group.members = record.members.into_iter().map(|kept| (kept.id.clone(), kept.restored())).collect();
        group.state = if group.members.is_empty() { GroupState::Empty } else { GroupState::Stable };
        group.topics = group.subscribed_topics();
        group
    }

    pub(super) fn enter(&mut self, state: GroupState, now: Millis) {
        self.state = state;
        self.since = now;
    }

    pub(super) fn is_leader(&self, member_id: &str) -> bool {
        self.leader.as_deref() == Some(member_id)
    }

    /// The member id that a static member has now.
    pub(super) fn static_member(&self, instance_id: &str) -> Option<&str> {
        let mut members = self.members.values();
        members
            .find(|member| member.instance_id.as_deref() == Some(instance_id))
            .map(|member| member.id.as_str())
    }

    /// Refuses whoever is not a member, or was replaced by another with its instance id.
    pub(super) fn check_member(
        &self,
        member_id: &str,
        instance_id: Option<&str>,
    ) -> Result<(), ResponseError> {
        if let Some(instance_id) = instance_id {
            match self.static_member(instance_id) {
                None => return Err(ResponseError::UnknownMemberId),
                Some(current) if current != member_id => return Err(ResponseError::FencedInstanceId),
                Some(_) => (),
            }
        }
        if self.members.contains_key(member_id) { Ok(()) } else { Err(ResponseError::UnknownMemberId) }
    }

    /// Takes a member out; another leads if it did.
    pub(super) fn remove(&mut self, member_id: &str) -> Option<Member> {
        let removed = self.members.remove(member_id);
        if self.is_leader(member_id) {
            self.leader = self.members.keys().next().cloned();
        }
        self.pending.remove(member_id);
        self.unsynced.remove(member_id);
        removed
    }

    pub(super) fn has_all_joined(&self) -> bool {
        self.pending.is_empty() && self.members.values().all(|member| member.join.is_some())
    }

    /// The longest that a member may take to join again.
    pub(super) fn rebalance_timeout(&self) -> Millis {
        let longest = self.members.values().map(|member| member.rebalance_timeout_ms).max();
        longest.unwrap_or(0).max(1).into()
    }

    /// Whether one with these protocols can be in the group.
    pub(super) fn supports(&self, protocol_type: &str, protocols: &[Protocol]) -> bool {
        if self.state == GroupState::Empty {
            return !protocol_type.is_empty() && !protocols.is_empty();
        }
        self.protocol_type.as_deref() == Some(protocol_type)
            && !self.common(protocols.iter().map(|protocol| protocol.name.as_str()).collect()).is_empty()
    }

    /// Those of the protocols that all members can do.
    fn common<'a>(&self, mut names: BTreeSet<&'a str>) -> BTreeSet<&'a str> {
        for member in self.members.values() {
            let can: BTreeSet<&str> = member.protocols.iter().map(|known| known.name.as_str()).collect();
            names.retain(|name| can.contains(name));
        }
        names
    }

    /// The protocol with the most votes: each member votes for its preferred one of those that all can do.
    pub(super) fn select_protocol(&self) -> Option<String> {
        let first = self.members.values().next()?;
        let names = || first.protocols.iter().map(|protocol| protocol.name.as_str());
        let candidates = self.common(names().collect());
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        for member in self.members.values() {
            let mut preferred = member.protocols.iter().map(|protocol| protocol.name.as_str());
            if let Some(vote) = preferred.find(|name| candidates.contains(name)) {
                *votes.entry(vote).or_default() += 1;
            }
        }
        // The last of equals wins a `max`, and the first candidate is to win.
        let in_order = names().filter(|name| candidates.contains(name)).rev();
        in_order.max_by_key(|name| votes.get(name)).map(str::to_owned)
    }

    /// What all members subscribe to together, if they are consumers and their subscriptions can be read.
    pub(super) fn subscribed_topics(&self) -> Option<BTreeSet<String>> {
        if !self.is_of_consumers() {
            return None;
        }
        if self.members.is_empty() {
            return Some(BTreeSet::new());
        }
        let protocol = self.protocol.as_deref()?;
        let mut topics = BTreeSet::new();
        for member in self.members.values() {
            topics.extend(subscription::topics(&member.metadata(protocol))?);
        }
        Some(topics)
    }

    /// Whether the members are consumers as Kafka's clients are.
    pub(super) fn is_of_consumers(&self) -> bool {
        self.protocol_type.as_deref() == Some(CONSUMER)
    }

    /// Whether a topic is in use; consumers whose subscriptions cannot be read may use any.
    pub(super) fn is_subscribed(&self, topic: &str) -> bool {
        match &self.topics {
            Some(topics) => topics.contains(topic),
            None => self.is_of_consumers(),
        }
    }

    /// What a member is told of the group when it joins.
    pub(super) fn joined(&self, member_id: &str) -> Joined {
        Joined {
            generation: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            leader: self.leader.clone().unwrap_or_default(),
            member_id: member_id.to_owned(),
            skip_assignment: false,
            members: Vec::new(),
        }
    }

    /// The same, with all members where it is the leader's.
    pub(super) fn joined_with_members(&self, member_id: &str) -> Joined {
        let mut joined = self.joined(member_id);
        if self.is_leader(member_id) {
            let protocol = self.protocol.as_deref().unwrap_or_default();
            joined.members = self.members.values().map(|member| member.joined(protocol)).collect();
        }
        joined
    }

    /// The group as it is to be kept, with these assignments.
    pub(super) fn record(&self, assignment: impl Fn(&Member) -> Bytes) -> GroupRecord {
        GroupRecord::of(self, assignment)
    }

    pub(super) fn listed(&self) -> ListedGroup {
        ListedGroup {
            group: self.id.clone(),
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            state: self.state,
        }
    }

    pub(super) fn described(&self) -> DescribedGroup {
        let protocol = self.protocol.as_deref().filter(|_| self.state == GroupState::Stable);
        DescribedGroup {
            group: self.id.clone(),
            state: self.state,
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            protocol: protocol.unwrap_or_default().to_owned(),
            members: self.members.values().map(|member| member.described(protocol)).collect(),
        }
    }
}
