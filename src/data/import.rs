//! A file as columns, for batch prediction.

use std::fs::File;
use std::path::Path;

use polars::prelude::*;

use super::export::ExportFormat;
use crate::codec::{Codec, Decoding, Json, Schema, assemble, meta};
use crate::files::FileError;
use crate::jobs::Problem;
use crate::kafka::{Offset, PartitionId, RecordBatch};

/// Lines of a `.jsonl` file decoded at a time.
const STEP: usize = 65_536;

/// Largest `.jsonl` file.
const MAX_LINES_BYTES: u64 = 4 << 30;

/// Reads a file of one of the formats. Lines of JSON are read by the codec of records, so their types are the same;
/// a line that cannot be read is a problem that names it.
pub fn import(path: &Path) -> Result<DataFrame, Problem> {
    let format = ExportFormat::of(path)?;
    if format == ExportFormat::JsonLines {
        return lines(path);
    }
    let file = File::open(path).map_err(|error| FileError::reading(path, error))?;
    let data = match format {
        ExportFormat::Parquet => ParquetReader::new(file).finish(),
        ExportFormat::Arrow => IpcReader::new(file).finish(),
        // Types from all rows: a value in the last one may be of another type than those before.
        _ => CsvReadOptions::default()
            .with_infer_schema_length(None)
            .into_reader_with_file_handle(file)
            .finish(),
    };
    data.map_err(|error| {
        Problem::new(
            format!("Reading {}", path.display()),
            error.to_string(),
            "Check that the file is what its ending says",
        )
    })
}

fn lines(path: &Path) -> Result<DataFrame, Problem> {
    let bytes = crate::files::read(path, MAX_LINES_BYTES)?;
    let mut decoder = Json.decoder(&Schema::default(), Decoding::Widen);
    let mut chunks = Vec::new();
    let mut batch = RecordBatch::new("lines".into(), PartitionId(0));
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    for (number, line) in (1_i64..).zip(lines).filter(|(_, line)| !line.is_empty()) {
        batch.push(Offset(number), None, None, Some(line), []);
        if batch.len() == STEP {
            decoder.decode(&batch);
            chunks.push(decoder.take_chunk());
            batch.reset("lines".into(), PartitionId(0));
        }
    }
    decoder.decode(&batch);
    chunks.push(decoder.take_chunk());

    let decoded = assemble(chunks, false);
    if let Some(rejection) = decoded.rejected.first() {
        let why = format!("line {}: {}", rejection.offset, rejection.reason);
        return Err(Problem::new(format!("Reading {}", path.display()), why, "Correct the line"));
    }
    Ok(without_meta(decoded.frame))
}

/// Lines have no place in a topic; columns that an export wrote get their names back.
fn without_meta(data: DataFrame) -> DataFrame {
    let columns =
        data.into_columns().into_iter().filter(|column| !meta::ALL.contains(&column.name().as_str()));
    let columns: Vec<Column> = columns
        .map(|mut column| {
            let name = column.name().clone();
            if let Some(own) = name.strip_prefix("value.").filter(|own| meta::ALL.contains(own)) {
                column.rename(own.into());
            }
            column
        })
        .collect();
    DataFrame::new_infer_height(columns).unwrap_or_default()
}
