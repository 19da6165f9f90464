//! Runs that cannot work on the data that there are.

use super::page;
use crate::binary::Forebay;
use crate::harness::{Kafka, TestRecord};
use crate::small;

/// A topic of one partition, a record a second.
fn topic(kafka: &Kafka, count: i64, value: impl Fn(i64) -> String) -> String {
    let topic = kafka.topic("training", 1, &[]);
    kafka.produce(&topic, (0..count).map(|n| TestRecord::new(value(n)).at(1_356_998_400_000 + n * 1_000)));
    topic
}

/// What `forebay train` says of a run that it refuses; it leaves no package.
fn refusal(kafka: &Kafka, run: &str) -> String {
    let forebay = Forebay::on(kafka);
    forebay.write("run.toml", run);
    let told = forebay.failure(&["train", "run.toml", "-o", "a.zip"]);
    assert_eq!(forebay.files(), ["run.toml"]);
    told
}

#[test]
fn a_target_with_one_class_is_refused_and_the_class_named() {
    let kafka = Kafka::shared();
    let topic = topic(kafka, 100, |n| format!(r#"{{"x":{n},"late":false}}"#));
    page::says("a target with one class", &[], &refusal(kafka, &small::run_file(&topic)));
}

#[test]
fn fewer_rows_than_features_are_refused_with_both_numbers() {
    let kafka = Kafka::shared();
    let topic = topic(kafka, 10, |n| {
        let many: String = (0..20).map(|feature| format!(r#""f{feature}":{n},"#)).collect();
        format!(r#"{{{many}"x":{n},"late":{}}}"#, n % 2 == 0)
    });
    page::says("fewer rows than features", &[], &refusal(kafka, &small::run_file(&topic)));
}

#[test]
fn a_text_target_for_a_regression_is_refused_with_its_type() {
    let kafka = Kafka::shared();
    let topic = topic(kafka, 100, |n| format!(r#"{{"x":{n},"late":"by {n} min"}}"#));
    let run = small::run_file(&topic)
        .replace("\"classification\"", "\"regression\"")
        .replace("\"logistic-regression\"", "\"ridge-regression\"");
    page::says("a text target for regression", &[], &refusal(kafka, &run));
}

#[test]
fn values_that_are_nan_once_cast_are_missing_and_told_as_such() {
    let kafka = Kafka::shared();
    let words = ["NaN", "1.5", "inf", "2.5"];
    let topic =
        topic(kafka, 100, |n| format!(r#"{{"x":"{}","late":{}}}"#, words[n as usize % 4], n % 3 == 0));
    let cast = "step = \"cast\"\ncolumns = [\"x\"]\nto = \"float\"";
    let run = small::run_file(&topic).replace("step = \"standardize\"\ncolumns = [\"x\"]", cast);
    page::says("NaN and infinite values in a cast column", &[], &refusal(kafka, &run));
}
