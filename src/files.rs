//! Files of the user's are written here and nowhere else.
//!
//! In: a path and bytes. Out: the file, whole, or as it was before. The bytes go to a temporary file in the same folder, which
//! is synced and then renamed over the old one; the folder is synced too, so that the new name outlives a power cut. This
//! module knows nothing of what is in a file, so every other module may use it.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::jobs::Problem;

/// The result of this module's functions.
pub type Result<T> = std::result::Result<T, FileError>;

/// A file or folder that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct FileError {
    /// Which.
    pub path: PathBuf,
    /// Whether it was to be written.
    pub writing: bool,
    /// The operating system's words.
    pub source: io::Error,
}

impl FileError {
    /// A failure to read `path`.
    pub fn reading(path: &Path, source: io::Error) -> Self {
        Self { path: path.into(), writing: false, source }
    }

    /// A failure to write `path`.
    pub fn writing(path: &Path, source: io::Error) -> Self {
        Self { path: path.into(), writing: true, source }
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        let what = match error.writing {
            true => format!("Writing {}", error.path.display()),
            false => format!("Reading {}", error.path.display()),
        };
        Problem::new(what, error.source.to_string(), next_step(error.source.kind(), error.writing))
    }
}

fn next_step(kind: io::ErrorKind, writing: bool) -> &'static str {
    match (kind, writing) {
        (io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge, _) => {
            "Nothing was replaced. Free some space, or choose another folder."
        }
        (io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem, true) => {
            "Nothing was replaced. Choose a folder that you may write to"
        }
        (io::ErrorKind::PermissionDenied, false) => "Check the file's permissions",
        (io::ErrorKind::NotFound, true) => "Make the folder first, or choose another",
        (io::ErrorKind::NotFound, false) => "Check the path",
        (io::ErrorKind::IsADirectory, _) => "Give the name of a file, not of a folder",
        (_, true) => "Nothing was replaced",
        (_, false) => "",
    }
}

/// A file being written. It takes its place with [`AtomicFile::commit`]; dropped before that, it leaves no trace.
///
/// Writes are buffered. It can seek and read back, as writers of some formats want to.
#[derive(Debug)]
pub struct AtomicFile {
    temporary: BufWriter<NamedTempFile>,
    target: PathBuf,
}

impl AtomicFile {
    /// Begins to write `path`. A symbolic link is followed, so that the file it points to is replaced and not the link.
    /// A file that is there keeps its permissions; one that is marked read-only is refused.
    pub fn create(path: &Path) -> Result<Self> {
        Self::begin(path).map_err(|source| FileError::writing(path, source))
    }

    fn begin(path: &Path) -> io::Result<Self> {
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let old = fs::metadata(&target).ok();
        if old.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is marked read-only"));
        }
        let name = target.file_name().ok_or(io::ErrorKind::IsADirectory)?;
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(name);
        prefix.push(".");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".tmp");
        let permissions = old.map(|old| old.permissions()).or_else(new_file_permissions);
        if let Some(permissions) = permissions {
            builder.permissions(permissions);
        }
        let temporary = builder.tempfile_in(folder_of(&target))?;
        Ok(Self { temporary: BufWriter::with_capacity(1 << 16, temporary), target })
    }

    /// Syncs what was written and puts it in its place.
    pub fn commit(self) -> Result<()> {
        let target = self.target.clone();
        self.finish().map_err(|source| FileError::writing(&target, source))
    }

    fn finish(self) -> io::Result<()> {
        let temporary = self.temporary.into_inner().map_err(io::IntoInnerError::into_error)?;
        temporary.as_file().sync_all()?;
        temporary.persist(&self.target).map_err(|error| error.error)?;
        sync_folder(folder_of(&self.target))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temporary.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.temporary.seek(to)
    }
}

impl Read for AtomicFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.temporary.flush()?;
        self.temporary.get_mut().read(into)
    }
}

/// Writes `bytes` as the whole content of `path`, all or nothing.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(|source| FileError::writing(path, source))?;
    file.commit()
}

/// Reads the whole of `path`, which must not be larger than `limit` bytes: files from elsewhere may be of any size.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let failed = |source| FileError::reading(path, source);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        let why = format!("larger than the {limit} bytes that such a file may have");
        return Err(failed(io::Error::new(io::ErrorKind::InvalidData, why)));
    }
    Ok(bytes)
}

/// Reads the whole of `path` as UTF-8 text of at most `limit` bytes.
pub fn read_text(path: &Path, limit: u64) -> Result<String> {
    String::from_utf8(read(path, limit)?).map_err(|error| {
        FileError::reading(path, io::Error::new(io::ErrorKind::InvalidData, error.utf8_error().to_string()))
    })
}

/// Removes `path`; one that is not there is fine.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(FileError::writing(path, source)),
        _ => Ok(()),
    }
}

/// Removes a folder with all that is in it; one that is not there is fine.
pub fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(FileError::writing(path, source)),
        _ => Ok(()),
    }
}

/// Makes a folder with those above it; one that is there is fine.
pub fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|source| FileError::writing(path, source))
}

/// The folder that `path` stands in; a bare name stands in the current one.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A temporary file is private to its user; a new file of the user's gets what the umask says.
#[cfg(unix)]
fn new_file_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn new_file_permissions() -> Option<Permissions> {
    None
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file; the rename itself is durable enough there.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_written_file_replaces_the_old_one_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.forebay");
        write(&path, b"first").unwrap();
        write(&path, b"second").unwrap();
        assert_eq!(read(&path, 100).unwrap(), b"second");
        assert_eq!(names(folder.path()), ["a.forebay"]);
    }

    #[test]
    fn a_file_dropped_before_it_is_whole_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        write(&path, b"old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(&vec![b'x'; 200_000]).unwrap();
        drop(file);
        assert_eq!(read(&path, 100).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["a.csv"]);
    }

    #[test]
    fn it_seeks_and_reads_back_through_its_buffer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.arrow");
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"0123456789").unwrap();
        file.seek(SeekFrom::Start(2)).unwrap();
        let mut two = [0; 2];
        file.read_exact(&mut two).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.write_all(b"AB").unwrap();
        file.commit().unwrap();
        assert_eq!(&two, b"23");
        assert_eq!(read(&path, 100).unwrap(), b"AB23456789");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_links_are_followed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("real"), folder.path().join("link"));
        write(&path, b"old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write(&link, b"new").unwrap();
        assert_eq!(read(&path, 100).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_file_marked_read_only_is_refused_and_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept");
        write(&path, b"old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let problem = Problem::from(write(&path, b"new").unwrap_err());
        assert_eq!(problem.why, "the file is marked read-only");
        assert_eq!(problem.next, "Nothing was replaced. Choose a folder that you may write to.");
        assert_eq!(read(&path, 100).unwrap(), b"old");
    }

    #[test]
    fn a_missing_folder_and_a_full_disk_say_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("no/such/a.csv");
        let problem = Problem::from(write(&missing, b"x").unwrap_err());
        assert_eq!(problem.what, format!("Writing {}", missing.display()));
        assert_eq!(problem.next, "Make the folder first, or choose another.");
        let full = FileError::writing(&missing, io::ErrorKind::StorageFull.into());
        assert_eq!(
            Problem::from(full).next,
            "Nothing was replaced. Free some space, or choose another folder."
        );
    }

    #[test]
    fn a_file_over_its_limit_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large");
        write(&path, b"12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert!(read(&path, 4).unwrap_err().to_string().contains("larger than the 4 bytes"));
    }
}
