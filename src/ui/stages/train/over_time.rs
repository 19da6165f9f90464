//! Prediction against truth by record time.

use eframe::egui::{Rect, Ui, pos2, vec2};

use crate::learn::{Evaluation, Run, Target, TaskKind};
use crate::ui::format::Precision;
use crate::ui::measures::PADDING;
use crate::ui::plot::{Axis, Mark, Plot, legend, readout};
use crate::ui::{Icon, View, format, states, tokens, zone};

/// Draws the tab.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect, run: &Run, evaluation: &Evaluation) {
    let tokens = tokens(ui);
    let bins = &evaluation.over_time;
    let (Some(first), Some(last)) = (bins.first(), bins.last()) else {
        let how = "The rows of this part have no timestamps.";
        return states::empty(ui, rect, Icon::ChartLine, "Nothing over time", how, |_| ());
    };
    let middle = |from: i64, to: i64| from as f64 + (to - from) as f64 / 2.0;
    let predicted: Vec<[f64; 2]> = bins.iter().map(|bin| [middle(bin.from, bin.to), bin.predicted]).collect();
    let actual: Vec<[f64; 2]> = bins.iter().map(|bin| [middle(bin.from, bin.to), bin.actual]).collect();
    let [title, unit] = words(run, evaluation);
    zone::fill(ui, rect, |ui| {
        zone::header(&title).detail(&unit).show(ui, |ui| {
            legend(ui, Mark::Line, tokens.series(0), "predicted");
            legend(ui, Mark::Line, tokens.t1, "actual");
        });
        let plot =
            Rect::from_min_max(pos2(rect.left() + PADDING, ui.cursor().top()), rect.max - vec2(PADDING, 8.0));
        let x = Axis::times(first.from, last.to, view.state.zone());
        let y = Axis::around(predicted.iter().chain(&actual).map(|point| point[1]));
        let shown = Plot::new("Prediction and truth over time", x, y).show(ui, plot, |canvas| {
            canvas.line(&actual, tokens.t1, 1.5);
            canvas.line(&predicted, tokens.series(0), 1.8);
        });
        let Some(at) = shown.hover_x() else { return };
        let under = bins.iter().min_by_key(|bin| (middle(bin.from, bin.to) - at).abs() as i64);
        if let Some(bin) = under {
            let title = format::time(bin.from, view.state.zone(), Precision::Minute);
            let rows = [
                (Some((Mark::Line, tokens.series(0))), "predicted".into(), format::decimal(bin.predicted, 3)),
                (Some((Mark::Line, tokens.t1)), "actual".into(), format::decimal(bin.actual, 3)),
                (None, "rows".into(), format::integer(bin.rows)),
            ];
            readout(ui, &shown, middle(bin.from, bin.to), &title, &rows);
        }
    });
}

/// What the lines are.
fn words(run: &Run, evaluation: &Evaluation) -> [String; 2] {
    let names = evaluation.classes.as_ref().map(|classes| classes.names.as_slice());
    match (run.file.task.kind, names) {
        (TaskKind::Regression, _) => {
            [format!("{} over time", run.file.task.target.column()), "mean per span".into()]
        }
        (_, Some([_, positive])) => {
            let class = match &run.file.task.target {
                target @ Target::Above { .. } => target.to_string(),
                Target::Column(column) => format!("{column} {positive}"),
            };
            [format!("Share of {class} over time"), "mean probability against the share that came".into()]
        }
        _ => [
            "Confidence over time".into(),
            "mean probability of the most probable class against the share that is right".into(),
        ],
    }
}
