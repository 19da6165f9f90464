//! Two versions side by side: measures with intervals, one plot, importance, what changed.

mod changes;
mod plots;

use eframe::egui::{Color32, Rect, Sense, Ui, pos2, vec2};

use crate::app::Remote;
use crate::app::commands::ModelsCommand;
use crate::app::state::models::{CHAMPION, Comparison, Measured};
use crate::ui::measures::{PADDING, TABLE_HEADER, TABLE_ROW, ZONE_HEADER_CONTROLS};
use crate::ui::plot::{Mark, legend};
use crate::ui::table::{Cell, Column, Table};
use crate::ui::text::{self, Type};
use crate::ui::{Icon, View, format, states, tokens, zone};

/// The plots are never lower; where there is no room the zone scrolls.
const PLOTS: f32 = 200.0;

/// Draws the zone.
pub(super) fn comparison(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let Some(comparison) = &view.state.models.comparison else {
        let how = "Check two versions in the table above.";
        states::empty(ui, rect, Icon::Swap, "Nothing is compared", how, |_| ());
        return;
    };
    let colors = colors(ui, view, comparison);
    zone::fill(ui, rect, |ui| header(ui, comparison, colors));
    let below = rect.with_min_y(rect.top() + ZONE_HEADER_CONTROLS);
    let changed = changes::height(ui, comparison, rect.width());
    let left = below.height() - table_height(comparison) - changed;
    if left >= PLOTS {
        return zone::fill(ui, below, |ui| parts(ui, view, comparison, colors, left));
    }
    zone::scroll(ui, below, "comparison", |ui| parts(ui, view, comparison, colors, PLOTS));
}

/// Height that the zone needs to show all of it.
pub(super) fn least_height(view: &View<'_>) -> f32 {
    let comparison = view.state.models.comparison.as_ref();
    comparison.map_or(PLOTS, |shown| ZONE_HEADER_CONTROLS + table_height(shown) + PLOTS + changes::LEAST)
}

fn parts(ui: &mut Ui, view: &View<'_>, comparison: &Comparison, colors: [Color32; 2], plots: f32) {
    measures(ui, comparison);
    let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), plots), Sense::hover());
    ui.painter().hline(place.x_range(), place.top() + 0.5, (1.0, tokens(ui).line));
    let place = place.with_min_y(place.top() + 1.0);
    match &comparison.judged {
        Some(judged) => plots::show(ui, place, judged, colors),
        None => not_judged(ui, view, place),
    }
    zone::line(ui);
    changes::show(ui, comparison);
}

/// The champion is series 1 everywhere, what is held against it series 2; without a champion the older is.
fn colors(ui: &Ui, view: &View<'_>, comparison: &Comparison) -> [Color32; 2] {
    let (first, second) = (tokens(ui).series(0), tokens(ui).series(1));
    match view.state.models.aliased(CHAMPION) == Some(comparison.newer) {
        true => [second, first],
        false => [first, second],
    }
}

fn header(ui: &mut Ui, comparison: &Comparison, [of_older, of_newer]: [Color32; 2]) {
    let title = format!("Version {} compared with version {}", comparison.newer, comparison.older);
    let detail = match comparison.same_rows {
        Some(rows) => format!("same validation rows, {}", format::integer(rows)),
        None => "validation rows differ".into(),
    };
    zone::header(&title).detail(&detail).tall().show(ui, |ui| {
        legend(ui, Mark::Line, of_older, &format!("version {}", comparison.older));
        legend(ui, Mark::Line, of_newer, &format!("version {}", comparison.newer));
    });
}

/// Why there are no plots, and how to have them.
fn not_judged(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let models = &view.state.models;
    let Some((older, newer)) = models.compared() else { return };
    let known = [older, newer].map(|version| (version.version, models.evaluation(version)));
    for (_, evaluation) in &known {
        if let Some(Remote::Failed { problem, previous: None }) = evaluation {
            return zone::fill(ui, rect.shrink(PADDING), |ui| {
                states::error(ui, view, problem, |ui| {
                    view.button(ui, ModelsCommand::LoadEvaluations);
                });
            });
        }
    }
    let without: Vec<String> = known
        .iter()
        .filter(|(_, evaluation)| matches!(evaluation, Some(Remote::Ready(None))))
        .map(|(version, _)| format!("version {version}"))
        .collect();
    if !without.is_empty() {
        let how = format!(
            "The package of {} says nothing of how it was judged. Packages published from now on do.",
            without.join(" and of ")
        );
        return states::empty(ui, rect, Icon::ChartLine, "No plots to compare", &how, |_| ());
    }
    if known.iter().any(|(_, evaluation)| matches!(evaluation, Some(Remote::Pending(_)))) {
        return zone::fill(ui, rect.shrink2(vec2(0.0, 12.0)), |ui| states::skeleton(ui, 4));
    }
    let how = "Intervals and plots lie in the packages of both versions.";
    states::empty(ui, rect, Icon::ChartLine, "Plots are not loaded", how, |ui| {
        view.button(ui, ModelsCommand::LoadEvaluations);
    });
}

fn table_height(comparison: &Comparison) -> f32 {
    TABLE_HEADER + (comparison.measures.len() as f32 + 1.0) * TABLE_ROW
}

fn measures(ui: &mut Ui, comparison: &Comparison) {
    let columns = [
        Column::text("measure", 126.0).grow(),
        Column::number(format!("version {}", comparison.older), 92.0),
        Column::number(format!("version {}", comparison.newer), 92.0),
        Column::number("difference", 86.0),
        Column::number("95 % interval", 166.0).tooltip(
            "Where the difference lies 95 of 100 times, by resamples of the rows; coloured when it leaves zero",
        ),
    ];
    let rows = comparison.measures.len() as u64 + 1;
    Table::new("Measures").columns(&columns).rows(rows).facts().show_all(ui, |cell| {
        match comparison.measures.get(cell.row() as usize) {
            Some(measured) => measure(cell, measured, comparison.same_rows.is_some()),
            None => package(cell, comparison.bytes),
        }
    });
}

fn measure(cell: &mut Cell<'_>, measured: &Measured, same_rows: bool) {
    let tokens = cell.tokens();
    match cell.column() {
        0 => cell.text(measured.measure.title),
        1 => value(cell, measured.older, measured.margins.0, same_rows, tokens.t3),
        2 => value(cell, measured.newer, measured.margins.1, same_rows, tokens.t1),
        3 => {
            let Some(difference) = measured.difference() else { return };
            let ink = match measured.better() {
                Some(true) => tokens.good,
                Some(false) => tokens.warn,
                None => tokens.t1,
            };
            cell.put(&format::signed(difference, 4), Type::Number, ink);
        }
        _ => {
            if let Some((low, high)) = measured.interval() {
                cell.quiet_number(&format!("{} to {}", format::signed(low, 4), format::signed(high, 4)));
            }
        }
    }
}

/// A value; on other rows than those of the other version with its own margin, because the difference has none then.
fn value(cell: &mut Cell<'_>, value: Option<f64>, margin: Option<f64>, same_rows: bool, ink: Color32) {
    let said = match (value, margin.filter(|_| !same_rows)) {
        (Some(value), Some(margin)) => format::with_margin(value, margin, 3),
        (Some(value), None) => format::metric(value),
        (None, _) => return,
    };
    cell.put(&said, Type::Number, ink);
}

/// Smaller is better.
fn package(cell: &mut Cell<'_>, (older, newer): (u64, u64)) {
    let tokens = cell.tokens();
    match cell.column() {
        0 => cell.text("Package"),
        1 => cell.quiet_number(&format::bytes(older)),
        2 => cell.number(&format::bytes(newer)),
        3 => {
            let (sign, ink) = match newer.cmp(&older) {
                std::cmp::Ordering::Less => ("\u{2212}", tokens.good),
                std::cmp::Ordering::Equal => ("", tokens.t1),
                std::cmp::Ordering::Greater => ("+", tokens.warn),
            };
            let said = format!("{sign}{}", format::bytes(newer.abs_diff(older)));
            cell.put(&said, Type::Number, ink);
        }
        _ => {}
    }
}

/// The head of a plot in the comparison.
fn plot_rect(ui: &Ui, rect: Rect) -> Rect {
    Rect::from_min_max(pos2(rect.left() + 12.0, ui.cursor().top()), rect.max - vec2(PADDING, 8.0))
}

/// Words of the zone in secondary ink.
fn said(ui: &mut Ui, words: &str) {
    text::label(ui, words, Type::Body, tokens(ui).t3);
}
