//! Packages in a folder on disk: `NAME/VERSION.zip` and `NAME/aliases.json`.
//!
//! In: packages to publish, names to look up. Out: versions that open, each checked. Every file is written whole or not at
//! all; whoever changes a model holds the lock of its folder, so two publishers never get the same version. It knows nothing
//! of Kafka.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::error::{RegistryError, Result};
use super::folder_aliases::Aliases;
use super::model_ref::{ModelRef, Selector, check_alias, check_name, parse_version};
use super::package::Package;
use super::{ModelInfo, Registry, VersionInfo};
use crate::files::{self, FileError};
use crate::jobs::{Cancel, Progress};

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

    fn folder(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn file(&self, name: &str, version: u32) -> PathBuf {
        self.folder(name).join(format!("{version}.zip"))
    }

    fn aliases(&self, name: &str) -> Result<Aliases> {
        Aliases::read(&self.folder(name))
    }

    fn versions(&self, name: &str) -> Result<Vec<u32>> {
        let files = names_in(&self.folder(name))?;
        let mut versions: Vec<u32> =
            files.iter().filter_map(|file| file.strip_suffix(".zip").and_then(parse_version)).collect();
        versions.sort_unstable();
        Ok(versions)
    }

    fn open(&self, name: &str, version: u32) -> Result<Package> {
        let path = self.file(name, version);
        match Package::open(&path) {
            Err(RegistryError::File(error)) if error.source.kind() == std::io::ErrorKind::NotFound => {
                Err(RegistryError::NotFound { what: format!("{name}@{version}") })
            }
            Err(RegistryError::Refused { why }) => {
                Err(RegistryError::Damaged { what: format!("{name}@{version}"), why })
            }
            opened => opened,
        }
    }

    fn info(&self, name: &str, version: u32, aliases: &Aliases) -> Result<VersionInfo> {
        let manifest = self.open(name, version)?.manifest;
        let path = self.file(name, version);
        let data = fs::metadata(&path).map_err(|source| FileError::reading(&path, source))?;
        let published = data.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
        Ok(VersionInfo {
            name: name.into(),
            version,
            manifest,
            published: published.map_or(0, |time| time.as_millisecond()),
            bytes: data.len(),
            aliases: aliases.of(version),
        })
    }

    fn model(&self, name: String, cancel: &Cancel) -> Result<ModelInfo> {
        let aliases = self.aliases(&name)?;
        let mut model = ModelInfo { alias_history: aliases.history(), ..ModelInfo::default() };
        for version in self.versions(&name)?.into_iter().rev() {
            cancel.check()?;
            match self.info(&name, version, &aliases) {
                Ok(info) => model.versions.push(info),
                Err(RegistryError::Damaged { why, .. }) => model.damaged.push((version, why)),
                // Deleted between listing and opening.
                Err(RegistryError::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(ModelInfo { name, ..model })
    }

    /// Holds the lock of a model's folder until the file is dropped, also by the end of the process.
    fn lock(&self, name: &str) -> Result<File> {
        let folder = self.folder(name);
        files::make_folder(&folder)?;
        let path = folder.join(".lock");
        let lock = File::options().create(true).truncate(false).write(true).open(&path);
        let locked = lock.and_then(|lock| lock.lock().map(|()| lock));
        Ok(locked.map_err(|source| FileError::writing(&path, source))?)
    }
}

impl Registry for FolderRegistry {
    fn models(&self, cancel: &Cancel) -> Result<Vec<ModelInfo>> {
        let mut names = names_in(&self.path)?;
        names.retain(|name| check_name(name).is_ok() && self.folder(name).is_dir());
        names.sort();
        let models: Vec<ModelInfo> =
            names.into_iter().map(|name| self.model(name, cancel)).collect::<Result<_>>()?;
        let shown =
            models.into_iter().filter(|model| !(model.versions.is_empty() && model.damaged.is_empty()));
        Ok(shown.collect())
    }

    fn find(&self, model: &ModelRef, _cancel: &Cancel) -> Result<VersionInfo> {
        let aliases = self.aliases(&model.name)?;
        let version = match &model.selector {
            Selector::Version(version) => *version,
            Selector::Alias(alias) => {
                aliases.get(alias).ok_or_else(|| RegistryError::NotFound { what: model.to_string() })?
            }
        };
        self.info(&model.name, version, &aliases)
    }

    fn get(&self, name: &str, version: u32, progress: &Progress, cancel: &Cancel) -> Result<Package> {
        check_name(name)?;
        cancel.check()?;
        progress.detail(format!("loading {name}@{version}"));
        self.open(name, version)
    }

    fn publish(
        &self,
        name: &str,
        package: &Package,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<VersionInfo> {
        check_name(name)?;
        progress.detail(format!("publishing {name}"));
        let bytes = package.to_bytes()?;
        let _lock = self.lock(name)?;
        cancel.check()?;
        let mut aliases = self.aliases(name)?;
        let last = self.versions(name)?.last().copied().unwrap_or(0).max(aliases.last_version);
        let version = last + 1;
        // The number is used up before the file is there: one that failed half-way does not come back as another's.
        aliases.last_version = version;
        aliases.write(&self.folder(name))?;
        files::write(&self.file(name, version), &bytes)?;
        self.info(name, version, &aliases)
    }

    fn set_alias(&self, name: &str, alias: &str, version: Option<u32>) -> Result<()> {
        check_name(name)?;
        check_alias(alias)?;
        if let Some(version) = version {
            self.open(name, version)?;
        }
        let _lock = self.lock(name)?;
        let mut aliases = self.aliases(name)?;
        if version.is_none() && aliases.get(alias).is_none() {
            return Err(RegistryError::NotFound { what: format!("{name}@{alias}") });
        }
        aliases.point(alias, version, jiff::Timestamp::now().as_millisecond());
        aliases.write(&self.folder(name))
    }

    fn delete(&self, name: &str, version: u32) -> Result<()> {
        check_name(name)?;
        let path = self.file(name, version);
        if !path.exists() {
            return Err(RegistryError::NotFound { what: format!("{name}@{version}") });
        }
        let _lock = self.lock(name)?;
        let mut aliases = self.aliases(name)?;
        let pointing = aliases.of(version);
        if !pointing.is_empty() {
            let aliases = pointing.join(", ");
            return Err(RegistryError::InUse { name: name.into(), version, aliases });
        }
        aliases.last_version = aliases.last_version.max(version);
        aliases.write(&self.folder(name))?;
        Ok(files::remove(&path)?)
    }
}

/// Names of what is in a folder; none when there is no folder. What is not UTF-8 is not ours.
fn names_in(folder: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|source| FileError::reading(folder, source))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|source| FileError::reading(folder, source))?;
        names.extend(entry.file_name().into_string());
    }
    Ok(names)
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
