//! Predictions over event time: the share of each class, or the mean of a number.

use eframe::egui::{Rect, Ui, pos2};

use crate::learn::Target;
use crate::live::{LiveSnapshot, TimeBin};
use crate::ui::measures::PADDING;
use crate::ui::plot::{Axis, Mark, Plot, legend, readout};
use crate::ui::text::{self, Type};
use crate::ui::{View, format, tokens, zone};

/// Classes that are drawn at most: as many as there are colours.
const CLASSES: usize = 6;
/// A pause of so many bins parts a line.
const PAUSE: i64 = 4;
/// Room for a bin, in points: what stands for one record or two jumps about and hides what it should show.
const BIN: f32 = 7.0;

/// One line of the plot.
struct Series {
    name: String,
    index: usize,
    /// The mean of probabilities or numbers; else the share of the records for which the class was the most probable.
    mean: bool,
}

/// The bins that are drawn, and how long one is.
struct Bins {
    ms: i64,
    bins: Vec<TimeBin>,
}

/// Draws the zone.
pub(super) fn predictions(ui: &mut Ui, view: &View<'_>, rect: Rect, snapshot: &LiveSnapshot) {
    zone::fill(ui, rect, |ui| {
        let tokens = tokens(ui);
        let series = series(snapshot);
        let (ms, bins) = snapshot.coarser((rect.width() / BIN) as usize);
        let bins = Bins { ms, bins };
        let title = match (snapshot.classes.as_slice(), limit(view, snapshot)) {
            ([], _) => "Mean prediction".into(),
            ([_, _], Some(limit)) => format!("Share with {limit}"),
            ([_, second], None) => format!("Share of {second}"),
            _ => "Share of each class".into(),
        };
        let width = format::duration_ms(bins.ms as f64);
        let judged = if snapshot.labels.is_some() { "predicted and actual" } else { "predicted" };
        let detail = format!("{judged}, by the records' timestamps, {width}");
        zone::header(&title).detail(if snapshot.bins.is_empty() { "" } else { &detail }).show(ui, |ui| {
            legend(ui, Mark::Square, tokens.bar, "records");
            let judged = snapshot.labels.is_some() && truth(snapshot).is_some();
            for (color, one) in series.iter().enumerate().rev() {
                legend(ui, Mark::Line, tokens.series(color), &one.name);
            }
            if judged {
                legend(ui, Mark::Point, tokens.t1, "actual");
            }
        });
        let area = Rect::from_min_max(
            pos2(rect.left() + PADDING, ui.cursor().top()),
            pos2(rect.right() - PADDING, rect.bottom() - 6.0),
        );
        if snapshot.bins.is_empty() {
            text::put(
                ui,
                area,
                eframe::egui::Align2::CENTER_CENTER,
                "No record is scored yet",
                Type::Body,
                tokens.t3,
            );
        } else {
            plot(ui, view, area, snapshot, &bins, &series);
        }
    });
}

/// What the second class stands for, where the model tells numbers above a limit from others: `arr_delay above 15`.
fn limit(view: &View<'_>, snapshot: &LiveSnapshot) -> Option<String> {
    let session = view.state.live.session()?;
    let models = view.state.live.models.of(&session.request.model_topic)?;
    let model = models.iter().find(|model| model.name == session.request.model.name)?;
    let serving = snapshot.serving?.version;
    let version = model.versions.iter().find(|version| version.version == serving)?;
    match &version.manifest.task.target {
        Target::Above { column, above } => Some(format!("{column} above {}", format::float(*above))),
        Target::Column(_) => None,
    }
}

/// The lines: of two classes the second says it all, with its mean probability; of a number there is one.
fn series(snapshot: &LiveSnapshot) -> Vec<Series> {
    match snapshot.classes.as_slice() {
        [] => vec![Series { name: "mean".into(), index: 0, mean: true }],
        [_, second] => vec![
            Series { name: second.clone(), index: 1, mean: false },
            Series { name: format!("mean p({second})"), index: 1, mean: true },
        ],
        classes => {
            let share = |(index, name): (usize, &String)| Series { name: name.clone(), index, mean: false };
            classes.iter().take(CLASSES).enumerate().map(share).collect()
        }
    }
}

fn value(bin: &TimeBin, series: &Series) -> f64 {
    let values = if series.mean { &bin.means } else { &bin.shares };
    values.get(series.index).copied().unwrap_or(f64::NAN)
}

/// Which of the actual values is drawn: the share of the second of two classes, or the mean of a number. Of more classes
/// there would be as many clouds of points as lines.
fn truth(snapshot: &LiveSnapshot) -> Option<usize> {
    match snapshot.classes.as_slice() {
        [] => Some(0),
        [_, _] => Some(1),
        _ => None,
    }
}

/// Whether most labels of a bin are still to come: what came first says little about the rest.
fn is_open(bin: &TimeBin) -> bool {
    bin.open > bin.labelled
}

/// What came out, in the middle of each bin whose labels have come.
fn actual(bins: &Bins, index: usize) -> Vec<[f64; 2]> {
    let known = bins.bins.iter().filter(|bin| bin.labelled > 0 && !is_open(bin));
    let middle = |bin: &TimeBin| bin.start as f64 + bins.ms as f64 / 2.0;
    known.filter_map(|bin| Some([middle(bin), *bin.actual.get(index)?])).collect()
}

/// From when to when labels are open, in pieces without a gap.
fn open_spans(bins: &Bins) -> Vec<(f64, f64)> {
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for bin in bins.bins.iter().filter(|bin| is_open(bin)) {
        let (from, to) = (bin.start as f64, bin.start.saturating_add(bins.ms) as f64);
        match spans.last_mut() {
            Some(last) if from - last.1 <= (PAUSE * bins.ms) as f64 => last.1 = to,
            _ => spans.push((from, to)),
        }
    }
    spans
}

/// The points of a line, parted where nothing came for a while.
fn points(bins: &Bins, series: &Series) -> Vec<[f64; 2]> {
    let mut points = Vec::with_capacity(bins.bins.len());
    let mut before: Option<i64> = None;
    for bin in &bins.bins {
        if before.is_some_and(|before| bin.start.saturating_sub(before) > PAUSE * bins.ms) {
            points.push([bin.start as f64, f64::NAN]);
        }
        before = Some(bin.start);
        points.push([bin.start as f64 + bins.ms as f64 / 2.0, value(bin, series)]);
    }
    points
}

fn plot(ui: &mut Ui, view: &View<'_>, area: Rect, snapshot: &LiveSnapshot, bins: &Bins, series: &[Series]) {
    let (Some(first), Some(last)) = (bins.bins.first(), bins.bins.last()) else { return };
    let lines: Vec<Vec<[f64; 2]>> = series.iter().map(|one| points(bins, one)).collect();
    let truth = truth(snapshot).filter(|_| snapshot.labels.is_some());
    let actual = truth.map(|index| actual(bins, index)).unwrap_or_default();
    let drawn = || lines.iter().flatten().chain(&actual);
    let values = || drawn().map(|point| point[1]).filter(|value| value.is_finite());
    let y = if snapshot.classes.is_empty() {
        Axis::around(values())
    } else {
        let highest = values().fold(0.05, f64::max);
        Axis::numbers(0.0, (highest * 1.12).min(1.0)).written(|value| format::share_with(value, 0))
    };
    let (low, high) = y.range();
    let most = bins.bins.iter().map(|bin| bin.records).max().unwrap_or(1).max(1);
    let x = Axis::times(first.start, last.start.saturating_add(bins.ms), view.state.zone());
    let shown = Plot::new("Predictions over event time", x, y).show(ui, area, |canvas| {
        let tokens = canvas.tokens();
        let spans = open_spans(bins);
        for (from, to) in &spans {
            canvas.span(*from, *to, tokens.bg3);
        }
        // Bars take the lowest quarter: they say how much a point rests on, not a value of the axis.
        let bars = bins.bins.iter().map(|bin| {
            let height = low + (high - low) * 0.25 * bin.records as f64 / most as f64;
            (bin.start as f64, bin.start.saturating_add(bins.ms) as f64, height)
        });
        canvas.bars(bars, tokens.bar, 1.0);
        for (color, line) in lines.iter().enumerate() {
            canvas.line(line, tokens.series(color), 1.5);
            if line.len() < 30 {
                canvas.points(line, tokens.series(color), 2.5);
            }
        }
        canvas.points(&actual, tokens.t1, 2.5);
        if let (Some((_, to)), Some(labels)) = (spans.last(), &snapshot.labels) {
            canvas.note_at_top(*to, &open_in_words(labels.counts.waiting), tokens.t2);
        }
    });
    let Some(at) = shown.hover_x() else { return };
    let under = bins.bins.partition_point(|bin| (bin.start as f64) <= at).checked_sub(1);
    let Some(bin) = under.and_then(|index| bins.bins.get(index)) else { return };
    if at > bin.start.saturating_add(bins.ms) as f64 {
        return;
    }
    let number = snapshot.classes.is_empty();
    let known = truth.filter(|_| bin.labelled > 0).and_then(|index| bin.actual.get(index).copied());
    hover(ui, view, &shown, (bin, bins.ms), series, (number, known));
}

/// `231 labels open`.
fn open_in_words(waiting: u64) -> String {
    format!("{} open", format::count(waiting, "label", "labels"))
}

fn hover(
    ui: &Ui,
    view: &View<'_>,
    shown: &crate::ui::plot::Shown,
    (bin, ms): (&TimeBin, i64),
    series: &[Series],
    (number, actual): (bool, Option<f64>),
) {
    let tokens = tokens(ui);
    let mut rows: Vec<_> = series
        .iter()
        .enumerate()
        .map(|(color, one)| {
            let value = value(bin, one);
            let said = if number { format::decimal(value, 3) } else { format::share(value) };
            (Some((Mark::Line, tokens.series(color))), one.name.clone(), said)
        })
        .collect();
    if let Some(value) = actual {
        let said = if number { format::decimal(value, 3) } else { format::share(value) };
        rows.insert(0, (Some((Mark::Point, tokens.t1)), "actual".into(), said));
    }
    rows.push((None, "records".into(), format::integer(bin.records)));
    if bin.open > 0 {
        rows.push((None, "labels open".into(), format::integer(bin.open)));
    }
    let precision = if ms < 60_000 { format::Precision::Second } else { format::Precision::Minute };
    let title = format::time(bin.start, view.state.zone(), precision);
    readout(ui, shown, bin.start as f64 + ms as f64 / 2.0, &title, &rows);
}
