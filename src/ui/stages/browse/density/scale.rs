//! Where times and counts lie on the timeline.

use eframe::egui::{Rect, lerp, remap};
use jiff::tz::TimeZone;

use crate::kafka::{EventTime, Timeline};
use crate::ui::format::{self, Precision};
use crate::ui::plot::time_ticks;

const DAY: i64 = 86_400_000;
/// Least room for a time below the plot, in points.
const LABEL: f32 = 56.0;

/// Maps times to x and counts to y.
pub(super) struct Scale {
    plot: Rect,
    start: i64,
    end: i64,
    bucket_ms: i64,
    buckets: usize,
    top: u64,
    step: u64,
}

impl Scale {
    /// Of a timeline in a plot.
    pub fn new(timeline: &Timeline, plot: Rect) -> Self {
        let most = timeline.totals().into_iter().max().unwrap_or(0).max(1);
        let step = round_step(most);
        Self {
            plot,
            start: timeline.start.0,
            end: timeline.end.0.max(timeline.start.0 + 1),
            bucket_ms: timeline.bucket_ms.max(1),
            buckets: timeline.buckets(),
            top: most + most / 12,
            step,
        }
    }

    /// Where the bars are.
    pub fn plot(&self) -> Rect {
        self.plot
    }

    /// The first and the last time.
    pub fn span(&self) -> (EventTime, EventTime) {
        (EventTime(self.start), EventTime(self.end))
    }

    /// Length of a bucket.
    pub fn bucket_ms(&self) -> i64 {
        self.bucket_ms
    }

    /// Where a time is.
    pub fn x(&self, time: EventTime) -> f32 {
        let share = (time.0 - self.start) as f64 / (self.end - self.start) as f64;
        lerp(self.plot.left()..=self.plot.right(), share as f32)
    }

    /// The time at x, within the span.
    pub fn time(&self, x: f32) -> EventTime {
        let share = f64::from(remap(x, self.plot.x_range(), 0.0..=1.0).clamp(0.0, 1.0));
        EventTime(self.start + (share * (self.end - self.start) as f64) as i64)
    }

    /// Where a count is.
    pub fn y(&self, count: f64) -> f32 {
        let share = (count / self.top as f64).min(1.0) as f32;
        lerp(self.plot.bottom()..=self.plot.top(), share)
    }

    /// Left and right of a bucket.
    pub fn bucket(&self, index: usize) -> (f32, f32) {
        let start = self.start + self.bucket_ms * index as i64;
        let end = (start + self.bucket_ms).min(self.end);
        // On whole points: bars that share a pixel would be drawn twice there.
        (self.x(EventTime(start)).round(), self.x(EventTime(end)).round())
    }

    /// The bucket at x.
    pub fn bucket_at(&self, x: f32) -> Option<usize> {
        if !self.plot.x_range().contains(x) {
            return None;
        }
        let index = (self.time(x).0 - self.start) / self.bucket_ms;
        Some((index as usize).min(self.buckets.saturating_sub(1)))
    }

    /// Round numbers from 0 to the highest bar.
    pub fn steps(&self) -> impl Iterator<Item = u64> {
        let step = self.step;
        (0..).map(move |number| number * step).take_while(|value| *value <= self.top)
    }

    /// A bucket in words: its day, or when it begins.
    pub fn bucket_name(&self, start: EventTime, zone: &TimeZone) -> String {
        let precision = match self.bucket_ms {
            DAY.. => Precision::Day,
            60_000.. => Precision::Minute,
            1_000.. => Precision::Second,
            _ => Precision::Milli,
        };
        format::time(start.0, zone, precision)
    }

    /// Times to write below the plot: borders of months, days, hours or less, as many as there is room for. A month of
    /// which most is there is written where the plot begins.
    pub fn time_labels(&self, zone: &TimeZone) -> Vec<(EventTime, String)> {
        let room = (self.plot.width() / LABEL).max(1.0) as usize;
        let each = (self.end - self.start) / room as i64;
        let before = if each > 14 * DAY { each * 3 / 5 } else { 0 };
        let ticks = time_ticks(self.start - before, self.end - 1, room + 1, zone).into_iter();
        let placed = ticks.map(|tick| (EventTime((tick.value as i64).max(self.start)), tick.label));
        placed.filter(|(time, _)| self.fits(*time)).collect()
    }

    /// Whether a label that begins at a time ends before the plot does.
    fn fits(&self, time: EventTime) -> bool {
        self.x(time) + LABEL / 2.0 < self.plot.right()
    }
}

/// A round number that goes two to four times into `most`.
fn round_step(most: u64) -> u64 {
    let mut step = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            if most / (step * factor) <= 3 {
                return step * factor;
            }
        }
        step = match step.checked_mul(10) {
            Some(step) => step,
            None => return step,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::{PartitionDensity, PartitionId};
    use eframe::egui::{pos2, vec2};

    fn year() -> Scale {
        let density = PartitionDensity { partition: PartitionId(0), counts: vec![990; 365] };
        let start = 1_357_016_400_000;
        let timeline = Timeline {
            start: EventTime(start),
            end: EventTime(start + 365 * DAY),
            bucket_ms: DAY,
            partitions: vec![density],
            ..Timeline::default()
        };
        Scale::new(&timeline, Rect::from_min_size(pos2(50.0, 0.0), vec2(700.0, 100.0)))
    }

    #[test]
    fn a_year_is_labelled_by_the_month() {
        let zone = TimeZone::get("America/New_York").expect("a zone of the database");
        let labels = year().time_labels(&zone);
        let names: Vec<_> = labels.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names.first(), Some(&"Jan 2013"));
        assert_eq!(names.len(), 12, "{names:?}");
    }

    #[test]
    fn grid_lines_are_round_numbers() {
        assert_eq!(year().steps().collect::<Vec<_>>(), [0, 500, 1_000]);
        assert_eq!(round_step(1), 1);
    }

    #[test]
    fn times_and_places_agree() {
        let scale = year();
        let x = scale.x(EventTime(1_357_016_400_000 + 100 * DAY));
        assert!((scale.time(x).0 - (1_357_016_400_000 + 100 * DAY)).abs() < DAY / 10);
        assert_eq!(scale.bucket_at(x + 1.0), Some(100));
        assert_eq!(scale.bucket_at(0.0), None);
    }
}
