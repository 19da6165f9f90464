//! More logs and more segments than files that the process may open.

use std::process::Command;

use super::compaction::{compacted, files_of};
use super::support::*;
use crate::broker::log::{Durability, LogPlace, PartitionLog};

/// Set in the process that may open few files.
const INSIDE: &str = "FOREBAY_TEST_WITH_FEW_FILES";

#[test]
fn more_logs_than_open_files() {
    if std::env::var_os(INSIDE).is_some() {
        return with_few_files();
    }
    let (_crate, module) = module_path!().split_once("::").unwrap();
    let test = format!("{module}::more_logs_than_open_files");
    let ended = Command::new("sh")
        .args(["-c", r#"ulimit -n 100 && exec "$0" --exact "$1" --nocapture"#])
        .arg(std::env::current_exe().unwrap())
        .arg(test)
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success() && said.contains("1 passed"), "{said}{:?}", ended);
}

fn with_few_files() {
    let root = tempfile::tempdir().unwrap();
    let open = |number: usize| {
        let place = LogPlace::Folder(root.path().join(number.to_string()));
        PartitionLog::open(place, small(), Durability::System, NOW).unwrap().0
    };
    let mut logs: Vec<PartitionLog> = (0..120).map(open).collect();
    for round in 0..2 {
        for log in &mut logs {
            append(log, of_producer(1, 0, round * 100, 100, false));
            assert_eq!(all(log).len(), 100 * (round as usize + 1));
        }
        logs.iter_mut().for_each(PartitionLog::close_idle);
    }
    drop(logs);
    let mut logs: Vec<PartitionLog> = (0..120).map(open).collect();
    assert!(logs.iter_mut().all(|log| all(log).len() == 200));
    drop(logs);
    // One log of more segments than files, none of which fits together with another.
    let folder = root.path().join("compacted");
    let mut log = in_folder(&folder, compacted());
    let value = "v".repeat(1500);
    for at in 0..150 {
        append(&mut log, plain(&[record(NOW, &format!("{at}"), Some(&value))]));
    }
    log.roll(NOW).unwrap();
    assert!(files_of(&folder, "log").len() > 140);
    log.compact(NOW).unwrap();
    assert_eq!(all(&mut log).len(), 150);
}
