//! What is known of the demo in this window.

use crate::demo::{Demo, DemoOptions, ReplayState};
use crate::jobs::Problem;

/// State of the demo.
#[derive(Default)]
pub struct DemoState {
    /// Whether it is there.
    pub phase: DemoPhase,
    /// How the stream is: a moment of this frame, while the demo runs.
    pub replay: Option<ReplayState>,
    /// How it is started, where the command line says so; else as usual.
    pub(in crate::app) options: Option<DemoOptions>,
    /// The cluster and its stream.
    pub(in crate::app) demo: Option<Demo>,
    /// The workspace was opened and its deployments are still to be started, once the cluster is connected.
    pub(in crate::app) deploy: bool,
}

/// Whether the demo is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DemoPhase {
    /// Not started.
    #[default]
    Off,
    /// Being prepared by the job [`DemoState::JOB`], which has the progress.
    Starting,
    /// The cluster answers and the stream runs.
    Running,
    /// It could not be started.
    Failed(Problem),
}

impl DemoState {
    /// The key of the job that starts the demo.
    pub const JOB: &str = "demo";

    /// Whether the cluster answers.
    pub fn is_running(&self) -> bool {
        self.phase == DemoPhase::Running
    }

    /// The address of the cluster, while it runs.
    pub fn bootstrap(&self) -> Option<&str> {
        self.demo.as_ref().map(Demo::bootstrap)
    }
}
