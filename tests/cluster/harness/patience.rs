//! Waiting that ends: a test that waits for something that never comes fails, and says what it waited for.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take, on a machine that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(180);
/// How long a process may take that does a test's whole work.
const OF_A_PROCESS: Duration = Duration::from_secs(300);

/// Waits until `holds` gives something.
pub fn eventually<T>(what: &str, mut holds: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = holds() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Runs a process to its end and gives what it printed. One that does not end is killed, with those that it started.
pub fn output(command: &mut Command) -> Output {
    output_with(command, Stdio::null())
}

/// [`output`] of one that reads this on its standard input.
pub fn output_with(command: &mut Command, input: Stdio) -> Output {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let child = command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (group, (sender, ended)) = (format!("-{}", child.id()), std::sync::mpsc::channel());
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(ended) = ended.recv_timeout(OF_A_PROCESS) else {
        let _ = Command::new("kill").args(["-s", "KILL", "--", &group]).status();
        panic!("did not end within {OF_A_PROCESS:?}: {command:?}");
    };
    ended.unwrap()
}
