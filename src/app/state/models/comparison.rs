//! Two versions of a model side by side: their measures, and what changed in their run files.
//!
//! In: two versions. Out: rows to be painted. It knows nothing of panels.

use std::collections::{BTreeMap, BTreeSet};

use crate::registry::VersionInfo;

/// Measures in the order in which they are listed: name in manifests, name for people.
pub const MEASURES: [(&str, &str); 22] = [
    ("average_precision", "Average precision"),
    ("average_precision_macro", "Average precision, macro"),
    ("roc_auc", "AUC"),
    ("roc_auc_ovr_macro", "AUC, macro"),
    ("log_loss", "Log loss"),
    ("brier", "Brier"),
    ("accuracy", "Accuracy"),
    ("balanced_accuracy", "Balanced accuracy"),
    ("precision", "Precision"),
    ("recall", "Recall"),
    ("f1", "F1"),
    ("f1_macro", "F1, macro"),
    ("f1_weighted", "F1, weighted"),
    ("mcc", "MCC"),
    ("kappa", "Kappa"),
    ("rmse", "RMSE"),
    ("mae", "MAE"),
    ("median_absolute_error", "Median absolute error"),
    ("max_error", "Largest error"),
    ("r2", "R²"),
    ("explained_variance", "Explained variance"),
    ("mape", "MAPE"),
];

/// The part on which versions are compared. The test part is opened once per run, so it is not for choosing.
const PART: &str = "valid";

/// A measure's name for people.
pub fn measure_title(name: &str) -> &str {
    MEASURES.iter().find(|(known, _)| *known == name).map_or(name, |(_, title)| title)
}

/// Two versions of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The lower version.
    pub older: u32,
    /// The higher version.
    pub newer: u32,
    /// Rows of the validation part, where both were measured on the same ones.
    pub same_rows: Option<u64>,
    /// Measures on the validation part.
    pub measures: Vec<Measured>,
    /// Bytes of the packages.
    pub bytes: (u64, u64),
    /// What differs between the run files.
    pub changes: Vec<Change>,
    /// Fields that only the older reads, and only the newer.
    pub fields: (Vec<String>, Vec<String>),
    /// Fields that both read.
    pub fields_in_both: usize,
}

/// A measure of both versions.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Its name for people.
    pub title: String,
    /// Of the older version, where it was measured.
    pub older: Option<f64>,
    /// Of the newer version, where it was measured.
    pub newer: Option<f64>,
}

/// A setting that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its place in the run file: `learner.rate`.
    pub setting: String,
    /// In the older version; `None` where it is not set.
    pub from: Option<String>,
    /// In the newer version.
    pub to: Option<String>,
}

impl Measured {
    /// The newer less the older.
    pub fn difference(&self) -> Option<f64> {
        Some(self.newer? - self.older?)
    }
}

impl Comparison {
    /// Of two versions.
    pub fn of(older: &VersionInfo, newer: &VersionInfo) -> Self {
        let (before, after) = (fields(older), fields(newer));
        let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| {
            one.difference(other).map(|name| (*name).to_owned()).collect()
        };
        Self {
            older: older.version,
            newer: newer.version,
            same_rows: same_rows(older, newer),
            measures: measures(older, newer),
            bytes: (older.bytes, newer.bytes),
            changes: changes(older, newer),
            fields: (only(&before, &after), only(&after, &before)),
            fields_in_both: before.intersection(&after).count(),
        }
    }
}

fn fields(version: &VersionInfo) -> BTreeSet<&str> {
    version.manifest.input.fields.iter().map(|field| field.name.as_str()).collect()
}

/// Validation parts are the same rows where slice, filter, split and target are.
fn same_rows(older: &VersionInfo, newer: &VersionInfo) -> Option<u64> {
    let (before, after) = (&older.manifest.lineage, &newer.manifest.lineage);
    let same = before.slice == after.slice
        && before.run.slice.filter == after.run.slice.filter
        && before.run.split == after.run.split
        && before.run.task.target == after.run.task.target
        && before.rows == after.rows;
    let [_, valid, ..] = after.rows;
    same.then_some(valid)
}

fn measures(older: &VersionInfo, newer: &VersionInfo) -> Vec<Measured> {
    let (before, after) = (older.manifest.metrics.get(PART), newer.manifest.metrics.get(PART));
    let value = |part: Option<&BTreeMap<String, f64>>, name: &str| part?.get(name).copied();
    let rows = MEASURES.iter().map(|(name, title)| Measured {
        title: (*title).to_owned(),
        older: value(before, name),
        newer: value(after, name),
    });
    rows.filter(|row| row.older.is_some() || row.newer.is_some()).collect()
}

fn changes(older: &VersionInfo, newer: &VersionInfo) -> Vec<Change> {
    let (before, after) = (settings(older), settings(newer));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().filter_map(|name| {
        let (from, to) = (before.get(name).cloned(), after.get(name).cloned());
        (from != to).then(|| Change { setting: name.clone(), from, to })
    });
    changed.collect()
}

/// The settings of a run file by their place: `learner.rate`, `prepare.steps.2.columns`.
fn settings(version: &VersionInfo) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Ok(file) = toml::from_str::<toml::Table>(&version.manifest.lineage.run.to_toml()) {
        for (name, value) in &file {
            flatten(name, value, &mut found);
        }
    }
    found
}

fn flatten(place: &str, value: &toml::Value, found: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                flatten(&format!("{place}.{name}"), value, found);
            }
        }
        toml::Value::Array(values) if values.iter().any(toml::Value::is_table) => {
            for (index, value) in values.iter().enumerate() {
                flatten(&format!("{place}.{}", index + 1), value, found);
            }
        }
        toml::Value::String(text) => {
            found.insert(place.to_owned(), text.clone());
        }
        other => {
            found.insert(place.to_owned(), other.to_string());
        }
    }
}
