//! Predictions that wait for their labels, and labels that wait for their predictions, in a bounded store.
//!
//! In: predictions, labels, and how far event time is in both topics. Out: [`LabelNews`], and counts that always add up.
//! Matching is done by the same [`Matcher`] that joins labels for training. A prediction is kept for twice the bound after its
//! event, so that further and late labels are known as such; where there is no room, the oldest go first and are counted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use polars::prelude::PlHashSet;

use super::label_records::{Label, NotLabels};
use super::meaning::{LabelValue, Meaning};
use super::predicted::{Predicted, PredictedRow};
use crate::data::{Change, LabelFate, Matcher, Place};
use crate::live::stats::{Judged, LabelNews, LiveLabelCounts, Truth};

/// By time, earliest first.
type ByTime = BinaryHeap<Reverse<(i64, u32)>>;

/// The store.
pub(super) struct Waiting {
    within: i64,
    limit: usize,
    matcher: Matcher,
    open: Open,
    /// Labels by number.
    labels: Vec<LabelValue>,
    /// Predictions whose bound is not over.
    expiring: ByTime,
    /// Predictions, and labels, that are kept.
    kept: ByTime,
    kept_labels: ByTime,
    /// Partition and offset of predictions that were found at the start: such a record may be scored once more.
    recovered: PlHashSet<(i32, i64)>,
}

/// What is known of predictions.
struct Open {
    predictions: Vec<Prediction>,
    /// Values of the predictions, `stride` of each.
    values: Vec<f64>,
    stride: usize,
    meanings: BTreeMap<u32, Meaning>,
    counts: LiveLabelCounts,
    news: LabelNews,
}

/// A prediction, by its number in the matcher.
#[derive(Clone, Debug)]
struct Prediction {
    place: Place,
    version: u32,
    predicted: u32,
    width: usize,
    state: State,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Waiting,
    /// Its bound is over. A label that was written late may still come.
    Expired,
    Labelled(Truth),
    Forgotten,
}

/// How far event time is: everything before these moments was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Until {
    pub(super) predictions: Option<i64>,
    pub(super) labels: Option<i64>,
}

impl Waiting {
    /// For labels that come at most `within` ms after their event; `limit` is how many bytes may be held.
    pub(super) fn new(within: i64, limit: usize) -> Self {
        let open = Open {
            predictions: Vec::new(),
            values: Vec::new(),
            stride: 1,
            meanings: BTreeMap::new(),
            counts: LiveLabelCounts::default(),
            news: LabelNews::default(),
        };
        Self {
            within,
            limit,
            matcher: Matcher::new(within),
            open,
            labels: Vec::new(),
            expiring: ByTime::new(),
            kept: ByTime::new(),
            kept_labels: ByTime::new(),
            recovered: PlHashSet::default(),
        }
    }

    /// How a version reads labels; needed before its predictions come.
    pub(super) fn version(&mut self, version: u32, meaning: Meaning) {
        self.open.meanings.insert(version, meaning);
    }

    pub(super) fn meanings(&self) -> &BTreeMap<u32, Meaning> {
        &self.open.meanings
    }

    /// Predictions that were committed.
    pub(super) fn predicted(&mut self, predicted: &Predicted) {
        self.open.widen(predicted.width);
        self.open.counts.predictions += predicted.count();
        self.open.counts.without_key += predicted.without_key;
        for row in predicted.rows() {
            let known = (row.place.partition, row.place.offset);
            // Written before the start, and its offset was not committed any more: it was scored again.
            if !self.recovered.is_empty() && self.recovered.contains(&known) {
                self.open.counts.predictions -= 1;
                continue;
            }
            self.add(predicted.version, predicted.width, row);
        }
    }

    /// Predictions that were found in the output topic at the start.
    pub(super) fn found(&mut self, predicted: &Predicted) {
        let places = predicted.rows().map(|row| (row.place.partition, row.place.offset));
        let places: Vec<_> = places.collect();
        self.predicted(predicted);
        self.open.counts.recovered += predicted.count();
        self.recovered.extend(places);
    }

    fn add(&mut self, version: u32, width: usize, row: PredictedRow<'_>) {
        let number = self.matcher.event(row.key, row.place);
        let prediction = Prediction {
            place: row.place,
            version,
            predicted: row.most_probable,
            width,
            state: State::Waiting,
        };
        self.open.set(number, prediction, row.values);
        self.open.counts.waiting += 1;
        self.open.news.opened.push(row.place.time);
        self.expiring.push(Reverse((row.place.time, number)));
        self.kept.push(Reverse((row.place.time, number)));
    }

    /// A label that was read.
    pub(super) fn label(&mut self, label: Label<'_>) {
        let number = self.matcher.label(label.key, label.place) as usize;
        if self.labels.len() <= number {
            self.labels.resize(number + 1, LabelValue::Null);
        }
        if let Some(place) = self.labels.get_mut(number) {
            *place = label.value.clone();
        }
        self.kept_labels.push(Reverse((label.place.time, number as u32)));
        self.open.counts.labels += 1;
    }

    /// Records of the label topic that are no labels.
    pub(super) fn not_labels(&mut self, others: NotLabels) {
        let counts = &mut self.open.counts;
        counts.labels += others.rejected + others.tombstones + others.without_key;
        counts.rejected += others.rejected;
        counts.tombstones += others.tombstones;
        counts.labels_without_key += others.without_key;
    }

    /// Matches what came, forgets what is over, makes room; what that changed. Of predictions that were given up, how many.
    pub(super) fn settle(&mut self, until: Until) -> (LabelNews, u64) {
        let (open, labels) = (&mut self.open, &self.labels);
        self.matcher.settle(|change| open.judge(change, labels));
        if let Some(time) = until.labels {
            self.expire(time);
        }
        if let (Some(predictions), Some(labels)) = (until.predictions, until.labels) {
            self.forget(predictions.min(labels));
        }
        let given_up = self.make_room();
        (std::mem::take(&mut self.open.news), given_up)
    }

    /// What became of everything; `until` is how far predictions have come.
    pub(super) fn counts(&self, until: Until) -> LiveLabelCounts {
        let tally = self.matcher.tally();
        let may_come = |time: i64| until.predictions.is_none_or(|until| time >= until);
        let waits = |label: u32| self.matcher.fate(label) == Some(LabelFate::Alone);
        let early = self.kept_labels.iter().filter(|Reverse((time, label))| may_come(*time) && waits(*label));
        let early = early.count() as u64;
        LiveLabelCounts {
            used: tally.used,
            doubled: tally.doubled,
            late: tally.late,
            strays: tally.alone - early,
            early,
            ..self.open.counts
        }
    }

    /// Bytes that are held, about.
    pub(super) fn held_bytes(&self) -> usize {
        let of_prediction = size_of::<Prediction>() + self.open.stride * 8 + 2 * size_of::<(i64, u32)>();
        let of_label = size_of::<LabelValue>() + size_of::<(i64, u32)>();
        self.matcher.held_bytes() + self.kept.len() * of_prediction + self.kept_labels.len() * of_label
    }

    /// The bounds that were over before this moment.
    fn expire(&mut self, time: i64) {
        while let Some(Reverse((at, number))) = self.expiring.peek().copied() {
            if at.saturating_add(self.within) >= time {
                break;
            }
            self.expiring.pop();
            self.open.expire(number, at);
        }
    }

    /// Everything before this moment is there: of labels before it nothing changes any more, and of predictions neither.
    fn forget(&mut self, time: i64) {
        let over = |kept: &mut ByTime, span: i64| {
            let mut numbers = Vec::new();
            while let Some(Reverse((at, number))) = kept.peek().copied() {
                if at.saturating_add(span) >= time {
                    break;
                }
                kept.pop();
                numbers.push(number);
            }
            numbers
        };
        // Records may be somewhat out of order: a label is kept for the bound, too.
        let labels = over(&mut self.kept_labels, self.within);
        let predictions = over(&mut self.kept, self.within.saturating_mul(2));
        self.matcher.remove_labels(&labels);
        self.remove(&predictions);
    }

    /// Gives up the oldest while there is no room.
    fn make_room(&mut self) -> u64 {
        let before = self.open.counts.given_up;
        while self.held_bytes() > self.limit {
            let oldest = |kept: &ByTime| kept.peek().map(|Reverse((time, _))| *time);
            let (prediction, label) = (oldest(&self.kept), oldest(&self.kept_labels));
            let labels_first = match (prediction, label) {
                (None, None) => break,
                (Some(prediction), Some(label)) => label < prediction,
                (prediction, _) => prediction.is_none(),
            };
            // Many at once: what is held is counted anew each time.
            let kept = if labels_first { &mut self.kept_labels } else { &mut self.kept };
            let most = kept.len() / 64 + 1;
            let oldest: Vec<u32> =
                std::iter::from_fn(|| kept.pop()).take(most).map(|Reverse((_, number))| number).collect();
            if labels_first {
                self.matcher.remove_labels(&oldest);
            } else {
                oldest.iter().for_each(|number| self.open.give_up(*number));
                self.remove(&oldest);
            }
        }
        self.open.counts.given_up - before
    }

    fn remove(&mut self, predictions: &[u32]) {
        self.matcher.remove_events(predictions);
        for number in predictions {
            if let Some(prediction) = self.open.predictions.get_mut(*number as usize) {
                prediction.state = State::Forgotten;
                if !self.recovered.is_empty() {
                    self.recovered.remove(&(prediction.place.partition, prediction.place.offset));
                }
            }
        }
    }
}

impl Open {
    /// A label of `labels` was found for a prediction.
    fn judge(&mut self, change: Change, labels: &[LabelValue]) {
        let number = change.event as usize;
        let Some(prediction) = self.predictions.get_mut(number) else { return };
        let truth = match (self.meanings.get(&prediction.version), labels.get(change.label as usize)) {
            (Some(meaning), Some(value)) => meaning.truth(value),
            _ => Truth::Missing,
        };
        let before = std::mem::replace(&mut prediction.state, State::Labelled(truth.clone()));
        let time = prediction.place.time;
        let before = match before {
            State::Labelled(before) => Some(before),
            State::Waiting => {
                self.counts.waiting -= 1;
                self.counts.labelled += 1;
                self.news.closed.push(time);
                None
            }
            State::Expired => {
                self.counts.no_label -= 1;
                self.counts.labelled += 1;
                None
            }
            State::Forgotten => return,
        };
        let missing = |truth: &Truth| u64::from(*truth == Truth::Missing);
        self.counts.without_value += missing(&truth);
        self.counts.without_value -= before.as_ref().map_or(0, missing);
        let prediction = &*prediction;
        let values = self.values.get(number * self.stride..number * self.stride + prediction.width);
        self.news.values.extend(values.unwrap_or_default());
        self.news.judged.push(Judged {
            place: prediction.place,
            version: prediction.version,
            predicted: prediction.predicted,
            width: prediction.width,
            truth,
            before,
        });
    }

    /// The bound of a prediction is over; without effect where its number is another's by now.
    fn expire(&mut self, number: u32, time: i64) {
        let prediction = self.predictions.get_mut(number as usize);
        let waits = |one: &&mut Prediction| one.state == State::Waiting && one.place.time == time;
        if let Some(prediction) = prediction.filter(waits) {
            prediction.state = State::Expired;
            self.counts.waiting -= 1;
            self.counts.no_label += 1;
            self.news.closed.push(time);
        }
    }

    fn give_up(&mut self, number: u32) {
        let prediction = self.predictions.get(number as usize);
        if let Some(prediction) = prediction.filter(|one| one.state == State::Waiting) {
            self.counts.waiting -= 1;
            self.counts.given_up += 1;
            self.news.closed.push(prediction.place.time);
        }
    }

    fn set(&mut self, number: u32, prediction: Prediction, values: &[f64]) {
        let at = number as usize;
        match self.predictions.get_mut(at) {
            Some(place) => *place = prediction,
            None => self.predictions.push(prediction),
        }
        self.values.resize(self.values.len().max((at + 1) * self.stride), f64::NAN);
        if let Some(place) = self.values.get_mut(at * self.stride..at * self.stride + values.len()) {
            place.copy_from_slice(values);
        }
    }

    /// Makes room for predictions of so many values.
    fn widen(&mut self, width: usize) {
        if width <= self.stride {
            return;
        }
        let mut wider = vec![f64::NAN; self.predictions.len() * width];
        for (to, from) in wider.chunks_exact_mut(width).zip(self.values.chunks_exact(self.stride)) {
            for (to, from) in to.iter_mut().zip(from) {
                *to = *from;
            }
        }
        (self.values, self.stride) = (wider, width);
    }
}

#[cfg(test)]
#[path = "waiting_tests.rs"]
mod tests;
