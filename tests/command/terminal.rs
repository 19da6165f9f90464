//! The binary at a terminal: progress is drawn, keys are typed. The terminal is made by `script` of util-linux.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::binary::Forebay;

const PATIENCE: Duration = Duration::from_secs(120);

/// What Ctrl-C types.
pub const CTRL_C: &str = "\x03";

/// A command that runs at a terminal.
pub struct Terminal {
    script: Child,
    keys: ChildStdin,
    seen: Arc<Mutex<String>>,
    watcher: Option<JoinHandle<()>>,
}

impl Terminal {
    /// Starts `forebay` with these arguments.
    pub fn start(forebay: &Forebay, arguments: &[&str]) -> Self {
        let command = forebay.command(arguments);
        let words = [command.get_program()].into_iter().chain(command.get_args());
        let words: Vec<String> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
        let line = format!("stty cols 160 rows 40; exec {}", words.join(" "));
        let mut script = Command::new("script");
        script.args(["--quiet", "--flush", "--return", "--command", &line, "/dev/null"]);
        script.current_dir(command.get_current_dir().unwrap());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        let mut script = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (keys, mut screen) = (script.stdin.take().unwrap(), script.stdout.take().unwrap());
        let seen = Arc::new(Mutex::new(String::new()));
        let shared = seen.clone();
        let watcher = std::thread::spawn(move || {
            let mut bytes = [0; 4_096];
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                shared.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        Self { script, keys, seen, watcher: Some(watcher) }
    }

    /// Waits until what was drawn so far is as wanted.
    pub fn wait_for(&mut self, what: &str, wanted: impl Fn(&str) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !wanted(&self.seen()) {
            let ended = self.script.try_wait().unwrap();
            assert!(
                ended.is_none() && Instant::now() < until,
                "waited for {what}: {ended:?} {:?}",
                self.seen()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the progress says that some of `total` are done: `12,288 of 40,000`.
    pub fn wait_for_progress(&mut self, total: &str) {
        let end = format!(" of {total},");
        self.wait_for(&end, |seen| {
            let before = seen.match_indices(&end).map(|(at, _)| seen[..at].rsplit(' ').next());
            before.flatten().any(|done| done != "0")
        });
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits for the end; gives the exit code and what stands on the screen, without what was drawn over.
    pub fn end(mut self) -> (i32, String) {
        let until = Instant::now() + PATIENCE;
        let code = loop {
            match self.script.try_wait().unwrap() {
                Some(status) => break status.code().unwrap(),
                None => assert!(Instant::now() < until, "it does not end: {:?}", self.seen()),
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        self.watcher.take().unwrap().join().unwrap();
        let seen = without_controls(&self.seen());
        let lines = seen.lines().map(|line| line.rsplit('\r').next().unwrap_or_default());
        (code, lines.collect::<Vec<_>>().join("\n"))
    }

    fn seen(&self) -> String {
        self.seen.lock().unwrap().clone()
    }
}

/// Without the sequences that move the cursor and clear lines.
fn without_controls(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|letter: char| letter.is_ascii_alphabetic()).map_or(part.len(), |at| at + 1);
        plain.push_str(&part[end..]);
    }
    plain
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}
