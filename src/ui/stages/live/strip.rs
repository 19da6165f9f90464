//! The strip of numbers, each with its last two minutes.

use eframe::egui::{Align2, Rect, Sense, Ui, WidgetInfo, accesskit::Role, pos2};

use super::quality;
use crate::live::{LiveLabels, LiveSnapshot, Second};
use crate::ui::text::{self, Type};
use crate::ui::widgets::spark;
use crate::ui::{format, tokens};

struct Stat {
    name: &'static str,
    value: String,
    unit: String,
    series: Vec<f64>,
    warns: bool,
}

/// Draws the strip.
pub(super) fn strip(ui: &mut Ui, rect: Rect, snapshot: &LiveSnapshot) {
    let stats = stats(snapshot);
    let width = rect.width() / stats.len() as f32;
    for (index, stat) in stats.iter().enumerate() {
        let left = (rect.left() + width * index as f32).round();
        let right = (rect.left() + width * (index + 1) as f32).round();
        let place = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
        if index > 0 {
            ui.painter().vline(left - 0.5, rect.y_range(), (1.0, tokens(ui).line));
        }
        paint(ui, place, stat);
    }
}

fn stats(snapshot: &LiveSnapshot) -> Vec<Stat> {
    let series = |value: &dyn Fn(&Second) -> f64| snapshot.series.iter().map(value).collect::<Vec<f64>>();
    let latency = |name, us: u64, value: &dyn Fn(&Second) -> Option<u64>| {
        // 0 is no latency: nothing was scored in the last minute.
        let (figure, unit) = match us {
            0 => ("none".to_owned(), String::new()),
            _ => split(&format::duration_ms(us as f64 / 1e3)),
        };
        let micros = |second: &Second| value(second).map_or(f64::NAN, |us| us as f64);
        Stat { name, value: figure, unit, series: series(&micros), warns: false }
    };
    let rate = snapshot.rate;
    let rate = if rate < 10.0 { format::decimal(rate, 1) } else { format::integer(rate.round() as u64) };
    let counts = snapshot.counts;
    let share = counts.rejected as f64 / counts.read.max(1) as f64;
    let mut stats = vec![
        Stat {
            name: "Throughput",
            value: rate,
            unit: "records/s".into(),
            series: series(&|second| second.scored as f64),
            warns: false,
        },
        latency("Latency p50", snapshot.latency.p50_us, &|second| second.p50_us),
        latency("Latency p99", snapshot.latency.p99_us, &|second| second.p99_us),
        Stat {
            name: "Lag",
            value: format::compact(snapshot.lag),
            unit: "records".into(),
            series: series(&|second| second.lag as f64),
            warns: false,
        },
        Stat {
            name: "Dead-letter",
            value: format::compact(counts.rejected),
            unit: format::share(share),
            series: series(&|second| second.rejected as f64),
            warns: counts.rejected > 0,
        },
    ];
    // Before the rejections, as it is drawn.
    if let Some(labels) = &snapshot.labels {
        stats.insert(stats.len() - 1, judged(labels, !snapshot.classes.is_empty()));
    }
    stats
}

/// How good the last labelled predictions were.
fn judged(labels: &LiveLabels, of_classes: bool) -> Stat {
    let window = &labels.window;
    let Some(measure) = quality::of(window) else {
        return Stat {
            name: quality::title(of_classes),
            value: "none".into(),
            unit: "no label yet".into(),
            series: Vec::new(),
            warns: false,
        };
    };
    let series = labels.history.iter().map(|point| quality::value(&point.metrics).unwrap_or(f64::NAN));
    Stat {
        name: measure.title,
        value: format::decimal(measure.value, 3),
        unit: format!("of {}", format::integer(window.records)),
        series: series.collect(),
        warns: measure.worse_than_none(),
    }
}

/// A number and its unit.
fn split(text: &str) -> (String, String) {
    text.split_once(' ').map_or_else(
        || (text.to_owned(), String::new()),
        |(figure, unit)| (figure.to_owned(), unit.to_owned()),
    )
}

fn paint(ui: &mut Ui, rect: Rect, stat: &Stat) {
    let tokens = tokens(ui);
    let id = ui.scope_id().with(("stat", stat.name));
    let response = ui.interact(rect, id, Sense::hover());
    let said = format!("{} {} {}", stat.name, stat.value, stat.unit);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, said.trim_end()));
    let painter = ui.painter().with_clip_rect(rect);
    let left = rect.left() + 16.0;
    let at = pos2(left, rect.top() + 16.0);
    text::paint(&painter, at, Align2::LEFT_CENTER, stat.name, Type::Label, tokens.t3);
    let ink = if stat.warns { tokens.warn } else { tokens.t1 };
    let at = pos2(left, rect.top() + 38.0);
    let value = text::paint(&painter, at, Align2::LEFT_CENTER, &stat.value, Type::NumberLarge, ink);
    let at = pos2(value.right() + 6.0, rect.top() + 39.0);
    let unit = text::paint(&painter, at, Align2::LEFT_CENTER, &stat.unit, Type::Cell, tokens.t3);
    let from = (rect.right() - 80.0).max(unit.right() + 10.0);
    if rect.right() - 16.0 - from > 24.0 {
        let place =
            Rect::from_min_max(pos2(from, rect.top() + 28.0), pos2(rect.right() - 16.0, rect.top() + 48.0));
        spark(&painter, place, &stat.series, tokens.t2);
    }
}
