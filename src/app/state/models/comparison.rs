//! Two versions of a model side by side: their measures, how they were judged, and what changed in their run files.
//!
//! In: two versions, and the evaluations that their packages carry once they are there. Out: rows and points to be painted. It
//! knows nothing of panels.

mod changes;
mod judged;

use std::collections::{BTreeMap, BTreeSet};

use crate::learn::{Measure, margin};
use crate::registry::{PackageEvaluation, VersionInfo};

pub use changes::Change;
pub use judged::{Curves, Judged, Residuals, Weighed};

/// The part on which versions are compared. The test part is opened once per run, so it is not for choosing.
const PART: &str = "valid";

/// Two versions of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The lower version.
    pub older: u32,
    /// The higher version.
    pub newer: u32,
    /// Rows of the validation part, where both were judged on the same ones.
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
    /// How both were judged; `None` while that is not known of both.
    pub judged: Option<Judged>,
}

/// A measure of both versions.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Which.
    pub measure: Measure,
    /// Of the older version, where it was measured.
    pub older: Option<f64>,
    /// Of the newer version, where it was measured.
    pub newer: Option<f64>,
    /// Half the 95 % interval of either, where the package tells it.
    pub margins: (Option<f64>, Option<f64>),
    /// Half the 95 % interval of the difference, where both were judged on the same rows.
    pub difference_margin: Option<f64>,
}

impl Measured {
    /// The newer less the older.
    pub fn difference(&self) -> Option<f64> {
        Some(self.newer? - self.older?)
    }

    /// From where to where the difference may be, 95 of 100 times.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let (difference, margin) = (self.difference()?, self.difference_margin?);
        Some((difference - margin, difference + margin))
    }

    /// Whether the newer is better, or worse; `None` where the difference may be none.
    pub fn better(&self) -> Option<bool> {
        let (low, high) = self.interval()?;
        (low > 0.0 || high < 0.0).then_some((low > 0.0) == self.measure.more_is_better)
    }
}

impl Comparison {
    /// Of two versions, and of what their packages say of how they were judged.
    pub fn of(
        older: &VersionInfo,
        newer: &VersionInfo,
        judged: Option<(&PackageEvaluation, &PackageEvaluation)>,
    ) -> Self {
        let (before, after) = (fields(older), fields(newer));
        let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| {
            one.difference(other).map(|name| (*name).to_owned()).collect()
        };
        let same_rows = same_rows(older, newer);
        let mut measures = measures(older, newer);
        if let Some((before, after)) = judged {
            add_margins(&mut measures, before, after, same_rows.is_some());
        }
        Self {
            older: older.version,
            newer: newer.version,
            same_rows,
            measures,
            bytes: (older.bytes, newer.bytes),
            changes: changes::changes(older, newer),
            fields: (only(&before, &after), only(&after, &before)),
            fields_in_both: before.intersection(&after).count(),
            judged: judged.map(|(before, after)| Judged::of(before, after)),
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
    let (kind, classes) = (newer.manifest.task.kind, newer.manifest.classes.len());
    let rows = Measure::compared(kind, classes).iter().map(|measure| Measured {
        measure: *measure,
        older: value(before, measure.metric),
        newer: value(after, measure.metric),
        margins: (None, None),
        difference_margin: None,
    });
    rows.filter(|row| row.older.is_some() || row.newer.is_some()).collect()
}

fn resamples<'a>(evaluation: &'a PackageEvaluation, row: &Measured) -> &'a [f32] {
    evaluation.resamples.get(row.measure.metric).map_or(&[], Vec::as_slice)
}

fn add_margins(
    measures: &mut [Measured],
    before: &PackageEvaluation,
    after: &PackageEvaluation,
    same_rows: bool,
) {
    for row in measures {
        let (one, other) = (resamples(before, row), resamples(after, row));
        row.margins = (margin::of_resamples(one), margin::of_resamples(other));
        let paired = same_rows && before.rows == after.rows;
        row.difference_margin = paired.then(|| margin::of_difference(one, other)).flatten();
    }
}
