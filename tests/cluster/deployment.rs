//! A deployment on a thread of its own, for the tests of live scoring.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use forebay::jobs::{Cancel, Problem};
use forebay::kafka::Cluster;
use forebay::live::{LiveSnapshot, LiveStats, ScoreRequest, ScoreSummary, score};

use crate::harness::{PATIENCE, eventually};

/// It is cancelled when its test fails, so that nothing waits for it.
pub struct Deployment {
    pub stats: Arc<LiveStats>,
    cancel: Cancel,
    thread: Option<JoinHandle<Result<ScoreSummary, Problem>>>,
}

impl Deployment {
    pub fn start(cluster: &Cluster, request: &ScoreRequest) -> Self {
        let (stats, cancel) = (Arc::new(LiveStats::new()), Cancel::new());
        let (cluster, request) = (cluster.clone(), request.clone());
        let (shared, token) = (stats.clone(), cancel.clone());
        let thread = std::thread::spawn(move || score(&cluster, &request, &shared, &token));
        Self { stats, cancel, thread: Some(thread) }
    }

    /// Runs one that ends by itself, and gives what it did and what it said last.
    pub fn run(cluster: &Cluster, request: &ScoreRequest) -> (ScoreSummary, LiveSnapshot) {
        let deployment = Self::start(cluster, request);
        let thread = deployment.thread.as_ref().unwrap();
        eventually("the end of what there is to score", || thread.is_finished().then_some(()));
        let stats = deployment.stats.clone();
        (deployment.stop(), stats.snapshot())
    }

    pub fn wait(&self, what: &str, reached: impl Fn(&LiveSnapshot) -> bool) {
        let started = Instant::now();
        while !reached(&self.stats.snapshot()) {
            assert!(started.elapsed() < PATIENCE, "waited for {what}: {:#?}", self.stats.snapshot());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn stop(self) -> ScoreSummary {
        self.end().unwrap()
    }

    /// Stops it, and gives how it ended.
    pub fn end(mut self) -> Result<ScoreSummary, Problem> {
        self.cancel.cancel();
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}
