//! Where a run comes from, how it can be had again, and whether it was.

use eframe::egui::{Rect, Ui};

use super::short;
use crate::app::commands::{TrainCommand, WindowCommand};
use crate::app::state::prepare::{by_in_words, within_in_words};
use crate::data::LabelSpec;
use crate::kafka::Slice;
use crate::learn::Run;
use crate::pipeline::StepSpec;
use crate::ui::format::Precision;
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{Button, KeyValue};
use crate::ui::{Icon, View, format, tokens, zone};
use crate::workspace::SavedRun;

/// Where values begin.
const AT: f32 = 118.0;

/// Draws the tab: what went in, what came out, what can be done.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect, run: &SavedRun, result: &Run) {
    let mut zones = zone::Zones::new(ui, rect);
    let width = rect.width() / 3.0;
    let slice = zones.left(ui, width);
    zone::scroll(ui, slice, "lineage slice", |ui| {
        zone::header("Slice").numbers(&short(&run.slice)).plain(ui);
        zone::padded(ui, PADDING, |ui| of_slice(ui, run, result));
    });
    let steps = zones.left(ui, width);
    zone::scroll(ui, steps, "lineage run", |ui| {
        zone::header("Run").numbers(&run.name).plain(ui);
        zone::padded(ui, PADDING, |ui| of_run(ui, view, run, result));
    });
    zone::scroll(ui, zones.rest(), "lineage package", |ui| {
        zone::header("Package").plain(ui);
        zone::padded(ui, PADDING, |ui| of_package(ui, view, run));
    });
}

fn line(ui: &mut Ui, key: &str, value: &str) {
    KeyValue::new(key, value).at(AT).show(ui);
}

fn of_slice(ui: &mut Ui, run: &SavedRun, result: &Run) {
    line(ui, "Cluster", &result.slice.cluster_id);
    line(ui, "Codec", &run.file.slice.codec);
    if let Some(filter) = &run.file.slice.filter {
        line(ui, "Filter", filter);
    }
    offsets(ui, "Topic", &result.slice);
    let Some(spec) = &run.file.label else { return };
    ui.add_space(8.0);
    line(ui, "Label", &spec.column);
    KeyValue::new("Matched", &joined(spec)).words().at(AT).show(ui);
    if let Some(counts) = &result.label_counts {
        let of = format!("of {}", format::integer(counts.events));
        KeyValue::new("Labelled", &format::integer(counts.matched)).at(AT).note(&of).show(ui);
    }
    if let Some(slice) = &result.label_slice {
        offsets(ui, "Labels from", slice);
    }
}

/// `by key, within 24 h`.
fn joined(spec: &LabelSpec) -> String {
    format!("{}, within {}", by_in_words(&spec.by), within_in_words(spec))
}

fn offsets(ui: &mut Ui, title: &str, slice: &Slice) {
    for topic in &slice.topics {
        line(ui, title, &topic.topic);
        for range in &topic.partitions {
            let offsets = format::range(range.start.0, range.end.0);
            let count = format::integer(range.offsets());
            KeyValue::new(&range.partition.to_string(), &offsets).at(AT).note(&count).show(ui);
        }
    }
}

fn of_run(ui: &mut Ui, view: &View<'_>, run: &SavedRun, result: &Run) {
    let time = |ms| format::time(ms, view.state.zone(), Precision::Minute);
    line(ui, "Ended", &time(run.ended));
    line(ui, "Learner", run.file.learner.title());
    line(ui, "Settings", &run.file.learner.settings_in_words());
    line(ui, "Seed", &run.file.seed.to_string());
    let [train, valid, test, gaps, missing] = run.rows;
    let [train_end, valid_begin, valid_end, test_begin] = result.borders;
    for (part, rows, border) in [
        ("Train", train, format!("to {}", time(train_end))),
        ("Validation", valid, format!("{} to {}", time(valid_begin), time(valid_end))),
        ("Test", test, format!("from {}", time(test_begin))),
        ("In gaps", gaps, String::new()),
        ("No target", missing, String::new()),
    ] {
        if rows > 0 {
            KeyValue::new(part, &format::integer(rows)).at(AT).note(&border).show(ui);
        }
    }
    let steps = &run.file.prepare.steps;
    let features = format::count(result.pipeline.output.len() as u64, "feature", "features");
    let count = format::count(steps.len() as u64, "step", "steps");
    KeyValue::new("Preparation", &count).at(AT).note(&features).show(ui);
    for (index, step) in steps.iter().enumerate() {
        line(ui, &format!("{}", index + 1), &step_in_words(step));
    }
}

/// `impute temp, wind_speed`.
fn step_in_words(step: &StepSpec) -> String {
    format!("{} {}", step.name(), step.columns().join(", "))
}

fn of_package(ui: &mut Ui, view: &View<'_>, run: &SavedRun) {
    let tokens = tokens(ui);
    match view.state.train.packages.get(&run.digest) {
        Some(Ok(digest)) => {
            KeyValue::new("Digest", &short(digest)).at(AT).note("SHA-256").show(ui).on_hover_text(digest);
        }
        Some(Err(why)) => {
            text::label(ui, why, Type::Label, tokens.bad);
        }
        None => line(ui, "Digest", "being made"),
    }
    line(ui, "Published", run.published.as_deref().unwrap_or("not yet"));
    line(ui, "Test part", if run.test_opened { "opened" } else { "sealed" });
    repeated(ui, view, run);
    ui.add_space(10.0);
    zone::row(ui, 34.0, |ui| {
        view.button(ui, TrainCommand::Repeat(run.name.clone()));
        view.button(ui, TrainCommand::SaveRunFile);
    });
    zone::row(ui, 34.0, |ui| {
        view.button(ui, TrainCommand::SavePackage);
        view.button(ui, TrainCommand::Delete(run.name.clone()));
    });
    if let Some(Ok(digest)) = view.state.train.packages.get(&run.digest) {
        zone::row(ui, 34.0, |ui| {
            if Button::new("Copy digest").ghost().icon(Icon::Copy).show(ui).clicked() {
                view.send(WindowCommand::Copy(digest.clone(), "the digest"));
            }
        });
    }
}

/// How repeating the run ended.
fn repeated(ui: &mut Ui, view: &View<'_>, run: &SavedRun) {
    let tokens = tokens(ui);
    if view.state.train.repeating.contains(&run.name) {
        return line(ui, "Repeated", "running");
    }
    let Some(repeat) = view.state.train.repeats.get(&run.name) else { return };
    if repeat.is_same() {
        let said = "same metrics, same digest";
        KeyValue::new("Repeated", said).words().at(AT).color(tokens.good).show(ui);
        return;
    }
    KeyValue::new("Repeated", "the result differs").words().at(AT).color(tokens.bad).show(ui);
    if !repeat.same_package {
        line(ui, "Digest now", &short(&repeat.digest));
    }
    for metric in &repeat.differing {
        text::label(ui, metric, Type::NumberSmall, tokens.bad);
    }
}
