//! A member of a group, and whom it is to be answered.

use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;
use kafka_protocol::ResponseError;
use tokio::sync::oneshot;

use super::messages::{
    Client, DescribedMember, JoinAnswer, JoinRefused, JoinRequest, JoinedMember, Protocol, SyncAnswer,
};
use crate::broker::journal::Millis;

/// A member of a group.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) instance_id: Option<String>,
    pub(super) client: Client,
    pub(super) protocols: Vec<Protocol>,
    pub(super) session_timeout_ms: i32,
    pub(super) rebalance_timeout_ms: i32,
    pub(super) assignment: Bytes,
    /// Has not been through a rebalance yet, so that it cannot send heartbeats.
    pub(super) is_new: bool,
    /// When it is dropped unless it is heard of.
    pub(super) deadline: Option<Millis>,
    pub(super) join: Option<oneshot::Sender<JoinAnswer>>,
    pub(super) sync: Option<oneshot::Sender<SyncAnswer>>,
}

impl Member {
    pub(super) fn new(id: String, request: JoinRequest, answer: oneshot::Sender<JoinAnswer>) -> Member {
        Member {
            id,
            instance_id: request.instance_id,
            client: request.client,
            protocols: request.protocols,
            session_timeout_ms: request.session_timeout_ms,
            rebalance_timeout_ms: request.rebalance_timeout_ms,
            assignment: Bytes::new(),
            is_new: true,
            deadline: None,
            join: Some(answer),
            sync: None,
        }
    }

    /// Takes what the member says in a join; an earlier join of it that still waits is answered by nothing.
    pub(super) fn rejoin(&mut self, request: JoinRequest, answer: oneshot::Sender<JoinAnswer>) {
        self.protocols = request.protocols;
        self.session_timeout_ms = request.session_timeout_ms;
        self.rebalance_timeout_ms = request.rebalance_timeout_ms;
        self.join = Some(answer);
    }

    /// Was heard of, and has its session time-out from now.
    pub(super) fn heard(&mut self, now: Millis) {
        self.deadline = Some(now.saturating_add(self.session_timeout_ms.into()));
    }

    /// Waits for the group, so that the group must not wait for its heartbeat. New members are not spared: they may be gone, and
    /// their place must not stay.
    pub(super) fn is_excused(&self) -> bool {
        !self.is_new && (self.join.is_some() || self.sync.is_some())
    }

    pub(super) fn answer_join(&mut self, answer: JoinAnswer) {
        if let Some(join) = self.join.take() {
            // Whoever has closed the connection is not there to be answered; it is the same below.
            let _ = join.send(answer);
        }
    }

    pub(super) fn refuse_join(&mut self, error: ResponseError, member_id: &str) {
        self.answer_join(Err(JoinRefused { error, member_id: member_id.to_owned() }));
    }

    /// Whether the member waited for its assignment.
    pub(super) fn answer_sync(&mut self, answer: SyncAnswer) -> bool {
        match self.sync.take() {
            Some(sync) => {
                let _ = sync.send(answer);
                true
            }
            None => false,
        }
    }

    /// What the member says in a protocol.
    pub(super) fn metadata(&self, protocol: &str) -> Bytes {
        let found = self.protocols.iter().find(|known| known.name == protocol);
        found.map(|known| known.metadata.clone()).unwrap_or_default()
    }

    pub(super) fn joined(&self, protocol: &str) -> JoinedMember {
        JoinedMember {
            member_id: self.id.clone(),
            instance_id: self.instance_id.clone(),
            metadata: self.metadata(protocol),
        }
    }

    /// What is shown of the member: metadata and assignment only where the group has a protocol that holds.
    pub(super) fn described(&self, protocol: Option<&str>) -> DescribedMember {
        DescribedMember {
            member_id: self.id.clone(),
            instance_id: self.instance_id.clone(),
            client: self.client.clone(),
            metadata: protocol.map(|protocol| self.metadata(protocol)).unwrap_or_default(),
            assignment: protocol.map(|_| self.assignment.clone()).unwrap_or_default(),
        }
    }
}

/// A member id that was never given before: the instance id or the client id with 128 random bits.
pub(super) fn new_member_id(request: &JoinRequest) -> String {
    let name = request.instance_id.as_ref().unwrap_or(&request.client.id);
    // The standard library seeds its hash tables from the operating system; more is not asked of these bits.
    let [high, low] = [0_u8, 1].map(|half| RandomState::new().hash_one(half));
    format!(
        "{name}-{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}
