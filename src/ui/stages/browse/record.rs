//! One record in full: position, time, key; then its value as a tree, as text or as bytes, and its headers.

use eframe::egui::{Align2, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use crate::app::Remote;
use crate::app::commands::{BrowseCommand, WindowCommand};
use crate::app::state::browse::{RecordTab, RecordView, TreeLine};
use crate::ui::format::{self, Precision};
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{IconButton, KeyValue, Tabs};
use crate::ui::{Icon, View, states, tokens, value, zone};

/// Height of a line of the tree, the text and the bytes.
const LINE: f32 = 20.0;
/// Where values begin.
const AT: f32 = 96.0;

/// Draws the zone.
pub(super) fn record(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    match &view.state.browse.record {
        Remote::NotRequested | Remote::Pending(None) => {
            let how = "Choose a row of the table. Arrows move, Enter opens the record.";
            states::empty(ui, rect, Icon::TextSearch, "No record chosen", how, |_| ());
        }
        Remote::Failed { problem, .. } => zone::fill(ui, rect.shrink(PADDING), |ui| {
            states::error(ui, view, problem, |_| ());
        }),
        value => {
            if let Some(record) = value.get() {
                zone::fill(ui, rect, |ui| whole(ui, view, record));
            }
        }
    }
}

fn whole(ui: &mut Ui, view: &View<'_>, record: &RecordView) {
    head(ui, view, record);
    zone::line(ui);
    ui.add_space(8.0);
    zone::padded(ui, PADDING, |ui| position(ui, view, record));
    ui.add_space(8.0);
    zone::line(ui);
    match view.state.browse.record_tab {
        RecordTab::Tree => tree(ui, record),
        RecordTab::Raw => {
            lines(ui, record.text.len(), |row| record.text.get(row).cloned().unwrap_or_default())
        }
        RecordTab::Hex => lines(ui, record.hex_rows(), |row| {
            let (at, hex, seen) = record.hex_row(row);
            format!("{at}  {hex:<36}  {seen}")
        }),
        RecordTab::Headers => headers(ui, record),
    }
}

fn head(ui: &mut Ui, view: &View<'_>, record: &RecordView) {
    const TABS: [RecordTab; 4] = [RecordTab::Tree, RecordTab::Raw, RecordTab::Hex, RecordTab::Headers];
    let headers = format!("Headers {}", record.record.headers.len());
    let names = ["Tree", "Raw", "Hex", headers.as_str()];
    zone::row(ui, 39.0, |ui| {
        ui.add_space(8.0);
        ui.spacing_mut().item_spacing.x = 0.0;
        let chosen = TABS.iter().position(|tab| *tab == view.state.browse.record_tab).unwrap_or_default();
        if let Some(tab) = Tabs::new(&names, chosen).show(ui).and_then(|index| TABS.get(index)) {
            view.send(BrowseCommand::Tab(*tab));
        }
        let layout = eframe::egui::Layout::right_to_left(eframe::egui::Align::Center);
        ui.with_layout(layout, |ui| {
            ui.add_space(8.0);
            if view.state.browse.record_open
                && IconButton::new(Icon::X, "Close the record").show(ui).clicked()
            {
                view.send(BrowseCommand::OpenRecord(false));
            }
            if IconButton::new(Icon::Copy, "Copy the value").show(ui).clicked() {
                let text = String::from_utf8_lossy(record.bytes()).into_owned();
                view.send(WindowCommand::Copy(text, "the value"));
            }
            view.icon_button(ui, BrowseCommand::Step(1));
            view.icon_button(ui, BrowseCommand::Step(-1));
        });
    });
}

fn position(ui: &mut Ui, view: &View<'_>, record: &RecordView) {
    let full = &record.record;
    let at = format!("{} at {}", full.partition, format::integer(full.offset.0));
    KeyValue::new("Position", &at).at(AT).show(ui);
    let time = full.timestamp.map(|time| format::time(time.0, view.state.zone(), Precision::Milli));
    KeyValue::new("Timestamp", time.as_deref().unwrap_or("none")).at(AT).show(ui);
    let key = full.key.as_deref().map_or_else(|| "null".into(), value::bytes_as_text);
    KeyValue::new("Key", &key).at(AT).show(ui);
}

fn tree(ui: &mut Ui, record: &RecordView) {
    let Some(tree) = &record.tree else {
        zone::padded(ui, PADDING, |ui| {
            ui.add_space(8.0);
            let (said, color) = match &record.not_json {
                Some(why) => (format!("not JSON: {why}"), tokens(ui).bad),
                None => ("no value: a tombstone".into(), tokens(ui).t3),
            };
            text::label(ui, &said, Type::Number, color);
        });
        return;
    };
    let fields = tree.iter().filter(|line| line.depth == 0).count();
    zone::row(ui, 28.0, |ui| {
        let inner = ui.max_rect().shrink2(vec2(PADDING, 0.0));
        text::put(ui, inner, Align2::LEFT_CENTER, "value", Type::Number, tokens(ui).t2);
        let said = format!(
            "{} B, {}",
            format::integer(record.bytes().len() as u64),
            format::count(fields as u64, "field", "fields")
        );
        text::put(ui, inner, Align2::RIGHT_CENTER, &said, Type::NumberSmall, tokens(ui).t3);
    });
    scrolled(ui, tree.len(), |ui, rect, row| {
        if let Some(line) = tree.get(row) {
            tree_line(ui, rect, line);
        }
    });
}

fn tree_line(ui: &mut Ui, rect: Rect, line: &TreeLine) {
    let tokens = tokens(ui);
    let inner = rect.shrink2(vec2(PADDING, 0.0));
    let indent = 16.0 + line.depth as f32 * 14.0;
    let middle = inner.left() + (inner.width() * 0.46).max(indent + 60.0);
    let name =
        Rect::from_min_max(pos2(inner.left() + indent, inner.top()), pos2(middle - 8.0, inner.bottom()));
    text::put(ui, name, Align2::LEFT_CENTER, &line.name, Type::Number, tokens.t2);
    let color = match line.kind {
        "str" => tokens.string,
        "null" => tokens.t4,
        "object" | "list" => tokens.t3,
        _ => tokens.t1,
    };
    let value = Rect::from_min_max(pos2(middle, inner.top()), pos2(inner.right() - 40.0, inner.bottom()));
    text::put(ui, value, Align2::LEFT_CENTER, &line.value, Type::Number, color);
    text::paint_in(ui.painter(), inner, Align2::RIGHT_CENTER, line.kind, Type::NumberSmall, tokens.t4);
}

fn headers(ui: &mut Ui, record: &RecordView) {
    zone::padded(ui, PADDING, |ui| {
        ui.add_space(8.0);
        if record.record.headers.is_empty() {
            text::label(ui, "This record has no headers.", Type::Body, tokens(ui).t3);
        }
        for (name, bytes) in &record.record.headers {
            let said = bytes.as_deref().map_or_else(|| "null".into(), value::bytes_as_text);
            KeyValue::new(name, &said).at(140.0).show(ui);
        }
    });
}

/// Lines of text of which only those in sight are laid out.
fn lines(ui: &mut Ui, count: usize, line: impl Fn(usize) -> String) {
    scrolled(ui, count, |ui, rect, row| {
        let inner = rect.shrink2(vec2(PADDING, 0.0));
        text::put(ui, inner, Align2::LEFT_CENTER, &line(row), Type::NumberSmall, tokens(ui).t1);
    });
}

fn scrolled(ui: &mut Ui, count: usize, mut paint: impl FnMut(&mut Ui, Rect, usize)) {
    ScrollArea::vertical().id_salt("record").auto_shrink(false).show_rows(ui, LINE, count, |ui, rows| {
        for row in rows {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
            paint(ui, rect, row);
        }
    });
}
