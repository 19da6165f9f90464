//! Predictions by event time, in a bounded number of bins.

use std::collections::BTreeMap;

use super::labels::Truth;
use super::snapshot::{LiveSnapshot, TimeBin};

/// Widths of a bin, ms; each divides the next, so that coarser bins are sums of finer ones. After the last it doubles.
const WIDTHS: [i64; 14] = [
    1_000,
    5_000,
    10_000,
    30_000,
    60_000,
    300_000,
    600_000,
    1_800_000,
    3_600_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    604_800_000,
];

/// Sums per bin. Bins stand at multiples of their width; only those with records exist, so one record of 1970 costs one
/// bin, not fifty years of them.
#[derive(Debug)]
pub(super) struct Bins {
    width: i64,
    sums: BTreeMap<i64, Sums>,
}

#[derive(Clone, Debug, Default)]
struct Sums {
    records: u64,
    values: Vec<f64>,
    first: Vec<u64>,
    labelled: u64,
    wrong: u64,
    /// Labelled records of each class, or the sum of a number.
    actual: Vec<f64>,
    open: u64,
}

impl Default for Bins {
    fn default() -> Self {
        Self { width: WIDTHS[0], sums: BTreeMap::new() }
    }
}

impl Bins {
    /// Adds a record: its timestamp, its probabilities or its one predicted number, and the most probable class.
    pub(super) fn add(&mut self, timestamp: i64, values: &[f64], class: Option<u32>) {
        let sums = self.sums.entry(timestamp.div_euclid(self.width)).or_default();
        sums.add_values(values);
        sums.records += 1;
        if let Some(class) = class {
            sums.first.resize(values.len(), 0);
            if let Some(count) = sums.first.get_mut(class as usize) {
                *count += 1;
            }
        }
        while self.sums.len() > LiveSnapshot::BINS {
            self.widen();
        }
    }

    /// So many records of that time, less or more, wait for their label.
    pub(super) fn open(&mut self, timestamp: i64, change: i64) {
        let Some(sums) = self.at(timestamp) else { return };
        sums.open = sums.open.saturating_add_signed(change);
    }

    /// A record of that time came out so; `classes` is how many there are. `change` is 1, or -1 where that was said before
    /// and holds no more.
    pub(super) fn labelled(
        &mut self,
        timestamp: i64,
        truth: &Truth,
        wrong: bool,
        classes: usize,
        change: i64,
    ) {
        let Some(sums) = self.at(timestamp) else { return };
        sums.labelled = sums.labelled.saturating_add_signed(change);
        sums.wrong = sums.wrong.saturating_add_signed(if wrong { change } else { 0 });
        let (place, value) = match truth {
            Truth::Class(class) => (*class as usize, 1.0),
            Truth::Number(number) => (0, *number),
            Truth::Other(_) | Truth::Missing => (0, 0.0),
        };
        sums.actual.resize(classes.max(1), 0.0);
        if let Some(sum) = sums.actual.get_mut(place) {
            *sum += value * change as f64;
        }
    }

    /// The bin of a record that was added; `None` when bins were forgotten since.
    fn at(&mut self, timestamp: i64) -> Option<&mut Sums> {
        self.sums.get_mut(&timestamp.div_euclid(self.width))
    }

    /// Forgets everything: the classes are others now.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn width(&self) -> i64 {
        self.width
    }

    pub(super) fn to_vec(&self) -> Vec<TimeBin> {
        self.sums.iter().map(|(&bin, sums)| sums.bin(bin.saturating_mul(self.width))).collect()
    }

    fn widen(&mut self) {
        let wider = wider(self.width);
        let factor = wider / self.width;
        self.width = wider;
        for (bin, sums) in std::mem::take(&mut self.sums) {
            self.sums.entry(bin.div_euclid(factor)).or_default().merge(&sums);
        }
    }
}

/// The next width.
fn wider(width: i64) -> i64 {
    WIDTHS.into_iter().find(|&wider| wider > width).unwrap_or(width.saturating_mul(2))
}

/// Bins of such a width that at most so many of them cover the whole span; with that width.
pub(super) fn coarser(bins: &[TimeBin], width: i64, most: usize) -> (i64, Vec<TimeBin>) {
    let (Some(first), Some(last)) = (bins.first(), bins.last()) else { return (width, Vec::new()) };
    let covers = |width: i64| {
        let numbers = (first.start.div_euclid(width), last.start.div_euclid(width));
        numbers.1.saturating_sub(numbers.0) < most.max(1) as i64
    };
    let widths = std::iter::successors(Some(width.max(1)), |width| Some(wider(*width)));
    let width = widths.take(64).find(|width| covers(*width)).unwrap_or(width);
    let mut sums: BTreeMap<i64, Sums> = BTreeMap::new();
    for bin in bins {
        sums.entry(bin.start.div_euclid(width)).or_default().merge(&Sums::of(bin));
    }
    (width, sums.iter().map(|(&bin, sums)| sums.bin(bin.saturating_mul(width))).collect())
}

impl Sums {
    fn of(bin: &TimeBin) -> Self {
        let records = bin.records as f64;
        Self {
            records: bin.records,
            values: bin.means.iter().map(|mean| mean * records).collect(),
            first: bin.shares.iter().map(|share| (share * records).round() as u64).collect(),
            labelled: bin.labelled,
            wrong: bin.wrong,
            actual: bin.actual.iter().map(|share| share * bin.labelled as f64).collect(),
            open: bin.open,
        }
    }

    fn add_values(&mut self, values: &[f64]) {
        add(&mut self.values, values);
    }

    fn merge(&mut self, other: &Self) {
        self.add_values(&other.values);
        self.records += other.records;
        if self.first.len() < other.first.len() {
            self.first.resize(other.first.len(), 0);
        }
        for (count, more) in self.first.iter_mut().zip(&other.first) {
            *count += more;
        }
        self.labelled += other.labelled;
        self.wrong += other.wrong;
        add(&mut self.actual, &other.actual);
        self.open += other.open;
    }

    fn bin(&self, start: i64) -> TimeBin {
        let records = self.records.max(1) as f64;
        TimeBin {
            start,
            records: self.records,
            means: self.values.iter().map(|sum| sum / records).collect(),
            shares: self.first.iter().map(|&count| count as f64 / records).collect(),
            labelled: self.labelled,
            wrong: self.wrong,
            actual: match self.labelled {
                0 => Vec::new(),
                labelled => self.actual.iter().map(|sum| sum / labelled as f64).collect(),
            },
            open: self.open,
        }
    }
}

fn add(sums: &mut Vec<f64>, values: &[f64]) {
    if sums.len() < values.len() {
        sums.resize(values.len(), 0.0);
    }
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_has_means_and_shares() {
        let mut bins = Bins::default();
        bins.add(500, &[0.2, 0.8], Some(1));
        bins.add(999, &[0.6, 0.4], Some(0));
        bins.add(1_000, &[0.1, 0.9], Some(1));

        let bins = bins.to_vec();
        assert_eq!(bins.len(), 2);
        assert_eq!((bins[0].start, bins[0].records, bins[0].shares.as_slice()), (0, 2, &[0.5, 0.5][..]));
        assert!((bins[0].means[0] - 0.4).abs() < 1e-12);
        assert_eq!(bins[1].start, 1_000);
    }

    #[test]
    fn a_long_span_makes_bins_wider_and_loses_no_record() {
        let mut bins = Bins::default();
        for hour in 0..24 * 365_i64 {
            bins.add(hour * 3_600_000, &[1.0], None);
        }
        bins.add(-5, &[1.0], None);

        assert!(bins.sums.len() <= LiveSnapshot::BINS);
        assert_eq!(bins.width(), 43_200_000);
        assert_eq!(bins.to_vec().iter().map(|bin| bin.records).sum::<u64>(), 24 * 365 + 1);
        assert_eq!(bins.to_vec()[0].start, -43_200_000);
    }

    #[test]
    fn bins_are_summed_up_to_fewer_that_cover_the_span() {
        let mut bins = Bins::default();
        for minute in 0..600_i64 {
            bins.add(minute * 60_000, &[0.25, 0.75], Some((minute % 4 != 0).into()));
        }
        let (width, coarse) = coarser(&bins.to_vec(), bins.width(), 20);
        assert_eq!((width, coarse.len()), (1_800_000, 20));
        assert_eq!((coarse[3].start, coarse[3].records), (5_400_000, 30));
        assert_eq!(coarse.iter().map(|bin| bin.shares[0] * 30.0).sum::<f64>(), 150.0);
        assert!((coarse[3].means[1] - 0.75).abs() < 1e-12);
        assert_eq!(coarser(&bins.to_vec(), bins.width(), 36_000).0, bins.width(), "where there is room");
        let far = [
            TimeBin { start: i64::MIN, ..coarse[0].clone() },
            TimeBin { start: i64::MAX, ..coarse[0].clone() },
        ];
        assert_eq!(coarser(&far, 1_000, 10).1.iter().map(|bin| bin.records).sum::<u64>(), 60);
    }

    #[test]
    fn labels_come_into_the_bins_of_their_records_and_can_be_corrected() {
        let mut bins = Bins::default();
        for second in 0..3_000 {
            bins.add(second * 1_000, &[0.5, 0.5], Some(0));
            bins.open(second * 1_000, 1);
        }
        for second in 0..100 {
            bins.open(second * 1_000, -1);
            bins.labelled(second * 1_000, &Truth::Class((second % 4 == 0).into()), second % 4 == 0, 2, 1);
        }
        bins.labelled(0, &Truth::Class(1), true, 2, -1);
        bins.labelled(0, &Truth::Class(0), false, 2, 1);

        let bins = bins.to_vec();
        let sum = |of: fn(&TimeBin) -> u64| bins.iter().map(of).sum::<u64>();
        assert_eq!((sum(|bin| bin.open), sum(|bin| bin.labelled), sum(|bin| bin.wrong)), (2_900, 100, 24));
        let late: f64 =
            bins.iter().map(|bin| bin.actual.get(1).map_or(0.0, |share| share * bin.labelled as f64)).sum();
        assert!((late - 24.0).abs() < 1e-9);
        assert!(bins.last().unwrap().actual.is_empty());
        let (_, coarse) = coarser(&bins, 5_000, 3);
        assert_eq!(coarse.iter().map(|bin| bin.open).sum::<u64>(), 2_900);
    }

    #[test]
    fn extreme_timestamps_do_no_harm() {
        let mut bins = Bins::default();
        bins.add(i64::MIN, &[1.0], None);
        bins.add(i64::MAX, &[1.0], None);
        assert_eq!(bins.to_vec().len(), 2);
    }
}
