//! SyncGroup, Heartbeat and LeaveGroup.

use kafka_protocol::ResponseError;
use tokio::sync::oneshot;

use super::group::{Context, Group};
use super::messages::{LeavingMember, MemberIdentity, SyncAnswer, SyncRequest, Synced};
use super::state::GroupState;

impl Group {
    pub(super) fn sync(
        &mut self,
        cx: &mut Context<'_>,
        request: SyncRequest,
        answer: oneshot::Sender<SyncAnswer>,
    ) {
        if let Err(error) = self.check_sync(&request) {
            let _ = answer.send(Err(error));
            return;
        }
        let member_id = request.member.member_id;
        self.unsynced.remove(&member_id);
        let is_leader = self.is_leader(&member_id);
        let Some(member) = self.members.get_mut(&member_id) else { return };
        if self.state == GroupState::Stable {
            let _ = answer.send(Ok(Synced {
                protocol_type: self.protocol_type.clone(),
                protocol: self.protocol.clone(),
                assignment: member.assignment.clone(),
            }));
            return;
        }
        member.sync = Some(answer);
        if is_leader {
            self.assign(cx, request.assignments);
        }
    }

    fn check_sync(&self, request: &SyncRequest) -> Result<(), ResponseError> {
        self.check_generation(&request.member)?;
        let differs = |said: &Option<String>, is: &Option<String>| said.is_some() && said != is;
        if differs(&request.protocol_type, &self.protocol_type) || differs(&request.protocol, &self.protocol)
        {
            return Err(ResponseError::InconsistentGroupProtocol);
        }
        match self.state {
            GroupState::PreparingRebalance => Err(ResponseError::RebalanceInProgress),
            GroupState::Empty => Err(ResponseError::UnknownMemberId),
            GroupState::CompletingRebalance | GroupState::Stable => Ok(()),
        }
    }

    /// Refuses whoever is not a member, or believes in another generation.
    pub(super) fn check_generation(&self, member: &MemberIdentity) -> Result<(), ResponseError> {
        self.check_member(&member.member_id, member.instance_id.as_deref())?;
        if member.generation == self.generation { Ok(()) } else { Err(ResponseError::IllegalGeneration) }
    }

    pub(super) fn heartbeat(
        &mut self,
        cx: &Context<'_>,
        member: &MemberIdentity,
    ) -> Result<(), ResponseError> {
        self.check_generation(member)?;
        if let Some(known) = self.members.get_mut(&member.member_id) {
            known.heard(cx.now);
        }
        match self.state {
            GroupState::PreparingRebalance => Err(ResponseError::RebalanceInProgress),
            GroupState::CompletingRebalance | GroupState::Stable => Ok(()),
            GroupState::Empty => Err(ResponseError::UnknownMemberId),
        }
    }

    pub(super) fn leave(
        &mut self,
        cx: &mut Context<'_>,
        members: &[LeavingMember],
    ) -> Vec<Result<(), ResponseError>> {
        let left: Vec<Result<(), ResponseError>> =
            members.iter().map(|member| self.leave_one(member)).collect();
        if left.iter().any(Result::is_ok) {
            match self.state {
                GroupState::Stable | GroupState::CompletingRebalance => self.prepare_rebalance(cx),
                GroupState::PreparingRebalance => self.complete_if_all_joined(cx),
                GroupState::Empty => (),
            }
        }
        left
    }

    fn leave_one(&mut self, leaving: &LeavingMember) -> Result<(), ResponseError> {
        if self.pending.remove(&leaving.member_id).is_some() {
            return Ok(());
        }
        let member_id = self.leaving_id(leaving)?;
        if let Some(mut member) = self.remove(&member_id) {
            member.refuse_join(ResponseError::UnknownMemberId, "");
            member.answer_sync(Err(ResponseError::UnknownMemberId));
        }
        Ok(())
    }

    fn leaving_id(&self, leaving: &LeavingMember) -> Result<String, ResponseError> {
        if leaving.member_id.is_empty() {
            let instance_id = leaving.instance_id.as_deref().ok_or(ResponseError::UnknownMemberId)?;
            let current = self.static_member(instance_id).ok_or(ResponseError::UnknownMemberId)?;
            return Ok(current.to_owned());
        }
        self.check_member(&leaving.member_id, leaving.instance_id.as_deref())?;
        Ok(leaving.member_id.clone())
    }
}
