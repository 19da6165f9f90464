//! The embedded broker is killed again and again under load, also while it recovers: nothing that it acknowledged is
//! lost, nothing is there twice, no transaction is there by half, for those who read along and for those who read
//! afterwards.
//!
//! `FOREBAY_FAULTS` says how often it is killed (20), `FOREBAY_SEED` at which moments.

mod load;
mod reading;
mod victim;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rdkafka::Message;

use self::load::{Committed, PLAIN_GROUP, Progress, TRANSACTIONAL_GROUP, Transactions, client};
use self::reading::{committed_offset, numbers};
use self::victim::Victim;
use super::admin::eventually;
use crate::harness::{create_topic, free_port};

const PLAIN: [&str; 2] = ["plain-a", "plain-b"];
const TRANSACTIONAL: [&str; 2] = ["transactional-a", "transactional-b"];
const COMPACTED: &str = "compacted";
const KEYS: u64 = 50;

/// So much is done between two kills at least, so that there is something to lose.
const RECORDS_A_KILL: u64 = 20;

/// The number that a record carries.
fn number(record: &impl Message) -> u64 {
    std::str::from_utf8(record.payload().unwrap()).unwrap().parse().unwrap()
}

/// Numbers from a seed.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn chosen(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

/// Stops all that make progress when it goes.
struct Stop<'a>(&'a Progress);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}

/// What all who did something know in the end.
struct Known {
    plain: [Vec<u64>; 2],
    compacted: Vec<u64>,
    offsets: Committed,
    transactions: Transactions,
    /// What the reader saw that read both topics of the transactions along.
    seen: [Vec<u64>; 2],
}

#[test]
fn a_broker_killed_at_any_moment_keeps_what_it_acknowledged() {
    let (kills, seed) = (chosen("FOREBAY_FAULTS", 20), chosen("FOREBAY_SEED", 4));
    println!("{kills} kills, seed {seed}");
    let folder = tempfile::TempDir::with_prefix("forebay-faults-").unwrap();
    let (port, data) = (free_port(), folder.path().join("cluster"));
    let bootstrap = format!("127.0.0.1:{port}");
    let start = || Victim::start(&data, port);
    let mut victim = start();
    victim.wait_until_it_answers();
    for topic in PLAIN.into_iter().chain(TRANSACTIONAL) {
        create_topic(&client(&bootstrap), topic, 1, &[("segment.bytes", "1048576")]);
    }
    let compacted =
        [("cleanup.policy", "compact"), ("segment.ms", "200"), ("min.cleanable.dirty.ratio", "0.01")];
    create_topic(&client(&bootstrap), COMPACTED, 1, &compacted);

    let (progress, until) = (Arc::new(Progress::default()), OnceLock::new());
    let known = std::thread::scope(|scope| {
        let (bootstrap, progress) = (&bootstrap, &progress);
        let write = |topic: &'static str| scope.spawn(move || load::write_plain(bootstrap, topic, progress));
        let (plain, compacted) = (PLAIN.map(write), write(COMPACTED));
        let offsets = scope.spawn(|| load::commit_offsets(bootstrap, PLAIN[0], progress));
        let transactions = scope.spawn(|| load::write_transactions(bootstrap, progress));
        let reader = scope.spawn(|| reading::read_along(bootstrap, TRANSACTIONAL, &until, progress));
        // A panic must not leave the others at work, for which the scope would wait.
        let stop = Stop(progress);

        kill_again_and_again(&mut victim, start, kills, Seeded(seed), progress);
        drop(stop);
        let transactions = transactions.join().unwrap();
        until.set(numbers(bootstrap, TRANSACTIONAL[0]).len()).unwrap();
        Known {
            plain: plain.map(|writer| writer.join().unwrap()),
            compacted: compacted.join().unwrap(),
            offsets: offsets.join().unwrap(),
            transactions,
            seen: reader.join().unwrap(),
        }
    });
    victim.kill();
    victim = start();
    victim.wait_until_it_answers();

    for (topic, acknowledged) in PLAIN.iter().zip(&known.plain) {
        check_plain(&bootstrap, topic, acknowledged);
    }
    check_compacted(&bootstrap, &known.compacted);
    check_transactions(&bootstrap, &known.transactions, &known.seen);
    let found = committed_offset(&bootstrap, PLAIN_GROUP, PLAIN[0]);
    let Committed { acknowledged, asked } = known.offsets;
    println!("{PLAIN_GROUP}: {acknowledged} acknowledged, {asked} asked for, {found} found");
    assert!((acknowledged..=asked).contains(&found));

    let written = known.plain.iter().map(Vec::len).min().unwrap() as u64;
    let (committed, aborted) = (known.transactions.committed.len(), known.transactions.aborted.len());
    assert!(written >= kills, "{written} records in {kills} kills");
    assert!((committed + aborted) as u64 >= kills && committed > 0 && aborted > 0);
}

/// Kills the broker so often, at moments that a seed chooses; every third time once more while it recovers. Before each
/// kill all have done something since the one before.
fn kill_again_and_again(
    victim: &mut Victim,
    start: impl Fn() -> Victim,
    kills: u64,
    mut seeded: Seeded,
    progress: &Progress,
) {
    let mut before_it_answered = 0;
    for kill in 1..=kills {
        let came_to = |counter: &AtomicU64, count| {
            eventually("clients go on", || (counter.load(Ordering::Relaxed) >= count).then_some(()));
        };
        came_to(&progress.acknowledged, kill * RECORDS_A_KILL);
        came_to(&progress.ended, kill);
        came_to(&progress.commits, kill);
        std::thread::sleep(Duration::from_millis(seeded.below(400)));
        victim.kill();
        *victim = start();
        if kill % 3 == 0 {
            std::thread::sleep(Duration::from_millis(seeded.below(30)));
            before_it_answered += u64::from(!victim.answers());
            victim.kill();
            *victim = start();
        }
        victim.wait_until_it_answers();
    }
    println!("{} further kills, {before_it_answered} of them before it answered", kills / 3);
}

/// In order, each once, and none missing: the producer stopped only when all was acknowledged.
fn check_plain(bootstrap: &str, topic: &str, acknowledged: &[u64]) {
    let found = numbers(bootstrap, topic);
    println!("{topic}: {} acknowledged, {} found", acknowledged.len(), found.len());
    assert!(found.iter().copied().eq(0..found.len() as u64), "{topic}: {}", first_difference(&found));
    assert_eq!(acknowledged.len(), found.len());
}

/// The latest of each key is there, in order, and less than was written.
fn check_compacted(bootstrap: &str, acknowledged: &[u64]) {
    let written = acknowledged.len();
    let found = eventually("the topic is compacted", || {
        let found = reading::committed(bootstrap, COMPACTED);
        (found.len() < written).then_some(found)
    });
    println!("{COMPACTED}: {written} acknowledged, {} found", found.len());
    assert!(found.windows(2).all(|pair| pair[0].1 < pair[1].1), "in order, each once");
    let latest = |records: &mut dyn Iterator<Item = (String, u64)>| records.collect::<BTreeMap<_, _>>();
    assert_eq!(
        latest(&mut found.into_iter().map(|(key, number)| (key.unwrap(), number))),
        latest(&mut acknowledged.iter().map(|number| ((number % KEYS).to_string(), *number)))
    );
}

fn check_transactions(bootstrap: &str, known: &Transactions, seen: &[Vec<u64>; 2]) {
    let Transactions { committed, aborted, unknown } = known;
    let found = TRANSACTIONAL.map(|topic| numbers(bootstrap, topic));
    println!(
        "transactions: {} committed, {} aborted, {} unknown, {} found",
        committed.len(),
        aborted.len(),
        unknown.len(),
        found[0].len()
    );
    assert_eq!(found[0], found[1], "a transaction is there by half");
    assert!(found[0].windows(2).all(|pair| pair[0] < pair[1]), "in order, each once");
    assert_eq!(seen, &found, "who read along saw something else");
    let found: BTreeSet<u64> = found[0].iter().copied().collect();
    assert!(committed.is_subset(&found), "a committed transaction is lost");
    assert!(aborted.is_disjoint(&found), "an aborted transaction is seen");
    assert!(found.iter().all(|n| committed.contains(n) || unknown.contains(n)));
    let offset = committed_offset(bootstrap, TRANSACTIONAL_GROUP, TRANSACTIONAL[0]);
    let last = found.last().copied().unwrap();
    assert_eq!(offset, last as i64 + 1, "the offset is that of the last transaction");
}

/// Where numbers that should count up do not.
fn first_difference(found: &[u64]) -> String {
    let at = found.iter().zip(0..).position(|(found, expected)| *found != expected);
    at.map_or(String::new(), |at| {
        format!("{:?} at {at}", &found[at.saturating_sub(3)..(at + 3).min(found.len())])
    })
}
