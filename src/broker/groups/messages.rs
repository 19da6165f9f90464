//! What members ask of their group, and what they are told.

use bytes::Bytes;
use kafka_protocol::ResponseError;

use super::state::GroupState;

/// Where a request comes from; shown when a group is described.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Client {
    /// The client id of the request's header, empty if there is none.
    pub id: String,
    /// The client's address, as Kafka writes it: `/127.0.0.1`.
    pub host: String,
}

/// One protocol (an assignment strategy) that a member can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protocol {
    /// Its name.
    pub name: String,
    /// What the member says to the leader in it; for consumers the subscription.
    pub metadata: Bytes,
}

/// JoinGroup.
#[derive(Debug, Clone)]
pub struct JoinRequest {
    /// The group's id.
    pub group: String,
    /// The member's id, empty on the first join.
    pub member_id: String,
    /// `group.instance.id` of a static member.
    pub instance_id: Option<String>,
    /// Who asks.
    pub client: Client,
    /// For consumers `consumer`.
    pub protocol_type: String,
    /// What the member can do, the preferred first.
    pub protocols: Vec<Protocol>,
    /// The member is dropped when nothing was heard of it for this long, in milliseconds.
    pub session_timeout_ms: i32,
    /// How long the member may take to join again in a rebalance, in milliseconds (version 0: the session time-out).
    pub rebalance_timeout_ms: i32,
    /// A new dynamic member first gets its id with `MEMBER_ID_REQUIRED` (version 4 and later).
    pub require_known_member_id: bool,
    /// The leader understands that it need not assign (version 9 and later).
    pub supports_skipping_assignment: bool,
}

/// The answer to a join that came through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The group's generation.
    pub generation: i32,
    /// The group's protocol type.
    pub protocol_type: Option<String>,
    /// The protocol that was chosen.
    pub protocol: Option<String>,
    /// The leader's member id.
    pub leader: String,
    /// The id of the member that joined.
    pub member_id: String,
    /// The leader need not assign: what it assigned before holds.
    pub skip_assignment: bool,
    /// All members, for the leader; empty for others.
    pub members: Vec<JoinedMember>,
}

/// A member as the leader is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedMember {
    /// The member's id.
    pub member_id: String,
    /// Its `group.instance.id`, if it is static.
    pub instance_id: Option<String>,
    /// What it said in the chosen protocol.
    pub metadata: Bytes,
}

/// A join that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRefused {
    /// Why.
    pub error: ResponseError,
    /// The member's id: with `MEMBER_ID_REQUIRED` the one to join with.
    pub member_id: String,
}

/// What a join is answered with.
pub type JoinAnswer = Result<Joined, JoinRefused>;

/// SyncGroup.
#[derive(Debug, Clone)]
pub struct SyncRequest {
    /// The group's id.
    pub group: String,
    /// Who asks.
    pub member: MemberIdentity,
    /// The protocol type that the member believes in (version 5 and later).
    pub protocol_type: Option<String>,
    /// The protocol that the member believes in (version 5 and later).
    pub protocol: Option<String>,
    /// Member ids with their assignments, from the leader.
    pub assignments: Vec<(String, Bytes)>,
}

/// The answer to a sync that came through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    /// The group's protocol type.
    pub protocol_type: Option<String>,
    /// The group's protocol.
    pub protocol: Option<String>,
    /// What the member was assigned.
    pub assignment: Bytes,
}

/// What a sync is answered with.
pub type SyncAnswer = Result<Synced, ResponseError>;

/// A member as it names itself in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberIdentity {
    /// Its member id; empty for a consumer that only keeps offsets here.
    pub member_id: String,
    /// Its `group.instance.id`, if it is static.
    pub instance_id: Option<String>,
    /// The generation that it believes in; -1 for a consumer that only keeps offsets here.
    pub generation: i32,
}

/// A member that leaves: by member id, or by instance id with an empty member id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeavingMember {
    /// Its member id, empty when only the instance id is known.
    pub member_id: String,
    /// Its `group.instance.id`, if it is static.
    pub instance_id: Option<String>,
}

/// A group in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedGroup {
    /// The group's id.
    pub group: String,
    /// Its protocol type, empty if it has none.
    pub protocol_type: String,
    /// Its state.
    pub state: GroupState,
}

/// A group and its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedGroup {
    /// The group's id.
    pub group: String,
    /// Its state.
    pub state: GroupState,
    /// Its protocol type, empty if it has none.
    pub protocol_type: String,
    /// The chosen protocol, empty unless the group is stable.
    pub protocol: String,
    /// Its members; metadata and assignments are empty unless the group is stable.
    pub members: Vec<DescribedMember>,
}

/// A member of a described group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedMember {
    /// Its member id.
    pub member_id: String,
    /// Its `group.instance.id`, if it is static.
    pub instance_id: Option<String>,
    /// Where it is.
    pub client: Client,
    /// What it said in the chosen protocol.
    pub metadata: Bytes,
    /// What it was assigned.
    pub assignment: Bytes,
}
