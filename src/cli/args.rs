//! What can be typed.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use super::connection::ConnectionArgs;
use super::demo::DemoArgs;
use super::models::{AliasArgs, ModelsArgs, PublishArgs, PullArgs};
use super::plan::PlanArgs;
use super::predict::PredictArgs;
use super::profile::ProfileArgs;
use super::read::ReadArgs;
use super::score::ScoreArgs;
use super::topics::{TopicArgs, TopicsArgs};
use super::train::TrainArgs;
use super::write::WriteArgs;

/// Train on Apache Kafka topics without another data lake.
///
/// Without a command the window opens.
#[derive(Parser)]
#[command(name = "forebay", version, args_conflicts_with_subcommands = false, subcommand_negates_reqs = true)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled.")]
pub(super) struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The workspace that the window opens.
    #[arg(value_name = "FILE.forebay")]
    pub workspace: Option<PathBuf>,

    /// Write the CPU time of each frame of the window to this file: the stage and milliseconds, a line each.
    #[arg(long, value_name = "FILE")]
    pub frame_times: Option<PathBuf>,

    /// The window asks for paths as text instead of opening the desktop's file dialogs.
    #[arg(long)]
    pub typed_paths: bool,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// Print one JSON document; errors are JSON on standard error.
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Open the window on a cluster of its own, with a year of flights as a live stream.
    Demo(DemoArgs),
    /// List the topics of the cluster.
    Topics(TopicsArgs),
    /// Show one topic: partitions, watermarks, configuration, groups.
    Topic(TopicArgs),
    /// Say what reading a range would cost. Reads a small sample at most.
    Plan(PlanArgs),
    /// Read a range into a file, or as lines on standard output.
    Read(ReadArgs),
    /// Describe each column of a range.
    Profile(ProfileArgs),
    /// Write the rows of a file to a topic, as JSON records.
    Write(WriteArgs),
    /// Train from a run file and print the metrics.
    Train(TrainArgs),
    /// List models and their versions.
    Models(ModelsArgs),
    /// Point an alias to a version of a model.
    Alias(AliasArgs),
    /// Publish a package as the next version of a model.
    Publish(PublishArgs),
    /// Write a published version to a package file.
    Pull(PullArgs),
    /// Score a topic live, until it is stopped or the end is reached.
    Score(ScoreArgs),
    /// Predict the rows of a file.
    Predict(PredictArgs),
}

impl Args {
    /// Refuses options that are each fine and mean nothing together, as wrong usage.
    pub fn checked(self) -> Result<Self, clap::Error> {
        if matches!(self.command, Some(Command::Demo(_))) && self.connection.is_given() {
            return Err(Self::wrong("demo", "the demo has a cluster of its own and takes no connection"));
        }
        let Some(Command::Score(score)) = &self.command else { return Ok(self) };
        let wrong = score.request().check();
        if wrong.is_empty() {
            return Ok(self);
        }
        let option = |(field, why): &(String, String)| match field.as_str() {
            "model_topic" => format!("--models: {why}"),
            _ => format!("--{}: {why}", field.replace('_', "-")),
        };
        let why = wrong.iter().map(option).collect::<Vec<_>>().join("; ");
        Err(Self::wrong("score", &why))
    }

    /// Wrong usage of a command, as clap tells it.
    fn wrong(name: &str, why: &str) -> clap::Error {
        let mut command = Self::command();
        command.build();
        let of = command.find_subcommand_mut(name).map(|of| of.error(ErrorKind::ValueValidation, why));
        of.unwrap_or_else(|| command.error(ErrorKind::ValueValidation, why))
    }
}
