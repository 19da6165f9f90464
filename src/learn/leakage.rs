//! What looks too good to be true before a model is even asked: a single feature that gives the target away, and classes
//! that the train part never saw.

use super::evaluation::spread;
use super::fit::select_rows;
use super::metrics::Ranking;
use super::parts::Parts;
use super::task::Labels;
use crate::codec::meta;
use crate::data::Frame;
use crate::pipeline::FeatureMatrix;

/// A feature that alone ranks the positive rows this well, or correlates this much with a number, knows the target.
const TELLS: f64 = 0.999;
/// Rows looked at, evenly drawn from the train part.
const ROWS: usize = 20_000;

/// Sentences for [`super::Run::warnings`], of which the first say what the frame itself is short of.
pub(super) fn warnings(frame: &Frame, train: &FeatureMatrix, parts: &Parts) -> Vec<String> {
    let mut warnings = Vec::new();
    match frame.rejected_total {
        0 => {}
        1 => warnings.push("1 record could not be decoded and took no part".into()),
        many => warnings.push(format!("{many} records could not be decoded and took no part")),
    }
    warnings.extend(labels_in_doubt(frame));
    warnings.extend(labels_known_late(frame, parts));
    let unseen = unseen_classes(parts);
    if !unseen.is_empty() {
        warnings.push(format!(
            "the train part has no row of class {}, so the model cannot predict it",
            unseen.join(", ")
        ));
    }
    let rows = spread(train.rows(), ROWS);
    let (features, labels) = (select_rows(train, &rows), parts.train.labels.select(&rows));
    for (at, name) in features.names().iter().enumerate() {
        if let Some(how) = gives_away(features.column(at), &labels) {
            warnings.push(format!(
                "{name} alone gives the target away ({how}): is it known when a prediction is due?"
            ));
        }
    }
    warnings
}

/// Labels that may be another event's, and those that could not be read.
fn labels_in_doubt(frame: &Frame) -> Vec<String> {
    let Some(labels) = &frame.labels else { return Vec::new() };
    let (counts, topic) = (&labels.counts, &labels.spec.topic);
    let mut doubts = Vec::new();
    if counts.shared > 0 {
        doubts.push(format!(
            "{} of {} labelled rows share their label with another row of the same key: the bound of {} is longer than the \
             time between them",
            counts.shared, counts.matched, labels.spec.within
        ));
    }
    if counts.rejected > 0 {
        doubts.push(format!("{} labels of {topic} could not be decoded and took no part", counts.rejected));
    }
    doubts
}

/// A label that came after validation began was not known to whoever would have trained at that moment.
fn labels_known_late(frame: &Frame, parts: &Parts) -> Option<String> {
    let labels = frame.labels.as_ref()?;
    let column = parts.train.data.column(meta::LABEL_TIMESTAMP).ok()?;
    let [_, valid_begins, _, test_begins] = parts.borders;
    let (part, begins) =
        if parts.valid.data.height() > 0 { ("validation", valid_begins) } else { ("test", test_begins) };
    if parts.valid.data.height() + parts.test.data.height() == 0 {
        return None;
    }
    let known_late =
        column.datetime().ok()?.physical().iter().flatten().filter(|came| *came > begins).count();
    let of = parts.train.data.height();
    (known_late > 0).then(|| {
        format!(
            "{known_late} of {of} labels of the train part came after the {part} part began, when they could not have been \
             known; a gap of up to {} leaves such rows out",
            labels.spec.within
        )
    })
}

fn unseen_classes(parts: &Parts) -> Vec<&str> {
    let Labels::Classes { names, .. } = &parts.train.labels else { return Vec::new() };
    let counts = parts.train.labels.counts();
    names.iter().zip(counts).filter(|(_, count)| *count == 0).map(|(name, _)| name.as_str()).collect()
}

fn gives_away(feature: &[f64], labels: &Labels) -> Option<String> {
    match labels {
        Labels::Classes { names, classes } if names.len() == 2 => {
            let positive: Vec<bool> = classes.iter().map(|class| *class == 1).collect();
            let auc = Ranking::new(&positive, feature)?.roc_auc()?;
            let either_way = auc.max(1.0 - auc);
            (either_way > TELLS).then(|| format!("AUC {either_way:.4}"))
        }
        Labels::Classes { .. } => None,
        Labels::Values(values) => {
            let correlation = correlation(feature, values)?;
            (correlation.abs() > TELLS).then(|| format!("correlation {correlation:.4}"))
        }
    }
}

/// Pearson's; `None` where one of the two is constant or not finite.
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let rows = a.len().max(1) as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / rows;
    let (of_a, of_b) = (mean(a), mean(b));
    let product = |x: &[f64], y: &[f64], of_x: f64, of_y: f64| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - of_x) * (y - of_y)).sum()
    };
    let scale = (product(a, a, of_a, of_a) * product(b, b, of_b, of_b)).sqrt();
    let correlation = product(a, b, of_a, of_b) / scale;
    correlation.is_finite().then_some(correlation)
}
