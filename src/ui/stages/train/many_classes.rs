//! More than two classes: the confusion of all, and one class against the rest.

use eframe::egui::{Align2, Rect, Sense, Ui, pos2, vec2};

use super::evaluation::quarters;
use super::{confusion, two_classes};
use crate::app::commands::TrainCommand;
use crate::app::state::train::AtThreshold;
use crate::learn::{ClassEvaluation, Evaluation};
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{KeyValue, Select};
use crate::ui::{View, format, tokens, zone};

/// Where values begin.
const VALUES: f32 = 96.0;

/// Draws confusion, measures and the curves of a class.
pub(super) fn show(
    ui: &mut Ui,
    view: &View<'_>,
    rect: Rect,
    evaluation: &Evaluation,
    classes: &ClassEvaluation,
) {
    let [first, second, third, fourth] = quarters(ui, view, rect);
    all_of_all(ui, first, evaluation, classes);
    let index = view.state.train.class.min(classes.curves.len().saturating_sub(1));
    let Some(curves) = classes.curves.get(index) else { return };
    let at = AtThreshold::of(curves, view.state.train.threshold);
    two_classes::roc(ui, third, curves, at);
    two_classes::precision_recall(ui, fourth, curves, at);
    zone::fill(ui, second, |ui| {
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
            let at = at.unwrap_or_default();
            let row = |ui: &mut Ui, name: &str, value: Option<f64>, margin: Option<f64>| {
                let said = value.map_or_else(|| "none".into(), |value| format::decimal(value, 3));
                let margin = margin.filter(|_| value.is_some());
                let margin = margin.map_or_else(String::new, |by| format!("± {}", format::decimal(by, 3)));
                KeyValue::new(name, &said).at(VALUES).note(&margin).show(ui);
            };
            KeyValue::new("Rows", &format::integer(curves.positives)).at(VALUES).show(ui);
            row(ui, "Precision", at.precision(), at.precision_margin());
            row(ui, "Recall", at.recall(), at.recall_margin());
            row(ui, "F1", at.f1(), at.f1_margin());
        });
    });
}

fn all_of_all(ui: &mut Ui, rect: Rect, evaluation: &Evaluation, classes: &ClassEvaluation) {
    let tokens = tokens(ui);
    let accuracy = evaluation.metrics.get("accuracy").map_or_else(String::new, |value| {
        match evaluation.margin("accuracy") {
            Some(margin) => format!(", accuracy {}", format::with_margin(*value, margin, 3)),
            None => format!(", accuracy {}", format::metric(*value)),
        }
    });
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
                    ui.painter().rect_filled(place, 0.0, confusion::shade(ui, share));
                    let said = format::compact(*count);
                    text::put(ui, place, Align2::CENTER_CENTER, &said, Type::NumberSmall, tokens.t1);
                }
            }
        });
    });
}
