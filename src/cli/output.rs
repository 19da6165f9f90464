//! Results on standard output, problems on standard error.

use std::io::{self, Write};

use serde::Serialize;

use crate::jobs::Problem;

/// Where a command says what came out.
pub(super) struct Output {
    json: bool,
}

#[derive(Serialize)]
struct Failure<'a> {
    error: &'a Problem,
}

impl Output {
    /// For machines (`json`) or for people.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints the result: `value` as JSON, or what `text` makes of it.
    pub fn result<T: Serialize>(&self, value: &T, text: impl FnOnce(&T) -> String) -> Result<(), Problem> {
        let mut text = match self.json {
            true => serde_json::to_string_pretty(value).map_err(|error| not_printed(&error.into()))? + "\n",
            false => text(value),
        };
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let mut out = io::stdout().lock();
        ended_pipe_is_fine(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
    }

    /// Says what was left out or is to be known, without being a failure. Machines find it in the result.
    pub fn note(&self, text: &str) {
        if !self.json {
            let _ = writeln!(io::stderr(), "{text}");
        }
    }

    /// Says what failed.
    pub fn problem(&self, problem: &Problem) {
        let text = match self.json {
            true => {
                serde_json::to_string(&Failure { error: problem }).unwrap_or_else(|_| problem.to_string())
            }
            false => format!("forebay: {problem}"),
        };
        let _ = writeln!(io::stderr(), "{text}");
    }
}

/// Whoever reads standard output may have had enough (`forebay topics | head`).
pub(super) fn ended_pipe_is_fine(written: io::Result<()>) -> Result<(), Problem> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(not_printed(&error)),
        _ => Ok(()),
    }
}

fn not_printed(error: &io::Error) -> Problem {
    Problem::new("Writing to standard output", error.to_string(), "Give it another place to go to.")
}
