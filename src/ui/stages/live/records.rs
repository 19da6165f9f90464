//! The last records scored and the newest rejections, newest first.

use eframe::egui::{Align2, Rect, Ui, pos2, vec2};

use crate::app::commands::{LiveCommand, WindowCommand};
use crate::app::state::live::Records;
use crate::live::{LiveSnapshot, ScoredRecord};
use crate::ui::table::{Cell, Column, Table};
use crate::ui::text::{self, Type};
use crate::ui::widgets::Segmented;
use crate::ui::{View, format, tokens, zone};

/// Columns before the fields: partition, offset, timestamp.
const FIXED: usize = 3;
/// Width of a probability's bar.
const BAR: f32 = 92.0;

/// Draws the zone.
pub(super) fn records(ui: &mut Ui, view: &View<'_>, rect: Rect, snapshot: &LiveSnapshot) {
    let tab = view.state.live.records;
    zone::fill(ui, rect, |ui| {
        let title = if tab == Records::Scored { "Just scored" } else { "Just rejected" };
        zone::header(title).detail("newest first").tall().show(ui, |ui| {
            let options = ["Scored", "Rejected"];
            let chosen = usize::from(tab == Records::Rejected);
            if let Some(index) = Segmented::new("Records", &options, chosen).small().show(ui) {
                let tab = if index == 0 { Records::Scored } else { Records::Rejected };
                view.send(LiveCommand::Show(tab));
            }
        });
        match tab {
            Records::Scored if snapshot.scored.is_empty() => none(ui, "No record is scored yet"),
            Records::Rejected if snapshot.rejections.is_empty() => none(ui, "No record was rejected"),
            Records::Scored => scored(ui, view, snapshot),
            Records::Rejected => rejected(ui, view, snapshot),
        }
    });
}

fn none(ui: &mut Ui, said: &str) {
    let rect = ui.available_rect_before_wrap();
    let color = tokens(ui).t3;
    text::put(ui, rect, Align2::CENTER_CENTER, said, Type::Body, color);
}

fn scored(ui: &mut Ui, view: &View<'_>, snapshot: &LiveSnapshot) {
    let Some(newest) = snapshot.scored.first() else { return };
    let fields: Vec<&str> = newest.fields.iter().map(|(name, _)| name.as_str()).collect();
    let columns = columns(snapshot, &fields);
    let response = Table::new("Just scored")
        .columns(&columns)
        .rows(snapshot.scored.len() as u64)
        .fixed(FIXED)
        .show(ui, |cell| {
            if let Some(record) = snapshot.scored.get(cell.row() as usize) {
                paint(cell, view, snapshot, record, &fields);
            }
        });
    if let Some((record, json)) =
        response.copied.and_then(|(row, json)| Some((snapshot.scored.get(row as usize)?, json)))
    {
        view.send(WindowCommand::Copy(copy_of(record, json), "the record"));
    }
}

fn columns(snapshot: &LiveSnapshot, fields: &[&str]) -> Vec<Column> {
    let mut columns =
        vec![Column::number("p", 42.0), Column::number("offset", 92.0), Column::text("timestamp", 162.0)];
    // What was predicted stands before the fields: of a wide record it would else be out of sight.
    columns.push(Column::text("prediction", 110.0));
    if !snapshot.classes.is_empty() {
        columns.push(Column::text(measure(snapshot), 76.0 + BAR));
    }
    columns.extend(fields.iter().map(|name| {
        let width = (name.len() as f32 * 7.4 + 24.0).clamp(64.0, 180.0);
        Column::text(*name, width).field()
    }));
    columns.push(Column::text("version", 64.0));
    columns.push(Column::number("latency", 84.0));
    columns
}

/// Of two classes the probability of the second, else that of the predicted one.
fn measure(snapshot: &LiveSnapshot) -> String {
    match snapshot.classes.as_slice() {
        [_, second] => format!("p({second})"),
        _ => "probability".into(),
    }
}

fn probability(snapshot: &LiveSnapshot, record: &ScoredRecord) -> f64 {
    match snapshot.classes.as_slice() {
        [_, _] => record.probabilities.get(1).copied().unwrap_or(f64::NAN),
        _ => record.probabilities.iter().copied().fold(f64::NAN, f64::max),
    }
}

fn paint(
    cell: &mut Cell<'_>,
    view: &View<'_>,
    snapshot: &LiveSnapshot,
    record: &ScoredRecord,
    fields: &[&str],
) {
    let measured = usize::from(!snapshot.classes.is_empty());
    let before = FIXED + 1 + measured;
    match cell.column() {
        0 => cell.quiet_number(&record.partition.0.to_string()),
        1 => cell.quiet_number(&format::integer(record.offset.0)),
        2 => match record.timestamp {
            Some(at) => cell.number(&format::time(at, view.state.zone(), format::Precision::Second)),
            None => cell.null(),
        },
        FIXED => cell.text(&record.prediction),
        column if column < before => likelihood(cell, probability(snapshot, record)),
        column => match fields.get(column - before) {
            Some(name) => field(cell, record, name),
            None if column == before + fields.len() => cell.quiet_number(&record.version.to_string()),
            None => cell.quiet_number(&format::duration_ms(record.latency_us as f64 / 1e3)),
        },
    }
}

/// A field of the record; another version may use other fields than the newest record's.
fn field(cell: &mut Cell<'_>, record: &ScoredRecord, name: &str) {
    match record.fields.iter().find(|(field, _)| field == name) {
        Some((_, value)) if value != "null" => cell.number(value),
        _ => cell.null(),
    }
}

/// A probability with its bar; the mark stands at one half.
fn likelihood(cell: &mut Cell<'_>, probability: f64) {
    let tokens = cell.tokens();
    let inner = cell.rect();
    let color = if probability >= 0.5 { tokens.series(0) } else { tokens.t4 };
    cell.bar(probability, BAR, color);
    let x = inner.right() - BAR.min(inner.width()) / 2.0;
    let half = Rect::from_center_size(pos2(x, inner.center().y), vec2(1.0, 10.0));
    cell.painter().rect_filled(half, 0.0, tokens.t2);
    cell.number(&format::decimal(probability, 3));
}

/// A record as text parted by tabs, or as a JSON object.
fn copy_of(record: &ScoredRecord, json: bool) -> String {
    if json {
        return serde_json::to_string(record).unwrap_or_default();
    }
    let place = [record.partition.0.to_string(), record.offset.0.to_string()];
    let fields = record.fields.iter().map(|(_, value)| value.clone());
    let cells: Vec<String> = place.into_iter().chain(fields).chain([record.prediction.clone()]).collect();
    cells.join("\t")
}

fn rejected(ui: &mut Ui, view: &View<'_>, snapshot: &LiveSnapshot) {
    let columns = [
        Column::number("p", 42.0),
        Column::number("offset", 92.0),
        Column::text("step", 84.0),
        Column::text("reason", 240.0).grow(),
    ];
    let rejections = &snapshot.rejections;
    let response =
        Table::new("Just rejected").columns(&columns).rows(rejections.len() as u64).show(ui, |cell| {
            let Some(rejection) = rejections.get(cell.row() as usize) else { return };
            match cell.column() {
                0 => cell.quiet_number(&rejection.partition.0.to_string()),
                1 => cell.quiet_number(&format::integer(rejection.offset.0)),
                2 => cell.text(&rejection.step),
                _ => cell.rejected(&rejection.reason),
            }
        });
    if let Some(rejection) = response.copied.and_then(|(row, _)| rejections.get(row as usize)) {
        let said = format!(
            "{}\t{}\t{}\t{}\t{}",
            rejection.topic, rejection.partition.0, rejection.offset.0, rejection.step, rejection.reason
        );
        view.send(WindowCommand::Copy(said, "the rejection"));
    }
}
