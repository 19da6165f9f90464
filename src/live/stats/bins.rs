//! Predictions by event time, in a bounded number of bins.

use std::collections::BTreeMap;

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
        let wider =
            WIDTHS.into_iter().find(|&width| width > self.width).unwrap_or(self.width.saturating_mul(2));
        let factor = wider / self.width;
        self.width = wider;
        for (bin, sums) in std::mem::take(&mut self.sums) {
            self.sums.entry(bin.div_euclid(factor)).or_default().merge(&sums);
        }
    }
}

impl Sums {
    fn add_values(&mut self, values: &[f64]) {
        if self.values.len() < values.len() {
            self.values.resize(values.len(), 0.0);
        }
        for (sum, value) in self.values.iter_mut().zip(values) {
            *sum += value;
        }
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
    }

    fn bin(&self, start: i64) -> TimeBin {
        let records = self.records.max(1) as f64;
        TimeBin {
            start,
            records: self.records,
            means: self.values.iter().map(|sum| sum / records).collect(),
            shares: self.first.iter().map(|&count| count as f64 / records).collect(),
        }
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
    fn extreme_timestamps_do_no_harm() {
        let mut bins = Bins::default();
        bins.add(i64::MIN, &[1.0], None);
        bins.add(i64::MAX, &[1.0], None);
        assert_eq!(bins.to_vec().len(), 2);
    }
}
