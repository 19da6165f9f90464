//! Members of a group: joining, leaving, dying, coming back under their own name.

use kafka_protocol::messages::describe_groups_response::DescribedGroup;
use kafka_protocol::messages::{
    DeleteGroupsRequest, DescribeGroupsRequest, FindCoordinatorRequest, GroupId, ListGroupsRequest,
    SyncGroupRequest,
};

use super::admin::eventually;
use super::codes::{
    FENCED_INSTANCE_ID, GROUP_ID_NOT_FOUND, ILLEGAL_GENERATION, INCONSISTENT_GROUP_PROTOCOL,
    INVALID_GROUP_ID, INVALID_REQUEST, INVALID_SESSION_TIMEOUT, MEMBER_ID_REQUIRED, NON_EMPTY_GROUP, NONE,
    REBALANCE_IN_PROGRESS, UNKNOWN_MEMBER_ID,
};
use super::coordinated::{Member, SUBSCRIPTION, protocols, settled};
use super::raw::{Raw, text};
use super::target::Target;
use crate::harness::unique;

cases! {
    raw:
        a_new_member_is_given_its_id_first,
        one_member_leads_itself,
        a_second_member_makes_a_new_generation_and_the_leader_assigns,
        three_members_share_what_the_leader_gives,
        the_protocol_is_one_that_all_members_know,
        a_member_that_leaves_makes_room,
        a_member_that_says_nothing_is_dropped,
        a_named_member_comes_back_without_a_new_generation,
        who_had_the_name_before_is_fenced,
        a_named_member_that_is_removed_makes_room,
        wrong_members_generations_and_groups_are_told,
        a_member_with_another_protocol_is_refused,
        a_member_without_a_protocol_is_refused,
        who_had_the_name_before_cannot_join_again,
        who_synchronises_must_know_the_protocol_and_the_generation,
        coordinators_are_found_by_what_they_coordinate,
        groups_are_described_as_they_are,
        groups_are_listed_by_their_state,
        only_an_empty_group_can_be_deleted;
}

/// DescribeGroups of one group.
pub fn describe(raw: &mut Raw, group: &str) -> DescribedGroup {
    let request = DescribeGroupsRequest::default().with_groups(vec![GroupId(text(group))]);
    raw.call(5, &request).groups[0].clone()
}

fn state(raw: &mut Raw, group: &str) -> String {
    describe(raw, group).group_state.to_string()
}

fn a_new_member_is_given_its_id_first(target: &Target) {
    let mut member = Member::new(target, &unique("group"));
    let request = member.join_request();
    let answer = member.raw.call(5, &request);
    assert_eq!(answer.error_code, MEMBER_ID_REQUIRED);
    assert!(answer.member_id.starts_with("conformance-"), "client id and a number: {}", answer.member_id);
    // Before version 4 nobody asked for that.
    let request = request.with_group_instance_id(None);
    let answer = member.raw.call(3, &request);
    assert_eq!((answer.error_code, answer.generation_id), (NONE, 1));
}

fn one_member_leads_itself(target: &Target) {
    let mut member = Member::new(target, &unique("group"));
    let joined = member.join_alone();
    assert_eq!((joined.error_code, joined.generation_id), (NONE, 1));
    assert_eq!(
        (joined.leader.to_string(), joined.protocol_name.unwrap()),
        (member.id.clone(), text("range"))
    );
    assert_eq!(joined.members.len(), 1);
    assert_eq!(joined.members[0].metadata.as_ref(), SUBSCRIPTION);
    let id = member.id.clone();
    let correlation = member.sync(&[(&id, b"mine")]);
    assert_eq!(member.synced(correlation), (NONE, bytes::Bytes::from_static(b"mine")));
    assert_eq!(member.heartbeat(), NONE);
}

fn a_second_member_makes_a_new_generation_and_the_leader_assigns(target: &Target) {
    let group = unique("group");
    let mut first = Member::new(target, &group);
    first.become_stable();
    let mut second = Member::new(target, &group);
    let waiting = second.join();
    eventually("the first is told", || (first.heartbeat() == REBALANCE_IN_PROGRESS).then_some(()));
    let led = first.join_alone();
    let followed = second.joined(waiting);
    assert_eq!((led.generation_id, followed.generation_id), (2, 2));
    assert_eq!((&led.leader, &followed.leader), (&text(first.id.as_str()), &text(first.id.as_str())));
    assert_eq!((led.members.len(), followed.members.len()), (2, 0));

    let (one, two) = (first.id.clone(), second.id.clone());
    let waiting = second.sync(&[]);
    let correlation = first.sync(&[(&one, b"one"), (&two, b"two")]);
    assert_eq!(first.synced(correlation).1.as_ref(), b"one");
    assert_eq!(second.synced(waiting).1.as_ref(), b"two");
    assert_eq!((first.heartbeat(), second.heartbeat()), (NONE, NONE));
}

fn three_members_share_what_the_leader_gives(target: &Target) {
    let group = unique("group");
    let mut members: Vec<Member> = (0..3).map(|_| Member::new(target, &group)).collect();
    members[0].become_stable();
    let waiting = [members[1].join(), members[2].join()];
    eventually("the first is told", || (members[0].heartbeat() == REBALANCE_IN_PROGRESS).then_some(()));
    // Both must be in before the first comes, or they are two generations.
    eventually("three are known", || (describe(&mut target.raw(), &group).members.len() == 3).then_some(()));
    let led = members[0].join_alone();
    assert_eq!((led.generation_id, led.members.len()), (2, 3));
    for (member, correlation) in members[1..].iter_mut().zip(waiting) {
        assert_eq!(member.joined(correlation).generation_id, 2);
    }
    let ids: Vec<String> = members.iter().map(|member| member.id.clone()).collect();
    let given: [(&str, &'static [u8]); 3] = [(&ids[0], b"0"), (&ids[1], b"1"), (&ids[2], b"2")];
    let syncing: Vec<i32> = members
        .iter_mut()
        .enumerate()
        .rev()
        .map(|(n, member)| member.sync(if n == 0 { &given } else { &[] }))
        .collect();
    for ((n, member), correlation) in members.iter_mut().enumerate().zip(syncing.into_iter().rev()) {
        assert_eq!(member.synced(correlation).1.as_ref(), n.to_string().as_bytes());
    }
}

fn the_protocol_is_one_that_all_members_know(target: &Target) {
    let group = unique("group");
    let mut first = Member::new(target, &group);
    first.protocols = protocols(&["sticky", "range"]);
    first.become_stable();
    let mut second = Member::new(target, &group);
    second.protocols = protocols(&["roundrobin", "range"]);
    let waiting = second.join();
    eventually("the first is told", || (first.heartbeat() == REBALANCE_IN_PROGRESS).then_some(()));
    assert_eq!(first.join_alone().protocol_name.unwrap(), text("range"));
    assert_eq!(second.joined(waiting).protocol_name.unwrap(), text("range"));
}

fn a_member_that_leaves_makes_room(target: &Target) {
    let group = unique("group");
    let mut member = Member::new(target, &group);
    member.become_stable();
    assert_eq!(member.leave(), NONE);
    assert_eq!(member.heartbeat(), UNKNOWN_MEMBER_ID);
    assert_eq!(member.leave(), UNKNOWN_MEMBER_ID);
    assert_eq!(state(&mut target.raw(), &group), "Empty");
    let mut next = Member::new(target, &group);
    assert_eq!(next.join_alone().generation_id, 3, "the empty group was a generation too");
}

fn a_member_that_says_nothing_is_dropped(target: &Target) {
    let group = unique("group");
    let mut silent = Member::new(target, &group);
    silent.session_timeout = 6_000;
    // Longer than this client waits: who is answered was not answered because the rebalance took too long.
    silent.rebalance_timeout = 120_000;
    silent.become_stable();
    let mut next = Member::new(target, &group);
    next.rebalance_timeout = 120_000;
    let joined = next.join_alone();
    assert_eq!((joined.error_code, joined.members.len()), (NONE, 1));
    assert_eq!(silent.heartbeat(), UNKNOWN_MEMBER_ID);
}

fn a_named_member_comes_back_without_a_new_generation(target: &Target) {
    let group = unique("group");
    let mut before = Member::new(target, &group).named("scorer-1");
    before.become_stable();
    let mut after = Member::new(target, &group).named("scorer-1");
    let joined = after.join_alone();
    assert_eq!((joined.error_code, joined.generation_id), (NONE, 1));
    assert_ne!(after.id, before.id);
    let correlation = after.sync(&[]);
    assert_eq!(after.synced(correlation).1.as_ref(), b"mine", "what it had before");
    assert_eq!(state(&mut target.raw(), &group), "Stable");
}

fn who_had_the_name_before_is_fenced(target: &Target) {
    let group = unique("group");
    let mut before = Member::new(target, &group).named("scorer-1");
    before.become_stable();
    Member::new(target, &group).named("scorer-1").join_alone();
    assert_eq!(before.heartbeat(), FENCED_INSTANCE_ID);
    let correlation = before.sync(&[]);
    assert_eq!(before.synced(correlation).0, FENCED_INSTANCE_ID);
    assert_eq!(before.leave(), FENCED_INSTANCE_ID);
    before.instance = Some("scorer-2".into());
    assert_eq!(before.heartbeat(), UNKNOWN_MEMBER_ID);
}

fn a_named_member_that_is_removed_makes_room(target: &Target) {
    let group = unique("group");
    let mut member = Member::new(target, &group).named("scorer-1");
    member.become_stable();
    // An administrator names the instance only.
    let mut administrator = Member::new(target, &group).named("scorer-1");
    assert_eq!(administrator.leave(), NONE);
    assert_eq!(state(&mut target.raw(), &group), "Empty");
    assert_eq!(member.heartbeat(), UNKNOWN_MEMBER_ID);
}

fn wrong_members_generations_and_groups_are_told(target: &Target) {
    let group = unique("group");
    let mut member = Member::new(target, &group);
    member.become_stable();
    member.generation = 7;
    assert_eq!(member.heartbeat(), ILLEGAL_GENERATION);
    let correlation = member.sync(&[]);
    assert_eq!(member.synced(correlation).0, ILLEGAL_GENERATION);
    member.id = "nobody".into();
    assert_eq!(member.heartbeat(), UNKNOWN_MEMBER_ID);
    let correlation = member.sync(&[]);
    assert_eq!(member.synced(correlation).0, UNKNOWN_MEMBER_ID);
    assert_eq!(member.join_alone().error_code, UNKNOWN_MEMBER_ID);
    assert_eq!(member.leave(), UNKNOWN_MEMBER_ID);
    member.group = unique("never-there");
    assert_eq!(member.heartbeat(), UNKNOWN_MEMBER_ID);
    member.group = String::new();
    assert_eq!(member.join_alone().error_code, INVALID_GROUP_ID);
    assert_eq!(member.heartbeat(), INVALID_GROUP_ID);
    member.group = group;
    for timeout in [99, 1_800_001] {
        member.session_timeout = timeout;
        assert_eq!(member.join_alone().error_code, INVALID_SESSION_TIMEOUT);
    }
}

fn a_member_with_another_protocol_is_refused(target: &Target) {
    let group = unique("group");
    Member::new(target, &group).become_stable();
    let mut other = Member::new(target, &group);
    other.protocols = protocols(&["unheard-of"]);
    let request = other.join_request();
    assert_eq!(other.raw.call(5, &request).error_code, INCONSISTENT_GROUP_PROTOCOL);
    other.protocols = protocols(&["range"]);
    let request = other.join_request().with_protocol_type(text("connect"));
    assert_eq!(other.raw.call(5, &request).error_code, INCONSISTENT_GROUP_PROTOCOL);
}

fn a_member_without_a_protocol_is_refused(target: &Target) {
    let mut member = Member::new(target, &unique("group"));
    let request = member.join_request();
    let nothing = request.clone().with_protocols(Vec::new());
    assert_eq!(member.raw.call(5, &nothing).error_code, INCONSISTENT_GROUP_PROTOCOL);
    let untyped = request.with_protocol_type(text(""));
    assert_eq!(member.raw.call(5, &untyped).error_code, INCONSISTENT_GROUP_PROTOCOL);
}

fn who_had_the_name_before_cannot_join_again(target: &Target) {
    let group = unique("group");
    let mut before = Member::new(target, &group).named("scorer-1");
    before.become_stable();
    let mut after = Member::new(target, &group).named("scorer-1");
    assert_eq!(after.join_alone().error_code, NONE);
    let refused = before.join_alone();
    assert_eq!((refused.error_code, refused.generation_id), (FENCED_INSTANCE_ID, -1));
    assert_eq!(after.heartbeat(), NONE);
}

fn who_synchronises_must_know_the_protocol_and_the_generation(target: &Target) {
    let group = unique("group");
    let mut first = Member::new(target, &group);
    first.become_stable();
    let mut raw = target.raw();
    let request = SyncGroupRequest::default()
        .with_group_id(GroupId(text(group.as_str())))
        .with_generation_id(first.generation)
        .with_member_id(text(first.id.as_str()));
    let mut sync = |kind: Option<&str>, name: Option<&str>| {
        let request = request.clone().with_protocol_type(kind.map(text)).with_protocol_name(name.map(text));
        raw.call(5, &request).error_code
    };
    assert_eq!(sync(Some("consumer"), Some("range")), NONE);
    assert_eq!(sync(None, None), INCONSISTENT_GROUP_PROTOCOL, "it must be said");
    assert_eq!(sync(Some("consumer"), Some("sticky")), INCONSISTENT_GROUP_PROTOCOL);
    assert_eq!(sync(Some("connect"), Some("range")), INCONSISTENT_GROUP_PROTOCOL);

    let mut second = Member::new(target, &group);
    let waiting = second.join();
    eventually("the first is told", || (first.heartbeat() == REBALANCE_IN_PROGRESS).then_some(()));
    let correlation = first.sync(&[]);
    assert_eq!(first.synced(correlation).0, REBALANCE_IN_PROGRESS);
    assert_eq!(first.join_alone().error_code, NONE);
    assert_eq!(second.joined(waiting).error_code, NONE);
}

fn coordinators_are_found_by_what_they_coordinate(target: &Target) {
    let mut raw = target.raw();
    let request = FindCoordinatorRequest::default();
    let found = |kind, keys: &[&str]| {
        request.clone().with_key_type(kind).with_coordinator_keys(keys.iter().map(|key| text(*key)).collect())
    };
    let (group, id) = (unique("group"), unique("tx"));
    for kind in [0, 1] {
        let request = found(kind, &[&group, &id]);
        let (_, both) = settled(|| {
            let coordinators = raw.call(4, &request).coordinators;
            let code = coordinators.iter().map(|one| one.error_code).find(|code| *code != NONE);
            (code.unwrap_or(NONE), coordinators)
        });
        let keys: Vec<&str> = both.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(keys, [group.as_str(), id.as_str()]);
        for one in &both {
            assert_eq!((one.error_code, one.node_id.0), (NONE, 1));
            assert_eq!(format!("{}:{}", one.host.as_str(), one.port), target.bootstrap());
        }
    }
    let refused = raw.call(4, &found(7, &[&group])).coordinators[0].clone();
    assert_eq!((refused.error_code, refused.node_id.0), (INVALID_REQUEST, -1));
    let refused = raw.call(3, &request.with_key(text("g")).with_key_type(7));
    assert_eq!((refused.error_code, refused.node_id.0), (INVALID_REQUEST, -1));
}

fn groups_are_described_as_they_are(target: &Target) {
    let group = unique("group");
    let mut member = Member::new(target, &group).named("scorer-1");
    let mut raw = target.raw();
    member.join_alone();
    let id = member.id.clone();
    let correlation = member.sync(&[(&id, b"mine")]);
    member.synced(correlation);
    let described = describe(&mut raw, &group);
    assert_eq!((described.error_code, described.group_state.as_str()), (NONE, "Stable"));
    assert_eq!((described.protocol_type.as_str(), described.protocol_data.as_str()), ("consumer", "range"));
    let found = &described.members[0];
    assert_eq!((found.member_id.as_str(), found.client_id.as_str()), (id.as_str(), "conformance"));
    assert_eq!(
        (found.group_instance_id.clone().unwrap().as_str(), found.client_host.as_str()),
        ("scorer-1", "/127.0.0.1")
    );
    assert_eq!(
        (found.member_metadata.as_ref(), found.member_assignment.as_ref()),
        (SUBSCRIPTION, &b"mine"[..])
    );
    let request = DescribeGroupsRequest::default().with_groups(vec![GroupId(text(unique("never-there")))]);
    let missing = raw.call(5, &request).groups[0].clone();
    assert_eq!((missing.error_code, missing.group_state.as_str()), (NONE, "Dead"));
    assert_eq!(raw.call(6, &request).groups[0].error_code, GROUP_ID_NOT_FOUND);
}

fn groups_are_listed_by_their_state(target: &Target) {
    let (stable, empty) = (unique("stable"), unique("empty"));
    Member::new(target, &stable).become_stable();
    let mut member = Member::new(target, &empty);
    member.become_stable();
    member.leave();
    let listed = |states: &[&str]| {
        let request =
            ListGroupsRequest::default().with_states_filter(states.iter().map(|s| text(*s)).collect());
        let response = target.raw().call(5, &request);
        assert_eq!(response.error_code, NONE);
        let mut found: Vec<(String, String, String)> = response
            .groups
            .iter()
            .filter(|group| [stable.as_str(), empty.as_str()].contains(&group.group_id.as_str()))
            .map(|group| {
                assert_eq!(group.protocol_type, text("consumer"));
                (group.group_id.to_string(), group.group_state.to_string(), group.group_type.to_string())
            })
            .collect();
        found.sort();
        found
    };
    let entry = |group: &str, state: &str| (group.to_string(), state.to_string(), "classic".to_string());
    assert_eq!(listed(&[]), [entry(&empty, "Empty"), entry(&stable, "Stable")]);
    assert_eq!(listed(&["Empty", "Dead"]), [entry(&empty, "Empty")]);
    assert_eq!(listed(&["PreparingRebalance"]), []);
}

fn only_an_empty_group_can_be_deleted(target: &Target) {
    let group = unique("group");
    let mut member = Member::new(target, &group);
    member.become_stable();
    let delete = || {
        let request = DeleteGroupsRequest::default().with_groups_names(vec![GroupId(text(group.as_str()))]);
        target.raw().call(2, &request).results[0].error_code
    };
    assert_eq!(delete(), NON_EMPTY_GROUP);
    member.leave();
    assert_eq!(delete(), NONE);
    assert_eq!(delete(), GROUP_ID_NOT_FOUND);
}
