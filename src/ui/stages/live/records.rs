//! The last records scored and the newest rejections, newest first.

use eframe::egui::{Align2, Rect, Ui, pos2, vec2};

use crate::app::commands::{LiveCommand, WindowCommand};
use crate::app::state::live::Records;
use crate::live::{LiveSnapshot, ScoredRecord};
use crate::ui::table::{Cell, Column, Table};
use crate::ui::text::{self, Type};
use crate::ui::widgets::{CheckBox, Segmented};
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
        let judged = snapshot.labels.is_some() && !snapshot.classes.is_empty();
        zone::header(title).detail("newest first").tall().show(ui, |ui| {
            let options = ["Scored", "Rejected"];
            let chosen = usize::from(tab == Records::Rejected);
            if let Some(index) = Segmented::new("Records", &options, chosen).small().show(ui) {
                let tab = if index == 0 { Records::Scored } else { Records::Rejected };
                view.send(LiveCommand::Show(tab));
            }
            if judged && tab == Records::Scored {
                wrong_only(ui, view);
            }
        });
        match tab {
            Records::Scored if snapshot.scored.is_empty() => none(ui, "No record is scored yet"),
            Records::Rejected if snapshot.rejections.is_empty() => none(ui, "No record was rejected"),
            Records::Scored => scored(ui, view, snapshot, judged && view.state.live.wrong_only),
            Records::Rejected => rejected(ui, view, snapshot),
        }
    });
}

/// Only wrong predictions, or all.
fn wrong_only(ui: &mut Ui, view: &View<'_>) {
    let only = view.state.live.wrong_only;
    if let Some(only) = CheckBox::new("Wrong only", only).show(ui) {
        view.send(LiveCommand::WrongOnly(only));
    }
}

fn none(ui: &mut Ui, said: &str) {
    let rect = ui.available_rect_before_wrap();
    let color = tokens(ui).t3;
    text::put(ui, rect, Align2::CENTER_CENTER, said, Type::Body, color);
}

fn scored(ui: &mut Ui, view: &View<'_>, snapshot: &LiveSnapshot, wrong_only: bool) {
    let is_wrong =
        |record: &ScoredRecord| record.actual.as_ref().is_some_and(|actual| actual.wrong == Some(true));
    let shown: Vec<&ScoredRecord> =
        snapshot.scored.iter().map(AsRef::as_ref).filter(|record| !wrong_only || is_wrong(record)).collect();
    let Some(newest) = shown.first() else {
        let most = format::integer(LiveSnapshot::KEPT_RECORDS as u64);
        return none(ui, &format!("None of the last {most} predictions is known to be wrong"));
    };
    let fields: Vec<&str> = newest.fields.iter().map(|(name, _)| name.as_str()).collect();
    let columns = columns(snapshot, &fields);
    let response =
        Table::new("Just scored").columns(&columns).rows(shown.len() as u64).fixed(FIXED).show(ui, |cell| {
            if let Some(record) = shown.get(cell.row() as usize) {
                paint(cell, view, snapshot, record, &fields);
            }
        });
    if let Some((record, json)) =
        response.copied.and_then(|(row, json)| Some((shown.get(row as usize)?, json)))
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
    if snapshot.labels.is_some() {
        columns.push(Column::text("actual", 92.0));
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
    let judged = usize::from(snapshot.labels.is_some());
    let before = FIXED + 1 + measured + judged;
    match cell.column() {
        0 => cell.quiet_number(&record.partition.0.to_string()),
        1 => cell.quiet_number(&format::integer(record.offset.0)),
        2 => match record.timestamp {
            Some(at) => cell.number(&format::time(at, view.state.zone(), format::Precision::Second)),
            None => cell.null(),
        },
        FIXED => cell.text(&record.prediction),
        column if judged > 0 && column + 1 == before => actual(cell, snapshot, record),
        column if column < before => likelihood(cell, probability(snapshot, record)),
        column => match fields.get(column - before) {
            Some(name) => field(cell, record, name),
            None if column == before + fields.len() => cell.quiet_number(&record.version.to_string()),
            None => cell.quiet_number(&format::duration_ms(record.latency_us as f64 / 1e3)),
        },
    }
}

/// How it came out; a prediction that was wrong is told by colour and by the class beside it.
fn actual(cell: &mut Cell<'_>, snapshot: &LiveSnapshot, record: &ScoredRecord) {
    match &record.actual {
        Some(actual) if actual.wrong == Some(true) => cell.rejected(&actual.text),
        Some(actual) => cell.text(&actual.text),
        None => cell.quiet(if is_waiting(snapshot, record) { "waiting" } else { "no label" }),
    }
}

/// Whether the label of a record may still come, by how far the label topic has been read.
fn is_waiting(snapshot: &LiveSnapshot, record: &ScoredRecord) -> bool {
    let Some(labels) = &snapshot.labels else { return false };
    let (Some(at), Ok(within)) = (record.timestamp, labels.spec.within_ms()) else { return false };
    labels.time.is_none_or(|time| at.saturating_add(within) >= time)
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
    let actual = record.actual.as_ref().map(|actual| actual.text.clone());
    let cells: Vec<String> =
        place.into_iter().chain(fields).chain([record.prediction.clone()]).chain(actual).collect();
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
