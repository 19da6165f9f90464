//! Why a broker did not start.

use std::path::PathBuf;
use std::{fmt, io};

/// What keeps a broker from starting.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// Another broker, in this process or another, works on the folder.
    #[error("the folder {} is used by another embedded broker; stop that one first, or choose another folder", .0.display())]
    FolderInUse(PathBuf),
    /// The port is taken or may not be used.
    #[error("port {port} of 127.0.0.1 cannot be used: {error}; choose another, or 0 for any free one")]
    Port {
        /// The port that was asked for.
        port: u16,
        /// What the operating system says.
        error: io::Error,
    },
    /// A file or folder could not be read or written.
    #[error("{} cannot be used by the embedded broker: {error}", path.display())]
    Files {
        /// What was being read or written.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// A file of the folder holds something that this version does not understand.
    #[error("{} is not understood: {reason}; it was left untouched", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A default for topics is no valid configuration.
    #[error("the default for topics is not valid: {0}")]
    Defaults(String),
    /// Threads or the network could not be set up.
    #[error("the embedded broker cannot be started: {0}")]
    System(#[from] io::Error),
}

impl BrokerError {
    /// An error about a file or folder.
    pub(super) fn files(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::Files { path, error }
    }

    /// A file that holds something else than expected.
    pub(super) fn content(path: impl Into<PathBuf>, reason: impl fmt::Display) -> Self {
        Self::Content { path: path.into(), reason: reason.to_string() }
    }
}
