//! The registry: packages in a model topic or in a folder; versions and aliases.
//!
//! In: a finished run. Out: a [`Package`], published as a version, found again by `NAME@VERSION` or `NAME@ALIAS`. Packages
//! that come from outside are untrusted: bounded, checked, refused with a reason.

mod card;
mod digest;
mod error;
mod evaluation;
mod folder;
mod folder_aliases;
mod manifest;
mod model_ref;
mod package;
mod topic;
mod zip_format;

pub use error::{RegistryError, Result};
pub use evaluation::{PackageEvaluation, PrecisionRecall};
pub use folder::FolderRegistry;
pub use manifest::{Lineage, Manifest};
pub use model_ref::{ModelRef, Selector};
pub use package::Package;
pub use topic::{Keep, ModelNews, ModelWatch, TopicRegistry};

use serde::{Deserialize, Serialize};

use crate::jobs::{Cancel, Progress};

/// A model's published version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionInfo {
    /// The model.
    pub name: String,
    /// Counts up from 1.
    pub version: u32,
    /// What it is.
    pub manifest: Manifest,
    /// When it was published, ms since 1970: the manifest record's timestamp, or the file's.
    pub published: i64,
    /// Bytes of the package.
    pub bytes: u64,
    /// Aliases that point to it.
    pub aliases: Vec<String>,
}

/// One model with what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// Its name.
    pub name: String,
    /// Whole, undamaged versions, newest first.
    pub versions: Vec<VersionInfo>,
    /// Versions that are not offered, with why: chunks missing, digest wrong.
    pub damaged: Vec<(u32, String)>,
    /// Moves of aliases still in the log, newest first: (ms, alias, version or none when removed).
    pub alias_history: Vec<(i64, String, Option<u32>)>,
}

/// Where packages are kept.
pub trait Registry: Send + Sync {
    /// All models, by name.
    fn models(&self, cancel: &Cancel) -> Result<Vec<ModelInfo>>;

    /// The version that a reference means now.
    fn find(&self, model: &ModelRef, cancel: &Cancel) -> Result<VersionInfo>;

    /// The package of a version, checked.
    fn get(&self, name: &str, version: u32, progress: &Progress, cancel: &Cancel) -> Result<Package>;

    /// Publishes the next version of `name`, all or nothing, and says which it became.
    fn publish(
        &self,
        name: &str,
        package: &Package,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<VersionInfo>;

    /// Points an alias to a version, or (`None`) removes it.
    fn set_alias(&self, name: &str, alias: &str, version: Option<u32>) -> Result<()>;

    /// Deletes a version; one that an alias points to is refused.
    fn delete(&self, name: &str, version: u32) -> Result<()>;
}
