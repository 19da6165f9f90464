//! Stories of static members.

use kafka_protocol::ResponseError;

use super::members_for_tests::*;
use super::*;

/// Two static members `a` and `b` in a stable group, the leader first, and their generation.
fn two_static(cluster: &mut Cluster) -> (String, String, i32) {
    let first = cluster.ask(join_request("", Some("a"))).joined().member_id;
    let mut second = cluster.ask(join_request("", Some("b")));
    let generation = cluster.ask(join_request(&first, Some("a"))).joined().generation;
    let second = second.joined().member_id;
    cluster.sync(&first, generation, &[(&first, "0"), (&second, "1")]);
    assert_eq!(cluster.sync(&second, generation, &[]).answer(), Some(Ok("1".into())));
    (first, second, generation)
}

#[test]
fn a_static_member_that_comes_back_keeps_its_place_and_fences_the_old_one() {
    let mut cluster = Cluster::new();
    let (_, old, generation) = two_static(&mut cluster);
    let joined = cluster.ask(join_request("", Some("b"))).joined();
    assert_eq!(joined.generation, generation);
    assert_ne!(joined.member_id, old);
    assert_eq!(cluster.state(), GroupState::Stable);
    assert_eq!(cluster.sync(&joined.member_id, generation, &[]).answer(), Some(Ok("1".into())));
    let fenced = MemberIdentity { instance_id: Some("b".into()), ..identity(&old, generation) };
    assert_eq!(cluster.coordinator.heartbeat(0, "g", &fenced), Err(ResponseError::FencedInstanceId));
    assert_eq!(cluster.commit(fenced, partition(0), 1), Err(ResponseError::FencedInstanceId));
    let again = cluster.ask(join_request(&old, Some("b"))).refused();
    assert_eq!(again.error, ResponseError::FencedInstanceId);
    assert_eq!(cluster.leave(&old, Some("b")), Err(ResponseError::FencedInstanceId));
    let mut restarted = cluster.restarted();
    assert_eq!(restarted.heartbeat(&joined.member_id, generation), Ok(()));
}

#[test]
fn a_static_leader_that_comes_back_may_skip_the_assignment() {
    let mut cluster = Cluster::new();
    let (old, _, generation) = two_static(&mut cluster);
    let joined = cluster.ask(join_request("", Some("a"))).joined();
    assert_eq!((joined.skip_assignment, joined.members.len()), (true, 2));
    assert_eq!((joined.leader.clone(), joined.generation), (joined.member_id.clone(), generation));
    let plain = JoinRequest { supports_skipping_assignment: false, ..join_request("", Some("a")) };
    let again = cluster.ask(plain).joined();
    assert_eq!((again.skip_assignment, again.leader), (false, joined.member_id));
    assert_ne!(old, again.member_id);
}

#[test]
fn a_static_member_that_comes_back_in_time_is_not_missed() {
    let mut cluster = Cluster::new();
    let (first, second, generation) = two_static(&mut cluster);
    cluster.wait(SESSION - 1);
    assert_eq!(cluster.heartbeat(&first, generation), Ok(()));
    let back = cluster.ask(join_request("", Some("b"))).joined().member_id;
    cluster.wait(SESSION - 1);
    assert_eq!(cluster.heartbeat(&first, generation), Ok(()));
    assert_eq!(cluster.heartbeat(&back, generation), Ok(()));
    assert_eq!(cluster.heartbeat(&second, generation), Err(ResponseError::UnknownMemberId));
    cluster.wait(SESSION - 1);
    assert_eq!(cluster.heartbeat(&first, generation), Ok(()));
    cluster.wait(1);
    assert_eq!(cluster.state(), GroupState::PreparingRebalance);
}

#[test]
fn a_static_member_that_comes_back_while_the_leader_assigns_brings_a_rebalance() {
    let mut cluster = Cluster::new();
    let (first, second, _) = two_static(&mut cluster);
    cluster.ask(join_request(&first, Some("a")));
    let generation = cluster.ask(join_request(&second, Some("b"))).joined().generation;
    let mut waiting = cluster.sync(&second, generation, &[]);
    let mut back = cluster.ask(join_request("", Some("b")));
    assert_eq!(waiting.answer(), Some(Err(ResponseError::FencedInstanceId)));
    assert!(back.waits());
    let joined = cluster.ask(join_request(&first, Some("a"))).joined();
    assert_eq!(back.joined().generation, generation + 1);
    assert_eq!(joined.members.len(), 2);
}

#[test]
fn a_static_member_is_sent_away_by_its_instance_id() {
    let mut cluster = Cluster::new();
    let (first, _, generation) = two_static(&mut cluster);
    assert_eq!(cluster.leave("", Some("none")), Err(ResponseError::UnknownMemberId));
    assert_eq!(cluster.leave("", Some("b")), Ok(()));
    assert_eq!(cluster.heartbeat(&first, generation), Err(ResponseError::RebalanceInProgress));
    assert_eq!(cluster.ask(join_request(&first, Some("a"))).joined().members.len(), 1);
}

#[test]
fn a_replacement_that_cannot_be_kept_leaves_the_old_member() {
    let mut cluster = Cluster::new();
    let (_, old, generation) = two_static(&mut cluster);
    cluster.journal.fail(true);
    let refused = cluster.ask(join_request("", Some("b"))).refused();
    assert_eq!(refused.error, ResponseError::CoordinatorNotAvailable);
    assert_eq!(cluster.heartbeat(&old, generation), Ok(()));
}
