//! Random schedules of members, drawn from a seed, and what must hold in all of them.

use proptest::prelude::*;

use super::members_for_tests::*;
use super::*;

/// A client as it behaves: joins, asks for its assignment, sends heartbeats, and sometimes is gone.
#[derive(Default)]
struct Consumer {
    id: String,
    generation: i32,
    leader: Option<Joined>,
    joining: Option<Joining>,
    syncing: Option<Syncing>,
    assigned: Option<(i32, String)>,
}

#[derive(Debug, Clone)]
enum Step {
    Move(usize),
    Rejoin(usize),
    Leave(usize),
    Vanish(usize),
    Wait(Millis),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0..3_usize).prop_map(Step::Move),
        1 => (0..3_usize).prop_map(Step::Rejoin),
        1 => (0..3_usize).prop_map(Step::Leave),
        1 => (0..3_usize).prop_map(Step::Vanish),
        4 => (1..SESSION / 2).prop_map(Step::Wait),
        1 => Just(Step::Restart),
    ]
}

impl Consumer {
    /// Takes what was answered, and does what a client does next.
    fn go_on(&mut self, cluster: &mut Cluster) {
        if let Some(joining) = &mut self.joining {
            match joining.answer() {
                Some(Ok(joined)) => {
                    self.joining = None;
                    self.joined(cluster, joined);
                }
                Some(Err(refused)) => {
                    self.joining = None;
                    self.id = match refused.error {
                        ResponseError::MemberIdRequired => refused.member_id,
                        _ => String::new(),
                    };
                }
                None if joining.waits() => (),
                None => self.joining = None,
            }
        } else if let Some(syncing) = &mut self.syncing {
            match syncing.answer() {
                Some(Ok(assignment)) => {
                    let text = String::from_utf8(assignment.to_vec()).unwrap();
                    self.assigned = Some((self.generation, text));
                    self.syncing = None;
                }
                Some(Err(_)) => self.lost(),
                None => (),
            }
        } else if self.assigned.is_none() {
            self.joining = Some(cluster.join(&self.id));
        } else {
            match cluster.heartbeat(&self.id, self.generation) {
                Ok(()) => (),
                Err(ResponseError::RebalanceInProgress) => self.lost(),
                Err(_) => *self = Consumer::default(),
            }
        }
    }

    fn joined(&mut self, cluster: &mut Cluster, joined: Joined) {
        self.generation = joined.generation;
        let names: Vec<(String, String)> = joined
            .members
            .iter()
            .map(|member| (member.member_id.clone(), format!("{}/{}", joined.generation, member.member_id)))
            .collect();
        let assign: Vec<(&str, &str)> = names.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
        self.syncing = Some(cluster.sync(&self.id, joined.generation, &assign));
        self.leader = (joined.leader == self.id).then_some(joined);
    }

    fn lost(&mut self) {
        *self = Consumer { id: std::mem::take(&mut self.id), ..Consumer::default() };
    }
}

fn check(cluster: &Cluster, consumers: &[Consumer]) {
    let Some(group) = cluster.coordinator.describe("g") else { return };
    if group.state != GroupState::Stable {
        return;
    }
    let held: Vec<&Consumer> = consumers
        .iter()
        .filter(|consumer| consumer.assigned.is_some())
        .filter(|consumer| group.members.iter().any(|member| member.member_id == consumer.id))
        .collect();
    for consumer in &held {
        let Some((generation, text)) = &consumer.assigned else { continue };
        // What a member holds is what the leader of its own generation meant for it.
        assert!(text.is_empty() || *text == format!("{generation}/{}", consumer.id), "{text}");
    }
    let newest = held.iter().map(|consumer| consumer.generation).max();
    let leaders =
        held.iter().filter(|consumer| Some(consumer.generation) == newest && consumer.leader.is_some());
    assert!(leaders.count() <= 1, "two lead one generation");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_each_generation_has_one_leader_and_the_group_settles(
        steps in proptest::collection::vec(step(), 1..120),
    ) {
        let mut cluster = Cluster::new();
        let mut consumers: Vec<Consumer> = (0..3).map(|_| Consumer::default()).collect();
        for step in steps {
            match step {
                Step::Move(who) => consumers[who].go_on(&mut cluster),
                Step::Rejoin(who) => consumers[who].lost(),
                Step::Leave(who) => {
                    let id = std::mem::take(&mut consumers[who]).id;
                    if cluster.coordinator.describe("g").is_some() {
                        let _ = cluster.leave(&id, None);
                    }
                }
                Step::Vanish(who) => consumers[who] = Consumer::default(),
                Step::Wait(ms) => cluster.wait(ms),
                Step::Restart => {
                    cluster = cluster.restarted();
                    consumers.iter_mut().for_each(Consumer::lost);
                }
            }
            check(&cluster, &consumers);
        }
        for _ in 0..200 {
            consumers.iter_mut().for_each(|consumer| consumer.go_on(&mut cluster));
            cluster.wait(SESSION / 4);
            check(&cluster, &consumers);
        }
        prop_assert_eq!(cluster.state(), GroupState::Stable);
        prop_assert!(consumers.iter().all(|consumer| consumer.assigned.as_ref().is_some_and(|held| !held.1.is_empty())));
        prop_assert!(consumers.iter().all(|consumer| consumer.generation == consumers[0].generation));
    }
}
