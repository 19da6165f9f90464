//! The leaderboard: which runs are compared, by which measures, in which order.

use std::collections::BTreeMap;

use super::{Running, TrainState};
use crate::learn::{Measure, TaskKind};
use crate::workspace::SavedRun;

/// A row of the leaderboard.
#[derive(Clone, Copy, Debug)]
pub enum Entry<'a> {
    /// It trains, or has failed.
    Running(&'a Running),
    /// It has ended.
    Run(&'a SavedRun),
    /// What who knows only the train part's truth predicts, on the rows of this run.
    Baseline(&'a SavedRun),
}

/// The measures by which runs of such a task are compared.
pub fn measures(runs: &[&SavedRun], kind: TaskKind) -> [Measure; 3] {
    let many = runs.first().is_some_and(|run| run.metrics.valid.contains_key("f1_macro"));
    Measure::leading(kind, if many { 3 } else { 2 })
}

/// A metric by which an entry is compared: on the validation part.
pub fn metric(entry: &Entry<'_>, measure: &Measure) -> Option<f64> {
    let metrics: &BTreeMap<String, f64> = match entry {
        Entry::Running(_) => return None,
        Entry::Run(run) => &run.metrics.valid,
        Entry::Baseline(run) => &run.metrics.valid_baseline,
    };
    metrics.get(measure.metric).copied()
}

/// The rows: runs that train first, then the others and the baseline, the best first. `comparable` says which finished runs
/// were judged on the rows that the set-up gives now.
pub fn entries<'a>(
    state: &'a TrainState,
    runs: &'a [SavedRun],
    kind: TaskKind,
    comparable: impl Fn(&SavedRun) -> bool,
) -> (Vec<Entry<'a>>, [Measure; 3]) {
    let shown: Vec<&SavedRun> =
        runs.iter().filter(|run| run.file.task.kind == kind && (state.all_runs || comparable(run))).collect();
    let measures = measures(&shown, kind);
    let (column, best_first) = state.sort.unwrap_or((0, true));
    let measure = measures.get(column).copied().unwrap_or(measures[0]);
    let mut ended: Vec<Entry<'a>> = shown.iter().rev().map(|run| Entry::Run(run)).collect();
    // A baseline stands for the rows of its run; with runs on several splits there is no one baseline.
    if let Some(run) = shown.last().filter(|last| shown.iter().all(|run| same_rows(run, last))) {
        ended.push(Entry::Baseline(run));
    }
    ended.sort_by(|left, right| order(left, right, &measure, best_first));
    let mut entries: Vec<Entry<'a>> =
        state.running.iter().rev().filter(|run| run.file.task.kind == kind).map(Entry::Running).collect();
    entries.extend(ended);
    (entries, measures)
}

/// Whether two runs were judged on the same rows.
fn same_rows(left: &SavedRun, right: &SavedRun) -> bool {
    left.slice == right.slice && left.file.task == right.file.task && left.file.split == right.file.split
}

/// The better one first, or last; entries without the metric always last.
fn order(left: &Entry<'_>, right: &Entry<'_>, measure: &Measure, best_first: bool) -> std::cmp::Ordering {
    let (Some(left), Some(right)) = (metric(left, measure), metric(right, measure)) else {
        return metric(left, measure).is_none().cmp(&metric(right, measure).is_none());
    };
    let larger_first = right.total_cmp(&left);
    if measure.more_is_better == best_first { larger_first } else { larger_first.reverse() }
}
