//! For tests: what is left of a folder after a loss of power, and a disk that fails.
//!
//! It sees what the calling thread forces to disk and remembers exactly that: of a file the bytes as they were then, of a
//! folder the names. [`Disk::after_loss_of_power`] builds a folder from nothing else. The real disk is left out meanwhile, as
//! it would take most of a test's time.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

thread_local! {
    static DISK: RefCell<Option<Inner>> = const { RefCell::new(None) };
    static IS_WATCHED: Cell<bool> = const { Cell::new(false) };
}

#[derive(Default)]
struct Inner {
    /// Forced bytes by inode. The file is held open, so that its inode is not given to another one.
    bytes: HashMap<u64, (File, Vec<u8>)>,
    /// Forced names by folder.
    names: BTreeMap<PathBuf, BTreeMap<OsString, Name>>,
    fails: Option<Fails>,
    each: Option<Box<Looks>>,
}

/// Looks at what is on disk at a moment.
type Looks = dyn FnMut(&Left<'_>);

#[derive(Clone, Copy)]
struct Name {
    inode: u64,
    is_folder: bool,
}

struct Fails {
    what: Box<dyn Fn(&Path) -> bool>,
    after: usize,
    kind: io::ErrorKind,
    /// Each one after it, too.
    stays: bool,
}

/// Watches what this thread forces to disk, as long as it lives.
pub struct Disk;

impl Disk {
    pub fn watch() -> Disk {
        DISK.set(Some(Inner::default()));
        IS_WATCHED.set(true);
        Disk
    }

    /// Has the sync after `after` others fail that concern such a path, once.
    pub fn fail(&self, after: usize, what: impl Fn(&Path) -> bool + 'static) {
        self.fail_with(io::ErrorKind::Other, after, false, what);
    }

    /// Has every sync fail from now on that concerns such a path.
    pub fn be_broken(&self, what: impl Fn(&Path) -> bool + 'static) {
        self.fail_with(io::ErrorKind::Other, 0, true, what);
    }

    /// [`Self::fail`] because nothing more has room.
    pub fn be_full(&self, after: usize, what: impl Fn(&Path) -> bool + 'static) {
        self.fail_with(io::ErrorKind::StorageFull, after, false, what);
    }

    fn fail_with(
        &self,
        kind: io::ErrorKind,
        after: usize,
        stays: bool,
        what: impl Fn(&Path) -> bool + 'static,
    ) {
        with(|disk| disk.fails = Some(Fails { what: Box::new(what), after, kind, stays }));
    }

    /// Whether a failure was asked for that has not come.
    pub fn is_to_fail(&self) -> bool {
        with(|disk| disk.fails.is_some()).unwrap_or(false)
    }

    /// Has this called each time that something was forced to disk. What it does itself is not watched.
    pub fn at_each_sync(&self, each: impl FnMut(&Left<'_>) + 'static) {
        with(|disk| disk.each = Some(Box::new(each)));
    }

    /// Builds in `to` what is left of `folder`.
    pub fn after_loss_of_power(&self, folder: &Path, to: &Path) {
        with(|disk| disk.build(folder, to).unwrap());
    }
}

/// What is on disk at a moment.
pub struct Left<'a>(&'a Inner);

impl Left<'_> {
    /// Builds in `to` what is left of `folder`.
    pub fn after_loss_of_power(&self, folder: &Path, to: &Path) {
        self.0.build(folder, to).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        DISK.set(None);
        IS_WATCHED.set(false);
    }
}

pub(super) fn is_watched() -> bool {
    IS_WATCHED.get()
}

fn with<T>(work: impl FnOnce(&mut Inner) -> T) -> Option<T> {
    DISK.with_borrow_mut(|disk| disk.as_mut().map(work))
}

pub(super) fn before_sync(path: &Path) -> io::Result<()> {
    with(|disk| disk.before_sync(path)).unwrap_or(Ok(()))
}

pub(super) fn file_synced(path: &Path) -> io::Result<()> {
    with(|disk| disk.file_synced(path)).unwrap_or(Ok(()))?;
    tell();
    Ok(())
}

pub(super) fn folder_synced(folder: &Path) -> io::Result<()> {
    with(|disk| disk.folder_synced(folder)).unwrap_or(Ok(()))?;
    tell();
    Ok(())
}

fn tell() {
    let Some(mut disk) = DISK.take() else { return };
    if let Some(mut each) = disk.each.take() {
        each(&Left(&disk));
        disk.each = Some(each);
    }
    DISK.set(Some(disk));
}

impl Inner {
    fn before_sync(&mut self, path: &Path) -> io::Result<()> {
        let Some(fails) = self.fails.as_mut().filter(|fails| (fails.what)(path)) else { return Ok(()) };
        if fails.after > 0 {
            fails.after -= 1;
            return Ok(());
        }
        let kind = fails.kind;
        if !fails.stays {
            self.fails = None;
        }
        Err(io::Error::new(kind, "the simulated disk fails"))
    }

    fn file_synced(&mut self, path: &Path) -> io::Result<()> {
        let file = File::open(path)?;
        let inode = file.metadata()?.ino();
        self.bytes.insert(inode, (file, fs::read(path)?));
        Ok(())
    }

    fn folder_synced(&mut self, folder: &Path) -> io::Result<()> {
        let mut names = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            let name = Name { inode: metadata.ino(), is_folder: metadata.is_dir() };
            names.insert(entry.file_name(), name);
        }
        self.names.insert(folder.to_owned(), names);
        Ok(())
    }

    fn build(&self, folder: &Path, to: &Path) -> io::Result<()> {
        for (name, what) in self.names.get(folder).into_iter().flatten() {
            let place = to.join(name);
            if what.is_folder {
                fs::create_dir(&place)?;
                self.build(&folder.join(name), &place)?;
            } else {
                let bytes = self.bytes.get(&what.inode).map(|(_, bytes)| bytes.as_slice());
                fs::write(place, bytes.unwrap_or_default())?;
            }
        }
        Ok(())
    }
}
