//! The thread that joins: it takes predictions in, reads labels, and tells what came out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, TryRecvError};

use super::clock::TopicClock;
use super::label_records::LabelRecords;
use super::label_topic::LabelTopic;
use super::meaning::Meaning;
use super::predicted::Predicted;
use super::quality::Quality;
use super::recovered::recover;
use super::waiting::{Until, Waiting};
use super::{Fed, LIMIT};
use crate::codec;
use crate::data::{LabelBy, LabelSpec};
use crate::jobs::{Cancel, Problem};
use crate::kafka::{Cluster, KafkaError, PartitionId, RecordBatch, Slice};
use crate::live::request::ScoreRequest;
use crate::live::stats::{LiveLabels, LiveStats, ScoredBatch};
use crate::registry::{Registry, TopicRegistry};

/// How long one look for labels waits; bounds how long predictions wait to be taken in.
const PATIENCE: Duration = Duration::from_millis(20);
/// Batches of labels that are read before predictions are taken in again.
const BATCHES: usize = 16;
/// How often it is told how things are.
const TELL: Duration = Duration::from_millis(250);

/// What the thread is given at its start.
pub(super) struct Given {
    pub(super) cluster: Cluster,
    pub(super) request: ScoreRequest,
    pub(super) spec: LabelSpec,
    pub(super) registry: TopicRegistry,
    /// What the output held at the start, until it was looked through.
    pub(super) written: Option<Slice>,
    pub(super) stats: Arc<LiveStats>,
    pub(super) inbox: Receiver<Fed>,
    pub(super) stop: Cancel,
}

pub(super) struct Joining {
    given: Given,
    within: i64,
    topic: LabelTopic,
    records: LabelRecords,
    spare: Option<RecordBatch>,
    waiting: Waiting,
    quality: Quality,
    predictions: TopicClock,
    labels: TopicClock,
    /// The time of the first prediction, when there is one.
    first: Option<i64>,
    told: Option<Instant>,
    /// What the last failure said.
    failure: Option<String>,
    has_given_up: bool,
}

impl Joining {
    pub(super) fn new(given: Given) -> Result<Self, Problem> {
        let spec = &given.spec;
        let wrong = |why| Problem::new(format!("Labels of {}", spec.topic), why, "Correct the label join.");
        let within = spec.within_ms().map_err(wrong)?;
        let codec = codec::by_name(&spec.codec).map_err(wrong)?;
        Ok(Self {
            within,
            topic: LabelTopic::new(&given.cluster, &spec.topic),
            records: LabelRecords::new(spec, codec),
            spare: None,
            waiting: Waiting::new(within, LIMIT),
            quality: Quality::default(),
            predictions: TopicClock::default(),
            labels: TopicClock::default(),
            first: None,
            told: None,
            failure: None,
            has_given_up: false,
            given,
        })
    }

    pub(super) fn run(mut self) {
        self.tell();
        while self.take_in() {
            self.step(PATIENCE);
        }
        if self.given.request.until_end {
            self.read_to_the_end();
        }
        self.told = None;
        self.tell();
    }

    /// One look at labels, and what it changes.
    fn step(&mut self, patience: Duration) -> bool {
        let any = self.read_labels(patience);
        self.settle();
        self.tell();
        any
    }

    /// Everything is scored: reads the labels that are there.
    fn read_to_the_end(&mut self) {
        while !self.given.stop.is_cancelled() && self.first.is_some() {
            let any = self.step(PATIENCE);
            let behind = self.topic.positions().iter().any(|position| position.lag() > 0);
            // One that cannot be read is not waited for.
            if !any && !behind {
                return;
            }
        }
    }

    /// Takes in what the scoring loop told; false when it has ended.
    fn take_in(&mut self) -> bool {
        // Without labels to read it sleeps here.
        let mut next = match self.topic.is_open() {
            true => self.given.inbox.try_recv(),
            false => self.given.inbox.recv_timeout(PATIENCE).map_err(|error| match error.is_disconnected() {
                true => TryRecvError::Disconnected,
                false => TryRecvError::Empty,
            }),
        };
        loop {
            match next {
                Ok(fed) => self.take(fed),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
            next = self.given.inbox.try_recv();
        }
    }

    fn take(&mut self, fed: Fed) {
        match fed {
            Fed::Version(version, meaning) => self.waiting.version(version, meaning),
            Fed::Assigned(partitions) => self.assigned(&partitions),
            Fed::Lag(partitions) => {
                for lag in partitions {
                    self.predictions.is_behind(lag.partition.0, lag.lag > 0);
                }
            }
            Fed::Committed(predicted) => {
                for predicted in &predicted {
                    self.note_times(predicted);
                    self.waiting.predicted(predicted);
                }
            }
        }
    }

    fn note_times(&mut self, predicted: &Predicted) {
        for row in predicted.rows() {
            self.predictions.read(row.place.partition, row.place.time);
            self.first = Some(self.first.map_or(row.place.time, |first| first.min(row.place.time)));
        }
    }

    fn assigned(&mut self, partitions: &[PartitionId]) {
        let numbers: Vec<i32> = partitions.iter().map(|partition| partition.0).collect();
        self.predictions.keep(&numbers);
        for number in numbers {
            // Until it is heard otherwise.
            self.predictions.is_behind(number, true);
        }
        if let Some(written) = self.given.written.take_if(|_| !partitions.is_empty()) {
            self.recover(&written, partitions);
        }
    }

    /// Predictions of before the start wait for their labels again.
    fn recover(&mut self, written: &Slice, partitions: &[PartitionId]) {
        if written.offsets() == 0 {
            return;
        }
        if !matches!(self.given.spec.by, LabelBy::Key) {
            let output = &self.given.request.output;
            self.given.stats.note(format!(
                "Predictions of before the start are not judged: {output} does not have the fields that labels are found by"
            ));
            return;
        }
        let found = self.meanings_of_all_versions().and_then(|()| {
            let meanings = self.waiting.meanings();
            let (cluster, request) = (&self.given.cluster, &self.given.request);
            Ok(recover(cluster, request, written, partitions, meanings, self.within, &self.given.stop)?)
        });
        match found {
            Ok(found) => {
                self.first = found.earliest();
                for predicted in found.versions.values() {
                    let (times, values, most_probable) = predicted.columns();
                    let numbers = self.waiting.meanings().get(&predicted.version);
                    let of_classes = numbers.is_some_and(|meaning| !meaning.classes.is_empty());
                    self.given.stats.recovered(&ScoredBatch {
                        times,
                        values: values.to_vec(),
                        most_probable: if of_classes { most_probable.to_vec() } else { Vec::new() },
                        ..ScoredBatch::default()
                    });
                    self.waiting.found(predicted);
                }
                if found.count() > 0 {
                    self.given
                        .stats
                        .note(format!("{} predictions of before the start wait for labels", found.count()));
                }
            }
            Err(problem) if problem.cancelled => {}
            Err(problem) => {
                self.given.stats.note(format!("Predictions of before the start are not judged: {problem}"));
            }
        }
    }

    fn meanings_of_all_versions(&mut self) -> Result<(), Problem> {
        let models = self.given.registry.models(&self.given.stop)?;
        let versions = models.iter().filter(|model| model.name == self.given.request.model.name);
        for version in versions.flat_map(|model| &model.versions) {
            self.waiting.version(version.version, Meaning::of(&version.manifest));
        }
        Ok(())
    }

    /// Reads what there is, and says whether there was anything.
    fn read_labels(&mut self, patience: Duration) -> bool {
        let Some(first) = self.first else { return false };
        // Records of other partitions may be older than the first that was scored.
        let from = first.saturating_sub(self.within);
        if let Err(error) = self.topic.open(from, &self.given.stop) {
            self.failed(&error);
        }
        if !self.topic.is_open() || self.is_far_ahead() {
            std::thread::sleep(patience);
            return false;
        }
        let mut any = false;
        for _ in 0..BATCHES {
            let wait = if any { Duration::ZERO } else { patience };
            match self.topic.next(self.spare.take(), wait) {
                Ok(Some(batch)) => self.take_labels(batch),
                Ok(None) => break,
                Err(error) => {
                    self.failed(&error);
                    break;
                }
            }
            any = true;
        }
        for position in self.topic.positions() {
            self.labels.is_behind(position.partition.0, position.lag() > 0);
        }
        any
    }

    /// Labels that come long before their predictions are scored would only fill the store.
    fn is_far_ahead(&self) -> bool {
        let most = self.predictions.latest().map(|latest| latest.saturating_add(self.within));
        self.waiting.held_bytes() > LIMIT / 4 && self.labels.latest() > most
    }

    fn take_labels(&mut self, batch: RecordBatch) {
        let (waiting, clock) = (&mut self.waiting, &mut self.labels);
        let read = self.records.read(&batch, |label| {
            clock.read(label.place.partition, label.place.time);
            waiting.label(label);
        });
        match read {
            Ok(others) => self.waiting.not_labels(others),
            Err(error) => {
                self.given.stats.note(format!("Labels of {} cannot be read: {error}", self.given.spec.topic))
            }
        }
        self.failure = None;
        self.spare = Some(batch);
    }

    fn failed(&mut self, error: &KafkaError) {
        if matches!(error, KafkaError::Cancelled) {
            return;
        }
        let said = format!("Labels of {} cannot be read: {error}; it is tried again", self.given.spec.topic);
        if self.failure.as_ref() != Some(&said) {
            self.given.stats.note(said.clone());
            self.failure = Some(said);
        }
    }

    fn until(&self) -> Until {
        let (predictions, labels) = (self.predictions.latest(), self.labels.latest());
        Until {
            predictions: self.predictions.complete_until(labels),
            labels: labels.and_then(|_| self.labels.complete_until(predictions)),
        }
    }

    fn settle(&mut self) {
        let (news, given_up) = self.waiting.settle(self.until());
        if given_up > 0 && !std::mem::replace(&mut self.has_given_up, true) {
            self.given.stats.note(format!(
                "More predictions wait for labels than {} MB hold: the oldest are given up and counted",
                LIMIT >> 20
            ));
        }
        if news.opened.is_empty() && news.closed.is_empty() && news.judged.is_empty() {
            return;
        }
        self.quality.add(&news);
        self.given.stats.labelled(&news);
    }

    /// Tells how things are, now and then.
    fn tell(&mut self) {
        if self.told.is_some_and(|told| told.elapsed() < TELL) {
            return;
        }
        self.told = Some(Instant::now());
        let until = self.until();
        let lag = self.topic.positions().iter().map(|position| position.lag()).sum();
        self.given.stats.set_labels(LiveLabels {
            spec: self.given.spec.clone(),
            counts: self.waiting.counts(until),
            time: until.labels,
            lag,
            held_bytes: self.waiting.held_bytes() as u64,
            limit_bytes: LIMIT as u64,
            window: self.quality.look(self.waiting.meanings()),
            versions: self.quality.versions(),
            history: self.quality.history(),
        });
    }
}
