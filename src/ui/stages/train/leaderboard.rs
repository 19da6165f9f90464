//! The leaderboard: runs on the validation part, the best first, with the no-skill baseline between them.

use eframe::egui::{Rect, Ui};

use crate::app::commands::TrainCommand;
use crate::app::state::train::{Entry, entries, metric};
use crate::learn::{Measure, TaskKind};
use crate::ui::stages::alias_tone;
use crate::ui::table::{Cell, Column, Sort, Table};
use crate::ui::widgets::{Segmented, Tone};
use crate::ui::{Icon, View, format, states, zone};
use crate::workspace::SavedRun;

/// Columns before the measures.
const BEFORE: usize = 3;

/// From this width on the first measure has a bar.
const WIDE: f32 = 660.0;

/// Draws the zone.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let state = view.state;
    let kind = task_kind(view);
    let slice = state.browse.frame.get().map(|frame| frame.slice.digest());
    let comparable = |run: &_| state.is_comparable(run, slice.as_deref());
    let (entries, measures) = entries(&state.train, state.runs(), kind, comparable);
    let ended = entries.iter().filter(|entry| matches!(entry, Entry::Run(_))).count() as u64;
    let which = if state.train.all_runs || slice.is_none() {
        "all of this kind"
    } else {
        "this slice, task and split"
    };
    let detail = format!("{} on validation, {which}", format::count(ended, "run", "runs"));
    zone::fill(ui, rect, |ui| {
        zone::header("Leaderboard").detail(&detail).tall().show(ui, |ui| {
            let chosen = usize::from(state.train.all_runs);
            if let Some(all) = Segmented::new("Runs listed", &["Comparable", "All"], chosen).small().show(ui)
            {
                view.send(TrainCommand::AllRuns(all == 1));
            }
        });
        if entries.is_empty() {
            let rest = ui.available_rect_before_wrap();
            let how = "Choose a target and learners, then train. The best run on validation stands first.";
            return states::empty(ui, rest, Icon::List, "No run here yet", how, |_| ());
        }
        table(ui, view, &entries, &measures);
    });
}

fn task_kind(view: &View<'_>) -> TaskKind {
    let of_setup = view.state.training().task.as_ref().map(|task| task.kind);
    let of_newest = || view.state.runs().last().map(|run| run.file.task.kind);
    of_setup.or_else(of_newest).unwrap_or(TaskKind::Classification)
}

fn table(ui: &mut Ui, view: &View<'_>, entries: &[Entry<'_>], measures: &[Measure; 3]) {
    let state = view.state;
    let wide = ui.available_width() >= WIDE;
    let mut columns = vec![
        Column::number("run", 52.0),
        Column::text("learner", 134.0),
        Column::text("settings", if wide { 104.0 } else { 84.0 }).grow(),
    ];
    for (index, measure) in measures.iter().enumerate() {
        let width = match (index, wide) {
            (0, true) => 136.0,
            (0, false) => 104.0,
            _ => 76.0,
        };
        columns.push(Column::number(measure.short, width).sortable().tooltip(direction(measure)));
    }
    columns.push(Column::number("fit", 70.0));
    let selected = entries
        .iter()
        .position(|entry| name(entry).is_some_and(|name| Some(name) == state.train.chosen.as_deref()));
    let (sorted, best_first) = state.train.sort.unwrap_or((0, true));
    let more = measures.get(sorted).is_some_and(|measure| measure.more_is_better);
    let sort = if more == best_first { Sort::Down } else { Sort::Up };
    let best = |measure: &Measure| best_of(entries, measure);
    let response = Table::new("Leaderboard")
        .columns(&columns)
        .rows(entries.len() as u64)
        .selected(selected.map(|row| row as u64))
        .sorted(BEFORE + sorted, sort)
        .show(ui, |cell| {
            let Some(entry) = entries.get(cell.row() as usize) else { return };
            match cell.column().checked_sub(BEFORE) {
                None => words(cell, view, entry),
                Some(column) => match measures.get(column) {
                    Some(measure) => number(cell, entry, measure, wide && column == 0, best(measure)),
                    None => fit(cell, entry),
                },
            }
        });
    let chosen = response.chosen.and_then(|row| entries.get(row as usize)).and_then(|entry| name(entry));
    if let Some(name) = chosen {
        view.send(TrainCommand::Show(name.to_owned()));
    }
    if let Some(column) = response.sorted.and_then(|column| column.checked_sub(BEFORE)) {
        view.send(TrainCommand::Sort(column));
    }
}

fn direction(measure: &Measure) -> &'static str {
    if measure.more_is_better { "more is better" } else { "less is better" }
}

fn name<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    match entry {
        Entry::Running(run) => Some(&run.name),
        Entry::Run(run) => Some(&run.name),
        Entry::Baseline(_) => None,
    }
}

fn words(cell: &mut Cell<'_>, view: &View<'_>, entry: &Entry<'_>) {
    match (cell.column(), entry) {
        (0, Entry::Baseline(_)) => {}
        (0, _) => cell.quiet_number(name(entry).unwrap_or_default()),
        (1, Entry::Running(run)) => cell.text(run.learner().title()),
        (1, Entry::Run(run)) => cell.text(run.file.learner.title()),
        (1, Entry::Baseline(_)) => cell.quiet("No skill"),
        (_, Entry::Running(run)) => cell.quiet(&run.learner().settings_in_words()),
        (_, Entry::Run(run)) => {
            // Before the settings, which would leave no room for them in a narrow column.
            published(cell, view, run);
            if run.test_opened {
                cell.chip("test opened", Tone::Neutral);
            }
            cell.quiet(&run.file.learner.settings_in_words());
        }
        (_, Entry::Baseline(_)) => cell.quiet("baseline"),
    }
}

/// The aliases of the version that a run was published as, where its model topic is known; else the version.
fn published(cell: &mut Cell<'_>, view: &View<'_>, run: &SavedRun) {
    let Some(name) = &run.published else { return };
    let versions = view.state.models.models().iter().flat_map(|model| &model.versions);
    let version = versions.into_iter().find(|known| format!("{}@{}", known.name, known.version) == *name);
    match version.filter(|version| !version.aliases.is_empty()) {
        Some(version) => {
            let tokens = cell.tokens();
            version.aliases.iter().for_each(|alias| cell.chip(alias, alias_tone(alias, tokens)));
        }
        None => cell.chip(name, Tone::Neutral),
    }
}

fn number(cell: &mut Cell<'_>, entry: &Entry<'_>, measure: &Measure, bar: bool, best: Option<f64>) {
    let Some(value) = metric(entry, measure) else {
        return cell.quiet("");
    };
    if bar {
        let color = cell.tokens().reference;
        cell.bar(bar_share(value, measure, best), 52.0, color);
    }
    match entry {
        Entry::Baseline(_) => cell.quiet_number(&format::metric(value)),
        _ => cell.number(&format::metric(value)),
    }
}

/// A measure that ends at 1 as it is; of one where less is better, the best fills the bar.
fn bar_share(value: f64, measure: &Measure, best: Option<f64>) -> f64 {
    if measure.more_is_better {
        return value;
    }
    best.filter(|_| value > 0.0).map_or(0.0, |best| best / value)
}

fn best_of(entries: &[Entry<'_>], measure: &Measure) -> Option<f64> {
    let values = entries.iter().filter_map(|entry| metric(entry, measure));
    if measure.more_is_better { values.max_by(f64::total_cmp) } else { values.min_by(f64::total_cmp) }
}

fn fit(cell: &mut Cell<'_>, entry: &Entry<'_>) {
    match entry {
        Entry::Running(run) if run.problem.is_some() => {
            let color = cell.tokens().bad;
            cell.put("failed", crate::ui::text::Type::Cell, color);
        }
        Entry::Running(run) => {
            let color = cell.tokens().accent;
            cell.put(&format::share_with(run.share(), 0), crate::ui::text::Type::Number, color);
        }
        Entry::Run(run) => {
            if let Some(result) = &run.result {
                cell.quiet_number(&format::duration_ms(result.fit_ms as f64));
            }
        }
        Entry::Baseline(_) => {}
    }
}
