//! JoinGroup, SyncGroup, Heartbeat and LeaveGroup: who is in a group and what it reads.

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::join_group_request::JoinGroupRequestProtocol;
use kafka_protocol::messages::join_group_response::JoinGroupResponseMember;
use kafka_protocol::messages::leave_group_response::MemberResponse;
use kafka_protocol::messages::{
    HeartbeatRequest, HeartbeatResponse, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest,
    LeaveGroupResponse, SyncGroupRequest, SyncGroupResponse,
};
use kafka_protocol::protocol::StrBytes;
use tokio::sync::oneshot;

use super::{Call, NONE, code, text};
use crate::broker::groups::{
    Client, JoinRefused, JoinRequest, Joined, LeavingMember, MemberIdentity, Protocol, SyncRequest,
};
use crate::broker::server::node::HOST;

/// JoinGroup. Waits until all members have joined.
pub async fn join(call: &Call<'_>, client: StrBytes, request: JoinGroupRequest) -> JoinGroupResponse {
    let join = join_request(call.version, client, request);
    let member_id = join.member_id.clone();
    let (answer, joined) = oneshot::channel();
    call.node.on_disk(|| call.node.with_groups(|groups| groups.join(call.node.steady(), join, answer)));
    let refused = JoinRefused { error: ResponseError::UnknownMemberId, member_id };
    match joined.await.unwrap_or(Err(refused)) {
        Ok(joined) => described(call, joined),
        Err(refused) => JoinGroupResponse::default()
            .with_error_code(refused.error.code())
            .with_generation_id(-1)
            .with_protocol_name((call.version < 7).then(StrBytes::default))
            .with_member_id(text(refused.member_id)),
    }
}

/// The request as the coordinator takes it. Nothing of the client's bytes stays in it: they are not to be kept while a member
/// waits, nor as long as it is in the group.
fn join_request(version: i16, client: StrBytes, request: JoinGroupRequest) -> JoinRequest {
    let protocol = |protocol: &JoinGroupRequestProtocol| Protocol {
        name: protocol.name.to_string(),
        metadata: Bytes::copy_from_slice(&protocol.metadata),
    };
    JoinRequest {
        group: request.group_id.to_string(),
        member_id: request.member_id.to_string(),
        instance_id: owned(request.group_instance_id),
        client: Client { id: client.to_string(), host: format!("/{HOST}") },
        protocol_type: request.protocol_type.to_string(),
        protocols: request.protocols.iter().map(protocol).collect(),
        session_timeout_ms: request.session_timeout_ms,
        rebalance_timeout_ms: if version >= 1 {
            request.rebalance_timeout_ms
        } else {
            request.session_timeout_ms
        },
        require_known_member_id: version >= 4,
        supports_skipping_assignment: version >= 9,
    }
}

fn described(call: &Call<'_>, joined: Joined) -> JoinGroupResponse {
    let members = joined.members.into_iter().map(|member| {
        let described = JoinGroupResponseMember::default()
            .with_member_id(text(member.member_id))
            .with_metadata(member.metadata);
        if call.version >= 5 {
            described.with_group_instance_id(member.instance_id.map(text))
        } else {
            described
        }
    });
    let protocol = joined.protocol.map(text);
    let response = JoinGroupResponse::default()
        .with_generation_id(joined.generation)
        .with_protocol_name(if call.version < 7 { Some(protocol.unwrap_or_default()) } else { protocol })
        .with_leader(text(joined.leader))
        .with_member_id(text(joined.member_id))
        .with_members(members.collect());
    let response = if call.version >= 7 {
        response.with_protocol_type(joined.protocol_type.map(text))
    } else {
        response
    };
    if call.version >= 9 { response.with_skip_assignment(joined.skip_assignment) } else { response }
}

/// SyncGroup. Waits until the leader has assigned.
pub async fn sync(call: &Call<'_>, request: SyncGroupRequest) -> SyncGroupResponse {
    // From this version on a member says what it takes for chosen.
    if call.version >= 5 && (request.protocol_type.is_none() || request.protocol_name.is_none()) {
        let error = ResponseError::InconsistentGroupProtocol;
        return SyncGroupResponse::default().with_error_code(error.code());
    }
    let sync = sync_request(request);
    let (answer, synced) = oneshot::channel();
    call.node.on_disk(|| call.node.with_groups(|groups| groups.sync(call.node.steady(), sync, answer)));
    match synced.await.unwrap_or(Err(ResponseError::UnknownMemberId)) {
        Ok(synced) => {
            let response = SyncGroupResponse::default().with_assignment(synced.assignment);
            if call.version < 5 {
                return response;
            }
            response
                .with_protocol_type(synced.protocol_type.map(text))
                .with_protocol_name(synced.protocol.map(text))
        }
        Err(error) => SyncGroupResponse::default().with_error_code(error.code()),
    }
}

fn sync_request(request: SyncGroupRequest) -> SyncRequest {
    let assignments = request.assignments.iter();
    SyncRequest {
        group: request.group_id.to_string(),
        member: MemberIdentity {
            member_id: request.member_id.to_string(),
            instance_id: owned(request.group_instance_id),
            generation: request.generation_id,
        },
        protocol_type: owned(request.protocol_type),
        protocol: owned(request.protocol_name),
        assignments: assignments
            .map(|one| (one.member_id.to_string(), Bytes::copy_from_slice(&one.assignment)))
            .collect(),
    }
}

/// Heartbeat.
pub fn heartbeat(call: &Call<'_>, request: HeartbeatRequest) -> HeartbeatResponse {
    let member = MemberIdentity {
        member_id: request.member_id.to_string(),
        instance_id: owned(request.group_instance_id),
        generation: request.generation_id,
    };
    let done =
        call.node.with_groups(|groups| groups.heartbeat(call.node.steady(), &request.group_id, &member));
    HeartbeatResponse::default().with_error_code(code(&done))
}

/// LeaveGroup. Before version 3 one member leaves, and its error is the answer's.
pub fn leave(call: &Call<'_>, request: LeaveGroupRequest) -> LeaveGroupResponse {
    let members: Vec<LeavingMember> = if call.version < 3 {
        vec![LeavingMember { member_id: request.member_id.to_string(), instance_id: None }]
    } else {
        let members = request.members.iter();
        members
            .map(|member| LeavingMember {
                member_id: member.member_id.to_string(),
                instance_id: owned(member.group_instance_id.clone()),
            })
            .collect()
    };
    let left = call.node.on_disk(|| {
        call.node.with_groups(|groups| groups.leave(call.node.steady(), &request.group_id, &members))
    });
    let response = LeaveGroupResponse::default();
    let left = match left {
        Ok(left) => left,
        Err(error) => return response.with_error_code(error.code()),
    };
    if call.version < 3 {
        return response.with_error_code(left.first().map_or(NONE, code));
    }
    let members = members.into_iter().zip(&left).map(|(member, done)| {
        MemberResponse::default()
            .with_member_id(text(member.member_id))
            .with_group_instance_id(member.instance_id.map(text))
            .with_error_code(code(done))
    });
    response.with_members(members.collect())
}

/// A string that may be null.
pub fn owned(text: Option<StrBytes>) -> Option<String> {
    text.map(|text| text.to_string())
}
