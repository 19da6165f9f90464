//! The records of the range in a table, a column per field, with the filter above.

use eframe::egui::{PopupCloseBehavior, Rect, Ui};

use crate::app::Remote;
use crate::app::commands::{BrowseCommand, WindowCommand};
use crate::app::state::browse::BrowseState;
use crate::codec::Kind;
use crate::data::{Page, PageContent, PageEntry};
use crate::ui::format::{self, Precision};
use crate::ui::measures::PADDING;
use crate::ui::table::{Arrangement, Cell, Column, RECORDS, Sort, Table};
use crate::ui::widgets::{Button, MenuItem, TextField, menu, menu_under};
use crate::ui::{Icon, View, states, value, zone};

/// Columns before those of the payload: partition, offset, timestamp.
const FIXED: usize = 3;

/// Draws the zone.
pub(super) fn records(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let browse = &view.state.browse;
    zone::fill(ui, rect, |ui| {
        head(ui, view);
        match &browse.page {
            Remote::NotRequested | Remote::Pending(None) => states::skeleton(ui, 8),
            // Records of another range would be taken for those of this one.
            Remote::Failed { problem, .. } => zone::padded(ui, PADDING, |ui| {
                ui.add_space(12.0);
                states::error(ui, view, problem, |ui| {
                    view.button_as(ui, BrowseCommand::WholeTopic, |button| button.small());
                });
            }),
            value => {
                if let Some(page) = value.get() {
                    table(ui, view, page);
                }
            }
        }
    });
}

fn head(ui: &mut Ui, view: &View<'_>) {
    let browse = &view.state.browse;
    let said = how_many(browse);
    zone::header("Records").detail(&said).tall().line().show(ui, |ui| {
        view.button_as(ui, BrowseCommand::Export, |button| button.small());
        columns_menu(ui, view);
        let width = (ui.available_width() - 220.0).clamp(120.0, 420.0);
        let hint = browse.page.get().map(filter_hint).unwrap_or_default();
        let field = TextField::new("Filter", &browse.filter.text)
            .icon(Icon::Filter)
            .hint(&hint)
            .error(browse.filter.problem.as_deref())
            .mono()
            .width(width)
            .show(ui);
        if let Some(text) = field.committed {
            view.send(BrowseCommand::TypeFilter(text));
        }
    });
}

/// A filter that would hold for the first record: `temp > 39.0 and origin == "JFK"`.
fn filter_hint(page: &Page) -> String {
    let example = |kinds: &[Kind], sign: &str| {
        page.schema.fields.iter().filter(|field| kinds.contains(&field.kind)).find_map(|field| {
            let value = page.data.column(&field.name).ok()?.get(0).ok().filter(|value| !value.is_null())?;
            let value = value::exact(&value);
            let quote = if field.kind == Kind::Text { "\"" } else { "" };
            let plain = value.len() <= 12 && !value.contains('"') && !field.name.contains([' ', '.', '`']);
            plain.then(|| format!("{} {sign} {quote}{value}{quote}", field.name))
        })
    };
    let number = example(&[Kind::Float], ">").or_else(|| example(&[Kind::Int, Kind::UInt], ">"));
    let text = example(&[Kind::Text], "==");
    number.into_iter().chain(text).collect::<Vec<_>>().join(" and ")
}

/// `first 2,000 of 254,369`.
fn how_many(browse: &BrowseState) -> String {
    let Some(page) = browse.page.get().filter(|_| browse.page.problem().is_none()) else {
        return String::new();
    };
    let shown = format::integer(browse.shown_entries() as u64);
    if browse.filter.kept.is_some() {
        let all = format::integer(page.entries.len() as u64);
        return format!("{shown} of the {all} shown match");
    }
    match (browse.range.chosen.is_some(), browse.plan.get()) {
        (true, Some(_)) if page.whole => format!("all {shown}"),
        (true, Some(plan)) => format!("first {shown} of {}", format::integer(plan.offsets)),
        (true, None) => format!("first {shown}"),
        (false, _) => format!("newest {shown}"),
    }
}

fn columns_menu(ui: &mut Ui, view: &View<'_>) {
    let browse = &view.state.browse;
    let Some(page) = browse.page.get() else { return };
    let names: Vec<&str> = page.schema.fields.iter().map(|field| field.name.as_str()).collect();
    let topic = browse.topic.as_deref().unwrap_or_default();
    let mut arrangement = Arrangement::of(ui.ctx(), RECORDS, topic);
    let seen = names.iter().filter(|name| !arrangement.is_hidden(name)).count();
    let said = format!("{seen} of {} columns", names.len());
    let button = Button::new(&said).small().icon(Icon::Columns).show(ui);
    menu_under(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        let items =
            names.iter().map(|name| MenuItem::new(*name).mono(true).checked(!arrangement.is_hidden(name)));
        if let Some(name) = menu(ui, 240.0, items).and_then(|index| names.get(index)) {
            arrangement.toggle(name);
            arrangement.keep(ui.ctx(), RECORDS, topic);
        }
    });
}

fn table(ui: &mut Ui, view: &View<'_>, page: &Page) {
    let browse = &view.state.browse;
    if browse.shown_entries() == 0 {
        nothing(ui, view);
        return;
    }
    let fields: Vec<&str> = page.schema.fields.iter().map(|field| field.name.as_str()).collect();
    let values: Vec<_> = fields.iter().map(|name| page.data.column(name).ok()).collect();
    let mut columns = vec![
        Column::number("p", 42.0),
        Column::number("offset", 92.0),
        Column::text("timestamp", 168.0).tooltip("Records stand in the order of their timestamps"),
    ];
    for (name, column) in fields.iter().zip(&values) {
        let number = column.is_some_and(|column| value::is_number(column.dtype()));
        let width = value::width(name, *column);
        columns.push(if number { Column::number(*name, width) } else { Column::text(*name, width) });
    }
    let order = if browse.range.chosen.is_some() { Sort::Up } else { Sort::Down };
    let response = Table::new(RECORDS)
        .of(browse.topic.as_deref().unwrap_or_default())
        .columns(&columns)
        .rows(browse.shown_entries() as u64)
        .selected(browse.selected_row().map(|row| row as u64))
        .fixed(FIXED)
        .sorted(2, order)
        .show(ui, |cell| {
            let entry = browse.entry_at(cell.row() as usize).and_then(|index| page.entries.get(index));
            if let Some(entry) = entry {
                paint(cell, view, entry, &values);
            }
        });
    let entry_of = |row: u64| browse.entry_at(row as usize).and_then(|index| page.entries.get(index));
    if let Some(entry) = response.chosen.and_then(entry_of) {
        view.send(BrowseCommand::Select(entry.partition, entry.offset));
    }
    if let Some(entry) = response.opened.and_then(entry_of) {
        view.send(BrowseCommand::Select(entry.partition, entry.offset));
        view.send(BrowseCommand::OpenRecord(true));
    }
    if let Some((entry, json)) = response.copied.and_then(|(row, json)| Some((entry_of(row)?, json))) {
        view.send(WindowCommand::Copy(copied(page, entry, json), "the record"));
    }
}

fn paint(
    cell: &mut Cell<'_>,
    view: &View<'_>,
    entry: &PageEntry,
    values: &[Option<&polars::prelude::Column>],
) {
    let zone = view.state.zone();
    match (cell.column(), &entry.content) {
        (0, _) => cell.quiet_number(&entry.partition.0.to_string()),
        (1, _) => cell.quiet_number(&format::integer(entry.offset.0)),
        (2, _) => match entry.timestamp {
            Some(time) => cell.number(&format::time(time.0, zone, Precision::Second)),
            None => cell.null(),
        },
        (column, PageContent::Row(row)) => match values.get(column - FIXED) {
            Some(Some(values)) => value::paint(cell, values, *row, zone),
            _ => cell.null(),
        },
        (FIXED, PageContent::Tombstone) => cell.quiet("no value"),
        (FIXED, PageContent::Rejected(reason)) => cell.rejected(reason),
        _ => {}
    }
}

/// A row as text parted by tabs, or as a JSON object.
fn copied(page: &Page, entry: &PageEntry, json: bool) -> String {
    let PageContent::Row(row) = entry.content else { return format!("{} {}", entry.partition, entry.offset) };
    let fields = page.schema.fields.iter().filter_map(|field| {
        let value = page.data.column(&field.name).ok()?.get(row).ok()?;
        Some((field.name.clone(), value::exact(&value), value.dtype().is_primitive_numeric()))
    });
    if !json {
        return fields.map(|(_, text, _)| text).collect::<Vec<_>>().join("\t");
    }
    let number = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    let object = fields.map(|(name, text, numeric)| {
        let value = numeric.then(|| number(&text)).flatten();
        (name, value.unwrap_or_else(|| if text == "null" { serde_json::Value::Null } else { text.into() }))
    });
    serde_json::Value::Object(object.collect()).to_string()
}

fn nothing(ui: &mut Ui, view: &View<'_>) {
    let rect = ui.available_rect_before_wrap();
    let browse = &view.state.browse;
    if browse.filter.kept.is_some() {
        let how = "None of the records shown matches. Reading applies the filter to the whole range.";
        states::empty(ui, rect, Icon::Filter, "No match", how, |ui| {
            if Button::new("Clear the filter").show(ui).clicked() {
                view.send(BrowseCommand::TypeFilter(String::new()));
            }
        });
    } else {
        let (what, how) = match browse.range.chosen {
            Some(_) => ("No record in this range", "Move the range, or choose the whole topic."),
            None => ("This topic is empty", "Records appear here as soon as somebody writes them."),
        };
        states::empty(ui, rect, Icon::Topic, what, how, |ui| {
            view.button(ui, BrowseCommand::WholeTopic);
        });
    }
}
