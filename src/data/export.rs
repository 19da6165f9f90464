//! A frame as a file or as lines.

use std::io::Write;
use std::path::Path;

use polars::io::parquet::write::KeyValueMetadata;
use polars::prelude::*;

use super::frame::Frame;
use super::plain::plain;
use crate::files::{AtomicFile, FileError};
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::Slice;

/// The key under which a parquet file carries its slice, as JSON.
pub const SLICE_KEY: &str = "forebay.slice";

/// Rows written between two looks at the cancel token.
const STEP: usize = 65_536;

/// File formats, by the file's ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// `.parquet`, zstd, with the slice as JSON under the key `forebay.slice` of its metadata.
    Parquet,
    /// `.arrow`, IPC file.
    Arrow,
    /// `.csv`; keys as text, or hexadecimal after `0x` where they are not UTF-8; times as ISO-8601 text.
    Csv,
    /// `.jsonl`, one object a line; keys and times as in `.csv`.
    JsonLines,
}

impl ExportFormat {
    /// By the file's ending; the error names the endings there are.
    pub fn of(path: &Path) -> Result<Self, Problem> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("parquet") => Ok(Self::Parquet),
            Some("arrow") => Ok(Self::Arrow),
            Some("csv") => Ok(Self::Csv),
            Some("jsonl") => Ok(Self::JsonLines),
            other => Err(Problem::new(
                format!("Choosing a format for {}", path.display()),
                other.map_or("its name has no ending".into(), |ending| {
                    format!("the ending .{ending} is not known")
                }),
                "Use .parquet, .arrow, .csv or .jsonl",
            )),
        }
    }
}

/// Writes a frame; the file is there whole or not at all.
pub fn export(
    frame: &Frame,
    path: &Path,
    format: ExportFormat,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<(), Problem> {
    write_file(&frame.data, Some(&frame.slice), path, format, progress, cancel)
}

/// Writes rows that are no slice, such as a file's with their predictions, in the same way.
pub fn export_rows(
    rows: &DataFrame,
    path: &Path,
    format: ExportFormat,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<(), Problem> {
    write_file(rows, None, path, format, progress, cancel)
}

fn write_file(
    data: &DataFrame,
    slice: Option<&Slice>,
    path: &Path,
    format: ExportFormat,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<(), Problem> {
    progress.stage(format!("writing {}", path.display()), data.height() as u64);
    let mut file = AtomicFile::create(path)?;
    let failed = |error: WriteError| error.problem(path);
    match format {
        ExportFormat::Parquet => write_parquet(data, slice, &mut file, progress, cancel).map_err(failed)?,
        ExportFormat::Arrow => write_arrow(data, &mut file, progress, cancel).map_err(failed)?,
        ExportFormat::Csv => write_csv(data, &mut file, progress, cancel).map_err(failed)?,
        ExportFormat::JsonLines => write_json(data, &mut file, progress, cancel).map_err(failed)?,
    }
    Ok(file.commit()?)
}

/// Writes a frame as lines of JSON, one object a row, to `out` (standard output).
pub fn write_lines(
    frame: &Frame,
    out: &mut dyn Write,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<(), Problem> {
    progress.stage("writing lines", frame.rows() as u64);
    let path = Path::new("standard output");
    write_json(&frame.data, out, progress, cancel).map_err(|error| error.problem(path))?;
    out.flush().map_err(|error| FileError::writing(path, error).into())
}

enum WriteError {
    Cancelled,
    Library(PolarsError),
}

impl From<PolarsError> for WriteError {
    fn from(error: PolarsError) -> Self {
        Self::Library(error)
    }
}

impl WriteError {
    fn problem(self, path: &Path) -> Problem {
        match self {
            Self::Cancelled => Problem::cancelled(format!("Writing {}", path.display())),
            Self::Library(PolarsError::IO { error, .. }) => {
                let copy = error.raw_os_error().map_or_else(
                    || std::io::Error::new(error.kind(), error.to_string()),
                    std::io::Error::from_raw_os_error,
                );
                FileError::writing(path, copy).into()
            }
            Self::Library(error) => {
                Problem::new(format!("Writing {}", path.display()), error.to_string(), "Nothing was replaced")
            }
        }
    }
}

/// Calls `write` with the frame's rows, some at a time.
fn in_steps(
    data: &DataFrame,
    progress: &Progress,
    cancel: &Cancel,
    mut write: impl FnMut(&DataFrame) -> PolarsResult<()>,
) -> Result<(), WriteError> {
    for start in (0..data.height()).step_by(STEP) {
        cancel.check().map_err(|_| WriteError::Cancelled)?;
        let rows = data.slice(start as i64, STEP);
        write(&rows)?;
        progress.add(rows.height() as u64);
    }
    Ok(())
}

fn write_parquet(
    data: &DataFrame,
    slice: Option<&Slice>,
    out: &mut AtomicFile,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<(), WriteError> {
    let slice = slice.map(serde_json::to_string).transpose();
    let slice = slice.map_err(|error| polars_err!(ComputeError: "{error}"))?;
    let metadata = slice.map(|slice| KeyValueMetadata::from_static(vec![(SLICE_KEY.to_owned(), slice)]));
    let mut writer = ParquetWriter::new(out)
        .with_compression(ParquetCompression::Zstd(None))
        .with_key_value_metadata(metadata)
        .batched(data.schema())?;
    in_steps(data, progress, cancel, |rows| writer.write_batch(rows))?;
    writer.finish()?;
    Ok(())
}

fn write_arrow(
    data: &DataFrame,
    out: &mut AtomicFile,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<(), WriteError> {
    cancel.check().map_err(|_| WriteError::Cancelled)?;
    IpcWriter::new(out).finish(&mut data.clone())?;
    progress.add(data.height() as u64);
    Ok(())
}

fn write_csv(
    data: &DataFrame,
    out: &mut AtomicFile,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<(), WriteError> {
    let mut writer = CsvWriter::new(out).batched(plain(&data.head(Some(0)))?.schema())?;
    in_steps(data, progress, cancel, |rows| writer.write_batch(&plain(rows)?))?;
    writer.finish()?;
    Ok(())
}

fn write_json(
    data: &DataFrame,
    out: &mut dyn Write,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<(), WriteError> {
    in_steps(data, progress, cancel, |rows| {
        let mut lines = Vec::new();
        JsonWriter::new(&mut lines).with_json_format(JsonFormat::JsonLines).finish(&mut plain(rows)?)?;
        out.write_all(&lines)?;
        Ok(())
    })
}
