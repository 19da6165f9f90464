//! Paths of files with rows, whose ending says their format: looked at while the arguments are read, so that a wrong one is
//! wrong usage and nothing has been done yet.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};

use crate::data::ExportFormat;

/// A file ending in .parquet, .arrow, .csv or .jsonl.
pub(super) fn table_file() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(known)
}

/// Such a file, or `-` for standard output.
pub(super) fn table_file_or_lines() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| if path == Path::new("-") { Ok(path) } else { known(path) })
}

fn known(path: PathBuf) -> Result<PathBuf, String> {
    match ExportFormat::of(&path) {
        Ok(_) => Ok(path),
        Err(problem) => Err(format!("{}. {}", problem.why, problem.next)),
    }
}
