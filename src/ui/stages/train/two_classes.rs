//! Two classes: confusion at the threshold, ROC, precision by recall, calibration.

use eframe::egui::{Align2, Color32, Rect, Sense, Ui, pos2, vec2};

use crate::app::state::train::AtThreshold;
use crate::learn::{ClassCurves, ClassEvaluation, Evaluation};
use crate::ui::measures::{PADDING, WidthClass};
use crate::ui::plot::{Axis, Mark, Plot, legend};
use crate::ui::text::{self, Type};
use crate::ui::widgets::key_value;
use crate::ui::{View, format, tokens, zone};

/// Height of a zone where the window is narrow and they stand 2 x 2.
const NARROW: f32 = 300.0;

/// Draws the four zones: side by side, or 2 x 2 where the window is narrow.
pub(super) fn show(
    ui: &mut Ui,
    view: &View<'_>,
    rect: Rect,
    evaluation: &Evaluation,
    classes: &ClassEvaluation,
) {
    let Some(curves) = classes.curves.first() else { return };
    let draw = |ui: &mut Ui, places: [Rect; 4]| {
        let at = AtThreshold::of(curves, view.state.train.threshold);
        let [first, second, third, fourth] = places;
        confusion(ui, first, evaluation, &classes.names, at);
        roc(ui, second, curves, at);
        precision_recall(ui, third, curves, at, share(curves));
        calibration(ui, fourth, curves);
    };
    if view.width_class(ui) == WidthClass::Full {
        let mut zones = zone::Zones::new(ui, rect);
        let width = rect.width() / 4.0;
        let places = [zones.left(ui, width), zones.left(ui, width), zones.left(ui, width), zones.rest()];
        return draw(ui, places);
    }
    zone::scroll(ui, rect, "two classes", |ui| {
        let (whole, _) = ui.allocate_exact_size(vec2(rect.width(), 2.0 * NARROW), Sense::hover());
        let mut rows = zone::Zones::new(ui, whole);
        let mut top = zone::Zones::new(ui, rows.top(ui, NARROW));
        let mut below = zone::Zones::new(ui, rows.rest());
        let half = rect.width() / 2.0;
        draw(ui, [top.left(ui, half), top.rest(), below.left(ui, half), below.rest()]);
    });
}

/// The share of the positive class in these rows.
pub(super) fn share(curves: &ClassCurves) -> f64 {
    curves.positives as f64 / (curves.positives + curves.negatives).max(1) as f64
}

fn confusion(ui: &mut Ui, rect: Rect, evaluation: &Evaluation, names: &[String], at: Option<AtThreshold>) {
    let (Some(at), [negative, positive]) = (at, names) else { return };
    zone::fill(ui, rect, |ui| {
        let rows = format::count(evaluation.rows, "row", "rows");
        zone::header("Confusion").detail(&rows).plain(ui);
        zone::padded(ui, PADDING, |ui| {
            let width = ui.available_width().min(300.0);
            matrix(ui, width, at, negative, positive);
            ui.add_space(8.0);
            let said =
                |value: Option<f64>| value.map_or_else(|| "none".into(), |value| format::decimal(value, 3));
            key_value(ui, "Precision", &said(at.precision()));
            key_value(ui, "Recall", &said(at.recall()));
            key_value(ui, "F1", &said(at.f1()));
            if let Some(brier) = evaluation.metrics.get("brier") {
                key_value(ui, "Brier", &format::metric(*brier));
            }
        });
    });
}

/// Rows of the truth, columns of the prediction; the positive class first.
fn matrix(ui: &mut Ui, width: f32, at: AtThreshold, negative: &str, positive: &str) {
    let tokens = tokens(ui);
    let label = 54.0_f32.min(width * 0.25);
    let cell = vec2(((width - label) / 2.0).floor(), 62.0);
    let (whole, _) = ui.allocate_exact_size(vec2(width, 20.0 + 2.0 * cell.y), Sense::hover());
    let counts = [[at.true_positives, at.false_negatives], [at.false_positives, at.true_negatives]];
    for (column, name) in [positive, negative].into_iter().enumerate() {
        let left = whole.left() + label + column as f32 * cell.x;
        let head = Rect::from_min_size(pos2(left, whole.top()), vec2(cell.x, 18.0));
        text::put(ui, head, Align2::LEFT_CENTER, &format!("predicted {name}"), Type::Label, tokens.t3);
    }
    for (row, (counts, name)) in counts.into_iter().zip([positive, negative]).enumerate() {
        let top = whole.top() + 20.0 + row as f32 * cell.y;
        let head = Rect::from_min_size(pos2(whole.left(), top + 8.0), vec2(label - 6.0, 16.0));
        text::put(ui, head, Align2::LEFT_CENTER, "actual", Type::Label, tokens.t3);
        text::put(ui, head.translate(vec2(0.0, 16.0)), Align2::LEFT_CENTER, name, Type::Label, tokens.t2);
        let sum = counts.iter().sum::<u64>().max(1);
        for (column, count) in counts.into_iter().enumerate() {
            let left = whole.left() + label + column as f32 * cell.x;
            let place = Rect::from_min_size(pos2(left, top), cell - vec2(2.0, 2.0));
            let share = count as f64 / sum as f64;
            square(ui, place, share, &format::integer(count), &format::share(share));
        }
    }
}

/// A cell of a confusion matrix, the stronger the larger its share of the row.
pub(super) fn square(ui: &mut Ui, place: Rect, share: f64, count: &str, said: &str) {
    let tokens = tokens(ui);
    let fill = tokens.bg3.lerp_to_gamma(tokens.series(0), 0.55 * share as f32);
    ui.painter().rect_filled(place, 0.0, fill);
    let inner = place.shrink2(vec2(10.0, 8.0));
    let (above, below) = inner.split_top_bottom_at_fraction(0.55);
    text::put(ui, above, Align2::LEFT_CENTER, count, Type::NumberStrong, tokens.t1);
    text::put(ui, below, Align2::LEFT_CENTER, said, Type::NumberSmall, tokens.t2);
}

/// The plot below a header.
fn plot_rect(ui: &Ui, rect: Rect) -> Rect {
    Rect::from_min_max(pos2(rect.left() + 12.0, ui.cursor().top()), rect.max - vec2(PADDING, 8.0))
}

fn unit() -> Axis {
    Axis::numbers(0.0, 1.0)
}

pub(super) fn roc(ui: &mut Ui, rect: Rect, curves: &ClassCurves, at: Option<AtThreshold>) {
    zone::fill(ui, rect, |ui| {
        let area = curves
            .roc_auc
            .map_or_else(|| "one class only".into(), |area| format!("area {}", format::metric(area)));
        header(ui, "ROC", &area);
        let place = plot_rect(ui, rect);
        Plot::new("True positive rate by false positive rate", unit(), unit()).square().show(
            ui,
            place,
            |canvas| {
                let tokens = canvas.tokens();
                canvas.dashed(&[[0.0, 0.0], [1.0, 1.0]], tokens.reference);
                canvas.line(&curves.roc, tokens.series(0), 1.8);
                let point = at.and_then(|at| Some([at.false_positive_rate()?, at.recall()?]));
                mark(canvas, point, |[x, y]| {
                    format!("{} at {}", format::decimal(y, 2), format::decimal(x, 2))
                });
            },
        );
    });
}

pub(super) fn precision_recall(
    ui: &mut Ui,
    rect: Rect,
    curves: &ClassCurves,
    at: Option<AtThreshold>,
    share: f64,
) {
    zone::fill(ui, rect, |ui| {
        let area = curves
            .average_precision
            .map_or_else(|| "one class only".into(), |area| format!("average {}", format::metric(area)));
        header(ui, "Precision by recall", &area);
        let place = plot_rect(ui, rect);
        Plot::new("Precision by recall", unit(), unit()).square().show(ui, place, |canvas| {
            let tokens = canvas.tokens();
            canvas.limit(share, &format!("share {}", format::decimal(share, 2)), tokens.reference);
            canvas.line(&curves.precision_recall, tokens.series(0), 1.8);
            let point = at.and_then(|at| Some([at.recall()?, at.precision()?]));
            mark(canvas, point, |[x, y]| format!("{} at {}", format::decimal(y, 2), format::decimal(x, 2)));
        });
    });
}

pub(super) fn calibration(ui: &mut Ui, rect: Rect, curves: &ClassCurves) {
    zone::fill(ui, rect, |ui| {
        let error = curves
            .calibration_error
            .map_or_else(String::new, |error| format!("error {}", format::decimal(error, 3)));
        let reference = tokens(ui).reference;
        zone::header("Calibration").detail(&error).show(ui, |ui| legend(ui, Mark::Line, reference, "ideal"));
        let place = plot_rect(ui, rect);
        let rows = curves.calibration.iter().map(|bin| bin.rows).max().unwrap_or(1).max(1) as f64;
        Plot::new("Actual share by predicted probability", unit(), unit()).square().show(
            ui,
            place,
            |canvas| {
                let tokens = canvas.tokens();
                // How many rows stand behind each point, as bars up to a quarter of the plot.
                let bars =
                    curves.calibration.iter().map(|bin| (bin.low, bin.high, 0.25 * bin.rows as f64 / rows));
                canvas.bars(bars, tokens.bar, 1.0);
                canvas.dashed(&[[0.0, 0.0], [1.0, 1.0]], tokens.reference);
                let points: Vec<[f64; 2]> =
                    curves.calibration.iter().map(|bin| [bin.predicted, bin.actual]).collect();
                canvas.line(&points, tokens.series(0), 1.8);
                canvas.points(&points, tokens.series(0), 3.0);
            },
        );
    });
}

fn header(ui: &mut Ui, title: &str, detail: &str) {
    let reference = tokens(ui).reference;
    zone::header(title).detail(detail).show(ui, |ui| legend(ui, Mark::Line, reference, "no skill"));
}

/// Where the threshold stands on a curve.
fn mark(
    canvas: &mut crate::ui::plot::Canvas<'_>,
    point: Option<[f64; 2]>,
    said: impl FnOnce([f64; 2]) -> String,
) {
    let ink: Color32 = canvas.tokens().t1;
    if let Some(point) = point {
        canvas.points(&[point], ink, 4.0);
        canvas.note(point[0], point[1] - 0.06, &said(point), ink);
    }
}
