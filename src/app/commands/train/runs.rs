//! Runs: started side by side, followed round by round, kept when they end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{TrainCommand, TrainMessage, Trained, lower};
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::State;
use crate::app::state::train::{Part, Running};
use crate::data::Frame;
use crate::jobs::{JobContext, Problem};
use crate::kafka::{Bound, RangeSpec, Slice};
use crate::learn::{FitObserver, LearnerSpec, Round, RunFile, SliceSection, train_on};
use crate::registry::Package;
use crate::ui::format;
use crate::workspace::SavedRun;

/// The jobs that train.
pub const TRAIN_KEY: &str = "train";

impl State {
    /// Why nothing can be trained now.
    pub(super) fn training_refusal(&self) -> Option<String> {
        let Some(frame) = self.prepared_frame() else { return Some("no slice is read".into()) };
        let Some(task) = &self.training().task else { return Some("no target is chosen".into()) };
        let target = task.target.column();
        if let Some(refusal) = self.label_refusal() {
            return Some(refusal);
        }
        if let Some(label) = self.label_column().filter(|label| *label != target) {
            return Some(format!("labels are joined: the target is {label}, or leave step 1 of Prepare out"));
        }
        if frame.schema.get(target).is_none() {
            return Some(format!("the slice has no column {target}"));
        }
        if self.chosen_learners().is_empty() {
            return Some("no learner is chosen".into());
        }
        if let Some(problem) = self.train.split.problem() {
            return Some(problem.why.clone());
        }
        match &self.train.preparation {
            Some(preparation) => preparation.problem.clone(),
            None if self.prepare.profile.problem().is_some() => {
                Some("the columns could not be looked at".into())
            }
            None => Some("the columns are being looked at".into()),
        }
    }

    /// A number that no run has.
    fn next_run(&self) -> u32 {
        let finished = self.runs().iter().map(|run| &run.name);
        let training = self.train.running.iter().map(|run| &run.name);
        finished.chain(training).filter_map(|name| name.parse::<u32>().ok()).max().unwrap_or(0) + 1
    }

    /// What a run of this learner is, written down.
    fn run_file(&self, learner: LearnerSpec, frame: &Frame) -> Option<RunFile> {
        let setup = self.training();
        Some(RunFile {
            format: RunFile::FORMAT,
            seed: setup.seed,
            slice: SliceSection {
                range: exact_range(&frame.slice),
                codec: frame.codec.clone(),
                filter: self.filter_of(frame),
            },
            label: frame.labels.as_ref().map(|labels| labels.spec.clone()),
            task: setup.task.clone()?,
            prepare: self.train.preparation.as_ref()?.steps.clone(),
            split: setup.split.clone(),
            learner,
        })
    }
}

impl Runtime<'_> {
    /// Starts a run for each chosen learner.
    pub(super) fn train_chosen(&mut self) {
        let Some(frame) = self.state.prepared_frame().cloned() else { return };
        self.state.train.running.retain(|run| run.problem.is_none());
        let mut first = None;
        for learner in self.state.chosen_learners() {
            let Some(file) = self.state.run_file(learner, &frame) else { return };
            let name = self.state.next_run().to_string();
            first.get_or_insert_with(|| name.clone());
            self.start_run(name, file, frame.clone());
        }
        // Who looks at a run goes on looking at it.
        if self.state.chosen_run().is_none() {
            self.state.train.chosen = first;
        }
    }

    fn start_run(&mut self, name: String, file: RunFile, frame: Frame) {
        let title = format!("Run {name}, {}", lower(&file.learner));
        let (for_work, for_message, run_file) = (name.clone(), name.clone(), file.clone());
        let work = move |context: &JobContext<Message>| {
            let rounds = Rounds::new(context, for_work.clone());
            let run = train_on(&frame, &run_file, &rounds, &context.progress, &context.cancel)?;
            keep(for_work, run)
        };
        let job = self.background.several(TRAIN_KEY, title, work, move |result| {
            Message::Train(TrainMessage::Ended { run: for_message, result })
        });
        self.state.train.running.push(Running::new(name, job, file));
    }

    /// Ends a run that trains.
    pub(super) fn stop_run(&mut self, name: &str) {
        let job = self.state.train.running(name).filter(|run| run.problem.is_none()).map(|run| run.job);
        if let Some(job) = job {
            self.background.cancel(job);
        }
    }

    /// A run has ended: it goes into the workspace.
    pub(super) fn keep_run(&mut self, name: &str, trained: Box<Trained>) {
        let Trained { run, package } = *trained;
        self.state.train.running.retain(|running| running.name != name);
        self.state.train.packages.insert(run.digest.clone(), package);
        let (title, detail) = ended_in_words(&run);
        let command = TrainCommand::Show(name.to_owned());
        let level = crate::app::state::Level::Good;
        self.state.notifications.with_action(level, title, detail, "Show", command);
        self.edit_runs(&format!("Run {name}"), |runs| runs.push(run));
        if self.state.train.chosen.is_none() {
            self.choose_run(name.to_owned());
        }
    }

    /// A run has failed, or was stopped.
    pub(super) fn run_failed(&mut self, name: &str, problem: Problem) {
        self.state.notifications.problem(&problem);
        let train = &mut self.state.train;
        if problem.cancelled {
            train.running.retain(|running| running.name != name);
            if train.chosen.as_deref() == Some(name) {
                train.chosen = None;
            }
        } else if let Some(running) = train.running.iter_mut().find(|running| running.name == name) {
            running.problem = Some(problem);
        }
    }

    /// Shows a run, on the validation part.
    pub(super) fn choose_run(&mut self, name: String) {
        let train = &mut self.state.train;
        if train.chosen.as_deref() != Some(name.as_str()) {
            train.part = Part::Validation;
            train.threshold = 0.5;
            train.class = 0;
        }
        train.chosen = Some(name.clone());
        self.state.workspace.layout().run = Some(name);
    }

    /// Breaks the seal of a run's test part.
    pub(super) fn open_test(&mut self, name: &str) {
        self.edit_runs(&format!("Open test of run {name}"), |runs| {
            if let Some(run) = runs.iter_mut().find(|run| run.name == name) {
                run.test_opened = true;
            }
        });
        self.state.train.part = Part::Test;
    }

    pub(super) fn delete_run(&mut self, name: &str) {
        self.edit_runs(&format!("Delete run {name}"), |runs| runs.retain(|run| run.name != name));
        if self.state.train.chosen.as_deref() == Some(name) {
            self.state.train.chosen = None;
        }
    }
}

/// The offsets of a slice, as a range that resolves to the same.
fn exact_range(slice: &Slice) -> RangeSpec {
    let ranges = || slice.topics.iter().flat_map(|topic| &topic.partitions);
    RangeSpec {
        topics: slice.topics.iter().map(|topic| topic.topic.clone()).collect(),
        from: Bound::Offsets(ranges().map(|range| (range.partition, range.start)).collect()),
        to: Bound::Offsets(ranges().map(|range| (range.partition, range.end)).collect()),
        partitions: None,
    }
}

/// The run as the workspace keeps it, with its package's digest.
fn keep(name: String, run: crate::learn::Run) -> Result<Box<Trained>, Problem> {
    let package = Package::of(&run).map(|package| package.manifest.digest).map_err(|error| error.to_string());
    let ended = jiff::Timestamp::now().as_millisecond();
    Ok(Box::new(Trained { run: SavedRun::of(name, Arc::new(run), ended)?, package }))
}

/// `Run 14 finished`, and `average precision 0.9062 on validation`.
fn ended_in_words(run: &SavedRun) -> (String, String) {
    let kind = run.file.task.kind;
    let measure = crate::app::state::train::measures(&[run], kind)[0];
    let detail = match run.metrics.valid.get(measure.metric) {
        Some(value) => format!("{} {} on validation", measure.in_a_line(), format::metric(*value)),
        None => "no validation part to judge it by".into(),
    };
    (format!("Run {} finished", run.name), detail)
}

/// Sends the rounds of a fit, a few at a time, so that a fast learner does not fill the inbox.
struct Rounds<'a> {
    context: &'a JobContext<Message>,
    run: String,
    waiting: Mutex<Waiting>,
}

struct Waiting {
    sent: Instant,
    rounds: Vec<Round>,
}

impl<'a> Rounds<'a> {
    /// Rounds are sent so often.
    const EVERY: Duration = Duration::from_millis(50);

    fn new(context: &'a JobContext<Message>, run: String) -> Self {
        Self { context, run, waiting: Mutex::new(Waiting { sent: Instant::now(), rounds: Vec::new() }) }
    }
}

impl FitObserver for Rounds<'_> {
    fn round(&self, round: Round, total: usize) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.rounds.push(round);
        if waiting.sent.elapsed() < Self::EVERY {
            return;
        }
        waiting.sent = Instant::now();
        let rounds = std::mem::take(&mut waiting.rounds);
        self.context.send(Message::Train(TrainMessage::Rounds { run: self.run.clone(), rounds, total }));
    }
}
