//! `forebay score NAME@ALIAS --input TOPIC --output TOPIC`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::connection::ConnectionArgs;
use super::foreground::Foreground;
use super::format::{SHOWN_REJECTIONS, integer, rejections};
use super::label::LabelArgs;
use super::output::Output;
use crate::codec::Rejection;
use crate::jobs::{Problem, Progress};
use crate::live::{Delivery, LiveLabels, LiveStats, MetricsServer, ScoreRequest, ScoreSummary, score};
use crate::registry::ModelRef;

#[derive(Args)]
pub(super) struct ScoreArgs {
    /// The model; an alias is followed as it moves.
    #[arg(value_name = "NAME@ALIAS")]
    model: ModelRef,

    /// The topic to score.
    #[arg(long, value_name = "TOPIC")]
    input: String,

    /// The topic for predictions; made when it is not there.
    #[arg(long, value_name = "TOPIC")]
    output: String,

    /// The topic for records that cannot be scored; without one they are counted and skipped.
    #[arg(long, value_name = "TOPIC")]
    dead_letter: Option<String>,

    /// The consumer group, by default forebay-NAME. Start as many with the same group as there are partitions.
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,

    /// A name of this member's own (group.instance.id): it keeps its partitions over a restart.
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,

    /// Where to begin when the group has committed nothing. Without it: `beginning` with --until-end, else `end`.
    #[arg(long, value_enum)]
    from: Option<From>,

    /// End when the ends that the partitions had at the start are reached.
    #[arg(long)]
    until_end: bool,

    /// Commit offsets after the predictions and not with them: repeats after a crash.
    #[arg(long)]
    at_least_once: bool,

    /// Records per micro-batch at most.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = at_least_one)]
    max_batch: usize,

    /// Milliseconds that a transaction stays open at most while more records are waiting.
    #[arg(long, value_name = "MS", default_value_t = 100)]
    commit_ms: u64,

    /// The model topic.
    #[arg(long, value_name = "TOPIC", default_value = "models")]
    models: String,

    #[command(flatten)]
    label: LabelArgs,

    /// Serve Prometheus metrics at http://HOST:PORT/metrics.
    #[arg(long, value_name = "HOST:PORT")]
    metrics: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum From {
    /// The first record still there.
    Beginning,
    /// Records that come from now on.
    End,
}

/// How it ended.
#[derive(Serialize)]
struct ScoreReport {
    #[serde(flatten)]
    summary: ScoreSummary,
    newest_rejections: Vec<Rejection>,
    /// What labels said of the predictions, where they were waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<Arc<LiveLabels>>,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "a number of at least 1".into())
}

impl ScoreArgs {
    /// What they ask for.
    pub(super) fn request(&self) -> ScoreRequest {
        let from_beginning = self.from.map_or(self.until_end, |from| from == From::Beginning);
        ScoreRequest {
            model: self.model.clone(),
            model_topic: self.models.clone(),
            input: self.input.clone(),
            output: self.output.clone(),
            dead_letter: self.dead_letter.clone(),
            group: self.group.clone(),
            delivery: if self.at_least_once { Delivery::AtLeastOnce } else { Delivery::ExactlyOnce },
            from_beginning,
            until_end: self.until_end,
            instance: self.instance.clone(),
            max_batch: self.max_batch,
            commit_ms: self.commit_ms,
            labels: self.label.spec(),
        }
    }
}

/// Scores until it is stopped, which is then no failure, or until the end is reached.
pub(super) fn run(
    args: &ScoreArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let request = args.request();
    let cluster = connection.connect(&foreground.cancel)?;
    let stats = Arc::new(LiveStats::new());
    let metrics = args.metrics.as_ref().map(|at| MetricsServer::start(at, request.clone(), stats.clone()));
    if let Some(metrics) = metrics.transpose()?.as_ref() {
        output.note(&format!("metrics at http://{}/metrics", metrics.address()));
    }
    let summary = foreground.run(|progress, cancel| {
        let ended = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| follow(&stats, progress, &ended));
            let summary = score(&cluster, &request, &stats, cancel);
            ended.store(true, Ordering::Release);
            summary
        })
    })?;
    let snapshot = stats.snapshot();
    let newest = snapshot.rejections.iter().take(SHOWN_REJECTIONS);
    let newest_rejections = newest.map(|one| one.as_ref().clone()).collect();
    let report = ScoreReport { summary, newest_rejections, labels: snapshot.labels };
    output.result(&report, report_text)?;
    match args.until_end && foreground.cancel.is_cancelled() {
        true => Err(Problem::cancelled(format!("Scoring {} to its end", request.input))),
        false => Ok(()),
    }
}

/// What the deployment tells of itself becomes its progress.
fn follow(stats: &LiveStats, progress: &Progress, ended: &AtomicBool) {
    let mut seen = None;
    while !ended.load(Ordering::Acquire) {
        if seen != Some(stats.revision()) {
            let now = stats.snapshot();
            seen = Some(now.revision);
            progress.set(now.counts.scored);
            progress.detail(format!("{}, {} behind, scored", now.state.title(), integer(now.lag)));
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn report_text(report: &ScoreReport) -> String {
    let ScoreSummary { read, scored, rejected, versions } = &report.summary;
    let versions = versions.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let labels = report.labels.as_deref().map(labels_text).unwrap_or_default();
    format!(
        "{} read, {} scored, {} rejected{}\nversion {versions}{labels}",
        integer(*read),
        integer(*scored),
        integer(*rejected),
        rejections(&report.newest_rejections)
    )
}

/// What labels said: counts, and how good each version was.
fn labels_text(labels: &LiveLabels) -> String {
    let counts = &labels.counts;
    let mut text = format!(
        "\n{} of {} predictions have a label, {} wait for one, {} got none in time",
        integer(counts.labelled),
        integer(counts.predictions),
        integer(counts.waiting),
        integer(counts.no_label),
    );
    for version in &labels.versions {
        let metrics: Vec<String> =
            version.metrics.iter().map(|(name, value)| format!("{name} {value:.4}")).collect();
        text += &format!(
            "\nversion {}: {} of {} labelled",
            version.version,
            metrics.join(", "),
            integer(version.records)
        );
    }
    text
}
