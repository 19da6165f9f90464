//! How the demo is started.

use std::path::{Path, PathBuf};

use super::speed::Speed;
use crate::jobs::Problem;
use crate::workspace::Place;

/// Where the demo's cluster is kept, and how its stream begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoOptions {
    /// The folder of cluster and workspace; made when it is not there.
    pub folder: PathBuf,
    /// Throw away what an earlier demo left in the folder.
    pub fresh: bool,
    /// The port of the cluster; 0 is any that is free.
    pub port: u16,
    /// How fast the stream begins.
    pub speed: Speed,
    /// Whether it begins paused.
    pub paused: bool,
}

impl DemoOptions {
    /// The environment variable that names another folder.
    pub const VARIABLE: &str = "FOREBAY_DEMO_DIR";

    /// In a folder, at the usual speed, on any port.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), fresh: false, port: 0, speed: Speed::default(), paused: false }
    }

    /// In the user's data directory (`~/.local/share/forebay/demo` on Linux), or where `FOREBAY_DEMO_DIR` says.
    pub fn find() -> Result<Self, Problem> {
        if let Some(folder) = std::env::var_os(Self::VARIABLE).filter(|folder| !folder.is_empty()) {
            return Ok(Self::at(folder));
        }
        match directories::ProjectDirs::from("", "", "forebay") {
            Some(folders) => Ok(Self::at(folders.data_dir().join("demo"))),
            None => Err(Problem::new(
                "Finding a folder for the demo",
                "this user has no home folder",
                format!("Give --folder, or set {}", Self::VARIABLE),
            )),
        }
    }

    /// The cluster's own folder within it.
    pub fn cluster(&self) -> PathBuf {
        self.folder.join("demo-cluster")
    }

    /// The ready workspace within it.
    pub fn workspace(&self) -> Place {
        Place::at(&self.folder.join("demo.forebay"))
    }

    /// The demo to which a workspace file belongs, where its cluster is beside it.
    pub fn of_workspace(file: &Path) -> Option<Self> {
        let options = Self::at(file.parent()?);
        (options.workspace().file() == Some(file) && options.cluster().is_dir()).then_some(options)
    }
}
