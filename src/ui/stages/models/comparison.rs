//! Two versions side by side.

use eframe::egui::{Rect, Ui, pos2};

use crate::app::state::models::{Change, Comparison};
use crate::ui::measures::PADDING;
use crate::ui::table::{Cell, Column, Table};
use crate::ui::text::{self, Type};
use crate::ui::{Icon, View, format, states, tokens, zone};

/// Draws the zone.
pub(super) fn comparison(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let Some(comparison) = &view.state.models.comparison else {
        let how = "Check two versions in the table above.";
        states::empty(ui, rect, Icon::Swap, "Nothing is compared", how, |_| ());
        return;
    };
    let title = format!("Version {} compared with version {}", comparison.newer, comparison.older);
    let detail = match comparison.same_rows {
        Some(rows) => format!("same validation rows, {}", format::integer(rows)),
        None => "validation rows differ".into(),
    };
    zone::fill(ui, rect, |ui| zone::header(&title).detail(&detail).tall().line().plain(ui));
    let below = Rect::from_min_max(pos2(rect.left(), rect.top() + 40.0), rect.max);
    zone::scroll(ui, below, "comparison", |ui| {
        measures(ui, comparison);
        zone::line(ui);
        changes(ui, comparison);
        zone::line(ui);
        ui.add_space(8.0);
        zone::padded(ui, PADDING, |ui| fields(ui, comparison));
        ui.add_space(12.0);
    });
}

fn measures(ui: &mut Ui, comparison: &Comparison) {
    let columns = [
        Column::text("measure", 150.0).grow(),
        Column::number(format!("version {}", comparison.older), 100.0),
        Column::number(format!("version {}", comparison.newer), 100.0),
        Column::number("difference", 100.0),
    ];
    let rows = comparison.measures.len() as u64 + 1;
    Table::new("Measures").columns(&columns).rows(rows).facts().show_all(ui, |cell| {
        match comparison.measures.get(cell.row() as usize) {
            Some(measured) => match cell.column() {
                0 => cell.text(&measured.title),
                1 => value(cell, measured.older.map(format::metric), true),
                2 => value(cell, measured.newer.map(format::metric), false),
                _ => value(cell, measured.difference().map(|by| format::signed(by, 4)), false),
            },
            None => package(cell, comparison.bytes),
        }
    });
}

fn package(cell: &mut Cell<'_>, (older, newer): (u64, u64)) {
    match cell.column() {
        0 => cell.text("Package"),
        1 => cell.quiet_number(&format::bytes(older)),
        2 => cell.number(&format::bytes(newer)),
        _ => {
            let sign = if newer < older { "\u{2212}" } else { "+" };
            cell.number(&format!("{sign}{}", format::bytes(newer.abs_diff(older))));
        }
    }
}

/// A value, or nothing where it was not measured.
fn value(cell: &mut Cell<'_>, value: Option<String>, quiet: bool) {
    match value {
        Some(value) if quiet => cell.quiet_number(&value),
        Some(value) => cell.number(&value),
        None => {}
    }
}

fn changes(ui: &mut Ui, comparison: &Comparison) {
    let changes = &comparison.changes;
    let count = match changes.len() as u64 {
        0 => "the run files are the same".to_owned(),
        count => format::count(count, "setting differs", "settings differ"),
    };
    zone::header("Changed").detail(&count).plain(ui);
    if changes.is_empty() {
        return;
    }
    let columns = [
        Column::text("setting", 200.0).grow(),
        Column::text(format!("version {}", comparison.older), 170.0),
        Column::text(format!("version {}", comparison.newer), 170.0),
    ];
    let table = Table::new("Changed settings").columns(&columns).rows(changes.len() as u64).facts();
    table.show_all(ui, |cell| {
        if let Some(change) = changes.get(cell.row() as usize) {
            paint_change(cell, change);
        }
    });
}

fn paint_change(cell: &mut Cell<'_>, change: &Change) {
    match cell.column() {
        0 => cell.number(&change.setting),
        1 => cell.quiet_number(change.from.as_deref().unwrap_or("not set")),
        _ => cell.number(change.to.as_deref().unwrap_or("not set")),
    }
}

/// Whether records that the one takes are enough for the other.
fn fields(ui: &mut Ui, comparison: &Comparison) {
    let tokens = tokens(ui);
    let (older, newer) = &comparison.fields;
    if older.is_empty() && newer.is_empty() {
        let count = format::count(comparison.fields_in_both as u64, "field", "fields");
        text::label(ui, &format!("Both read the same {count}."), Type::Body, tokens.t3);
    }
    for (version, fields) in [(comparison.older, older), (comparison.newer, newer)] {
        if !fields.is_empty() {
            let said = format!("Only version {version} reads {}.", fields.join(", "));
            text::label(ui, &said, Type::Body, tokens.t2);
        }
    }
}
