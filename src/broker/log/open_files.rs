//! How many files of logs stay open between their uses: a share of what the process may open, whatever the number of logs.
//!
//! A file beyond that is opened for each use and closed after it. Logs close files that are idle, so that the busy ones
//! find room.

use std::fs::File;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One in so many of the files that the process may open; the others are for connections and for the rest of the program.
const SHARE: usize = 4;

/// What a process may open at least where it cannot be found out: the least that a system is known to allow.
const LEAST_LIMIT: usize = 256;

/// All files of logs that are kept open.
#[derive(Debug)]
pub(super) struct OpenFiles {
    kept: AtomicUsize,
    most: usize,
}

/// A file that stays open as long as somebody has this.
#[derive(Debug)]
pub(super) struct KeptFile {
    file: File,
    among: &'static OpenFiles,
}

impl OpenFiles {
    /// Those of this process.
    pub(super) fn of_process() -> &'static OpenFiles {
        static ALL: LazyLock<OpenFiles> = LazyLock::new(|| OpenFiles::new(process_limit() / SHARE));
        &ALL
    }

    const fn new(most: usize) -> OpenFiles {
        OpenFiles { kept: AtomicUsize::new(0), most }
    }

    /// Keeps a file open, or gives it back when there are enough.
    pub(super) fn keep(&'static self, file: File) -> Result<KeptFile, File> {
        if self.kept.fetch_add(1, Ordering::Relaxed) < self.most {
            return Ok(KeptFile { file, among: self });
        }
        self.kept.fetch_sub(1, Ordering::Relaxed);
        Err(file)
    }
}

impl KeptFile {
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Whether somebody else may keep it open for as long as a client likes. Half of the places stay for the logs' own use.
    pub(super) fn may_be_lent(&self) -> bool {
        self.among.kept.load(Ordering::Relaxed) <= self.among.most / 2
    }
}

impl Drop for KeptFile {
    fn drop(&mut self) {
        self.among.kept.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many files this process may open.
fn process_limit() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let soft = limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next());
    soft.and_then(|soft| soft.parse().ok()).unwrap_or(LEAST_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_beyond_the_bound_comes_back_and_one_that_is_closed_makes_room() {
        static FILES: OpenFiles = OpenFiles::new(2);
        let keep = || FILES.keep(tempfile::tempfile().unwrap());
        let (first, second) = (keep().unwrap(), keep().unwrap());
        assert!(keep().is_err() && keep().is_err());
        drop(first);
        let third = keep().unwrap();
        assert!(keep().is_err() && !third.may_be_lent());
        drop((second, third));
        assert!(keep().unwrap().may_be_lent());
    }
}
