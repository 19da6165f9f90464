//! Two classes at the threshold: what was taken for what, and how sure the shares are.

use eframe::egui::{Align2, Rect, Sense, Ui, pos2, vec2};

use crate::app::state::train::AtThreshold;
use crate::learn::{Evaluation, Target};
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::KeyValue;
use crate::ui::{format, tokens, zone};

/// Where the values of the measures begin.
const VALUES: f32 = 130.0;
/// Height of a cell.
const CELL: f32 = 76.0;
/// Height of the heads of the columns: two lines.
const HEADS: f32 = 36.0;

/// Draws the zone. Names are those of the negative class and of the positive one.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    evaluation: &Evaluation,
    target: &Target,
    names: &[String],
    at: Option<AtThreshold>,
) {
    let (Some(at), [negative, positive]) = (at, names) else { return };
    let names = [positive, negative].map(|name| target.class_in_words(name));
    zone::scroll(ui, rect, "confusion", |ui| {
        let rows = format::count(evaluation.rows, "row", "rows");
        zone::header("Confusion").detail(&rows).plain(ui);
        zone::padded(ui, PADDING, |ui| {
            let width = ui.available_width().min(300.0);
            matrix(ui, width, at, &names);
            ui.add_space(8.0);
            measures(ui, evaluation, at);
        });
    });
}

/// Shares with half their 95 % interval.
fn measures(ui: &mut Ui, evaluation: &Evaluation, at: AtThreshold) {
    let measured = [
        ("Precision", at.precision(), at.precision_margin(), 3),
        ("Recall", at.recall(), at.recall_margin(), 3),
        ("F1", at.f1(), at.f1_margin(), 3),
        ("Brier", evaluation.metrics.get("brier").copied(), evaluation.margin("brier"), 4),
    ];
    for (name, value, margin, decimals) in measured {
        let said = value.map_or_else(|| "none".into(), |value| format::decimal(value, decimals));
        let margin = margin.filter(|_| value.is_some());
        let margin =
            margin.map_or_else(String::new, |margin| format!("± {}", format::decimal(margin, decimals)));
        KeyValue::new(name, &said).at(VALUES).note(&margin).show(ui);
    }
}

/// Rows of the truth, columns of the prediction; the positive class first.
fn matrix(ui: &mut Ui, width: f32, at: AtThreshold, names: &[String; 2]) {
    let tokens = tokens(ui);
    let label = 60.0_f32.min(width * 0.25);
    let cell = vec2(((width - label) / 2.0).floor(), CELL);
    let (whole, _) = ui.allocate_exact_size(vec2(width, HEADS + 2.0 * cell.y), Sense::hover());
    let counts = [[at.true_positives, at.false_negatives], [at.false_positives, at.true_negatives]];
    for (column, name) in names.iter().enumerate() {
        let left = whole.left() + label + column as f32 * cell.x;
        let head = Rect::from_min_size(pos2(left, whole.top()), vec2(cell.x - 4.0, 16.0));
        text::put(ui, head, Align2::LEFT_CENTER, "predicted", Type::Label, tokens.t3);
        text::put(ui, head.translate(vec2(0.0, 16.0)), Align2::LEFT_CENTER, name, Type::Label, tokens.t3);
    }
    for (row, (counts, name)) in counts.into_iter().zip(names).enumerate() {
        let top = whole.top() + HEADS + row as f32 * cell.y;
        let head = Rect::from_min_size(pos2(whole.left(), top + 8.0), vec2(label - 6.0, 16.0));
        text::put(ui, head, Align2::LEFT_CENTER, "actual", Type::Label, tokens.t3);
        text::put(ui, head.translate(vec2(0.0, 18.0)), Align2::LEFT_CENTER, name, Type::Label, tokens.t3);
        let sum = counts.iter().sum::<u64>().max(1);
        for (column, count) in counts.into_iter().enumerate() {
            let left = whole.left() + label + column as f32 * cell.x;
            let place = Rect::from_min_size(pos2(left, top), cell - vec2(2.0, 2.0));
            square(ui, place, count, count as f64 / sum as f64);
        }
    }
}

/// A cell, the stronger the larger its share of the row.
fn square(ui: &mut Ui, place: Rect, count: u64, share: f64) {
    let tokens = tokens(ui);
    ui.painter().rect_filled(place, 0.0, shade(ui, share));
    let inner = place.shrink2(vec2(12.0, 10.0));
    let (above, below) = inner.split_top_bottom_at_y(inner.top() + 24.0);
    text::put(ui, above, Align2::LEFT_CENTER, &format::integer(count), Type::Count, tokens.t1);
    text::put(
        ui,
        below.with_max_y(below.top() + 18.0),
        Align2::LEFT_CENTER,
        &format::share(share),
        Type::NumberSmall,
        tokens.t2,
    );
}

/// The fill of a cell that holds this share of its row.
pub(super) fn shade(ui: &Ui, share: f64) -> eframe::egui::Color32 {
    let tokens = tokens(ui);
    tokens.bg3.lerp_to_gamma(tokens.series(0), 0.55 * share as f32)
}
