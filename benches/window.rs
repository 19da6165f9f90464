//! What the window costs with a slice of a million rows open: CPU time of a frame in every stage; and before that the time
//! to the first frame, memory, and CPU while nothing happens.
//!
//! ```sh
//! xvfb-run -s "-screen 0 1440x900x24" cargo bench --bench window            # 1,000,000 records in 4 partitions
//! xvfb-run -s "-screen 0 1440x900x24" cargo bench --bench window -- 100000  # fewer
//! ```
//!
//! Needs what the tests need: a real Kafka, a screen, xdotool. The real window is started on it, with the keyboard led
//! through every stage, and the pointer moved over all of it, so that what is drawn when something is pointed at counts,
//! too. Each frame's CPU time is what `--frame-times` writes: everything that Forebay and egui do on the window's thread
//! for a frame, without waiting for the screen. The screen is drawn by software here, which takes CPU of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[path = "common/departures.rs"]
mod departures;
#[path = "../tests/cluster/harness/mod.rs"]
mod harness;
#[path = "common/model.rs"]
mod model;

use departures::{PARTITIONS, record};
use harness::Kafka;
use model::{MODEL, MODELS, PREPARE, publish_model};

const TOPIC: &str = "departures";
/// Ticks per second in `/proc/PID/stat`, on every Linux.
const TICKS: f64 = 100.0;
const STARTS: usize = 5;

fn main() {
    let records = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(1_000_000);
    let kafka = Kafka::start();
    kafka.named_topic(TOPIC, PARTITIONS, &[]);
    kafka.produce(TOPIC, (0..records).map(record));
    publish_model(&kafka.connect(), TOPIC);
    publish_model(&kafka.connect(), TOPIC);
    let folder = tempfile::tempdir().unwrap();

    let first: Vec<Duration> = (0..STARTS).map(|_| Window::open(folder.path(), &kafka).first_frame).collect();
    let least = first.iter().min().unwrap().as_secs_f64();
    println!(
        "first frame: {least:.2} s at best of {STARTS}, {:.2} s at most",
        first.iter().max().unwrap().as_secs_f64()
    );

    let window = Window::open(folder.path(), &kafka);
    window.rest(Duration::from_secs(8));
    println!("memory before a slice is read: {} MB", window.memory());
    println!("CPU while nothing happens: {:.1} % of a core", window.cpu_for(Duration::from_secs(10)) * 100.0);

    window.keys(&["ctrl+2"]);
    window.rest(Duration::from_secs(2));
    window.keys(&["ctrl+Return"]);
    window.rest(Duration::from_secs(8));
    println!("memory with {records} rows open: {} MB", window.memory());
    window.visit();
    window.keys(&["ctrl+1"]);
    window.visit();
    window.keys(&["ctrl+3"]);
    window.rest(Duration::from_secs(2));
    window.visit();
    window.keys(&["ctrl+Return", "ctrl+4"]);
    window.rest(Duration::from_secs(2));
    window.keys(&["ctrl+Return"]);
    window.rest(Duration::from_secs(8));
    window.visit();
    window.keys(&["ctrl+5"]);
    window.rest(Duration::from_secs(2));
    window.visit();
    window.keys(&["ctrl+6"]);
    window.rest(Duration::from_secs(2));
    window.keys(&["ctrl+Return"]);
    std::thread::sleep(Duration::from_secs(5));
    window.visit();
    window.report();
}

/// The real window, and where it writes its frame times.
struct Window {
    process: Child,
    frames: PathBuf,
    first_frame: Duration,
}

impl Window {
    fn open(folder: &Path, kafka: &Kafka) -> Self {
        let (workspace, frames) = (folder.join("bench.forebay"), folder.join("frames"));
        std::fs::write(&workspace, workspace_file()).unwrap();
        let _ = std::fs::remove_file(&frames);
        let began = Instant::now();
        let process = Command::new(env!("CARGO_BIN_EXE_forebay"))
            .args(["--bootstrap", &kafka.bootstrap(), "--typed-paths", "--frame-times"])
            .args([&frames, &workspace])
            .env("FOREBAY_CONFIG_DIR", folder.join("config"))
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut window = Self { process, frames, first_frame: Duration::ZERO };
        while window.written() == 0 {
            assert!(began.elapsed() < Duration::from_secs(30), "no frame: is there a screen?");
            std::thread::sleep(Duration::from_millis(2));
        }
        window.first_frame = began.elapsed();
        let found = xdotool(&["search", "--sync", "--onlyvisible", "--name", "Forebay"]);
        xdotool(&["windowfocus", found.lines().next().expect("a window")]);
        window
    }

    fn written(&self) -> u64 {
        std::fs::metadata(&self.frames).map_or(0, |file| file.len())
    }

    /// Waits until nothing was drawn for so long. While a job runs, its progress is drawn ten times a second.
    fn rest(&self, quiet: Duration) {
        let began = Instant::now();
        let (mut last, mut since) = (self.written(), Instant::now());
        while since.elapsed() < quiet {
            assert!(began.elapsed() < Duration::from_secs(300), "the window does not come to rest");
            std::thread::sleep(Duration::from_millis(50));
            if self.written() != last {
                (last, since) = (self.written(), Instant::now());
            }
        }
    }

    fn keys(&self, keys: &[&str]) {
        for key in keys {
            xdotool(&["key", "--clearmodifiers", key]);
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// Moves the pointer over the whole window and turns its wheel here and there.
    fn visit(&self) {
        for y in (60..880).step_by(40) {
            for x in (80..1_420).step_by(60) {
                xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
            }
            xdotool(&["click", "5"]);
        }
    }

    /// Resident memory in MB.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1_024 / 1_000_000
    }

    /// Share of a core that all its threads take.
    fn cpu_for(&self, time: Duration) -> f64 {
        let ticks = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
            let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
            fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()
        };
        let before = ticks();
        std::thread::sleep(time);
        (ticks() - before) / TICKS / time.as_secs_f64()
    }

    fn report(&self) {
        let text = std::fs::read_to_string(&self.frames).unwrap();
        let mut stages: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for (stage, time) in text.lines().filter_map(|line| line.split_once(' ')) {
            stages.entry(stage).or_default().push(time.parse().unwrap());
        }
        println!("CPU time of a frame, ms");
        println!("{:<10} {:>7} {:>7} {:>7} {:>7}", "stage", "frames", "p50", "p99", "most");
        for (stage, mut times) in stages {
            times.sort_by(f64::total_cmp);
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
            println!("{stage:<10} {:>7} {:>7.2} {:>7.2} {:>7.2}", times.len(), at(0.5), at(0.99), at(1.0));
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn xdotool(arguments: &[&str]) -> String {
    let output = Command::new("xdotool").args(arguments).output().expect("xdotool is installed");
    assert!(output.status.success(), "xdotool {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn workspace_file() -> String {
    let steps = PREPARE.replace("[[prepare]]", "[[pipelines.steps]]");
    format!(
        r#"format = 1

[layout]
stage = "connect"
topic = "{TOPIC}"
model = "{MODEL}"

[ranges.{TOPIC}]
topics = ["{TOPIC}"]
from = "beginning"
to = "end"
codec = "json"

[[pipelines]]
name = "features"
topic = "{TOPIC}"
{steps}
[training]
seed = 1

[training.task]
kind = "classification"
target = "late"

[training.split]
by = "time"
train = 0.7
valid = 0.15
test = 0.15

[[training.learners]]
kind = "logistic-regression"

[[deployments]]
name = "{MODEL}@champion"

[deployments.request]
model = "{MODEL}@champion"
model_topic = "{MODELS}"
input = "{TOPIC}"
output = "predictions"
from_beginning = true

# End of the workspace
"#
    )
}
