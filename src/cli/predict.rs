//! `forebay predict NAME@VERSION --input FILE -o FILE`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::connection::ConnectionArgs;
use super::foreground::Foreground;
use super::format::count;
use super::output::Output;
use super::registry::{KeepVersions, RegistryArgs};
use super::table_file::table_file;
use crate::data::{ExportFormat, export_rows, import};
use crate::jobs::Problem;
use crate::learn::predict_frame;
use crate::registry::ModelRef;

#[derive(Args)]
pub(super) struct PredictArgs {
    /// The version: `late@3` or `late@champion`.
    #[arg(value_name = "NAME@VERSION")]
    model: ModelRef,

    /// The rows: a file ending in .parquet, .arrow, .csv or .jsonl.
    #[arg(long, value_name = "FILE", value_parser = table_file())]
    input: PathBuf,

    /// Where to write the rows with their predictions: a file with one of the same endings.
    #[arg(short, long, value_name = "FILE", value_parser = table_file())]
    output: PathBuf,

    #[command(flatten)]
    registry: RegistryArgs,
}

#[derive(Serialize)]
struct PredictReport<'a> {
    name: String,
    version: u32,
    rows: u64,
    without_prediction: u64,
    output: &'a PathBuf,
}

/// Predicts the rows of a file.
pub(super) fn run(
    args: &PredictArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let format = ExportFormat::of(&args.output)?;
    let mut rows = import(&args.input)?;
    let registry = args.registry.open(connection, KeepVersions::All, &foreground.cancel)?;
    let report = foreground.run(|progress, cancel| {
        let found = registry.find(&args.model, cancel)?;
        let package = registry.get(&found.name, found.version, progress, cancel)?;
        let predictions = predict_frame(&package.pipeline, &package.model, &rows)?;
        let without_prediction =
            predictions.column("prediction").map_or(0, |column| column.null_count() as u64);
        let taken = rows.hstack_mut(predictions.columns()).map(|_| ());
        taken.map_err(|error| {
            let next = "Rename the columns of the input that are called prediction or p_CLASS";
            Problem::new(format!("Adding predictions to {}", args.input.display()), error.to_string(), next)
        })?;
        export_rows(&rows, &args.output, format, progress, cancel)?;
        let (name, version, rows) = (found.name, found.version, rows.height() as u64);
        Ok::<_, Problem>(PredictReport { name, version, rows, without_prediction, output: &args.output })
    })?;
    output.result(&report, report_text)
}

fn report_text(report: &PredictReport<'_>) -> String {
    let PredictReport { name, version, rows, without_prediction, output } = report;
    let rows = count(*rows, "row", "rows");
    let text = format!("{rows} predicted by {name} version {version} in {}", output.display());
    match without_prediction {
        0 => text,
        some => format!("{text}\n{} without a prediction: a value is missing", count(*some, "row", "rows")),
    }
}
