//! Records where they lie: in memory, or in a file from which they can go to a socket without being read first.

use std::fs::File;
use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::files;
use super::open_files::KeptFile;

/// Whole batches, one after the other.
#[derive(Debug, Clone)]
pub enum Extent {
    /// In memory.
    Memory(Bytes),
    /// In a file.
    File(FilePart),
}

/// A part of a segment's file. Its bytes stay as they are whatever becomes of the segment: what was acknowledged is not written
/// over, and a file that was deleted or replaced is there as long as it is open.
#[derive(Debug, Clone)]
pub struct FilePart {
    file: Arc<KeptFile>,
    position: u64,
    length: usize,
}

/// No records.
impl Default for Extent {
    fn default() -> Extent {
        Extent::Memory(Bytes::new())
    }
}

impl Extent {
    /// Its length in bytes.
    pub fn len(&self) -> usize {
        match self {
            Extent::Memory(bytes) => bytes.len(),
            Extent::File(part) => part.length,
        }
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How much memory it takes, in bytes.
    pub fn in_memory(&self) -> usize {
        match self {
            Extent::Memory(bytes) => bytes.len(),
            Extent::File(_) => 0,
        }
    }

    /// The records' bytes.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(self) -> io::Result<Bytes> {
        match self {
            Extent::Memory(bytes) => Ok(bytes),
            Extent::File(part) => part.read(usize::MAX),
        }
    }
}

impl FilePart {
    pub(super) fn new(file: Arc<KeptFile>, position: u64, length: usize) -> FilePart {
        FilePart { file, position, length }
    }

    /// The file.
    pub fn file(&self) -> &File {
        self.file.file()
    }

    /// Where in the file the part begins.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing is left of it.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Takes so many bytes off its beginning.
    pub fn advance(&mut self, count: usize) {
        let count = count.min(self.length);
        self.position += count as u64;
        self.length -= count;
    }

    /// Its first bytes, at most so many.
    ///
    /// # Errors
    /// The file cannot be read, or has become shorter.
    pub fn read(&self, most: usize) -> io::Result<Bytes> {
        let mut buffer = BytesMut::zeroed(most.min(self.length));
        files::read_exact_at(self.file(), &mut buffer, self.position)?;
        Ok(buffer.freeze())
    }
}
