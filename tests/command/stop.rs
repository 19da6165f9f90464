//! Signals end a scorer in order.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::binary::{Forebay, Running};
use crate::harness::{Kafka, PATIENCE, eventually, unique};
use crate::small;
use crate::terminal::{CTRL_C, Terminal};

/// Waits until the topic holds as many records, as another reader sees them.
fn wait_for(forebay: &Forebay, scorer: &mut Running, topic: &str, records: u64) {
    let until = Instant::now() + PATIENCE;
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
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 2_000);
    let forebay = Forebay::on(kafka);
    let models = small::published_model(&forebay, &topic);
    let (output, group) = (unique("predictions"), unique("group"));
    let score =
        [&small::score(&models, &topic, &output)[..], &["--group", &group, "--from", "beginning"]].concat();
    let mut scorer = forebay.start(&[&score[..], &["--json"]].concat());
    wait_for(&forebay, &mut scorer, &output, 2_000);
    scorer.signal("TERM");
    let ran = scorer.wait();
    assert_eq!(ran.code, 0, "{ran:#?}");
    let summary: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((summary["read"].clone(), summary["scored"].clone()), (2_000.into(), 2_000.into()));

    // It left the group with its place committed: another one begins where it ended.
    let rest = forebay.json(&[&score[..], &["--until-end"]].concat());
    assert_eq!(rest["read"], 0, "{rest}");
}

#[test]
fn sigint_ends_a_train_as_cancelled() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 20_000);
    let forebay = Forebay::on(kafka);
    let endless =
        small::run_file(&topic).replace("\"logistic-regression\"", "\"boosted-trees\"\nrounds = 10000");
    forebay.write("run.toml", &endless);
    let mut training = Terminal::start(&forebay, &["train", "run.toml", "-o", "a.zip"]);
    training.wait_for_progress("10,000");
    training.press(CTRL_C);
    let (code, screen) = training.end();
    assert_eq!(code, 130, "{screen}");
    assert!(screen.contains("forebay: Fitting boosted trees: cancelled"), "{screen}");
    assert!(!forebay.folder().join("a.zip").exists());
}

#[test]
fn sigint_ends_the_wait_for_a_cluster_that_does_not_answer() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    silent.set_nonblocking(true).unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let forebay = Forebay::alone();
    for arguments in [
        &["topics"][..],
        &["plan", "flights"],
        &["read", "flights", "-o", "a.csv"],
        &["models"],
        &["score", "late@1", "--input", "flights", "--output", "predictions"],
    ] {
        // Links of the one before.
        while silent.accept().is_ok() {}
        let mut waiting = forebay.start(&[arguments, &["--bootstrap", &address]].concat());
        let link = eventually("a link", || {
            assert!(waiting.is_running(), "{arguments:?} did not connect");
            silent.accept().ok()
        });
        waiting.signal("INT");
        let ran = waiting.wait();
        assert_eq!((ran.code, ran.stdout.as_str()), (130, ""), "{arguments:?}: {ran:#?}");
        assert!(ran.stderr.contains("cancelled"), "{arguments:?}: {ran:#?}");
        drop(link);
    }
}
