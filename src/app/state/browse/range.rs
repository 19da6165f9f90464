//! The range as it is typed: texts of its two ends, and what they mean.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::kafka::{Bound, EventTime, PartitionId, RangeSpec};

/// The range as it is typed and brushed.
#[derive(Clone, Debug, Default)]
pub struct RangeEdit {
    /// What the ends are.
    pub by: RangeBy,
    /// The first end, as typed.
    pub from: String,
    /// The other end, as typed.
    pub to: String,
    /// What is wrong with the first end.
    pub from_problem: Option<String>,
    /// What is wrong with the other end.
    pub to_problem: Option<String>,
    /// Only these partitions; `None` is all.
    pub partitions: Option<Vec<PartitionId>>,
    /// To what the brush snaps.
    pub snap: Snap,
    /// What is chosen; `None` while no range is, or a wrong one.
    pub chosen: Option<(Bound, Bound)>,
}

/// What the ends of a range are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RangeBy {
    /// Times, in the zone of the window.
    #[default]
    Time,
    /// The same offset in each partition.
    Offset,
    /// The last so many records, or the last span of time.
    Last,
}

/// To what the brush snaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Snap {
    /// Full hours.
    Hour,
    /// Full days in the window's zone.
    #[default]
    Day,
    /// Nothing: buckets of the timeline.
    Record,
}

impl RangeBy {
    /// All of them, as the window offers them.
    pub const ALL: [Self; 3] = [Self::Time, Self::Offset, Self::Last];

    /// As the window names them.
    pub fn title(self) -> &'static str {
        match self {
            Self::Time => "Time",
            Self::Offset => "Offset",
            Self::Last => "Last",
        }
    }

    /// What may be typed.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Time => "2013-02-01 00:00",
            Self::Offset => "1200",
            Self::Last => "1000 or 7d",
        }
    }
}

impl Snap {
    /// All of them, as the window offers them.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Record];

    /// As the window names them.
    pub const TITLES: [&'static str; 3] = ["hour", "day", "record"];

    /// The nearest full hour or day.
    pub fn nearest(self, time: EventTime, zone: &TimeZone) -> EventTime {
        let unit = match self {
            Self::Hour => jiff::Unit::Hour,
            Self::Day => jiff::Unit::Day,
            Self::Record => return time,
        };
        let instant = jiff::Timestamp::from_millisecond(time.0).ok();
        let rounded = instant.and_then(|instant| instant.to_zoned_datetime(zone.clone()).round(unit).ok());
        rounded.map_or(time, |rounded| EventTime(rounded.timestamp().as_millisecond()))
    }

    /// How far an arrow key moves an end.
    pub fn step_ms(self, bucket_ms: i64) -> i64 {
        match self {
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
            Self::Record => bucket_ms.max(1),
        }
    }
}

impl RangeEdit {
    /// The range of a topic; `None` while none is chosen.
    pub fn spec(&self, topic: &str) -> Option<RangeSpec> {
        let (from, to) = self.chosen.clone()?;
        Some(RangeSpec { topics: vec![topic.to_owned()], from, to, partitions: self.partitions.clone() })
    }

    /// The two times of a range by time, where both ends are times.
    pub fn times(&self) -> Option<(EventTime, EventTime)> {
        match &self.chosen {
            Some((Bound::Time(from), Bound::Time(to))) => Some((*from, *to)),
            _ => None,
        }
    }

    /// Takes a range, and writes its texts.
    pub fn choose(&mut self, from: Bound, to: Bound, zone: &TimeZone) {
        self.by = by(&from, &to);
        self.from = text(&from, zone);
        self.to = text(&to, zone);
        self.from_problem = None;
        self.to_problem = None;
        self.chosen = Some((from, to));
    }

    /// Another kind of ends: the texts are emptied where they would mean something else.
    pub fn set_by(&mut self, kind: RangeBy) {
        if self.by != kind {
            let (partitions, snap) = (self.partitions.take(), self.snap);
            *self = Self { by: kind, partitions, snap, ..Self::default() };
        }
    }

    /// Reads the texts. A wrong text is a problem beside its field, and nothing is chosen then.
    pub fn read_texts(&mut self, zone: &TimeZone) {
        let from = self.parse(&self.from, zone);
        let to = if self.by == RangeBy::Last { Ok(Some(Bound::End)) } else { self.parse(&self.to, zone) };
        self.from_problem = from.as_ref().err().cloned();
        self.to_problem = to.as_ref().err().cloned();
        self.chosen = match (from, to) {
            (Ok(Some(from)), Ok(Some(to))) => Some((from, to)),
            _ => None,
        };
        if let Some((Bound::Time(from), Bound::Time(to))) = &self.chosen
            && from >= to
        {
            self.to_problem = Some("is not after the beginning".into());
            self.chosen = None;
        }
    }

    fn parse(&self, typed: &str, zone: &TimeZone) -> Result<Option<Bound>, String> {
        let typed = typed.trim();
        match (typed, self.by) {
            ("", _) => Ok(None),
            ("beginning", RangeBy::Time | RangeBy::Offset) => Ok(Some(Bound::Beginning)),
            ("end", RangeBy::Time | RangeBy::Offset) => Ok(Some(Bound::End)),
            (_, RangeBy::Time) => parse_time(typed, zone).map(|time| Some(Bound::Time(time))),
            (_, RangeBy::Offset) => match typed.replace(',', "").parse::<i64>() {
                Ok(offset) if offset >= 0 => Ok(Some(Bound::Offset(crate::kafka::Offset(offset)))),
                _ => Err("an offset such as 1200, or beginning, or end".into()),
            },
            (_, RangeBy::Last) => {
                let bound = format!("-{}", typed.trim_start_matches('-').replace(',', "")).parse::<Bound>();
                bound.map(Some).map_err(|_| "a number of records such as 1000, or a span such as 7d".into())
            }
        }
    }
}

fn by(from: &Bound, to: &Bound) -> RangeBy {
    match (from, to) {
        (Bound::LastRecords(_) | Bound::LastMillis(_), _) => RangeBy::Last,
        (Bound::Offset(_) | Bound::Offsets(_), _) | (_, Bound::Offset(_) | Bound::Offsets(_)) => {
            RangeBy::Offset
        }
        _ => RangeBy::Time,
    }
}

fn text(bound: &Bound, zone: &TimeZone) -> String {
    match bound {
        Bound::Time(time) => match jiff::Timestamp::from_millisecond(time.0) {
            Ok(instant) => {
                let pattern = if time.0 % 60_000 == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
                instant.to_zoned_datetime(zone.clone()).strftime(pattern).to_string()
            }
            Err(_) => time.0.to_string(),
        },
        Bound::LastRecords(_) | Bound::LastMillis(_) => bound.to_string().trim_start_matches('-').to_owned(),
        other => other.to_string(),
    }
}

/// A time without a zone is of the window's zone.
fn parse_time(typed: &str, zone: &TimeZone) -> Result<EventTime, String> {
    if let Ok(instant) = typed.parse::<jiff::Timestamp>() {
        return Ok(EventTime(instant.as_millisecond()));
    }
    let local = typed.parse::<DateTime>().or_else(|_| format!("{typed}:00").parse::<DateTime>());
    let zoned = local.and_then(|local| local.to_zoned_datetime(zone.clone()));
    zoned
        .map(|zoned| EventTime(zoned.timestamp().as_millisecond()))
        .map_err(|_| "a time such as 2013-02-01 05:15".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(by: RangeBy, from: &str, to: &str) -> RangeEdit {
        let mut edit = RangeEdit { by, from: from.into(), to: to.into(), ..RangeEdit::default() };
        edit.read_texts(&TimeZone::get("America/New_York").expect("a zone of the database"));
        edit
    }

    #[test]
    fn a_time_without_a_zone_is_of_the_windows_zone() {
        let edit = typed(RangeBy::Time, "2013-02-01 00:00", "2013-02-02T00:00:00Z");
        let times = (EventTime(1_359_694_800_000), EventTime(1_359_763_200_000));
        assert_eq!(edit.times(), Some(times));
    }

    #[test]
    fn what_was_chosen_is_written_as_it_can_be_typed() {
        let zone = TimeZone::get("America/New_York").expect("a zone of the database");
        let mut edit = RangeEdit::default();
        edit.choose(Bound::Time(EventTime(1_359_694_800_000)), Bound::End, &zone);
        assert_eq!((edit.from.as_str(), edit.to.as_str()), ("2013-02-01 00:00", "end"));
        let chosen = edit.chosen.clone();
        edit.read_texts(&zone);
        assert_eq!(edit.chosen, chosen);
    }

    #[test]
    fn wrong_ends_say_what_was_expected_and_choose_nothing() {
        let edit = typed(RangeBy::Time, "yesterday", "2013-02-01");
        assert_eq!(edit.from_problem.as_deref(), Some("a time such as 2013-02-01 05:15"));
        assert_eq!((edit.to_problem, edit.chosen), (None, None));
        let edit = typed(RangeBy::Time, "2013-02-02", "2013-02-01");
        assert_eq!(edit.to_problem.as_deref(), Some("is not after the beginning"));
        let edit = typed(RangeBy::Offset, "-5", "end");
        assert!(edit.from_problem.is_some_and(|why| why.contains("an offset such as")));
    }

    #[test]
    fn the_last_so_many_need_one_field() {
        let edit = typed(RangeBy::Last, "1,000", "");
        assert_eq!(edit.chosen, Some((Bound::LastRecords(1_000), Bound::End)));
        let edit = typed(RangeBy::Last, "7d", "");
        assert_eq!(edit.chosen, Some((Bound::LastMillis(7 * 86_400_000), Bound::End)));
    }

    #[test]
    fn a_brush_snaps_to_days_of_the_zone() {
        let zone = TimeZone::get("America/New_York").expect("a zone of the database");
        let near = EventTime(1_359_694_800_000 + 3_600_000);
        assert_eq!(Snap::Day.nearest(near, &zone), EventTime(1_359_694_800_000));
        assert_eq!(Snap::Record.nearest(near, &zone), near);
    }
}
