//! The runner: starts jobs on threads of their own, hands their results to an inbox, and wakes whoever drains it.
//!
//! In: a closure per job. Out: [`Arrival`]s, in the order in which they came, and a list of jobs for people. The runner
//! is driven by one thread, which calls [`Jobs::arrivals`] after each wake-up and never waits for a job.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::list::{JobId, JobInfo, JobState};
use super::{Cancel, Problem, Progress};

/// How long a drop waits for cancelled jobs to end. Threads still busy after that end with the process.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// How many jobs of one key there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Any number, side by side: trainings, exports, deployments.
    Several,
    /// One running and one waiting. A newer one takes the place of the one that waits, which then never runs and never
    /// arrives: looking things up while the user moves on.
    LatestWins,
}

/// What a job has in hand while it runs.
pub struct JobContext<T> {
    /// Where it says how far it is.
    pub progress: Progress,
    /// Where it hears that it should end.
    pub cancel: Cancel,
    outlet: Outlet<T>,
}

impl<T> JobContext<T> {
    /// Hands over a part of the result before the end, such as a coarse timeline before the fine one. Waits while the
    /// inbox is full.
    pub fn send(&self, part: T) {
        self.outlet.send(Outcome::Part(part));
    }

    /// Wakes whoever draws, without a message: state that the job shares with the window has changed.
    pub fn wake(&self) {
        (self.outlet.wake)();
    }
}

/// Something that came from a job.
#[derive(Debug)]
pub struct Arrival<T> {
    /// Which job.
    pub id: JobId,
    /// Its key.
    pub key: String,
    /// What it says.
    pub outcome: Outcome<T>,
}

/// What a job says.
#[derive(Debug)]
pub enum Outcome<T> {
    /// A part of the result; the job goes on.
    Part(T),
    /// The job has ended.
    Ended(Result<T, Problem>),
}

/// Jobs whose results are of type `T`, the application's message type.
///
/// Dropped, it cancels every job and gives them [`PATIENCE`] to end.
pub struct Jobs<T> {
    entries: Vec<Entry<T>>,
    newest: u64,
    inbox: Receiver<(JobId, Outcome<T>)>,
    sender: Sender<(JobId, Outcome<T>)>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

type Work<T> = Box<dyn FnOnce(JobContext<T>) -> Result<T, Problem> + Send>;

struct Entry<T> {
    id: JobId,
    key: String,
    title: String,
    progress: Progress,
    cancel: Cancel,
    began: Instant,
    ended: Option<Instant>,
    phase: Phase<T>,
}

enum Phase<T> {
    Waiting(Work<T>),
    Running,
    Done,
    Failed(Problem),
    Cancelled,
}

struct Outlet<T> {
    id: JobId,
    inbox: Sender<(JobId, Outcome<T>)>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl<T> Outlet<T> {
    fn send(&self, outcome: Outcome<T>) {
        // The inbox is gone only when the application is; nobody is left to tell.
        let _ = self.inbox.send((self.id, outcome));
        (self.wake)();
    }
}

impl<T: Send + 'static> Jobs<T> {
    /// Messages that the inbox holds at most; a job that has more to say waits.
    const INBOX: usize = 256;

    /// Jobs that end in the list at most; the oldest go first.
    const KEPT: usize = 100;

    /// A runner that calls `wake`, from the job's thread, whenever something arrived.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, inbox) = bounded(Self::INBOX);
        Self { entries: Vec::new(), newest: 0, inbox, sender, wake: Arc::new(wake) }
    }

    /// Starts a job, or lets it wait where `admission` says so. `title` is what the job list shows.
    pub fn start(
        &mut self,
        key: impl Into<String>,
        title: impl Into<String>,
        admission: Admission,
        work: impl FnOnce(JobContext<T>) -> Result<T, Problem> + Send + 'static,
    ) -> JobId {
        self.newest += 1;
        let id = JobId(self.newest);
        let key = key.into();
        let busy = admission == Admission::LatestWins && self.is_busy(&key);
        if busy {
            self.entries.retain(|entry| entry.key != key || !matches!(entry.phase, Phase::Waiting(_)));
        }
        self.entries.push(Entry {
            id,
            key,
            title: title.into(),
            progress: Progress::new(),
            cancel: Cancel::new(),
            began: Instant::now(),
            ended: None,
            phase: Phase::Waiting(Box::new(work)),
        });
        if !busy {
            self.run(id);
        }
        id
    }

    /// Takes what has arrived since the last call, at most as much as the inbox holds, and starts jobs that waited.
    pub fn arrivals(&mut self) -> Vec<Arrival<T>> {
        let messages: Vec<_> = self.inbox.try_iter().take(Self::INBOX).collect();
        messages.into_iter().filter_map(|(id, outcome)| self.arrive(id, outcome)).collect()
    }

    /// Jobs that wait, run or have ended, oldest first.
    pub fn list(&self) -> Vec<JobInfo> {
        self.entries.iter().map(Entry::info).collect()
    }

    /// Whether a job of that key waits or runs.
    pub fn is_busy(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key && entry.ended.is_none())
    }

    /// Number of jobs that run.
    pub fn running(&self) -> usize {
        self.entries.iter().filter(|entry| matches!(entry.phase, Phase::Running)).count()
    }

    /// Asks one job to end. One that runs arrives as cancelled when it has; one that waits is ended at once.
    pub fn cancel(&mut self, id: JobId) {
        self.cancel_where(|entry| entry.id == id);
    }

    /// Asks the jobs of a key to end.
    pub fn cancel_key(&mut self, key: &str) {
        self.cancel_where(|entry| entry.key == key);
    }

    /// Asks all jobs to end.
    pub fn cancel_all(&mut self) {
        self.cancel_where(|_| true);
    }

    /// Takes ended jobs from the list.
    pub fn clear_ended(&mut self) {
        self.entries.retain(|entry| entry.ended.is_none());
    }

    fn cancel_where(&mut self, chosen: impl Fn(&Entry<T>) -> bool) {
        for entry in self.entries.iter_mut().filter(|entry| chosen(entry)) {
            entry.cancel.cancel();
            if matches!(entry.phase, Phase::Waiting(_)) {
                entry.end(Phase::Cancelled);
            }
        }
    }

    fn run(&mut self, id: JobId) {
        let outlet = Outlet { id, inbox: self.sender.clone(), wake: self.wake.clone() };
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) else { return };
        let Phase::Waiting(work) = std::mem::replace(&mut entry.phase, Phase::Running) else { return };
        entry.began = Instant::now();
        let title = entry.title.clone();
        let (progress, cancel) = (entry.progress.clone(), entry.cancel.clone());
        let spawned = thread::Builder::new().name(format!("job {}", entry.key)).spawn(move || {
            let last = Outlet { id, inbox: outlet.inbox.clone(), wake: outlet.wake.clone() };
            let context = JobContext { progress, cancel, outlet };
            let result = catch_unwind(AssertUnwindSafe(|| work(context)))
                .unwrap_or_else(|panic| Err(panicked(&title, panic.as_ref())));
            last.send(Outcome::Ended(result));
        });
        if let Err(error) = spawned {
            let next = "End some jobs and try again";
            entry.end(Phase::Failed(Problem::new(&entry.title, error.to_string(), next)));
        }
    }

    fn arrive(&mut self, id: JobId, outcome: Outcome<T>) -> Option<Arrival<T>> {
        let entry = self.entries.iter_mut().find(|entry| entry.id == id)?;
        let key = entry.key.clone();
        if let Outcome::Ended(result) = &outcome {
            entry.end(match result {
                Ok(_) => Phase::Done,
                Err(problem) if problem.cancelled => Phase::Cancelled,
                Err(problem) => Phase::Failed(problem.clone()),
            });
            self.start_waiting(&key);
            self.forget_oldest();
        }
        Some(Arrival { id, key, outcome })
    }

    fn start_waiting(&mut self, key: &str) {
        let waits = |entry: &&Entry<T>| entry.key == key && matches!(entry.phase, Phase::Waiting(_));
        if let Some(id) = self.entries.iter().find(waits).map(|entry| entry.id) {
            self.run(id);
        }
    }

    fn forget_oldest(&mut self) {
        let ended = self.entries.iter().filter(|entry| entry.ended.is_some()).count();
        let mut surplus = ended.saturating_sub(Self::KEPT);
        self.entries.retain(|entry| {
            let forget = surplus > 0 && entry.ended.is_some();
            surplus -= usize::from(forget);
            !forget
        });
    }
}

impl<T> Drop for Jobs<T> {
    fn drop(&mut self) {
        for entry in &self.entries {
            entry.cancel.cancel();
        }
        let until = Instant::now() + PATIENCE;
        let mut running = self.entries.iter().filter(|entry| matches!(entry.phase, Phase::Running)).count();
        while running > 0 {
            match self.inbox.recv_deadline(until) {
                Ok((_, Outcome::Ended(_))) => running -= 1,
                Ok((_, Outcome::Part(_))) => {}
                Err(_) => return,
            }
        }
    }
}

impl<T> Entry<T> {
    fn end(&mut self, phase: Phase<T>) {
        self.phase = phase;
        self.ended = Some(Instant::now());
    }

    fn info(&self) -> JobInfo {
        let state = match &self.phase {
            Phase::Waiting(_) => JobState::Waiting,
            Phase::Running if self.cancel.is_cancelled() => JobState::Ending,
            Phase::Running => JobState::Running,
            Phase::Done => JobState::Done,
            Phase::Failed(problem) => JobState::Failed(problem.clone()),
            Phase::Cancelled => JobState::Cancelled,
        };
        let elapsed = match &self.phase {
            Phase::Waiting(_) => Duration::ZERO,
            _ => self.ended.unwrap_or_else(Instant::now).saturating_duration_since(self.began),
        };
        JobInfo {
            id: self.id,
            key: self.key.clone(),
            title: self.title.clone(),
            state,
            progress: self.progress.snapshot(),
            elapsed,
        }
    }
}

/// A panic is a defect of Forebay's; the person learns which job it hit and that the rest goes on.
fn panicked(title: &str, panic: &(dyn std::any::Any + Send)) -> Problem {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let why = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
    Problem::new(
        title,
        format!("the job ended by a defect in Forebay: {why}"),
        "Your other work is not touched. Report it with this text",
    )
}

#[cfg(test)]
#[path = "runner_tests.rs"]
mod tests;
