//! The bytes of one segment: chunks in memory as they came, or a file.

use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::batch::damaged;
use super::extent::{Extent, FilePart};
use super::files;
use super::open_files::{KeptFile, OpenFiles};
use crate::broker::disk;

/// Records that are as long as this are answered from where they lie: a slice of memory without its neighbours, a part of a file
/// without being read.
const WORTH_AN_ANSWER: usize = 64 * 1024;

/// The bytes of one segment. A clone reads the same bytes; only the original may be written to.
#[derive(Debug, Clone)]
pub(super) struct Store {
    size: u64,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Chunks with the position of their first byte. None is empty, and each holds whole batches.
    Memory(Vec<(u64, Bytes)>),
    /// A file, opened when it is needed.
    File(Place),
}

/// Where a file is, and the file while it stays open.
#[derive(Debug, Clone)]
struct Place {
    path: PathBuf,
    open: Option<Arc<KeptFile>>,
    /// Since somebody last asked.
    is_used: bool,
}

/// An open file for one use.
enum Lent<'a> {
    Kept(&'a Arc<KeptFile>),
    /// Closed after the use, because enough others are kept.
    Once(File),
}

/// Why bytes were not written, or not forced to disk.
#[derive(Debug)]
pub(super) enum Failure {
    /// The file could not be opened, so nothing has happened to it.
    NotTried(io::Error),
    /// Some of it may be done. Of a sync the system may have dropped what it held, so that a second try proves nothing.
    Halfway(io::Error),
}

impl From<Failure> for io::Error {
    fn from(why: Failure) -> io::Error {
        match why {
            Failure::NotTried(error) | Failure::Halfway(error) => error,
        }
    }
}

impl Store {
    pub(super) fn in_memory() -> Store {
        Store { size: 0, kind: Kind::Memory(Vec::new()) }
    }

    /// A new, empty file.
    pub(super) fn create(path: &Path) -> io::Result<Store> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
        let open = OpenFiles::of_process().keep(file).ok().map(Arc::new);
        Ok(Store { size: 0, kind: Kind::File(Place { path: path.to_owned(), open, is_used: true }) })
    }

    /// A file that is there; it is not opened yet.
    pub(super) fn existing(path: &Path) -> io::Result<Store> {
        let size = path.metadata()?.len();
        Ok(Store { size, kind: Kind::File(Place { path: path.to_owned(), open: None, is_used: false }) })
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The file, if it is one.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Memory(_) => None,
            Kind::File(place) => Some(&place.path),
        }
    }

    /// The store is where `path` says from now on.
    pub(super) fn moved_to(&mut self, path: &Path) {
        if let Kind::File(place) = &mut self.kind {
            place.open = None;
            path.clone_into(&mut place.path);
        }
    }

    /// Closes the file until it is needed again.
    pub(super) fn close(&mut self) {
        if let Kind::File(place) = &mut self.kind {
            place.open = None;
        }
    }

    /// Whether the file was not used since this was last asked.
    pub(super) fn is_idle(&mut self) -> bool {
        match &mut self.kind {
            Kind::Memory(_) => false,
            Kind::File(place) => !std::mem::take(&mut place.is_used),
        }
    }

    /// Adds bytes at the end. After an error the end is where it was.
    pub(super) fn append(&mut self, bytes: Bytes) -> Result<(), Failure> {
        let length = bytes.len() as u64;
        match &mut self.kind {
            Kind::Memory(_) if bytes.is_empty() => {}
            Kind::Memory(chunks) => chunks.push((self.size, bytes)),
            Kind::File(place) => {
                let (file, _) = place.file().map_err(Failure::NotTried)?;
                files::write_all_at(&file, &bytes, self.size).map_err(Failure::Halfway)?;
            }
        }
        self.size += length;
        Ok(())
    }

    /// Cuts the store off at `size`, which is the beginning of a batch.
    pub(super) fn truncate(&mut self, size: u64) -> io::Result<()> {
        match &mut self.kind {
            Kind::Memory(chunks) => {
                chunks.retain(|(position, _)| *position < size);
                if let Some((position, chunk)) = chunks.last_mut() {
                    chunk.truncate(usize::try_from(size - *position).unwrap_or(usize::MAX));
                }
            }
            Kind::File(place) => {
                let (file, path) = place.file()?;
                file.set_len(size)?;
                // Whatever becomes of the sync.
                self.size = size;
                disk::sync_file(&file, path)?;
            }
        }
        self.size = size;
        Ok(())
    }

    /// Forces the bytes to disk.
    pub(super) fn sync(&mut self) -> Result<(), Failure> {
        match &mut self.kind {
            Kind::Memory(_) => Ok(()),
            Kind::File(place) => {
                let (file, path) = place.file().map_err(Failure::NotTried)?;
                disk::sync_file(&file, path).map_err(Failure::Halfway)
            }
        }
    }

    /// Exactly `length` bytes from `position` on; without copying where they lie in one chunk of memory.
    pub(super) fn read(&mut self, position: u64, length: usize) -> io::Result<Bytes> {
        if position.saturating_add(length as u64) > self.size {
            return Err(damaged(format!(
                "{length} bytes at {position} lie beyond the end of a segment of {} bytes",
                self.size
            )));
        }
        match &mut self.kind {
            Kind::Memory(chunks) => Ok(read_chunks(chunks, position, length)),
            Kind::File(place) => {
                let (file, _) = place.file()?;
                let mut buffer = BytesMut::zeroed(length);
                files::read_exact_at(&file, &mut buffer, position)?;
                Ok(buffer.freeze())
            }
        }
    }

    /// How many bytes from `position` on are an answer, at most `most` and where there are at least `least`: in memory those of
    /// one chunk if they are enough to be worth it, because chunks would have to be put together.
    pub(super) fn worth_an_answer(&mut self, position: u64, least: usize, most: usize) -> io::Result<usize> {
        if let Kind::Memory(_) = self.kind {
            let chunk = self.window(position, most)?.len();
            if chunk >= least.max(most.min(WORTH_AN_ANSWER)) {
                return Ok(most.min(chunk));
            }
        }
        Ok(most)
    }

    /// Exactly `length` bytes from `position` on. Where the system sends files by itself they are left in theirs if they are
    /// many and the file may stay open for so long.
    pub(super) fn extent(&mut self, position: u64, length: usize) -> io::Result<Extent> {
        if cfg!(target_os = "linux")
            && length >= WORTH_AN_ANSWER
            && let Kind::File(place) = &mut self.kind
            && let (Lent::Kept(file), _) = place.file()?
            && file.may_be_lent()
        {
            return Ok(Extent::File(FilePart::new(Arc::clone(file), position, length)));
        }
        self.read(position, length).map(Extent::Memory)
    }

    /// Some bytes from `position` on, about `wish` of them, at least one before the end: what costs the least.
    pub(super) fn window(&mut self, position: u64, wish: usize) -> io::Result<Bytes> {
        let left = usize::try_from(self.size.saturating_sub(position)).unwrap_or(usize::MAX);
        if let Kind::Memory(chunks) = &self.kind {
            return Ok(chunk_at(chunks, position)
                .and_then(|(from, chunk)| chunk.get(from..).map(|bytes| chunk.slice_ref(bytes)))
                .unwrap_or_default());
        }
        self.read(position, wish.min(left))
    }
}

impl Place {
    /// The file, opened where it is not, and where it is.
    fn file(&mut self) -> io::Result<(Lent<'_>, &Path)> {
        self.is_used = true;
        let kept = match self.open.take() {
            Some(kept) => kept,
            None => {
                let file = OpenOptions::new().read(true).write(true).open(&self.path)?;
                match OpenFiles::of_process().keep(file) {
                    Ok(kept) => Arc::new(kept),
                    Err(file) => return Ok((Lent::Once(file), &self.path)),
                }
            }
        };
        Ok((Lent::Kept(self.open.insert(kept)), &self.path))
    }
}

impl Deref for Lent<'_> {
    type Target = File;

    fn deref(&self) -> &File {
        match self {
            Lent::Kept(file) => file.file(),
            Lent::Once(file) => file,
        }
    }
}

/// The chunk that holds the byte at `position`, and where in it.
fn chunk_at(chunks: &[(u64, Bytes)], position: u64) -> Option<(usize, &Bytes)> {
    let at = chunks.partition_point(|(start, _)| *start <= position).checked_sub(1)?;
    let (start, chunk) = chunks.get(at)?;
    Some((usize::try_from(position - start).ok()?, chunk))
}

fn read_chunks(chunks: &[(u64, Bytes)], position: u64, length: usize) -> Bytes {
    let Some((from, chunk)) = chunk_at(chunks, position) else {
        return Bytes::new();
    };
    if let Some(bytes) = chunk.get(from..from.saturating_add(length)) {
        return chunk.slice_ref(bytes);
    }
    let mut out = BytesMut::with_capacity(length);
    let first = chunks.partition_point(|(start, _)| *start <= position).saturating_sub(1);
    let mut from = from;
    for (_, chunk) in chunks.iter().skip(first) {
        let bytes = chunk.get(from..).unwrap_or_default();
        out.extend_from_slice(bytes.get(..length - out.len()).unwrap_or(bytes));
        if out.len() == length {
            break;
        }
        from = 0;
    }
    out.freeze()
}
