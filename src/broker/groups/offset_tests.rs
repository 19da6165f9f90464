//! Stories of committed offsets, also of those in transactions.

use kafka_protocol::ResponseError;

use super::members_for_tests::*;
use super::*;

const DAY: Millis = 24 * 3_600_000;

fn simple() -> MemberIdentity {
    identity("", -1)
}

fn g() -> Vec<String> {
    vec!["g".to_owned()]
}

#[test]
fn a_member_of_this_generation_commits_and_others_are_refused() {
    let mut cluster = Cluster::new();
    let (first, _, generation) = cluster.two_members();
    assert_eq!(cluster.commit(identity(&first, generation), partition(0), 7), Ok(()));
    let old = cluster.commit(identity(&first, generation - 1), partition(0), 9);
    assert_eq!(old, Err(ResponseError::IllegalGeneration));
    let unknown = cluster.commit(identity("x", generation), partition(0), 9);
    assert_eq!(unknown, Err(ResponseError::UnknownMemberId));
    assert_eq!(cluster.commit(simple(), partition(0), 9), Err(ResponseError::UnknownMemberId));
    assert_eq!(cluster.offset(partition(0), true), Ok(Some(7)));
    assert_eq!(cluster.offset(partition(1), true), Ok(None));
    assert_eq!(cluster.restarted().offset(partition(0), true), Ok(Some(7)));
}

#[test]
fn commits_between_join_and_assignment_are_put_off() {
    let mut cluster = Cluster::new();
    let (first, second, _) = cluster.two_members();
    cluster.join(&first);
    let generation = cluster.join(&second).joined().generation;
    let answer = cluster.commit(identity(&first, generation), partition(0), 1);
    assert_eq!(answer, Err(ResponseError::RebalanceInProgress));
    let answer = cluster.commit_in_transaction(1, identity(&first, generation), partition(0), 1);
    assert_eq!(answer, Ok(()));
}

#[test]
fn a_commit_keeps_its_member_alive() {
    let mut cluster = Cluster::new();
    let (first, second, generation) = cluster.two_members();
    for offset in 0..4 {
        cluster.wait(SESSION - 1);
        assert_eq!(cluster.commit(identity(&first, generation), partition(0), offset), Ok(()));
        assert_eq!(cluster.heartbeat(&second, generation), Ok(()));
    }
    assert_eq!(cluster.state(), GroupState::Stable);
}

#[test]
fn a_consumer_without_membership_keeps_offsets_in_a_group_of_its_own() {
    let mut cluster = Cluster::new();
    let unknown = cluster.commit(identity("x", 3), partition(0), 1);
    assert_eq!(unknown, Err(ResponseError::GroupIdNotFound));
    assert_eq!(cluster.commit(simple(), partition(0), 5), Ok(()));
    assert_eq!(cluster.state(), GroupState::Empty);
    let restarted = cluster.restarted();
    assert_eq!(restarted.offset(partition(0), false), Ok(Some(5)));
    assert_eq!(restarted.coordinator.fetch_all("g", false).len(), 1);
    assert_eq!(cluster.coordinator.delete("g"), Ok(()));
    assert_eq!(cluster.offset(partition(0), false), Ok(None));
    assert_eq!(cluster.restarted().offset(partition(0), false), Ok(None));
}

#[test]
fn a_note_that_is_too_long_is_refused_alone() {
    let mut cluster = Cluster::new();
    let long = Position { metadata: "x".repeat(5_000), ..position(1) };
    let request = CommitRequest {
        group: "g".into(),
        member: simple(),
        retention_ms: None,
        offsets: vec![(partition(0), long), (partition(1), position(2))],
    };
    let answers = cluster.coordinator.commit(0, request).unwrap();
    assert_eq!((answers[0].1, answers[1].1), (Err(ResponseError::OffsetMetadataTooLarge), Ok(())));
    assert_eq!(cluster.offset(partition(1), false), Ok(Some(2)));
}

#[test]
fn offsets_in_a_transaction_are_unstable_until_it_ends() {
    for commit in [true, false] {
        let mut cluster = Cluster::new();
        cluster.commit(simple(), partition(0), 1).unwrap();
        cluster.commit_in_transaction(7, simple(), partition(0), 2).unwrap();
        for cluster in [&cluster, &cluster.restarted()] {
            assert_eq!(cluster.offset(partition(0), true), Err(ResponseError::UnstableOffsetCommit));
            assert_eq!(cluster.offset(partition(0), false), Ok(Some(1)));
        }
        let mut cluster = cluster.restarted();
        cluster.coordinator.end_transaction(7, &g(), commit).unwrap();
        cluster.coordinator.end_transaction(7, &g(), !commit).unwrap();
        let expected = Ok(Some(if commit { 2 } else { 1 }));
        assert_eq!(cluster.offset(partition(0), true), expected);
    }
}

#[test]
fn a_later_plain_commit_outlives_the_end_of_an_earlier_transaction() {
    let mut cluster = Cluster::new();
    cluster.commit_in_transaction(7, simple(), partition(0), 2).unwrap();
    cluster.commit(simple(), partition(0), 3).unwrap();
    cluster.coordinator.end_transaction(7, &g(), true).unwrap();
    assert_eq!(cluster.offset(partition(0), true), Ok(Some(3)));
    assert_eq!(cluster.restarted().offset(partition(0), true), Ok(Some(3)));
}

#[test]
fn an_end_that_cannot_be_kept_changes_nothing_and_can_be_tried_again() {
    let mut cluster = Cluster::new();
    cluster.commit_in_transaction(7, simple(), partition(0), 2).unwrap();
    cluster.journal.fail(true);
    assert!(cluster.coordinator.end_transaction(7, &g(), true).is_err());
    assert_eq!(cluster.offset(partition(0), true), Err(ResponseError::UnstableOffsetCommit));
    cluster.journal.fail(false);
    cluster.coordinator.end_transaction(7, &g(), true).unwrap();
    assert_eq!(cluster.offset(partition(0), true), Ok(Some(2)));
}

#[test]
fn a_restart_at_any_moment_of_a_transaction_finds_all_of_its_offsets_or_none() {
    let mut cluster = Cluster::new();
    for number in 0..3 {
        cluster.commit_in_transaction(7, simple(), partition(number), 5).unwrap();
    }
    cluster.coordinator.end_transaction(7, &g(), true).unwrap();
    for appends in 0..=cluster.journal.len() {
        let restarted = cluster.restarted_after(appends);
        let visible = (0..3).filter(|number| restarted.offset(partition(*number), false) == Ok(Some(5)));
        let expected = if appends == cluster.journal.len() { 3 } else { 0 };
        assert_eq!(visible.count(), expected, "after {appends} appends");
    }
}

#[test]
fn offsets_of_subscribed_topics_are_not_deleted() {
    let mut cluster = Cluster::new();
    let (first, _, generation) = cluster.two_members();
    let other = crate::broker::partition::TopicPartition::new("u", 0);
    cluster.commit(identity(&first, generation), partition(0), 1).unwrap();
    cluster.commit(identity(&first, generation), other.clone(), 1).unwrap();
    let answers = cluster.coordinator.delete_offsets("g", &[partition(0), other.clone()].into()).unwrap();
    assert_eq!((answers[0].1, answers[1].1), (Err(ResponseError::GroupSubscribedToTopic), Ok(())));
    assert_eq!((cluster.offset(partition(0), true), cluster.offset(other, true)), (Ok(Some(1)), Ok(None)));
    assert_eq!(cluster.coordinator.delete_offsets("h", &[].into()), Err(ResponseError::GroupIdNotFound));
}

#[test]
fn a_deleted_topic_takes_its_offsets_along() {
    let mut cluster = Cluster::new();
    cluster.commit(simple(), partition(0), 1).unwrap();
    cluster.commit_in_transaction(7, simple(), partition(1), 1).unwrap();
    cluster.coordinator.forget_topic("t").unwrap();
    cluster.coordinator.end_transaction(7, &g(), true).unwrap();
    assert!(cluster.coordinator.fetch_all("g", true).is_empty());
}

#[test]
fn offsets_of_a_group_without_members_expire_with_the_group() {
    let mut cluster = Cluster::new();
    let (first, second, generation) = cluster.two_members();
    cluster.commit(identity(&first, generation), partition(0), 1).unwrap();
    cluster.wait(SESSION / 2);
    cluster.leave(&first, None).unwrap();
    cluster.leave(&second, None).unwrap();
    cluster.wait(6 * DAY);
    assert_eq!(cluster.offset(partition(0), true), Ok(Some(1)));
    cluster.wait(DAY + 1_200_000);
    assert_eq!(cluster.offset(partition(0), true), Ok(None));
    assert!(cluster.coordinator.list().is_empty());
    assert!(cluster.restarted().coordinator.list().is_empty());
}

#[test]
fn a_client_that_says_how_long_obeys_the_group_that_is_in_use() {
    let mut cluster = Cluster::new();
    let (first, second, generation) = cluster.two_members();
    let commit = CommitRequest {
        group: "g".into(),
        member: identity(&first, generation),
        retention_ms: Some(1),
        offsets: vec![(crate::broker::partition::TopicPartition::new("u", 0), position(1))],
    };
    cluster.coordinator.commit(cluster.now, commit).unwrap();
    let other = || crate::broker::partition::TopicPartition::new("u", 0);
    // While members join, nothing expires.
    cluster.join(&first);
    cluster.coordinator.expire(cluster.now + 1000);
    assert_eq!(cluster.offset(other(), true), Ok(Some(1)));
    cluster.leave(&first, None).unwrap();
    cluster.leave(&second, None).unwrap();
    cluster.coordinator.expire(cluster.now + 1000);
    assert_eq!(cluster.offset(other(), true), Ok(None));
}

#[test]
fn many_partitions_are_forgotten_at_once() {
    let mut cluster = Cluster::new();
    let offsets = (0..100_000).map(|number| (partition(number), position(1))).collect();
    let request = CommitRequest { group: "g".into(), member: simple(), retention_ms: None, offsets };
    cluster.coordinator.commit(0, request).unwrap();
    let answers = cluster.coordinator.delete_offsets("g", &(0..100_000).map(partition).collect()).unwrap();
    assert_eq!(answers.len(), 100_000);
    assert!(cluster.coordinator.fetch_all("g", true).is_empty());
}
