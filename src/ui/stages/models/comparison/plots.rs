//! One plot of two versions, and what their features are worth to them.

use eframe::egui::{Align2, Color32, Rect, Ui, pos2, vec2};

use super::plot_rect;
use crate::app::state::models::{Curves, Judged, Residuals, Weighed};
use crate::ui::measures::PADDING;
use crate::ui::plot::{Axis, Plot};
use crate::ui::text::{self, Type};
use crate::ui::{Icon, format, states, tokens, zone};

/// Height of a feature's row.
const ROW: f32 = 24.0;

/// Draws the plot at the left and the features at the right; colours are of the older and the newer version.
pub(super) fn show(ui: &mut Ui, rect: Rect, judged: &Judged, colors: [Color32; 2]) {
    let mut zones = zone::Zones::new(ui, rect);
    let left = zones.left(ui, (rect.width() * 0.5).floor());
    match (&judged.curves, &judged.residuals) {
        (Some(curves), _) => precision_recall(ui, left, curves, colors),
        (None, Some(residuals)) => spread(ui, left, residuals, colors),
        (None, None) => {
            let how = "One of the two was published without a validation part.";
            states::empty(ui, left, Icon::ChartLine, "No plot", how, |_| ());
        }
    }
    importance(ui, zones.rest(), &judged.features, colors);
}

fn precision_recall(ui: &mut Ui, rect: Rect, curves: &Curves, colors: [Color32; 2]) {
    let [(from, to), (low, high)] = curves.window;
    let parts = if to - from < 1.0 { "where they part" } else { "" };
    let detail = match &curves.class {
        Some(class) if parts.is_empty() => format!("of {class}"),
        Some(class) => format!("of {class}, {parts}"),
        None => parts.to_owned(),
    };
    zone::fill(ui, rect, |ui| {
        zone::header("Precision by recall").detail(&detail).plain(ui);
        let place = plot_rect(ui, rect);
        let (x, y) = (Axis::numbers(from, to), Axis::numbers(low, high));
        Plot::new("Precision by recall of both versions", x, y).square().show(ui, place, |canvas| {
            for (points, color) in curves.points.iter().zip(colors) {
                canvas.line(points, color, 1.5);
            }
        });
    });
}

fn spread(ui: &mut Ui, rect: Rect, residuals: &Residuals, colors: [Color32; 2]) {
    zone::fill(ui, rect, |ui| {
        zone::header("Residuals").detail("true less predicted, share of the rows per unit").plain(ui);
        let place = plot_rect(ui, rect);
        let all = || residuals.bars.iter().flatten();
        let low = all().map(|bar| bar.0).fold(f64::INFINITY, f64::min);
        let high = all().map(|bar| bar.1).fold(f64::NEG_INFINITY, f64::max);
        let most = all().map(|bar| bar.2).fold(0.0, f64::max);
        let x = if low < high { Axis::numbers(low, high) } else { Axis::numbers(-1.0, 1.0) };
        Plot::new("Residuals of both versions", x, Axis::from_zero(most)).show(ui, place, |canvas| {
            if low < 0.0 && high > 0.0 {
                let ink = canvas.tokens().reference;
                canvas.rule(0.0, "", ink, true);
            }
            for (bars, color) in residuals.bars.iter().zip(colors) {
                canvas.steps(bars, color, 1.5);
            }
        });
    });
}

/// As many features as there is room for; a bar for each version, the newer above.
fn importance(ui: &mut Ui, rect: Rect, features: &[Weighed], [of_older, of_newer]: [Color32; 2]) {
    if features.is_empty() {
        let how = "Importance is measured on the validation part.";
        return states::empty(ui, rect, Icon::List, "No importance", how, |_| ());
    }
    let most =
        features.iter().flat_map(|weighed| [weighed.older, weighed.newer]).flatten().fold(0.0, f64::max);
    zone::fill(ui, rect, |ui| {
        let below = rect.with_min_y(rect.top() + 32.0).with_max_y(rect.bottom() - 6.0);
        let room = ((below.height() / ROW) as usize).max(1);
        let shown = features.get(..room).unwrap_or(features);
        let detail = if shown.len() < features.len() {
            format!("{} of {}", shown.len(), format::count(features.len() as u64, "feature", "features"))
        } else {
            String::new()
        };
        zone::header("Permutation importance").detail(&detail).plain(ui);
        let tokens = tokens(ui);
        let name_width = (rect.width() * 0.42).min(150.0);
        for (index, weighed) in shown.iter().enumerate() {
            let top = below.top() + index as f32 * ROW;
            let row = Rect::from_min_size(
                pos2(rect.left() + PADDING, top),
                vec2(rect.width() - 2.0 * PADDING, ROW),
            );
            let (name, rest) = row.split_left_right_at_x(row.left() + name_width);
            let name = name.with_max_x(name.right() - 10.0);
            text::put(ui, name, Align2::LEFT_CENTER, &weighed.feature, Type::NumberSmall, tokens.t2);
            let (bars, number) = rest.split_left_right_at_x((rest.right() - 48.0).max(rest.left()));
            for (place, value, color) in [(-3.5, weighed.newer, of_newer), (3.5, weighed.older, of_older)] {
                let share = value.map_or(0.0, |value| (value / most.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0));
                let size =
                    vec2((bars.width() * share as f32).max(if value.is_some() { 1.0 } else { 0.0 }), 5.0);
                let at = pos2(bars.left(), (bars.center().y + place - 2.5).round());
                ui.painter().rect_filled(Rect::from_min_size(at, size), 0.0, color);
            }
            let said = weighed.newer.map_or_else(|| "none".into(), |value| format::decimal(value, 3));
            text::put(ui, number, Align2::RIGHT_CENTER, &said, Type::Number, tokens.t1);
        }
    });
}
