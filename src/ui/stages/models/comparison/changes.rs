//! What changed between the run files of two versions, and whether the same records will do.

use eframe::egui::{Align, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use super::said;
use crate::app::state::models::{Change, Comparison};
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::{Icon, tokens};

/// It is never lower.
pub(super) const LEAST: f32 = 72.0;
/// Where the words begin: behind the icon.
const WORDS: f32 = 40.0;
/// A value is written up to so many letters.
const LETTERS: usize = 48;

/// Height of the zone with all it says.
pub(super) fn height(ui: &Ui, comparison: &Comparison, width: f32) -> f32 {
    let job = text::job(runs(ui, comparison), (width - WORDS - PADDING).max(80.0));
    let changed = ui.painter().layout_job(job).size().y;
    let below = sentences(comparison).len() as f32 * Type::Body.line();
    (changed + below + 2.0 * PADDING + 4.0).max(LEAST)
}

/// Draws the zone.
pub(super) fn show(ui: &mut Ui, comparison: &Comparison) {
    let rect = ui.available_rect_before_wrap();
    let height = height(ui, comparison, rect.width());
    let (rect, _) = ui.allocate_exact_size(vec2(rect.width(), height), eframe::egui::Sense::hover());
    Icon::Swap.paint(ui.painter(), pos2(rect.left() + 24.0, rect.center().y), 14.0, tokens(ui).t3);
    let words = Rect::from_min_max(
        pos2(rect.left() + WORDS, rect.top() + PADDING),
        pos2(rect.right() - PADDING, rect.bottom()),
    );
    let mut ui = ui.new_child(UiBuilder::new().max_rect(words).layout(Layout::top_down(Align::Min)));
    ui.spacing_mut().item_spacing = vec2(0.0, 4.0);
    let changed = runs(&ui, comparison);
    text::rich(&mut ui, changed);
    for sentence in sentences(comparison) {
        said(&mut ui, &sentence);
    }
}

type Runs = Vec<(String, Type, eframe::egui::Color32)>;

/// `Changed: rate 0.1 → 0.06, rounds 220 → 400`.
fn runs(ui: &Ui, comparison: &Comparison) -> Runs {
    let tokens = tokens(ui);
    if comparison.changes.is_empty() {
        return vec![("The run files are the same.".into(), Type::Body, tokens.t1)];
    }
    let mut runs: Runs = vec![("Changed: ".into(), Type::Body, tokens.t1)];
    for (index, change) in comparison.changes.iter().enumerate() {
        if index > 0 {
            runs.push((", ".into(), Type::Number, tokens.t3));
        }
        runs.push((format!("{} ", name(change, &comparison.changes)), Type::Number, tokens.t2));
        runs.push((format!("{} → {}", value(&change.from), value(&change.to)), Type::Number, tokens.t1));
    }
    runs
}

/// The last part of a setting's place, where it names only one of those that changed; else the whole.
fn name<'a>(change: &'a Change, all: &[Change]) -> &'a str {
    let last = |place: &'a str| place.rsplit('.').next().unwrap_or(place);
    let short = last(&change.setting);
    let named = |other: &&Change| other.setting.rsplit('.').next() == Some(short);
    let step = change.setting.starts_with("prepare.");
    if step || all.iter().filter(named).count() > 1 { &change.setting } else { short }
}

fn value(value: &Option<String>) -> String {
    let Some(value) = value else { return "not set".into() };
    let shown: String = value.chars().take(LETTERS).collect();
    if shown.len() < value.len() { format!("{shown}…") } else { shown }
}

/// Whether records that the one takes are enough for the other.
fn sentences(comparison: &Comparison) -> Vec<String> {
    let (older, newer) = &comparison.fields;
    if older.is_empty() && newer.is_empty() {
        let fields = crate::ui::format::count(comparison.fields_in_both as u64, "field", "fields");
        return vec![format!("Both read the same {fields}.")];
    }
    let of = [(comparison.older, older), (comparison.newer, newer)];
    let only = of.into_iter().filter(|(_, fields)| !fields.is_empty());
    only.map(|(version, fields)| format!("Only version {version} reads {}.", fields.join(", "))).collect()
}
