//! Repeating a run: the same run file on the same slice must give the same metrics and the same package.

use std::collections::BTreeMap;

use super::TrainMessage;
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::train::Repeat;
use crate::app::state::{Level, State};
use crate::data::Frame;
use crate::jobs::{JobContext, Problem};
use crate::learn::{FitObserver, Round, Run, TrainRequest, train, train_on};
use crate::registry::Package;
use crate::workspace::SavedRun;

/// Why a run cannot be repeated: its slice is neither in memory nor can it be read.
pub(super) fn refusal(state: &State, name: &str) -> Option<String> {
    let run = state.run(name)?;
    if state.train.repeating.contains(name) {
        return Some("it is being repeated".into());
    }
    let digest: String = run.slice.chars().take(6).collect();
    let readable = frame_of(state, run).is_some() || state.connection.is_open();
    (!readable).then(|| format!("slice {digest} is not in memory and no cluster is connected"))
}

/// The frame in memory, if it is the slice of the run.
fn frame_of<'a>(state: &'a State, run: &SavedRun) -> Option<&'a Frame> {
    let result = run.result.as_ref()?;
    let same = |frame: &&Frame| {
        let labels = frame.labels.as_deref();
        let same_labels = labels.map(|labels| &labels.spec) == result.file.label.as_ref()
            && labels.map(|labels| &labels.slice) == result.label_slice.as_ref();
        *frame.slice == result.slice && same_labels
    };
    [state.prepared_frame(), state.slice_frame()].into_iter().flatten().find(same)
}

impl Runtime<'_> {
    /// Trains the run's file again; from memory where its slice is there, else from the cluster.
    pub(super) fn repeat_run(&mut self, name: &str) {
        let Some(run) = self.state.run(name) else { return };
        let Some(before) = run.result.clone() else { return };
        let file = run.file.clone();
        let frame = frame_of(self.state, run).cloned();
        let cluster = self.state.connection.cluster();
        let work = move |context: &JobContext<Message>| {
            let (progress, cancel) = (&context.progress, &context.cancel);
            let again = match (frame, cluster) {
                (Some(frame), _) => train_on(&frame, &file, &Unheard, progress, cancel)?,
                (None, Some(cluster)) => {
                    let request = TrainRequest {
                        run: file,
                        slice: Some(before.slice.clone()),
                        label_slice: before.label_slice.clone(),
                    };
                    train(&cluster, &request, &Unheard, progress, cancel)?
                }
                (None, None) => {
                    let next = "Connect the cluster, or read the slice in Browse";
                    return Err(Problem::new("Repeating the run", "its slice is not in memory", next));
                }
            };
            compare(&before, &again)
        };
        let of_message = name.to_owned();
        self.state.train.repeating.insert(name.to_owned());
        self.background.several("repeat run", format!("Repeating run {name}"), work, move |result| {
            Message::Train(TrainMessage::Repeated { run: of_message, result })
        });
    }

    /// A repeated run has ended.
    pub(super) fn run_repeated(&mut self, name: String, result: Result<Repeat, Problem>) {
        self.state.train.repeating.remove(&name);
        match result {
            Ok(repeat) => {
                let (level, title) = if repeat.is_same() {
                    (Level::Good, format!("Run {name} repeated: metrics and digest are the same"))
                } else {
                    (Level::Warn, format!("Run {name} repeated: the result differs"))
                };
                let detail = repeat.differing.first().cloned().unwrap_or_default();
                let command = super::TrainCommand::Show(name.clone());
                self.state.notifications.with_action(level, title, detail, "Show", command);
                self.state.train.repeats.insert(name, repeat);
            }
            Err(problem) => self.state.notifications.problem(&problem),
        }
    }
}

impl Repeat {
    /// Whether everything came out as before.
    pub fn is_same(&self) -> bool {
        self.differing.is_empty() && self.same_package
    }
}

fn compare(before: &Run, again: &Run) -> Result<Repeat, Problem> {
    let digest = |run: &Run| Ok::<_, Problem>(Package::of(run)?.manifest.digest);
    let digest_again = digest(again)?;
    let mut differing = differences("validation", &before.valid.metrics, &again.valid.metrics);
    differing.extend(differences("test", &before.test.metrics, &again.test.metrics));
    Ok(Repeat { differing, same_package: digest(before)? == digest_again, digest: digest_again })
}

/// Metrics that are not bit for bit the same.
fn differences(part: &str, before: &BTreeMap<String, f64>, now: &BTreeMap<String, f64>) -> Vec<String> {
    let value = |metrics: &BTreeMap<String, f64>, name: &str| {
        metrics.get(name).map_or_else(|| "none".to_owned(), f64::to_string)
    };
    let names: std::collections::BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name).map(|v| v.to_bits()) != now.get(*name).map(|v| v.to_bits()))
        .map(|name| format!("{name} on {part}: {}, now {}", value(before, name), value(now, name)))
        .collect()
}

/// Nobody looks at the curve of a repeated run: it is the one that is there.
struct Unheard;

impl FitObserver for Unheard {
    fn round(&self, _round: Round, _total: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_that_differs_in_its_last_bit_is_told() {
        let before = BTreeMap::from([("auc".to_owned(), 0.5), ("f1".to_owned(), 0.25)]);
        let mut now = before.clone();
        assert!(differences("test", &before, &now).is_empty());
        now.insert("auc".into(), 0.5_f64.next_up());
        now.remove("f1");
        let told = differences("test", &before, &now);
        assert_eq!(told, ["auc on test: 0.5, now 0.5000000000000001", "f1 on test: 0.25, now none"]);
    }
}
