//! Confluent's client for Python as a witness: `witness.py` says what it does.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::target::Target;
use crate::harness::{output, unique};

cases! {
    python:
        confluent_kafka_writes_and_reads_with_every_compression,
        confluent_kafka_writes_in_transactions,
        confluent_kafka_shares_partitions_in_a_group,
        confluent_kafka_administers;
}

/// The interpreter that has confluent-kafka: `FOREBAY_PYTHON`, else the one that `tests/run.sh` has set up. Panics
/// with what to do where there is none.
fn interpreter() -> PathBuf {
    if let Some(python) = std::env::var_os("FOREBAY_PYTHON") {
        return PathBuf::from(python);
    }
    let cache = std::env::home_dir().unwrap_or_default().join(".cache/forebay");
    let folders = std::fs::read_dir(&cache).into_iter().flatten().flatten().map(|entry| entry.path());
    let found = folders.into_iter().find(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("python-") && folder.join("complete").exists()
    });
    let folder = found.expect(
        "There is no Python with confluent-kafka: run tests/run.sh, or install \
         tests/cluster/conformance/requirements.txt into a virtual environment and set FOREBAY_PYTHON to its interpreter",
    );
    folder.join("bin/python")
}

fn witness(target: &Target, scene: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/conformance/witness.py");
    let mut command = Command::new(interpreter());
    let output = output(command.arg(script).args([scene, target.bootstrap(), &unique("python")]));
    let printed = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{scene}\n{printed}\n{complained}");
    assert_eq!(printed.trim_end(), format!("{scene}: as expected"));
}

fn confluent_kafka_writes_and_reads_with_every_compression(target: &Target) {
    witness(target, "compressions");
}

fn confluent_kafka_writes_in_transactions(target: &Target) {
    witness(target, "transactions");
}

fn confluent_kafka_shares_partitions_in_a_group(target: &Target) {
    witness(target, "group");
}

fn confluent_kafka_administers(target: &Target) {
    witness(target, "administration");
}
