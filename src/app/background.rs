//! The application's jobs: what they bring comes back as messages.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::app::message::Message;
use crate::jobs::{Admission, Arrival, JobContext, JobId, JobInfo, Jobs, Outcome, Problem};

/// The title of jobs that are in no list.
const QUIET: &str = "";

/// Starts jobs and takes what they bring. The only way from a command to work that takes time.
pub struct Background {
    jobs: Jobs<Message>,
    /// Whether a job that failed has said so by its own message.
    told: BTreeMap<JobId, Arc<AtomicBool>>,
}

impl Background {
    /// A runner that calls `wake` whenever something arrived.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { jobs: Jobs::new(wake), told: BTreeMap::new() }
    }

    /// Starts `work` on a thread of its own; a newer job of the same `key` takes the place of one that waits. However it
    /// ends, `message` says so to the application. `title` is what the job list shows: `Reading flights`.
    pub fn latest<T: 'static>(
        &mut self,
        key: &str,
        title: impl Into<String>,
        work: impl FnOnce(&JobContext<Message>) -> Result<T, Problem> + Send + 'static,
        message: impl FnOnce(Result<T, Problem>) -> Message + Send + 'static,
    ) -> JobId {
        self.start(key, title, Admission::LatestWins, work, message)
    }

    /// The same, side by side with others of its key: trainings, exports, deployments.
    pub fn several<T: 'static>(
        &mut self,
        key: &str,
        title: impl Into<String>,
        work: impl FnOnce(&JobContext<Message>) -> Result<T, Problem> + Send + 'static,
        message: impl FnOnce(Result<T, Problem>) -> Message + Send + 'static,
    ) -> JobId {
        self.start(key, title, Admission::Several, work, message)
    }

    /// The same as [`Background::latest`], for what is no work to a person: writing settings, a file dialog. It is not in
    /// the job list.
    pub fn quiet<T: 'static>(
        &mut self,
        key: &str,
        work: impl FnOnce(&JobContext<Message>) -> Result<T, Problem> + Send + 'static,
        message: impl FnOnce(Result<T, Problem>) -> Message + Send + 'static,
    ) -> JobId {
        self.start(key, QUIET, Admission::LatestWins, work, message)
    }

    fn start<T: 'static>(
        &mut self,
        key: &str,
        title: impl Into<String>,
        admission: Admission,
        work: impl FnOnce(&JobContext<Message>) -> Result<T, Problem> + Send + 'static,
        message: impl FnOnce(Result<T, Problem>) -> Message + Send + 'static,
    ) -> JobId {
        // Jobs that were replaced while they waited never end: nothing holds their flag any more.
        self.told.retain(|_, told| Arc::strong_count(told) > 1 || told.load(Ordering::Acquire));
        let told = Arc::new(AtomicBool::new(false));
        let telling = told.clone();
        let id = self.jobs.start(key, title, admission, move |context| match work(&context) {
            Ok(value) => Ok(message(Ok(value))),
            Err(problem) => {
                context.send(message(Err(problem.clone())));
                telling.store(true, Ordering::Release);
                Err(problem)
            }
        });
        self.told.insert(id, told);
        id
    }

    /// What has arrived since the last call, in order.
    pub fn messages(&mut self) -> Vec<Message> {
        let arrivals = self.jobs.arrivals();
        arrivals.into_iter().filter_map(|arrival| self.message(arrival)).collect()
    }

    fn message(&mut self, arrival: Arrival<Message>) -> Option<Message> {
        let ended = match arrival.outcome {
            Outcome::Part(message) => return Some(message),
            Outcome::Ended(result) => result,
        };
        let told = self.told.remove(&arrival.id).is_some_and(|told| told.load(Ordering::Acquire));
        match ended {
            Ok(message) => Some(message),
            // A job that a defect ended has not said so itself.
            Err(problem) => (!told).then_some(Message::JobFailed { key: arrival.key, problem }),
        }
    }

    /// Jobs that wait, run or have ended, oldest first.
    pub fn list(&self) -> Vec<JobInfo> {
        self.jobs.list().into_iter().filter(|job| job.title != QUIET).collect()
    }

    /// Whether a job of that key waits or runs.
    pub fn is_busy(&self, key: &str) -> bool {
        self.jobs.is_busy(key)
    }

    /// Asks one job to end.
    pub fn cancel(&mut self, id: JobId) {
        self.jobs.cancel(id);
    }

    /// Asks the jobs of a key to end.
    pub fn cancel_key(&mut self, key: &str) {
        self.jobs.cancel_key(key);
    }

    /// Takes ended jobs from the list.
    pub fn clear_ended(&mut self) {
        self.jobs.clear_ended();
    }
}
