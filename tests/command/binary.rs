//! The binary, run as a person would.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{Kafka, output};

/// `forebay` with a configuration folder of its own and, where it has one, a cluster.
pub struct Forebay {
    bootstrap: Option<String>,
    folder: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Forebay {
    /// Without any cluster.
    pub fn alone() -> Self {
        Self { bootstrap: None, folder: tempfile::tempdir().unwrap() }
    }

    /// On this cluster.
    pub fn on(kafka: &Kafka) -> Self {
        Self { bootstrap: Some(kafka.bootstrap()), ..Self::alone() }
    }

    /// A folder that lives as long as this.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command with these arguments, not yet started. It runs in [`Forebay::folder`].
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forebay"));
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FOREBAY_"))
        {
            command.env_remove(name);
        }
        command.env("FOREBAY_CONFIG_DIR", self.folder.path().join("config"));
        if let Some(bootstrap) = &self.bootstrap {
            command.env("FOREBAY_BOOTSTRAP", bootstrap);
        }
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// Runs to the end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(output(&mut self.command(arguments)))
    }

    /// Runs to the end, which must be a success, and gives standard output.
    pub fn text(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "forebay {arguments:?}: {ran:#?}");
        ran.stdout
    }

    /// Runs to the end, which must be a failure (exit code 1) that prints no result, and gives standard error.
    pub fn failure(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "forebay {arguments:?}: {ran:#?}");
        ran.stderr
    }

    /// Names of the files in the folder, in order.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Runs with `--json` to the end, which must be a success, and gives the document.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let text = self.text(&[arguments, &["--json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("forebay {arguments:?}: {error}: {text}"))
    }

    /// Starts and does not wait.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Running(Some(command.spawn().unwrap()))
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }
}

impl Ran {
    /// What ran, and is over.
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A process that is killed when its test ends.
pub struct Running(Option<Child>);

impl Running {
    /// Sends a signal by its name: `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.0.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits for the end, at most two minutes.
    pub fn wait(mut self) -> Ran {
        let mut child = self.0.take().unwrap();
        let until = Instant::now() + Duration::from_secs(120);
        while child.try_wait().unwrap().is_none() {
            if Instant::now() > until {
                child.kill().unwrap();
                panic!("did not end: {:#?}", Ran::of(child.wait_with_output().unwrap()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ran::of(child.wait_with_output().unwrap())
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        let mut child = self.0.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.0.as_mut().unwrap().try_wait().unwrap().is_none()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
