//! Curves and areas of a score that should be high for positive rows.

/// Positive and negative rows counted down from the highest score, one entry per distinct score.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    positives: u64,
    negatives: u64,
    steps: Vec<Step>,
}

/// All rows whose score is at least `score`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    score: f64,
    true_positives: u64,
    false_positives: u64,
}

/// Rows from the highest score down: sorted once, to be counted with as many weights as are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    rows: Vec<Ordered>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Ordered {
    row: u32,
    positive: bool,
    score: f64,
}

impl Order {
    /// Sorts the scores; `None` with no rows or a NaN or infinite score.
    pub fn new(positive: &[bool], score: &[f64]) -> Option<Self> {
        if score.is_empty() || positive.len() != score.len() || score.iter().any(|score| !score.is_finite()) {
            return None;
        }
        let rows = (0..).zip(positive).zip(score);
        let mut rows: Vec<Ordered> = rows
            .map(|((row, positive), score)| Ordered { row, positive: *positive, score: *score })
            .collect();
        rows.sort_unstable_by(|a, b| b.score.total_cmp(&a.score));
        Some(Self { rows })
    }

    /// Counts each row so often. Rows that count for nothing leave no trace.
    pub fn ranking(&self, weight: impl Fn(u32) -> u32) -> Ranking {
        let mut steps: Vec<Step> = Vec::new();
        let (mut true_positives, mut false_positives) = (0, 0);
        for row in &self.rows {
            let weight = u64::from(weight(row.row));
            match (weight, row.positive) {
                (0, _) => continue,
                (_, true) => true_positives += weight,
                (_, false) => false_positives += weight,
            }
            let step = Step { score: row.score, true_positives, false_positives };
            match steps.last_mut() {
                Some(last) if last.score == row.score => *last = step,
                _ => steps.push(step),
            }
        }
        Ranking { positives: true_positives, negatives: false_positives, steps }
    }
}

impl Ranking {
    /// Each row once; `None` with no rows or a NaN or infinite score.
    pub fn new(positive: &[bool], score: &[f64]) -> Option<Self> {
        Some(Order::new(positive, score)?.ranking(|_| 1))
    }

    /// Rows that are positive.
    pub fn positives(&self) -> u64 {
        self.positives
    }

    /// Rows that are not.
    pub fn negatives(&self) -> u64 {
        self.negatives
    }

    /// Area under the ROC curve: the chance that a positive row scores above a negative one, ties counted half. `None`
    /// when all rows are of one kind.
    pub fn roc_auc(&self) -> Option<f64> {
        let mut twice_area: u128 = 0;
        let (mut before_true, mut before_false) = (0, 0);
        for step in &self.steps {
            let width = u128::from(step.false_positives - before_false);
            twice_area += width * u128::from(step.true_positives + before_true);
            (before_true, before_false) = (step.true_positives, step.false_positives);
        }
        let pairs = u128::from(self.positives) * u128::from(self.negatives);
        (pairs > 0).then(|| twice_area as f64 / 2.0 / pairs as f64)
    }

    /// Precision at each distinct score, weighted by the recall that it adds. `None` without a positive row.
    pub fn average_precision(&self) -> Option<f64> {
        let mut sum = 0.0;
        let mut before = 0;
        for step in &self.steps {
            sum += (step.true_positives - before) as f64 * step.precision();
            before = step.true_positives;
        }
        (self.positives > 0).then(|| sum / self.positives as f64)
    }

    /// False positive rate, true positive rate: from (0, 0) down the scores to (1, 1). Points on a straight line between
    /// their neighbours are left out where scikit-learn leaves them out. Empty when all rows are of one kind.
    pub fn roc_curve(&self) -> Vec<[f64; 2]> {
        if self.positives == 0 || self.negatives == 0 {
            return Vec::new();
        }
        let (positives, negatives) = (self.positives as f64, self.negatives as f64);
        let corners = self
            .corners()
            .map(|step| [step.false_positives as f64 / negatives, step.true_positives as f64 / positives]);
        std::iter::once([0.0, 0.0]).chain(corners).collect()
    }

    /// Recall, precision: from the highest score to the lowest, one point per distinct score. Empty without a positive row.
    pub fn precision_recall_curve(&self) -> Vec<[f64; 2]> {
        if self.positives == 0 {
            return Vec::new();
        }
        let positives = self.positives as f64;
        self.steps.iter().map(|step| [step.true_positives as f64 / positives, step.precision()]).collect()
    }

    /// Steps but those between two of the same width and height.
    fn corners(&self) -> impl Iterator<Item = &Step> {
        let last = self.steps.len().saturating_sub(1);
        self.steps.iter().enumerate().filter_map(move |(at, step)| {
            if at == 0 || at == last {
                return Some(step);
            }
            let (before, after) = (self.steps.get(at - 1)?, self.steps.get(at + 1)?);
            let bends = |count: fn(&Step) -> u64| count(after) - count(step) != count(step) - count(before);
            (bends(|step| step.false_positives) || bends(|step| step.true_positives)).then_some(step)
        })
    }
}

impl Step {
    fn precision(&self) -> f64 {
        self.true_positives as f64 / (self.true_positives + self.false_positives) as f64
    }
}
