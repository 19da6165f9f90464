//! `forebay profile TOPIC`.

use clap::Args;
use serde::Serialize;

use super::connection::ConnectionArgs;
use super::foreground::Foreground;
use super::format::{SHOWN_REJECTIONS, count, integer, number, rejections};
use super::label::LabelArgs;
use super::output::Output;
use super::range::{CodecArgs, RangeArgs};
use super::read::{read_range, stopped};
use super::table::Table;
use crate::codec::Rejection;
use crate::data::{ColumnProfile, profile};
use crate::jobs::Problem;

#[derive(Args)]
pub(super) struct ProfileArgs {
    #[command(flatten)]
    range: RangeArgs,

    #[command(flatten)]
    codec: CodecArgs,

    #[command(flatten)]
    labels: LabelArgs,
}

#[derive(Serialize)]
struct ProfileReport {
    rows: u64,
    rejected: u64,
    tombstones: u64,
    first_rejections: Vec<Rejection>,
    columns: Vec<ColumnProfile>,
}

/// Describes each column.
pub(super) fn run(
    args: &ProfileArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let cluster = connection.connect(&foreground.cancel)?;
    let report = foreground.run(|progress, cancel| {
        let frame = read_range(&cluster, &args.range, &args.codec, &args.labels, progress, cancel)?;
        if let Some(problem) = stopped(&frame, cancel) {
            return Err(problem);
        }
        let columns = profile(&frame.data, progress, cancel)
            .map_err(|_| Problem::cancelled("Describing the columns"))?;
        Ok(ProfileReport {
            rows: frame.rows() as u64,
            rejected: frame.rejected_total,
            tombstones: frame.tombstones,
            first_rejections: frame.rejected.iter().take(SHOWN_REJECTIONS).cloned().collect(),
            columns,
        })
    })?;
    output.result(&report, profile_text)
}

fn profile_text(report: &ProfileReport) -> String {
    let mut table = Table::new(&[
        "column",
        "type",
        ">nulls",
        ">distinct",
        ">min",
        ">mean",
        ">max",
        "most frequent",
        "note",
    ]);
    for column in &report.columns {
        let top = column.top.first().map(|(value, count)| format!("{value} ({})", integer(*count)));
        let warnings: Vec<String> = column.warnings.iter().map(words).collect();
        table.row([
            column.name.clone(),
            column.kind.to_string(),
            integer(column.nulls),
            integer(column.distinct),
            column.min.clone().unwrap_or_default(),
            column.mean.map(|mean| number((mean * 1e4).round() / 1e4)).unwrap_or_default(),
            column.max.clone().unwrap_or_default(),
            top.unwrap_or_default(),
            warnings.join(", "),
        ]);
    }
    format!(
        "{}, {} could not be decoded, {} had no value{}\n\n{}",
        count(report.rows, "row", "rows"),
        integer(report.rejected),
        integer(report.tombstones),
        rejections(&report.first_rejections),
        table.text()
    )
}

/// A warning by its own name: `looks like time`.
fn words(warning: &crate::data::Warning) -> String {
    let name = serde_json::to_value(warning).ok();
    name.as_ref().and_then(|name| name.as_str()).unwrap_or_default().replace('-', " ")
}
