//! Signals end a scorer in order.

use std::time::{Duration, Instant};

use crate::binary::{Forebay, Running};
use crate::harness::{Kafka, unique};
use crate::small;

/// Waits until the topic holds as many records, as another reader sees them.
fn wait_for(forebay: &Forebay, scorer: &mut Running, topic: &str, records: u64) {
    let until = Instant::now() + Duration::from_secs(60);
    while forebay.run(&["plan", topic, "--json"]).stdout.is_empty() || offsets(forebay, topic) < records {
        assert!(Instant::now() < until && scorer.is_running(), "no predictions in {topic}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn offsets(forebay: &Forebay, topic: &str) -> u64 {
    forebay.json(&["plan", topic])["offsets"].as_u64().unwrap()
}

#[test]
fn sigterm_ends_a_scorer_after_its_batch_with_a_summary() {
    let kafka = Kafka::plain();
    let topic = small::topic(kafka, 2_000);
    let forebay = Forebay::on(kafka);
    let models = small::published_model(&forebay, &topic);
    let (output, group) = (unique("predictions"), unique("group"));
    let arguments = [
        "score",
        "late@1",
        "--models",
        &models,
        "--input",
        &topic,
        "--output",
        &output,
        "--group",
        &group,
        "--from",
        "beginning",
        "--json",
    ];
    let mut scorer = forebay.start(&arguments);
    wait_for(&forebay, &mut scorer, &output, 2_000);
    scorer.signal("TERM");
    let ran = scorer.wait();
    assert_eq!(ran.code, 0, "{ran:#?}");
    let summary: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((summary["read"].clone(), summary["scored"].clone()), (2_000.into(), 2_000.into()));

    // It left the group with its place committed: another one begins where it ended.
    let rest = forebay.json(&[&arguments[..12], &["--until-end"]].concat());
    assert_eq!(rest["read"], 0, "{rest}");
}

#[test]
fn sigint_ends_a_train_as_cancelled() {
    let kafka = Kafka::plain();
    let topic = small::topic(kafka, 20_000);
    let forebay = Forebay::on(kafka);
    let endless =
        small::run_file(&topic).replace("\"logistic-regression\"", "\"boosted-trees\"\nrounds = 10000");
    forebay.write("run.toml", &endless);
    let training = forebay.start(&["train", "run.toml", "-o", "a.zip"]);
    std::thread::sleep(Duration::from_secs(3));
    training.signal("INT");
    let ran = training.wait();
    assert_eq!(ran.code, 130, "{ran:#?}");
    assert!(!forebay.folder().join("a.zip").exists());
}
