//! Packages in a folder on disk: `NAME/VERSION.zip` and `NAME/aliases.json`.

use std::path::PathBuf;

/// A registry in a folder.
#[derive(Clone, Debug)]
pub struct FolderRegistry {
    /// The folder.
    pub path: PathBuf,
}
