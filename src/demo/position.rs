//! Where the topics end: from which event on each partition lacks its part of the year.
//!
//! A partition gets its events in the order of the year, so its last event says which of them it has. Nothing else has to be
//! remembered.

use std::collections::BTreeMap;

use super::event::Moment;
use super::flights::Flights;
use super::{ARRIVED, FLIGHTS};
use crate::jobs::Cancel;
use crate::kafka::{
    Bound, Cluster, KafkaError, Offset, PartitionRange, RangeSpec, ReadOptions, Record, RecordBatch, Result,
    Slice, SliceReader,
};

/// How far before the end of a partition is looked at first.
const FIRST_LOOK: i64 = 4;
/// How many times further each next look goes, past records that are none of the year's.
const FURTHER: i64 = 64;
/// Partitions of each topic.
const PARTITIONS: i32 = 3;

/// What each partition has of the year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Positions {
    /// The place after the last event of a partition; 0 for one that has none.
    after: BTreeMap<(Moment, i32), usize>,
}

impl Positions {
    /// Looks where the topics end. Nobody may be writing them.
    pub(super) fn find(cluster: &Cluster, flights: &Flights, cancel: &Cancel) -> Result<Self> {
        let range = RangeSpec {
            topics: vec![FLIGHTS.into(), ARRIVED.into()],
            from: Bound::Beginning,
            to: Bound::End,
            partitions: None,
        };
        let whole = cluster.resolve(&range, cancel)?;
        let mut positions = Self::nowhere(&whole);
        let mut look = FIRST_LOOK;
        loop {
            let rest = positions.ends(&whole, look);
            if rest.offsets() == 0 {
                return Ok(positions);
            }
            positions.look(cluster, &rest, flights, cancel)?;
            if rest == positions.ends(&whole, i64::MAX) {
                return Ok(positions);
            }
            look *= FURTHER;
        }
    }

    /// Partitions of the topic of a moment.
    pub(super) fn partitions(&self, moment: Moment) -> i32 {
        self.after.keys().filter(|(of, _)| *of == moment).count() as i32
    }

    /// Whether a partition has the event of that place already.
    pub(super) fn has(&self, moment: Moment, partition: i32, place: usize) -> bool {
        self.after.get(&(moment, partition)).is_some_and(|after| place < *after)
    }

    /// Every partition has all of its events before this place.
    pub(super) fn complete_until(&self, flights: &Flights) -> usize {
        let first_missing = |place: &usize| {
            let Some(event) = flights.event(*place) else { return true };
            let mut key = Vec::new();
            event.write_key(&mut key);
            let partition = super::partition::of_key(&key, self.partitions(event.moment));
            !self.has(event.moment, partition, *place)
        };
        // Before that, every partition has its part.
        let sure = self.after.values().min().copied().unwrap_or(0);
        (sure..flights.len()).find(first_missing).unwrap_or(flights.len())
    }

    fn nowhere(whole: &Slice) -> Self {
        let partitions = whole.topics.iter().flat_map(|topic| {
            topic.partitions.iter().map(|range| ((moment_of(&topic.topic), range.partition.0), 0))
        });
        Self { after: partitions.collect() }
    }

    fn look(&mut self, cluster: &Cluster, slice: &Slice, flights: &Flights, cancel: &Cancel) -> Result<()> {
        let mut reader = SliceReader::open(cluster, slice, ReadOptions::default())?;
        let mut spare = None;
        while let Some(batch) = reader.next(spare.take(), cancel)? {
            self.take(&batch, flights);
            spare = Some(batch);
        }
        Ok(())
    }

    fn take(&mut self, batch: &RecordBatch, flights: &Flights) {
        let moment = moment_of(batch.topic());
        // Records of other writers are none of the year's events.
        let places = batch.iter().filter_map(|record| place(flights, moment, &record));
        let Some(latest) = places.max() else { return };
        let after = self.after.entry((moment, batch.partition().0)).or_default();
        *after = (latest + 1).max(*after);
    }

    /// The last so many offsets of each partition in which no event was found yet.
    fn ends(&self, whole: &Slice, offsets: i64) -> Slice {
        let mut rest = whole.clone();
        for topic in &mut rest.topics {
            let moment = moment_of(&topic.topic);
            for range in &mut topic.partitions {
                range.start = match self.after.get(&(moment, range.partition.0)) {
                    Some(0) | None => last(range, offsets),
                    Some(_) => range.end,
                };
            }
        }
        rest
    }
}

fn last(range: &PartitionRange, offsets: i64) -> Offset {
    range.start.max(Offset(range.end.0.saturating_sub(offsets)))
}

fn moment_of(topic: &str) -> Moment {
    if topic == FLIGHTS { Moment::Departure } else { Moment::Arrival }
}

fn place(flights: &Flights, moment: Moment, record: &Record<'_>) -> Option<usize> {
    flights.place_of(moment, record.key?, record.timestamp?)
}

/// Makes the topics of the year where they are not there.
pub(super) fn make_topics(cluster: &Cluster) -> Result<()> {
    let access = cluster.write_access("make the topics of the demo")?;
    for topic in [FLIGHTS, ARRIVED] {
        // Events of 2013 are older than any retention.
        match access.create_topic(topic, PARTITIONS, &[("retention.ms", "-1")]) {
            Ok(()) | Err(KafkaError::TopicExists { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
