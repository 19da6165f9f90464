//! Ranges that are not there, or cannot be meant as they are.

use super::page;
use crate::binary::Forebay;
use crate::harness::Kafka;
use crate::small;

/// What `forebay read` says of a range that it refuses; it writes nothing.
fn refusal(forebay: &Forebay, topic: &str, from: &str, to: &str) -> String {
    let told = forebay.failure(&["read", topic, "--from", from, "--to", to, "-o", "a.csv"]);
    assert!(!forebay.folder().join("a.csv").exists());
    told
}

#[test]
fn offsets_below_the_log_start_name_the_first_one_that_is_there() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 400);
    kafka.delete_before(&topic, 1, 40);
    let told = refusal(&Forebay::on(kafka), &topic, "5", "end");
    page::says("offsets below the log start", &[(&topic, "flights")], &told);
}

#[test]
fn a_range_that_begins_in_the_future_is_refused() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 8);
    let told = refusal(&Forebay::on(kafka), &topic, "9999-01-01", "end");
    page::says("a range in the future", &[(&topic, "flights")], &told);
}

#[test]
fn from_after_to_is_refused_for_times_and_for_offsets() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 400);
    let forebay = Forebay::on(kafka);
    let times = refusal(&forebay, &topic, "2013-01-03", "2013-01-02");
    page::says("from after to, as times", &[(&topic, "flights")], &times);
    let offsets = refusal(&forebay, &topic, "60", "50");
    page::says("from after to, as offsets", &[(&topic, "flights")], &offsets);
}

#[test]
fn an_empty_topic_is_planned_and_read_as_empty_and_not_trained_on() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("empty", 2, &[]);
    let forebay = Forebay::on(kafka);
    assert_eq!(forebay.json(&["plan", &topic])["offsets"], 0);
    let read = forebay.json(&["read", &topic, "-o", "a.parquet"]);
    assert_eq!((read["rows"].clone(), read["completeness"].clone()), (0.into(), "Whole".into()));
    assert!(forebay.text(&["profile", &topic]).starts_with("0 rows"));

    forebay.write("run.toml", &small::run_file(&topic));
    let told = forebay.failure(&["train", "run.toml", "-o", "a.zip"]);
    page::says("an empty topic", &[(&topic, "flights")], &told);
    assert!(!forebay.folder().join("a.zip").exists());
}
