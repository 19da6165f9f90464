//! Stories of dynamic members that join, leave and die.

use kafka_protocol::ResponseError;

use super::members_for_tests::*;
use super::*;

#[test]
fn a_new_member_gets_its_id_first_and_leads_when_it_is_alone() {
    let mut cluster = Cluster::new();
    let (id, mut joining) = cluster.join_new();
    let joined = joining.joined();
    assert_eq!((joined.leader.as_str(), joined.generation, joined.members.len()), (id.as_str(), 1, 1));
    assert_eq!(joined.protocol.as_deref(), Some("range"));
    assert_eq!(cluster.sync(&id, 1, &[(&id, "all")]).answer(), Some(Ok("all".into())));
    assert_eq!(cluster.state(), GroupState::Stable);
    assert_eq!(cluster.heartbeat(&id, 1), Ok(()));
}

#[test]
fn an_id_that_was_never_given_is_unknown() {
    let mut cluster = Cluster::new();
    assert_eq!(cluster.join("made-up").refused().error, ResponseError::UnknownMemberId);
    cluster.two_members();
    assert_eq!(cluster.join("made-up").refused().error, ResponseError::UnknownMemberId);
    assert_eq!(cluster.heartbeat("made-up", 2), Err(ResponseError::UnknownMemberId));
    assert_eq!(cluster.sync("made-up", 2, &[]).answer(), Some(Err(ResponseError::UnknownMemberId)));
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let mut cluster = Cluster::new();
    let short = JoinRequest { session_timeout_ms: 10, ..join_request("", None) };
    assert_eq!(cluster.ask(short).refused().error, ResponseError::InvalidSessionTimeout);
    let nameless = JoinRequest { group: String::new(), ..join_request("", None) };
    assert_eq!(cluster.ask(nameless).refused().error, ResponseError::InvalidGroupId);
    cluster.two_members();
    let other = JoinRequest { protocols: vec![protocol("other", &[])], ..join_request("", None) };
    assert_eq!(cluster.ask(other).refused().error, ResponseError::InconsistentGroupProtocol);
    let connect = JoinRequest { protocol_type: "connect".into(), ..join_request("", None) };
    assert_eq!(cluster.ask(connect).refused().error, ResponseError::InconsistentGroupProtocol);
}

#[test]
fn members_hear_of_a_rebalance_by_their_heartbeat() {
    let mut cluster = Cluster::new();
    let (first, second, generation) = cluster.two_members();
    let (_, mut third) = cluster.join_new();
    assert!(third.waits());
    assert_eq!(cluster.heartbeat(&first, generation), Err(ResponseError::RebalanceInProgress));
    let early = cluster.sync(&first, generation, &[]).answer();
    assert_eq!(early, Some(Err(ResponseError::RebalanceInProgress)));
    cluster.join(&first);
    assert!(third.waits());
    let mut last = cluster.join(&second);
    assert_eq!(last.joined().generation, generation + 1);
    assert_eq!(third.joined().generation, generation + 1);
    assert_eq!(cluster.heartbeat(&first, generation), Err(ResponseError::IllegalGeneration));
}

#[test]
fn a_follower_that_joins_again_unchanged_stays_in_the_generation() {
    let mut cluster = Cluster::new();
    let (first, second, generation) = cluster.two_members();
    let joined = cluster.join(&second).joined();
    assert_eq!((joined.generation, joined.leader.as_str()), (generation, first.as_str()));
    assert_eq!(cluster.state(), GroupState::Stable);
    assert_eq!(cluster.sync(&second, generation, &[]).answer(), Some(Ok("2".into())));
}

#[test]
fn a_leader_or_a_changed_subscription_brings_a_rebalance() {
    let mut cluster = Cluster::new();
    let (first, second, generation) = cluster.two_members();
    assert!(cluster.join(&first).waits());
    assert_eq!(cluster.state(), GroupState::PreparingRebalance);
    assert_eq!(cluster.join(&second).joined().generation, generation + 1);
    let changed = JoinRequest { protocols: vec![protocol("range", &["u"])], ..join_request(&second, None) };
    assert!(cluster.ask(changed).waits());
    assert_eq!(cluster.state(), GroupState::PreparingRebalance);
}

#[test]
fn a_member_that_falls_silent_is_dropped_and_the_others_go_on() {
    let mut cluster = Cluster::new();
    let (first, second, generation) = cluster.two_members();
    cluster.wait(SESSION / 2);
    assert_eq!(cluster.heartbeat(&first, generation), Ok(()));
    cluster.wait(SESSION / 2);
    assert_eq!(cluster.heartbeat(&first, generation), Err(ResponseError::RebalanceInProgress));
    assert_eq!(cluster.heartbeat(&second, generation), Err(ResponseError::UnknownMemberId));
    let joined = cluster.join(&first).joined();
    assert_eq!((joined.generation, joined.members.len()), (generation + 1, 1));
}

#[test]
fn a_member_that_dies_in_a_rebalance_holds_it_up_for_its_session_at_most() {
    let mut cluster = Cluster::new();
    let (first, _, generation) = cluster.two_members();
    let (third, mut joining) = cluster.join_new();
    let mut leader = cluster.join(&first);
    cluster.wait(SESSION - 1);
    assert!(joining.waits());
    cluster.wait(1);
    assert_eq!(leader.joined().generation, generation + 1);
    assert_eq!(leader.answer(), None);
    let described = cluster.coordinator.describe("g").unwrap();
    let members: Vec<&str> = described.members.iter().map(|member| member.member_id.as_str()).collect();
    assert!(members.len() == 2 && members.contains(&third.as_str()));
}

#[test]
fn a_member_with_heartbeats_that_does_not_join_is_out_after_the_rebalance_time_out() {
    let mut cluster = Cluster::new();
    let (first, second, generation) = cluster.two_members();
    let mut leader = cluster.join(&first);
    for _ in 0..REBALANCE / 5_000 {
        assert!(leader.waits());
        assert_eq!(cluster.heartbeat(&second, generation), Err(ResponseError::RebalanceInProgress));
        cluster.wait(5_000);
    }
    assert_eq!(leader.joined().members.len(), 1);
    assert_eq!(cluster.heartbeat(&second, generation), Err(ResponseError::UnknownMemberId));
}

#[test]
fn another_leads_when_the_leader_does_not_come_to_the_rebalance() {
    let mut cluster = Cluster::new();
    let (first, second, _) = cluster.two_members();
    cluster.leave(&first, None).unwrap();
    let joined = cluster.join(&second).joined();
    assert_eq!(joined.leader, second);
}

#[test]
fn a_leader_that_dies_before_it_assigns_sets_the_followers_free() {
    let mut cluster = Cluster::new();
    let (first, second, _) = cluster.two_members();
    cluster.join(&first);
    let generation = cluster.join(&second).joined().generation;
    let mut follower = cluster.sync(&second, generation, &[]);
    cluster.wait(SESSION);
    assert_eq!(follower.answer(), Some(Err(ResponseError::RebalanceInProgress)));
    assert_eq!(cluster.join(&second).joined().leader, second);
}

#[test]
fn members_that_do_not_ask_for_their_assignment_are_out() {
    let mut cluster = Cluster::new();
    let (first, second, _) = cluster.two_members();
    cluster.join(&first);
    let generation = cluster.join(&second).joined().generation;
    cluster.sync(&first, generation, &[]);
    for _ in 0..REBALANCE / 5_000 {
        assert_eq!(cluster.heartbeat(&first, generation), Ok(()));
        assert_eq!(cluster.heartbeat(&second, generation), Ok(()));
        cluster.wait(5_000);
    }
    assert_eq!(cluster.heartbeat(&second, generation), Err(ResponseError::UnknownMemberId));
    assert_eq!(cluster.heartbeat(&first, generation), Err(ResponseError::RebalanceInProgress));
}

#[test]
fn a_group_whose_last_member_left_is_empty_and_can_be_deleted() {
    let mut cluster = Cluster::new();
    let (first, second, _) = cluster.two_members();
    assert_eq!(cluster.coordinator.delete("g"), Err(ResponseError::NonEmptyGroup));
    assert_eq!(cluster.leave(&first, None), Ok(()));
    assert_eq!(cluster.leave(&first, None), Err(ResponseError::UnknownMemberId));
    assert_eq!(cluster.leave(&second, None), Ok(()));
    assert_eq!(cluster.state(), GroupState::Empty);
    assert_eq!(cluster.coordinator.delete("g"), Ok(()));
    assert_eq!(cluster.coordinator.delete("g"), Err(ResponseError::GroupIdNotFound));
    assert!(cluster.restarted().coordinator.list().is_empty());
}

#[test]
fn an_id_that_is_not_used_holds_up_a_rebalance_for_its_session_only() {
    let mut cluster = Cluster::new();
    let (first, second, _) = cluster.two_members();
    let given = cluster.join("").refused().member_id;
    cluster.wait(SESSION / 2);
    cluster.join(&first);
    let mut joining = cluster.join(&second);
    assert!(joining.waits());
    cluster.wait(SESSION / 2);
    assert!(joining.answer().is_some());
    assert_eq!(cluster.join(&given).refused().error, ResponseError::UnknownMemberId);
}

#[test]
fn a_first_rebalance_waits_for_more_members_when_it_is_told_to() {
    let config = GroupConfig { initial_rebalance_delay_ms: 3_000, ..GroupConfig::default() };
    let mut cluster = Cluster::with(config);
    let (_, mut first) = cluster.join_new();
    cluster.wait(2_000);
    let (_, mut second) = cluster.join_new();
    cluster.wait(3_900);
    assert!(first.waits() && second.waits());
    cluster.wait(100);
    assert_eq!((first.joined().generation, second.joined().generation), (1, 1));
}

#[test]
fn a_full_group_takes_no_more_members() {
    let mut cluster = Cluster::with(GroupConfig { max_size: 2, ..GroupConfig::default() });
    let (first, _, generation) = cluster.two_members();
    assert_eq!(cluster.join("").refused().error, ResponseError::GroupMaxSizeReached);
    assert_eq!(cluster.heartbeat(&first, generation), Ok(()));
}

#[test]
fn the_protocol_that_most_prefer_of_those_that_all_know_is_taken() {
    let mut cluster = Cluster::new();
    let with = |id: &str, names: &[&str]| {
        let protocols = names.iter().map(|name| protocol(name, &["t"])).collect();
        JoinRequest { protocols, require_known_member_id: false, ..join_request(id, None) }
    };
    let first = cluster.ask(with("", &["range", "sticky"])).joined().member_id;
    let mut second = cluster.ask(with("", &["sticky", "range"]));
    let mut third = cluster.ask(with("", &["mine", "sticky", "range"]));
    cluster.ask(with(&first, &["range", "sticky"]));
    assert_eq!(second.joined().protocol.as_deref(), Some("sticky"));
    assert_eq!(third.joined().protocol.as_deref(), Some("sticky"));
}

#[test]
fn a_stable_group_is_stable_after_a_restart() {
    let mut cluster = Cluster::new();
    let (first, second, generation) = cluster.two_members();
    let mut cluster = cluster.restarted();
    assert_eq!(cluster.state(), GroupState::Stable);
    assert_eq!(cluster.heartbeat(&first, generation), Ok(()));
    assert_eq!(cluster.sync(&second, generation, &[]).answer(), Some(Ok("2".into())));
    cluster.wait(SESSION);
    assert_eq!(cluster.state(), GroupState::Empty);
}

#[test]
fn an_assignment_that_cannot_be_kept_is_not_handed_out() {
    let mut cluster = Cluster::new();
    let (id, mut joining) = cluster.join_new();
    let generation = joining.joined().generation;
    cluster.journal.fail(true);
    let answer = cluster.sync(&id, generation, &[(&id, "all")]).answer();
    assert_eq!(answer, Some(Err(ResponseError::CoordinatorNotAvailable)));
    cluster.journal.fail(false);
    let generation = cluster.join(&id).joined().generation;
    assert_eq!(cluster.sync(&id, generation, &[(&id, "all")]).answer(), Some(Ok("all".into())));
}

#[test]
fn members_of_many_protocols_find_the_one_that_they_share() {
    let mut cluster = Cluster::new();
    let join = |prefix: &str| {
        let mut request = join_request("", None);
        request.require_known_member_id = false;
        request.protocols =
            (0..50_000).map(|number| protocol(&format!("{prefix}{number}"), &["t"])).collect();
        request.protocols.push(protocol("shared", &["t"]));
        request
    };
    let joined = cluster.ask(join("a")).joined();
    assert_eq!(joined.protocol.as_deref(), Some("a0"));
    let mut second = cluster.ask(join("b"));
    assert!(second.waits());
    cluster.ask(JoinRequest { member_id: joined.member_id, ..join("a") });
    assert_eq!(second.joined().protocol.as_deref(), Some("shared"));
}
