//! The demo while it runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::embedded::Embedded;
use super::flights::Flights;
use super::options::DemoOptions;
use super::replay::Replay;
use super::replay_state::ReplayHandle;
use super::stream::EventStream;
use super::workspace::{check_same_cluster, make_ready};
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::{Cluster, ConnectionProfile, Secrets};

/// A running demo: cluster, replay, workspace. Dropping it stops the replay and then the cluster, in order: what is in the
/// topics stays in the folder, and clients that are still connected lose the cluster.
pub struct Demo {
    // The replay stands before the cluster: fields are dropped in this order.
    replay: Replay,
    bootstrap: String,
    cluster_id: String,
    workspace: PathBuf,
    _embedded: Embedded,
}

impl Demo {
    /// Starts the cluster and, where the folder has none yet, writes the history and makes the workspace: trains, publishes.
    /// Returns when the stream runs. `progress` says what is being prepared. Blocks for some seconds the first time, well
    /// under one later.
    pub fn start(options: &DemoOptions, progress: &Progress, cancel: &Cancel) -> Result<Self, Problem> {
        progress.stage("starting the cluster", 0);
        let embedded = Embedded::start(options)?;
        let bootstrap = embedded.bootstrap();
        let cluster = Cluster::connect_or_cancel(&connection(&bootstrap), &Secrets::new(), cancel)?;
        let place = options.workspace();
        check_same_cluster(&place, &cluster)?;
        progress.stage("unpacking flights", 0);
        let flights = Arc::new(Flights::decode()?);
        let mut stream = EventStream::open(&cluster, flights)?;
        let history = stream.flights().before(Flights::LIVE_FROM);
        stream.write_history(history, progress, cancel)?;
        make_ready(&cluster, &place, progress, cancel)?;
        let replay = Replay::start(stream, options.speed, options.paused)?;
        let workspace = place.file().map(Path::to_path_buf).unwrap_or_default();
        Ok(Self { replay, bootstrap, cluster_id: cluster.id().into(), workspace, _embedded: embedded })
    }

    /// How to reach the cluster: the connection "local demo".
    pub fn connection(&self) -> ConnectionProfile {
        connection(&self.bootstrap)
    }

    /// `127.0.0.1:PORT`.
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// The cluster's own id.
    pub fn cluster_id(&self) -> &str {
        &self.cluster_id
    }

    /// The stream: its clock, speed, pause.
    pub fn replay(&self) -> &ReplayHandle {
        self.replay.handle()
    }

    /// The file of the ready workspace, by its absolute path.
    pub fn workspace(&self) -> &Path {
        &self.workspace
    }
}

fn connection(bootstrap: &str) -> ConnectionProfile {
    ConnectionProfile {
        name: super::CONNECTION.into(),
        bootstrap: bootstrap.into(),
        ..ConnectionProfile::default()
    }
}
