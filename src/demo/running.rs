//! The demo while it runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::embedded::Embedded;
use super::flights::Flights;
use super::options::DemoOptions;
use super::replay::Replay;
use super::replay_state::ReplayHandle;
use super::stream::EventStream;
use super::workspace::make_ready;
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::{Cluster, ConnectionProfile, Secrets};

/// A running demo: cluster, replay, workspace. Dropping it stops the replay and then the cluster, in order; what is in the
/// topics stays in the folder.
pub struct Demo {
    // The replay stands before the cluster: fields are dropped in this order.
    replay: Replay,
    bootstrap: String,
    workspace: PathBuf,
    options: DemoOptions,
    _embedded: Option<Embedded>,
}

impl Demo {
    /// Starts the cluster and, where the folder has none yet, writes the history and makes the workspace: trains, publishes.
    /// Returns when the stream runs. `progress` says what is being prepared. Blocks for some seconds the first time, well
    /// under one later.
    pub fn start(options: &DemoOptions, progress: &Progress, cancel: &Cancel) -> Result<Self, Problem> {
        progress.stage("starting the cluster", 0);
        let embedded = Embedded::start(options)?;
        let bootstrap = embedded.bootstrap();
        Self::begin(options, bootstrap, Some(embedded), progress, cancel)
    }

    /// The same on a cluster that runs already. Makes topics in it, and keeps the workspace in the folder.
    pub fn start_on(
        bootstrap: &str,
        options: &DemoOptions,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<Self, Problem> {
        Self::begin(options, bootstrap.into(), None, progress, cancel)
    }

    fn begin(
        options: &DemoOptions,
        bootstrap: String,
        embedded: Option<Embedded>,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<Self, Problem> {
        progress.stage("unpacking flights", 0);
        let flights = Arc::new(Flights::decode()?);
        let cluster = Cluster::connect_or_cancel(&connection(&bootstrap), &Secrets::new(), cancel)?;
        let mut stream = EventStream::open(&cluster, flights)?;
        let history = stream.flights().before(Flights::LIVE_FROM);
        stream.write_history(history, progress, cancel)?;
        let workspace = options.workspace();
        make_ready(&cluster, &workspace, progress, cancel)?;
        let replay = Replay::start(stream, options.speed, options.paused)?;
        Ok(Self { replay, bootstrap, workspace, options: options.clone(), _embedded: embedded })
    }

    /// How to reach the cluster: the connection "local demo".
    pub fn connection(&self) -> ConnectionProfile {
        connection(&self.bootstrap)
    }

    /// `127.0.0.1:PORT`.
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// The stream: its clock, speed, pause.
    pub fn replay(&self) -> &ReplayHandle {
        self.replay.handle()
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

fn connection(bootstrap: &str) -> ConnectionProfile {
    ConnectionProfile {
        name: super::CONNECTION.into(),
        bootstrap: bootstrap.into(),
        ..ConnectionProfile::default()
    }
}
