//! The bytes of one segment: chunks in memory as they came, or a file.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::batch::damaged;
use super::files;
use crate::broker::disk;

/// A slice of memory that is as long as this is answered alone rather than copied together with its neighbours.
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
    File { path: PathBuf, open: Option<Arc<File>> },
}

/// Why bytes were not forced to disk.
#[derive(Debug)]
pub(super) enum NotSynced {
    /// The file could not be opened. It can be tried again.
    NotTried(io::Error),
    /// The system may have dropped what it held, so that a second try proves nothing.
    Failed(io::Error),
}

impl From<NotSynced> for io::Error {
    fn from(why: NotSynced) -> io::Error {
        match why {
            NotSynced::NotTried(error) | NotSynced::Failed(error) => error,
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
        Ok(Store { size: 0, kind: Kind::File { path: path.to_owned(), open: Some(Arc::new(file)) } })
    }

    /// A file that is there; it is not opened yet.
    pub(super) fn existing(path: &Path) -> io::Result<Store> {
        let size = path.metadata()?.len();
        Ok(Store { size, kind: Kind::File { path: path.to_owned(), open: None } })
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The file, if it is one.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Memory(_) => None,
            Kind::File { path, .. } => Some(path),
        }
    }

    /// The store is where `path` says from now on.
    pub(super) fn moved_to(&mut self, new: &Path) {
        if let Kind::File { path, open } = &mut self.kind {
            *open = None;
            new.clone_into(path);
        }
    }

    /// Closes the file until it is needed again.
    pub(super) fn close(&mut self) {
        if let Kind::File { open, .. } = &mut self.kind {
            *open = None;
        }
    }

    /// Adds bytes at the end. After an error the end is where it was.
    pub(super) fn append(&mut self, bytes: Bytes) -> io::Result<()> {
        let length = bytes.len() as u64;
        match &mut self.kind {
            Kind::Memory(_) if bytes.is_empty() => {}
            Kind::Memory(chunks) => chunks.push((self.size, bytes)),
            Kind::File { path, open } => files::write_all_at(handle(path, open)?, &bytes, self.size)?,
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
            Kind::File { path, open } => {
                let file = handle(path, open)?;
                file.set_len(size)?;
                disk::sync_file(file, path)?;
            }
        }
        self.size = size;
        Ok(())
    }

    /// Forces the bytes to disk.
    pub(super) fn sync(&mut self) -> Result<(), NotSynced> {
        match &mut self.kind {
            Kind::Memory(_) => Ok(()),
            Kind::File { path, open } => {
                let file = handle(path, open).map_err(NotSynced::NotTried)?;
                disk::sync_file(file, path).map_err(NotSynced::Failed)
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
            Kind::File { path, open } => {
                let mut buffer = BytesMut::zeroed(length);
                files::read_exact_at(handle(path, open)?, &mut buffer, position)?;
                Ok(buffer.freeze())
            }
        }
    }

    /// Between `least` and `most` bytes from `position` on: from memory a slice of one chunk if that is long enough to
    /// be worth an answer, otherwise chunks put together.
    pub(super) fn read_some(&mut self, position: u64, least: usize, most: usize) -> io::Result<Bytes> {
        if let Kind::Memory(_) = self.kind {
            let chunk = self.window(position, most)?;
            if chunk.len() >= least.max(most.min(WORTH_AN_ANSWER)) {
                return Ok(chunk.slice(..most.min(chunk.len())));
            }
        }
        self.read(position, most)
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

fn handle<'a>(path: &Path, open: &'a mut Option<Arc<File>>) -> io::Result<&'a File> {
    let file = match open.take() {
        Some(file) => file,
        None => Arc::new(OpenOptions::new().read(true).write(true).open(path)?),
    };
    Ok(open.insert(file))
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
