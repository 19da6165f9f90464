//! Every metric against scikit-learn, on the cases of `tests/oracles/metrics` (its README says what is compared how).

use serde_json::Value;

use super::*;

struct Case {
    name: String,
    json: Value,
}

/// What scikit-learn says: a value, a value with a warning, or an error.
enum Answer {
    Value(f64),
    Warned,
    Refused,
}

fn cases(kind: &str) -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/metrics/cases.json");
    let json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases: Vec<Case> = json["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| case["kind"] == kind)
        .map(|case| Case { name: case["name"].as_str().unwrap().into(), json: case.clone() })
        .collect();
    assert!(cases.len() > 1, "{kind}");
    cases
}

fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("NaN") => f64::NAN,
        Some("Infinity") => f64::INFINITY,
        Some("-Infinity") => f64::NEG_INFINITY,
        _ => value.as_f64().unwrap(),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

impl Case {
    fn answer(&self, metric: &str) -> Answer {
        let value = &self.json["expected"][metric];
        if value.get("error").is_some() {
            return Answer::Refused;
        }
        match value.get("value") {
            Some(inner) if number(inner).is_infinite() => Answer::Value(number(inner)),
            Some(_) => Answer::Warned,
            None => Answer::Value(number(value)),
        }
    }

    /// The same value where scikit-learn has one; `when_warned` where it answers with a warning; nothing where it refuses.
    fn compare(&self, metric: &str, ours: Option<f64>, when_warned: Option<f64>) {
        let name = format!("{} {metric}", self.name);
        match self.answer(metric) {
            Answer::Value(theirs) => close(&name, ours.unwrap_or(f64::NAN), theirs),
            Answer::Refused => assert_eq!(ours, None, "{name}"),
            Answer::Warned => match (ours, when_warned) {
                (Some(ours), Some(expected)) => close(&name, ours, expected),
                (ours, expected) => assert_eq!(ours, expected, "{name}"),
            },
        }
    }

    fn labels(&self, field: &str) -> Vec<u32> {
        let names = self.json["labels"].as_array().unwrap();
        let index = |label: &Value| names.iter().position(|name| name == label).unwrap() as u32;
        self.json[field].as_array().unwrap().iter().map(index).collect()
    }

    fn confusion(&self) -> ConfusionMatrix {
        let classes = self.json["labels"].as_array().unwrap().len();
        ConfusionMatrix::new(classes, &self.labels("y_true"), &self.labels("y_pred"))
    }
}

fn close(name: &str, ours: f64, theirs: f64) {
    let equal = ours == theirs || (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0);
    assert!(equal, "{name}: {ours} and not {theirs}");
}

fn close_lists(name: &str, ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len(), "{name}: {ours:?} and not {theirs:?}");
    ours.iter().zip(theirs).for_each(|(ours, theirs)| close(name, *ours, *theirs));
}

#[test]
fn hard_labels_give_scikit_learns_metrics() {
    for case in cases("binary").into_iter().chain(cases("multiclass")) {
        let matrix = case.confusion();
        let classes = case.json["labels"].as_array().unwrap().len();
        let warned = |metric: &str| case.json["expected"][metric].get("value").map(number);
        let rows: Vec<Vec<u64>> =
            serde_json::from_value(case.json["expected"]["confusion_matrix"].clone()).unwrap();
        assert_eq!(matrix.rows(), rows, "{}", case.name);
        case.compare("accuracy", matrix.accuracy(), None);
        case.compare("balanced_accuracy", matrix.balanced_accuracy(), warned("balanced_accuracy"));
        case.compare("mcc", matrix.mcc(), None);
        case.compare("cohen_kappa", matrix.kappa(), None);
        type OfClass = fn(&ConfusionMatrix, usize) -> f64;
        let per_class: [(&str, OfClass); 3] = [
            ("precision", ConfusionMatrix::precision),
            ("recall", ConfusionMatrix::recall),
            ("f1", ConfusionMatrix::f1),
        ];
        for (name, value) in per_class {
            for (average, suffix) in [(Average::Macro, "macro"), (Average::Weighted, "weighted")] {
                let metric = format!("{name}_{suffix}");
                case.compare(&metric, matrix.averaged(average, value), warned(&metric));
            }
            if classes == 2 {
                let metric = format!("{name}_binary");
                case.compare(&metric, Some(value(&matrix, 1)), warned(&metric));
            }
        }
    }
}

#[test]
fn scores_give_scikit_learns_areas_and_curves() {
    for case in cases("binary") {
        let positive: Vec<bool> = case.labels("y_true").iter().map(|&class| class == 1).collect();
        let score = numbers(&case.json["score"]);
        let ranking = Ranking::new(&positive, &score);
        case.compare("roc_auc", ranking.as_ref().and_then(Ranking::roc_auc), None);
        case.compare("average_precision", ranking.as_ref().and_then(Ranking::average_precision), None);
        let Some(ranking) = ranking else {
            assert_eq!(case.name, "binary_nan_score");
            continue;
        };
        compare_curves(&case, &ranking);
        if case.json["score_is_probability"] != Value::Bool(false) {
            compare_calibration(&case, &positive, &score);
        }
    }
}

fn compare_curves(case: &Case, ranking: &Ranking) {
    let expected = &case.json["expected"];
    let (roc, pr) = (&expected["roc_curve"], &expected["precision_recall_curve"]);
    if roc.get("warning").is_some() {
        assert_eq!(ranking.roc_curve(), Vec::<[f64; 2]>::new(), "{}: one class has no curve", case.name);
    } else {
        let (x, y): (Vec<f64>, Vec<f64>) = ranking.roc_curve().iter().map(|p| (p[0], p[1])).unzip();
        close_lists(&format!("{} fpr", case.name), &x, &numbers(&roc["fpr"]));
        close_lists(&format!("{} tpr", case.name), &y, &numbers(&roc["tpr"]));
    }
    if pr.get("warning").is_some() {
        assert_eq!(ranking.precision_recall_curve(), Vec::<[f64; 2]>::new(), "{}", case.name);
    } else {
        // scikit-learn goes from the lowest score up and adds the point (recall 0, precision 1).
        let (mut recall, mut precision): (Vec<f64>, Vec<f64>) =
            ranking.precision_recall_curve().iter().rev().map(|p| (p[0], p[1])).unzip();
        recall.push(0.0);
        precision.push(1.0);
        close_lists(&format!("{} recall", case.name), &recall, &numbers(&pr["recall"]));
        close_lists(&format!("{} precision", case.name), &precision, &numbers(&pr["precision"]));
    }
}

fn compare_calibration(case: &Case, positive: &[bool], probability: &[f64]) {
    for bins in [5, 10] {
        let expected = &case.json["expected"][format!("calibration_curve_uniform_{bins}")];
        let ours = uniform_bins(bins, positive, probability).unwrap();
        let (predicted, actual): (Vec<f64>, Vec<f64>) = ours.iter().map(|b| (b.predicted, b.actual)).unzip();
        let name = format!("{} calibration {bins}", case.name);
        close_lists(&name, &predicted, &numbers(&expected["mean_predicted"]));
        close_lists(&name, &actual, &numbers(&expected["share_of_positives"]));
        assert_eq!(ours.iter().map(|bin| bin.rows).sum::<u64>() as usize, positive.len(), "{name}");
    }
}

#[test]
fn probabilities_give_scikit_learns_losses() {
    for case in cases("binary").iter().filter(|case| case.json["score_is_probability"] != Value::Bool(false))
    {
        let truth = case.labels("y_true");
        let score = numbers(&case.json["score"]);
        let positive: Vec<bool> = truth.iter().map(|&class| class == 1).collect();
        let both: Vec<f64> = score.iter().flat_map(|&p| [1.0 - p, p]).collect();
        case.compare("log_loss", log_loss(2, &truth, &both), None);
        case.compare("brier", brier(&positive, &score), None);
    }
    for case in cases("multiclass") {
        let truth = case.labels("y_true");
        let classes = case.json["labels"].as_array().unwrap().len();
        let rows = case.json["proba"].as_array().unwrap();
        let probabilities: Vec<f64> = rows.iter().flat_map(numbers).collect();
        case.compare("log_loss", log_loss(classes, &truth, &probabilities), None);
        case.compare("brier", multiclass_brier(classes, &truth, &probabilities), None);
    }
}

#[test]
fn numbers_give_scikit_learns_errors() {
    for case in cases("regression") {
        let (truth, predicted) = (numbers(&case.json["y_true"]), numbers(&case.json["y_pred"]));
        let errors = Errors::new(&truth, &predicted);
        // Of variances that overflow scikit-learn says 1 when only they do, NaN when the error does too.
        let overflown = |metric: &str| {
            case.json["expected"][metric].get("value").map(number).filter(|value| !value.is_nan())
        };
        case.compare("rmse", errors.map(|e| e.rmse()), None);
        case.compare("mae", errors.map(|e| e.mae()), None);
        case.compare("mape", errors.map(|e| e.mape()), None);
        case.compare("median_absolute_error", errors.map(|e| e.median_absolute_error()), None);
        case.compare("max_error", errors.map(|e| e.max_error()), None);
        case.compare("r2", errors.and_then(|e| e.r2()), overflown("r2"));
        case.compare(
            "explained_variance",
            errors.and_then(|e| e.explained_variance()),
            overflown("explained_variance"),
        );
    }
}

#[test]
fn calibration_error_is_the_mean_distance() {
    let positive = [false, true, true, true];
    let bins = uniform_bins(2, &positive, &[0.25, 0.25, 0.75, 0.75]).unwrap();
    assert_eq!(expected_calibration_error(&bins), Some(0.25));
    assert_eq!(uniform_bins(2, &positive, &[0.25, 0.25, 0.75, f64::NAN]), None);
    assert_eq!(expected_calibration_error(&[]), None);
}
