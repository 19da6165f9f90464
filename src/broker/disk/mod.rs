//! What is forced to disk: the bytes of a file, the names in a folder, a file replaced as a whole.
//!
//! A file is there after a loss of power when both its bytes and its name were forced to disk; the name is the folder's.
//! It knows nothing of what the files hold.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

#[cfg(test)]
#[cfg(unix)]
pub mod simulated;

#[cfg(not(all(test, unix)))]
mod simulated {
    //! Outside of tests nobody watches.
    use std::{io::Result, path::Path};

    pub fn is_watched() -> bool {
        false
    }

    pub fn before_sync(_: &Path) -> Result<()> {
        Ok(())
    }

    pub fn file_synced(_: &Path) -> Result<()> {
        Ok(())
    }

    pub fn folder_synced(_: &Path) -> Result<()> {
        Ok(())
    }
}

/// Forces the bytes of an open file to disk. The path only names it.
pub fn sync_file(file: &File, path: &Path) -> io::Result<()> {
    simulated::before_sync(path)?;
    if !simulated::is_watched() {
        file.sync_data()?;
    }
    simulated::file_synced(path)
}

/// Forces the names in a folder to disk.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    simulated::before_sync(folder)?;
    // Other systems keep their folders by themselves, and do not open them as files.
    if cfg!(unix) && !simulated::is_watched() {
        File::open(folder)?.sync_all()?;
    }
    simulated::folder_synced(folder)
}

/// Forces the name of a file or folder to disk.
pub fn sync_name(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => sync_folder(Path::new(".")),
        Some(parent) => sync_folder(parent),
        None => Ok(()),
    }
}

/// Replaces a file's content: it is the old or the new one after a crash, never something between.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let new = path.with_extension("tmp");
    {
        // Closed before the folder is opened: files that may be open are few.
        let mut file = File::create(&new)?;
        file.write_all(content)?;
        sync_file(&file, &new)?;
    }
    fs::rename(&new, path)?;
    sync_name(path)
}

/// Creates a folder with those above it, where they are missing, and forces their names to disk.
pub fn create_folders(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        create_folders(parent)?;
    }
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        result => result?,
    }
    sync_name(folder)
}
