//! What differs between the run files of two versions.

use std::collections::{BTreeMap, BTreeSet};

use crate::registry::VersionInfo;

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

/// Every setting that differs, by its place.
pub(super) fn changes(older: &VersionInfo, newer: &VersionInfo) -> Vec<Change> {
    let (before, after) = (settings(older), settings(newer));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().filter_map(|name| {
        let (from, to) = (before.get(name).cloned(), after.get(name).cloned());
        (from != to).then(|| Change { setting: name.clone(), from, to })
    });
    changed.collect()
}

/// The settings of a run file by their place: `learner.rate`, `prepare.2.columns`.
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
