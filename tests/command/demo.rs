//! `forebay demo --headless` as a process: served, stopped, killed, started again.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::binary::Forebay;
use crate::harness::eventually;

/// Departures before the stream begins, and when that is.
const DEPARTURES: u64 = 252_484;
const BEGIN: &str = "2013-10-01 09:00:00";

/// A demo in the folder of its `Forebay`. It is killed when its test ends.
struct Demo {
    process: Child,
    report: Value,
}

impl Demo {
    /// Starts it and waits until it serves.
    fn start(forebay: &Forebay, arguments: &[&str]) -> Self {
        let fixed = ["demo", "--headless", "--json", "--folder", "demo"];
        let mut command = forebay.command(&[&fixed, arguments].concat());
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut text = String::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            text += &line.unwrap();
            if text.ends_with('}') {
                break;
            }
        }
        let report = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        Self { process, report }
    }

    fn bootstrap(&self) -> &str {
        self.report["bootstrap"].as_str().unwrap()
    }

    fn count(&self, what: &str) -> u64 {
        self.report[what].as_u64().unwrap()
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Sends SIGINT and gives the exit code.
    fn interrupt(mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
        eventually("the end of the demo", || self.process.try_wait().unwrap()).code()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Records of a topic and how many different keys they have.
fn records_and_keys(forebay: &Forebay, demo: &Demo, topic: &str) -> (u64, u64) {
    let out = format!("{topic}.csv");
    let read = ["read", topic, "-o", &out, "--codec", "json", "--bootstrap", demo.bootstrap()];
    let read = forebay.json(&read);
    let rejected = read["rejected"].as_u64().unwrap_or(0);
    let text = std::fs::read_to_string(forebay.folder().join(&out)).unwrap();
    let mut lines = text.lines();
    let place = lines.next().unwrap().split(',').position(|name| name == "_key").unwrap();
    let keys: Vec<&str> = lines.map(|line| line.split(',').nth(place).unwrap()).collect();
    let records = keys.len() as u64;
    let different: std::collections::HashSet<&str> = keys.into_iter().collect();
    (records + rejected, different.len() as u64 + rejected)
}

#[test]
fn the_demo_serves_any_client_until_it_is_told_to_end_and_goes_on_later() {
    let forebay = Forebay::alone();
    let demo = Demo::start(&forebay, &["--speed", "paused"]);
    assert_eq!((demo.count("departures"), demo.report["paused"].clone()), (DEPARTURES, true.into()));
    assert_eq!(demo.report["clock"], BEGIN);

    let at = ["--bootstrap", demo.bootstrap()];
    let models = forebay.json(&[&["models", "arrival-delay"][..], &at].concat());
    let versions = models[0]["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0]["aliases"], serde_json::json!(["champion"]));
    assert_eq!(records_and_keys(&forebay, &demo, "flights"), (DEPARTURES, DEPARTURES));
    // By time, as a person would ask for it.
    let day = ["plan", "flights", "--from", "2013-09-30", "--to", "2013-10-01"];
    let offsets = forebay.json(&[&day[..], &at].concat())["offsets"].as_u64().unwrap();
    assert!((800..1_200).contains(&offsets), "{offsets}");

    // Another demo in the same folder would write the same topics.
    let refused = forebay.failure(&["demo", "--headless", "--folder", "demo"]);
    assert!(refused.contains("Starting the cluster in demo/demo-cluster"), "{refused}");

    let workspace = std::fs::read(forebay.folder().join("demo/demo.forebay")).unwrap();
    assert_eq!(demo.interrupt(), Some(0));
    let again = Demo::start(&forebay, &["--speed", "paused"]);
    assert_eq!(again.count("departures"), DEPARTURES);
    assert_eq!(std::fs::read(forebay.folder().join("demo/demo.forebay")).unwrap(), workspace);
    assert_eq!(again.interrupt(), Some(0));

    // Without a window nobody needs the workspace, and what is wrong with it stays as it is.
    forebay.write("demo/demo.forebay", "not a workspace");
    let served = Demo::start(&forebay, &["--speed", "paused"]);
    assert_eq!(served.count("departures"), DEPARTURES);
    assert_eq!(
        std::fs::read_to_string(forebay.folder().join("demo/demo.forebay")).unwrap(),
        "not a workspace"
    );
}

#[test]
fn a_demo_killed_at_any_moment_goes_on_with_each_event_once() {
    let forebay = Forebay::alone();
    // The first kill meets the history, the others the stream.
    let mut command = forebay.command(&["demo", "--headless", "--folder", "demo"]);
    let mut loading = command.stdout(Stdio::null()).spawn().unwrap();
    let log = forebay.folder().join("demo/demo-cluster");
    eventually("the cluster's folder", || log.exists().then_some(()));
    std::thread::sleep(Duration::from_millis(700));
    loading.kill().unwrap();
    loading.wait().unwrap();

    let mut departures = DEPARTURES;
    let mut round = 0;
    while round < 4 || departures <= DEPARTURES + 100 {
        assert!(round < 40, "{departures} departures");
        let demo = Demo::start(&forebay, &["--speed", "10000"]);
        assert!(demo.count("departures") >= departures, "events went");
        departures = demo.count("departures");
        std::thread::sleep(Duration::from_millis(900 + 170 * (round % 4)));
        demo.kill();
        round += 1;
    }
    let demo = Demo::start(&forebay, &["--speed", "paused"]);
    assert!(demo.count("departures") >= departures, "{}", demo.report);
    for (topic, count) in [("flights", demo.count("departures")), ("flights.arrived", demo.count("arrivals"))]
    {
        assert_eq!(records_and_keys(&forebay, &demo, topic), (count, count), "{topic}");
    }
}

#[test]
fn fresh_throws_away_what_a_demo_left_and_nothing_else() {
    let forebay = Forebay::alone();
    Demo::start(&forebay, &["--speed", "10000"]).kill();
    forebay.write("demo/letter.txt", "keep me");
    let demo = Demo::start(&forebay, &["--fresh", "--speed", "paused"]);
    assert_eq!((demo.count("departures"), demo.report["clock"].clone()), (DEPARTURES, BEGIN.into()));
    assert_eq!(std::fs::read_to_string(forebay.folder().join("demo/letter.txt")).unwrap(), "keep me");
    let refused = forebay.failure(&["demo", "--headless", "--fresh", "--folder", "demo"]);
    assert!(refused.contains("is used by another"), "{refused}");
    assert_eq!(demo.interrupt(), Some(0));

    // What is there need not be understood to be thrown away; an autosave goes with its workspace.
    forebay.write("demo/demo-cluster/cluster.json", "{");
    forebay.write("demo/.demo.forebay.autosave", "left");
    let refused = forebay.failure(&["demo", "--headless", "--folder", "demo"]);
    assert!(refused.contains("cluster.json is not understood") && refused.contains("--fresh"), "{refused}");
    let demo = Demo::start(&forebay, &["--fresh", "--speed", "paused"]);
    assert_eq!(demo.count("departures"), DEPARTURES);
    assert!(!forebay.folder().join("demo/.demo.forebay.autosave").exists());
    assert_eq!(std::fs::read_to_string(forebay.folder().join("demo/letter.txt")).unwrap(), "keep me");
}
