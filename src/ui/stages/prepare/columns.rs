//! The columns of the slice: type, nulls, distinct values, smallest, largest, distribution, most frequent values, warnings.

use eframe::egui::{Color32, Rect, Ui};

use crate::app::Remote;
use crate::app::commands::PrepareCommand;
use crate::app::commands::prepare::offered_steps;
use crate::app::state::prepare::Show;
use crate::data::{ColumnProfile, Warning};
use crate::ui::measures::PADDING;
use crate::ui::table::{Cell, Column, Table};
use crate::ui::text::Type;
use crate::ui::widgets::{Button, Segmented, TextField, Tone};
use crate::ui::{Icon, View, format, search_field, states, zone};

/// The last column of the table.
const TOP_VALUES: usize = 7;

/// Draws the zone.
pub(super) fn columns(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let prepare = &view.state.prepare;
    zone::fill(ui, rect, |ui| {
        head(ui, view);
        match &prepare.profile {
            Remote::NotRequested | Remote::Pending(None) => states::skeleton(ui, 8),
            Remote::Failed { problem, previous: None } => zone::padded(ui, PADDING, |ui| {
                ui.add_space(12.0);
                states::error(ui, view, problem, |ui| {
                    view.button_as(ui, PrepareCommand::Profile, |button| button.small());
                });
            }),
            _ => table(ui, view),
        }
    });
}

fn head(ui: &mut Ui, view: &View<'_>) {
    let prepare = &view.state.prepare;
    let profiles = prepare.profile.get().map(Vec::as_slice).unwrap_or_default();
    let rows = view.state.prepared_frame().map_or(0, |frame| frame.rows() as u64);
    let said = match prepare.profile.is_pending() {
        true => "being looked at".to_owned(),
        false => format!("profile of all {}", format::count(rows, "row", "rows")),
    };
    let count = |show: Show| profiles.iter().filter(|profile| show.holds(profile)).count();
    let names = [
        format!("All {}", count(Show::All)),
        format!("Numbers {}", count(Show::Numbers)),
        format!("Text {}", count(Show::Text)),
        format!("Warnings {}", count(Show::Warnings)),
    ];
    zone::header("Columns").detail(&said).tall().line().show(ui, |ui| {
        let options: Vec<&str> = names.iter().map(String::as_str).collect();
        let chosen = Show::ALL.iter().position(|show| *show == prepare.show);
        if let Some(show) =
            Segmented::new("Which columns", &options, chosen).small().show(ui).and_then(|i| Show::ALL.get(i))
        {
            view.send(PrepareCommand::Show(*show));
        }
        offers(ui, view, profiles);
        let width = (ui.available_width() - 260.0).clamp(100.0, 200.0);
        let search = TextField::new("Search columns", &prepare.search)
            .id(search_field(crate::app::Stage::Prepare))
            .icon(Icon::Search)
            .hint("Column")
            .width(width)
            .show(ui);
        if let Some(text) = search.changed {
            view.send(PrepareCommand::Search(text));
        }
    });
}

/// What the chosen column's warnings offer.
fn offers(ui: &mut Ui, view: &View<'_>, profiles: &[ColumnProfile]) {
    let chosen = view.state.prepare.column.as_deref();
    let Some(profile) = profiles.iter().find(|profile| Some(profile.name.as_str()) == chosen) else { return };
    for (words, step) in offered_steps(profile).into_iter().take(1) {
        if Button::new(&words).small().icon(Icon::Plus).show(ui).clicked() {
            view.send(PrepareCommand::AddStep(step));
        }
    }
}

fn table(ui: &mut Ui, view: &View<'_>) {
    let prepare = &view.state.prepare;
    let listed = prepare.listed();
    if listed.is_empty() {
        let rect = ui.available_rect_before_wrap();
        states::empty(
            ui,
            rect,
            Icon::Columns,
            "No such column",
            "Search for another name, or show all columns.",
            |ui| {
                if Button::new("Show all columns").show(ui).clicked() {
                    view.send(PrepareCommand::Show(Show::All));
                    view.send(PrepareCommand::Search(String::new()));
                }
            },
        );
        return;
    }
    let columns = [
        Column::text("column", 148.0),
        Column::text("type", 52.0),
        Column::number("nulls", 110.0),
        Column::number("distinct", 78.0),
        Column::number("min", 96.0),
        Column::number("max", 96.0),
        Column::text("distribution", 170.0),
        Column::text("top values", 300.0).grow(),
    ];
    let chosen = listed.iter().position(|profile| Some(&profile.name) == prepare.column.as_ref());
    // Shares of nulls are small more often than not: the bars are held against the largest of them.
    let most_nulls = listed.iter().map(|profile| nulls(profile)).fold(0.0, f64::max);
    let response = Table::new("Columns")
        .columns(&columns)
        .rows(listed.len() as u64)
        .selected(chosen.map(|row| row as u64))
        .fixed(1)
        .show(ui, |cell| {
            if let Some(profile) = listed.get(cell.row() as usize) {
                let left_out = prepare.outline.left_out.contains(&profile.name);
                let label = view.state.label_column() == Some(profile.name.as_str());
                paint(cell, profile, most_nulls, left_out);
                if label && cell.column() == TOP_VALUES {
                    cell.chip("label", Tone::Accent);
                }
            }
        });
    if let Some(profile) = response.chosen.and_then(|row| listed.get(row as usize)) {
        view.send(PrepareCommand::Column(profile.name.clone()));
    }
}

fn nulls(profile: &ColumnProfile) -> f64 {
    if profile.rows == 0 { 0.0 } else { profile.nulls as f64 / profile.rows as f64 }
}

/// A cell; a column that the steps leave out is fainter.
fn paint(cell: &mut Cell<'_>, profile: &ColumnProfile, most_nulls: f64, left_out: bool) {
    let tokens = cell.tokens();
    let ink = if left_out { tokens.t3 } else { tokens.t1 };
    match cell.column() {
        0 => cell.put(&profile.name, Type::Number, ink),
        1 => cell.quiet_number(profile.kind),
        2 => {
            let share = nulls(profile);
            let text = format::share_with(share, 2);
            cell.bar_behind(if share > 0.0 { share / most_nulls } else { 0.0 }, 26.0, tokens.warn);
            cell.put(&text, Type::Number, if share > 0.0 { tokens.t1 } else { tokens.t3 });
        }
        3 => cell.put(&format::integer(profile.distinct), Type::Number, ink),
        4 => short(cell, profile.min.as_deref(), ink),
        5 => short(cell, profile.max.as_deref(), ink),
        6 => {
            let counts: Vec<f64> = profile.histogram.counts.iter().map(|count| *count as f64).collect();
            let color = match (cell.is_selected(), left_out) {
                (true, _) => tokens.accent,
                (false, true) => tokens.bar,
                (false, false) => tokens.reference,
            };
            cell.distribution(&counts, color);
        }
        _ => top_values(cell, profile),
    }
}

fn short(cell: &mut Cell<'_>, value: Option<&str>, ink: Color32) {
    match value {
        Some(value) => {
            cell.put(&format::true_minus(&value.chars().take(24).collect::<String>()), Type::Number, ink);
        }
        None => cell.null(),
    }
}

fn top_values(cell: &mut Cell<'_>, profile: &ColumnProfile) {
    let tokens = cell.tokens();
    // What is less than a thousandth says nothing but that there are many values.
    let said = |value: &str, count: u64| {
        let share = count as f64 / profile.rows.max(1) as f64;
        let value: String = value.chars().take(24).collect();
        if share < 0.0005 { value } else { format!("{value} {}", format::share(share)) }
    };
    // Long values would leave no room for the warnings behind them.
    let long = profile.top.first().is_some_and(|(value, _)| value.len() > 12);
    let seen = profile.top.iter().take(if long { 1 } else { 3 });
    let words: Vec<String> = seen.map(|(value, count)| said(&format::true_minus(value), *count)).collect();
    cell.put(&words.join(", "), Type::NumberSmall, tokens.t2);
    for warning in &profile.warnings {
        let (said, tone) = in_words(*warning);
        match tone {
            Tone::Warn => cell.state_chip(said, tone, Icon::Warning),
            _ => cell.chip(said, tone),
        }
    }
}

fn in_words(warning: Warning) -> (&'static str, Tone) {
    match warning {
        Warning::Constant => ("constant", Tone::Neutral),
        Warning::AllNull => ("nulls only", Tone::Warn),
        Warning::IdLike => ("id-like", Tone::Neutral),
        Warning::NotFinite => ("NaN or infinite", Tone::Warn),
        Warning::LooksLikeTime => ("reads as time", Tone::Neutral),
        Warning::LooksLikeNumber => ("reads as number", Tone::Neutral),
    }
}
