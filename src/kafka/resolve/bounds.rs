//! Bounds against the log as it is: what is there, what is not, and how to say so.

use std::collections::BTreeMap;

use super::share;
use crate::kafka::error::{KafkaError, Result};
use crate::kafka::range::Bound;
use crate::kafka::slice::PartitionRange;
use crate::kafka::types::{EventTime, Offset, PartitionId};

/// The partitions that a range is about, with their watermarks, at one moment.
#[derive(Clone, Debug)]
pub(super) struct Log {
    pub topic: String,
    pub now: EventTime,
    pub partitions: Vec<PartitionId>,
    /// The first offset still there, by partition.
    pub low: Vec<Offset>,
    /// The last stable offset, by partition.
    pub end: Vec<Offset>,
}

/// Which end of the range a bound is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    From,
    To,
}

impl Log {
    /// Errors where both bounds are times and the wrong way round.
    pub fn check_order(&self, from: &Bound, to: &Bound) -> Result<()> {
        match (self.time(from), self.time(to)) {
            (Some(first), Some(last)) if first > last => Err(self.after(from, to)),
            _ => Ok(()),
        }
    }

    /// The time that a bound stands for, where it is one.
    pub fn time(&self, bound: &Bound) -> Option<EventTime> {
        match bound {
            Bound::Time(time) => Some(*time),
            Bound::LastMillis(millis) => Some(EventTime(self.now.0.saturating_sub_unsigned(*millis))),
            _ => None,
        }
    }

    /// The offset of a bound that is no time, in each partition.
    pub fn bound(&self, bound: &Bound, side: Side) -> Result<Vec<Offset>> {
        match bound {
            Bound::Beginning => Ok(self.low.clone()),
            Bound::Offset(offset) => self.same_offset(*offset, side),
            Bound::Offsets(offsets) => self.exact_offsets(offsets, side),
            Bound::LastRecords(records) => Ok(share::before(&self.end, &self.low, *records)),
            Bound::End | Bound::Time(_) | Bound::LastMillis(_) => Ok(self.end.clone()),
        }
    }

    /// The same offset in each partition. A partition that ends before it is taken to its end, as long as one reaches it.
    fn same_offset(&self, offset: Offset, side: Side) -> Result<Vec<Offset>> {
        let longest = self.end.iter().max().copied().unwrap_or_default();
        if offset > longest {
            let why =
                format!("offset {offset} is above the end of every partition; the longest ends at {longest}");
            return Err(self.error(why, format!("Choose an offset up to {longest}, or `end`.")));
        }
        self.each(|_, _, end| Ok(offset.min(end))).and_then(|offsets| self.above_start(offsets, offset, side))
    }

    /// Each partition's own offset, which must lie between its first offset and its end.
    fn exact_offsets(&self, offsets: &BTreeMap<PartitionId, Offset>, side: Side) -> Result<Vec<Offset>> {
        self.each(|partition, low, end| {
            let offset = offsets.get(&partition).copied().unwrap_or(end);
            if offset > end {
                let why = format!("offset {offset} of {partition} is above its end {end}");
                return Err(self.error(why, format!("Choose an offset up to {end}, or `end`.")));
            }
            self.not_below(partition, offset, low, side).map(|()| offset)
        })
    }

    /// What a time look-up found; a partition without a record so late is taken at its end.
    pub fn offsets_at(&self, time: EventTime, found: &[Option<Offset>], side: Side) -> Result<Vec<Offset>> {
        if side == Side::From && time > self.now && found.iter().all(Option::is_none) {
            let why = format!("{} lies in the future and no record is so late", Bound::Time(time));
            return Err(self.error(why, "Begin earlier.".into()));
        }
        let offsets = found.iter().zip(&self.end).map(|(found, end)| found.unwrap_or(*end).min(*end));
        Ok(offsets.collect())
    }

    /// Both ends as ranges. A partition in which they are the wrong way round is empty, unless it is so in all of them.
    pub fn ranges(&self, from: &[Offset], to: &[Offset]) -> Result<Vec<PartitionRange>> {
        let both = || from.iter().zip(to);
        let reversed = both().position(|(from, to)| from > to);
        if let Some(index) = reversed.filter(|_| both().all(|(from, to)| from >= to)) {
            let number = |offsets: &[Offset]| offsets.get(index).copied().unwrap_or_default();
            let partition = self.partitions.get(index).copied().unwrap_or_default();
            let (from, to) = (number(from), number(to));
            let why = format!("from is after to: {partition} would be read from {from} to {to}");
            return Err(self.error(why, "Exchange from and to.".into()));
        }
        let ranges = self.partitions.iter().zip(both()).map(|(partition, (from, to))| PartitionRange {
            partition: *partition,
            start: *from,
            end: (*to).max(*from),
        });
        Ok(ranges.collect())
    }

    fn above_start(&self, offsets: Vec<Offset>, asked: Offset, side: Side) -> Result<Vec<Offset>> {
        for (partition, low) in self.partitions.iter().zip(&self.low) {
            self.not_below(*partition, asked, *low, side)?;
        }
        Ok(offsets)
    }

    fn not_below(&self, partition: PartitionId, offset: Offset, low: Offset, side: Side) -> Result<()> {
        if offset >= low {
            return Ok(());
        }
        let why = format!(
            "offset {offset} of {partition} is below the log start: the first offset still there is {low}"
        );
        let next = match side {
            Side::From => format!("Begin at {low}, or at `beginning`."),
            Side::To => format!("End behind {low}."),
        };
        Err(self.error(why, next))
    }

    fn each(&self, offset: impl Fn(PartitionId, Offset, Offset) -> Result<Offset>) -> Result<Vec<Offset>> {
        let marks = self.low.iter().zip(&self.end);
        self.partitions
            .iter()
            .zip(marks)
            .map(|(partition, (low, end))| offset(*partition, *low, *end))
            .collect()
    }

    fn after(&self, from: &Bound, to: &Bound) -> KafkaError {
        self.error(format!("from ({from}) is after to ({to})"), "Exchange from and to.".into())
    }

    fn error(&self, why: String, next: String) -> KafkaError {
        KafkaError::Range { topic: self.topic.clone(), why, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two partitions: p0 has offsets 100 to 200, p1 0 to 50.
    fn log() -> Log {
        Log {
            topic: "flights".into(),
            now: EventTime(1_000_000),
            partitions: vec![PartitionId(0), PartitionId(1)],
            low: vec![Offset(100), Offset(0)],
            end: vec![Offset(200), Offset(50)],
        }
    }

    fn why(result: Result<impl std::fmt::Debug>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn one_offset_for_all_reaches_as_far_as_each_partition_does() {
        assert_eq!(log().same_offset(Offset(150), Side::To), Ok(vec![Offset(150), Offset(50)]));
        assert!(why(log().same_offset(Offset(201), Side::To)).contains("the longest ends at 200"));
    }

    #[test]
    fn an_offset_below_the_log_start_names_the_first_one_there() {
        let refused = why(log().same_offset(Offset(20), Side::From));
        assert!(refused.contains("offset 20 of p0") && refused.contains("still there is 100"), "{refused}");
    }

    #[test]
    fn exact_offsets_are_taken_as_they_are_or_refused() {
        let exact = |p0, p1| BTreeMap::from([(PartitionId(0), Offset(p0)), (PartitionId(1), Offset(p1))]);
        assert_eq!(log().exact_offsets(&exact(120, 50), Side::To), Ok(vec![Offset(120), Offset(50)]));
        assert!(why(log().exact_offsets(&exact(120, 51), Side::To)).contains("51 of p1 is above its end 50"));
        assert!(why(log().exact_offsets(&exact(99, 5), Side::From)).contains("still there is 100"));
    }

    #[test]
    fn a_time_without_a_record_is_the_end_and_in_the_future_an_error() {
        let none = [None, None];
        assert_eq!(log().offsets_at(EventTime(5), &none, Side::From), Ok(log().end));
        assert_eq!(log().offsets_at(EventTime(2_000_000), &none, Side::To), Ok(log().end));
        assert!(why(log().offsets_at(EventTime(2_000_000), &none, Side::From)).contains("in the future"));
        // Event times may run ahead of the clock: what is there is there.
        let ahead = [Some(Offset(150)), None];
        let found = log().offsets_at(EventTime(2_000_000), &ahead, Side::From);
        assert_eq!(found, Ok(vec![Offset(150), Offset(50)]));
    }

    #[test]
    fn from_after_to_is_an_error_only_when_nothing_is_left() {
        let (low, high) = ([Offset(110), Offset(10)], [Offset(120), Offset(20)]);
        assert!(why(log().ranges(&high, &low)).contains("p0 would be read from 120 to 110"));
        let mixed = log().ranges(&[Offset(120), Offset(10)], &[Offset(110), Offset(20)]).unwrap();
        assert_eq!(mixed.iter().map(PartitionRange::offsets).collect::<Vec<_>>(), [0, 10]);
        let empty = log().ranges(&low, &low).unwrap();
        assert!(empty.iter().all(|range| range.offsets() == 0));
    }

    #[test]
    fn spans_and_times_are_compared_as_times() {
        let day = Bound::LastMillis(1_000);
        let week = Bound::LastMillis(7_000);
        assert_eq!(log().check_order(&week, &day), Ok(()));
        assert!(why(log().check_order(&day, &week)).contains("from (-1s) is after to (-7s)"));
        assert!(log().check_order(&Bound::Time(EventTime(999_500)), &day).is_err());
    }
}
