//! Walking over the batches of a segment, with few reads.

use std::io;

use bytes::Bytes;

use super::batch::{BatchHeader, HEADER_BYTES, damaged};
use super::store::Store;

/// A batch's header and where it begins in its segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) position: u64,
    pub(super) header: BatchHeader,
}

impl Placed {
    /// Where the batch ends.
    pub(super) fn end(&self) -> u64 {
        self.position + self.header.size as u64
    }
}

/// Walks over the batches of a segment from a position on.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    store: &'a mut Store,
    position: u64,
    wish: usize,
    window: Bytes,
    window_at: u64,
}

impl<'a> Scan<'a> {
    /// A walk that reads about `wish` bytes at once.
    pub(super) fn new(store: &'a mut Store, position: u64, wish: usize) -> Scan<'a> {
        Scan { store, position, wish: wish.max(HEADER_BYTES), window: Bytes::new(), window_at: position }
    }

    /// The next batch's header; `None` at the end.
    ///
    /// # Errors
    /// The disk fails, or what follows is no batch that lies wholly in the segment.
    pub(super) fn next(&mut self) -> io::Result<Option<Placed>> {
        let left = self.store.size().saturating_sub(self.position);
        if left == 0 {
            return Ok(None);
        }
        if self.visible().len() < HEADER_BYTES {
            self.window = self.store.window(self.position, self.wish)?;
            self.window_at = self.position;
        }
        let header = BatchHeader::parse(self.visible()).map_err(damaged)?;
        if header.size as u64 > left {
            return Err(damaged(format!("a batch of {} bytes is cut after {left}", header.size)));
        }
        let placed = Placed { position: self.position, header };
        self.position = placed.end();
        Ok(Some(placed))
    }

    /// The bytes of a batch that this walk gave.
    pub(super) fn bytes(&mut self, placed: &Placed) -> io::Result<Bytes> {
        let from = usize::try_from(placed.position.saturating_sub(self.window_at)).unwrap_or(usize::MAX);
        match self.window.get(from..from.saturating_add(placed.header.size)) {
            Some(bytes) if placed.position >= self.window_at => Ok(self.window.slice_ref(bytes)),
            _ => self.store.read(placed.position, placed.header.size),
        }
    }

    /// What of the window lies at the walk's position.
    fn visible(&self) -> &[u8] {
        let from = usize::try_from(self.position - self.window_at).unwrap_or(usize::MAX);
        self.window.get(from..).unwrap_or_default()
    }
}
