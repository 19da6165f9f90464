//! The curve of the run that trains, or of the chosen one: loss by round on train and validation.

use eframe::egui::{Rect, Ui, pos2, vec2};

use crate::app::commands::TrainCommand;
use crate::app::state::train::Running;
use crate::learn::{RunFile, TaskKind};
use crate::ui::measures::PADDING;
use crate::ui::plot::{Axis, Mark, Plot, Row, legend, readout};
use crate::ui::text::{self, Type};
use crate::ui::widgets::progress_bar;
use crate::ui::{Icon, View, format, states, tokens, zone};
use crate::workspace::SavedRun;

/// Points below which a line has markers.
const FEW: usize = 30;

/// Room at the right for the values at the ends of the curves.
const ENDS: f32 = 64.0;

/// What is drawn.
struct Curve<'a> {
    name: &'a str,
    file: &'a RunFile,
    train: Vec<[f64; 2]>,
    valid: Vec<[f64; 2]>,
    /// Rounds at most.
    total: usize,
}

/// Draws the zone at the left of the leaderboard.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    if let Some(run) = view.state.train.training() {
        return match &run.problem {
            Some(problem) => zone::fill(ui, rect, |ui| {
                zone::header(&format!("Run {}", run.name)).plain(ui);
                zone::padded(ui, PADDING, |ui| {
                    states::error(ui, view, problem, |ui| {
                        view.button(ui, TrainCommand::Dismiss(run.name.clone()));
                    });
                });
            }),
            None => training(ui, view, rect, run),
        };
    }
    match view.state.chosen_run() {
        Some(run) => finished(ui, view, rect, run),
        None => states::empty(
            ui,
            rect,
            Icon::ChartLine,
            "No run trains",
            "The loss by round is drawn here while a learner fits.",
            |_| (),
        ),
    }
}

fn training(ui: &mut Ui, view: &View<'_>, rect: Rect, run: &Running) {
    let curve = Curve {
        name: &run.name,
        file: &run.file,
        train: run.train.clone(),
        valid: run.valid.clone(),
        total: run.total,
    };
    let job = view.state.jobs.iter().find(|job| job.id == run.job);
    if curve.train.is_empty() {
        return zone::fill(ui, rect, |ui| {
            zone::header(&format!("Run {}", run.name)).detail(run.learner().title()).plain(ui);
            let Some(job) = job else { return };
            zone::padded(ui, PADDING, |ui| {
                text::label(ui, &job.progress.detail, Type::Body, tokens(ui).t2);
                ui.add_space(6.0);
                progress_bar(ui, &job.title, ui.available_width(), job.progress.share());
            });
        });
    }
    let left = job
        .map(states::pace)
        .filter(|left| !left.is_empty())
        .map_or_else(String::new, |left| format!(", {left}"));
    let said =
        format!("{} of {}{left}", format::integer(run.rounds() as u64), format::integer(run.total as u64));
    draw(ui, view, rect, &curve, &said);
}

fn finished(ui: &mut Ui, view: &View<'_>, rect: Rect, run: &SavedRun) {
    let Some(result) = &run.result else {
        return zone::fill(ui, rect, |ui| {
            zone::header(&format!("Run {}", run.name)).plain(ui);
            zone::padded(ui, PADDING, |ui| {
                let said = "Its curve is no longer beside the workspace. Repeat the run to have it again.";
                text::label(ui, said, Type::Body, tokens(ui).t2);
            });
        });
    };
    let rounds = &result.rounds;
    let curve = Curve {
        name: &run.name,
        file: &run.file,
        train: rounds.iter().map(|round| [round.round as f64, round.train]).collect(),
        valid: rounds.iter().filter_map(|round| Some([round.round as f64, round.valid?])).collect(),
        total: rounds.len(),
    };
    let said = format::count(rounds.len() as u64, "round", "rounds");
    draw(ui, view, rect, &curve, &said);
}

fn draw(ui: &mut Ui, view: &View<'_>, rect: Rect, curve: &Curve<'_>, said: &str) {
    let tokens = tokens(ui);
    let before = before(view, curve);
    let before_name = before.as_ref().map(|(name, _)| name.clone());
    let dashed = before.map_or_else(Vec::new, |(_, points)| points);
    let unit = match curve.file.task.kind {
        TaskKind::Classification => "log loss by round",
        TaskKind::Regression => "RMSE by round",
    };
    zone::fill(ui, rect, |ui| {
        zone::header(&format!("Run {}", curve.name)).detail(unit).show(ui, |ui| {
            text::label(ui, said, Type::Number, tokens.t2);
        });
        zone::row(ui, 20.0, |ui| {
            ui.add_space(PADDING + 24.0);
            legend(ui, Mark::Line, tokens.series(0), "train");
            legend(ui, Mark::Line, tokens.series(1), "validation");
            if let Some(name) = &before_name {
                legend(ui, Mark::Line, tokens.reference, &format!("run {name} validation"));
            }
        });
        let plot =
            Rect::from_min_max(pos2(rect.left() + PADDING, ui.cursor().top()), rect.max - vec2(ENDS, 4.0));
        let last = curve.train.last().map_or(1.0, |point| point[0]).max(curve.total as f64);
        let all = [&curve.train, &curve.valid, &dashed];
        let y = Axis::around(all.into_iter().flatten().map(|point| point[1]));
        let name = format!("Loss of run {} by round", curve.name);
        let shown = Plot::new(&name, Axis::numbers(0.0, last), y).show(ui, plot, |canvas| {
            canvas.dashed(&dashed, tokens.reference);
            let mut ends = Vec::new();
            for (points, color) in [(&curve.train, tokens.series(0)), (&curve.valid, tokens.series(1))] {
                canvas.line(points, color, 1.5);
                if points.len() < FEW {
                    canvas.points(points, color, 2.5);
                }
                if let Some(end) = points.last() {
                    canvas.points(&[*end], color, 3.5);
                    ends.push((*end, format::metric(end[1])));
                }
            }
            canvas.ends(&ends, tokens.t1);
        });
        if let Some(round) = shown.hover_x().map(f64::round) {
            let rows = rows(
                curve,
                &dashed,
                before_name.as_deref(),
                round,
                [tokens.series(0), tokens.series(1), tokens.reference],
            );
            readout(ui, &shown, round, &format!("round {round}"), &rows);
        }
    });
}

fn rows(
    curve: &Curve<'_>,
    dashed: &[[f64; 2]],
    before: Option<&str>,
    round: f64,
    colors: [eframe::egui::Color32; 3],
) -> Vec<Row> {
    let at = |points: &[[f64; 2]]| points.iter().find(|point| point[0] == round).map(|point| point[1]);
    let named = [
        ("train".to_owned(), at(&curve.train)),
        ("validation".to_owned(), at(&curve.valid)),
        (format!("run {}", before.unwrap_or_default()), at(dashed)),
    ];
    named
        .into_iter()
        .zip(colors)
        .filter_map(|((name, value), color)| Some((Some((Mark::Line, color)), name, format::metric(value?))))
        .collect()
}

/// The newest run before this one of the same task, on validation: what it is compared with.
fn run_before<'a>(view: &View<'a>, curve: &Curve<'_>) -> Option<&'a SavedRun> {
    let runs = view.state.runs();
    let end = runs.iter().position(|run| run.name == curve.name).unwrap_or(runs.len());
    let comparable = |run: &&SavedRun| {
        run.file.task == curve.file.task
            && run.file.learner.kind() == curve.file.learner.kind()
            && run.file.split == curve.file.split
    };
    runs.get(..end)?.iter().rev().find(comparable)
}

/// Its name and its curve on validation.
fn before(view: &View<'_>, curve: &Curve<'_>) -> Option<(String, Vec<[f64; 2]>)> {
    let run = run_before(view, curve)?;
    let rounds = &run.result.as_ref()?.rounds;
    let points: Vec<_> = rounds.iter().filter_map(|round| Some([round.round as f64, round.valid?])).collect();
    (!points.is_empty()).then(|| (run.name.clone(), points))
}
