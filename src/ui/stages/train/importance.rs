//! What each feature is worth: how much the loss on validation grows when its values are shuffled.

use eframe::egui::{Rect, Ui};

use crate::learn::{Run, TaskKind};
use crate::ui::table::{Column, Table};
use crate::ui::{Icon, View, format, states, zone};

/// Draws the tab.
pub(super) fn show(ui: &mut Ui, _view: &View<'_>, rect: Rect, run: &Run) {
    let importance = &run.valid.importance;
    if importance.is_empty() {
        let how = "Importance is measured on the validation part, and this split has none.";
        return states::empty(ui, rect, Icon::List, "No importance", how, |_| ());
    }
    let loss = match run.file.task.kind {
        TaskKind::Classification => "log loss",
        TaskKind::Regression => "RMSE",
    };
    let most = importance.iter().map(|feature| feature.loss_growth).fold(f64::MIN_POSITIVE, f64::max);
    zone::fill(ui, rect, |ui| {
        let detail = format!("growth of the {loss} on validation when a feature's values are shuffled");
        zone::header("Permutation importance").detail(&detail).plain(ui);
        let columns = [
            Column::text("feature", 280.0).grow(),
            Column::number("growth", 340.0),
            Column::number("± over shuffles", 140.0),
        ];
        Table::new("Importance").columns(&columns).rows(importance.len() as u64).facts().show(ui, |cell| {
            let Some(feature) = importance.get(cell.row() as usize) else { return };
            match cell.column() {
                0 => cell.number(&feature.feature),
                1 => {
                    let color = cell.tokens().series(0);
                    cell.bar(feature.loss_growth / most, 220.0, color);
                    cell.number(&format::signed(feature.loss_growth, 4));
                }
                _ => cell.quiet_number(&format::metric(feature.deviation)),
            }
        });
    });
}
