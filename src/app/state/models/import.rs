//! A package that is about to be imported.

use std::path::PathBuf;

use crate::registry::ModelRef;

/// A package's file, and the model it becomes a version of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportEdit {
    /// The file.
    pub path: PathBuf,
    /// The model's name, as it is typed.
    pub name: String,
}

impl ImportEdit {
    /// Of a file; the name is what stands before the `@` of an exported package.
    pub fn of(path: PathBuf) -> Self {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = stem.split('@').next().unwrap_or_default().to_owned();
        Self { path, name }
    }

    /// What is wrong with the name.
    pub fn problem(&self) -> Option<String> {
        format!("{}@1", self.name.trim()).parse::<ModelRef>().err()
    }

    /// The file's name.
    pub fn file(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}
