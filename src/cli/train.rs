//! `forebay train RUN.toml`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::connection::ConnectionArgs;
use super::foreground::Foreground;
use super::format::{integer, metric};
use super::label::counts_text;
use super::models::published_text;
use super::output::Output;
use super::registry::{KeepVersions, RegistryArgs};
use super::table::Table;
use crate::data::LabelCounts;
use crate::files;
use crate::jobs::{Problem, Progress};
use crate::kafka::Slice;
use crate::learn::{FitObserver, Round, Run, RunFile, TrainRequest, train};
use crate::registry::{Package, VersionInfo};

#[derive(Args)]
pub(super) struct TrainArgs {
    /// The run file.
    #[arg(value_name = "RUN.toml")]
    file: PathBuf,

    /// Publish the result as the next version of this model.
    #[arg(long, value_name = "NAME")]
    publish: Option<String>,

    /// Write the package to this file.
    #[arg(short, long, value_name = "FILE.zip")]
    output: Option<PathBuf>,

    /// Which versions stay when it is published.
    #[arg(long, value_enum, default_value_t)]
    keep: KeepVersions,

    #[command(flatten)]
    registry: RegistryArgs,
}

/// A run file may be this large.
const FILE_LIMIT: u64 = 4 << 20;

/// What came out of a run.
#[derive(Serialize)]
struct TrainReport<'a> {
    slice: &'a Slice,
    slice_digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label_slice: Option<&'a Slice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label_counts: Option<LabelCounts>,
    rows: RowsReport,
    metrics: BTreeMap<&'static str, &'a BTreeMap<String, f64>>,
    warnings: &'a [String],
    rounds: &'a [Round],
    fit_ms: u64,
    package_digest: &'a str,
    output: Option<&'a PathBuf>,
    published: Option<VersionInfo>,
}

#[derive(Serialize)]
struct RowsReport {
    train: u64,
    valid: u64,
    test: u64,
    gaps: u64,
    without_target: u64,
}

/// Trains, and keeps or publishes what came out.
pub(super) fn run(
    args: &TrainArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let file = RunFile::parse(&files::read_text(&args.file, FILE_LIMIT)?)?;
    let cluster = connection.connect(&foreground.cancel)?;
    let request = TrainRequest { run: file, slice: None, label_slice: None };
    let run = foreground.run(|progress, cancel| {
        let observer = Rounds { progress: progress.clone() };
        train(&cluster, &request, &observer, progress, cancel)
    })?;
    let package = Package::of(&run)?;
    if let Some(path) = &args.output {
        package.save(path)?;
    }
    let published = match &args.publish {
        Some(name) => {
            let registry = args.registry.open(connection, args.keep, &foreground.cancel)?;
            Some(foreground.run(|progress, cancel| registry.publish(name, &package, progress, cancel))?)
        }
        None => None,
    };
    let report = report(&run, &package, args.output.as_ref(), published);
    output.result(&report, |report| train_text(report, args))
}

/// Rounds are the progress of fitting.
struct Rounds {
    progress: Progress,
}

impl FitObserver for Rounds {
    fn round(&self, round: Round, total: usize) {
        if round.round == 1 {
            self.progress.stage("fitting", total as u64);
        }
        self.progress.set(round.round as u64);
    }
}

fn report<'a>(
    run: &'a Run,
    package: &'a Package,
    output: Option<&'a PathBuf>,
    published: Option<VersionInfo>,
) -> TrainReport<'a> {
    let [train, valid, test, gaps, without_target] = run.rows;
    TrainReport {
        slice: &run.slice,
        slice_digest: run.slice.digest(),
        label_slice: run.label_slice.as_ref(),
        label_counts: run.label_counts,
        rows: RowsReport { train, valid, test, gaps, without_target },
        metrics: BTreeMap::from([
            ("valid", &run.valid.metrics),
            ("valid_baseline", &run.valid_baseline.metrics),
            ("test", &run.test.metrics),
            ("test_baseline", &run.test_baseline.metrics),
        ]),
        warnings: &run.warnings,
        rounds: &run.rounds,
        fit_ms: run.fit_ms,
        package_digest: &package.manifest.digest,
        output,
        published,
    }
}

fn train_text(report: &TrainReport<'_>, args: &TrainArgs) -> String {
    let rows = &report.rows;
    let mut text = format!(
        "{} rows to train, {} to validate, {} to test; {} in gaps, {} without a target\n\n",
        integer(rows.train),
        integer(rows.valid),
        integer(rows.test),
        integer(rows.gaps),
        integer(rows.without_target)
    );
    if let Some(counts) = &report.label_counts {
        text += &format!("{}\n\n", counts_text(counts));
    }
    text += &metrics_text(report);
    for warning in report.warnings {
        text += &format!("\n{warning}");
    }
    if let Some(labels) = report.label_slice {
        text += &format!("\nlabel slice {}", labels.digest());
    }
    text += &format!("\nslice {}\nfitted in {} ms", report.slice_digest, integer(report.fit_ms));
    if let Some(path) = report.output {
        text += &format!("\npackage in {}", path.display());
    }
    match &report.published {
        Some(published) => text + "\n" + &published_text(published, &args.registry),
        None => text + &format!("\ndigest {}", report.package_digest),
    }
}

fn metrics_text(report: &TrainReport<'_>) -> String {
    let parts = ["valid", "valid_baseline", "test", "test_baseline"];
    let mut table = Table::new(&["metric", ">validation", ">baseline", ">test", ">baseline"]);
    let names =
        report.metrics.values().flat_map(|metrics| metrics.keys()).collect::<std::collections::BTreeSet<_>>();
    for name in names {
        let values = parts.map(|part| report.metrics.get(part).and_then(|metrics| metrics.get(name)));
        let cells = values.map(|value| value.copied().map(metric).unwrap_or_default());
        table.row([name.clone()].into_iter().chain(cells));
    }
    table.text()
}
