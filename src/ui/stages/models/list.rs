//! The left panel: models, their topic, aliases of the shown one and how they moved.

use eframe::egui::{Align2, Id, Rect, Ui, pos2, vec2};

use crate::app::commands::ModelsCommand;
use crate::app::{Remote, Stage};
use crate::kafka::TopicDetail;
use crate::ui::format::{self, Precision};
use crate::ui::measures::LIST_PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{KeyValue, ListRow, TextField};
use crate::ui::{Icon, View, search_field, states, tokens, zone};

/// Moves of aliases that are listed.
const MOVES: usize = 100;
/// Where values begin in rows of a name and a value.
const VALUES: f32 = 96.0;

/// Draws the panel.
pub(super) fn list(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let mut zones = zone::Zones::new(ui, rect);
    let foot = zones.bottom(ui, 42.0);
    foot_buttons(ui, view, foot);
    let rect = zones.rest();
    let search = Rect::from_min_size(rect.min, vec2(rect.width(), 42.0));
    zone::fill(ui, search.shrink2(vec2(LIST_PADDING, 8.0)), |ui| search_box(ui, view));
    let below = Rect::from_min_max(pos2(rect.left(), search.bottom()), rect.max);
    zone::scroll(ui, below, "models", |ui| {
        models(ui, view);
        section(ui, "Model topic", "", |ui| topic(ui, view));
        if view.state.models.shown().is_some() {
            section(ui, "Aliases", "", |ui| aliases(ui, view));
            moves(ui, view);
            damaged(ui, view);
        }
    });
}

fn foot_buttons(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    zone::fill(ui, rect.shrink2(vec2(LIST_PADDING, 0.0)), |ui| {
        zone::row(ui, rect.height(), |ui| {
            view.button(ui, ModelsCommand::Import);
            view.icon_button(ui, ModelsCommand::Refresh);
        });
    });
}

fn search_box(ui: &mut Ui, view: &View<'_>) {
    let field = TextField::new("Search models", &view.state.models.search)
        .id(search_field(Stage::Models))
        .icon(Icon::Search)
        .hint("Models")
        .key("/")
        .show(ui);
    if let Some(text) = field.changed {
        view.send(ModelsCommand::Search(text));
    }
}

fn models(ui: &mut Ui, view: &View<'_>) {
    let state = &view.state.models;
    if let Remote::Failed { problem, previous: Some(_) } = &state.listing {
        zone::padded(ui, LIST_PADDING, |ui| {
            states::error(ui, view, problem, |ui| {
                view.button_as(ui, ModelsCommand::Refresh, |button| button.small());
            });
        });
    }
    if state.listing.get().is_none() {
        if state.listing.problem().is_none() {
            states::skeleton(ui, 3);
        }
        return;
    }
    let wanted = state.search.trim().to_lowercase();
    let mut found =
        state.models().iter().filter(|model| model.name.to_lowercase().contains(&wanted)).peekable();
    if found.peek().is_none() {
        let said = if state.models().is_empty() {
            "No model is published here."
        } else {
            "No model has this in its name."
        };
        zone::padded(ui, LIST_PADDING, |ui| text::label(ui, said, Type::Body, tokens(ui).t3));
    }
    for model in found {
        let versions = format::count(model.versions.len() as u64, "version", "versions");
        let chosen = state.model.as_deref() == Some(model.name.as_str());
        let row = ListRow::new(&model.name).icon(Icon::Box).trailing_words(&versions, None).selected(chosen);
        if row.show(ui).clicked() {
            view.send(ModelsCommand::Show(model.name.clone()));
        }
    }
}

fn topic(ui: &mut Ui, view: &View<'_>) {
    let state = &view.state.models;
    zone::form_row(ui, "Topic", VALUES - 12.0, |ui| {
        let width = ui.available_width();
        let field = TextField::new("Model topic", &state.topic).mono().width(width).show(ui);
        if let Some(topic) = field.committed {
            view.send(ModelsCommand::Topic(topic));
        }
    });
    let Some(listing) = state.listing.get() else { return };
    match &listing.topic {
        Some(detail) => topic_facts(ui, view, detail),
        None => {
            let said = "It is not there yet. Publishing makes it.";
            text::label(ui, said, Type::Cell, tokens(ui).t3);
        }
    }
}

fn topic_facts(ui: &mut Ui, view: &View<'_>, detail: &TopicDetail) {
    let state = &view.state.models;
    let offsets = |at: fn(&crate::kafka::PartitionInfo) -> i64| -> i64 {
        detail.summary.partitions.iter().map(at).sum()
    };
    let range = format::range(offsets(|partition| partition.low.0), offsets(|partition| partition.high.0));
    KeyValue::new("Offsets", &range).at(VALUES - 12.0).show(ui);
    let cleanup = detail.config.get("cleanup.policy").map_or("not known", |entry| entry.value.as_str());
    KeyValue::new("Cleanup", cleanup).at(VALUES - 12.0).show(ui);
    let versions = state.models().iter().flat_map(|model| &model.versions);
    let bytes = versions.clone().map(|version| version.bytes).sum();
    KeyValue::new("Packages", &format::bytes(bytes)).at(VALUES - 12.0).show(ui);
    if let Some(last) = versions.map(|version| version.published).max() {
        let said = format::time(last, view.state.zone(), Precision::Minute);
        KeyValue::new("Published", &said).at(VALUES - 12.0).show(ui);
    }
}

fn aliases(ui: &mut Ui, view: &View<'_>) {
    let state = &view.state.models;
    for (alias, version) in state.aliases() {
        zone::row(ui, 24.0, |ui| {
            let whole = ui.max_rect();
            let tokens = tokens(ui);
            let (name, rest) = whole.split_left_right_at_x(whole.left() + VALUES - 12.0);
            let name = name.with_max_x(name.right() - 6.0);
            text::put(ui, name, Align2::LEFT_CENTER, alias, Type::Body, tokens.t1);
            let points = format!("version {version}");
            text::put(ui, rest, Align2::LEFT_CENTER, &points, Type::Number, tokens.t1);
            let end = rest.with_min_x(rest.right() - 22.0);
            let over = ui.rect_contains_pointer(whole);
            if let Some(at) = state.moved_at(alias).filter(|_| !over) {
                let said = format::time(at, view.state.zone(), Precision::Short);
                let room = rest.width() - text::width(ui, &points, Type::Number) - 8.0;
                if text::width(ui, &said, Type::NumberSmall) <= room {
                    text::put(ui, rest, Align2::RIGHT_CENTER, &said, Type::NumberSmall, tokens.t3);
                }
            }
            // The button comes in the place of the time when the pointer or the focus is on the row.
            zone::fill(ui, end, |ui| {
                let command = ModelsCommand::RemoveAlias(alias.to_owned());
                let focused = ui.data(|data| data.get_temp::<bool>(focus_id(alias))).unwrap_or_default();
                if !over && !focused {
                    ui.set_opacity(0.0);
                }
                let button = view.icon_button_as(ui, command, |button| button.size(vec2(22.0, 22.0)));
                let focused = button.has_focus();
                ui.data_mut(|data| data.insert_temp(focus_id(alias), focused));
            });
        });
    }
    if state.chosen().is_some() {
        zone::row(ui, 34.0, |ui| {
            view.button_as(ui, ModelsCommand::SetAlias, |button| button.small());
        });
    }
}

/// Whether the button of an alias has the focus.
fn focus_id(alias: &str) -> Id {
    Id::unique(("alias has the focus", alias))
}

/// How aliases moved, as far as the topic still tells.
fn moves(ui: &mut Ui, view: &View<'_>) {
    let Some(model) = view.state.models.shown() else { return };
    if model.alias_history.is_empty() {
        return;
    }
    section(ui, "Alias history", "", |ui| {
        for (index, (at, alias, to)) in model.alias_history.iter().enumerate().take(MOVES) {
            let earlier = model.alias_history.iter().skip(index + 1);
            let from =
                earlier.into_iter().find(|(_, other, _)| other == alias).and_then(|(_, _, from)| *from);
            let said = |version: Option<u32>| version.map_or("none".into(), |version| version.to_string());
            let moved = format!("{alias} {} → {}", said(from), said(*to));
            let when = format::time(*at, view.state.zone(), Precision::Short);
            zone::row(ui, 22.0, |ui| {
                let (whole, tokens) = (ui.max_rect(), tokens(ui));
                let when = text::put(ui, whole, Align2::RIGHT_CENTER, &when, Type::NumberSmall, tokens.t3);
                let words = whole.with_max_x(when.rect.left() - 8.0);
                text::put(ui, words, Align2::LEFT_CENTER, &moved, Type::Number, tokens.t1);
            });
        }
    });
}

fn damaged(ui: &mut Ui, view: &View<'_>) {
    let Some(model) = view.state.models.shown().filter(|model| !model.damaged.is_empty()) else { return };
    section(ui, "Damaged", "not offered", |ui| {
        for (version, why) in &model.damaged {
            let warn = tokens(ui).warn;
            text::label(ui, &format!("Version {version}: {why}"), Type::Cell, warn);
        }
    });
}

fn section(ui: &mut Ui, title: &str, about: &str, contents: impl FnOnce(&mut Ui)) {
    ui.add_space(8.0);
    zone::line(ui);
    zone::header(title).detail(about).padding(LIST_PADDING).plain(ui);
    zone::padded(ui, LIST_PADDING, contents);
}
