//! What the linear models share: the sum over features, and what a saved one must hold to.

use rayon::prelude::*;

use crate::pipeline::FeatureMatrix;

/// Rows per task; fewer are summed on the calling thread, so that a small batch waits for nobody.
const BLOCK: usize = 16_384;

/// `intercept + sum of coefficient * feature` of each row.
pub(super) fn linear_sums(features: &FeatureMatrix, coefficients: &[f64], intercept: f64) -> Vec<f64> {
    let mut sums = vec![intercept; features.rows()];
    let add_columns = |(block, sums): (usize, &mut [f64])| {
        for (at, coefficient) in coefficients.iter().enumerate() {
            let column = features.column(at).get(block * BLOCK..).unwrap_or_default();
            for (sum, value) in sums.iter_mut().zip(column) {
                *sum += coefficient * value;
            }
        }
    };
    if sums.len() <= BLOCK {
        add_columns((0, &mut sums));
    } else {
        sums.par_chunks_mut(BLOCK).enumerate().for_each(add_columns);
    }
    sums
}

/// What a saved model must hold to.
pub(super) fn check_lengths(features: usize, coefficients: &[f64], intercept: f64) -> Result<(), String> {
    if coefficients.len() != features {
        return Err(format!("{} coefficients for {features} features", coefficients.len()));
    }
    if !intercept.is_finite() || coefficients.iter().any(|c| !c.is_finite()) {
        return Err("coefficients must be finite".into());
    }
    Ok(())
}
