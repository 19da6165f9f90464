//! Stage Train: what to predict, how to split, what to train; the curve, the leaderboard, and the chosen run.

mod confusion;
mod curve;
mod evaluation;
mod importance;
mod leaderboard;
mod learners;
mod lineage;
mod many_classes;
mod numbers;
mod over_time;
mod parts;
mod setup;
mod split;
mod two_classes;

use eframe::egui::{Rect, Ui};

use crate::app::commands::{TrainCommand, WindowCommand};
use crate::app::{Remote, Stage};
use crate::data::Completeness;
use crate::learn::{Target, TaskKind, TaskSpec};
use crate::ui::measures::{PADDING, WidthClass};
use crate::ui::widgets::Tone;
use crate::ui::{Icon, StageBar, View, format, states, zone};

/// Width of the set-up.
const SETUP: f32 = 296.0;
/// Height of the split over time.
const SPLIT: f32 = 141.0;
/// Height of curve and leaderboard.
const RUNS: f32 = 260.0;
/// Width of the curve.
const CURVE: f32 = 384.0;

/// What the stage bar says.
pub(super) fn bar(view: &View<'_>) -> StageBar {
    let state = view.state;
    let mut bar = StageBar::new(state.training().task.as_ref().map_or("Train".into(), task_in_words)).folds();
    if let Some(frame) = state.prepared_frame() {
        bar = bar.chip(format!("slice {}", short(&frame.slice.digest())), Tone::Accent);
        if let Completeness::Part { .. } = frame.completeness {
            bar = bar.state("read in part", Tone::Warn, Icon::Warning);
        }
        let mut facts = format::count(frame.rows() as u64, "row", "rows");
        if let Some(preparation) = &state.train.preparation {
            let steps = format::count(preparation.steps.steps.len() as u64, "step", "steps");
            bar = bar.chip(format!("{}, {steps}", preparation.title()), Tone::Neutral);
            let more = if preparation.more { " or more" } else { "" };
            facts +=
                &format!(", {}{more}", format::count(preparation.features as u64, "feature", "features"));
        }
        bar = bar.facts(facts);
    }
    if let Some(run) = state.train.training().filter(|run| run.problem.is_none()) {
        bar = bar.button(TrainCommand::Stop(run.name.clone()));
    }
    bar
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let state = view.state;
    if state.runs().is_empty() && state.train.running.is_empty() {
        match &state.browse.frame {
            Remote::NotRequested => return nothing(ui, view, rect),
            Remote::Pending(None) | Remote::Failed { previous: None, .. } => return waiting(ui, view, rect),
            _ => {}
        }
    }
    let mut zones = zone::Zones::new(ui, rect);
    view.left_drawer(ui, &mut zones, "train", SETUP, |ui, rect| setup::show(ui, view, rect));
    let rest = zones.rest();
    let least = SPLIT + RUNS + evaluation::least_height(view, view.width_class(ui));
    if rest.height() >= least {
        return results(ui, view, rest);
    }
    zone::scroll(ui, rest, "train", |ui| {
        let size = eframe::egui::vec2(rest.width(), least);
        let (whole, _) = ui.allocate_exact_size(size, eframe::egui::Sense::hover());
        results(ui, view, whole);
    });
}

fn results(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let mut zones = zone::Zones::new(ui, rect);
    let top = zones.top(ui, SPLIT);
    split::show(ui, view, top);
    let mut runs = zone::Zones::new(ui, zones.top(ui, RUNS));
    let share = if view.width_class(ui) == WidthClass::Full { CURVE } else { runs.rest().width() * 0.38 };
    let curve = runs.resizable_left(ui, "train curve", share, 240.0..=560.0);
    curve::show(ui, view, curve);
    leaderboard::show(ui, view, runs.rest());
    evaluation::show(ui, view, zones.rest());
}

fn nothing(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let how = "Read a slice in Browse, then use a pipeline from Prepare.";
    states::empty(ui, rect, Icon::ChartLine, "No features yet", how, |ui| {
        view.button(ui, WindowCommand::Go(Stage::Browse));
        view.button(ui, WindowCommand::Go(Stage::Prepare));
    });
}

fn waiting(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    zone::fill(ui, rect, |ui| {
        zone::header("Slice").plain(ui);
        zone::padded(ui, PADDING, |ui| match view.state.browse.frame.problem() {
            Some(problem) => states::error(ui, view, problem, |ui| {
                view.button(ui, WindowCommand::Go(Stage::Browse));
            }),
            None => states::skeleton(ui, 6),
        });
    });
}

/// The first six digits of a digest.
fn short(digest: &str) -> String {
    digest.chars().take(6).collect()
}

/// What is predicted: `arr_delay above 15`, `arr_delay, a number`.
fn task_in_words(task: &TaskSpec) -> String {
    match (&task.target, task.kind) {
        (Target::Above { .. }, _) => task.target.to_string(),
        (target, TaskKind::Classification) => format!("{target}, a class"),
        (target, TaskKind::Regression) => format!("{target}, a number"),
    }
}
