//! The workspace: what the user made, as one readable file; undo; recovery after a crash; settings and connections.
//!
//! In: a [`Workspace`], changed by whoever owns it. Out: the same, saved whole or not at all ([`crate::files`]) at its
//! [`Place`], and read back. It holds no data and no secrets, and knows nothing of windows.

mod config;
mod document;
mod format;
mod history;
mod place;
mod run;
mod secrets;
mod slice;
#[cfg(test)]
mod tests;

pub use config::{ConfigFolder, Settings, Theme};
pub use document::{
    ConnectionRef, Layout, SavedDeployment, SavedPipeline, SavedRange, SavedSlice, TableLayout,
    TrainingSetup, Workspace,
};
pub use format::Format;
pub use history::History;
pub use place::{Opened, Place, Recovered};
pub use run::{RunMetrics, SavedRun};
pub use secrets::{SECRET_VARIABLES, secrets_from_environment};
