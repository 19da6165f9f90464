//! Losses of probabilities.

/// Probabilities nearer to 0 or 1 than this count as this, as in scikit-learn.
const CLIP: f64 = f64::EPSILON;

/// Mean of minus the logarithm of the true class's probability. `probabilities` is row after row, one per class. `None`
/// with no rows, a NaN, or a class that is not there.
pub fn log_loss(classes: usize, truth: &[u32], probabilities: &[f64]) -> Option<f64> {
    let mut sum = 0.0;
    for (&class, row) in truth.iter().zip(probabilities.chunks_exact(classes.max(1))) {
        if row.iter().any(|p| p.is_nan()) {
            return None;
        }
        sum += loss_of(*row.get(class as usize)?);
    }
    (!truth.is_empty()).then(|| sum / truth.len() as f64)
}

/// Minus the logarithm of what the true class was given.
pub fn loss_of(probability: f64) -> f64 {
    -probability.clamp(CLIP, 1.0 - CLIP).ln()
}

/// Mean square of the distance between the positive class's probability and the truth. `None` with no rows or a NaN.
pub fn brier(positive: &[bool], probability: &[f64]) -> Option<f64> {
    let distance = |(&positive, &p): (&bool, &f64)| p - f64::from(u8::from(positive));
    let sum: f64 = positive.iter().zip(probability).map(distance).map(|d| d * d).sum();
    (!positive.is_empty() && !sum.is_nan()).then(|| sum / positive.len() as f64)
}

/// The Brier score of more than two classes: squares summed over the classes, mean over the rows.
pub fn multiclass_brier(classes: usize, truth: &[u32], probabilities: &[f64]) -> Option<f64> {
    let mut sum = 0.0;
    for (&class, row) in truth.iter().zip(probabilities.chunks_exact(classes.max(1))) {
        for (at, p) in row.iter().enumerate() {
            let distance = p - f64::from(u8::from(at == class as usize));
            sum += distance * distance;
        }
    }
    (!truth.is_empty() && !sum.is_nan()).then(|| sum / truth.len() as f64)
}
