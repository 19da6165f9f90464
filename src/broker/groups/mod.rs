//! The group coordinator: who is in a group, who reads what, and how far each group has come.
//!
//! Kafka's classic group protocol and committed offsets, also those committed in transactions. It does no I/O: it is told
//! the time, gets requests, and answers them at once or, where a member must wait for others, through the channel that came with the
//! request. What must survive a restart goes to a [`Journal`] before it is answered.
//!
//! Give it the journal's entries with [`GroupCoordinator::replay`], then [`GroupCoordinator::start`] it, and call
//! [`GroupCoordinator::tick`] whenever [`GroupCoordinator::next_deadline`] has come.

use kafka_protocol::ResponseError;
use tokio::sync::oneshot;

use super::journal::{Damaged, Journal, Millis};
use super::partition::TopicPartition;

mod config;
mod messages;
mod offset_messages;
mod state;

pub use config::GroupConfig;
pub use messages::{
    Client, DescribedGroup, DescribedMember, JoinAnswer, JoinRefused, JoinRequest, Joined, JoinedMember,
    LeavingMember, ListedGroup, MemberIdentity, Protocol, SyncAnswer, SyncRequest, Synced,
};
pub use offset_messages::{CommitRequest, FetchedOffset, PerPartition, Position, TransactionCommitRequest};
pub use state::GroupState;

/// All groups of the cluster.
pub struct GroupCoordinator {
    config: GroupConfig,
    journal: Box<dyn Journal>,
}

impl GroupCoordinator {
    /// A coordinator without groups.
    pub fn new(config: GroupConfig, journal: Box<dyn Journal>) -> GroupCoordinator {
        GroupCoordinator { config, journal }
    }

    /// Takes an entry that the journal kept.
    ///
    /// # Errors
    /// An entry that cannot be read; it has changed nothing.
    pub fn replay(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), Damaged> {
        todo!()
    }

    /// Ends the replay: members of groups that were stable have their session time-out from now on to be heard of.
    pub fn start(&mut self, now: Millis) {
        todo!()
    }

    /// When [`GroupCoordinator::tick`] is next needed; ask again after every call.
    pub fn next_deadline(&self) -> Option<Millis> {
        todo!()
    }

    /// Does what is due: members time out, rebalances complete, offsets expire.
    pub fn tick(&mut self, now: Millis) {
        todo!()
    }

    /// JoinGroup. Answers when all members have joined or their time is over; dropping the receiver does no harm.
    pub fn join(&mut self, now: Millis, request: JoinRequest, answer: oneshot::Sender<JoinAnswer>) {
        todo!()
    }

    /// SyncGroup. Answers when the leader has assigned.
    pub fn sync(&mut self, now: Millis, request: SyncRequest, answer: oneshot::Sender<SyncAnswer>) {
        todo!()
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
        todo!()
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
        todo!()
    }

    /// ListGroups: all groups by name; which states are wanted is the caller's to filter.
    pub fn list(&self) -> Vec<ListedGroup> {
        todo!()
    }

    /// DescribeGroups, one group; `None` if it is not known.
    pub fn describe(&self, group: &str) -> Option<DescribedGroup> {
        todo!()
    }

    /// DeleteGroups, one group, with its offsets.
    ///
    /// # Errors
    /// `GROUP_ID_NOT_FOUND`, `NON_EMPTY_GROUP`.
    pub fn delete(&mut self, group: &str) -> Result<(), ResponseError> {
        todo!()
    }

    /// OffsetCommit.
    ///
    /// # Errors
    /// Kafka's error code for all partitions of the answer.
    pub fn commit(&mut self, now: Millis, request: CommitRequest) -> Result<PerPartition, ResponseError> {
        todo!()
    }

    /// TxnOffsetCommit: the offsets wait for the end of the producer's transaction.
    ///
    /// # Errors
    /// Kafka's error code for all partitions of the answer.
    pub fn commit_in_transaction(
        &mut self,
        now: Millis,
        request: TransactionCommitRequest,
    ) -> Result<PerPartition, ResponseError> {
        todo!()
    }

    /// A transaction has ended: the producer's offsets in `groups` become visible or vanish, in one step. Doing it again does
    /// nothing.
    ///
    /// # Errors
    /// Where the journal cannot keep it; then nothing has changed and it is to be tried again.
    pub fn end_transaction(
        &mut self,
        producer_id: i64,
        groups: &[String],
        commit: bool,
    ) -> std::io::Result<()> {
        todo!()
    }

    /// OffsetFetch for the partitions that are named. With `require_stable`, a partition with offsets in an ongoing transaction
    /// gives `UNSTABLE_OFFSET_COMMIT`.
    pub fn fetch(
        &self,
        group: &str,
        partitions: &[TopicPartition],
        require_stable: bool,
    ) -> Vec<(TopicPartition, FetchedOffset)> {
        todo!()
    }

    /// OffsetFetch for all partitions that have an offset.
    pub fn fetch_all(&self, group: &str, require_stable: bool) -> Vec<(TopicPartition, FetchedOffset)> {
        todo!()
    }

    /// OffsetDelete.
    ///
    /// # Errors
    /// Kafka's error code for the whole answer.
    pub fn delete_offsets(
        &mut self,
        group: &str,
        partitions: &[TopicPartition],
    ) -> Result<PerPartition, ResponseError> {
        todo!()
    }

    /// A topic was deleted, and so are all offsets in it.
    pub fn forget_topic(&mut self, topic: &str) {
        todo!()
    }
}
