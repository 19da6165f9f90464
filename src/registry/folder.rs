//! Packages in a folder on disk: `NAME/VERSION.zip` and `NAME/aliases.json`.

use std::path::PathBuf;

/// A registry in a folder.
#[derive(Clone, Debug)]
pub struct FolderRegistry {
    path: PathBuf,
}

impl FolderRegistry {
    /// The registry in the folder `path`, which the first publishing makes when it is not there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}
