//! Kafka's four compressions of a batch's records, with a limit on what comes out.

use std::borrow::Cow;
use std::io::{self, Read, Write};

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
        match self {
            Compression::None => 0,
            Compression::Gzip => 1,
            Compression::Snappy => 2,
            Compression::Lz4 => 3,
            Compression::Zstd => 4,
        }
    }
}

/// The header that Java's snappy library writes before its blocks: magic, version, lowest compatible version.
const XERIAL_MAGIC: &[u8] = b"\x82SNAPPY\0";
const XERIAL_HEADER: &[u8] = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01";
const XERIAL_BLOCK: usize = 32 * 1024;

/// Decompresses `data`, which may give at most `limit` bytes. What is not compressed is borrowed.
///
/// # Errors
/// The data are damaged, or would grow beyond the limit ([`io::ErrorKind::FileTooLarge`]).
pub fn decompress(compression: Compression, data: &[u8], limit: usize) -> io::Result<Cow<'_, [u8]>> {
    Ok(match compression {
        Compression::None => Cow::Borrowed(data),
        Compression::Gzip => {
            Cow::Owned(read_all(flate2::read::MultiGzDecoder::new(data), data.len(), limit)?)
        }
        Compression::Snappy => Cow::Owned(snappy(data, limit)?),
        Compression::Lz4 => Cow::Owned(read_all(lz4::Decoder::new(data)?, data.len(), limit)?),
        Compression::Zstd => {
            Cow::Owned(read_all(zstd::stream::read::Decoder::with_buffer(data)?, data.len(), limit)?)
        }
    })
}

fn read_all(decoder: impl Read, compressed: usize, limit: usize) -> io::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(compressed.saturating_mul(4).min(limit));
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(most).read_to_end(&mut out)?;
    if out.len() > limit {
        return Err(too_large(limit));
    }
    Ok(out)
}

fn snappy(data: &[u8], limit: usize) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    if !data.starts_with(XERIAL_MAGIC) {
        snappy_block(data, limit, &mut out)?;
        return Ok(out);
    }
    let mut rest = data.get(XERIAL_HEADER.len()..).ok_or_else(cut)?;
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| cut())?;
        let (block, after) = after.split_at_checked(length).ok_or_else(cut)?;
        snappy_block(block, limit, &mut out)?;
        rest = after;
    }
    Ok(out)
}

fn snappy_block(block: &[u8], limit: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let length = snap::raw::decompress_len(block)?;
    // A block says its length first. Snappy cannot shrink by more than 64 bytes in three, so what says more lies.
    if length > limit.saturating_sub(out.len()) {
        return Err(too_large(limit));
    }
    if length / 32 > block.len() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a snappy block is too short for its length"));
    }
    let from = out.len();
    out.resize(from + length, 0);
    let written = snap::raw::Decoder::new().decompress(block, out.get_mut(from..).unwrap_or_default())?;
    out.truncate(from + written);
    Ok(())
}

fn too_large(limit: usize) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("a batch takes more than {limit} bytes decompressed"))
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "compressed data are cut")
}

/// Compresses `data`. What is not to be compressed is borrowed.
///
/// # Errors
/// A compressor fails.
pub fn compress(compression: Compression, data: &[u8]) -> io::Result<Cow<'_, [u8]>> {
    Ok(match compression {
        Compression::None => Cow::Borrowed(data),
        Compression::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(data)?;
            Cow::Owned(encoder.finish()?)
        }
        Compression::Snappy => Cow::Owned(compress_snappy(data)?),
        Compression::Lz4 => {
            let mut encoder =
                lz4::EncoderBuilder::new().block_mode(lz4::BlockMode::Independent).build(Vec::new())?;
            encoder.write_all(data)?;
            let (out, result) = encoder.finish();
            result?;
            Cow::Owned(out)
        }
        Compression::Zstd => Cow::Owned(zstd::stream::encode_all(data, 3)?),
    })
}

fn compress_snappy(data: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = XERIAL_HEADER.to_vec();
    let mut encoder = snap::raw::Encoder::new();
    for block in data.chunks(XERIAL_BLOCK) {
        let packed = encoder.compress_vec(block)?;
        out.extend_from_slice(&u32::try_from(packed.len()).map_err(io::Error::other)?.to_be_bytes());
        out.extend_from_slice(&packed);
    }
    Ok(out)
}
