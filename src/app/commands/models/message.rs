//! What the jobs of stage Models bring.

use std::sync::Arc;

use crate::app::runtime::Runtime;
use crate::app::state::models::Listing;
use crate::jobs::Problem;
use crate::registry::{PackageEvaluation, VersionInfo};
use crate::ui::format;

/// What a job of stage Models brings.
#[derive(Debug)]
pub enum ModelsMessage {
    /// The models of a topic.
    Listed {
        /// The cluster's id and the topic that were asked.
        about: (Option<String>, String),
        /// What is there.
        result: Result<Listing, Problem>,
    },
    /// How a version was judged.
    Evaluated {
        /// The cluster's id and the topic that were asked.
        about: (Option<String>, String),
        /// Model and version.
        version: (String, u32),
        /// What its package says; `None` where it does not.
        result: Result<Option<Arc<PackageEvaluation>>, Problem>,
    },
    /// The model topic was changed: what is told of it, and the detail.
    Changed(Result<(String, String), Problem>),
    /// A package was published.
    Published(Result<Box<VersionInfo>, Problem>),
    /// A package was written to a file.
    Exported(Result<(String, String), Problem>),
}

impl ModelsMessage {
    /// Puts it into the state.
    pub fn handle(self, runtime: &mut Runtime<'_>) {
        match self {
            Self::Listed { about, result } => runtime.models_listed(about, result),
            Self::Evaluated { about, version, result } => runtime.evaluated(about, version, result),
            Self::Changed(Ok((said, detail))) => {
                runtime.state.notifications.good(said, detail);
                runtime.list_models();
            }
            Self::Published(Ok(version)) => {
                let said = format!("Version {} of {} published", version.version, version.name);
                runtime.state.notifications.good(said, format::bytes(version.bytes));
                runtime.state.models.next = Some(version.name.clone());
                runtime.list_models();
            }
            Self::Exported(Ok((said, path))) => runtime.state.notifications.good(said, path),
            // What failed may have changed something all the same, or found that others did.
            Self::Changed(Err(problem)) | Self::Published(Err(problem)) => {
                runtime.state.notifications.problem(&problem);
                runtime.list_models();
            }
            Self::Exported(Err(problem)) => runtime.state.notifications.problem(&problem),
        }
    }
}
