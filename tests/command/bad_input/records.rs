//! Records that are not what a codec expects: counted, kept with their place, and the rest is read.

use serde_json::{Value, json};

use super::page;
use crate::binary::Forebay;
use crate::harness::{Kafka, TestRecord, consumed, unique};
use crate::small;

/// A topic of one partition with these values.
fn topic<V: Into<Vec<u8>>>(kafka: &Kafka, values: impl IntoIterator<Item = V>) -> String {
    let topic = kafka.topic("odd", 1, &[]);
    kafka.produce(&topic, values.into_iter().map(TestRecord::new));
    topic
}

/// The rows of a topic, as `forebay read -o -` prints them.
fn rows(forebay: &Forebay, topic: &str) -> Vec<Value> {
    let lines = forebay.text(&["read", topic, "-o", "-"]);
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The profile of one column.
fn column(forebay: &Forebay, topic: &str, name: &str) -> Value {
    let profile = forebay.json(&["profile", topic]);
    let columns = profile["columns"].as_array().unwrap();
    columns.iter().find(|column| column["name"] == name).unwrap_or_else(|| panic!("{profile:#}")).clone()
}

#[test]
fn a_topic_of_other_bytes_is_counted_record_by_record_and_not_trained_on() {
    let kafka = Kafka::shared();
    let topic = topic(kafka, [&b"\x00\x00\x00\x00\x07avro"[..], b"a;b;c", b"", b"{\"a\":\"\xff\"}"]);
    let forebay = Forebay::on(kafka);

    let told = forebay.text(&["read", &topic, "-o", "a.parquet"]);
    assert!(told.starts_with("0 rows") && told.contains("\n4 could not be decoded\n"), "{told}");
    page::says("a topic of non-JSON bytes, read", &[(&topic, "flights")], &told);
    let report = forebay.json(&["read", &topic, "-o", "a.parquet"]);
    let offsets: Vec<_> =
        report["first_rejections"].as_array().unwrap().iter().map(|one| &one["offset"]).collect();
    assert_eq!(offsets, [0, 1, 2, 3]);

    forebay.write("run.toml", &small::run_file(&topic));
    let told = forebay.failure(&["train", "run.toml", "-o", "a.zip"]);
    page::says("a topic of non-JSON bytes, trained on", &[(&topic, "flights")], &told);
}

#[test]
fn a_record_of_900_kb_is_read_and_scored_and_dead_lettered_whole() {
    let kafka = Kafka::shared();
    let input = small::topic(kafka, 400);
    let forebay = Forebay::on(kafka);
    let models = small::published_model(&forebay, &input);
    let filler = "f".repeat(900_000);
    let refused = format!(r#"{{"id":401,"late":true,"filler":"{filler}"}}"#);
    let large = [format!(r#"{{"id":400,"x":1.5,"late":true,"filler":"{filler}"}}"#), refused.clone()];
    kafka.produce(&input, large.map(|value| TestRecord::new(value).partition(0)));

    let read = rows(&forebay, &input);
    assert_eq!(read.len(), 402);
    assert_eq!(read.iter().filter(|row| row["filler"] == filler.as_str()).count(), 2);
    let (output, dead) = (unique("predictions"), unique("dead"));
    let score = small::score(&models, &input, &output);
    let rest = ["--dead-letter", &dead, "--group", &output, "--until-end"];
    let summary = forebay.json(&[&score[..], &rest].concat());
    assert_eq!(
        (summary["scored"].clone(), summary["rejected"].clone()),
        (401.into(), 1.into()),
        "{summary:#}"
    );
    let dead = consumed(kafka, &dead);
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].value.as_deref(), Some(refused.as_bytes()));
}

#[test]
fn tombstones_are_counted_and_no_rows() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("odd", 1, &[]);
    let tombstones = ["a", "b"].map(TestRecord::tombstone);
    kafka.produce(&topic, [TestRecord::new(r#"{"a":1}"#)].into_iter().chain(tombstones));
    let told = Forebay::on(kafka).text(&["read", &topic, "-o", "a.csv"]);
    assert!(told.starts_with("1 row of"), "{told}");
    page::says("null values (tombstones)", &[], &told);
}

#[test]
fn records_without_a_key_are_rows_and_their_predictions_have_none() {
    let kafka = Kafka::shared();
    let input = small::topic(kafka, 400);
    let forebay = Forebay::on(kafka);
    let models = small::published_model(&forebay, &input);
    kafka.produce(&input, [TestRecord::new(r#"{"id":400,"x":1.5,"late":true}"#).partition(2)]);

    let without_key: Vec<Value> =
        rows(&forebay, &input).into_iter().filter(|row| row["_key"].is_null()).collect();
    assert_eq!(without_key.len(), 1);
    assert_eq!(without_key[0]["id"], 400);
    let output = unique("predictions");
    let score = small::score(&models, &input, &output);
    forebay.text(&[&score[..], &["--group", &output, "--until-end"]].concat());
    let predictions = consumed(kafka, &output);
    assert_eq!(predictions.len(), 401);
    assert_eq!(predictions.iter().filter(|prediction| prediction.key.is_none()).count(), 1);
}

#[test]
fn a_column_with_two_types_keeps_every_value_as_text() {
    let kafka = Kafka::shared();
    let topic = topic(kafka, [r#"{"gate":7}"#, r#"{"gate":"7b"}"#, r#"{"gate":9007199254740993}"#]);
    let forebay = Forebay::on(kafka);
    let gates: Vec<Value> = rows(&forebay, &topic).into_iter().map(|row| row["gate"].clone()).collect();
    assert_eq!(gates, [json!("7"), json!("7b"), json!("9007199254740993")]);
    let gate = column(&forebay, &topic, "gate");
    assert_eq!((&gate["kind"], &gate["distinct"]), (&json!("str"), &json!(3)));

    // Nobody can learn from such a column as it is.
    let mixed = kafka.topic("odd", 1, &[]);
    let value = |n: i64| match n % 2 {
        0 => format!(r#"{{"x":{n},"gate":{n},"late":{}}}"#, n % 4 == 0),
        _ => format!(r#"{{"x":{n},"gate":"b{n}","late":true}}"#),
    };
    kafka.produce(&mixed, (0..40).map(|n| TestRecord::new(value(n)).at(n * 1_000)));
    forebay.write("run.toml", &small::run_file(&mixed));
    page::says("a column with two types", &[], &forebay.failure(&["train", "run.toml"]));
}

#[test]
fn a_column_of_nulls_is_told_and_no_feature() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("odd", 1, &[]);
    let value = |n: i64| format!(r#"{{"x":{n},"gate":null,"late":{}}}"#, n % 3 == 0);
    kafka.produce(&topic, (0..40).map(|n| TestRecord::new(value(n)).at(n * 1_000)));
    let forebay = Forebay::on(kafka);
    let gate = column(&forebay, &topic, "gate");
    assert_eq!((&gate["nulls"], &gate["warnings"]), (&json!(40), &json!(["all-null"])));
    let told = forebay.text(&["profile", &topic]);
    assert!(told.lines().any(|line| line.starts_with("gate") && line.ends_with("all null")), "{told}");

    forebay.write("run.toml", &small::run_file(&topic));
    page::says("all-null columns", &[], &forebay.failure(&["train", "run.toml"]));
}

#[test]
fn nan_in_json_is_no_json_and_is_kept_with_its_place() {
    let kafka = Kafka::shared();
    let topic = topic(kafka, [r#"{"x":NaN}"#, r#"{"x":-Infinity}"#, r#"{"x":1e999}"#, r#"{"x":2.5}"#]);
    let told = Forebay::on(kafka).text(&["read", &topic, "-o", "a.csv"]);
    assert!(told.starts_with("1 row of") && told.contains("\n3 could not be decoded"), "{told}");
    page::says("NaN and infinite values in records", &[(&topic, "flights")], &told);
}
