//! How good predictions were: of the last labelled ones, of each version, and how it went.
//!
//! The metrics are those of training ([`Evaluation`]), on the predictions of a window.

use std::collections::{BTreeMap, VecDeque};

use super::meaning::Meaning;
use crate::data::Place;
use crate::learn::{Evaluation, Labels, Prediction, loss_of, no_skill};
use crate::live::stats::{Judged, LabelNews, LiveLabels, LiveQuality, QualityPoint, Truth, VersionQuality};

/// Metrics that are told.
const METRICS: [&str; 5] = ["accuracy", "average_precision", "log_loss", "mae", "rmse"];
/// Labelled predictions between two points of the history, at first.
const STEP: u64 = 10;

/// Keeps what is needed to tell.
#[derive(Default)]
pub(super) struct Quality {
    /// The last labelled predictions whose label has a value, oldest first.
    window: VecDeque<Entry>,
    versions: BTreeMap<u32, Sums>,
    history: Vec<QualityPoint>,
    labelled: u64,
    /// Labelled predictions between two points, and at the last one.
    step: u64,
    told: u64,
    /// How good the window was when it was looked at last; `None` since something came.
    looked: Option<LiveQuality>,
}

struct Entry {
    place: Place,
    version: u32,
    truth: Truth,
    values: Box<[f64]>,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    records: u64,
    wrong: u64,
    /// Minus the logarithms of what the true classes were given; errors, and squares of errors, of numbers.
    log_loss: f64,
    error: f64,
    square: f64,
    is_number: bool,
    classes: usize,
}

impl Quality {
    /// Takes in predictions whose label has come.
    pub(super) fn add(&mut self, news: &LabelNews) {
        if !news.judged.is_empty() {
            self.looked = None;
        }
        let mut values = news.values.as_slice();
        for judged in &news.judged {
            let Some((row, rest)) = values.split_at_checked(judged.width) else { return };
            values = rest;
            if let Some(before) = judged.before.as_ref().filter(|before| **before != Truth::Missing) {
                self.sums(judged).add(before, judged.predicted, row, -1.0);
                self.labelled -= 1;
                self.window.retain(|entry| entry.place != judged.place);
            }
            if judged.has_value() {
                self.sums(judged).add(&judged.truth, judged.predicted, row, 1.0);
                self.labelled += 1;
                let truth = judged.truth.clone();
                let entry = Entry { place: judged.place, version: judged.version, truth, values: row.into() };
                self.window.push_back(entry);
                if self.window.len() > LiveLabels::WINDOW {
                    self.window.pop_front();
                }
            }
        }
    }

    /// How good the window is, with a new point of the history where enough has come.
    pub(super) fn look(&mut self, meanings: &BTreeMap<u32, Meaning>) -> LiveQuality {
        if let Some(quality) = &self.looked {
            return quality.clone();
        }
        let quality = self.judge_window(meanings);
        self.looked = Some(quality.clone());
        self.step = self.step.max(STEP);
        let newest = self.window.back().map(|entry| entry.version);
        if let Some(version) = newest.filter(|_| self.labelled >= self.told + self.step) {
            self.told = self.labelled;
            self.history.push(QualityPoint {
                time: self.window.iter().map(|entry| entry.place.time).max().unwrap_or_default(),
                labelled: self.labelled,
                version,
                metrics: quality.metrics.clone(),
            });
            if self.history.len() > LiveLabels::HISTORY {
                let mut at = 0..;
                self.history.retain(|_| at.next().is_some_and(|at: u64| at % 2 == 1));
                self.step *= 2;
            }
        }
        quality
    }

    pub(super) fn versions(&self) -> Vec<VersionQuality> {
        let skip = self.versions.len().saturating_sub(LiveLabels::VERSIONS);
        let newest = self.versions.iter().skip(skip);
        newest.map(|(version, sums)| sums.quality(*version)).collect()
    }

    pub(super) fn history(&self) -> Vec<QualityPoint> {
        self.history.clone()
    }

    fn sums(&mut self, judged: &Judged) -> &mut Sums {
        // Versions count up; those of long ago are not told any more.
        while self.versions.len() > 2 * LiveLabels::VERSIONS {
            self.versions.pop_first();
        }
        self.versions
            .entry(judged.version)
            .or_insert_with(|| Sums { classes: judged.width, ..Sums::default() })
    }

    fn judge_window(&self, meanings: &BTreeMap<u32, Meaning>) -> LiveQuality {
        let Some(newest) = self.window.back().and_then(|entry| meanings.get(&entry.version)) else {
            return LiveQuality::default();
        };
        // Predictions of other classes than now are not to be compared.
        let alike = |entry: &&Entry| {
            meanings.get(&entry.version).is_some_and(|meaning| meaning.classes == newest.classes)
        };
        let entries: Vec<&Entry> = self.window.iter().filter(alike).collect();
        let (truth, prediction) = newest.compared(&entries);
        let times: Vec<Option<i64>> = entries.iter().map(|_| None).collect();
        let mut versions: Vec<u32> = entries.iter().map(|entry| entry.version).collect();
        versions.sort_unstable();
        versions.dedup();
        let told = |evaluation: Evaluation| {
            let metrics = evaluation.metrics.into_iter();
            metrics.filter(|(name, _)| METRICS.contains(&name.as_str())).collect()
        };
        LiveQuality {
            records: entries.len() as u64,
            versions,
            metrics: told(Evaluation::of(&prediction, &truth, &times)),
            no_skill: told(Evaluation::of(&no_skill(&truth, entries.len()), &truth, &times)),
        }
    }
}

impl Meaning {
    /// Truths and predictions of the same records, as training compares them. Classes that the model does not know come
    /// behind its own.
    fn compared(&self, entries: &[&Entry]) -> (Labels, Prediction) {
        let values: Vec<f64> = entries.iter().flat_map(|entry| entry.values.iter().copied()).collect();
        if self.classes.is_empty() {
            let number =
                |entry: &&Entry| if let Truth::Number(number) = entry.truth { number } else { f64::NAN };
            return (Labels::Values(entries.iter().map(number).collect()), Prediction::Values(values));
        }
        let mut names = self.classes.clone();
        let mut classes = Vec::with_capacity(entries.len());
        for entry in entries {
            classes.push(match &entry.truth {
                Truth::Class(class) => *class,
                Truth::Other(name) => {
                    let known = names.iter().position(|known| *known == **name);
                    known.unwrap_or_else(|| {
                        names.push(name.to_string());
                        names.len() - 1
                    }) as u32
                }
                Truth::Number(_) | Truth::Missing => 0,
            });
        }
        let prediction = Prediction::Classes { names: self.classes.clone(), probabilities: values };
        (Labels::Classes { names, classes }, prediction)
    }
}

impl Sums {
    fn add(&mut self, truth: &Truth, predicted: u32, values: &[f64], sign: f64) {
        self.records = self.records.saturating_add_signed(sign as i64);
        match truth {
            Truth::Class(class) => {
                self.log_loss += sign * loss_of(values.get(*class as usize).copied().unwrap_or(0.0));
            }
            Truth::Other(_) => self.log_loss += sign * loss_of(0.0),
            Truth::Number(number) => {
                let error = number - values.first().copied().unwrap_or(f64::NAN);
                self.is_number = true;
                self.error += sign * error.abs();
                self.square += sign * error * error;
            }
            Truth::Missing => {}
        }
        if truth.is_other_than(predicted) == Some(true) {
            self.wrong = self.wrong.saturating_add_signed(sign as i64);
        }
    }

    fn quality(&self, version: u32) -> VersionQuality {
        let records = self.records.max(1) as f64;
        let metrics: Vec<(&str, f64)> = match (self.is_number, self.classes) {
            (true, _) => {
                vec![("mae", self.error / records), ("rmse", (self.square / records).max(0.0).sqrt())]
            }
            (false, classes) => {
                let accuracy = ("accuracy", 1.0 - self.wrong as f64 / records);
                let log_loss = ("log_loss", self.log_loss / records);
                if classes == 2 { vec![accuracy, log_loss] } else { vec![accuracy] }
            }
        };
        let metrics = if self.records == 0 { Vec::new() } else { metrics };
        VersionQuality {
            version,
            records: self.records,
            wrong: self.wrong,
            metrics: metrics.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }
}
