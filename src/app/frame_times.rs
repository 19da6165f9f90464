//! Writes the CPU time of each frame to a file, a line each: the stage that was shown, milliseconds.
//!
//! Counted is what the window's thread takes from the beginning of a frame to that of the next: events, state, widgets,
//! triangles, and what the graphics driver does in that thread; not waiting.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use super::stage::Stage;
use crate::jobs::Problem;

/// A file of frame times.
pub(super) struct FrameTimes {
    file: BufWriter<File>,
    /// What the thread had taken when the frame at hand began.
    began: Option<Duration>,
}

impl FrameTimes {
    /// Begins the file anew.
    pub(super) fn create(path: &Path) -> Result<Self, Problem> {
        let file = File::create(path).map_err(|error| {
            let what = format!("Writing frame times to {}", path.display());
            Problem::new(what, error.to_string(), "Choose another file with --frame-times")
        })?;
        Ok(Self { file: BufWriter::new(file), began: None })
    }

    /// Ends the frame before, which showed `stage`, and begins one. `otherwise` stands where the system does not tell what a
    /// thread takes. A full disk ends the record, not the window: `false`.
    pub(super) fn frame(&mut self, stage: Stage, otherwise: Option<f32>) -> bool {
        let now = thread_time();
        let took = match (self.began, now) {
            (Some(began), Some(now)) => Some(now.saturating_sub(began).as_secs_f64()),
            (None, Some(_)) => None,
            (_, None) => otherwise.map(f64::from),
        };
        self.began = now;
        let Some(seconds) = took else { return true };
        writeln!(self.file, "{} {:.3}", stage.title(), seconds * 1e3).and_then(|()| self.file.flush()).is_ok()
    }
}

/// CPU time of this thread so far.
#[cfg(unix)]
fn thread_time() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).ok()
}

#[cfg(not(unix))]
fn thread_time() -> Option<Duration> {
    None
}
