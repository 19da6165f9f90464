//! A scorer that is killed again and again writes exactly one prediction per input record.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

use crate::binary::Forebay;
use crate::harness::{Kafka, TestRecord, unique};
use crate::small;

/// Moments at which the scorer is killed.
const KILLS: usize = 20;
/// Records that arrive before each start.
const ARRIVING: usize = 2_000;

#[test]
fn a_scorer_killed_at_20_random_moments_predicts_each_record_once_on_apache_kafka() {
    kill_a_scorer_again_and_again(Kafka::plain());
}

#[test]
fn a_scorer_killed_at_20_random_moments_predicts_each_record_once_on_the_embedded_cluster() {
    kill_a_scorer_again_and_again(Kafka::shared());
}

fn kill_a_scorer_again_and_again(kafka: &Kafka) {
    let topic = small::topic(kafka, 4_000);
    let forebay = Forebay::on(kafka);
    let models = small::published_model(&forebay, &topic);
    let (output, group) = (unique("predictions"), unique("group"));
    let how = [
        "--group",
        &group,
        "--instance",
        "one",
        "--from",
        "beginning",
        "--commit-ms",
        "20",
        "--max-batch",
        "200",
    ];
    let score = [&small::score(&models, &topic, &output)[..], &how].concat();
    let seed = rand::rng().random::<u64>();
    println!("seed {seed}");
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut arrived = 4_000;
    for _ in 0..KILLS {
        kafka.produce(&topic, arriving(arrived));
        arrived += ARRIVING;
        let scorer = forebay.start(&score);
        std::thread::sleep(Duration::from_millis(random.random_range(50..2_500)));
        scorer.kill();
    }
    forebay.text(&[&score[..], &["--until-end"]].concat());

    let predicted = predictions(&forebay, &output);
    assert_eq!(predicted.len(), arrived, "records without a prediction (seed {seed})");
    let repeated: Vec<_> = predicted.iter().filter(|(_, times)| **times != 1).take(5).collect();
    assert!(repeated.is_empty(), "predicted more than once (seed {seed}): {repeated:?}");
}

fn arriving(first: usize) -> impl Iterator<Item = TestRecord> {
    small::records((first + ARRIVING) as i64).skip(first)
}

/// How often each input record, by partition and offset, was predicted, as a reader of committed records sees it.
fn predictions(forebay: &Forebay, topic: &str) -> BTreeMap<(i64, i64), u32> {
    let mut times = BTreeMap::new();
    for line in forebay.text(&["read", topic, "-o", "-"]).lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let place = ["input.partition", "input.offset"].map(|name| row[name].as_i64().unwrap());
        *times.entry(place.into()).or_default() += 1;
    }
    times
}
