//! The command line: the headless twin of what the window does.
//!
//! In: arguments. Out: one result on standard output, as a table for people or one JSON document for machines, and an exit
//! code: 0 done, 1 failed, 2 wrong usage, 130 cancelled. Each command is a file here, which turns what was typed into the
//! same request that the window sends and runs it in the foreground. Without a command the window opens. Knows no egui.

mod args;
mod connection;
mod demo;
mod foreground;
mod format;
mod label;
mod models;
mod output;
mod plan;
mod predict;
mod profile;
mod range;
mod read;
mod registry;
mod score;
mod table;
mod table_file;
mod topics;
mod train;
mod write;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use foreground::Foreground;
use output::Output;

use crate::jobs::Problem;

/// Exit code of work that was cancelled: 128 and SIGINT's number, as shells have it.
const CANCELLED: u8 = 130;
const FAILED: u8 = 1;
const USAGE: u8 = 2;

/// Runs what the arguments ask for; the first is the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let args = match Args::try_parse_from(&arguments).and_then(Args::checked) {
        Ok(args) => args,
        Err(error) => return refuse(&error, &arguments),
    };
    let output = Output::new(args.json);
    match dispatch(args, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            output.problem(&problem);
            ExitCode::from(if problem.cancelled { CANCELLED } else { FAILED })
        }
    }
}

fn dispatch(args: Args, output: &Output) -> Result<(), Problem> {
    let Args { command, workspace, frame_times, typed_paths, connection, json: _ } = args;
    let connection = connection.or_environment();
    let window = crate::app::Options { frame_times, native_dialogs: !typed_paths, ..Default::default() };
    let Some(command) = command else {
        let connection = connection.is_given().then(|| connection.profile()).transpose()?;
        return open_window(crate::app::Options { workspace, connection, ..window });
    };
    if let Command::Demo(args) = &command
        && !args.headless
    {
        return open_window(crate::app::Options { demo: Some(args.options()?), ..window });
    }
    let foreground = Foreground::new()?;
    match command {
        Command::Demo(args) => demo::serve(&args, &foreground, output),
        Command::Topics(args) => topics::list(&args, &connection, &foreground, output),
        Command::Topic(args) => topics::show(&args, &connection, &foreground, output),
        Command::Plan(args) => plan::run(&args, &connection, &foreground, output),
        Command::Read(args) => read::run(&args, &connection, &foreground, output),
        Command::Profile(args) => profile::run(&args, &connection, &foreground, output),
        Command::Write(args) => write::run(&args, &connection, &foreground, output),
        Command::Train(args) => train::run(&args, &connection, &foreground, output),
        Command::Models(args) => models::list(&args, &connection, &foreground, output),
        Command::Alias(args) => models::alias(&args, &connection, &foreground, output),
        Command::Publish(args) => models::publish(&args, &connection, &foreground, output),
        Command::Pull(args) => models::pull(&args, &connection, &foreground, output),
        Command::Score(args) => score::run(&args, &connection, &foreground, output),
        Command::Predict(args) => predict::run(&args, &connection, &foreground, output),
    }
}

fn open_window(options: crate::app::Options) -> Result<(), Problem> {
    crate::app::run(options)
}

/// Help and version go to standard output and are no failure; a wrong usage is told as JSON where JSON was asked for.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if error.use_stderr() && arguments.iter().any(|argument| argument == "--json") {
        let why = error.to_string();
        let why = why.trim().strip_prefix("error: ").unwrap_or(&why);
        Output::new(true).problem(&Problem::new("Reading the command line", why, ""));
        return ExitCode::from(USAGE);
    }
    // Nobody is left to tell when the terminal itself is gone.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { USAGE } else { 0 })
}

#[cfg(test)]
mod tests;
