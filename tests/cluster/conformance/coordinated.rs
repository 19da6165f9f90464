//! Transactions and groups as the raw client drives them, call by call.

use bytes::Bytes;
use kafka_protocol::messages::add_partitions_to_txn_request::AddPartitionsToTxnTopic;
use kafka_protocol::messages::join_group_request::JoinGroupRequestProtocol;
use kafka_protocol::messages::leave_group_request::MemberIdentity;
use kafka_protocol::messages::sync_group_request::SyncGroupRequestAssignment;
use kafka_protocol::messages::txn_offset_commit_request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use kafka_protocol::messages::{
    AddOffsetsToTxnRequest, AddPartitionsToTxnRequest, DescribeGroupsRequest, EndTxnRequest,
    FindCoordinatorRequest, GroupId, HeartbeatRequest, InitProducerIdRequest, JoinGroupRequest,
    JoinGroupResponse, LeaveGroupRequest, ProducerId, SyncGroupRequest, TransactionalId,
    TxnOffsetCommitRequest,
};

use super::admin::eventually;
use super::batch::Batch;
use super::calls::topic_name;
use super::codes::{
    CONCURRENT_TRANSACTIONS, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NONE, NOT_COORDINATOR,
};
use super::raw::{Raw, text};
use super::target::Target;

/// What FindCoordinator is asked for.
#[derive(Clone, Copy)]
pub enum Coordinator {
    OfGroup = 0,
    OfTransaction = 1,
}

/// Errors that pass: a coordinator is being loaded, or is writing what came before.
fn passes(code: i16) -> bool {
    [COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, CONCURRENT_TRANSACTIONS]
        .contains(&code)
}

/// The first answer whose error does not pass by itself.
pub fn settled<T>(mut call: impl FnMut() -> (i16, T)) -> (i16, T) {
    eventually("the coordinator answers", || {
        let (code, answer) = call();
        (!passes(code)).then_some((code, answer))
    })
}

/// A connection to the coordinator of a group or of a transaction, once it has one.
pub fn coordinator(target: &Target, of: Coordinator, key: &str) -> Raw {
    let mut raw = target.raw();
    let request =
        FindCoordinatorRequest::default().with_key_type(of as i8).with_coordinator_keys(vec![text(key)]);
    let (code, ()) = settled(|| (raw.call(4, &request).coordinators[0].error_code, ()));
    assert_eq!(code, NONE);
    if matches!(of, Coordinator::OfGroup) {
        let request = DescribeGroupsRequest::default().with_groups(vec![GroupId(text(key))]);
        let (code, ()) = settled(|| (raw.call(5, &request).groups[0].error_code, ()));
        assert_eq!(code, NONE);
    }
    raw
}

/// A producer with a transactional id.
pub struct Transactional {
    pub raw: Raw,
    pub id: String,
    pub producer: (i64, i16),
    sequence: i32,
}

impl Transactional {
    /// Begins as every producer does that was given this id: whoever had it before is fenced.
    pub fn begin(target: &Target, id: &str) -> Self {
        Self::with_timeout(target, id, 60_000)
    }

    /// The same; its transactions may stay open for so many milliseconds.
    pub fn with_timeout(target: &Target, id: &str, timeout: i32) -> Self {
        let raw = coordinator(target, Coordinator::OfTransaction, id);
        let mut this = Self { raw, id: id.into(), producer: (-1, -1), sequence: 0 };
        let (code, producer) = this.init(timeout, (-1, -1));
        assert_eq!(code, NONE);
        this.producer = producer;
        this
    }

    /// InitProducerId; the answer's error and producer.
    pub fn init(&mut self, timeout: i32, known: (i64, i16)) -> (i16, (i64, i16)) {
        let request = InitProducerIdRequest::default()
            .with_transactional_id(Some(self.transactional_id()))
            .with_transaction_timeout_ms(timeout)
            .with_producer_id(ProducerId(known.0))
            .with_producer_epoch(known.1);
        settled(|| {
            let answer = self.raw.call(4, &request);
            (answer.error_code, (answer.producer_id.0, answer.producer_epoch))
        })
    }

    /// Adds partition 0 of a topic to the transaction.
    pub fn add(&mut self, topic: &str) -> i16 {
        self.add_partition(topic, 0)
    }

    /// Adds a partition to the transaction.
    pub fn add_partition(&mut self, topic: &str, partition: i32) -> i16 {
        let topic =
            AddPartitionsToTxnTopic::default().with_name(topic_name(topic)).with_partitions(vec![partition]);
        let request = AddPartitionsToTxnRequest::default()
            .with_v3_and_below_transactional_id(self.transactional_id())
            .with_v3_and_below_producer_id(ProducerId(self.producer.0))
            .with_v3_and_below_producer_epoch(self.producer.1)
            .with_v3_and_below_topics(vec![topic]);
        let answer = || {
            let response = self.raw.call(3, &request);
            let topic = &response.results_by_topic_v3_and_below[0];
            (topic.results_by_partition[0].partition_error_code, ())
        };
        settled(answer).0
    }

    /// Writes one record into partition 0; error and offset.
    pub fn write(&mut self, topic: &str, value: &str) -> (i16, i64) {
        let batch = Batch::value(value).sequence(self.producer, self.sequence).transactional();
        self.sequence += 1;
        let id = self.id.clone();
        self.raw.write(topic, Some(&id), &batch)
    }

    /// [`Self::add`] and [`Self::write`]; the offset.
    pub fn put(&mut self, topic: &str, value: &str) -> i64 {
        assert_eq!(self.add(topic), NONE);
        let (code, offset) = self.write(topic, value);
        assert_eq!(code, NONE);
        offset
    }

    /// Ends the transaction and waits until its markers are written.
    pub fn end(&mut self, committed: bool) -> i16 {
        let request = EndTxnRequest::default()
            .with_transactional_id(self.transactional_id())
            .with_producer_id(ProducerId(self.producer.0))
            .with_producer_epoch(self.producer.1)
            .with_committed(committed);
        settled(|| (self.raw.call(3, &request).error_code, ())).0
    }

    /// Makes a group's offsets part of the transaction.
    pub fn add_group(&mut self, group: &str) -> i16 {
        let request = AddOffsetsToTxnRequest::default()
            .with_transactional_id(self.transactional_id())
            .with_producer_id(ProducerId(self.producer.0))
            .with_producer_epoch(self.producer.1)
            .with_group_id(GroupId(text(group)));
        settled(|| (self.raw.call(3, &request).error_code, ())).0
    }

    /// Commits an offset of partition 0 within the transaction, by a member of the group's generation.
    pub fn commit_offset(&mut self, group: &str, topic: &str, offset: i64, member: (&str, i32)) -> i16 {
        let partition = TxnOffsetCommitRequestPartition::default()
            .with_committed_offset(offset)
            .with_committed_metadata(Some(text("")));
        let topic = TxnOffsetCommitRequestTopic::default()
            .with_name(topic_name(topic))
            .with_partitions(vec![partition]);
        let request = TxnOffsetCommitRequest::default()
            .with_transactional_id(self.transactional_id())
            .with_group_id(GroupId(text(group)))
            .with_producer_id(ProducerId(self.producer.0))
            .with_producer_epoch(self.producer.1)
            .with_member_id(text(member.0))
            .with_generation_id(member.1)
            .with_group_instance_id(None)
            .with_topics(vec![topic]);
        settled(|| (self.raw.call(3, &request).topics[0].partitions[0].error_code, ())).0
    }

    fn transactional_id(&self) -> TransactionalId {
        TransactionalId(text(self.id.as_str()))
    }
}

/// What a consumer says when it joins: version 0, no topics, no user data. Apache Kafka decodes it, and a made-up one
/// can keep its coordinator from ever answering.
pub const SUBSCRIPTION: &[u8] = b"\0\0\0\0\0\0\xff\xff\xff\xff";

/// Assignment protocols by these names, with [`SUBSCRIPTION`].
pub fn protocols(names: &[&str]) -> Vec<(String, Bytes)> {
    names.iter().map(|name| (name.to_string(), Bytes::from_static(SUBSCRIPTION))).collect()
}

/// A member of a group.
pub struct Member {
    pub raw: Raw,
    pub group: String,
    pub id: String,
    pub instance: Option<String>,
    pub generation: i32,
    pub session_timeout: i32,
    pub rebalance_timeout: i32,
    /// Assignment protocols that it knows, with what it says of itself.
    pub protocols: Vec<(String, Bytes)>,
}

impl Member {
    /// Somebody who has not joined yet.
    pub fn new(target: &Target, group: &str) -> Self {
        let raw = coordinator(target, Coordinator::OfGroup, group);
        Self {
            raw,
            group: group.into(),
            id: String::new(),
            instance: None,
            generation: -1,
            session_timeout: 30_000,
            rebalance_timeout: 30_000,
            protocols: protocols(&["range"]),
        }
    }

    /// With a name of its own that outlives its connection.
    pub fn named(mut self, instance: &str) -> Self {
        self.instance = Some(instance.into());
        self
    }

    /// JoinGroup as this member would say it.
    pub fn join_request(&self) -> JoinGroupRequest {
        let protocols = self.protocols.iter().map(|(name, metadata)| {
            JoinGroupRequestProtocol::default().with_name(text(name.as_str())).with_metadata(metadata.clone())
        });
        JoinGroupRequest::default()
            .with_group_id(GroupId(text(self.group.as_str())))
            .with_session_timeout_ms(self.session_timeout)
            .with_rebalance_timeout_ms(self.rebalance_timeout)
            .with_member_id(text(self.id.as_str()))
            .with_group_instance_id(self.instance.clone().map(text))
            .with_protocol_type(text("consumer"))
            .with_protocols(protocols.collect())
    }

    /// Asks for a member id where it has none, and sends JoinGroup; [`Self::joined`] takes the answer.
    pub fn join(&mut self) -> i32 {
        if self.id.is_empty() && self.instance.is_none() {
            let request = self.join_request();
            let (_, id) = settled(|| {
                let answer = self.raw.call(5, &request);
                (answer.error_code, answer.member_id.to_string())
            });
            self.id = id;
        }
        let request = self.join_request();
        self.raw.send(5, &request)
    }

    /// The answer to [`Self::join`].
    pub fn joined(&mut self, correlation: i32) -> JoinGroupResponse {
        let response = self.raw.receive::<JoinGroupRequest>(5, correlation);
        if response.error_code == NONE {
            self.id = response.member_id.to_string();
            self.generation = response.generation_id;
        }
        response
    }

    /// Joins a group where nobody else has to be waited for.
    pub fn join_alone(&mut self) -> JoinGroupResponse {
        let correlation = self.join();
        self.joined(correlation)
    }

    /// Sends SyncGroup with what the leader gives to whom.
    pub fn sync(&mut self, given: &[(&str, &'static [u8])]) -> i32 {
        let request = self.sync_request(given);
        self.raw.send(3, &request)
    }

    fn sync_request(&self, given: &[(&str, &'static [u8])]) -> SyncGroupRequest {
        let given = given.iter().map(|(member, assignment)| {
            SyncGroupRequestAssignment::default()
                .with_member_id(text(*member))
                .with_assignment(Bytes::from_static(assignment))
        });
        SyncGroupRequest::default()
            .with_group_id(GroupId(text(self.group.as_str())))
            .with_generation_id(self.generation)
            .with_member_id(text(self.id.as_str()))
            .with_group_instance_id(self.instance.clone().map(text))
            .with_assignments(given.collect())
    }

    /// The answer to [`Self::sync`]: error and assignment.
    pub fn synced(&mut self, correlation: i32) -> (i16, Bytes) {
        let response = self.raw.receive::<SyncGroupRequest>(3, correlation);
        (response.error_code, response.assignment)
    }

    /// Joins alone and gives itself an assignment.
    pub fn become_stable(&mut self) {
        assert_eq!(self.join_alone().error_code, NONE);
        let id = self.id.clone();
        let correlation = self.sync(&[(&id, b"mine")]);
        assert_eq!(self.synced(correlation), (NONE, Bytes::from_static(b"mine")));
    }

    /// Heartbeat.
    pub fn heartbeat(&mut self) -> i16 {
        let request = HeartbeatRequest::default()
            .with_group_id(GroupId(text(self.group.as_str())))
            .with_generation_id(self.generation)
            .with_member_id(text(self.id.as_str()))
            .with_group_instance_id(self.instance.clone().map(text));
        self.raw.call(3, &request).error_code
    }

    /// LeaveGroup; the answer for this member.
    pub fn leave(&mut self) -> i16 {
        let identity = MemberIdentity::default()
            .with_member_id(text(self.id.as_str()))
            .with_group_instance_id(self.instance.clone().map(text));
        let request = LeaveGroupRequest::default()
            .with_group_id(GroupId(text(self.group.as_str())))
            .with_members(vec![identity]);
        let response = self.raw.call(3, &request);
        if response.error_code != NONE { response.error_code } else { response.members[0].error_code }
    }
}
