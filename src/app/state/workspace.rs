//! The workspace that is open: its file, and whether it is saved.

use std::path::PathBuf;

/// The workspace that is open.
#[derive(Debug, Default)]
pub struct WorkspaceState {
    /// Its file; `None` while it has none.
    pub path: Option<PathBuf>,
}

impl WorkspaceState {
    /// Its name: that of its file.
    pub fn name(&self) -> String {
        let stem = self.path.as_deref().and_then(|path| path.file_stem());
        stem.map_or_else(|| "new workspace".into(), |stem| stem.to_string_lossy().into_owned())
    }

    /// Whether there are changes that are not saved.
    pub fn is_dirty(&self) -> bool {
        false
    }
}
