//! `forebay demo`: the window on the embedded cluster; with `--headless` that cluster alone.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::foreground::Foreground;
use super::format::{integer, time};
use super::output::Output;
use crate::demo::{ARRIVED, Demo, DemoOptions, FLIGHTS, MODELS, ReplayState, Speed};
use crate::jobs::{Cancel, Problem, Progress};

#[derive(Args)]
pub(super) struct DemoArgs {
    /// Serve the cluster without a window, until Ctrl+C.
    #[arg(long)]
    pub headless: bool,

    /// Throw away what an earlier demo left, and begin the year anew.
    #[arg(long)]
    fresh: bool,

    /// Seconds of the year 2013 that pass in one second, 1 to 10000; or `paused`.
    #[arg(long, value_name = "N", value_parser = start)]
    speed: Option<Start>,

    /// The port of the cluster on 127.0.0.1; 0 is any that is free.
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,

    /// Where cluster and workspace are kept, by default in the user's data directory.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// How the stream begins.
#[derive(Clone, Copy, Debug)]
enum Start {
    At(Speed),
    Paused,
}

/// What is served.
#[derive(Serialize)]
struct DemoReport<'a> {
    bootstrap: &'a str,
    folder: &'a PathBuf,
    workspace: &'a std::path::Path,
    topics: [&'static str; 3],
    clock: String,
    speed: Speed,
    paused: bool,
    departures: u64,
    arrivals: u64,
    broken: u64,
}

/// Between two looks at the replay.
const LOOK: Duration = Duration::from_millis(100);

fn start(text: &str) -> Result<Start, String> {
    if text == "paused" {
        return Ok(Start::Paused);
    }
    let seconds: u32 = text.parse().map_err(|_| "a number from 1 to 10000, or `paused`".to_string())?;
    Speed::try_from(seconds).map(Start::At)
}

impl DemoArgs {
    /// What they ask for.
    pub(super) fn options(&self) -> Result<DemoOptions, Problem> {
        let found =
            self.folder.as_ref().map_or_else(DemoOptions::find, |folder| Ok(DemoOptions::at(folder)))?;
        let (speed, paused) = match self.speed {
            Some(Start::At(speed)) => (speed, false),
            Some(Start::Paused) => (found.speed, true),
            None => (found.speed, found.paused),
        };
        Ok(DemoOptions { fresh: self.fresh, port: self.port, speed, paused, ..found })
    }
}

/// Serves the cluster and its stream until it is told to end, which is no failure.
pub(super) fn serve(args: &DemoArgs, foreground: &Foreground, output: &Output) -> Result<(), Problem> {
    let options = args.options()?;
    let demo = foreground.run(|progress, cancel| Demo::start(&options, progress, cancel))?;
    let now = demo.replay().state();
    let report = DemoReport {
        bootstrap: demo.bootstrap(),
        folder: &options.folder,
        workspace: demo.workspace(),
        topics: [FLIGHTS, ARRIVED, MODELS],
        clock: time(now.clock.0),
        speed: now.speed,
        paused: now.paused,
        departures: now.departures,
        arrivals: now.arrivals,
        broken: now.broken,
    };
    output.result(&report, report_text)?;
    foreground.run(|progress, cancel| watch(&demo, progress, cancel, output));
    Ok(())
}

/// The stream's clock is the progress; what goes wrong with it, and its end, are said once.
fn watch(demo: &Demo, progress: &Progress, cancel: &Cancel, output: &Output) {
    progress.stage("", 0);
    let mut before: Option<ReplayState> = None;
    while !cancel.is_cancelled() {
        let now = demo.replay().state();
        let said = before.as_ref().and_then(|before| before.problem.as_ref());
        if let Some(problem) = now.problem.as_ref().filter(|problem| said != Some(problem)) {
            output.note(&problem.to_string());
        }
        if now.ended && !before.as_ref().is_some_and(|before| before.ended) {
            output.note("The year is over; the cluster stays. --fresh begins anew.");
        }
        progress.set(now.departures);
        let pace = if now.ended { "the year is over".into() } else { pace(now.paused, now.speed) };
        progress.detail(format!("{} {pace}, flights", time(now.clock.0)));
        before = Some(now);
        thread::sleep(LOOK);
    }
}

/// `at 1 h/s`, `paused`.
fn pace(paused: bool, speed: Speed) -> String {
    if paused { "paused".into() } else { format!("at {speed}") }
}

fn report_text(report: &DemoReport<'_>) -> String {
    let pace = pace(report.paused, report.speed);
    format!(
        "bootstrap  {}\ntopics     {}\nflights    {} departures ({} broken on purpose), {} arrivals\n\
         replay     from {} {pace}\nworkspace  {}\nCtrl+C ends it.",
        report.bootstrap,
        report.topics.join(", "),
        integer(report.departures),
        integer(report.broken),
        integer(report.arrivals),
        report.clock,
        report.workspace.display(),
    )
}
