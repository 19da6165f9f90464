//! Members as tests need them: short to write, answers looked at without waiting.

use bytes::Bytes;
use kafka_protocol::ResponseError;
use tokio::sync::oneshot;

use super::*;
use crate::broker::journal::kept::Kept;
use crate::broker::partition::TopicPartition;

pub(super) const SESSION: Millis = 10_000;
pub(super) const REBALANCE: Millis = 60_000;

pub(super) struct Joining(oneshot::Receiver<JoinAnswer>);
pub(super) struct Syncing(oneshot::Receiver<SyncAnswer>);

impl Joining {
    pub(super) fn answer(&mut self) -> Option<JoinAnswer> {
        self.0.try_recv().ok()
    }

    pub(super) fn joined(&mut self) -> Joined {
        self.answer().expect("the join waits").expect("the join is refused")
    }

    pub(super) fn refused(&mut self) -> JoinRefused {
        self.answer().expect("the join waits").expect_err("the join is not refused")
    }

    pub(super) fn waits(&mut self) -> bool {
        self.0.try_recv() == Err(oneshot::error::TryRecvError::Empty)
    }
}

impl Syncing {
    pub(super) fn answer(&mut self) -> Option<Result<Bytes, ResponseError>> {
        self.0.try_recv().ok().map(|answer| answer.map(|synced| synced.assignment))
    }
}

/// A coordinator with one group, `g`.
pub(super) struct Cluster {
    pub(super) coordinator: GroupCoordinator,
    pub(super) journal: Kept,
    pub(super) now: Millis,
}

pub(super) fn join_request(member_id: &str, instance_id: Option<&str>) -> JoinRequest {
    JoinRequest {
        group: "g".into(),
        member_id: member_id.into(),
        instance_id: instance_id.map(str::to_owned),
        client: Client { id: "client".into(), host: "/127.0.0.1".into() },
        protocol_type: "consumer".into(),
        protocols: vec![protocol("range", &["t"])],
        session_timeout_ms: SESSION as i32,
        rebalance_timeout_ms: REBALANCE as i32,
        require_known_member_id: true,
        supports_skipping_assignment: true,
    }
}

pub(super) fn protocol(name: &str, topics: &[&str]) -> Protocol {
    let mut metadata = vec![0, 1, 0, 0, 0, topics.len() as u8];
    for topic in topics {
        metadata.extend([0, topic.len() as u8]);
        metadata.extend(topic.bytes());
    }
    metadata.extend([255, 255, 255, 255]);
    Protocol { name: name.into(), metadata: metadata.into() }
}

pub(super) fn identity(member_id: &str, generation: i32) -> MemberIdentity {
    MemberIdentity { member_id: member_id.into(), instance_id: None, generation }
}

pub(super) fn partition(number: i32) -> TopicPartition {
    TopicPartition::new("t", number)
}

pub(super) fn position(offset: i64) -> Position {
    Position { offset, leader_epoch: 0, metadata: String::new() }
}

impl Cluster {
    pub(super) fn new() -> Cluster {
        Cluster::with(GroupConfig::default())
    }

    pub(super) fn with(config: GroupConfig) -> Cluster {
        let journal = Kept::new();
        let mut coordinator = GroupCoordinator::new(config, Box::new(journal.clone()));
        coordinator.start(0);
        Cluster { coordinator, journal, now: 0 }
    }

    /// The coordinator after a restart that finds the first `appends` of the journal.
    pub(super) fn restarted_after(&self, appends: usize) -> Cluster {
        let mut cluster = Cluster::new();
        for entry in self.journal.first(appends) {
            cluster.coordinator.replay(&entry.key, entry.value.as_deref()).unwrap();
        }
        cluster.now = self.now;
        cluster.coordinator.start(self.now);
        cluster
    }

    pub(super) fn restarted(&self) -> Cluster {
        self.restarted_after(self.journal.len())
    }

    /// Lets time pass, with all that becomes due on the way.
    pub(super) fn wait(&mut self, ms: Millis) {
        let end = self.now + ms;
        while let Some(due) = self.coordinator.next_deadline().filter(|due| *due <= end) {
            self.now = due.max(self.now);
            self.coordinator.tick(self.now);
        }
        self.now = end;
    }

    pub(super) fn ask(&mut self, request: JoinRequest) -> Joining {
        let (answer, receiver) = oneshot::channel();
        self.coordinator.join(self.now, request, answer);
        Joining(receiver)
    }

    /// Joins with a member id, or as a new dynamic member that first gets its id.
    pub(super) fn join(&mut self, member_id: &str) -> Joining {
        self.ask(join_request(member_id, None))
    }

    /// A new member's id, and its join with it.
    pub(super) fn join_new(&mut self) -> (String, Joining) {
        let refused = self.join("").refused();
        assert_eq!(refused.error, ResponseError::MemberIdRequired);
        let joining = self.join(&refused.member_id);
        (refused.member_id, joining)
    }

    pub(super) fn sync(&mut self, member_id: &str, generation: i32, assign: &[(&str, &str)]) -> Syncing {
        let assignments = assign
            .iter()
            .map(|(member, assignment)| ((*member).to_owned(), Bytes::copy_from_slice(assignment.as_bytes())))
            .collect();
        let request = SyncRequest {
            group: "g".into(),
            member: identity(member_id, generation),
            protocol_type: Some("consumer".into()),
            protocol: Some("range".into()),
            assignments,
        };
        let (answer, receiver) = oneshot::channel();
        self.coordinator.sync(self.now, request, answer);
        Syncing(receiver)
    }

    pub(super) fn heartbeat(&mut self, member_id: &str, generation: i32) -> Result<(), ResponseError> {
        self.coordinator.heartbeat(self.now, "g", &identity(member_id, generation))
    }

    pub(super) fn leave(&mut self, member_id: &str, instance_id: Option<&str>) -> Result<(), ResponseError> {
        let leaving =
            LeavingMember { member_id: member_id.into(), instance_id: instance_id.map(str::to_owned) };
        self.coordinator.leave(self.now, "g", &[leaving]).unwrap().remove(0)
    }

    pub(super) fn state(&self) -> GroupState {
        self.coordinator.describe("g").unwrap().state
    }

    /// Two members in a stable group, the leader first, and their generation.
    pub(super) fn two_members(&mut self) -> (String, String, i32) {
        let (first, mut joining) = self.join_new();
        assert_eq!(joining.joined().leader, first);
        let (second, mut other) = self.join_new();
        let mut joining = self.join(&first);
        let joined = joining.joined();
        assert_eq!(other.joined().generation, joined.generation);
        let mut follower = self.sync(&second, joined.generation, &[]);
        assert_eq!(follower.answer(), None);
        let mut leader = self.sync(&first, joined.generation, &[(&first, "0,1"), (&second, "2")]);
        assert_eq!(leader.answer(), Some(Ok("0,1".into())));
        assert_eq!(follower.answer(), Some(Ok("2".into())));
        (first, second, joined.generation)
    }

    pub(super) fn commit(
        &mut self,
        member: MemberIdentity,
        partition: TopicPartition,
        offset: i64,
    ) -> Result<(), ResponseError> {
        let offsets = vec![(partition, position(offset))];
        let request = CommitRequest { group: "g".into(), member, retention_ms: None, offsets };
        self.coordinator.commit(self.now, request)?.remove(0).1
    }

    pub(super) fn commit_in_transaction(
        &mut self,
        producer_id: i64,
        member: MemberIdentity,
        partition: TopicPartition,
        offset: i64,
    ) -> Result<(), ResponseError> {
        let offsets = vec![(partition, position(offset))];
        let request = TransactionCommitRequest { group: "g".into(), member, producer_id, offsets };
        self.coordinator.commit_in_transaction(self.now, request)?.remove(0).1
    }

    pub(super) fn offset(
        &self,
        partition: TopicPartition,
        stable: bool,
    ) -> Result<Option<i64>, ResponseError> {
        let fetched = self.coordinator.fetch("g", [&partition], stable).remove(0).1;
        fetched.map(|position| position.map(|position| position.offset))
    }
}
