//! What comes out at a threshold: counts and measures of one class against the rest.

use crate::learn::{ClassCurves, margin};

/// Counts of one class against the rest at a threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AtThreshold {
    /// Positive, and found so.
    pub true_positives: u64,
    /// Negative, and taken for positive.
    pub false_positives: u64,
    /// Positive, and missed.
    pub false_negatives: u64,
    /// Negative, and found so.
    pub true_negatives: u64,
}

impl AtThreshold {
    /// Counts at the kept threshold nearest to `threshold`; `None` where the evaluation has no rows.
    pub fn of(curves: &ClassCurves, threshold: f64) -> Option<Self> {
        let distance = |other: f64| (other - threshold).abs();
        let counts = curves
            .thresholds
            .iter()
            .min_by(|left, right| distance(left.threshold).total_cmp(&distance(right.threshold)))?;
        Some(Self {
            true_positives: counts.true_positives,
            false_positives: counts.false_positives,
            false_negatives: curves.positives.saturating_sub(counts.true_positives),
            true_negatives: curves.negatives.saturating_sub(counts.false_positives),
        })
    }

    /// Of the rows taken for positive, the share that is.
    pub fn precision(&self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_positives)
    }

    /// Of the positive rows, the share that was found.
    pub fn recall(&self) -> Option<f64> {
        share(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// Of the negative rows, the share taken for positive.
    pub fn false_positive_rate(&self) -> Option<f64> {
        share(self.false_positives, self.false_positives + self.true_negatives)
    }

    /// Harmonic mean of precision and recall.
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)
    }

    /// Half the 95 % interval of the precision.
    pub fn precision_margin(&self) -> Option<f64> {
        margin::of_share(self.true_positives, self.true_positives + self.false_positives)
    }

    /// The same of the recall.
    pub fn recall_margin(&self) -> Option<f64> {
        margin::of_share(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// The same of F1.
    pub fn f1_margin(&self) -> Option<f64> {
        margin::of_f1(self.true_positives, self.false_positives, self.false_negatives)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::ThresholdCounts;

    #[test]
    fn counts_at_a_threshold_add_up_to_all_rows() {
        let at = |threshold, true_positives, false_positives| ThresholdCounts {
            threshold,
            true_positives,
            false_positives,
        };
        let curves = ClassCurves {
            positives: 10,
            negatives: 30,
            thresholds: vec![at(0.0, 10, 30), at(0.5, 8, 2), at(1.0, 0, 0)],
            ..ClassCurves::default()
        };
        let half = AtThreshold::of(&curves, 0.45).unwrap();
        assert_eq!((half.false_negatives, half.true_negatives), (2, 28));
        assert_eq!((half.precision(), half.recall(), half.f1()), (Some(0.8), Some(0.8), Some(0.8)));
        let strict = AtThreshold::of(&curves, 1.0).unwrap();
        assert_eq!((strict.precision(), strict.recall()), (None, Some(0.0)));
        assert_eq!(AtThreshold::of(&ClassCurves::default(), 0.5), None);
    }
}
