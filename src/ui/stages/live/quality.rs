//! How good predictions were, by the labels that came: the figure, and how it went.

use std::collections::BTreeMap;

use eframe::egui::{Align2, Rect, Ui, pos2};

use crate::live::{LiveLabels, LiveQuality, QualityPoint};
use crate::ui::measures::PADDING;
use crate::ui::plot::{Axis, Mark, Plot, legend, readout};
use crate::ui::text::{self, Type};
use crate::ui::{View, format, tokens, zone};

/// The measures by which predictions are judged, the first that is there: its name, for people, whether more is better.
const MEASURES: [(&str, &str, bool); 2] =
    [("accuracy", "Accuracy", true), ("mae", "Mean absolute error", false)];

/// A measure of some predictions.
pub(super) struct Measure {
    pub(super) title: &'static str,
    pub(super) value: f64,
    /// The same of who knows nothing but how they came out.
    pub(super) no_skill: Option<f64>,
    more_is_better: bool,
}

impl Measure {
    /// Whether knowing nothing would have been better.
    pub(super) fn worse_than_none(&self) -> bool {
        let worse = |none: f64| if self.more_is_better { self.value < none } else { self.value > none };
        self.no_skill.is_some_and(worse)
    }
}

/// The measure of some predictions; `None` before the first label.
pub(super) fn of(quality: &LiveQuality) -> Option<Measure> {
    MEASURES.into_iter().find_map(|(metric, title, more_is_better)| {
        let value = *quality.metrics.get(metric)?;
        Some(Measure { title, value, no_skill: quality.no_skill.get(metric).copied(), more_is_better })
    })
}

/// What predictions are judged by before the first label: `of_classes`, or numbers.
pub(super) fn title(of_classes: bool) -> &'static str {
    let [(_, classes, _), (_, numbers, _)] = MEASURES;
    if of_classes { classes } else { numbers }
}

/// The value of that measure among metrics.
pub(super) fn value(metrics: &BTreeMap<String, f64>) -> Option<f64> {
    MEASURES.iter().find_map(|(metric, ..)| metrics.get(*metric).copied())
}

/// Draws the measure of the last labelled predictions as it went.
pub(super) fn plot(ui: &mut Ui, view: &View<'_>, rect: Rect, labels: &LiveLabels, of_classes: bool) {
    zone::fill(ui, rect, |ui| {
        let tokens = tokens(ui);
        let measure = of(&labels.window);
        let shown = measure.as_ref().map_or_else(|| title(of_classes), |measure| measure.title);
        let detail = format!("last {} labelled", format::integer(LiveLabels::WINDOW as u64));
        zone::header(shown).detail(&detail).show(ui, |ui| {
            let Some(measure) = &measure else { return };
            if let Some(no_skill) = measure.no_skill {
                legend(
                    ui,
                    Mark::Line,
                    tokens.reference,
                    &format!("no skill {}", format::decimal(no_skill, 3)),
                );
            }
            legend(ui, Mark::Line, tokens.series(0), &format!("model {}", format::decimal(measure.value, 3)));
        });
        let area = Rect::from_min_max(
            pos2(rect.left() + PADDING, ui.cursor().top()),
            pos2(rect.right() - PADDING, rect.bottom() - 6.0),
        );
        let said = match (&measure, span(&labels.history)) {
            (Some(measure), Some(span)) => return curve(ui, view, area, labels, measure, span),
            (Some(_), None) => "Too few labels for a curve yet",
            (None, _) => "No label has come yet",
        };
        text::put(ui, area, Align2::CENTER_CENTER, said, Type::Body, tokens.t3);
    });
}

/// The first and the last time of a history; `None` while it has a single moment, which makes no curve.
fn span(history: &[QualityPoint]) -> Option<(i64, i64)> {
    let times = || history.iter().map(|point| point.time);
    let (first, last) = (times().min()?, times().max()?);
    (first < last).then_some((first, last))
}

fn curve(
    ui: &mut Ui,
    view: &View<'_>,
    area: Rect,
    labels: &LiveLabels,
    measure: &Measure,
    (first, last): (i64, i64),
) {
    let points: Vec<[f64; 2]> = labels
        .history
        .iter()
        .map(|point| [point.time as f64, value(&point.metrics).unwrap_or(f64::NAN)])
        .collect();
    let y = Axis::around(points.iter().map(|point| point[1]).chain(measure.no_skill));
    let x = Axis::times(first, last, view.state.zone());
    let shown = Plot::new("Quality over event time", x, y).show(ui, area, |canvas| {
        let tokens = canvas.tokens();
        if let Some(no_skill) = measure.no_skill {
            canvas.dashed(&[[first as f64, no_skill], [last as f64, no_skill]], tokens.reference);
        }
        canvas.line(&points, tokens.series(0), 1.8);
        if points.len() < 30 {
            canvas.points(&points, tokens.series(0), 2.5);
        }
    });
    let Some(at) = shown.hover_x() else { return };
    let nearest = labels.history.iter().min_by(|a, b| {
        let far = |time: i64| (time as f64 - at).abs();
        far(a.time).total_cmp(&far(b.time))
    });
    let Some(point) = nearest else { return };
    let tokens = tokens(ui);
    let said = value(&point.metrics).map_or_else(|| "none".into(), |value| format::decimal(value, 4));
    let rows = [
        (Some((Mark::Line, tokens.series(0))), format!("version {}", point.version), said),
        (None, "labelled so far".into(), format::integer(point.labelled)),
    ];
    let title = format::time(point.time, view.state.zone(), format::Precision::Minute);
    readout(ui, &shown, point.time as f64, &title, &rows);
}
