//! A number: measures, residuals, predicted against true.

use eframe::egui::{Align2, Rect, Ui, pos2, vec2};

use crate::learn::{Evaluation, Measure, NumberEvaluation};
use crate::ui::measures::{PADDING, WidthClass};
use crate::ui::plot::{Axis, Mark, Plot, legend};
use crate::ui::text::{self, Type};
use crate::ui::widgets::KeyValue;
use crate::ui::{View, format, tokens, zone};

/// Where values begin.
const VALUES: f32 = 140.0;

/// Draws the three zones: side by side, or the last below the others where the window is narrow.
pub(super) fn show(
    ui: &mut Ui,
    view: &View<'_>,
    rect: Rect,
    evaluation: &Evaluation,
    numbers: &NumberEvaluation,
    baseline: &Evaluation,
) {
    let mut zones = zone::Zones::new(ui, rect);
    if view.width_class(ui) == WidthClass::Full {
        let first = zones.left(ui, (rect.width() * 0.3).max(320.0));
        measures(ui, first, evaluation, baseline);
        let second = zones.left(ui, zones.rest().width() / 2.0);
        residuals(ui, second, numbers);
    } else {
        let mut above = zone::Zones::new(ui, zones.top(ui, rect.height() / 2.0));
        let first = above.left(ui, (rect.width() * 0.45).max(320.0));
        measures(ui, first, evaluation, baseline);
        residuals(ui, above.rest(), numbers);
    }
    points(ui, zones.rest(), numbers);
}

fn measures(ui: &mut Ui, rect: Rect, evaluation: &Evaluation, baseline: &Evaluation) {
    zone::fill(ui, rect, |ui| {
        let rows = format::count(evaluation.rows, "row", "rows");
        zone::header("Errors").detail(&rows).show(ui, |ui| {
            text::label(ui, "no skill", Type::Label, tokens(ui).t3);
        });
        zone::padded(ui, PADDING, |ui| {
            for measure in Measure::of_numbers() {
                let Some(value) = evaluation.metrics.get(measure.metric) else { continue };
                let margin = evaluation.margin(measure.metric);
                let margin =
                    margin.map_or_else(String::new, |margin| format!("± {}", format::decimal(margin, 3)));
                let said = format::decimal(*value, 3);
                let row = KeyValue::new(measure.title, &said).at(VALUES).note(&margin).show(ui).rect;
                if let Some(without) = baseline.metrics.get(measure.metric) {
                    let without = format::decimal(*without, 3);
                    text::put(ui, row, Align2::RIGHT_CENTER, &without, Type::Number, tokens(ui).t3);
                }
            }
        });
    });
}

/// The plot below a header.
fn plot_rect(ui: &Ui, rect: Rect) -> Rect {
    Rect::from_min_max(pos2(rect.left() + PADDING, ui.cursor().top()), rect.max - vec2(PADDING, 8.0))
}

fn residuals(ui: &mut Ui, rect: Rect, numbers: &NumberEvaluation) {
    let histogram = &numbers.residuals;
    let outside = histogram.below + histogram.above;
    let detail = match outside {
        0 => "true less predicted".to_owned(),
        outside => format!("true less predicted, {} beyond the ends", format::integer(outside)),
    };
    zone::fill(ui, rect, |ui| {
        zone::header("Residuals").detail(&detail).plain(ui);
        let most = histogram.counts.iter().copied().max().unwrap_or(1) as f64;
        let width = (histogram.high - histogram.low) / histogram.counts.len().max(1) as f64;
        let place = plot_rect(ui, rect);
        let x = Axis::numbers(histogram.low, histogram.high);
        Plot::new("Rows by residual", x, Axis::from_zero(most)).show(ui, place, |canvas| {
            let tokens = canvas.tokens();
            let bars = histogram.counts.iter().enumerate().map(|(index, count)| {
                let from = histogram.low + index as f64 * width;
                (from, from + width, *count as f64)
            });
            canvas.bars(bars, tokens.series(0), 1.0);
            if histogram.low < 0.0 && histogram.high > 0.0 {
                canvas.rule(0.0, "", tokens.t3, true);
            }
        });
    });
}

fn points(ui: &mut Ui, rect: Rect, numbers: &NumberEvaluation) {
    zone::fill(ui, rect, |ui| {
        let detail = format!("{} drawn evenly", format::count(numbers.points.len() as u64, "row", "rows"));
        let reference = tokens(ui).reference;
        zone::header("True by predicted").detail(&detail).show(ui, |ui| {
            legend(ui, Mark::Line, reference, "exact");
        });
        let place = plot_rect(ui, rect);
        let x = Axis::around(numbers.points.iter().map(|point| point[0]));
        let y = Axis::around(numbers.points.iter().map(|point| point[1]));
        let (low, high) = (x.range().0.max(y.range().0), x.range().1.min(y.range().1));
        Plot::new("True by predicted value", x, y).square().show(ui, place, |canvas| {
            let tokens = canvas.tokens();
            canvas.points(&numbers.points, tokens.series(0).gamma_multiply(0.6), 1.6);
            if low < high {
                canvas.dashed(&[[low, low], [high, high]], tokens.reference);
            }
        });
    });
}
