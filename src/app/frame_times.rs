//! Writes the CPU time of each frame to a file, a line each: the stage that was shown, milliseconds.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::stage::Stage;
use crate::jobs::Problem;

/// A file of frame times.
pub(super) struct FrameTimes {
    file: BufWriter<File>,
}

impl FrameTimes {
    /// Begins the file anew.
    pub(super) fn create(path: &Path) -> Result<Self, Problem> {
        let file = File::create(path).map_err(|error| {
            let what = format!("Writing frame times to {}", path.display());
            Problem::new(what, error.to_string(), "Choose another file with --frame-times")
        })?;
        Ok(Self { file: BufWriter::new(file) })
    }

    /// Adds a frame. A full disk ends the record, not the window.
    pub(super) fn add(&mut self, stage: Stage, seconds: f32) -> bool {
        writeln!(self.file, "{} {:.3}", stage.title(), seconds * 1e3).and_then(|()| self.file.flush()).is_ok()
    }
}
