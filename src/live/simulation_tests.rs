//! The scoring loop against a log in memory that fails by a seeded schedule. A seed that fails is printed and replays.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

use super::*;
use crate::kafka::{EventTime, Polled};
use crate::live::wire::Place;
use crate::registry::Package;

const PARTITIONS: i32 = 3;

/// Input, committed output and committed positions: what outlives a crash.
struct World {
    random: u64,
    /// Per partition, each record's value.
    input: BTreeMap<PartitionId, Vec<String>>,
    committed: BTreeMap<PartitionId, i64>,
    output: Vec<(i32, i64)>,
    dead: Vec<(i32, i64)>,
}

/// One member: what a crash takes with it.
struct Simulated {
    world: Rc<RefCell<World>>,
    joined: bool,
    positions: BTreeMap<PartitionId, i64>,
    open: Vec<(bool, (i32, i64))>,
    now: Instant,
}

impl World {
    fn new(seed: u64, records: i64) -> Self {
        let value = |offset: i64| match offset % 17 {
            5 => "not JSON".to_string(),
            number => format!(r#"{{"dep_delay":{number}.5,"distance":100}}"#),
        };
        let input =
            (0..PARTITIONS).map(|partition| (PartitionId(partition), (0..records).map(value).collect()));
        Self {
            random: seed * 2 + 1,
            input: input.collect(),
            committed: BTreeMap::new(),
            output: vec![],
            dead: vec![],
        }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % limit
    }

    fn committed(&self) -> BTreeMap<PartitionId, i64> {
        self.input
            .keys()
            .map(|partition| (*partition, self.committed.get(partition).copied().unwrap_or(0)))
            .collect()
    }

    fn away(&mut self, one_in: u64) -> Result<(), KafkaError> {
        match self.below(one_in) {
            0 => Err(KafkaError::Unreachable {
                bootstrap: "sim".into(),
                why: "away".into(),
                next: String::new(),
            }),
            _ => Ok(()),
        }
    }
}

/// The error by which a member dies on the spot: the loop takes it for final and commits nothing.
fn crash() -> KafkaError {
    KafkaError::NoTopic { topic: "crash".into() }
}

impl Simulated {
    fn new(world: &Rc<RefCell<World>>) -> Self {
        Self {
            world: world.clone(),
            joined: false,
            positions: BTreeMap::new(),
            open: Vec::new(),
            now: Instant::now(),
        }
    }

    fn hand_out(&mut self, max_records: usize) -> Vec<RecordBatch> {
        let mut world = self.world.borrow_mut();
        let mut batches = Vec::new();
        for (partition, position) in &mut self.positions {
            let most = (max_records / PARTITIONS as usize).max(1) as u64;
            let count = world.below(most + 1) as usize;
            let values: Vec<String> =
                world.input[partition].iter().skip(*position as usize).take(count).cloned().collect();
            let mut batch = RecordBatch::new("flights".into(), *partition);
            for value in values {
                let time = Some(EventTime(*position));
                assert!(batch.push(Offset(*position), time, Some(b"key"), Some(value.as_bytes()), []));
                *position += 1;
            }
            if !batch.is_empty() {
                batches.push(batch);
            }
        }
        batches
    }
}

impl Wire for Simulated {
    fn poll(&mut self, max_records: usize, _: Duration, _: Vec<RecordBatch>) -> Result<Polled, KafkaError> {
        self.now += Duration::from_millis(20);
        self.world.borrow_mut().away(23)?;
        if self.world.borrow_mut().below(41) == 0 {
            return Err(crash());
        }
        let rebalanced = !self.joined || self.world.borrow_mut().below(19) == 0;
        if rebalanced {
            self.joined = true;
            self.positions = self.world.borrow().committed();
        }
        let assigned =
            rebalanced.then(|| self.positions.keys().map(|one| ("flights".to_string(), *one)).collect());
        Ok(Polled { batches: self.hand_out(max_records), assigned })
    }

    fn assigned(&mut self, _: &[PartitionId]) -> Result<(), KafkaError> {
        self.world.borrow_mut().away(11)
    }

    fn positions(&self) -> Vec<Place> {
        self.positions.iter().map(|(partition, offset)| (*partition, Offset(*offset))).collect()
    }

    fn ends(&self) -> Vec<Place> {
        let world = self.world.borrow();
        world.input.iter().map(|(partition, records)| (*partition, Offset(records.len() as i64))).collect()
    }

    fn send(&mut self, record: OutRecord<'_>) -> Result<(), KafkaError> {
        self.world.borrow_mut().away(199)?;
        let header = |name: &str| {
            let found = record.headers.iter().find(|(header, _)| *header == name).unwrap();
            std::str::from_utf8(found.1).unwrap().parse::<i64>().unwrap()
        };
        let dead = record.topic == "dead";
        let place = if dead {
            (header(dead_letter::header::PARTITION) as i32, header(dead_letter::header::OFFSET))
        } else {
            let value: Value = serde_json::from_slice(record.value.unwrap()).unwrap();
            (value["input"]["partition"].as_i64().unwrap() as i32, value["input"]["offset"].as_i64().unwrap())
        };
        self.open.push((dead, place));
        Ok(())
    }

    fn commit(&mut self, positions: &[Place]) -> Result<(), KafkaError> {
        let mut world = self.world.borrow_mut();
        world.away(13)?;
        for (dead, place) in self.open.drain(..) {
            if dead { world.dead.push(place) } else { world.output.push(place) }
        }
        world.committed.extend(positions.iter().map(|(partition, offset)| (*partition, offset.0)));
        // It went through, but the answer was lost.
        world.away(13)
    }

    fn take_back(&mut self) -> Result<(), KafkaError> {
        self.open.clear();
        self.world.borrow_mut().away(5)?;
        self.positions = self.world.borrow().committed();
        Ok(())
    }

    fn now(&self) -> Instant {
        self.now
    }

    fn wait(&mut self, _: Duration, _: &Cancel) {}
}

struct NoNews;

impl NextVersion for NoNews {
    fn take(&self) -> Option<Incoming> {
        None
    }
}

fn scorer() -> Scorer {
    let mut parts: Value = serde_json::from_str(include_str!("../../tests/samples/package.json")).unwrap();
    let package = Package {
        manifest: serde_json::from_value(parts["manifest"].take()).unwrap(),
        pipeline: serde_json::from_value(parts["pipeline"].take()).unwrap(),
        model: serde_json::from_value(parts["model"].take()).unwrap(),
        evaluation: None,
    };
    Scorer::new(package, 1).unwrap()
}

fn request(max_batch: usize) -> ScoreRequest {
    let mut request: ScoreRequest = serde_json::from_str(
        r#"{"model":"delay@1","model_topic":"models","input":"flights","output":"out","dead_letter":"dead","until_end":true}"#,
    )
    .unwrap();
    request.max_batch = max_batch;
    request
}

/// Members run one after the other, each until it crashes, until one reaches the ends. Gives how many it took.
fn run_to_the_end(world: &Rc<RefCell<World>>, records: i64, max_batch: usize) -> usize {
    let request = request(max_batch);
    for members in 1..10_000 {
        let ends = (0..PARTITIONS).map(|partition| (PartitionId(partition), Offset(records))).collect();
        let topics = Topics { same_partitions: true, dead_letter_bytes: 1_000_000, ends: Some(ends) };
        let (stats, cancel) = (LiveStats::new(), Cancel::new());
        let scoring = Scoring::new(Simulated::new(world), &request, topics, scorer(), &stats, &cancel);
        let outcome = scoring.run(&NoNews);
        let counts = stats.snapshot().counts;
        assert_eq!(counts.read, counts.scored + counts.rejected);
        match outcome {
            Ok(_) => return members,
            Err(problem) => {
                assert!(problem.what.contains("crash") || problem.why.contains("crash"), "{problem}")
            }
        }
    }
    panic!("no member came to the end");
}

#[test]
fn whatever_fails_each_record_is_predicted_or_rejected_exactly_once() {
    let records = 400;
    let mut crashes = 0;
    for seed in 1..=40 {
        let world = Rc::new(RefCell::new(World::new(seed, records)));
        crashes += run_to_the_end(&world, records, 1 + seed as usize * 3) - 1;

        let world = world.borrow();
        let all: BTreeSet<(i32, i64)> = world.output.iter().chain(&world.dead).copied().collect();
        assert_eq!(all.len() as i64, records * i64::from(PARTITIONS), "seed {seed}: lost");
        assert_eq!(world.output.len() + world.dead.len(), all.len(), "seed {seed}: doubled");
        assert!(world.dead.iter().all(|(_, offset)| offset % 17 == 5), "seed {seed}");
    }
    assert!(crashes > 100, "only {crashes} crashes: the schedule tests nothing");
}
