//! `forebay write FILE --topic NAME`.

use std::path::PathBuf;

use clap::Args;

use super::connection::ConnectionArgs;
use super::foreground::Foreground;
use super::format::{count, integer};
use super::output::Output;
use super::table_file::table_file;
use crate::data::{WriteRequest, Written, write_file};
use crate::jobs::Problem;

#[derive(Args)]
pub(super) struct WriteArgs {
    /// A file ending in .parquet, .arrow, .csv or .jsonl.
    #[arg(value_parser = table_file())]
    file: PathBuf,

    /// The topic to write to; made when it is not there, keeping every record (retention.ms=-1).
    #[arg(long, value_name = "NAME")]
    topic: String,

    /// The column that gives each record its key.
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,

    /// The column that gives each record its timestamp: a time, ISO-8601 text, or milliseconds since 1970.
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,

    /// Partitions, where the topic is made.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..))]
    partitions: i32,

    /// Columns to leave out of the records.
    #[arg(long, value_name = "COLUMN,..", value_delimiter = ',')]
    drop: Vec<String>,
}

/// Writes the rows of a file.
pub(super) fn run(
    args: &WriteArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let request = WriteRequest {
        file: args.file.clone(),
        topic: args.topic.clone(),
        key: args.key.clone(),
        time: args.time.clone(),
        partitions: args.partitions,
        drop: args.drop.clone(),
    };
    let cluster = connection.connect(&foreground.cancel)?;
    let written = foreground.run(|progress, cancel| write_file(&cluster, &request, progress, cancel))?;
    output.result(&written, written_text)
}

fn written_text(written: &Written) -> String {
    let Written { topic, made, partitions, records } = written;
    let made = if *made { ", made with" } else { " of" };
    let partitions_text = if *partitions == 1 { "partition" } else { "partitions" };
    let records = count(*records, "record", "records");
    format!("{records} to {topic}{made} {} {partitions_text}", integer(*partitions as u64))
}
