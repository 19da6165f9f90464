//! Statistics of one column, as scikit-learn defines them: missing values left out, variance with n.
//!
//! Sums go through the values in row order with a compensation for rounding, so that a result depends neither on how a
//! frame is cut into chunks nor on how many threads there are.

use std::cmp::Ordering;

/// Mean; NaN of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    sum(values.iter().copied()) / values.len() as f64
}

/// Standard deviation (n) around `mean`; 1 where all values are the same up to rounding.
pub(super) fn scale(values: &[f64], mean: f64) -> f64 {
    let n = values.len() as f64;
    let squares = sum(values.iter().map(|value| (value - mean).powi(2)));
    let rest = sum(values.iter().map(|value| value - mean));
    let variance = ((squares - rest * rest / n) / n).max(0.0);
    // The bound of Chan, Golub and LeVeque (1983) on the rounding error of a variance: below it nothing but noise is left.
    let noise = n * f64::EPSILON * variance + (n * mean * f64::EPSILON).powi(2);
    if variance <= noise { 1.0 } else { variance.sqrt() }
}

/// Median, the mean of the middle two where there are two; `None` of nothing.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *values.get(values.len() / 2 - 1)?;
    Some(lower.midpoint(upper))
}

/// The most frequent value, the smallest of equals; `None` of nothing.
pub(super) fn most_frequent<T: Clone>(mut values: Vec<T>, order: impl Fn(&T, &T) -> Ordering) -> Option<T> {
    values.sort_unstable_by(&order);
    let mut best: Option<&[T]> = None;
    for run in values.chunk_by(|a, b| order(a, b).is_eq()) {
        if best.is_none_or(|best| run.len() > best.len()) {
            best = Some(run);
        }
    }
    best?.first().cloned()
}

/// Neumaier's compensated sum.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
        sum = next;
    }
    sum + lost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_keeps_what_large_neighbours_would_swallow() {
        assert_eq!(mean(&[1e100, 1.0, -1e100, 1.0]), 0.5);
    }

    #[test]
    fn equal_values_have_scale_one_whatever_their_size() {
        assert_eq!(scale(&[1e9 + 0.1; 7], mean(&[1e9 + 0.1; 7])), 1.0);
        assert_eq!(scale(&[0.0; 3], 0.0), 1.0);
        assert_eq!(scale(&[-1.0, 1.0], 0.0), 1.0);
        assert_eq!(scale(&[-2.0, 2.0], 0.0), 2.0);
    }

    #[test]
    fn the_median_of_two_middles_is_between_them_and_of_nothing_is_nothing() {
        assert_eq!(median(vec![3.0, 1.0]), Some(2.0));
        assert_eq!(median(vec![9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![f64::MAX, f64::MAX]), Some(f64::MAX));
        assert_eq!(median(vec![]), None);
    }

    #[test]
    fn the_smallest_of_equally_frequent_values_wins() {
        assert_eq!(most_frequent(vec![5, 2, 5, 2, 9], i32::cmp), Some(2));
        assert_eq!(most_frequent(vec!["b", "a", "b"], Ord::cmp), Some("b"));
        assert_eq!(most_frequent(Vec::<i32>::new(), i32::cmp), None);
    }
}
