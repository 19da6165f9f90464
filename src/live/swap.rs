//! New versions: followed and loaded beside the scoring loop, taken by it between two micro-batches.
//!
//! In: a reference with an alias. Out: scorers that are ready. A version that is damaged, or that cannot be loaded, is noted
//! and not taken: the one at work goes on.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError};

use super::scorer::Scorer;
use super::stats::LiveStats;
use crate::jobs::{Cancel, Problem, Progress};
use crate::registry::{ModelNews, ModelRef, ModelWatch, Registry, RegistryError, Selector, TopicRegistry};

/// How often the model topic's end is looked at.
const LOOK: Duration = Duration::from_millis(500);
const STEP: Duration = Duration::from_millis(50);

/// A version that is ready.
pub(super) struct Incoming {
    pub(super) scorer: Scorer,
    /// When it was heard of.
    pub(super) news: Instant,
}

/// Where the loop asks for a new version.
pub(super) trait NextVersion {
    /// The newest version that is ready and was not taken yet.
    fn take(&self) -> Option<Incoming>;
}

/// Follows a reference on a thread of its own, until dropped.
pub(super) struct Follower {
    ready: Receiver<Incoming>,
    stop: Cancel,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Follows `model`, of which version `at_work` scores already. A fixed version has nothing to follow.
    pub(super) fn start(
        registry: TopicRegistry,
        model: &ModelRef,
        at_work: u32,
        stats: &Arc<LiveStats>,
    ) -> Result<Self, Problem> {
        let (sender, ready) = crossbeam_channel::bounded(1);
        let stop = Cancel::new();
        if matches!(model.selector, Selector::Version(_)) {
            return Ok(Self { ready, stop, thread: None });
        }
        let follow = Follow {
            watch: ModelWatch::new(registry.clone(), model.clone()),
            registry,
            model: model.clone(),
            at_work,
            ready: sender,
            stats: stats.clone(),
            stop: stop.clone(),
            lost: false,
        };
        let thread = std::thread::Builder::new().name("follow-model".into()).spawn(move || follow.run());
        let thread = thread.map_err(|error| Problem::new("Following the alias", error.to_string(), ""))?;
        Ok(Self { ready, stop, thread: Some(thread) })
    }
}

impl NextVersion for Follower {
    fn take(&self) -> Option<Incoming> {
        self.ready.try_recv().ok()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Follow {
    watch: ModelWatch,
    registry: TopicRegistry,
    model: ModelRef,
    at_work: u32,
    ready: Sender<Incoming>,
    stats: Arc<LiveStats>,
    stop: Cancel,
    /// The model topic could not be read the last time.
    lost: bool,
}

impl Follow {
    fn run(mut self) {
        while !self.stop.is_cancelled() {
            let news = self.watch.news(&self.stop);
            let heard = Instant::now();
            match news {
                Ok(news) => {
                    self.lost = false;
                    if let Some(news) = news {
                        self.heed(news, heard);
                    }
                }
                Err(RegistryError::Cancelled) => return,
                Err(error) => self.not_heard(&error),
            }
            self.sleep(LOOK);
        }
    }

    fn heed(&mut self, news: ModelNews, heard: Instant) {
        let model = &self.model;
        match news {
            ModelNews::Gone => self.keep(&format!("{model} points nowhere")),
            ModelNews::Damaged(why) => {
                self.keep(&format!("{model} points to a version that is damaged: {why}"))
            }
            ModelNews::Version(version) if version.version == self.at_work => {}
            ModelNews::Version(version) => {
                match load(&self.registry, &self.model.name, version.version, &self.stop) {
                    Ok(scorer) => self.hand_over(Incoming { scorer, news: heard }),
                    Err(problem) if problem.cancelled => {}
                    Err(problem) => {
                        self.keep(&format!("version {} cannot be used: {problem}", version.version))
                    }
                }
            }
        }
    }

    /// Waits until the loop has taken what came before.
    fn hand_over(&mut self, incoming: Incoming) {
        self.at_work = incoming.scorer.version;
        let mut waiting = incoming;
        while !self.stop.is_cancelled() {
            match self.ready.try_send(waiting) {
                Ok(()) | Err(TrySendError::Disconnected(_)) => return,
                Err(TrySendError::Full(back)) => waiting = back,
            }
            std::thread::sleep(STEP);
        }
    }

    fn keep(&self, why: &str) {
        self.stats.note(format!("{why}; version {} goes on", self.at_work));
    }

    fn not_heard(&mut self, error: &RegistryError) {
        if !self.lost {
            self.stats.note(format!("The model topic cannot be read: {error}; it is tried again"));
        }
        self.lost = true;
    }

    fn sleep(&self, time: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < time && !self.stop.is_cancelled() {
            std::thread::sleep(STEP);
        }
    }
}

/// Loads a version and makes it ready.
pub(super) fn load(
    registry: &TopicRegistry,
    name: &str,
    version: u32,
    cancel: &Cancel,
) -> Result<Scorer, Problem> {
    let package = registry.get(name, version, &Progress::new(), cancel)?;
    Scorer::new(package, version)
}
