//! How a group comes to its next generation: all join, the leader assigns, all get what they were assigned.

use bytes::Bytes;
use kafka_protocol::ResponseError;

use super::group::{Context, Group, Initial};
use super::member::Member;
use super::messages::Synced;
use super::records::Record;
use super::state::GroupState;
use crate::broker::journal::Millis;

impl Group {
    /// Begins a rebalance, or goes on with the one that is under way.
    pub(super) fn rebalance(&mut self, cx: &mut Context<'_>) {
        if self.state == GroupState::PreparingRebalance {
            self.complete_if_all_joined(cx);
        } else {
            self.prepare_rebalance(cx);
        }
    }

    pub(super) fn prepare_rebalance(&mut self, cx: &mut Context<'_>) {
        if self.state == GroupState::CompletingRebalance {
            self.fail_assignment(ResponseError::RebalanceInProgress, cx.now);
        }
        self.unsynced.clear();
        self.sync_deadline = None;
        let is_initial = self.state == GroupState::Empty;
        self.enter(GroupState::PreparingRebalance, cx.now);
        if is_initial {
            self.begin_initial(cx);
        } else if self.has_all_joined() {
            self.complete_join(cx);
        } else {
            self.join_deadline = Some(cx.now.saturating_add(self.rebalance_timeout()));
        }
    }

    fn begin_initial(&mut self, cx: &mut Context<'_>) {
        let delay: Millis = cx.config.initial_rebalance_delay_ms.max(0).into();
        if delay == 0 {
            return self.complete_join(cx);
        }
        let remaining_ms = (self.rebalance_timeout() - delay).max(0);
        self.initial = Some(Initial { remaining_ms, grown: false });
        self.join_deadline = Some(cx.now.saturating_add(delay));
    }

    /// Completes the join phase if nobody is awaited. A group's first rebalance waits its time in any case.
    pub(super) fn complete_if_all_joined(&mut self, cx: &mut Context<'_>) {
        if self.state == GroupState::PreparingRebalance && self.initial.is_none() && self.has_all_joined() {
            self.complete_join(cx);
        }
    }

    /// The time for joining is over.
    fn join_time_is_over(&mut self, cx: &mut Context<'_>) {
        if let Some(Initial { remaining_ms, grown: true }) = self.initial
            && remaining_ms > 0
        {
            let delay = Millis::from(cx.config.initial_rebalance_delay_ms).min(remaining_ms);
            self.initial = Some(Initial { remaining_ms: remaining_ms - delay, grown: false });
            self.join_deadline = Some(cx.now.saturating_add(delay));
            return;
        }
        self.complete_join(cx);
    }

    /// Ends the join phase: dynamic members that have not joined are out, and the next generation begins.
    fn complete_join(&mut self, cx: &mut Context<'_>) {
        self.join_deadline = None;
        self.initial = None;
        let gone: Vec<String> = self
            .members
            .values()
            .filter(|member| member.join.is_none() && member.instance_id.is_none())
            .map(|member| member.id.clone())
            .collect();
        for member_id in gone {
            self.remove(&member_id);
        }
        if self.members.is_empty() {
            return self.become_empty(cx);
        }
        if !self.elect_joined_leader() {
            // Only static members are left and none has joined: they have until their session time-out.
            self.join_deadline = Some(cx.now.saturating_add(self.rebalance_timeout()));
            return;
        }
        self.begin_generation(cx);
    }

    fn become_empty(&mut self, cx: &mut Context<'_>) {
        self.generation = self.generation.wrapping_add(1);
        self.protocol = None;
        self.topics = self.subscribed_topics();
        self.enter(GroupState::Empty, cx.now);
        // Should this not be kept, the last generation comes back after a restart, and its members then time out.
        let _ = cx.journal.append(&[Record::of_group(self, Member::kept_assignment).encode()]);
    }

    fn begin_generation(&mut self, cx: &mut Context<'_>) {
        self.generation = self.generation.wrapping_add(1);
        self.protocol = self.select_protocol();
        self.topics = self.subscribed_topics();
        self.enter(GroupState::CompletingRebalance, cx.now);
        self.unsynced = self.members.keys().cloned().collect();
        self.sync_deadline = Some(cx.now.saturating_add(self.rebalance_timeout()));
        for member_id in self.unsynced.clone() {
            let joined = self.joined_with_members(&member_id);
            if let Some(member) = self.members.get_mut(&member_id) {
                member.answer_join(Ok(joined));
                member.heard(cx.now);
                member.is_new = false;
            }
        }
    }

    /// The leader must have joined; else the first that has joined leads.
    fn elect_joined_leader(&mut self) -> bool {
        let has_joined = |id: &String| self.members.get(id).is_some_and(|member| member.join.is_some());
        if self.leader.as_ref().is_some_and(has_joined) {
            return true;
        }
        let elected = self.members.values().find(|member| member.join.is_some());
        match elected.map(|member| member.id.clone()) {
            Some(elected) => {
                self.leader = Some(elected);
                true
            }
            None => false,
        }
    }

    /// Keeps the leader's assignment and hands it out; the group is stable. Members that were left out get an empty one.
    pub(super) fn assign(&mut self, cx: &mut Context<'_>, assignments: Vec<(String, Bytes)>) {
        let assignments: std::collections::HashMap<String, Bytes> = assignments.into_iter().collect();
        let assigned = |member: &Member| assignments.get(&member.id).cloned().unwrap_or_default();
        if cx.journal.append(&[Record::of_group(self, assigned).encode()]).is_err() {
            self.fail_assignment(ResponseError::CoordinatorNotAvailable, cx.now);
            return self.rebalance(cx);
        }
        let (protocol_type, protocol) = (self.protocol_type.clone(), self.protocol.clone());
        for member in self.members.values_mut() {
            member.assignment = assigned(member);
            let synced = Synced {
                protocol_type: protocol_type.clone(),
                protocol: protocol.clone(),
                assignment: member.assignment.clone(),
            };
            if member.answer_sync(Ok(synced)) {
                member.heard(cx.now);
            }
        }
        self.enter(GroupState::Stable, cx.now);
    }

    fn fail_assignment(&mut self, error: ResponseError, now: Millis) {
        for member in self.members.values_mut() {
            member.assignment = Bytes::new();
            if member.answer_sync(Err(error)) {
                member.heard(now);
            }
        }
    }

    /// Takes a member out that has failed, and lets the others go on.
    fn drop_member(&mut self, cx: &mut Context<'_>, member_id: &str) {
        if let Some(mut member) = self.remove(member_id) {
            // The client may still be there and then joins anew.
            member.refuse_join(ResponseError::UnknownMemberId, "");
        }
        match self.state {
            GroupState::Stable | GroupState::CompletingRebalance => self.prepare_rebalance(cx),
            // Also a first rebalance need not wait for more when all of its members are gone.
            GroupState::PreparingRebalance if self.has_all_joined() => self.complete_join(cx),
            _ => (),
        }
    }

    /// When something is due.
    pub(super) fn deadline(&self) -> Option<Millis> {
        let members = self.members.values().filter_map(|member| member.deadline);
        let pending = self.pending.values().copied();
        members.chain(pending).chain(self.join_deadline).chain(self.sync_deadline).min()
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, cx: &mut Context<'_>) {
        let now = cx.now;
        let forgotten: Vec<String> =
            self.pending.iter().filter(|(_, due)| **due <= now).map(|(id, _)| id.clone()).collect();
        for member_id in forgotten {
            self.pending.remove(&member_id);
            if self.state == GroupState::PreparingRebalance && self.has_all_joined() {
                self.complete_join(cx);
            }
        }
        let silent: Vec<String> = self
            .members
            .values()
            .filter(|member| member.deadline.is_some_and(|due| due <= now))
            .map(|member| member.id.clone())
            .collect();
        for member_id in silent {
            self.member_time_is_over(cx, &member_id);
        }
        if self.join_deadline.is_some_and(|due| due <= now) {
            self.join_time_is_over(cx);
        }
        if self.sync_deadline.is_some_and(|due| due <= now) {
            self.sync_time_is_over(cx);
        }
    }

    fn member_time_is_over(&mut self, cx: &mut Context<'_>, member_id: &str) {
        let Some(member) = self.members.get_mut(member_id) else { return };
        // A rebalance that began for another member may have heard of this one since.
        if member.deadline.is_none_or(|due| due > cx.now) {
            return;
        }
        if member.is_excused() {
            // Its time begins again when it is answered.
            member.deadline = None;
        } else {
            self.drop_member(cx, member_id);
        }
    }

    /// Members that joined and did not ask for their assignment are out.
    fn sync_time_is_over(&mut self, cx: &mut Context<'_>) {
        self.sync_deadline = None;
        if self.unsynced.is_empty() {
            return;
        }
        for member_id in std::mem::take(&mut self.unsynced) {
            self.remove(&member_id);
        }
        self.prepare_rebalance(cx);
    }
}

impl Member {
    /// The assignment that the member has.
    pub(super) fn kept_assignment(&self) -> Bytes {
        self.assignment.clone()
    }
}
