//! How far event time has come in a topic that is read partition by partition.

use std::collections::BTreeMap;

/// Event time of the partitions of a topic. A partition that is behind holds the topic back; when none is, the topic stands at
/// its latest record.
#[derive(Clone, Debug, Default)]
pub(super) struct TopicClock {
    partitions: BTreeMap<i32, (Option<i64>, bool)>,
}

impl TopicClock {
    /// A record of that time was read.
    pub(super) fn read(&mut self, partition: i32, time: i64) {
        let (latest, _) = self.partitions.entry(partition).or_default();
        *latest = Some(latest.map_or(time, |latest| latest.max(time)));
    }

    /// Whether more lies before the partition's end.
    pub(super) fn is_behind(&mut self, partition: i32, behind: bool) {
        self.partitions.entry(partition).or_default().1 = behind;
    }

    /// Only these partitions are read from now on.
    pub(super) fn keep(&mut self, partitions: &[i32]) {
        self.partitions.retain(|partition, _| partitions.contains(partition));
    }

    /// Everything before this moment was read; `None` when nothing is known. `other` is how far another topic of the same
    /// events is: where all was read there is nothing before that either.
    pub(super) fn complete_until(&self, other: Option<i64>) -> Option<i64> {
        let behind = || self.partitions.values().filter(|(_, behind)| *behind);
        match behind().count() {
            0 => self.latest().max(other),
            // One of which nothing is read yet holds everything back.
            _ => behind().map(|(latest, _)| *latest).min().flatten(),
        }
    }

    /// The latest record.
    pub(super) fn latest(&self) -> Option<i64> {
        self.partitions.values().filter_map(|(latest, _)| *latest).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_that_is_behind_holds_the_topic_back() {
        let mut clock = TopicClock::default();
        assert_eq!(clock.complete_until(None), None);
        clock.read(0, 100);
        clock.read(1, 70);
        clock.read(0, 90);
        assert_eq!(clock.complete_until(Some(80)), Some(100));
        assert_eq!(clock.complete_until(Some(130)), Some(130), "all is read, and it is later elsewhere");
        clock.is_behind(1, true);
        assert_eq!(clock.complete_until(Some(130)), Some(70));
        clock.is_behind(2, true);
        assert_eq!(clock.complete_until(Some(130)), None, "nothing of it is read yet");
        clock.keep(&[0]);
        assert_eq!(clock.complete_until(None), Some(100));
    }
}
