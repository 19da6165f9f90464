//! `forebay`: arguments to window or headless command.

use std::process::ExitCode;

fn main() -> ExitCode {
    forebay::cli::run(std::env::args_os())
}
