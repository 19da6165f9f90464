//! Metrics of hard labels, all from one table of counts.

#![allow(
    clippy::indexing_slicing,
    reason = "counts has classes * classes entries; indices are below classes"
)]

/// Rows by true class and predicted class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    counts: Vec<u64>,
}

/// How the values of several classes become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// Every class counts the same.
    Macro,
    /// A class counts by its true rows.
    Weighted,
}

impl ConfusionMatrix {
    /// Counts; classes are indices below `classes`, others are left out.
    pub fn new(classes: usize, truth: &[u32], predicted: &[u32]) -> Self {
        Self::count(classes, truth.iter().zip(predicted).map(|pair| (pair, 1)))
    }

    /// Counts each row as often as its weight says.
    pub fn weighted(classes: usize, truth: &[u32], predicted: &[u32], weights: &[u32]) -> Self {
        Self::count(classes, truth.iter().zip(predicted).zip(weights.iter().copied()))
    }

    fn count<'a>(classes: usize, rows: impl Iterator<Item = ((&'a u32, &'a u32), u32)>) -> Self {
        let mut counts = vec![0; classes * classes];
        for ((&truth, &predicted), weight) in rows {
            let (truth, predicted) = (truth as usize, predicted as usize);
            if truth < classes && predicted < classes {
                counts[truth * classes + predicted] += u64::from(weight);
            }
        }
        Self { classes, counts }
    }

    /// One row per true class.
    pub fn rows(&self) -> Vec<Vec<u64>> {
        self.counts.chunks(self.classes.max(1)).map(<[u64]>::to_vec).collect()
    }

    /// Share of rows that are right.
    pub fn accuracy(&self) -> Option<f64> {
        let right: u64 = (0..self.classes).map(|class| self.right(class)).sum();
        share(right, self.total())
    }

    /// Mean recall of the classes that occur.
    pub fn balanced_accuracy(&self) -> Option<f64> {
        let recalls: Vec<f64> =
            (0..self.classes).filter_map(|class| share(self.right(class), self.actual(class))).collect();
        (!recalls.is_empty()).then(|| recalls.iter().sum::<f64>() / recalls.len() as f64)
    }

    /// Share of the rows predicted as `class` that are of it; 0 when there are none.
    pub fn precision(&self, class: usize) -> f64 {
        share(self.right(class), self.predicted(class)).unwrap_or(0.0)
    }

    /// Share of the rows of `class` that are predicted as it; 0 when there are none.
    pub fn recall(&self, class: usize) -> f64 {
        share(self.right(class), self.actual(class)).unwrap_or(0.0)
    }

    /// Harmonic mean of precision and recall.
    pub fn f1(&self, class: usize) -> f64 {
        share(2 * self.right(class), self.actual(class) + self.predicted(class)).unwrap_or(0.0)
    }

    /// One number from a value per class, such as [`Self::f1`].
    pub fn averaged(&self, average: Average, value: impl Fn(&Self, usize) -> f64) -> Option<f64> {
        let weight = |class| match average {
            Average::Macro => 1.0,
            Average::Weighted => self.actual(class) as f64,
        };
        let total: f64 = (0..self.classes).map(weight).sum();
        let sum: f64 = (0..self.classes).map(|class| weight(class) * value(self, class)).sum();
        (self.total() > 0 && total > 0.0).then(|| sum / total)
    }

    /// Matthews correlation coefficient, for any number of classes (Gorodkin 2004); 0 when truth or prediction is constant.
    pub fn mcc(&self) -> Option<f64> {
        let total = self.total() as f64;
        let right: f64 = (0..self.classes).map(|class| self.right(class) as f64).sum();
        let sum = |left: fn(&Self, usize) -> u64, right: fn(&Self, usize) -> u64| -> f64 {
            (0..self.classes).map(|class| left(self, class) as f64 * right(self, class) as f64).sum()
        };
        let both = right * total - sum(Self::actual, Self::predicted);
        let of_truth = total * total - sum(Self::actual, Self::actual);
        let of_prediction = total * total - sum(Self::predicted, Self::predicted);
        let scale = (of_truth * of_prediction).sqrt();
        (total > 0.0).then(|| if scale == 0.0 { 0.0 } else { both / scale })
    }

    /// Cohen's kappa: agreement beyond chance; `None` when chance alone already agrees everywhere.
    pub fn kappa(&self) -> Option<f64> {
        let total = self.total() as f64;
        let right: f64 = (0..self.classes).map(|class| self.right(class) as f64).sum();
        let by_chance: f64 = (0..self.classes)
            .map(|class| self.actual(class) as f64 * self.predicted(class) as f64 / total)
            .sum();
        (total > by_chance).then(|| 1.0 - (total - right) / (total - by_chance))
    }

    /// Rows that were counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    fn right(&self, class: usize) -> u64 {
        self.counts[class * self.classes + class]
    }

    fn actual(&self, class: usize) -> u64 {
        self.counts[class * self.classes..(class + 1) * self.classes].iter().sum()
    }

    fn predicted(&self, class: usize) -> u64 {
        self.counts.iter().skip(class).step_by(self.classes).sum()
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
