//! The whole flow on the flights data, by a script that any person could type.

use std::process::Command;

use crate::binary::Forebay;
use crate::harness::{Kafka, output};

#[test]
fn the_flow_from_a_topic_to_predictions_on_apache_kafka() {
    flow(&Kafka::start());
}

#[test]
fn the_flow_from_a_topic_to_predictions_on_the_embedded_cluster() {
    flow(&Kafka::start_embedded());
}

/// Runs the script. Its topics have fixed names: the cluster is the caller's own.
fn flow(kafka: &Kafka) {
    let forebay = Forebay::alone();
    let root = env!("CARGO_MANIFEST_DIR");
    let mut script = Command::new(format!("{root}/tests/flow.sh"));
    script.arg(kafka.bootstrap()).arg(forebay.folder());
    script.env("FOREBAY", env!("CARGO_BIN_EXE_forebay")).env("FOREBAY_CONFIG_DIR", forebay.folder());
    let began = std::time::Instant::now();
    let output = output(&mut script);
    println!("{:.1} s", began.elapsed().as_secs_f64());
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{wrong}");
    assert!(said.contains("one prediction per record"), "{said}\n{wrong}");
}
