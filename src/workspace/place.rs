//! Where a workspace is kept: its file, the folder of results beside it, and its autosave.
//!
//! ```text
//! late-flights.forebay              the workspace
//! late-flights.forebay.d/           results of its runs, one file each, named by their content
//! .late-flights.forebay.autosave    what is not saved yet; gone after a save and after a clean end
//! ```

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::config::ConfigFolder;
use super::document::{ConnectionRef, Workspace};
use super::format;
use super::run::SavedRun;
use crate::files::{self, FileError};
use crate::jobs::Problem;

/// Where a workspace is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The workspace file; `None` while it has no name.
    file: Option<PathBuf>,
    results: PathBuf,
    autosave: PathBuf,
}

/// A workspace as read from disk.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it holds.
    pub workspace: Workspace,
    /// Runs without their result, each with the reason. They can be repeated.
    pub missing: Vec<(String, String)>,
}

/// Work that was not saved before the program ended.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// The work.
    pub opened: Opened,
    /// When it was written.
    pub written: SystemTime,
}

impl Place {
    /// A workspace file may be this large.
    const FILE_LIMIT: u64 = 64 << 20;

    /// The result of a run may be this large.
    const RESULT_LIMIT: u64 = 1 << 30;

    /// Of a workspace with a file.
    pub fn at(file: &Path) -> Self {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
        let name = file.file_name().unwrap_or_default();
        Self {
            results: file.with_file_name(joined(&[name, ".d".as_ref()])),
            autosave: file.with_file_name(joined(&[".".as_ref(), name, ".autosave".as_ref()])),
            file: Some(file),
        }
    }

    /// Of a workspace that has no file yet: its autosave stands in the configuration folder.
    pub fn unnamed(config: &ConfigFolder) -> Self {
        Self {
            file: None,
            results: config.path().join("unsaved.forebay.d"),
            autosave: config.path().join("unsaved.forebay.autosave"),
        }
    }

    /// The workspace file, once there is one.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Opens the workspace.
    pub fn open(&self) -> Result<Opened, Problem> {
        match &self.file {
            Some(file) => self.read(file),
            None => Ok(Opened { workspace: Workspace::default(), missing: Vec::new() }),
        }
    }

    /// The cluster that the workspace is about, without its runs; `None` also where the file cannot be read.
    pub fn connection(&self) -> Option<ConnectionRef> {
        let text = files::read_text(self.file.as_deref()?, Self::FILE_LIMIT).ok()?;
        format::connection(&text)
    }

    /// Removes the workspace with all that is kept of it.
    pub fn remove(&self) -> Result<(), Problem> {
        self.discard_autosave()?;
        if let Some(file) = &self.file {
            files::remove(file)?;
        }
        Ok(files::remove_folder(&self.results)?)
    }

    /// Saves the workspace: results first, then the file that names them, so that what is on disk is whole at any moment.
    /// The autosave goes, and results that nothing names any more. A place without a file cannot be saved to.
    pub fn save(&self, workspace: &Workspace) -> Result<(), Problem> {
        let Some(file) = &self.file else {
            return Err(Problem::new("Saving the workspace", "it has no file yet", "Choose a name for it"));
        };
        self.write(file, workspace)?;
        self.discard_autosave()?;
        self.sweep(workspace);
        Ok(())
    }

    /// Writes the workspace as an autosave; the workspace file itself stays as it is.
    pub fn autosave(&self, workspace: &Workspace) -> Result<(), Problem> {
        if let Some(folder) = self.autosave.parent() {
            files::make_folder(folder)?;
        }
        self.write(&self.autosave, workspace)
    }

    /// What an earlier session left unsaved, if any.
    pub fn recover(&self) -> Result<Option<Recovered>, Problem> {
        let Ok(about) = fs::metadata(&self.autosave) else { return Ok(None) };
        let opened = self.read(&self.autosave)?;
        Ok(Some(Recovered { opened, written: about.modified().unwrap_or(SystemTime::UNIX_EPOCH) }))
    }

    /// Takes the autosave away: the work is saved, or the user does not want it.
    pub fn discard_autosave(&self) -> Result<(), Problem> {
        Ok(files::remove(&self.autosave)?)
    }

    fn read(&self, file: &Path) -> Result<Opened, Problem> {
        let text = files::read_text(file, Self::FILE_LIMIT)?;
        let mut workspace = format::parse(&text)
            .map_err(|(why, next)| Problem::new(format!("Opening {}", file.display()), why, next))?;
        let mut missing = Vec::new();
        for run in &mut workspace.runs {
            match self.read_result(run) {
                Ok(result) => run.result = Some(result),
                Err(why) => missing.push((run.name.clone(), why)),
            }
        }
        Ok(Opened { workspace, missing })
    }

    fn read_result(&self, run: &SavedRun) -> Result<std::sync::Arc<crate::learn::Run>, String> {
        let path = self.results.join(run.file_name());
        let bytes = files::read(&path, Self::RESULT_LIMIT).map_err(|error| error.to_string())?;
        run.read_result(&bytes).map_err(|why| format!("{}: {why}", path.display()))
    }

    fn write(&self, file: &Path, workspace: &Workspace) -> Result<(), Problem> {
        self.write_results(workspace)?;
        let text = format::text(workspace).map_err(|why| {
            Problem::new(format!("Writing {}", file.display()), why, "Nothing was replaced")
        })?;
        Ok(files::write(file, text.as_bytes())?)
    }

    fn write_results(&self, workspace: &Workspace) -> Result<(), Problem> {
        for run in &workspace.runs {
            let path = self.results.join(run.file_name());
            let Some(result) = run.result.as_ref().filter(|_| !path.exists()) else { continue };
            files::make_folder(&self.results)?;
            let bytes = SavedRun::result_bytes(result)
                .map_err(|error| FileError::writing(&path, std::io::Error::other(error)))?;
            files::write(&path, &bytes)?;
        }
        Ok(())
    }

    /// Results that no run names are of runs that the user deleted. What cannot be swept stays and harms nothing.
    fn sweep(&self, workspace: &Workspace) {
        let named: BTreeSet<OsString> = workspace.runs.iter().map(|run| run.file_name().into()).collect();
        let Ok(entries) = fs::read_dir(&self.results) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_result = name.to_string_lossy().ends_with(".run.json");
            if is_result && !named.contains(&name) {
                let _ = files::remove(&entry.path());
            }
        }
    }
}

fn joined(parts: &[&std::ffi::OsStr]) -> OsString {
    parts.iter().copied().collect()
}
