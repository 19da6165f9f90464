//! The zip container of a package: fixed entries, fixed order, fixed times.
//!
//! In: the content of each entry. Out: bytes, the same for the same content; and back. Bytes from outside are read front to
//! back by their local headers, so that nothing is allocated for what a central directory only claims; every size is held
//! against its bound before a byte is unpacked. It knows nothing of what the entries mean.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::error::{RegistryError, Result};

/// Names of the entries that are always there, in order.
pub(super) const ENTRIES: [&str; 4] = ["manifest.json", "pipeline.json", "model.json", "card.md"];
/// Bytes that each may unpack to.
const LIMITS: [u64; 4] = [16 << 20, 256 << 20, 1 << 30, 1 << 20];
/// The entry that may follow, and the bytes that it may unpack to.
const LAST: (&str, u64) = ("evaluation.json", 16 << 20);
/// Unpacked at most so many times the packed bytes: JSON of numbers stays below 20, a zip bomb does not.
const RATIO: u64 = 200;
/// Small entries may repeat themselves as they like.
const ALWAYS_ALLOWED: u64 = 1 << 20;

/// Packs the entries, given in the order of [`ENTRIES`], and the one that may follow.
pub(super) fn pack(contents: &[impl AsRef<[u8]>; 4], last: Option<&[u8]>) -> Result<Vec<u8>> {
    let failed = |error: zip::result::ZipError| RegistryError::refused(format!("packing: {error}"));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let always = ENTRIES.into_iter().zip(contents.iter().map(AsRef::as_ref));
    for (name, content) in always.chain(last.map(|content| (LAST.0, content))) {
        zip.start_file(name, options).map_err(failed)?;
        zip.write_all(content).map_err(|error| failed(error.into()))?;
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}

/// The content of the entries in the order of [`ENTRIES`], and of the one that may follow.
pub(super) type Unpacked = ([Vec<u8>; 4], Option<Vec<u8>>);

/// Unpacks bytes of unknown origin; no entry may unpack to more than its own limit, nor all together to more than `limit`.
pub(super) fn unpack(bytes: &[u8], limit: u64) -> Result<Unpacked> {
    if bytes.len() as u64 > limit {
        return Err(RegistryError::refused(format!(
            "{} bytes, and at most {limit} are allowed",
            bytes.len()
        )));
    }
    let mut rest = bytes;
    let mut left = limit;
    let mut contents: [Vec<u8>; 4] = Default::default();
    for ((name, most), content) in ENTRIES.into_iter().zip(LIMITS).zip(&mut contents) {
        *content = entry(&mut rest, name, most.min(left))?
            .ok_or_else(|| RegistryError::refused(format!("{name} is missing")))?;
        left -= content.len() as u64;
    }
    // Whoever has seen that the entries ended has read into the directory, and cannot ask again.
    let Some(last) = entry(&mut rest, LAST.0, LAST.1.min(left))? else { return Ok((contents, None)) };
    match zip::read::read_zipfile_from_stream(&mut rest) {
        Ok(None) => Ok((contents, Some(last))),
        Ok(Some(extra)) => {
            Err(RegistryError::refused(format!("an entry {:?} that does not belong there", extra.name())))
        }
        Err(error) => Err(RegistryError::refused(format!("no zip directory after the entries: {error}"))),
    }
}

/// The next entry, which must be `name`; `None` where the entries have ended.
fn entry(rest: &mut &[u8], name: &str, limit: u64) -> Result<Option<Vec<u8>>> {
    let refused = |why: String| Err(RegistryError::refused(why));
    let mut entry = match zip::read::read_zipfile_from_stream(rest) {
        Ok(Some(entry)) => entry,
        Ok(None) => return Ok(None),
        Err(error) => return refused(format!("not a package at {name}: {error}")),
    };
    if entry.name() != name {
        return refused(format!("{:?} stands where {name} should", entry.name()));
    }
    let (size, packed) = (entry.size(), entry.compressed_size());
    if size > limit {
        return refused(format!(
            "{name} says that it unpacks to {size} bytes, and at most {limit} are allowed"
        ));
    }
    if size > ALWAYS_ALLOWED && size / RATIO > packed {
        return refused(format!("{name} says that {packed} bytes unpack to {size}, which no package does"));
    }
    let mut content = Vec::new();
    // One byte more than it says, so that an entry which goes on is noticed and not followed.
    let read = (&mut entry).take(size + 1).read_to_end(&mut content);
    match read {
        Err(error) => refused(format!("{name} cannot be unpacked: {error}")),
        Ok(read) if read as u64 != size => {
            refused(format!("{name} does not have the {size} bytes that it says"))
        }
        Ok(_) => Ok(Some(content)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: u64 = 1 << 30;

    fn packed() -> Vec<u8> {
        let model = b"model".repeat(500);
        pack(&[&b"{}"[..], b"[1,2,3]", &model, b"# Card"], Some(b"{\"rows\":3}")).unwrap()
    }

    fn why(bytes: &[u8]) -> String {
        unpack(bytes, LIMIT).unwrap_err().to_string()
    }

    /// A zip of these entries, as any program might write it.
    fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn what_was_packed_comes_out_again_and_is_the_same_each_time() {
        assert_eq!(packed(), packed());
        let ([manifest, pipeline, model, card], last) = unpack(&packed(), LIMIT).unwrap();
        assert_eq!(
            (manifest.as_slice(), pipeline.as_slice(), card.as_slice()),
            (&b"{}"[..], &b"[1,2,3]"[..], &b"# Card"[..])
        );
        assert_eq!(model, b"model".repeat(500));
        assert_eq!(last.as_deref(), Some(&b"{\"rows\":3}"[..]));
    }

    #[test]
    fn ten_gigabytes_by_the_header_are_refused_before_unpacking() {
        let mut bytes = packed();
        // Unpacked size of the first local header, at byte 22; the zip64 form is refused by the same bound.
        bytes[22..26].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(why(&bytes).contains("at most 16777216 are allowed"), "{}", why(&bytes));
    }

    #[test]
    fn a_zip_bomb_is_refused() {
        let zeros = vec![0; 8 << 20];
        let bytes = pack(&[&zeros[..], b"", b"", b""], None).unwrap();
        assert!(why(&bytes).contains("which no package does"), "{}", why(&bytes));
    }

    #[test]
    fn an_entry_that_is_longer_than_it_says_is_refused() {
        let mut bytes = packed();
        bytes[22..26].copy_from_slice(&1_u32.to_le_bytes());
        assert!(why(&bytes).contains("manifest.json"), "{}", why(&bytes));
    }

    #[test]
    fn missing_extra_and_misplaced_entries_are_refused() {
        let four = [
            ("manifest.json", &b"{}"[..]),
            ("pipeline.json", b"{}"),
            ("model.json", b"{}"),
            ("card.md", b""),
        ];
        assert!(unpack(&zip_of(&four), LIMIT).is_ok());
        assert!(why(&zip_of(&four[..3])).contains("card.md is missing"));
        assert!(
            why(&zip_of(&[four[1], four[0], four[2], four[3]])).contains("stands where manifest.json should")
        );
        let with = |more: &[(&'static str, &'static [u8])]| zip_of(&[&four[..], more].concat());
        assert!(unpack(&with(&[("evaluation.json", b"{}")]), LIMIT).is_ok());
        assert!(why(&with(&[("run.sh", b"echo")])).contains("stands where evaluation.json should"));
        let six = with(&[("evaluation.json", b"{}"), ("run.sh", b"echo")]);
        assert!(why(&six).contains("does not belong there"), "{}", why(&six));
    }

    #[test]
    fn bytes_that_are_no_zip_are_refused() {
        assert!(why(b"").contains("not a package"));
        assert!(why(b"PK\x05\x06 and then nothing").contains("not a package"));
        let whole = packed();
        let directory = whole.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
        assert!(unpack(&whole[..directory], LIMIT).is_err());
        assert!(unpack(&whole[..directory / 2], LIMIT).is_err());
    }
}
