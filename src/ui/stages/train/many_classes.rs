//! More than two classes: the confusion of all, and one class against the rest.

use eframe::egui::{Align2, Rect, Sense, Ui, pos2, vec2};

use super::two_classes;
use crate::app::commands::TrainCommand;
use crate::app::state::train::AtThreshold;
use crate::learn::{ClassEvaluation, Evaluation};
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{Select, key_value};
use crate::ui::{View, format, tokens, zone};

/// Draws confusion, measures and the curves of a class.
pub(super) fn show(
    ui: &mut Ui,
    view: &View<'_>,
    rect: Rect,
    evaluation: &Evaluation,
    classes: &ClassEvaluation,
) {
    let mut zones = zone::Zones::new(ui, rect);
    let left = zones.left(ui, (rect.width() * 0.4).max(300.0));
    confusion(ui, left, evaluation, classes);
    let index = view.state.train.class.min(classes.curves.len().saturating_sub(1));
    let Some(curves) = classes.curves.get(index) else { return };
    let width = zones.rest().width() / 3.0;
    let measures = zones.left(ui, width);
    zone::fill(ui, measures, |ui| {
        zone::header("One class against the rest").plain(ui);
        zone::padded(ui, PADDING, |ui| {
            let names: Vec<&str> = classes
                .curves
                .iter()
                .filter_map(|curves| classes.names.get(curves.class))
                .map(String::as_str)
                .collect();
            if let Some(class) = Select::new("Class", &names, index).mono().show(ui) {
                view.send(TrainCommand::Class(class));
            }
            ui.add_space(8.0);
            let at = AtThreshold::of(curves, view.state.train.threshold).unwrap_or_default();
            let said =
                |value: Option<f64>| value.map_or_else(|| "none".into(), |value| format::decimal(value, 3));
            key_value(ui, "Rows", &format::integer(curves.positives));
            key_value(ui, "Precision", &said(at.precision()));
            key_value(ui, "Recall", &said(at.recall()));
            key_value(ui, "F1", &said(at.f1()));
            key_value(ui, "AUC", &said(curves.roc_auc));
        });
    });
    let at = AtThreshold::of(curves, view.state.train.threshold);
    let roc = zones.left(ui, width);
    two_classes::roc(ui, roc, curves, at);
    two_classes::precision_recall(ui, zones.rest(), curves, at, two_classes::share(curves));
}

fn confusion(ui: &mut Ui, rect: Rect, evaluation: &Evaluation, classes: &ClassEvaluation) {
    let tokens = tokens(ui);
    let accuracy = evaluation
        .metrics
        .get("accuracy")
        .map_or_else(String::new, |value| format!(", accuracy {}", format::metric(*value)));
    let detail = format!("{}{accuracy}", format::count(evaluation.rows, "row", "rows"));
    zone::fill(ui, rect, |ui| {
        zone::header("Confusion").detail(&detail).plain(ui);
        let rest = ui.available_rect_before_wrap();
        zone::scroll(ui, rest, "confusion of many", |ui| {
            let count = classes.names.len();
            let label = 84.0;
            let side = ((rest.width() - label - 2.0 * PADDING) / count as f32).clamp(34.0, 78.0);
            let height = 22.0 + count as f32 * side.min(34.0);
            let (whole, _) = ui.allocate_exact_size(vec2(rest.width(), height), Sense::hover());
            let origin = pos2(whole.left() + PADDING + label, whole.top() + 20.0);
            for (index, name) in classes.names.iter().enumerate() {
                let head = Rect::from_min_size(
                    pos2(origin.x + index as f32 * side, whole.top()),
                    vec2(side - 2.0, 18.0),
                );
                text::put(ui, head, Align2::LEFT_CENTER, name, Type::Label, tokens.t3);
            }
            for (row, counts) in classes.confusion.iter().enumerate() {
                let top = origin.y + row as f32 * side.min(34.0);
                let head =
                    Rect::from_min_size(pos2(whole.left() + PADDING, top), vec2(label - 8.0, side.min(34.0)));
                let name = classes.names.get(row).map_or("", String::as_str);
                text::put(ui, head, Align2::LEFT_CENTER, name, Type::Label, tokens.t2);
                let sum = counts.iter().sum::<u64>().max(1);
                for (column, count) in counts.iter().enumerate() {
                    let left = origin.x + column as f32 * side;
                    let place = Rect::from_min_size(pos2(left, top), vec2(side - 2.0, side.min(34.0) - 2.0));
                    if !ui.is_rect_visible(place) {
                        continue;
                    }
                    let share = *count as f64 / sum as f64;
                    let fill = tokens.bg3.lerp_to_gamma(tokens.series(0), 0.55 * share as f32);
                    ui.painter().rect_filled(place, 0.0, fill);
                    let said = format::compact(*count);
                    text::put(ui, place, Align2::CENTER_CENTER, &said, Type::NumberSmall, tokens.t1);
                }
            }
        });
    });
}
