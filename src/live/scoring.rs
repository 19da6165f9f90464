//! The scoring loop: poll, score, send, commit.
//!
//! A transaction takes in micro-batches while more records wait, up to `commit_ms`; as soon as none waits it is committed.
//! Partitions come and go only inside a poll. When that happens while a transaction is open, it is taken back, for another
//! member may already read the same records. Whatever fails is taken back too, and read again from the committed positions.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::dead_letter;
use super::labels::{EventKeys, LabelFeed, Predicted};
use super::output::{InputPlace, PredictionWriter, most_probable};
use super::pending::{Pending, scored_record};
use super::recovery::{Recovery, Severity, severity};
use super::request::ScoreRequest;
use super::score::ScoreSummary;
use super::scorer::{Fate, Scored, Scorer};
use super::stats::{LiveSnapshot, LiveState, LiveStats, PartitionLag};
use super::swap::{Incoming, NextVersion};
use super::topics::Topics;
use super::wire::Wire;
use crate::codec::Rejection;
use crate::jobs::{Cancel, Problem};
use crate::kafka::{KafkaError, Offset, OutRecord, PartitionId, Record, RecordBatch};

/// How long an idle poll waits: bounds how late a cancel or a new version is noticed.
const IDLE: Duration = Duration::from_millis(50);
/// How long a poll waits for records that are known to be there while a transaction is open.
const FETCHING: Duration = Duration::from_millis(5);
/// How often an idle deployment tells where its partitions stand.
const TELL: Duration = Duration::from_millis(250);

/// A deployment that runs.
pub(super) struct Scoring<'a, W> {
    pub(super) wire: W,
    pub(super) request: &'a ScoreRequest,
    pub(super) topics: Topics,
    pub(super) stats: &'a LiveStats,
    pub(super) cancel: &'a Cancel,
    scorer: Scorer,
    predictions: PredictionWriter,
    model: String,
    /// Partitions of this member; `None` before the group gave any.
    assigned: Option<Vec<PartitionId>>,
    recovery: Recovery,
    summary: ScoreSummary,
    spare: Vec<RecordBatch>,
    told: Instant,
    labels: Option<Labels>,
}

/// Where predictions go that wait for labels.
struct Labels {
    feed: LabelFeed,
    keys: EventKeys,
}

impl<'a, W: Wire> Scoring<'a, W> {
    pub(super) fn new(
        wire: W,
        request: &'a ScoreRequest,
        topics: Topics,
        scorer: Scorer,
        stats: &'a LiveStats,
        cancel: &'a Cancel,
    ) -> Self {
        let predictions =
            PredictionWriter::new(&request.model.name, scorer.version, &scorer.manifest, &request.input);
        stats.serve(scorer.version, &scorer.manifest.classes, 0);
        Self {
            wire,
            request,
            topics,
            stats,
            cancel,
            model: format!("{}@{}", request.model.name, scorer.version),
            summary: ScoreSummary { versions: vec![scorer.version], ..ScoreSummary::default() },
            scorer,
            predictions,
            assigned: None,
            recovery: Recovery::default(),
            spare: Vec::new(),
            told: Instant::now(),
            labels: None,
        }
    }

    /// What is committed is told to `feed`, too.
    pub(super) fn with_labels(mut self, feed: LabelFeed) -> Result<Self, Problem> {
        feed.version(self.scorer.version, &self.scorer.manifest);
        self.labels = Some(Labels { keys: self.scorer.event_keys(&feed.spec().by)?, feed });
        Ok(self)
    }

    /// Scores until cancelled, or until the ends in [`Topics`] are reached.
    pub(super) fn run(mut self, next_version: &impl NextVersion) -> Result<ScoreSummary, Problem> {
        while !self.cancel.is_cancelled() && !self.has_reached_the_ends() {
            match self.transaction(next_version) {
                Ok(()) => self.stats.set_state(LiveState::Running),
                Err(error) => self.recover(error)?,
            }
        }
        self.stats.set_state(LiveState::Stopping);
        Ok(self.summary)
    }

    /// One transaction, from its first record to its commit; or an idle poll.
    fn transaction(&mut self, next_version: &impl NextVersion) -> Result<(), KafkaError> {
        let mut pending = Pending::default();
        let mut deadline = None;
        loop {
            self.take_over(next_version);
            let polled =
                self.wire.poll(self.request.max_batch, self.patience(deadline), self.spare.split_off(0))?;
            let arrived = self.wire.now();
            if let Some(assigned) = polled.assigned {
                self.partitions_changed(
                    assigned.into_iter().map(|(_, partition)| partition).collect(),
                    &pending,
                )?;
            }
            if polled.batches.is_empty() {
                break;
            }
            self.micro_batch(&polled.batches, arrived, &mut pending)?;
            self.spare = polled.batches;
            let deadline = *deadline.get_or_insert(arrived + Duration::from_millis(self.request.commit_ms));
            if self.wire.now() >= deadline || self.cancel.is_cancelled() || self.lag() == 0 {
                break;
            }
        }
        self.commit(pending)
    }

    fn patience(&self, deadline: Option<Instant>) -> Duration {
        match deadline {
            None => IDLE,
            Some(deadline) => deadline.saturating_duration_since(self.wire.now()).min(FETCHING),
        }
    }

    fn partitions_changed(
        &mut self,
        assigned: Vec<PartitionId>,
        pending: &Pending,
    ) -> Result<(), KafkaError> {
        let change = self.wire.assigned(&assigned);
        if let Some(labels) = &self.labels {
            labels.feed.assigned(&assigned);
        }
        self.assigned = Some(assigned);
        change?;
        match pending.is_empty() {
            true => Ok(()),
            false => Err(KafkaError::Rebalanced { what: "an open transaction".into() }),
        }
    }

    fn micro_batch(
        &mut self,
        batches: &[RecordBatch],
        arrived: Instant,
        pending: &mut Pending,
    ) -> Result<(), KafkaError> {
        let mut scored = self.scorer.score(batches);
        let mut predicted = Predicted::new(self.scorer.version, scored.width);
        if let Some(labels) = &mut self.labels {
            labels.keys.look(batches);
        }
        pending.take(batches);
        let scored_before = pending.scored_records();
        let total: usize = batches.iter().map(RecordBatch::len).sum();
        let mut shown = Vec::new();
        let mut seen = 0;
        for batch in batches {
            for record in batch.iter() {
                seen += 1;
                match scored.fate(batch, &record) {
                    Fate::Row(row, values) => {
                        self.send_prediction(batch, &record, values)?;
                        pending.scored(&record, values, !self.scorer.manifest.classes.is_empty());
                        if let Some(labels) = &mut self.labels {
                            let key = labels.keys.of(batch.partition(), &record);
                            predicted.push(key, batch.partition(), &record, values, most_probable(values));
                        }
                        if total - seen < LiveSnapshot::KEPT_RECORDS {
                            shown.push((
                                row,
                                batch.partition(),
                                record.offset,
                                record.timestamp.map(|time| time.0),
                            ));
                        }
                    }
                    Fate::Rejected(rejection) => self.reject(&record, rejection, pending)?,
                }
            }
        }
        if self.labels.is_some() {
            pending.predicted(predicted);
        }
        pending.arrived(arrived, pending.scored_records() - scored_before, scored.unseen);
        self.show(&scored, &shown, arrived, pending);
        Ok(())
    }

    fn show(
        &self,
        scored: &Scored,
        shown: &[(usize, PartitionId, Offset, Option<i64>)],
        arrived: Instant,
        pending: &mut Pending,
    ) {
        let records = shown.iter().map(|&(row, partition, offset, timestamp)| {
            let values = scored.values.get(row * scored.width..(row + 1) * scored.width).unwrap_or_default();
            let place = (partition, offset, timestamp);
            scored_record(&scored.frame, row, place, values, &self.scorer.manifest, self.scorer.version)
        });
        pending.newest(arrived, records);
    }

    fn send_prediction(
        &mut self,
        batch: &RecordBatch,
        record: &Record<'_>,
        values: &[f64],
    ) -> Result<(), KafkaError> {
        let timestamp = record.timestamp.map(|time| time.0);
        let place = InputPlace { partition: batch.partition(), offset: record.offset, timestamp };
        self.wire.send(OutRecord {
            topic: &self.request.output,
            partition: self.topics.output_partition(batch.partition()),
            key: record.key,
            value: Some(self.predictions.write(values, place)),
            ..OutRecord::default()
        })
    }

    fn reject(
        &mut self,
        record: &Record<'_>,
        rejection: Rejection,
        pending: &mut Pending,
    ) -> Result<(), KafkaError> {
        if let Some(topic) = &self.request.dead_letter {
            let largest = self.topics.dead_letter_bytes;
            dead_letter::send(&mut self.wire, topic, &self.model, record, &rejection, largest)?;
        }
        pending.rejected(rejection, self.request.dead_letter.is_some());
        Ok(())
    }

    fn commit(&mut self, pending: Pending) -> Result<(), KafkaError> {
        if !pending.is_empty() {
            self.wire.commit(&pending.positions())?;
            self.recovery.succeeded();
            let (batch, predicted) = pending.committed();
            let rejected = batch.rejected.len() as u64;
            self.summary.read += batch.scored + rejected;
            self.summary.scored += batch.scored;
            self.summary.rejected += rejected;
            self.stats.committed(batch);
            if let Some(labels) = &self.labels {
                labels.feed.committed(predicted);
            }
        }
        if self.told.elapsed() >= TELL {
            self.told = Instant::now();
            let partitions = self.partitions();
            if let Some(labels) = &self.labels {
                labels.feed.lag(&partitions);
            }
            self.stats.set_partitions(partitions);
        }
        Ok(())
    }

    /// Takes back what is not committed and goes back, after an error; gives up when it is of no use.
    fn recover(&mut self, error: KafkaError) -> Result<(), Problem> {
        let mut error = error;
        loop {
            if !self.recovery.may_retry(&error) {
                return Err(error.into());
            }
            match severity(&error) {
                Severity::Overtaken => {}
                _ => self.stats.set_state(LiveState::WaitingForBroker { why: error.to_string() }),
            }
            self.wire.wait(self.recovery.next_pause(&error), self.cancel);
            if self.cancel.is_cancelled() {
                return Ok(());
            }
            self.stats.repeated();
            match self.wire.take_back() {
                Ok(()) => return Ok(()),
                Err(next) => error = next,
            }
        }
    }

    /// A version that was loaded meanwhile takes over before the next micro-batch.
    fn take_over(&mut self, next_version: &impl NextVersion) {
        let Some(Incoming { scorer, news }) = next_version.take() else { return };
        let request = self.request;
        self.predictions =
            PredictionWriter::new(&request.model.name, scorer.version, &scorer.manifest, &request.input);
        self.model = format!("{}@{}", request.model.name, scorer.version);
        self.summary.versions.push(scorer.version);
        let took_ms = u64::try_from(news.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.stats.serve(scorer.version, &scorer.manifest.classes, took_ms);
        if let Some(labels) = &self.labels {
            labels.feed.version(scorer.version, &scorer.manifest);
        }
        self.scorer = scorer;
    }

    fn partitions(&self) -> Vec<PartitionLag> {
        let ends: BTreeMap<PartitionId, Offset> = self.wire.ends().into_iter().collect();
        let lag = |(partition, position): (PartitionId, Offset)| {
            let end = ends.get(&partition).copied().unwrap_or(position);
            PartitionLag { partition, position, lag: end.0.saturating_sub(position.0).max(0) as u64 }
        };
        self.wire.positions().into_iter().map(lag).collect()
    }

    fn lag(&self) -> u64 {
        self.partitions().iter().map(|partition| partition.lag).sum()
    }

    /// With `until_end`: whether each partition of this member is where it was to end. Asked between transactions, when
    /// everything that was handed out is committed.
    fn has_reached_the_ends(&self) -> bool {
        let (Some(ends), Some(assigned)) = (&self.topics.ends, &self.assigned) else { return false };
        let positions: BTreeMap<PartitionId, Offset> = self.wire.positions().into_iter().collect();
        assigned.iter().all(|partition| match (ends.get(partition), positions.get(partition)) {
            (Some(end), Some(position)) => position >= end,
            (None, _) => true,
            (Some(_), None) => false,
        })
    }
}

#[cfg(test)]
#[path = "simulation_tests.rs"]
mod tests;
