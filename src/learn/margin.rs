//! How sure a value is: half the width of its 95 % interval, as it stands behind `±`.
//!
//! In: counts, or values on resamples. Out: a margin, in the value's own unit. Rows are taken as independent of each other,
//! which neighbours in a stream are only roughly: where they are not, the truth is less sure than the margin says.

/// Standard deviations from the middle of a normal distribution within which 95 % of it lie.
const WITHIN: f64 = 1.959_963_984_540_054;

/// Of a share of `whole` rows: half the interval of Wilson (1927). Away from 0 and 1 it is `1.96 √(p (1 − p) / n)`; at 0 and 1,
/// where that formula would say that all is certain, it is not 0. `None` without rows.
pub fn of_share(part: u64, whole: u64) -> Option<f64> {
    let (low, high) = share_interval(part, whole)?;
    Some((high - low) / 2.0)
}

/// Of F1. It is a function of one share, that of the true positives among all rows that are positive or taken for so
/// (`s`, then F1 is `2 s / (1 + s)`), so its interval is that of the share. `None` where F1 is not defined.
pub fn of_f1(true_positives: u64, false_positives: u64, false_negatives: u64) -> Option<f64> {
    let (low, high) = share_interval(true_positives, true_positives + false_positives + false_negatives)?;
    let f1 = |share: f64| 2.0 * share / (1.0 + share);
    Some((f1(high) - f1(low)) / 2.0)
}

/// Of a metric, from its values on resamples of the rows (see [`super::Evaluation::resamples`]): 1.96 standard deviations.
/// `None` with fewer than two.
pub fn of_resamples(values: &[f32]) -> Option<f64> {
    deviation(values.iter().map(|value| f64::from(*value))).map(|deviation| WITHIN * deviation)
}

/// Of the difference of a metric between two models that were judged on the same resamples of the same rows: what both
/// found easy or hard falls out, so it is mostly much less than their own margins together.
pub fn of_difference(one: &[f32], other: &[f32]) -> Option<f64> {
    let differences = one.iter().zip(other).map(|(one, other)| f64::from(*one) - f64::from(*other));
    let deviation = (one.len() == other.len()).then(|| deviation(differences))?;
    deviation.map(|deviation| WITHIN * deviation)
}

/// The interval of Wilson.
fn share_interval(part: u64, whole: u64) -> Option<(f64, f64)> {
    if whole == 0 || part > whole {
        return None;
    }
    let (count, share, square) = (whole as f64, part as f64 / whole as f64, WITHIN * WITHIN);
    let middle = share + square / (2.0 * count);
    let half = WITHIN * (share * (1.0 - share) / count + square / (4.0 * count * count)).sqrt();
    let scale = 1.0 + square / count;
    Some(((middle - half) / scale, (middle + half) / scale))
}

/// The standard deviation that values are a sample of.
fn deviation(values: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    let count = values.clone().count();
    let mean = values.clone().sum::<f64>() / count as f64;
    let squares: f64 = values.map(|value| (value - mean) * (value - mean)).sum();
    (count > 1).then(|| (squares / (count - 1) as f64).sqrt())
}
