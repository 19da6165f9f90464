//! A frame as a file, and a file as a frame.

use std::path::Path;

use polars::frame::DataFrame;

use super::frame::Frame;
use crate::jobs::{Cancel, Problem, Progress};

/// File formats, by the file's ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// `.parquet`, zstd, with the slice as JSON under the key `forebay.slice` of its metadata.
    Parquet,
    /// `.arrow`, IPC file.
    Arrow,
    /// `.csv`; keys as text, or hexadecimal after `0x` where they are not UTF-8.
    Csv,
    /// `.jsonl`, one object a line.
    JsonLines,
}

impl ExportFormat {
    /// By the file's ending; the error names the endings there are.
    pub fn of(_path: &Path) -> Result<Self, Problem> {
        todo!("data owner")
    }
}

/// Writes a frame; the file is there whole or not at all.
pub fn export(
    _frame: &Frame,
    _path: &Path,
    _format: ExportFormat,
    _progress: &Progress,
    _cancel: &Cancel,
) -> Result<(), Problem> {
    todo!("data owner")
}

/// Writes a frame as lines of JSON, one object a row, to `out` (standard output).
pub fn write_lines(
    _frame: &Frame,
    _out: &mut dyn std::io::Write,
    _progress: &Progress,
    _cancel: &Cancel,
) -> Result<(), Problem> {
    todo!("data owner")
}

/// Reads a file of one of the formats, for batch prediction.
pub fn import(_path: &Path) -> Result<DataFrame, Problem> {
    todo!("data owner")
}
