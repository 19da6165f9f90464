//! The set-up: task, learners, split, seed; below it what training takes.

use eframe::egui::{Align2, PopupCloseBehavior, Rect, ScrollArea, Ui, vec2};

use super::learners;
use crate::app::commands::TrainCommand;
use crate::codec::Kind;
use crate::data::SplitSpec;
use crate::learn::{Target, TaskKind, TaskSpec};
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{Button, CheckBox, KeyValue, Segmented, Select, TextField, menu_under};
use crate::ui::{Icon, View, format, tokens, zone};

/// Where controls begin.
pub(super) const AT: f32 = 76.0;

/// Draws the zone at the left.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let mut zones = zone::Zones::new(ui, rect);
    let below = zones.bottom(ui, 54.0);
    zone::scroll(ui, zones.rest(), "train set-up", |ui| {
        zone::header("Task").plain(ui);
        zone::padded(ui, PADDING, |ui| task(ui, view));
        ui.add_space(8.0);
        zone::line(ui);
        learners::show(ui, view);
        ui.add_space(8.0);
        zone::line(ui);
        zone::header("Split and seed").plain(ui);
        zone::padded(ui, PADDING, |ui| split(ui, view));
        ui.add_space(12.0);
    });
    zone::fill(ui, below, |ui| costs(ui, view));
}

fn task(ui: &mut Ui, view: &View<'_>) {
    let Some(frame) = view.state.prepared_frame() else {
        text::label(ui, "No slice is in memory. Read one in Browse to train.", Type::Body, tokens(ui).t3);
        return;
    };
    let task = view.state.training().task.as_ref();
    let target = task.map(|task| task.target.column());
    let fields = &frame.schema.fields;
    let kind_of = target.and_then(|target| frame.schema.get(target)).map(|field| field.kind);
    let numeric = matches!(kind_of, Some(Kind::Int | Kind::UInt | Kind::Float));
    zone::form_row(ui, "Kind", AT, |ui| kind(ui, view, task, kind_of, numeric));
    zone::form_row(ui, "Target", AT, |ui| {
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let chosen = target.and_then(|target| names.iter().position(|name| *name == target));
        let select = Select::new("Target", &names, chosen).mono().hint("a column of the slice");
        if let Some(name) = select.show(ui).and_then(|index| names.get(index)) {
            view.send(TrainCommand::Target((*name).to_owned()));
        }
    });
    let Some(task) = task else { return };
    if let Some(missing) = target.filter(|target| frame.schema.get(target).is_none()) {
        let said = format!("the slice has no column {missing}");
        text::label(ui, &said, Type::Label, tokens(ui).bad);
    }
    if task.kind == TaskKind::Classification && numeric {
        above(ui, view, task);
    }
    zone::form_row(ui, "Features", AT, |ui| features(ui, view, task));
    if let Some(problem) = view.state.train.preparation.as_ref().and_then(|found| found.problem.as_deref()) {
        text::label(ui, problem, Type::Label, tokens(ui).bad);
    }
}

fn kind(ui: &mut Ui, view: &View<'_>, task: Option<&TaskSpec>, of: Option<Kind>, numeric: bool) {
    let chosen = task.map(|task| usize::from(task.kind == TaskKind::Regression));
    let why = match of {
        None => "choose a target first".to_owned(),
        Some(kind) => format!("the target is {}", kind.words()),
    };
    let off: &[(usize, &str)] = match (task, numeric) {
        (None, _) => &[(0, &why), (1, &why)],
        (Some(_), false) => &[(1, &why)],
        _ => &[],
    };
    if let Some(index) = Segmented::new("Kind", &["Class", "Number"], chosen).off(off).show(ui) {
        let kind = if index == 1 { TaskKind::Regression } else { TaskKind::Classification };
        view.send(TrainCommand::Kind(kind));
    }
}

/// A number as two classes: above a limit or not.
fn above(ui: &mut Ui, view: &View<'_>, task: &TaskSpec) {
    let value = match &task.target {
        Target::Above { above, .. } => above.to_string(),
        Target::Column(_) => String::new(),
    };
    zone::form_row(ui, "Above", AT, |ui| {
        typed(ui, view, "Above", "above", &value, "each value a class", TrainCommand::Above);
    });
}

/// A field whose refused text stays, with the reason beside or below it.
pub(super) fn typed(
    ui: &mut Ui,
    view: &View<'_>,
    name: &str,
    field: &str,
    value: &str,
    hint: &str,
    command: impl FnOnce(String) -> TrainCommand,
) {
    let refused = view.state.train.refused.get(field);
    let shown = refused.map_or(value, |(typed, _)| typed);
    let why = refused.map(|(_, why)| why.as_str());
    let width = if why.is_some() { 62.0 } else { ui.available_width() };
    let edited = TextField::new(name, shown).mono().hint(hint).error(why).width(width).show(ui);
    if let Some(typed) = edited.committed {
        view.send(command(typed));
    }
    if let Some(why) = why {
        let rect = ui.available_rect_before_wrap();
        text::put(ui, rect, Align2::LEFT_CENTER, why, Type::Label, tokens(ui).bad);
    }
}

fn features(ui: &mut Ui, view: &View<'_>, task: &TaskSpec) {
    let Some(frame) = view.state.prepared_frame() else { return };
    let all = frame.schema.fields.iter().filter(|field| field.name != task.target.column());
    let columns: Vec<&str> = all.map(|field| field.name.as_str()).collect();
    let used = columns.iter().filter(|name| !task.exclude.iter().any(|out| out == *name)).count();
    let said = format!("{used} of {} columns", columns.len());
    let open = Button::new(&said)
        .name("Choose feature columns")
        .trailing(Icon::ChevronDown)
        .tooltip("Which columns a feature may use")
        .show(ui);
    menu_under(&open).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 2.0);
        ScrollArea::vertical().max_height(340.0).show(ui, |ui| {
            ui.set_width(200.0);
            for name in &columns {
                let used = !task.exclude.iter().any(|out| out == name);
                if let Some(used) = CheckBox::new(name, used).show(ui) {
                    view.send(TrainCommand::Exclude((*name).to_owned(), !used));
                }
            }
        });
    });
}

fn split(ui: &mut Ui, view: &View<'_>) {
    let setup = view.state.training();
    let spec = &setup.split;
    let problem = view.state.train.split.problem();
    zone::form_row(ui, "Train", AT, |ui| {
        share(ui, view, "Train, percent", spec.train, |train| with_shares(spec, train, spec.valid));
    });
    zone::form_row(ui, "Validation", AT, |ui| {
        share(ui, view, "Validation, percent", spec.valid, |valid| with_shares(spec, spec.train, valid));
    });
    zone::form_row(ui, "Gap", AT, |ui| {
        typed(ui, view, "Gap", "gap", &spec.gap, "such as 1h or 2d", TrainCommand::Gap);
    });
    zone::form_row(ui, "Seed", AT, |ui| {
        typed(ui, view, "Seed", "seed", &setup.seed.to_string(), "0", TrainCommand::Seed);
    });
    if let Some(problem) = problem {
        text::label(ui, &problem.why, Type::Label, tokens(ui).bad);
        text::label(ui, &problem.next, Type::Label, tokens(ui).t2);
    }
}

fn share(ui: &mut Ui, view: &View<'_>, name: &str, value: f64, split: impl FnOnce(f64) -> Option<SplitSpec>) {
    let shown = format::decimal(value * 100.0, 1);
    let edited = TextField::new(name, &shown).mono().width(62.0).show(ui);
    text::label(ui, "% of the rows", Type::Body, tokens(ui).t3);
    let typed =
        edited.committed.and_then(|typed| typed.trim().trim_end_matches('%').trim().parse::<f64>().ok());
    if let Some(split) = typed.and_then(|percent| split(percent / 100.0)) {
        view.send(TrainCommand::Split(split));
    }
}

/// The split with other shares, rounded to a thousandth so that a run file stays readable; the rest is the test part.
/// `None` where they leave nothing to fit on, or more than there is.
pub(super) fn with_shares(spec: &SplitSpec, train: f64, valid: f64) -> Option<SplitSpec> {
    let round = |share: f64| (share * 1_000.0).round() / 1_000.0;
    let (train, valid) = (round(train), round(valid));
    let fits = train > 0.0 && valid >= 0.0 && train + valid <= 1.0;
    fits.then(|| SplitSpec { train, valid, test: round(1.0 - train - valid).max(0.0), ..spec.clone() })
}

fn costs(ui: &mut Ui, view: &View<'_>) {
    ui.add_space(6.0);
    zone::padded(ui, PADDING, |ui| {
        let state = view.state;
        let memory = format!(
            "{} of {}",
            format::bytes(state.memory_used()),
            format::bytes(state.settings.memory_budget)
        );
        KeyValue::new("Memory", &memory).show(ui);
        let chosen = state.chosen_learners();
        let times: Option<f64> = chosen.iter().map(|learner| last_fit(view, learner.kind())).sum();
        let said = match times {
            Some(ms) if !chosen.is_empty() => format!("≈ {}", format::duration_ms(ms)),
            _ => "not known yet".into(),
        };
        let learners = format::count(chosen.len() as u64, "learner", "learners");
        KeyValue::new(&format!("Fitting, {learners}"), &said).show(ui);
    });
}

/// How long the newest run of such a learner took to fit, per row of its train part, for the train part of now.
fn last_fit(view: &View<'_>, kind: &str) -> Option<f64> {
    let run = view.state.runs().iter().rev().find(|run| run.file.learner.kind() == kind)?;
    let rows = view.state.train.split.get().map_or(run.rows[0], |split| split.rows[0]);
    Some(run.result.as_ref()?.fit_ms as f64 * rows as f64 / run.rows[0].max(1) as f64)
}
