//! Metrics of numbers, all from the errors.

/// Truths and predictions of the same rows, all finite.
#[derive(Clone, Copy, Debug)]
pub struct Errors<'a> {
    truth: &'a [f64],
    predicted: &'a [f64],
    /// How often each row counts, in means; `None` is once each.
    weights: Option<&'a [u32]>,
}

impl<'a> Errors<'a> {
    /// `None` with no rows, different lengths, or a NaN or infinite value.
    pub fn new(truth: &'a [f64], predicted: &'a [f64]) -> Option<Self> {
        let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
        let usable = !truth.is_empty() && truth.len() == predicted.len();
        (usable && finite(truth) && finite(predicted)).then_some(Self { truth, predicted, weights: None })
    }

    /// The same rows, each as often as its weight says: for all measures that are made of means. The weights add up to the
    /// number of rows.
    pub fn weighted(self, weights: &'a [u32]) -> Self {
        Self { weights: Some(weights), ..self }
    }

    /// Root of the mean square error.
    pub fn rmse(&self) -> f64 {
        self.mean(|truth, predicted| (truth - predicted) * (truth - predicted)).sqrt()
    }

    /// Mean absolute error.
    pub fn mae(&self) -> f64 {
        self.mean(|truth, predicted| (truth - predicted).abs())
    }

    /// Mean absolute error as a share of the truth (1 is 100 %). A truth of 0 counts as 2.2e-16, so that one such row
    /// makes it huge, as in scikit-learn.
    pub fn mape(&self) -> f64 {
        self.mean(|truth, predicted| (truth - predicted).abs() / truth.abs().max(f64::EPSILON))
    }

    /// The median of the absolute errors.
    pub fn median_absolute_error(&self) -> f64 {
        let mut errors: Vec<f64> = self.pairs().map(|(truth, predicted)| (truth - predicted).abs()).collect();
        errors.sort_unstable_by(f64::total_cmp);
        let middle = errors.len() / 2;
        let at = |index: usize| errors.get(index).copied().unwrap_or(f64::NAN);
        if errors.len() % 2 == 1 { at(middle) } else { at(middle - 1) / 2.0 + at(middle) / 2.0 }
    }

    /// The largest absolute error.
    pub fn max_error(&self) -> f64 {
        self.pairs().map(|(truth, predicted)| (truth - predicted).abs()).fold(0.0, f64::max)
    }

    /// Share of the variance that is explained, errors taken from 0. Of a constant truth: 1 when all is right, else 0.
    /// `None` for one row.
    pub fn r2(&self) -> Option<f64> {
        let error = self.mean(|truth, predicted| (truth - predicted) * (truth - predicted));
        let r2 = explained(error, self.variance_of_truth());
        (self.truth.len() > 1 && !r2.is_nan()).then_some(r2)
    }

    /// The same with errors taken from their mean, so that a constant shift costs nothing.
    pub fn explained_variance(&self) -> Option<f64> {
        let shift = self.mean(|truth, predicted| truth - predicted);
        let error = self.mean(|truth, predicted| (truth - predicted - shift).powi(2));
        let explained = explained(error, self.variance_of_truth());
        (!explained.is_nan()).then_some(explained)
    }

    fn variance_of_truth(&self) -> f64 {
        let mean = self.mean(|truth, _| truth);
        self.mean(|truth, _| (truth - mean) * (truth - mean))
    }

    fn mean(&self, value: impl Fn(f64, f64) -> f64) -> f64 {
        let values = self.pairs().map(|(truth, predicted)| value(truth, predicted));
        let sum: f64 = match self.weights {
            None => values.sum(),
            Some(weights) => values.zip(weights).map(|(value, weight)| value * f64::from(*weight)).sum(),
        };
        sum / self.truth.len() as f64
    }

    fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.truth.iter().copied().zip(self.predicted.iter().copied())
    }
}

fn explained(error: f64, variance: f64) -> f64 {
    match (error == 0.0, variance == 0.0) {
        (true, _) => 1.0,
        (false, true) => 0.0,
        (false, false) => 1.0 - error / variance,
    }
}
