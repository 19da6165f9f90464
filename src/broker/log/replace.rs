//! Putting a compacted segment in the place of those that it was made of, so that a crash at any moment leaves one or
//! the other.
//!
//! The compacted segment is written as `BASE-END.cleaned`, where it stands for the segments from `BASE` to before `END`;
//! once it is on disk it is renamed to `BASE-END.swap`; then those segments are deleted, and it becomes `BASE.log`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::files;
use crate::broker::disk;

/// The name of the compacted segment while it is written.
pub(super) fn cleaned_file(folder: &Path, base: i64, end: i64) -> PathBuf {
    folder.join(format!("{base:020}-{end:020}.cleaned"))
}

/// Has a compacted segment, which is whole and on disk, stand for those that it was made of, and gives its new path. Once
/// that name is on disk, a crash ends in [`finish`].
pub(super) fn stand_by(cleaned: &Path) -> io::Result<PathBuf> {
    let swap = cleaned.with_extension("swap");
    fs::rename(cleaned, &swap)?;
    Ok(swap)
}

/// Finishes or undoes what a crash has interrupted, and says so.
pub(super) fn finish(folder: &Path) -> io::Result<Vec<String>> {
    let mut notes = Vec::new();
    for path in files::files_in(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("cleaned" | "tmp") => files::delete(&path)?,
            Some("swap") => {
                finish_swap(&path)?;
                notes.push(format!("a compaction that was interrupted has been finished: {name}"));
            }
            _ => {}
        }
    }
    Ok(notes)
}

/// Deletes the segments for which a compacted one stands, puts it in their place, and gives its path.
pub(super) fn finish_swap(swap: &Path) -> io::Result<PathBuf> {
    let folder = swap.parent().unwrap_or(Path::new("."));
    let Some((base, end)) = covered(swap) else {
        return Err(super::batch::damaged(format!("{} is no name of a compacted segment", swap.display())));
    };
    for path in files::files_in(folder)? {
        let segment = files::base_offset_of(&path, "log").or_else(|| files::base_offset_of(&path, "index"));
        if segment.is_some_and(|segment| (base..end).contains(&segment)) {
            files::delete(&path)?;
        }
    }
    let place = files::segment_file(folder, base, "log");
    fs::rename(swap, &place)?;
    disk::sync_folder(folder)?;
    Ok(place)
}

/// The offsets that a compacted segment stands for, from its name.
fn covered(path: &Path) -> Option<(i64, i64)> {
    let (base, end) = path.file_stem()?.to_str()?.split_once('-')?;
    Some((base.parse().ok()?, end.parse().ok()?))
}
