//! `evaluation.json`: how the model of a package did on the validation part, for people who compare versions.
//!
//! In: a run; or bytes of unknown origin. Out: what plots and intervals are made of, bounded. It determines no prediction and
//! no lineage, so the digest does not cover it, and nothing but pictures is made of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::learn::{Evaluation, Importance, ResidualHistogram, Run};

/// How the model of a package did on the validation part. Everything is empty where the split had none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackageEvaluation {
    /// How many rows it has.
    pub rows: u64,
    /// Each metric on 200 resamples of these rows: [`Evaluation::resamples`].
    #[serde(default)]
    pub resamples: BTreeMap<String, Vec<f32>>,
    /// Recall and precision of classes: of two the positive one, of more the most frequent.
    #[serde(default)]
    pub curves: Vec<PrecisionRecall>,
    /// Of numbers: true value less predicted, in bins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residuals: Option<ResidualHistogram>,
    /// How much each feature matters, most first.
    #[serde(default)]
    pub importance: Vec<Importance>,
}

/// Precision by recall of one class against the rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PrecisionRecall {
    /// The class.
    pub class: String,
    /// Its share of the rows: the precision of who cannot tell.
    pub share: f64,
    /// Recall and precision, from the strictest threshold to the laxest.
    pub points: Vec<[f32; 2]>,
}

impl PackageEvaluation {
    /// Points of a curve at most.
    const POINTS: usize = Evaluation::CURVE_POINTS;
    /// Classes, metrics, resamples and bins at most, each.
    const MANY: usize = 1_000;

    /// Of a finished run.
    pub(super) fn of(run: &Run) -> Self {
        let valid = &run.valid;
        let curves = valid.classes.iter().flat_map(|classes| {
            classes.curves.iter().map(|curve| PrecisionRecall {
                class: classes.names.get(curve.class).cloned().unwrap_or_default(),
                share: curve.positives as f64 / (curve.positives + curve.negatives).max(1) as f64,
                points: curve.precision_recall.iter().map(|point| point.map(|value| value as f32)).collect(),
            })
        });
        Self {
            rows: valid.rows,
            resamples: valid.resamples.clone(),
            curves: curves.collect(),
            residuals: valid.numbers.as_ref().map(|numbers| numbers.residuals.clone()),
            importance: valid.importance.clone(),
        }
    }

    /// Whether pictures can be made of it, which is not so of everything that JSON can say; `Err` says why not.
    pub(super) fn check(&self) -> Result<(), String> {
        let many = [
            self.resamples.len(),
            self.curves.len(),
            self.residuals.as_ref().map_or(0, |it| it.counts.len()),
        ];
        if many.into_iter().chain(self.resamples.values().map(Vec::len)).any(|count| count > Self::MANY) {
            return Err(format!("more than {} of one kind", Self::MANY));
        }
        if self.curves.iter().any(|curve| curve.points.len() > Self::POINTS) {
            return Err(format!("a curve has more than {} points", Self::POINTS));
        }
        let within = |value: &f32| (0.0..=1.0).contains(value);
        let shares = self.curves.iter().all(|curve| (0.0..=1.0).contains(&curve.share));
        if !shares || !self.curves.iter().flat_map(|curve| curve.points.as_flattened()).all(within) {
            return Err("a curve leaves the range 0 to 1".into());
        }
        let residuals = self.residuals.iter().flat_map(|residuals| [residuals.low, residuals.high]);
        let growths = self.importance.iter().map(|feature| feature.loss_growth);
        let resamples = self.resamples.values().flatten().map(|value| f64::from(*value));
        match residuals.chain(growths).chain(resamples).all(f64::is_finite) {
            true => Ok(()),
            false => Err("a value is not finite".into()),
        }
    }
}
