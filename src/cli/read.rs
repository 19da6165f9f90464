//! `forebay read TOPIC -o OUT`.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::connection::ConnectionArgs;
use super::foreground::Foreground;
use super::format::{SHOWN_REJECTIONS, bytes, count, integer, rejections};
use super::label::{LabelArgs, counts_text};
use super::output::{Output, ended_pipe_is_fine};
use super::range::{CodecArgs, RangeArgs};
use super::table_file::table_file_or_lines;
use crate::codec::Rejection;
use crate::data::{Completeness, ExportFormat, Frame, LabelCounts, ReadRequest, export, read, write_lines};
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::{Cluster, Slice};

#[derive(Args)]
pub(super) struct ReadArgs {
    #[command(flatten)]
    range: RangeArgs,

    #[command(flatten)]
    codec: CodecArgs,

    #[command(flatten)]
    labels: LabelArgs,

    /// Where to write: a file ending in .parquet, .arrow, .csv or .jsonl, or `-` for lines on standard output.
    #[arg(short, long, value_name = "OUT", value_parser = table_file_or_lines())]
    output: PathBuf,

    /// When reading ends early, write what was read all the same. The exit code still says that it failed.
    #[arg(long)]
    keep_part: bool,
}

/// What a read gave.
#[derive(Serialize)]
struct ReadReport {
    slice: Slice,
    digest: String,
    rows: u64,
    rejected: u64,
    tombstones: u64,
    filtered: u64,
    bytes: u64,
    content: Vec<String>,
    completeness: Completeness,
    #[serde(skip_serializing_if = "Option::is_none")]
    label_slice: Option<Slice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label_counts: Option<LabelCounts>,
    output: PathBuf,
    first_rejections: Vec<Rejection>,
}

/// Reads a range and writes it.
pub(super) fn run(
    args: &ReadArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let to_lines = args.output == Path::new("-");
    let cluster = connection.connect(&foreground.cancel)?;
    let frame = foreground.run(|progress, cancel| {
        read_range(&cluster, &args.range, &args.codec, &args.labels, progress, cancel)
    })?;
    let stopped = stopped(&frame, &foreground.cancel);
    if let Some(problem) = stopped.as_ref().filter(|_| !args.keep_part) {
        let next = format!("{} Nothing was written; --keep-part keeps what was read.", problem.next);
        return Err(Problem { next: next.trim_start().into(), ..problem.clone() });
    }
    // What is kept of a cancelled read is written whole.
    let cancel = if stopped.is_some() { Cancel::new() } else { foreground.cancel.clone() };
    match to_lines {
        true => lines(&frame, &foreground.progress, &cancel)?,
        false => foreground.run(|progress, _| {
            export(&frame, &args.output, ExportFormat::of(&args.output)?, progress, &cancel)
        })?,
    }
    report(&frame, args, to_lines, output)?;
    stopped.map_or(Ok(()), Err)
}

/// Resolves a range and reads it.
pub(super) fn read_range(
    cluster: &Cluster,
    range: &RangeArgs,
    codec: &CodecArgs,
    labels: &LabelArgs,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Frame, Problem> {
    let slice = range.resolve(cluster, cancel)?;
    let request = ReadRequest {
        slice,
        codec: codec.codec.clone(),
        filter: codec.filter.clone(),
        budget: None,
        label: labels.spec(),
        label_slice: None,
    };
    read(cluster, &request, progress, cancel)
}

/// Why a frame is not whole, with how much of it there is.
pub(super) fn stopped(frame: &Frame, cancel: &Cancel) -> Option<Problem> {
    let Completeness::Part { why, next, positions } = &frame.completeness else { return None };
    let read: u64 = positions.iter().map(|position| position.records).sum();
    let all = count(frame.slice.offsets(), "record", "records");
    let what = format!("Reading ended in part, after {} of at most {all}", integer(read));
    let mut problem = Problem::new(what, why.clone(), next.clone());
    problem.cancelled = cancel.is_cancelled();
    Some(problem)
}

fn lines(frame: &Frame, progress: &Progress, cancel: &Cancel) -> Result<(), Problem> {
    let mut out = Tolerant { out: BufWriter::with_capacity(1 << 16, io::stdout().lock()), closed: false };
    let written = write_lines(frame, &mut out, progress, cancel);
    if out.closed {
        return Ok(());
    }
    written?;
    ended_pipe_is_fine(out.out.flush())
}

/// Remembers that whoever reads standard output has had enough, which is no failure.
struct Tolerant<W: Write> {
    out: W,
    closed: bool,
}

impl<W: Write> Write for Tolerant<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        self.closed |= written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Standard output belongs to the records when they go there; then people read the report on standard error.
fn report(frame: &Frame, args: &ReadArgs, to_lines: bool, output: &Output) -> Result<(), Problem> {
    let report = ReadReport {
        slice: (*frame.slice).clone(),
        digest: frame.slice.digest(),
        rows: frame.rows() as u64,
        rejected: frame.rejected_total,
        tombstones: frame.tombstones,
        filtered: frame.filtered,
        bytes: frame.bytes,
        content: frame.content.clone(),
        completeness: frame.completeness.clone(),
        label_slice: frame.labels.as_ref().map(|labels| labels.slice.clone()),
        label_counts: frame.labels.as_ref().map(|labels| labels.counts),
        output: args.output.clone(),
        first_rejections: frame.rejected.iter().take(SHOWN_REJECTIONS).cloned().collect(),
    };
    if to_lines {
        output.note(&report_text(&report));
        return Ok(());
    }
    output.result(&report, report_text)
}

fn report_text(report: &ReadReport) -> String {
    let mut text = format!(
        "{} of {} in {}\nslice {}",
        count(report.rows, "row", "rows"),
        bytes(report.bytes),
        report.output.display(),
        report.digest
    );
    if let Some(counts) = &report.label_counts {
        text += &format!("\n{}", counts_text(counts));
    }
    for (number, what) in [
        (report.rejected, "could not be decoded"),
        (report.tombstones, "had no value"),
        (report.filtered, "left out by the filter"),
    ] {
        if number > 0 {
            text += &format!("\n{} {what}", integer(number));
        }
    }
    text + &rejections(&report.first_rejections)
}
