//! Kafka's four compressions of a batch's records, with a limit on what comes out.

use std::io;

/// How the records of a batch are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// Not at all.
    None,
    /// zlib's gzip.
    Gzip,
    /// Snappy, in the framing of Java's snappy library or bare.
    Snappy,
    /// LZ4 frames.
    Lz4,
    /// Zstandard.
    Zstd,
}

impl Compression {
    /// The compression that the lowest three bits of a batch's attributes name.
    #[must_use]
    pub fn from_attributes(attributes: i16) -> Option<Compression> {
        Some(match attributes & 7 {
            0 => Compression::None,
            1 => Compression::Gzip,
            2 => Compression::Snappy,
            3 => Compression::Lz4,
            4 => Compression::Zstd,
            _ => return None,
        })
    }

    /// Its number in a batch's attributes.
    #[must_use]
    pub fn attribute(self) -> i16 {
        self as i16
    }
}

/// Decompresses `data`, which may give at most `limit` bytes.
///
/// # Errors
/// The data are damaged, or would grow beyond the limit.
pub fn decompress(_compression: Compression, _data: &[u8], _limit: usize) -> io::Result<Vec<u8>> {
    todo!()
}

/// Compresses `data`.
///
/// # Errors
/// A compressor fails.
pub fn compress(_compression: Compression, _data: &[u8]) -> io::Result<Vec<u8>> {
    todo!()
}
