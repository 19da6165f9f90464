//! Where a version comes from: slice, pipeline, run, package; the offsets; how to repeat it.

use eframe::egui::{Align2, Rect, Ui, pos2, vec2};

use crate::app::state::prepare::label_in_words;
use crate::data::SplitSpec;
use crate::kafka::PartitionRange;
use crate::registry::VersionInfo;
use crate::ui::format::{self, Precision};
use crate::ui::measures::PADDING;
use crate::ui::table::{Column, Table};
use crate::ui::text::{self, Type};
use crate::ui::widgets::KeyValue;
use crate::ui::{Icon, View, states, tokens, zone};

/// Height of the boxes.
const BOX: f32 = 66.0;
/// Between the boxes, with the arrow.
const GAP: f32 = 20.0;
/// Where the values begin.
const VALUES: f32 = 96.0;

/// Draws the tab.
pub(super) fn lineage(ui: &mut Ui, view: &View<'_>, rect: Rect, version: &VersionInfo) {
    zone::scroll(ui, rect, "lineage", |ui| {
        ui.add_space(12.0);
        zone::padded(ui, PADDING, |ui| boxes(ui, version));
        ui.add_space(12.0);
        zone::line(ui);
        offsets(ui, version);
        zone::line(ui);
        ui.add_space(8.0);
        zone::padded(ui, PADDING, |ui| facts(ui, view, version));
        ui.add_space(12.0);
    });
}

fn boxes(ui: &mut Ui, version: &VersionInfo) {
    let manifest = &version.manifest;
    let lineage = &manifest.lineage;
    let digest: String = lineage.slice.digest().chars().take(6).collect();
    let features = format::count(manifest.features.len() as u64, "feature", "features");
    let steps = format::count(lineage.run.prepare.steps.len() as u64, "step", "steps");
    let boxes = [
        ("slice", digest, format::integer(lineage.slice.offsets())),
        ("pipeline", steps, features),
        ("run", manifest.learner.title().to_owned(), format!("seed {}", lineage.run.seed)),
        ("package", format!("version {}", version.version), format::bytes(version.bytes)),
    ];
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), BOX), eframe::egui::Sense::hover());
    let width = ((row.width() - 3.0 * GAP) / 4.0).max(40.0);
    let tokens = tokens(ui);
    for (index, (label, name, detail)) in boxes.iter().enumerate() {
        let left = row.left() + index as f32 * (width + GAP);
        if index > 0 {
            Icon::ChevronRight.paint(ui.painter(), pos2(left - GAP / 2.0, row.center().y), 12.0, tokens.t3);
        }
        let place = Rect::from_min_size(pos2(left, row.top()), vec2(width, BOX));
        states::boxed(ui, place, |ui| {
            let inner = ui.max_rect();
            let line = |number: f32| {
                let top = inner.top() + number * inner.height() / 3.0;
                Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), inner.height() / 3.0))
            };
            text::put(ui, line(0.0), Align2::LEFT_CENTER, label, Type::Label, tokens.t3);
            text::put(ui, line(1.0), Align2::LEFT_CENTER, name, Type::Name, tokens.t1);
            text::put(ui, line(2.0), Align2::LEFT_CENTER, detail, Type::NumberSmall, tokens.t3);
        });
    }
}

/// The offsets of the slice, and below them those of its labels.
fn offsets(ui: &mut Ui, version: &VersionInfo) {
    let lineage = &version.manifest.lineage;
    let topics = [Some(&lineage.slice), lineage.label_slice.as_ref()].into_iter().flatten();
    let rows: Vec<(&str, &PartitionRange)> = topics
        .flat_map(|slice| &slice.topics)
        .flat_map(|topic| topic.partitions.iter().map(|range| (topic.topic.as_str(), range)))
        .collect();
    let columns = [
        Column::text("slice", 130.0).grow(),
        Column::text("partition", 48.0).bare(),
        Column::number("from offset", 100.0),
        Column::number("to offset", 100.0),
        Column::number("offsets", 100.0),
    ];
    let table = Table::new("Offsets").columns(&columns).rows(rows.len() as u64).facts();
    table.show_all(ui, |cell| {
        let row = cell.row() as usize;
        let Some((topic, range)) = rows.get(row) else { return };
        let repeated =
            row.checked_sub(1).and_then(|above| rows.get(above)).is_some_and(|above| above.0 == *topic);
        match cell.column() {
            0 if repeated => {}
            0 => cell.number(topic),
            1 => cell.quiet_number(&range.partition.to_string()),
            2 => cell.number(&format::integer(range.start.0)),
            3 => cell.number(&format::integer(range.end.0)),
            _ => cell.quiet_number(&format::integer(range.offsets())),
        }
    });
}

fn facts(ui: &mut Ui, view: &View<'_>, version: &VersionInfo) {
    let manifest = &version.manifest;
    let lineage = &manifest.lineage;
    let [train, valid, test, gaps, unlabelled] = lineage.rows.map(format::integer);
    let learner = format!("{}, {}", manifest.learner.title(), manifest.learner.settings_in_words());
    let made = format::time(manifest.made_at, view.state.zone(), Precision::Minute);
    let rows = [
        ("Cluster", lineage.slice.cluster_id.clone()),
        ("Target", manifest.task.target.to_string()),
        ("Learner", learner),
        ("Split", split(&lineage.run.split)),
        ("Rows", format!("train {train}, validation {valid}, test {test}")),
        ("Left out", format!("{gaps} in gaps, {unlabelled} without a target")),
        ("Seed", lineage.run.seed.to_string()),
        ("Made by", format!("{}, {made}", manifest.made_by)),
        ("Digest", format!("sha256 {}", manifest.digest)),
    ];
    for (key, value) in &rows {
        KeyValue::new(key, value).at(VALUES).show(ui);
        if let (&"Target", Some(spec)) = (key, &lineage.run.label) {
            KeyValue::new("Labels", &label_in_words(spec)).at(VALUES).show(ui);
            if let Some(counts) = &lineage.label_counts {
                let (matched, events) = (format::integer(counts.matched), format::integer(counts.events));
                KeyValue::new("Labelled", &format!("{matched} of {events} events")).at(VALUES).show(ui);
            }
        }
    }
}

/// `70.0 % train, 15.0 % validation, 15.0 % test, by time, gap 1h`.
fn split(split: &SplitSpec) -> String {
    let [train, valid, test] = [split.train, split.valid, split.test].map(format::share);
    format!("{train} train, {valid} validation, {test} test, by time, gap {}", split.gap)
}
