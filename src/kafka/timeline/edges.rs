//! The borders between buckets: which are known, which to look up next.

use std::collections::BTreeMap;

use super::{PartitionDensity, TopicLog, offset};
use crate::jobs::Cancel;
use crate::kafka::error::Result;
use crate::kafka::types::{EventTime, Offset};

/// More than any screen has columns.
const MOST_BUCKETS: usize = 100_000;

/// Borders of equally long buckets. Those of a coarse refinement are every so manyth of the finest.
pub(super) struct Edges {
    start: EventTime,
    /// Length of the finest bucket.
    width: i64,
    /// Buckets of the finest refinement.
    finest: usize,
    /// How many of the finest make one bucket now.
    stride: usize,
    /// Offsets at the borders that are known, by partition.
    known: BTreeMap<usize, Vec<Offset>>,
}

impl Edges {
    /// At most `buckets` between two times, and at first only so many that `finer` has room for two further steps.
    pub fn new(start: EventTime, end: EventTime, buckets: usize, finer: usize) -> Self {
        let span = end.0.saturating_sub(start.0).max(1) as u64;
        let width = span.div_ceil(buckets.clamp(1, MOST_BUCKETS) as u64);
        let finest = span.div_ceil(width) as usize;
        let coarsest = finer * finer;
        Self { start, width: width as i64, finest, stride: coarsest.min(finest), known: BTreeMap::new() }
    }

    /// Length of a bucket now, in milliseconds.
    pub fn bucket_ms(&self) -> i64 {
        self.width.saturating_mul(self.stride as i64)
    }

    pub fn is_finest(&self) -> bool {
        self.stride == 1
    }

    /// Goes on to shorter buckets.
    pub fn refine(&mut self, finer: usize) {
        self.stride = (self.stride / finer).max(1);
    }

    /// Looks up the borders of the present refinement. Where the known borders around one have the same offset, so has it:
    /// nobody is asked.
    pub fn look_up(&mut self, log: &TopicLog<'_>, cancel: &Cancel) -> Result<()> {
        let missing: Vec<usize> =
            self.borders().into_iter().filter(|border| !self.known.contains_key(border)).collect();
        let asked: Vec<(Vec<usize>, EventTime)> =
            missing.iter().map(|border| (self.unsure(*border, log), self.time(*border))).collect();
        let answers = log.at_many(&asked, cancel)?;
        for ((border, (partitions, _)), found) in missing.iter().zip(&asked).zip(answers) {
            let mut offsets = self.at_or_before(*border, log);
            for (index, found) in partitions.iter().zip(found) {
                if let Some(offset) = offsets.get_mut(*index) {
                    *offset = found;
                }
            }
            self.known.insert(*border, offsets);
        }
        Ok(())
    }

    /// Offsets between neighbouring borders, by partition.
    pub fn counts(&self, log: &TopicLog<'_>) -> Vec<PartitionDensity> {
        let borders: Vec<&Vec<Offset>> =
            self.borders().iter().filter_map(|border| self.known.get(border)).collect();
        let count = |index: usize| {
            let between = borders.windows(2).map(|pair| match pair {
                [left, right] => offset(right, index).0.saturating_sub(offset(left, index).0).max(0) as u64,
                _ => 0,
            });
            between.collect()
        };
        let partitions = log.partitions.iter().enumerate();
        partitions
            .map(|(index, partition)| PartitionDensity { partition: *partition, counts: count(index) })
            .collect()
    }

    /// The borders of the present refinement, as numbers of finest buckets from the start.
    fn borders(&self) -> Vec<usize> {
        let count = self.finest.div_ceil(self.stride);
        (0..=count).map(|number| (number * self.stride).min(self.finest)).collect()
    }

    fn time(&self, border: usize) -> EventTime {
        EventTime(self.start.0.saturating_add(self.width.saturating_mul(border as i64)))
    }

    /// Partitions whose offset at a border does not follow from the borders around it.
    fn unsure(&self, border: usize, log: &TopicLog<'_>) -> Vec<usize> {
        let before = self.known.range(..border).next_back().map(|(_, offsets)| offsets);
        let behind = self.known.range(border..).next().map(|(_, offsets)| offsets);
        let follows = |index: usize| match (before, behind) {
            (Some(before), Some(behind)) => offset(before, index) == offset(behind, index),
            _ => false,
        };
        log.with_offsets().into_iter().filter(|index| !follows(*index)).collect()
    }

    fn at_or_before(&self, border: usize, log: &TopicLog<'_>) -> Vec<Offset> {
        let before = self.known.range(..=border).next_back();
        before.map_or_else(|| log.low.clone(), |(_, offsets)| offsets.clone())
    }
}
