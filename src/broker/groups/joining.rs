//! JoinGroup: new members, members that come again, static members that take their place back.

use kafka_protocol::ResponseError;
use tokio::sync::oneshot;

use super::group::{Context, Group};
use super::member::{Member, new_member_id};
use super::messages::{JoinAnswer, JoinRefused, JoinRequest};
use super::records::Record;
use super::state::GroupState;
use crate::broker::journal::Millis;

/// How long the join of a new member may wait: it cannot send heartbeats, and should ask again if it is still there.
const NEW_MEMBER_JOIN_TIMEOUT_MS: Millis = 5 * 60 * 1000;

type Answer = oneshot::Sender<JoinAnswer>;

pub(super) fn refuse(answer: Answer, error: ResponseError, member_id: &str) {
    let _ = answer.send(Err(JoinRefused { error, member_id: member_id.to_owned() }));
}

impl Group {
    pub(super) fn join(&mut self, cx: &mut Context<'_>, request: JoinRequest, answer: Answer) {
        if !self.has_room_for(&request.member_id, cx.config.max_size) {
            self.remove(&request.member_id);
            return refuse(answer, ResponseError::GroupMaxSizeReached, "");
        }
        if !self.supports(&request.protocol_type, &request.protocols) {
            return refuse(answer, ResponseError::InconsistentGroupProtocol, &request.member_id);
        }
        if request.member_id.is_empty() {
            self.join_new(cx, request, answer);
        } else {
            self.join_known(cx, request, answer);
        }
    }

    fn has_room_for(&self, member_id: &str, max_size: usize) -> bool {
        let member = self.members.get(member_id);
        match self.state {
            GroupState::Empty => true,
            // Those that have joined count, so that the last to come again are out when the limit became smaller.
            GroupState::PreparingRebalance => {
                let joined = self.members.values().filter(|member| member.join.is_some()).count();
                member.is_some_and(|member| member.join.is_some()) || joined < max_size
            }
            GroupState::CompletingRebalance | GroupState::Stable => {
                member.is_some() || self.members.len() < max_size
            }
        }
    }

    fn join_new(&mut self, cx: &mut Context<'_>, request: JoinRequest, answer: Answer) {
        let member_id = new_member_id(&request);
        if let Some(instance_id) = &request.instance_id {
            match self.static_member(instance_id).map(str::to_owned) {
                Some(old_id) => self.replace_static(cx, &old_id, member_id, request, answer),
                None => self.add(cx, member_id, request, answer),
            }
        } else if request.require_known_member_id {
            let due = cx.now.saturating_add(request.session_timeout_ms.into());
            self.pending.insert(member_id.clone(), due);
            refuse(answer, ResponseError::MemberIdRequired, &member_id);
        } else {
            self.add(cx, member_id, request, answer);
        }
    }

    fn join_known(&mut self, cx: &mut Context<'_>, request: JoinRequest, answer: Answer) {
        let member_id = request.member_id.clone();
        if request.instance_id.is_none() && self.pending.contains_key(&member_id) {
            return self.add(cx, member_id, request, answer);
        }
        if let Err(error) = self.check_member(&member_id, request.instance_id.as_deref()) {
            return refuse(answer, error, &member_id);
        }
        let is_same =
            self.members.get(&member_id).is_some_and(|member| member.protocols == request.protocols);
        match self.state {
            // It has perhaps not got the answer to its join.
            GroupState::CompletingRebalance if is_same => {
                let _ = answer.send(Ok(self.joined_with_members(&member_id)));
            }
            // A leader joins again when what is to be assigned has changed; a follower has lost its way.
            GroupState::Stable if is_same && !self.is_leader(&member_id) => {
                let _ = answer.send(Ok(self.joined(&member_id)));
            }
            GroupState::PreparingRebalance | GroupState::CompletingRebalance | GroupState::Stable => {
                if let Some(member) = self.members.get_mut(&member_id) {
                    member.rejoin(request, answer);
                }
                self.rebalance(cx);
            }
            GroupState::Empty => {
                refuse(answer, ResponseError::UnknownMemberId, &member_id);
            }
        }
    }

    fn add(&mut self, cx: &mut Context<'_>, member_id: String, request: JoinRequest, answer: Answer) {
        if let Some(initial) = &mut self.initial {
            initial.grown = true;
        }
        if self.members.is_empty() {
            self.protocol_type = Some(request.protocol_type.clone());
        }
        self.leader.get_or_insert_with(|| member_id.clone());
        self.pending.remove(&member_id);
        let mut member = Member::new(member_id.clone(), request, answer);
        member.deadline = Some(cx.now.saturating_add(NEW_MEMBER_JOIN_TIMEOUT_MS));
        self.members.insert(member_id, member);
        self.rebalance(cx);
    }

    /// A static member has come back without its member id: it gets a new one, and whoever has the old one is fenced.
    fn replace_static(
        &mut self,
        cx: &mut Context<'_>,
        old_id: &str,
        new_id: String,
        request: JoinRequest,
        answer: Answer,
    ) {
        let Some(mut old) = self.members.remove(old_id) else { return };
        old.refuse_join(ResponseError::FencedInstanceId, old_id);
        old.answer_sync(Err(ResponseError::FencedInstanceId));
        let skips = request.supports_skipping_assignment;
        let old_leader = self.leader.clone();
        let before = Before {
            id: old.id.clone(),
            protocols: old.protocols.clone(),
            session_timeout_ms: old.session_timeout_ms,
            rebalance_timeout_ms: old.rebalance_timeout_ms,
        };
        let mut member = Member { id: new_id.clone(), is_new: false, ..old };
        member.rejoin(request, answer);
        member.heard(cx.now);
        self.members.insert(new_id.clone(), member);
        if self.is_leader(old_id) {
            self.leader = Some(new_id.clone());
        }
        match self.state {
            GroupState::Stable if self.select_protocol() == self.protocol => {
                if self.unsynced.remove(old_id) {
                    self.unsynced.insert(new_id.clone());
                }
                self.keep_replacement(cx, before, &new_id, old_leader, skips);
            }
            // The old member id may be with the leader already, which would assign nothing to the new one.
            GroupState::Stable | GroupState::CompletingRebalance => self.prepare_rebalance(cx),
            _ => self.complete_if_all_joined(cx),
        }
    }

    /// The group goes on as it is, with the new member id kept; if that cannot be, with the old one.
    fn keep_replacement(
        &mut self,
        cx: &mut Context<'_>,
        before: Before,
        new_id: &str,
        old_leader: Option<String>,
        skips: bool,
    ) {
        if cx.journal.append(&[Record::of_group(self, Member::kept_assignment).encode()]).is_err() {
            return self.take_back(before, new_id, old_leader);
        }
        let mut joined = if skips { self.joined_with_members(new_id) } else { self.joined(new_id) };
        if skips {
            joined.skip_assignment = self.is_leader(new_id);
        } else {
            // Told of the leader's old id, one that cannot skip the assignment takes itself for a follower.
            joined.leader = old_leader.unwrap_or_default();
        }
        if let Some(member) = self.members.get_mut(new_id) {
            member.answer_join(Ok(joined));
        }
    }

    fn take_back(&mut self, before: Before, new_id: &str, old_leader: Option<String>) {
        let Some(mut member) = self.members.remove(new_id) else { return };
        member.refuse_join(ResponseError::CoordinatorNotAvailable, "");
        if self.unsynced.remove(new_id) {
            self.unsynced.insert(before.id.clone());
        }
        member.id = before.id.clone();
        member.protocols = before.protocols;
        member.session_timeout_ms = before.session_timeout_ms;
        member.rebalance_timeout_ms = before.rebalance_timeout_ms;
        self.members.insert(before.id, member);
        self.leader = old_leader;
    }
}

/// What a static member was before it was replaced.
struct Before {
    id: String,
    protocols: Vec<super::messages::Protocol>,
    session_timeout_ms: i32,
    rebalance_timeout_ms: i32,
}
