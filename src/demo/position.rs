//! Where the topics end: how many events of the year they hold.
//!
//! Events are written in the order of the year and in transactions, so what is committed is always the first so many of
//! them. The latest event that stands at the end of any partition therefore says how many there are: nothing else has to be
//! remembered.

use super::event::Moment;
use super::flights::Flights;
use super::{ARRIVED, FLIGHTS};
use crate::jobs::Cancel;
use crate::kafka::{
    Bound, Cluster, KafkaError, Offset, PartitionRange, RangeSpec, ReadOptions, Record, Result, Slice,
    SliceReader,
};

/// How far before the end of a partition is looked at first. Behind the last event may stand markers of transactions.
const FIRST_LOOK: i64 = 16;
/// How many times further each next look goes.
const FURTHER: i64 = 64;

/// How many events, in the order of the year, are committed. Nothing may be in the middle of writing.
pub(super) fn events_written(cluster: &Cluster, flights: &Flights) -> Result<usize> {
    let range = RangeSpec {
        topics: vec![FLIGHTS.into(), ARRIVED.into()],
        from: Bound::Beginning,
        to: Bound::End,
        partitions: None,
    };
    let whole = cluster.resolve(&range, &Cancel::new())?;
    let mut look = FIRST_LOOK;
    let mut written = 0;
    loop {
        let rest = ends(&whole, look);
        let found = latest_in(cluster, &rest, flights)?;
        written = found.written.max(written);
        if found.everywhere || rest == whole {
            return Ok(written);
        }
        look *= FURTHER;
    }
}

struct Found {
    /// Events up to the latest that was found.
    written: usize,
    /// Whether each partition that has offsets showed an event.
    everywhere: bool,
}

fn latest_in(cluster: &Cluster, slice: &Slice, flights: &Flights) -> Result<Found> {
    let mut written = 0;
    let mut shown: Vec<(String, i32)> = Vec::new();
    let mut reader = SliceReader::open(cluster, slice, ReadOptions::default())?;
    let mut spare = None;
    while let Some(batch) = reader.next(spare.take(), &Cancel::new())? {
        let moment = if **batch.topic() == *FLIGHTS { Moment::Departure } else { Moment::Arrival };
        // Records of other writers are none of the year's events.
        let places = batch.iter().filter_map(|record| place(flights, moment, &record));
        if let Some(latest) = places.max() {
            written = written.max(latest + 1);
            shown.push((batch.topic().to_string(), batch.partition().0));
        }
        spare = Some(batch);
    }
    let has_shown = |topic: &str, range: &PartitionRange| {
        range.offsets() == 0
            || shown.iter().any(|(name, number)| name == topic && *number == range.partition.0)
    };
    let mut topics = slice.topics.iter();
    let everywhere = topics.all(|topic| topic.partitions.iter().all(|range| has_shown(&topic.topic, range)));
    Ok(Found { written, everywhere })
}

fn place(flights: &Flights, moment: Moment, record: &Record<'_>) -> Option<usize> {
    flights.place_of(moment, record.key?, record.timestamp?)
}

/// The last so many offsets of each partition.
fn ends(whole: &Slice, offsets: i64) -> Slice {
    let mut rest = whole.clone();
    for range in rest.topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
        range.start = range.start.max(Offset(range.end.0.saturating_sub(offsets)));
    }
    rest
}

/// Makes the topics of the year where they are not there.
pub(super) fn make_topics(cluster: &Cluster) -> Result<()> {
    let access = cluster.write_access("make the topics of the demo")?;
    for topic in [FLIGHTS, ARRIVED] {
        // Events of 2013 are older than any retention.
        match access.create_topic(topic, 3, &[("retention.ms", "-1")]) {
            Ok(()) | Err(KafkaError::TopicExists { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
