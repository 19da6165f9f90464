//! A run while it trains.

use crate::jobs::{JobId, Problem};
use crate::learn::{LearnerSpec, Round, RunFile};

/// A run that trains, or one that has failed.
#[derive(Clone, Debug)]
pub struct Running {
    /// Its name: a number that no other run has.
    pub name: String,
    /// The job that trains it.
    pub job: JobId,
    /// What is trained.
    pub file: RunFile,
    /// The curve so far: round and loss, on the train part.
    pub train: Vec<[f64; 2]>,
    /// The same on the validation part.
    pub valid: Vec<[f64; 2]>,
    /// Rounds at most; 0 until the first has ended.
    pub total: usize,
    /// Why it failed.
    pub problem: Option<Problem>,
}

impl Running {
    /// A run that has just been started.
    pub fn new(name: String, job: JobId, file: RunFile) -> Self {
        Self { name, job, file, train: Vec::new(), valid: Vec::new(), total: 0, problem: None }
    }

    /// Takes rounds that have ended.
    pub fn add(&mut self, rounds: &[Round], total: usize) {
        self.total = total;
        self.train.extend(rounds.iter().map(|round| [round.round as f64, round.train]));
        self.valid.extend(rounds.iter().filter_map(|round| Some([round.round as f64, round.valid?])));
    }

    /// Rounds that have ended.
    pub fn rounds(&self) -> usize {
        self.train.len()
    }

    /// How it learns.
    pub fn learner(&self) -> &LearnerSpec {
        &self.file.learner
    }

    /// Rounds done of all, 0 to 1. A learner that converges before its last round ends sooner.
    pub fn share(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.rounds() as f64 / self.total as f64 }
    }
}
