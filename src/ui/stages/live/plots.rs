//! Latency, lag and throughput.

use eframe::egui::{Align2, Rect, Ui, pos2};

use crate::live::LiveSnapshot;
use crate::ui::measures::PADDING;
use crate::ui::plot::{Axis, Mark, Plot, Tick, legend};
use crate::ui::text::{self, Type};
use crate::ui::{format, tokens, zone};

/// Seconds that are drawn.
const SECONDS: usize = 60;

fn below_header(ui: &Ui, rect: Rect) -> Rect {
    Rect::from_min_max(
        pos2(rect.left() + PADDING, ui.cursor().top()),
        pos2(rect.right() - PADDING, rect.bottom() - 6.0),
    )
}

fn nothing(ui: &mut Ui, area: Rect, said: &str) {
    let color = tokens(ui).t3;
    text::put(ui, area, Align2::CENTER_CENTER, said, Type::Body, color);
}

/// The distribution of the last minute's latencies, with its median and 99th percentile.
pub(super) fn latency(ui: &mut Ui, rect: Rect, snapshot: &LiveSnapshot) {
    let latency = &snapshot.latency;
    zone::fill(ui, rect, |ui| {
        zone::header("Latency").detail("record in to prediction committed, last minute").plain(ui);
        let area = below_header(ui, rect);
        let all: u64 = latency.bars.iter().map(|bar| bar.records).sum();
        let (Some(last), true) = (latency.bars.last(), all > 0) else {
            nothing(ui, area, "No record in the last minute");
            return;
        };
        let share = |records: u64| records as f64 / all as f64;
        let milliseconds = |us: u64| us as f64 / 1e3;
        let highest = latency.bars.iter().map(|bar| share(bar.records)).fold(0.0, f64::max);
        let high = milliseconds(last.to_us.max(latency.p99_us)) * 1.02;
        let x = Axis::numbers(0.0, high).written(|value| format!("{} ms", format::float(round(value))));
        let y = Axis::from_zero(highest).written(|value| format::share_with(value, 0));
        Plot::new("Latency histogram", x, y).show(ui, area, |canvas| {
            let tokens = canvas.tokens();
            let bars = latency.bars.iter();
            let bars =
                bars.map(|bar| (milliseconds(bar.from_us), milliseconds(bar.to_us), share(bar.records)));
            canvas.bars(bars, tokens.series(0), 1.0);
            let (p50, p99) = (milliseconds(latency.p50_us), milliseconds(latency.p99_us));
            let said = |name: &str, at: f64| format!("{name} {}", format::duration_ms(at));
            // Side by side the two names need so much of the width.
            let (first, second) = if (p99 - p50) / high < 0.2 {
                (String::new(), format!("{}, {}", said("p50", p50), said("p99", p99)))
            } else {
                (said("p50", p50), said("p99", p99))
            };
            canvas.rule(p50, &first, tokens.t1, false);
            canvas.rule(p99, &second, tokens.t1, false);
        });
    });
}

/// Steps of an axis are round; their sums in floating point are not.
fn round(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// Lag and throughput of the last minute, with the changes of the version.
pub(super) fn lag_and_throughput(ui: &mut Ui, rect: Rect, snapshot: &LiveSnapshot) {
    zone::fill(ui, rect, |ui| {
        let tokens = tokens(ui);
        zone::header("Lag and throughput").detail("last 60 s").show(ui, |ui| {
            legend(ui, Mark::Line, tokens.t2, "records/s");
            legend(ui, Mark::Line, tokens.series(0), "lag");
        });
        let area = below_header(ui, rect);
        let skip = snapshot.series.len().saturating_sub(SECONDS);
        let series = snapshot.series.get(skip..).unwrap_or_default();
        let Some(last) = series.last() else {
            nothing(ui, area, "No second has passed yet");
            return;
        };
        // The newest second ended one second after it began.
        let now = last.at + 1_000;
        let seconds = |at: i64| (at - now) as f64 / 1e3;
        let lag: Vec<_> =
            series.iter().map(|second| [seconds(second.at + 1_000), second.lag as f64]).collect();
        let rate: Vec<_> =
            series.iter().map(|second| [seconds(second.at + 1_000), second.scored as f64]).collect();
        let highest = lag.iter().chain(&rate).map(|point| point[1]).fold(0.0, f64::max);
        let ticks = [(-60.0, "\u{2212}60 s"), (-30.0, "\u{2212}30 s"), (0.0, "now")];
        let ticks = ticks.map(|(value, label)| Tick { value, label: label.into() }).to_vec();
        let x = Axis::numbers(-60.0, 0.0).given(ticks);
        let y = Axis::from_zero(highest.max(4.0)).written(|value| format::compact(value.max(0.0) as u64));
        Plot::new("Lag and throughput", x, y).show(ui, area, |canvas| {
            canvas.area(&lag, tokens.series(0));
            canvas.line(&rate, tokens.t2, 1.5);
            canvas.line(&lag, tokens.series(0), 1.5);
            for swap in snapshot.swaps.iter().filter(|swap| (-60.0..=0.0).contains(&seconds(swap.at))) {
                let took = format::duration_ms(swap.took_ms as f64);
                let said = format!("version {}, {took}", swap.to);
                canvas.rule(seconds(swap.at), &said, tokens.t1, true);
            }
        });
    });
}
