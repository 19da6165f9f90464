//! What is known of the demo in this window.

use crate::app::commands::demo::Ending;
use crate::demo::{CONNECTION, Demo, DemoOptions, ReplayState, Speed};
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
    /// What is still to be done until the window shows the demo.
    pub(in crate::app) opening: Option<Opening>,
    /// It is to end, and what comes then.
    pub(in crate::app) ending: Option<Ending>,
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

/// What the window waits for, on its way to showing the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Opening {
    /// The demo's workspace.
    Workspace,
    /// The connection to its cluster.
    Connection,
    /// The range of its flights, to be read.
    Slice,
}

impl DemoState {
    /// The key of the job that starts the demo.
    pub const JOB: &str = "demo";

    /// Whether the cluster answers.
    pub fn is_running(&self) -> bool {
        self.phase == DemoPhase::Running
    }

    /// Whether a connection of that name leads to the cluster, while it runs.
    pub fn is_reached_by(&self, connection: &str) -> bool {
        self.is_running() && connection == CONNECTION
    }

    /// The cluster's own id, while it runs.
    pub(in crate::app) fn cluster_id(&self) -> Option<&str> {
        self.demo.as_ref().map(Demo::cluster_id)
    }

    /// The address of the cluster, while it runs.
    pub fn bootstrap(&self) -> Option<&str> {
        self.demo.as_ref().map(Demo::bootstrap)
    }

    /// Lets the stream stand still, or go on.
    pub(in crate::app) fn pause(&mut self, paused: bool) {
        if let Some(demo) = &self.demo {
            demo.replay().set_paused(paused);
            self.replay = Some(demo.replay().state());
        }
    }

    /// Lets the stream go on at another speed, also out of a pause.
    pub(in crate::app) fn set_speed(&mut self, speed: Speed) {
        if let Some(demo) = &self.demo {
            demo.replay().set_speed(speed);
            demo.replay().set_paused(false);
            self.replay = Some(demo.replay().state());
        }
    }
}
