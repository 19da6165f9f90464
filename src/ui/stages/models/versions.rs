//! The versions of the shown model.

use eframe::egui::{Align, Layout, Rect, Ui, UiBuilder};

use crate::app::commands::ModelsCommand;
use crate::learn::Measure;
use crate::registry::{ModelInfo, VersionInfo};
use crate::ui::format::{self, Precision};
use crate::ui::stages::alias_tone;
use crate::ui::table::{Cell, Column, Sort, Table};
use crate::ui::widgets::CheckBox;
use crate::ui::{View, states, zone};

/// Draws the zone.
pub(super) fn versions(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let models = &view.state.models;
    zone::fill(ui, rect, |ui| {
        let detail = match &models.comparison {
            Some(comparison) => format!("compared: {} with {}", comparison.newer, comparison.older),
            None => "check two to compare them".into(),
        };
        zone::header("Versions").detail(&detail).tall().line().show(ui, |ui| {
            if models.chosen().is_some() {
                view.button_as(ui, ModelsCommand::AskDelete, |button| button.ghost().small());
            }
        });
        match models.shown() {
            Some(model) => table(ui, view, model),
            None => states::skeleton(ui, 3),
        }
    });
}

fn table(ui: &mut Ui, view: &View<'_>, model: &ModelInfo) {
    let models = &view.state.models;
    let Some(newest) = model.versions.first().map(|version| &version.manifest) else { return };
    let [first, second, _] = Measure::leading(newest.task.kind, newest.classes.len());
    let columns = [
        Column::text("compared", 38.0).bare().tooltip("Compared"),
        Column::number("version", 84.0),
        Column::text("alias", 150.0).grow(),
        Column::text("learner", 140.0),
        Column::text("settings", 220.0),
        Column::number(first.short, 104.0).tooltip("On the validation part"),
        Column::number(second.short, 84.0).tooltip("On the validation part"),
        Column::number("size", 76.0),
        Column::number("published", 146.0),
    ];
    let chosen = model.versions.iter().position(|version| Some(version.version) == models.version);
    let response = Table::new("Versions")
        .columns(&columns)
        .rows(model.versions.len() as u64)
        .selected(chosen.map(|row| row as u64))
        .fixed(2)
        .sorted(1, Sort::Down)
        .show(ui, |cell| {
            if let Some(version) = model.versions.get(cell.row() as usize) {
                paint(cell, view, version, [first.metric, second.metric]);
            }
        });
    if let Some(version) = response.chosen.and_then(|row| model.versions.get(row as usize)) {
        view.send(ModelsCommand::Choose(version.version));
    }
}

fn paint(cell: &mut Cell<'_>, view: &View<'_>, version: &VersionInfo, measures: [&str; 2]) {
    let [first, second] = measures;
    match cell.column() {
        0 => check_box(cell, view, version),
        1 => cell.number(&version.version.to_string()),
        2 => {
            let tokens = cell.tokens();
            for alias in &version.aliases {
                cell.chip(alias, alias_tone(alias, tokens));
            }
        }
        3 => cell.text(version.manifest.learner.title()),
        4 => cell.quiet(&version.manifest.learner.settings_in_words()),
        5 => measure(cell, version, first),
        6 => measure(cell, version, second),
        7 => cell.number(&format::bytes(version.bytes)),
        _ => cell.number(&format::time(version.published, view.state.zone(), Precision::Minute)),
    }
}

fn check_box(cell: &mut Cell<'_>, view: &View<'_>, version: &VersionInfo) {
    let number = version.version;
    let checked = view.state.models.checked.contains(&number);
    let (rect, clip) = (cell.rect(), cell.painter().clip_rect());
    let name = format!("Compare version {number}");
    let layout = Layout::left_to_right(Align::Center);
    let mut child =
        cell.ui().new_child(UiBuilder::new().max_rect(rect).layout(layout).id_salt(("compare", number)));
    child.set_clip_rect(clip);
    if let Some(on) = CheckBox::new(&name, checked).bare().show(&mut child) {
        view.send(ModelsCommand::Compare(number, on));
    }
}

fn measure(cell: &mut Cell<'_>, version: &VersionInfo, name: &str) {
    if let Some(value) = version.manifest.metrics.get("valid").and_then(|part| part.get(name)) {
        cell.number(&format::metric(*value));
    }
}
