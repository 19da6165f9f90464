//! Runs a request in the foreground: progress on a terminal's standard error, signals as cancellation.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::jobs::{Cancel, Problem, Progress};

/// Progress and cancellation of the one request that this process runs.
pub(super) struct Foreground {
    pub progress: Progress,
    pub cancel: Cancel,
}

impl Foreground {
    /// Listens to SIGINT, SIGTERM and SIGHUP: the first asks the work to end in order, a second ends the process.
    pub fn new() -> Result<Self, Problem> {
        let cancel = Cancel::new();
        let asked = cancel.clone();
        let listening = ctrlc::set_handler(move || {
            if asked.is_cancelled() {
                std::process::exit(i32::from(super::CANCELLED));
            }
            asked.cancel();
        });
        listening.map_err(|error| Problem::new("Listening to signals", error.to_string(), ""))?;
        Ok(Self { progress: Progress::new(), cancel })
    }

    /// Runs `work` and draws its progress meanwhile, where standard error is a terminal.
    pub fn run<T>(&self, work: impl FnOnce(&Progress, &Cancel) -> T) -> T {
        if !std::io::stderr().is_terminal() {
            return work(&self.progress, &self.cancel);
        }
        let ended = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| draw(&self.progress, &ended));
            let result = work(&self.progress, &self.cancel);
            ended.store(true, Ordering::Release);
            result
        })
    }
}

fn draw(progress: &Progress, ended: &AtomicBool) {
    let bar = ProgressBar::new_spinner();
    let known = "{msg} {wide_bar} {human_pos} of {human_len}, {per_sec}, {eta} left";
    let unknown = "{spinner} {msg} {human_pos} {elapsed}";
    while !ended.load(Ordering::Acquire) {
        let now = progress.snapshot();
        let template = if now.total > 0 { known } else { unknown };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(now.detail);
        bar.set_length(now.total);
        bar.set_position(now.done);
        thread::sleep(Duration::from_millis(100));
    }
    bar.finish_and_clear();
}
