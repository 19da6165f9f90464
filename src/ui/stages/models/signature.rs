//! What a version takes and gives: fields of records, features, classes.

use eframe::egui::{Rect, Ui};

use crate::registry::VersionInfo;
use crate::ui::measures::PADDING;
use crate::ui::table::{Column, Table};
use crate::ui::widgets::KeyValue;
use crate::ui::{View, format, zone};

/// Draws the tab.
pub(super) fn signature(ui: &mut Ui, _view: &View<'_>, rect: Rect, version: &VersionInfo) {
    let manifest = &version.manifest;
    zone::scroll(ui, rect, "signature", |ui| {
        ui.add_space(8.0);
        zone::padded(ui, PADDING, |ui| {
            KeyValue::new("Records", &format!("{}, one value each", manifest.codec)).at(96.0).show(ui);
            KeyValue::new("Predicts", &manifest.task.target.to_string()).at(96.0).show(ui);
            let classes = manifest.classes.join(", ");
            if !classes.is_empty() {
                KeyValue::new("Classes", &classes).at(96.0).show(ui);
            }
        });
        ui.add_space(8.0);
        zone::line(ui);
        fields(ui, version);
        zone::line(ui);
        features(ui, version);
    });
}

fn fields(ui: &mut Ui, version: &VersionInfo) {
    let fields = &version.manifest.input.fields;
    let count = format::count(fields.len() as u64, "field", "fields");
    zone::header("Input").detail(&count).plain(ui);
    let columns =
        [Column::text("field", 200.0).grow(), Column::text("type", 70.0), Column::text("missing", 130.0)];
    let table = Table::new("Input fields").columns(&columns).rows(fields.len() as u64).facts();
    table.show_all(ui, |cell| {
        let Some(field) = fields.get(cell.row() as usize) else { return };
        match cell.column() {
            0 => cell.number(&field.name),
            1 => cell.quiet_number(field.kind.short()),
            _ if field.nullable => cell.quiet("may be missing"),
            _ => cell.text("refused"),
        }
    });
}

fn features(ui: &mut Ui, version: &VersionInfo) {
    let features = &version.manifest.features;
    let count = format::count(features.len() as u64, "feature", "features");
    zone::header("Features").detail(&count).plain(ui);
    let columns = [Column::number("place", 56.0).bare(), Column::text("feature", 240.0).grow()];
    let table = Table::new("Features").columns(&columns).rows(features.len() as u64).facts();
    table.show_all(ui, |cell| {
        let Some(feature) = features.get(cell.row() as usize) else { return };
        match cell.column() {
            0 => cell.quiet_number(&(cell.row() + 1).to_string()),
            _ => cell.number(feature),
        }
    });
}
