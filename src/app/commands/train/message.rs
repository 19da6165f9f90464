//! What the jobs of stage Train bring.

use std::path::PathBuf;

use crate::app::runtime::Runtime;
use crate::app::state::train::{Repeat, SliceFacts, SplitRows};
use crate::jobs::Problem;
use crate::learn::Round;
use crate::registry::VersionInfo;
use crate::workspace::SavedRun;

/// What a job of stage Train brings.
#[derive(Debug)]
pub enum TrainMessage {
    /// The slice in time.
    Facts(Result<SliceFacts, Problem>),
    /// Rows of each part.
    Split(Result<SplitRows, Problem>),
    /// Rounds of a run have ended.
    Rounds {
        /// The run's name.
        run: String,
        /// Which ended since the last message.
        rounds: Vec<Round>,
        /// How many there will be at most.
        total: usize,
    },
    /// A run has ended.
    Ended {
        /// Its name.
        run: String,
        /// What came out.
        result: Result<Box<Trained>, Problem>,
    },
    /// The digest of a run's package.
    Package {
        /// The run's own digest.
        digest: String,
        /// The package's digest, or why there can be none.
        package: Result<String, String>,
    },
    /// A run was repeated.
    Repeated {
        /// Its name.
        run: String,
        /// Whether the same came out.
        result: Result<Repeat, Problem>,
    },
    /// A run was published.
    Published {
        /// Its name.
        run: String,
        /// The version that it became.
        result: Result<Box<VersionInfo>, Problem>,
    },
    /// A file was written: what it is, and where.
    Saved(Result<(&'static str, PathBuf), Problem>),
}

/// A run that has ended, ready to be kept.
#[derive(Debug)]
pub struct Trained {
    /// The run.
    pub run: SavedRun,
    /// The digest of its package, or why there can be none.
    pub package: Result<String, String>,
}

impl TrainMessage {
    /// Puts it into the state.
    pub fn handle(self, runtime: &mut Runtime<'_>) {
        let train = &mut runtime.state.train;
        match self {
            Self::Facts(result) => train.facts.finish(result),
            Self::Split(result) => train.split.finish(result),
            Self::Rounds { run, rounds, total } => {
                if let Some(running) = train.running.iter_mut().find(|running| running.name == run) {
                    running.add(&rounds, total);
                }
            }
            Self::Ended { run, result: Ok(trained) } => runtime.keep_run(&run, trained),
            Self::Ended { run, result: Err(problem) } => runtime.run_failed(&run, problem),
            Self::Package { digest, package } => {
                train.asked_packages.remove(&digest);
                train.packages.insert(digest, package);
            }
            Self::Repeated { run, result } => runtime.run_repeated(run, result),
            Self::Published { run, result } => runtime.run_published(&run, result),
            Self::Saved(Ok((what, path))) => {
                runtime.state.notifications.good(format!("{what} saved"), path.display().to_string());
            }
            Self::Saved(Err(problem)) => runtime.state.notifications.problem(&problem),
        }
    }
}
