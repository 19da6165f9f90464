//! The same rows before the first step and after the chosen one; a column that the step made is tinted.

use eframe::egui::{Rect, Ui};
use polars::frame::DataFrame;

use crate::app::Remote;
use crate::app::commands::PrepareCommand;
use crate::app::state::prepare::Preview;
use crate::ui::measures::PADDING;
use crate::ui::table::{Column, Table};
use crate::ui::{Icon, View, format, states, value, zone};

/// Draws the rows before the first step.
pub(super) fn before(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    zone::fill(ui, rect, |ui| match preview(ui, view, "Before step 1") {
        Some(preview) => {
            let rows = view.state.prepared_frame().map_or(0, |frame| frame.rows() as u64);
            let said = format!(
                "{}, {}",
                format::count(preview.before.width() as u64, "column", "columns"),
                format::count(rows, "row", "rows"),
            );
            zone::header("Before step 1").detail(&said).line().plain(ui);
            table(ui, view, "Before the steps", &preview.before, None);
        }
        None => states::skeleton(ui, 5),
    });
}

/// Draws the rows after the chosen step.
pub(super) fn after(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    zone::fill(ui, rect, |ui| {
        let Some(preview) = preview(ui, view, "After the steps") else {
            states::skeleton(ui, 5);
            return;
        };
        let title = format!("After step {}", preview.number);
        match &preview.after {
            Some(after) if preview.number > 0 => {
                let fitted = match preview.steps {
                    0 => String::new(),
                    _ => format!(", fitted on the first {}", format::integer(preview.fitted_on as u64)),
                };
                let said = format!(
                    "{}, first {} shown{fitted}",
                    format::count(after.width() as u64, "column", "columns"),
                    format::integer(after.height() as u64),
                );
                zone::header(&title).detail(&said).line().plain(ui);
                table(ui, view, "After the steps", after, made(view, preview, after));
            }
            Some(_) => {
                let rect = ui.available_rect_before_wrap();
                let how = "Add a step: here stands what it makes of the rows.";
                states::empty(ui, rect, Icon::Table, "No step yet", how, |_| ());
            }
            None if view.state.prepare.label.chosen => {
                zone::header(&title).line().plain(ui);
                let rect = ui.available_rect_before_wrap();
                let how = "Say in step 1 where the labels are, then join them: here stand the rows with their labels.";
                states::empty(ui, rect, Icon::Link, "No labels joined yet", how, |ui| {
                    view.button(ui, PrepareCommand::JoinLabels);
                });
            }
            None => {
                zone::header(&title).line().plain(ui);
                let rect = ui.available_rect_before_wrap();
                let how = "A step up to here is not right. The list says which, and what would be right.";
                states::empty(ui, rect, Icon::Alert, "Nothing to show yet", how, |_| ());
            }
        }
    });
}

/// The preview, where there is one; draws the problem where it failed.
fn preview<'v>(ui: &mut Ui, view: &View<'v>, title: &str) -> Option<&'v Preview> {
    match &view.state.prepare.preview {
        Remote::Failed { problem, previous: None } => {
            zone::header(title).line().plain(ui);
            zone::padded(ui, PADDING, |ui| {
                ui.add_space(8.0);
                states::error(ui, view, problem, |_| ());
            });
            None
        }
        value => value.get(),
    }
}

/// The first column that the chosen step made; of the label join, the labels.
fn made(view: &View<'_>, preview: &Preview, after: &DataFrame) -> Option<usize> {
    if preview.steps == 0 {
        let column = view.state.label_column()?;
        return after.columns().iter().position(|known| known.name() == column);
    }
    let outline = &view.state.prepare.outline;
    let before = &outline.steps.get(preview.steps.checked_sub(1)?)?.before;
    after.columns().iter().position(|column| before.get(column.name()).is_none())
}

fn table(ui: &mut Ui, view: &View<'_>, name: &str, data: &DataFrame, tinted: Option<usize>) {
    let columns: Vec<Column> = data
        .columns()
        .iter()
        .map(|column| {
            let title = column.name().as_str();
            let width = value::width(title, Some(column));
            if value::is_number(column.dtype()) {
                Column::number(title, width).field()
            } else {
                Column::text(title, width).field()
            }
        })
        .collect();
    Table::new(name).columns(&columns).rows(data.height() as u64).tinted(tinted).facts().show(ui, |cell| {
        if let Some(column) = data.columns().get(cell.column()) {
            value::paint(cell, column, cell.row() as usize, view.state.zone());
        }
    });
}
