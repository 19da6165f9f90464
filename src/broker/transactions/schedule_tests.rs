//! Random schedules of two producers that fight for one transactional id, with groups' offsets in their transactions.

use proptest::prelude::*;

use super::*;
use crate::broker::groups::{
    GroupConfig, GroupCoordinator, MemberIdentity, Position, TransactionCommitRequest,
};
use crate::broker::journal::kept::Kept;

#[derive(Debug, Clone)]
enum Step {
    Init(usize),
    Write(usize),
    End(usize, bool),
    Markers,
    Wait(Millis),
    Restart,
    Fail(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..2_usize).prop_map(Step::Init),
        6 => (0..2_usize).prop_map(Step::Write),
        3 => (0..2_usize, any::<bool>()).prop_map(|(who, commit)| Step::End(who, commit)),
        4 => Just(Step::Markers),
        2 => (1..40_000_i64).prop_map(Step::Wait),
        1 => Just(Step::Restart),
        1 => any::<bool>().prop_map(Step::Fail),
    ]
}

struct World {
    transactions: TransactionCoordinator,
    groups: GroupCoordinator,
    transaction_journal: Kept,
    group_journal: Kept,
    now: Millis,
    producers: [Option<Producer>; 2],
    /// The newest epoch that anybody was given.
    newest: Option<Producer>,
    /// It was fenced since, by a newcomer or because its transaction lasted too long.
    is_fenced: bool,
    /// The offset that the next write commits, and those of the transaction that goes on.
    next_offset: i64,
    written: Option<i64>,
    visible: Option<i64>,
    left: Vec<Ending>,
}

impl World {
    fn new() -> World {
        let (transaction_journal, group_journal) = (Kept::new(), Kept::new());
        let (transactions, groups) = coordinators(&transaction_journal, &group_journal, 0);
        World {
            transactions,
            groups,
            transaction_journal,
            group_journal,
            now: 0,
            producers: [None, None],
            newest: None,
            is_fenced: false,
            next_offset: 1,
            written: None,
            visible: None,
            left: Vec::new(),
        }
    }

    fn is_ongoing(&self) -> bool {
        let described = self.transactions.describe("x");
        described.is_some_and(|described| described.state == TransactionState::Ongoing)
    }

    fn run(&mut self, step: Step) {
        let may_fence = self.is_ongoing() && matches!(step, Step::Init(_) | Step::Wait(_));
        match step {
            Step::Init(who) => {
                let request =
                    InitRequest { transactional_id: Some("x".into()), timeout_ms: 60_000, known: None };
                if let Ok(producer) = self.transactions.init(self.now, &request) {
                    assert!(self.newest.is_none_or(|newest| newest < producer), "an epoch was given twice");
                    self.newest = Some(producer);
                    self.is_fenced = false;
                    self.producers[who] = Some(producer);
                }
            }
            Step::Write(who) => self.write(who),
            Step::End(who, commit) => {
                let Some(producer) = self.producers[who] else { return };
                if self.transactions.end(self.now, "x", producer, commit).is_ok() {
                    self.assert_not_fenced(producer);
                }
            }
            Step::Markers => self.markers(),
            Step::Wait(ms) => {
                self.now += ms;
                self.transactions.tick(self.now);
            }
            Step::Restart => self.restart(),
            Step::Fail(fails) => {
                self.transaction_journal.fail(fails);
                self.group_journal.fail(fails);
            }
        }
        self.is_fenced |= may_fence && !self.is_ongoing();
        self.check();
    }

    fn write(&mut self, who: usize) {
        let Some(producer) = self.producers[who] else { return };
        if self.transactions.add_offsets(self.now, "x", producer, "g").is_err() {
            return;
        }
        self.assert_not_fenced(producer);
        self.transactions.verify_group("x", producer, "g").unwrap();
        let position = Position { offset: self.next_offset, leader_epoch: -1, metadata: String::new() };
        let request = TransactionCommitRequest {
            group: "g".into(),
            member: MemberIdentity { member_id: String::new(), instance_id: None, generation: -1 },
            producer_id: producer.id,
            offsets: vec![(TopicPartition::new("t", 0), position)],
        };
        if self.groups.commit_in_transaction(self.now, request).is_ok() {
            self.written = Some(self.next_offset);
            self.next_offset += 1;
        }
    }

    fn markers(&mut self) {
        self.left.extend(self.transactions.endings());
        let mut left = Vec::new();
        for ending in std::mem::take(&mut self.left) {
            if self.groups.end_transaction(ending.producer.id, &ending.groups, ending.commit).is_err() {
                left.push(ending);
                continue;
            }
            let written = self.written.take();
            if ending.commit && written.is_some() {
                self.visible = written;
            }
            if self.transactions.ended(self.now, &ending).is_err() {
                left.push(ending);
            }
        }
        self.left = left;
    }

    fn restart(&mut self) {
        let (transactions, groups) = coordinators(&self.transaction_journal, &self.group_journal, self.now);
        (self.transactions, self.groups) = (transactions, groups);
        self.left.clear();
    }

    fn assert_not_fenced(&self, producer: Producer) {
        let is_newest = Some(producer) == self.newest;
        assert!(is_newest && !self.is_fenced, "a fenced producer was let through");
    }

    /// What a group's members see is what was committed, and nothing that was aborted or is undecided.
    fn check(&self) {
        let fetched = self.groups.fetch("g", &[TopicPartition::new("t", 0)], false).remove(0).1;
        assert_eq!(fetched.unwrap().map(|position| position.offset), self.visible);
        let stable = self.groups.fetch("g", &[TopicPartition::new("t", 0)], true).remove(0).1;
        assert_eq!(stable.is_err(), self.written.is_some());
    }
}

fn coordinators(
    transaction_journal: &Kept,
    group_journal: &Kept,
    now: Millis,
) -> (TransactionCoordinator, GroupCoordinator) {
    let mut transactions =
        TransactionCoordinator::new(TransactionConfig::default(), Box::new(transaction_journal.clone()));
    for entry in transaction_journal.first(transaction_journal.len()) {
        transactions.replay(&entry.key, entry.value.as_deref()).unwrap();
    }
    transactions.start(now);
    let mut groups = GroupCoordinator::new(GroupConfig::default(), Box::new(group_journal.clone()));
    for entry in group_journal.first(group_journal.len()) {
        groups.replay(&entry.key, entry.value.as_deref()).unwrap();
    }
    groups.start(now);
    (transactions, groups)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_only_committed_offsets_are_seen_and_fenced_producers_get_nothing_done(
        steps in proptest::collection::vec(step(), 1..150),
    ) {
        let mut world = World::new();
        for step in steps {
            world.run(step);
        }
        world.run(Step::Fail(false));
        world.run(Step::Restart);
        world.run(Step::Wait(60_000));
        world.run(Step::Markers);
        prop_assert!(world.written.is_none());
    }
}
