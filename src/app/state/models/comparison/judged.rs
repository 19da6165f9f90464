//! How two versions were judged, drawn over each other: one curve or the residuals, and what each feature is worth.

use std::collections::BTreeMap;

use crate::learn::ResidualHistogram;
use crate::registry::{PackageEvaluation, PrecisionRecall};

/// How two versions were judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Precision by recall of a class that both know.
    pub curves: Option<Curves>,
    /// Of numbers: how the errors spread.
    pub residuals: Option<Residuals>,
    /// What the features are worth, the weightiest of either first.
    pub features: Vec<Weighed>,
}

/// Precision by recall of two versions, and where to look.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// The class; `None` where there are only two, of which it is the positive one.
    pub class: Option<String>,
    /// Recall and precision of the older version, and of the newer, within the window.
    pub points: [Vec<[f64; 2]>; 2],
    /// Recall, and precision, from and to, where the two part. All of it where they part nowhere or everywhere.
    pub window: [(f64, f64); 2],
}

/// Residuals of two versions: from, to, and the share of the rows per unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Residuals {
    /// Of the older version, and of the newer.
    pub bars: [Vec<(f64, f64, f64)>; 2],
}

/// What a feature is worth to two versions: growth of the loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// The feature.
    pub feature: String,
    /// To the older version; `None` where it does not have it.
    pub older: Option<f64>,
    /// To the newer version.
    pub newer: Option<f64>,
}

impl Judged {
    /// Of two evaluations.
    pub(super) fn of(older: &PackageEvaluation, newer: &PackageEvaluation) -> Self {
        Self {
            curves: Curves::of(older, newer),
            residuals: Residuals::of(older, newer),
            features: features(older, newer),
        }
    }
}

impl Curves {
    /// Steps of recall at which the two are held against each other.
    const STEPS: usize = 200;
    /// A mean distance below this is none that can be seen.
    const SAME: f64 = 5e-4;
    /// The window holds so much of all that lies between the two.
    const HELD: f64 = 0.8;

    fn of(older: &PackageEvaluation, newer: &PackageEvaluation) -> Option<Self> {
        let same = |one: &&PrecisionRecall| newer.curves.iter().any(|other| other.class == one.class);
        let before = older.curves.iter().filter(same).max_by(|a, b| a.share.total_cmp(&b.share))?;
        let after = newer.curves.iter().find(|curve| curve.class == before.class)?;
        let many = older.curves.len() > 1 || newer.curves.len() > 1;
        let points = [before, after]
            .map(|curve| curve.points.iter().map(|point| point.map(f64::from)).collect::<Vec<[f64; 2]>>());
        if points.iter().any(Vec::is_empty) {
            return None;
        }
        let class = many.then(|| before.class.clone());
        let window = window(&points);
        let points = points.map(|points| cut(&points, window[0]));
        Some(Self { class, window, points })
    }
}

/// What of a curve lies between two recalls, with its ends on them.
fn cut(points: &[[f64; 2]], (from, to): (f64, f64)) -> Vec<[f64; 2]> {
    let end = |recall: f64| precision_at(points, recall).map(|precision| [recall, precision]);
    let within = points.iter().copied().filter(|[recall, _]| (from..=to).contains(recall));
    end(from).into_iter().chain(within).chain(end(to)).collect()
}

/// Where two curves part: the narrowest span of recall that holds most of what lies between them, with the precision of both
/// in it, widened to steps of 0.05.
fn window(points: &[Vec<[f64; 2]>; 2]) -> [(f64, f64); 2] {
    const ALL: [(f64, f64); 2] = [(0.0, 1.0), (0.0, 1.0)];
    let [one, other] = points;
    let recall = |step: usize| (step + 1) as f64 / Curves::STEPS as f64;
    let apart =
        |step: usize| Some((precision_at(one, recall(step))? - precision_at(other, recall(step))?).abs());
    let apart: Vec<f64> = (0..Curves::STEPS).map(|step| apart(step).unwrap_or(0.0)).collect();
    let total: f64 = apart.iter().sum();
    if total < Curves::SAME * Curves::STEPS as f64 {
        return ALL;
    }
    let Some((from, to)) = narrowest(&apart, Curves::HELD * total) else { return ALL };
    let down = |value: f64| (value * 20.0 - 0.2).floor().max(0.0) / 20.0;
    let up = |value: f64| (value * 20.0 + 0.2).ceil().min(20.0) / 20.0;
    let (from, to) = (down(recall(from)), up(recall(to)));
    if to - from > 0.7 {
        return ALL;
    }
    let within = |step: &usize| (from..=to).contains(&recall(*step));
    let seen = (0..Curves::STEPS)
        .filter(within)
        .flat_map(|step| [one, other].into_iter().filter_map(move |curve| precision_at(curve, recall(step))));
    let (low, high) = seen.fold((1.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    [(from, to), (down(low), up(high))]
}

/// The shortest run of values that add up to `wanted`: its first and last place.
fn narrowest(values: &[f64], wanted: f64) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    let (mut from, mut sum) = (0, 0.0);
    for (to, value) in values.iter().enumerate() {
        sum += value;
        while let Some(first) = values.get(from).filter(|first| sum - **first >= wanted) {
            sum -= first;
            from += 1;
        }
        if sum >= wanted && best.is_none_or(|(low, high)| to - from < high - low) {
            best = Some((from, to));
        }
    }
    best
}

/// The precision at a recall, on the line through a curve's points; recall ascends.
fn precision_at(points: &[[f64; 2]], recall: f64) -> Option<f64> {
    let after = points.partition_point(|point| point[0] < recall);
    let [to, high] = *points.get(after)?;
    match after.checked_sub(1).and_then(|before| points.get(before)) {
        Some([from, low]) if to > *from => Some(low + (high - low) * (recall - from) / (to - from)),
        _ => Some(high),
    }
}

impl Residuals {
    fn of(older: &PackageEvaluation, newer: &PackageEvaluation) -> Option<Self> {
        Some(Self { bars: [bars(older.residuals.as_ref()?), bars(newer.residuals.as_ref()?)] })
    }
}

fn bars(histogram: &ResidualHistogram) -> Vec<(f64, f64, f64)> {
    let rows: u64 = histogram.counts.iter().sum::<u64>() + histogram.below + histogram.above;
    let width = (histogram.high - histogram.low) / histogram.counts.len().max(1) as f64;
    let density = |count: u64| count as f64 / rows.max(1) as f64 / width.max(f64::MIN_POSITIVE);
    let bar = |(index, count): (usize, &u64)| {
        let from = histogram.low + index as f64 * width;
        (from, from + width, density(*count))
    };
    histogram.counts.iter().enumerate().map(bar).collect()
}

fn features(older: &PackageEvaluation, newer: &PackageEvaluation) -> Vec<Weighed> {
    let growths = |evaluation: &PackageEvaluation| -> BTreeMap<String, f64> {
        let of = evaluation.importance.iter();
        of.map(|feature| (feature.feature.clone(), feature.loss_growth)).collect()
    };
    let (before, after) = (growths(older), growths(newer));
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let weighed = |name: &String| Weighed {
        feature: name.clone(),
        older: before.get(name).copied(),
        newer: after.get(name).copied(),
    };
    let mut all: Vec<Weighed> = names.into_iter().map(weighed).collect();
    let most = |one: &Weighed| one.older.unwrap_or(f64::MIN).max(one.newer.unwrap_or(f64::MIN));
    all.sort_by(|left, right| most(right).total_cmp(&most(left)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::Importance;

    /// A curve that falls from 1 to `end`, but for a dent between recall 0.6 and 0.8.
    fn curve(dent: f32) -> PackageEvaluation {
        let precision = |recall: f32| {
            let dented = if (0.6..0.8).contains(&recall) { dent } else { 0.0 };
            1.0 - 0.5 * recall - dented
        };
        let points = (1..=100).map(|step| step as f32 / 100.0).map(|recall| [recall, precision(recall)]);
        let curve = PrecisionRecall { class: "true".into(), share: 0.2, points: points.collect() };
        PackageEvaluation { rows: 100, curves: vec![curve], ..PackageEvaluation::default() }
    }

    #[test]
    fn two_curves_are_looked_at_where_they_part() {
        let judged = Judged::of(&curve(0.0), &curve(0.1));
        let curves = judged.curves.unwrap();
        let [(from, to), (low, high)] = curves.window;
        assert!((0.5..=0.65).contains(&from) && (0.75..=0.9).contains(&to), "{:?}", curves.window);
        assert!(low > 0.3 && high < 0.8, "{:?}", curves.window);
        assert_eq!(curves.class, None);
        let ends = curves.points.map(|points| (points[0][0], points[points.len() - 1][0]));
        assert_eq!(ends, [(from, to), (from, to)], "both are drawn from edge to edge");
    }

    #[test]
    fn two_curves_that_part_nowhere_are_looked_at_as_a_whole() {
        let judged = Judged::of(&curve(0.0), &curve(0.0));
        assert_eq!(judged.curves.unwrap().window, [(0.0, 1.0), (0.0, 1.0)]);
        let nothing = Judged::of(&curve(0.0), &PackageEvaluation::default());
        assert_eq!(nothing.curves, None);
    }

    #[test]
    fn features_stand_by_what_they_are_worth_to_either_version() {
        let with = |features: &[(&str, f64)]| PackageEvaluation {
            importance: features
                .iter()
                .map(|(feature, loss_growth)| Importance {
                    feature: (*feature).into(),
                    loss_growth: *loss_growth,
                    deviation: 0.0,
                })
                .collect(),
            ..PackageEvaluation::default()
        };
        let judged =
            Judged::of(&with(&[("wind", 0.2), ("dist", 0.1)]), &with(&[("dist", 0.4), ("temp", 0.05)]));
        let names: Vec<&str> = judged.features.iter().map(|weighed| weighed.feature.as_str()).collect();
        assert_eq!(names, ["dist", "wind", "temp"]);
        assert_eq!((judged.features[0].older, judged.features[0].newer), (Some(0.1), Some(0.4)));
        assert_eq!((judged.features[2].older, judged.features[2].newer), (None, Some(0.05)));
    }

    #[test]
    fn residuals_become_shares_per_unit_whatever_their_bins() {
        let with = |low: f64, high: f64, counts: Vec<u64>| PackageEvaluation {
            residuals: Some(ResidualHistogram { low, high, counts, below: 0, above: 0 }),
            ..PackageEvaluation::default()
        };
        let judged = Judged::of(&with(-1.0, 1.0, vec![1, 1]), &with(-2.0, 2.0, vec![5, 5]));
        let [older, newer] = judged.residuals.unwrap().bars;
        assert_eq!(older, [(-1.0, 0.0, 0.5), (0.0, 1.0, 0.5)]);
        assert_eq!(newer, [(-2.0, 0.0, 0.25), (0.0, 2.0, 0.25)]);
    }
}
