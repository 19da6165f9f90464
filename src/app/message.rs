//! What jobs bring. Each stage has an enum of its own, handled beside its commands.

use std::path::PathBuf;

use super::commands::{browse, connect, demo, live, models, prepare, train, workspace};
use super::runtime::Runtime;
use super::state::demo::DemoState;
use crate::jobs::Problem;

/// A result of a job, or a part of it.
#[allow(clippy::large_enum_variant, reason = "a message is moved once, from its job into the state")]
pub enum Message {
    /// Of stage Connect.
    Connect(connect::ConnectMessage),
    /// Of stage Browse.
    Browse(browse::BrowseMessage),
    /// Of stage Prepare.
    Prepare(prepare::PrepareMessage),
    /// Of stage Train.
    Train(train::TrainMessage),
    /// Of stage Models.
    Models(models::ModelsMessage),
    /// Of stage Live.
    Live(live::LiveMessage),
    /// Of the demo.
    Demo(demo::DemoMessage),
    /// Of the workspace file.
    Workspace(workspace::WorkspaceMessage),
    /// A file dialog was closed; `None` where nothing was chosen.
    PathPicked(Option<PathBuf>),
    /// A job ended without success. Its own message came before, except where a defect in Forebay ended it.
    JobFailed {
        /// What the job was started under.
        key: String,
        /// Why it ended.
        problem: Problem,
    },
}

impl Message {
    /// Puts it into the state.
    pub fn handle(self, runtime: &mut Runtime<'_>) {
        match self {
            Self::Connect(message) => message.handle(runtime),
            Self::Browse(message) => message.handle(runtime),
            Self::Prepare(message) => message.handle(runtime),
            Self::Train(message) => message.handle(runtime),
            Self::Models(message) => message.handle(runtime),
            Self::Live(message) => message.handle(runtime),
            Self::Demo(message) => message.handle(runtime),
            Self::Workspace(message) => message.handle(runtime),
            Self::PathPicked(path) => runtime.path_picked(path),
            Self::JobFailed { problem, .. } if problem.cancelled => {}
            Self::JobFailed { key, problem } => {
                if key == DemoState::JOB {
                    runtime.demo_job_failed(&problem);
                }
                runtime.state.notifications.problem(&problem);
            }
        }
    }
}
