//! Frames as no client sends them, to one broker in a process of its own: it answers after each, nothing in it panics,
//! and it does not grow, as long as the topics and groups that come about are deleted.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use forebay::broker::Broker;

use super::frames::{Sender, config};
use super::mutations::Mutations;

/// Tells the process that it is to serve.
const SERVE: &str = "FOREBAY_FUZZ_SERVE";

const FIRST: usize = 10_000;
const LAST: usize = 50_000;
const BETWEEN_CLEANINGS: usize = 500;
/// What the process may have grown between the two.
const GROWTH_MB: f64 = 16.0;

/// No test by itself: the process that is sent frames. It ends when whoever started it is gone.
#[test]
fn the_broker_that_is_sent_frames() {
    if std::env::var_os(SERVE).is_none() {
        return;
    }
    let broker = Broker::start(config()).unwrap();
    eprintln!("listens on {}", broker.address());
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

struct Served {
    process: Child,
    errors: BufReader<std::process::ChildStderr>,
}

impl Served {
    fn start() -> (Self, Sender) {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "conformance::fuzz::growth::the_broker_that_is_sent_frames", "--nocapture"])
            .env(SERVE, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = BufReader::new(process.stderr.take().unwrap());
        let mut said = String::new();
        let address = loop {
            said.clear();
            assert!(errors.read_line(&mut said).unwrap() > 0, "it ended before it listened");
            if let Some(address) = said.trim().strip_prefix("listens on ") {
                break address.parse().unwrap();
            }
        };
        (Self { process, errors }, Sender::connect(address))
    }

    /// Resident memory, where the system tells it.
    fn memory_mb(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1_000.0)
    }

    /// Ends it; what it wrote to its standard error.
    fn end(mut self) -> String {
        drop(self.process.stdin.take());
        let mut errors = String::new();
        self.errors.read_to_string(&mut errors).unwrap();
        assert!(self.process.wait().unwrap().success(), "{errors}");
        errors
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_broker_survives_whatever_frames_come_and_does_not_grow() {
    let (served, mut sender) = Served::start();
    let mut inputs = Mutations::of_seeds("frames", 1);
    for seed in inputs.seeds().to_vec() {
        sender.run(&seed);
    }
    let started = Instant::now();
    let mut memory = Vec::new();
    for n in 1..=LAST {
        sender.run(&inputs.next());
        if n % BETWEEN_CLEANINGS == 0 {
            sender.clean();
        }
        if n == FIRST || n == LAST {
            // Members that never said that they leave are dropped first.
            std::thread::sleep(Duration::from_secs(3));
            sender.clean();
            memory.push(served.memory_mb());
        }
    }
    println!("{LAST} inputs in {:?}, MB {memory:?}", started.elapsed());
    let errors = served.end();
    assert!(!errors.contains("panicked"), "{errors}");
    if let [Some(first), Some(last)] = memory[..] {
        assert!(last < first + GROWTH_MB, "{first:.1} MB after {FIRST} inputs, {last:.1} MB after {LAST}");
    }
}
