//! How the window is opened.

use std::path::PathBuf;

use crate::demo::DemoOptions;
use crate::kafka::{ConnectionProfile, Secrets};

/// What the command line says about the window.
#[derive(Clone, Debug)]
pub struct Options {
    /// The workspace to open; `None` is a new one.
    pub workspace: Option<PathBuf>,
    /// The configuration folder; `None` is the user's own.
    pub config_dir: Option<PathBuf>,
    /// A connection from the command line, opened at once.
    pub connection: Option<(ConnectionProfile, Secrets)>,
    /// Start the demo and open its workspace; `None` opens without.
    pub demo: Option<DemoOptions>,
    /// Write the CPU time of each frame to this file: the stage and milliseconds, a line each.
    pub frame_times: Option<PathBuf>,
    /// Ask the desktop for its file dialogs. Without, paths are typed.
    pub native_dialogs: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            workspace: None,
            config_dir: None,
            connection: None,
            demo: None,
            frame_times: None,
            native_dialogs: true,
        }
    }
}
