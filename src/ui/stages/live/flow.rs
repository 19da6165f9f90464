//! Facts of a deployment: from where to where, its partitions, counts that add up, notes.

use eframe::egui::{Color32, Ui};

use super::quality;
use crate::app::state::prepare::within_in_words;
use crate::live::{Delivery, LiveLabels, LiveSnapshot, ScoreRequest};
use crate::ui::measures::LIST_PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{KeyValue, key_value};
use crate::ui::{View, format, tokens, zone};

/// From where the values stand.
const AT: f32 = 84.0;

fn section(ui: &mut Ui, title: &str, detail: &str, contents: impl FnOnce(&mut Ui)) {
    ui.add_space(6.0);
    zone::line(ui);
    zone::header(title).detail(detail).padding(LIST_PADDING).plain(ui);
    zone::padded(ui, LIST_PADDING, contents);
}

/// What it reads, writes, and how.
pub(super) fn flow(ui: &mut Ui, request: &ScoreRequest) {
    section(ui, "Flow", "", |ui| {
        let fact = |ui: &mut Ui, key: &str, value: &str| {
            KeyValue::new(key, value).at(AT).show(ui);
        };
        let words = |ui: &mut Ui, key: &str, value: &str| {
            KeyValue::new(key, value).at(AT).words().show(ui);
        };
        fact(ui, "Model", &request.model.to_string());
        fact(ui, "Models in", &request.model_topic);
        fact(ui, "Reads", &request.input);
        fact(ui, "Writes", &request.output);
        match &request.dead_letter {
            Some(topic) => fact(ui, "Rejects to", topic),
            None => words(ui, "Rejects to", "nowhere, they are counted"),
        }
        if let Some(labels) = &request.labels {
            fact(ui, "Labels from", &labels.topic);
            words(ui, "Label wait", &within_in_words(labels));
        }
        words(ui, "Delivery", delivery(request.delivery));
        words(ui, "Commit", &format!("each {} ms", request.commit_ms));
        fact(ui, "Group", &request.group());
        let begins = if request.from_beginning { "at the beginning" } else { "at the end" };
        words(ui, "Begins", begins);
    });
}

/// `exactly once`.
pub(super) fn delivery(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::ExactlyOnce => "exactly once",
        Delivery::AtLeastOnce => "at least once",
    }
}

/// Where each partition is.
pub(super) fn partitions(ui: &mut Ui, snapshot: &LiveSnapshot) {
    section(ui, "Partitions", "position, lag", |ui| {
        if snapshot.partitions.is_empty() {
            text::label(ui, "None assigned yet.", Type::Body, tokens(ui).t3);
        }
        for partition in &snapshot.partitions {
            let place = format::integer(partition.position.0);
            let lag = format::integer(partition.lag);
            let key = partition.partition.to_string();
            key_value(ui, &key, &format!("{place}  {lag:>7}"));
        }
    });
}

/// Counts since the start; the first is the sum of the next two.
pub(super) fn counts(ui: &mut Ui, snapshot: &LiveSnapshot) {
    let counts = &snapshot.counts;
    section(ui, "Since start", "read = scored + rejected", |ui| {
        let warn = tokens(ui).warn;
        key_value(ui, "Read", &format::integer(counts.read));
        key_value(ui, "Scored", &format::integer(counts.scored));
        let color = (counts.rejected > 0).then_some(warn);
        KeyValue::new("Rejected", &format::integer(counts.rejected)).color(color).show(ui);
        key_value(ui, "of them in dead-letter", &format::integer(counts.dead_lettered));
        key_value(ui, "Unseen values", &format::integer(counts.unseen));
        key_value(ui, "Commits", &format::integer(counts.commits));
        if counts.repeats > 0 {
            key_value(ui, "Batches read again", &format::integer(counts.repeats));
        }
    });
}

/// What became of the predictions since the start, and how good each version was.
pub(super) fn labels(ui: &mut Ui, labels: &LiveLabels) {
    let counts = &labels.counts;
    let some = |ui: &mut Ui, key: &str, count: u64, color: Option<Color32>| {
        if count > 0 {
            KeyValue::new(key, &format::integer(count)).color(color).show(ui);
        }
    };
    section(ui, "Labels", "of the predictions", |ui| {
        let warn = Some(tokens(ui).warn);
        key_value(ui, "Predictions", &format::integer(counts.predictions));
        key_value(ui, "Labelled", &format::integer(counts.labelled));
        key_value(ui, "Waiting for label", &format::integer(counts.waiting));
        let no_label = format!("No label in {}", within_in_words(&labels.spec));
        key_value(ui, &no_label, &format::integer(counts.no_label));
        some(ui, "Given up, no room", counts.given_up, warn);
        some(ui, "Without a key", counts.without_key, None);
        some(ui, "Label without value", counts.without_value, None);
        some(ui, "Doubled labels", counts.doubled, None);
        some(ui, "Late labels", counts.late, None);
        some(ui, "Labels behind", labels.lag, None);
        some(ui, "Labels not decoded", counts.rejected, warn);
    });
    if labels.versions.is_empty() {
        return;
    }
    let name = quality::of(&labels.window).map_or("Quality", |measure| measure.title);
    section(ui, name, "by version, since start", |ui| {
        for version in labels.versions.iter().rev() {
            let value = quality::value(&version.metrics)
                .map_or_else(|| "none".into(), |value| format::decimal(value, 3));
            let said = format!("{value}  {:>7}", format::integer(version.records));
            key_value(ui, &format!("version {}", version.version), &said);
        }
    });
}

/// What happened besides, and swaps, newest first.
pub(super) fn notes(ui: &mut Ui, view: &View<'_>, snapshot: &LiveSnapshot) {
    const SHOWN: usize = 8;
    let notes = snapshot.notes.iter().map(|note| (note.at, note.text.clone()));
    let swaps = snapshot.swaps.iter().map(|swap| {
        let took = format::duration_ms(swap.took_ms as f64);
        (swap.at, format!("Version {} took over from {} in {took}", swap.to, swap.from))
    });
    let mut said: Vec<(i64, String)> = notes.chain(swaps).collect();
    if said.is_empty() {
        return;
    }
    said.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    section(ui, "Notes", "", |ui| {
        let tokens = tokens(ui);
        for (at, said) in said.into_iter().take(SHOWN) {
            let clock = format::time(at, view.state.zone(), format::Precision::Clock);
            let runs =
                vec![(format!("{clock}  "), Type::NumberSmall, tokens.t3), (said, Type::Cell, tokens.t2)];
            text::rich(ui, runs);
            ui.add_space(4.0);
        }
    });
}
