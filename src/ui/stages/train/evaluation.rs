//! The chosen run: its tabs, and what can be done with it.

use eframe::egui::{Rect, Ui};

use super::{importance, lineage, many_classes, numbers, over_time, two_classes};
use crate::app::commands::TrainCommand;
use crate::app::state::train::{EvaluationTab, Part, evaluations};
use crate::learn::{Run, TaskKind};
use crate::ui::measures::{PADDING, WidthClass};
use crate::ui::text::{self, Type};
use crate::ui::widgets::{Segmented, Slider, Tabs};
use crate::ui::{Icon, View, format, states, tokens, zone};
use crate::workspace::SavedRun;

const TABS: [EvaluationTab; 4] =
    [EvaluationTab::Result, EvaluationTab::Importance, EvaluationTab::OverTime, EvaluationTab::Lineage];

/// Height of the header with the tabs.
const HEADER: f32 = 40.0;
/// The least height of a zone of plots.
const PLOTS: f32 = 290.0;

/// The least height that the zone needs: plots stand 2 x 2 in a narrow window.
pub(super) fn least_height(view: &View<'_>, class: WidthClass) -> f32 {
    let plots = matches!(view.state.train.tab, EvaluationTab::Result);
    let rows = if plots && class != WidthClass::Full { 2.0 } else { 1.0 };
    HEADER + rows * PLOTS
}

/// Four zones: side by side, or 2 x 2 in a narrow window.
pub(super) fn quarters(ui: &Ui, view: &View<'_>, rect: Rect) -> [Rect; 4] {
    let mut zones = zone::Zones::new(ui, rect);
    if view.width_class(ui) == WidthClass::Full {
        let width = rect.width() / 4.0;
        return [zones.left(ui, width), zones.left(ui, width), zones.left(ui, width), zones.rest()];
    }
    let mut above = zone::Zones::new(ui, zones.top(ui, rect.height() / 2.0));
    let mut below = zone::Zones::new(ui, zones.rest());
    let half = rect.width() / 2.0;
    [above.left(ui, half), above.rest(), below.left(ui, half), below.rest()]
}

/// Draws the zone at the bottom.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let Some(run) = view.state.chosen_run() else {
        let how = "Choose a run in the leaderboard to see what it gets right and wrong.";
        return states::empty(ui, rect, Icon::ChartLine, "No finished run is chosen", how, |_| ());
    };
    let mut zones = zone::Zones::new(ui, rect);
    let head = zones.top(ui, HEADER);
    zone::fill(ui, head, |ui| header(ui, view, run));
    let Some(result) = &run.result else {
        return zone::fill(ui, zones.rest(), |ui| {
            ui.add_space(12.0);
            zone::padded(ui, PADDING, |ui| {
                let said = "The result of this run is no longer beside the workspace file: its model and plots are \
                            gone, its metrics and its run file are kept. Save the run file and train it again.";
                text::label(ui, said, Type::Body, tokens(ui).t2);
                ui.add_space(8.0);
                zone::row(ui, 28.0, |ui| {
                    view.button(ui, TrainCommand::SaveRunFile);
                    view.button(ui, TrainCommand::Delete(run.name.clone()));
                });
            });
        });
    };
    if !result.warnings.is_empty() {
        let height = 24.0 * result.warnings.len().min(3) as f32 + 4.0;
        let strip = zones.top(ui, height);
        zone::scroll(ui, strip, "warnings of the run", |ui| warnings(ui, &result.warnings));
    }
    let rest = zones.rest();
    match view.state.train.tab {
        EvaluationTab::Lineage => lineage::show(ui, view, rest, run, result),
        EvaluationTab::Importance => importance::show(ui, view, rest, result),
        tab => judged(ui, view, rest, run, result, tab),
    }
}

/// What is drawn of a part; the test part only when its seal is broken.
fn judged(ui: &mut Ui, view: &View<'_>, rect: Rect, run: &SavedRun, result: &Run, tab: EvaluationTab) {
    let part = shown_part(view, run);
    let (evaluation, baseline) = evaluations(result, part);
    if evaluation.rows == 0 {
        let how = "The split gives this part no rows. Change the split and train again.";
        return states::empty(ui, rect, Icon::ChartLine, "Nothing to judge the run by", how, |_| ());
    }
    if tab == EvaluationTab::OverTime {
        return over_time::show(ui, view, rect, result, evaluation);
    }
    match (&evaluation.classes, &evaluation.numbers) {
        (Some(classes), _) if classes.names.len() == 2 => {
            two_classes::show(ui, view, rect, evaluation, classes, &run.file.task.target);
        }
        (Some(classes), _) => many_classes::show(ui, view, rect, evaluation, classes),
        (None, Some(of_numbers)) => numbers::show(ui, view, rect, evaluation, of_numbers, baseline),
        (None, None) => {}
    }
}

/// The part that is shown: the test part of a run only after it was opened.
fn shown_part(view: &View<'_>, run: &SavedRun) -> Part {
    if run.test_opened { view.state.train.part } else { Part::Validation }
}

fn header(ui: &mut Ui, view: &View<'_>, run: &SavedRun) {
    let learner = run.file.learner.title().to_lowercase();
    zone::row(ui, HEADER, |ui| {
        let whole = ui.max_rect();
        ui.add_space(PADDING);
        text::label(ui, &format!("Run {}, {learner}", run.name), Type::Zone, tokens(ui).t1);
        let first = match run.file.task.kind {
            TaskKind::Classification => "Classes",
            TaskKind::Regression => "Residuals",
        };
        let chosen = TABS.iter().position(|tab| *tab == view.state.train.tab).unwrap_or_default();
        let shown = Tabs::new(&[first, "Importance", "Over time", "Lineage"], chosen).show(ui);
        if let Some(tab) = shown.and_then(|index| TABS.get(index)) {
            view.send(TrainCommand::Tab(*tab));
        }
        let used = ui.min_rect().right();
        let right = whole.with_min_x(used + 8.0).with_max_x(whole.right() - PADDING);
        let layout = eframe::egui::Layout::right_to_left(eframe::egui::Align::Center);
        let mut controls = ui.new_child(eframe::egui::UiBuilder::new().max_rect(right).layout(layout));
        controls.spacing_mut().item_spacing = eframe::egui::vec2(8.0, 0.0);
        actions(&mut controls, view, run);
    });
}

/// From the right to the left.
fn actions(ui: &mut Ui, view: &View<'_>, run: &SavedRun) {
    view.button(ui, TrainCommand::Publish(run.name.clone()));
    if run.test_opened {
        let chosen = usize::from(view.state.train.part == Part::Test);
        let part = Segmented::new("Part shown", &["Validation", "Test"], chosen).show(ui);
        if let Some(index) = part {
            view.send(TrainCommand::Part(if index == 1 { Part::Test } else { Part::Validation }));
        }
    } else {
        view.button(ui, TrainCommand::OpenTest(run.name.clone()));
    }
    let classes = run.file.task.kind == TaskKind::Classification;
    if classes && view.state.train.tab == EvaluationTab::Result {
        let threshold = view.state.train.threshold;
        text::label(ui, &format::decimal(threshold, 2), Type::Number, tokens(ui).t1);
        if let Some(threshold) = Slider::new("threshold", threshold, 0.0, 1.0).step(0.01).show(ui) {
            view.send(TrainCommand::Threshold(threshold));
        }
        text::label(ui, "threshold", Type::Cell, tokens(ui).t3);
    }
}

fn warnings(ui: &mut Ui, warnings: &[String]) {
    let tokens = tokens(ui);
    ui.painter().rect_filled(ui.max_rect(), 0.0, tokens.warnbg);
    ui.add_space(2.0);
    for warning in warnings {
        zone::row(ui, 24.0, |ui| {
            let line = ui.max_rect();
            let at = eframe::egui::pos2(line.left() + PADDING + 7.0, line.center().y);
            Icon::Warning.paint(ui.painter(), at, 14.0, tokens.warn);
            let words = line.with_min_x(line.left() + PADDING + 22.0).with_max_x(line.right() - PADDING);
            text::put(ui, words, eframe::egui::Align2::LEFT_CENTER, warning, Type::Cell, tokens.t1);
        });
    }
}
