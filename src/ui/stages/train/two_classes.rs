//! Two classes: confusion at the threshold, ROC, precision by recall, calibration.

use eframe::egui::{Color32, Rect, Ui, vec2};

use super::confusion;
use super::evaluation::quarters;
use crate::app::state::train::AtThreshold;
use crate::learn::{ClassCurves, ClassEvaluation, Evaluation, Target};
use crate::ui::measures::PADDING;
use crate::ui::plot::{Axis, Canvas, Mark, Plot, Tick, legend};
use crate::ui::{View, format, tokens, zone};

/// Draws the four zones: side by side, or 2 x 2 where the window is narrow.
pub(super) fn show(
    ui: &mut Ui,
    view: &View<'_>,
    rect: Rect,
    evaluation: &Evaluation,
    classes: &ClassEvaluation,
    target: &Target,
) {
    let Some(curves) = classes.curves.first() else { return };
    let at = AtThreshold::of(curves, view.state.train.threshold);
    let [first, second, third, fourth] = quarters(ui, view, rect);
    confusion::show(ui, first, evaluation, target, &classes.names, at);
    roc(ui, second, curves, at);
    precision_recall(ui, third, curves, at);
    calibration(ui, fourth, curves);
}

/// The plot below a header.
fn plot_rect(ui: &Ui, rect: Rect) -> Rect {
    Rect::from_min_max(
        rect.left_top() + vec2(12.0, ui.cursor().top() - rect.top()),
        rect.max - vec2(PADDING, 8.0),
    )
}

/// From 0 to 1, with lines at the quarters.
fn unit() -> Axis {
    let tick = |(value, label): (f64, &str)| Tick { value, label: label.into() };
    let ticks = [(0.0, "0"), (0.25, ""), (0.5, "0.5"), (0.75, ""), (1.0, "1")].map(tick);
    Axis::numbers(0.0, 1.0).given(ticks.into())
}

pub(super) fn roc(ui: &mut Ui, rect: Rect, curves: &ClassCurves, at: Option<AtThreshold>) {
    zone::fill(ui, rect, |ui| {
        let area = curves.roc_auc.map_or_else(one_class, |area| format!("area {}", format::metric(area)));
        let reference = tokens(ui).reference;
        zone::header("ROC").detail(&area).show(ui, |ui| legend(ui, Mark::Line, reference, "no skill"));
        let place = plot_rect(ui, rect);
        let plot = Plot::new("True positive rate by false positive rate", unit(), unit()).square();
        plot.show(ui, place, |canvas| {
            let tokens = canvas.tokens();
            canvas.dashed(&[[0.0, 0.0], [1.0, 1.0]], tokens.reference);
            canvas.line(&curves.roc, tokens.series(0), 1.8);
            mark(canvas, at.and_then(|at| Some([at.false_positive_rate()?, at.recall()?])));
        });
    });
}

pub(super) fn precision_recall(ui: &mut Ui, rect: Rect, curves: &ClassCurves, at: Option<AtThreshold>) {
    zone::fill(ui, rect, |ui| {
        let average = curves
            .average_precision
            .map_or_else(one_class, |value| format!("average {}", format::metric(value)));
        zone::header("Precision by recall").detail(&average).plain(ui);
        let place = plot_rect(ui, rect);
        Plot::new("Precision by recall", unit(), unit()).square().show(ui, place, |canvas| {
            let tokens = canvas.tokens();
            let share = curves.positives as f64 / (curves.positives + curves.negatives).max(1) as f64;
            let said = format!("no skill {}", format::decimal(share, 2));
            canvas.limit(share, &said, tokens.reference);
            canvas.line(&curves.precision_recall, tokens.series(0), 1.8);
            mark(canvas, at.and_then(|at| Some([at.recall()?, at.precision()?])));
        });
    });
}

fn calibration(ui: &mut Ui, rect: Rect, curves: &ClassCurves) {
    zone::fill(ui, rect, |ui| {
        let error = curves
            .calibration_error
            .map_or_else(String::new, |error| format!("error {}", format::decimal(error, 3)));
        let reference = tokens(ui).reference;
        zone::header("Calibration").detail(&error).show(ui, |ui| legend(ui, Mark::Line, reference, "ideal"));
        let place = plot_rect(ui, rect);
        let rows = curves.calibration.iter().map(|bin| bin.rows).max().unwrap_or(1).max(1) as f64;
        let plot = Plot::new("Actual share by predicted probability", unit(), unit()).square();
        plot.show(ui, place, |canvas| {
            let tokens = canvas.tokens();
            // How many rows stand behind each point, as bars up to a quarter of the plot.
            let height = |bin: &crate::learn::CalibrationBin| 0.25 * bin.rows as f64 / rows;
            let bars = curves.calibration.iter().map(|bin| (bin.low, bin.high, height(bin)));
            canvas.bars(bars, tokens.bar, 1.0);
            canvas.dashed(&[[0.0, 0.0], [1.0, 1.0]], tokens.reference);
            let points: Vec<[f64; 2]> =
                curves.calibration.iter().map(|bin| [bin.predicted, bin.actual]).collect();
            canvas.line(&points, tokens.series(0), 1.8);
            canvas.points(&points, tokens.series(0), 3.0);
        });
    });
}

fn one_class() -> String {
    "one class only".into()
}

/// Where the threshold stands on a curve: `0.84 at 0.82`.
fn mark(canvas: &mut Canvas<'_>, point: Option<[f64; 2]>) {
    let ink: Color32 = canvas.tokens().t1;
    if let Some([x, y]) = point {
        canvas.points(&[[x, y]], ink, 4.0);
        canvas.note(x, y - 0.06, &format!("{} at {}", format::decimal(y, 2), format::decimal(x, 2)), ink);
    }
}
