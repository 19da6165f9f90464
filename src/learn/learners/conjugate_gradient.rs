//! Solves `A x = b` for a symmetric, positive semi-definite `A` that is known only by what it does to a vector.
//!
//! Conjugate gradients with a diagonal preconditioner (Hestenes and Stiefel 1952): no matrix of parameters by parameters
//! is built, and where `A` is singular (dependent columns without a penalty) a solution comes out all the same.

use crate::jobs::{Cancel, Cancelled};

/// A direction whose curvature is a smaller part than this of what the diagonal alone would give it is one that `A` takes to
/// zero, but for rounding: a step along it would be without bound, and change nothing.
const FLAT: f64 = 1e-13;

/// The residual may grow so much above its smallest before the search is given up: on its way down it goes up at times.
const HOPELESS: f64 = 1e6;

/// `diagonal` is that of `A`. Ends when the preconditioned residual has shrunk to `tolerance` of the first, or when it no
/// longer shrinks: what rounding has put into directions that a singular `A` takes to zero cannot be solved for, and trying
/// would only make it grow. The solution with the smallest residual is returned.
pub(super) fn solve(
    apply: impl Fn(&[f64]) -> Vec<f64>,
    diagonal: &[f64],
    right: &[f64],
    tolerance: f64,
    cancel: &Cancel,
) -> Result<Vec<f64>, Cancelled> {
    let most = 2 * right.len() + 100;
    let scaled = |residual: &[f64]| -> Vec<f64> {
        residual.iter().zip(diagonal).map(|(r, d)| if *d > 0.0 { r / d } else { *r }).collect()
    };
    let mut solution = vec![0.0; right.len()];
    let mut residual = right.to_vec();
    let mut towards = scaled(&residual);
    let mut direction = towards.clone();
    let first = dot(&residual, &towards);
    let mut size = first;
    let (mut best, mut best_size) = (solution.clone(), first);

    for _ in 0..most {
        if size <= first * tolerance * tolerance || size > HOPELESS * best_size {
            break;
        }
        cancel.check()?;
        let image = apply(&direction);
        let curvature = dot(&direction, &image);
        let steepness: f64 =
            direction.iter().zip(diagonal).map(|(along, d)| along * along * d.max(0.0)).sum();
        if curvature <= FLAT * steepness || !curvature.is_finite() {
            break;
        }
        let step = size / curvature;
        add(&mut solution, step, &direction);
        add(&mut residual, -step, &image);
        towards = scaled(&residual);
        let next = dot(&residual, &towards);
        let turn = next / size;
        for (d, t) in direction.iter_mut().zip(&towards) {
            *d = t + turn * *d;
        }
        size = next;
        if size < best_size {
            best_size = size;
            best.copy_from_slice(&solution);
        }
    }
    Ok(best)
}

/// The sum of products.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Adds `times` the other vector.
pub(super) fn add(to: &mut [f64], times: f64, other: &[f64]) {
    for (to, other) in to.iter_mut().zip(other) {
        *to += times * other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_to_rounding_and_a_singular_system_too() {
        let apply = |v: &[f64]| vec![4.0 * v[0] + v[1], v[0] + 3.0 * v[1]];
        let x = solve(apply, &[4.0, 3.0], &[1.0, 2.0], 1e-14, &Cancel::new()).unwrap();
        assert!((x[0] - 1.0 / 11.0).abs() < 1e-14 && (x[1] - 7.0 / 11.0).abs() < 1e-14, "{x:?}");

        let twice_the_same = |v: &[f64]| vec![v[0] + v[1], v[0] + v[1]];
        let x = solve(twice_the_same, &[1.0, 1.0], &[3.0, 3.0], 1e-14, &Cancel::new()).unwrap();
        assert!((x[0] + x[1] - 3.0).abs() < 1e-14, "{x:?}");
    }

    #[test]
    fn ends_when_cancelled() {
        let cancel = Cancel::new();
        cancel.cancel();
        assert_eq!(solve(|v| v.to_vec(), &[1.0], &[1.0], 1e-9, &cancel), Err(Cancelled));
    }
}
