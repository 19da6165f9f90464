//! The application's jobs: what they bring comes back as messages.

use crate::app::message::Message;
use crate::jobs::{Admission, Arrival, JobContext, JobId, JobInfo, Jobs, Outcome, Problem};

/// The title of jobs that are in no list.
const QUIET: &str = "";

/// Starts jobs and takes what they bring. The only way from a command to work that takes time.
pub struct Background {
    jobs: Jobs<Message>,
}

impl Background {
    /// A runner that calls `wake` whenever something arrived.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { jobs: Jobs::new(wake) }
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
        self.jobs.start(key, title, admission, move |context| match work(&context) {
            Ok(value) => Ok(message(Ok(value))),
            Err(problem) => {
                context.send(message(Err(problem.clone())));
                Err(problem)
            }
        })
    }

    /// What has arrived since the last call, in order.
    pub fn messages(&mut self) -> Vec<Message> {
        let message = |arrival: Arrival<Message>| match arrival.outcome {
            Outcome::Part(message) | Outcome::Ended(Ok(message)) => Some(message),
            // The message of a failure came before as a part; a panic has none.
            Outcome::Ended(Err(problem)) => Some(Message::JobFailed { key: arrival.key, problem }),
        };
        self.jobs.arrivals().into_iter().filter_map(message).collect()
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
