//! The workspace: what the user made, as one readable file; undo; recovery after a crash; settings and connections.
//!
//! In: a [`Workspace`], changed by whoever owns it. Out: the same, saved whole or not at all ([`crate::files`]), and read
//! back. It holds no data and no secrets, and knows nothing of windows.

mod document;
mod run;
mod slice;

pub use document::{
    ConnectionRef, Layout, SavedDeployment, SavedPipeline, SavedRange, SavedSlice, TrainingSetup, Workspace,
};
pub use run::{RunMetrics, SavedRun};
