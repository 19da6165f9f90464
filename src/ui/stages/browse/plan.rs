//! What will be read: time, records, bytes, retention, offsets per partition; while reading, how far it is.

use eframe::egui::{Rect, Ui};

use crate::app::Remote;
use crate::app::commands::BrowseCommand;
use crate::app::commands::browse::READ_KEY;
use crate::kafka::{PartitionRange, ReadPlan};
use crate::ui::format::{self, Precision};
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::KeyValue;
use crate::ui::{Icon, View, states, tokens, zone};

/// Retention that needs a look.
const SOON: i64 = 3 * 86_400_000;
/// Where values begin.
const AT: f32 = 96.0;

/// Draws the zone at the right of the timeline.
pub(super) fn plan(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    if let Some(job) = view.state.job(READ_KEY) {
        zone::fill(ui, rect, |ui| {
            zone::header("Reading").plain(ui);
            zone::padded(ui, PADDING, |ui| states::reading(ui, view, job, "Cancel, keep what is read"));
        });
        return;
    }
    match &view.state.browse.plan {
        Remote::NotRequested | Remote::Pending(None) => {
            if view.state.browse.range.chosen.is_none() {
                no_range(ui, view, rect);
            } else {
                zone::fill(ui, rect, |ui| {
                    zone::header("What will be read").plain(ui);
                    states::skeleton(ui, 5);
                });
            }
        }
        Remote::Failed { problem, .. } => zone::fill(ui, rect, |ui| {
            zone::header("What will be read").plain(ui);
            zone::padded(ui, PADDING, |ui| {
                states::error(ui, view, problem, |ui| {
                    view.button_as(ui, BrowseCommand::WholeTopic, |button| button.small());
                });
            });
        }),
        value => {
            if let Some(plan) = value.get() {
                zone::fill(ui, rect, |ui| costs(ui, view, plan));
            }
        }
    }
}

/// The same in two lines, where the window is narrow.
pub(super) fn strip(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let Some(plan) = view.state.browse.plan.get() else {
        let said = match view.state.browse.plan.problem() {
            Some(problem) => problem.to_string(),
            None => "No range chosen. Drag over the timeline, or type a range.".into(),
        };
        text::put(
            ui,
            rect.shrink(PADDING),
            eframe::egui::Align2::LEFT_CENTER,
            &said,
            Type::Body,
            tokens(ui).t2,
        );
        return;
    };
    zone::fill(ui, rect.shrink2(eframe::egui::vec2(PADDING, 4.0)), |ui| {
        let mut said = format::count(plan.offsets, "record", "records");
        if let Some(bytes) = plan.bytes {
            said += &format!(", about {}", format::bytes(bytes));
        }
        if let Some(left) = plan.retention_left_ms {
            said += &format!(", {} of retention left", format::duration_ms(left.max(0) as f64));
        }
        text::label(ui, &said, Type::Body, tokens(ui).t1);
        let offsets: Vec<String> = ranges(plan).map(|range| in_words(&range)).collect();
        text::label(ui, &offsets.join("   "), Type::NumberSmall, tokens(ui).t2);
    });
}

fn no_range(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let how = "Drag over the timeline, or type a range. Nothing is read before you choose Read slice.";
    states::empty(ui, rect, Icon::TextSearch, "No range chosen", how, |ui| {
        view.button(ui, BrowseCommand::LastDay);
        view.button(ui, BrowseCommand::WholeTopic);
    });
}

fn costs(ui: &mut Ui, view: &View<'_>, plan: &ReadPlan) {
    let digest: String = plan.slice.digest().chars().take(6).collect();
    zone::header("What will be read").show(ui, |ui| {
        text::label(ui, &format!("slice {digest}"), Type::Number, tokens(ui).t3);
    });
    zone::padded(ui, PADDING, |ui| {
        if let (Some(first), Some(last)) = (plan.first, plan.last) {
            let span = format::duration_ms((last.0 - first.0) as f64);
            KeyValue::new("Time", &span).at(AT).note("by record timestamp").show(ui);
            let shown = |time| format::time(time, view.state.zone(), Precision::Minute);
            KeyValue::new("First record", &shown(first.0)).at(AT).show(ui);
            KeyValue::new("Last record", &shown(last.0)).at(AT).show(ui);
        }
        KeyValue::new("Records", &format::integer(plan.offsets)).at(AT).note("at most").show(ui);
        if let Some(bytes) = plan.bytes {
            KeyValue::new("Bytes", &format!("≈ {}", format::bytes(bytes)))
                .at(AT)
                .note("from a sample")
                .show(ui);
        }
        if plan.tiered {
            let share = plan.tiered_share().map(|share| format!("≈ {}", format::share_with(share, 0)));
            let said = share.as_deref().unwrap_or("in part");
            KeyValue::new("Tiered", said).at(AT).note("older records are in remote storage").show(ui);
        }
        match plan.retention_left_ms {
            Some(left) => {
                let color = (left < SOON).then(|| tokens(ui).warn);
                let said = format::duration_ms(left.max(0) as f64);
                KeyValue::new("Retention left", &said).at(AT).note("oldest record").color(color).show(ui);
            }
            None => {
                KeyValue::new("Retention left", "unlimited").at(AT).show(ui);
            }
        };
    });
    ui.add_space(8.0);
    zone::line(ui);
    let rest = ui.available_rect_before_wrap();
    zone::scroll(ui, rest, "offsets of the plan", |ui| offsets(ui, plan));
}

fn offsets(ui: &mut Ui, plan: &ReadPlan) {
    let tokens = tokens(ui);
    let columns = |ui: &mut Ui, words: [&str; 4], kinds: [Type; 2], colors: [eframe::egui::Color32; 2]| {
        let (rect, _) = ui.allocate_exact_size(
            eframe::egui::vec2(ui.available_width(), 22.0),
            eframe::egui::Sense::hover(),
        );
        let inner = rect.shrink2(eframe::egui::vec2(PADDING, 0.0));
        let left = eframe::egui::Align2::LEFT_CENTER;
        text::put(ui, inner, left, words[0], kinds[0], colors[0]);
        for (index, word) in words.iter().enumerate().skip(1) {
            let right = inner.left() + inner.width() * (index as f32 + 0.2) / 3.2;
            let cell = Rect::from_min_max(inner.min, eframe::egui::pos2(right, inner.bottom()));
            text::put(ui, cell, eframe::egui::Align2::RIGHT_CENTER, word, kinds[1], colors[1]);
        }
    };
    let labels = ["", "from offset", "to offset", "offsets"];
    columns(ui, labels, [Type::Label, Type::Label], [tokens.t3, tokens.t3]);
    for range in ranges(plan) {
        let count = format::integer(range.end.0.saturating_sub(range.start.0));
        let (start, end) = (format::integer(range.start.0), format::integer(range.end.0));
        let name = range.partition.to_string();
        columns(ui, [&name, &start, &end, &count], [Type::Number, Type::Number], [tokens.t2, tokens.t1]);
    }
}

fn ranges(plan: &ReadPlan) -> impl Iterator<Item = PartitionRange> {
    plan.slice.topics.iter().flat_map(|topic| topic.partitions.iter().copied())
}

fn in_words(range: &PartitionRange) -> String {
    format!("{} {}", range.partition, format::range(range.start.0, range.end.0))
}
