//! The left panel: topics, and what is known of the open one.

use eframe::egui::{Align2, Rect, Sense, Ui, vec2};

use crate::app::commands::{BrowseCommand, WindowCommand};
use crate::app::{Remote, Stage};
use crate::codec::Schema;
use crate::kafka::{ConfigEntry, PartitionInfo, TopicDetail, TopicSummary};
use crate::ui::measures::LIST_PADDING;
use crate::ui::widgets::{ListRow, TextField, key_value};
use crate::ui::{Icon, View, format, search_field, states, text, tokens, zone};

/// Settings of a topic that are shown, in this order, where the broker tells them.
const SETTINGS: [&str; 8] = [
    "cleanup.policy",
    "retention.ms",
    "retention.bytes",
    "local.retention.ms",
    "remote.storage.enable",
    "compression.type",
    "max.message.bytes",
    TIMESTAMP_TYPE,
];

/// Whether the producer or the broker gives a record its time.
const TIMESTAMP_TYPE: &str = "message.timestamp.type";

/// Draws the panel.
pub(super) fn topics(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let search = Rect::from_min_size(rect.min, eframe::egui::vec2(rect.width(), 42.0));
    zone::fill(ui, search.shrink2(eframe::egui::vec2(LIST_PADDING, 8.0)), |ui| search_box(ui, view));
    let below = Rect::from_min_max(eframe::egui::pos2(rect.left(), search.bottom()), rect.max);
    zone::scroll(ui, below, "topics", |ui| {
        list(ui, view);
        if let Some(detail) = view.state.browse.detail.get() {
            opened(ui, view, detail);
        } else if let Some(problem) = view.state.browse.detail.problem() {
            zone::padded(ui, LIST_PADDING, |ui| states::error(ui, view, problem, |_| ()));
        }
    });
}

fn search_box(ui: &mut Ui, view: &View<'_>) {
    let field = TextField::new("Search topics", &view.state.browse.search)
        .id(search_field(Stage::Browse))
        .icon(Icon::Search)
        .hint("Topics")
        .key("/")
        .show(ui);
    if let Some(text) = field.changed {
        view.send(BrowseCommand::Search(text));
    }
}

fn list(ui: &mut Ui, view: &View<'_>) {
    match &view.state.connection.catalogue {
        Remote::NotRequested => zone::padded(ui, LIST_PADDING, |ui| {
            text::label(ui, "No cluster is connected.", text::Type::Body, tokens(ui).t3);
            view.button(ui, WindowCommand::Go(Stage::Connect));
        }),
        Remote::Failed { problem, previous: None } => zone::padded(ui, LIST_PADDING, |ui| {
            states::error(ui, view, problem, |ui| {
                view.button(ui, BrowseCommand::Refresh);
            });
        }),
        Remote::Pending(None) => states::skeleton(ui, 6),
        value => {
            if let Some(catalogue) = value.get() {
                rows(ui, view, &catalogue.topics);
            }
        }
    }
}

fn rows(ui: &mut Ui, view: &View<'_>, topics: &[TopicSummary]) {
    let browse = &view.state.browse;
    let wanted = browse.search.trim().to_lowercase();
    let found = |topic: &&TopicSummary| topic.name.to_lowercase().contains(&wanted);
    let (internal, own): (Vec<_>, Vec<_>) = topics.iter().filter(found).partition(|topic| topic.internal);
    for topic in &own {
        row(ui, view, topic);
    }
    if own.is_empty() && internal.is_empty() {
        let said = if topics.is_empty() {
            "This cluster has no topic yet."
        } else {
            "No topic has this in its name."
        };
        zone::padded(ui, LIST_PADDING, |ui| text::label(ui, said, text::Type::Body, tokens(ui).t3));
    }
    if !internal.is_empty() {
        let name = format::count(internal.len() as u64, "internal topic", "internal topics");
        let icon = if browse.show_internal { Icon::ChevronDown } else { Icon::ChevronRight };
        if ListRow::new(&name).icon(icon).quiet().show(ui).clicked() {
            view.send(BrowseCommand::ShowInternal(!browse.show_internal));
        }
        if browse.show_internal {
            for topic in &internal {
                row(ui, view, topic);
            }
        }
    }
}

fn row(ui: &mut Ui, view: &View<'_>, topic: &TopicSummary) {
    let records = match &topic.problem {
        Some(_) => "not known".into(),
        None if ui.available_width() < 220.0 => format::compact(topic.records()),
        None => format::integer(topic.records()),
    };
    let chosen = view.state.browse.topic.as_deref() == Some(topic.name.as_str());
    let response = ListRow::new(&topic.name).icon(Icon::Topic).trailing(&records).selected(chosen).show(ui);
    let clicked = response.clicked();
    if let Some(problem) = &topic.problem {
        response.on_hover_text(problem);
    }
    if clicked {
        view.send(BrowseCommand::Open(topic.name.clone()));
    }
}

fn opened(ui: &mut Ui, view: &View<'_>, detail: &TopicDetail) {
    ui.add_space(8.0);
    section(ui, "Partitions", "low and high watermark", |ui| {
        for partition in detail.summary.partitions.iter().take(32) {
            watermarks(ui, partition);
        }
        if detail.summary.partitions.len() > 32 {
            key_value(ui, "more", &format::integer(detail.summary.partitions.len() as u64 - 32));
        }
    });
    section(ui, "Configuration", "", |ui| {
        for name in &SETTINGS {
            if let Some(entry) = detail.config.get(*name) {
                // Kafka's longest name says no more than these words.
                let said = if *name == TIMESTAMP_TYPE { "timestamp type" } else { name };
                key_value(ui, said, &setting(name, entry));
            }
        }
        let replicas = detail.summary.partitions.first().map_or(0, |partition| partition.replicas.len());
        let in_sync = detail.summary.partitions.iter().map(|partition| partition.in_sync.len()).min();
        let said = format!("{} of {replicas} in sync", in_sync.unwrap_or_default());
        key_value(ui, "replicas", &said);
    });
    section(ui, "Consumer groups", "lag", |ui| {
        if detail.groups.is_empty() {
            text::label(ui, "No group has committed here.", text::Type::Cell, tokens(ui).t3);
        }
        for group in &detail.groups {
            key_value(ui, &group.group, &format::integer(group.lag));
        }
    });
    if let Some(page) = view.state.browse.page.get() {
        section(ui, "Schema", "JSON, inferred", |ui| schema(ui, &page.schema, page.entries.len()));
    }
}

/// A partition with its watermarks, each under the one above.
fn watermarks(ui: &mut Ui, partition: &PartitionInfo) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 23.0), Sense::hover());
    let tokens = tokens(ui);
    let name = partition.partition.to_string();
    text::put(ui, rect, Align2::LEFT_CENTER, &name, text::Type::Number, tokens.t3);
    let low = rect.with_max_x(rect.left() + rect.width() * 0.5);
    for (rect, offset, color) in [(low, partition.low, tokens.t2), (rect, partition.high, tokens.t1)] {
        let said = format::integer(offset.0);
        text::put(ui, rect, Align2::RIGHT_CENTER, &said, text::Type::Number, color);
    }
}

fn section(ui: &mut Ui, title: &str, about: &str, contents: impl FnOnce(&mut Ui)) {
    zone::line(ui);
    zone::header(title).detail(about).padding(LIST_PADDING).plain(ui);
    zone::padded(ui, LIST_PADDING, contents);
    ui.add_space(8.0);
}

fn schema(ui: &mut Ui, schema: &Schema, records: usize) {
    key_value(ui, "Fields", &format::integer(schema.fields.len() as u64));
    key_value(ui, "Seen in", &format::count(records as u64, "record", "records"));
}

/// A setting in the unit that a person reads: Kafka's milliseconds as a duration, its bytes in MiB.
fn setting(name: &str, entry: &ConfigEntry) -> String {
    let number = entry.value.parse::<i64>().ok();
    match (name.rsplit('.').next(), number) {
        (Some("ms"), Some(-1)) | (Some("bytes"), Some(-1)) => "unlimited".into(),
        (Some("ms"), Some(-2)) | (Some("bytes"), Some(-2)) => "as retention".into(),
        (Some("ms"), Some(milliseconds)) => format::duration_ms(milliseconds as f64),
        (Some("bytes"), Some(bytes)) => format::mebibytes(bytes.max(0) as u64),
        _ => entry.value.clone(),
    }
}

/// The way to a cluster, from an empty Browse.
pub(super) fn connect_first(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let how =
        "Browse shows the topics of a connected cluster. It joins no consumer group and commits nothing.";
    states::empty(ui, rect, Icon::Plug, "No cluster is connected", how, |ui| {
        view.button(ui, WindowCommand::Go(Stage::Connect));
    });
}
