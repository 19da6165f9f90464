//! A few records of a slice, to know what the others are like.

use std::time::Duration;

use crate::jobs::Cancel;
use crate::kafka::client::Cluster;
use crate::kafka::error::{KafkaError, Result};
use crate::kafka::reader::{ReadOptions, SliceReader};
use crate::kafka::slice::{PartitionRange, Slice, TopicSlice};
use crate::kafka::types::{EventTime, Offset};

/// Offsets looked at in one place of a partition.
const OFFSETS: i64 = 32;
/// Partitions looked at, spread over all of them.
const PARTITIONS: usize = 16;
/// Places in a partition: its beginning, between, its end.
const PLACES: i64 = 3;

/// What the sampled records are like.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sample {
    /// Offsets looked at; those in gaps count, too.
    offsets: u64,
    /// Bytes of keys and values there.
    bytes: u64,
    records: u64,
    times: Option<(EventTime, EventTime)>,
}

impl Sample {
    /// Takes a sample of `slice`. A read that does not get on within `socket.timeout.ms` ends the sample where it is.
    pub fn take(cluster: &Cluster, slice: &Slice, cancel: &Cancel) -> Result<Self> {
        let mut sample = Self::default();
        for place in 0..PLACES {
            let piece = piece(slice, place);
            if piece.offsets() > 0 {
                sample.read(cluster, &piece, cancel)?;
            }
        }
        Ok(sample)
    }

    fn read(&mut self, cluster: &Cluster, piece: &Slice, cancel: &Cancel) -> Result<()> {
        let options = ReadOptions {
            fetch_bytes: 16 << 10,
            ahead_bytes: 4 << 20,
            stall: cluster.timeout().max(Duration::from_secs(1)),
            ..ReadOptions::default()
        };
        let mut reader = SliceReader::open(cluster, piece, options)?;
        let mut spare = None;
        loop {
            match reader.next(spare.take(), cancel) {
                Ok(Some(batch)) => {
                    for record in batch.iter() {
                        let size = |part: Option<&[u8]>| part.map_or(0, <[u8]>::len) as u64;
                        self.bytes += size(record.key) + size(record.value);
                        self.records += 1;
                        self.saw(record.timestamp);
                    }
                    spare = Some(batch);
                }
                Ok(None) => break,
                // Retention may take what is looked at; the rest of the sample still tells.
                Err(KafkaError::Stopped { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.offsets += piece.offsets();
        Ok(())
    }

    fn saw(&mut self, time: Option<EventTime>) {
        let Some(time) = time else { return };
        let (first, last) = self.times.unwrap_or((time, time));
        self.times = Some((first.min(time), last.max(time)));
    }

    /// The earliest time seen.
    pub fn first(&self) -> Option<EventTime> {
        self.times.map(|(first, _)| first)
    }

    /// The latest time seen.
    pub fn last(&self) -> Option<EventTime> {
        self.times.map(|(_, last)| last)
    }

    /// Bytes of so many offsets like these.
    pub fn estimated_bytes(&self, offsets: u64) -> Option<u64> {
        (self.records > 0).then(|| (self.bytes as f64 / self.offsets as f64 * offsets as f64).round() as u64)
    }
}

/// One place of each sampled partition, as a slice of its own.
fn piece(slice: &Slice, place: i64) -> Slice {
    let filled: usize =
        slice.topics.iter().flat_map(|topic| &topic.partitions).filter(|range| range.offsets() > 0).count();
    let every = filled.div_ceil(PARTITIONS).max(1);
    let mut seen = 0;
    let mut picked = |range: &PartitionRange| {
        seen += usize::from(range.offsets() > 0);
        range.offsets() > 0 && (seen - 1).is_multiple_of(every)
    };
    let topics = slice.topics.iter().map(|topic| TopicSlice {
        partitions: topic
            .partitions
            .iter()
            .filter(|range| picked(range))
            .map(|range| stretch(range, place))
            .collect(),
        ..topic.clone()
    });
    Slice { cluster_id: slice.cluster_id.clone(), topics: topics.collect() }
}

/// Some offsets of a partition: at its beginning for place 0, at its end for the last place. A partition that is not longer
/// than that is looked at once, as a whole.
fn stretch(range: &PartitionRange, place: i64) -> PartitionRange {
    let length = range.end.0 - range.start.0;
    if length <= OFFSETS * PLACES {
        let end = if place == 0 { range.end } else { range.start };
        return PartitionRange { end, ..*range };
    }
    let start = range.start.0 + (length - OFFSETS) / (PLACES - 1) * place;
    let start = if place == PLACES - 1 { range.end.0 - OFFSETS } else { start };
    PartitionRange { start: Offset(start), end: Offset(start + OFFSETS), ..*range }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::types::PartitionId;

    fn range(start: i64, end: i64) -> PartitionRange {
        PartitionRange { partition: PartitionId(0), start: Offset(start), end: Offset(end) }
    }

    #[test]
    fn the_places_are_beginning_middle_and_end() {
        let places = [0, 1, 2].map(|place| stretch(&range(100, 10_100), place).start.0);
        assert_eq!(places, [100, 5_084, 10_068]);
        assert_eq!(stretch(&range(100, 10_100), 2).end, Offset(10_100));
    }

    #[test]
    fn a_short_partition_is_looked_at_once() {
        assert_eq!(stretch(&range(5, 20), 0), range(5, 20));
        assert_eq!(stretch(&range(5, 20), 2).offsets(), 0);
    }

    #[test]
    fn sampled_partitions_are_spread_and_empty_ones_left_out() {
        let ranges = (0..40).map(|number| PartitionRange {
            partition: PartitionId(number),
            ..range(0, i64::from(number % 2) * 10)
        });
        let topic = TopicSlice { topic: "t".into(), topic_id: None, partitions: ranges.collect() };
        let slice = Slice { cluster_id: "c".into(), topics: vec![topic] };
        let piece = piece(&slice, 0);
        let picked: Vec<i32> = piece.topics[0].partitions.iter().map(|range| range.partition.0).collect();
        assert_eq!(picked, [1, 5, 9, 13, 17, 21, 25, 29, 33, 37]);
    }

    #[test]
    fn bytes_are_estimated_over_gaps_too() {
        let sample = Sample { offsets: 100, bytes: 5_000, records: 50, times: None };
        assert_eq!(sample.estimated_bytes(1_000), Some(50_000));
        assert_eq!(Sample::default().estimated_bytes(1_000), None);
    }
}
