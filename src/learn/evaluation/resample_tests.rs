//! Margins against scipy's (`tests/oracles/margins`, whose README says how close), and what they must be by what they are.

use serde_json::Value;

use super::*;
use crate::learn::margin;

fn oracle() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/margins/cases.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn two_classes(truth: &Value, score: &Value) -> (Prediction, Labels) {
    let names: Vec<String> = vec!["no".into(), "yes".into()];
    let classes = numbers(truth).into_iter().map(|class| class as u32).collect();
    let probabilities = numbers(score).into_iter().flat_map(|score| [1.0 - score, score]).collect();
    (Prediction::Classes { names: names.clone(), probabilities }, Labels::Classes { names, classes })
}

fn of(prediction: &Prediction, truth: &Labels) -> Resamples {
    resamples(prediction, truth, &Cancel::new()).unwrap()
}

/// Each standard error is that of the oracle, to 15 %.
fn compare(expected: &Value, margin_of: impl Fn(&str) -> Option<f64>) {
    let expected = expected["standard_error"].as_object().unwrap();
    assert!(expected.len() > 3);
    for (metric, theirs) in expected {
        let (ours, theirs) = (margin_of(metric).unwrap() / 1.959_964, theirs.as_f64().unwrap());
        assert!((ours / theirs - 1.0).abs() < 0.15, "{metric}: {ours} and not {theirs}");
    }
}

#[test]
fn every_metric_of_two_classes_is_as_sure_as_scipy_says() {
    let oracle = oracle();
    let classes = &oracle["classes"];
    let (prediction, truth) = two_classes(&classes["truth"], &classes["score"]);
    let resamples = of(&prediction, &truth);
    compare(classes, |metric| margin::of_resamples(&resamples[metric]));
}

#[test]
fn every_metric_of_numbers_is_as_sure_as_scipy_says_but_for_the_largest_error() {
    let oracle = oracle();
    let expected = &oracle["numbers"];
    let prediction = Prediction::Values(numbers(&expected["predicted"]));
    let resamples = of(&prediction, &Labels::Values(numbers(&expected["truth"])));
    compare(expected, |metric| margin::of_resamples(&resamples[metric]));
    assert!(!resamples.contains_key("max_error"));
}

#[test]
fn a_difference_on_the_same_rows_is_surer_than_its_two_sides() {
    let oracle = oracle();
    let (one, truth) = two_classes(&oracle["classes"]["truth"], &oracle["classes"]["score"]);
    let (other, _) = two_classes(&oracle["classes"]["truth"], &oracle["difference"]["score"]);
    let (one, other) = (of(&one, &truth), of(&other, &truth));
    compare(&oracle["difference"], |metric| margin::of_difference(&one[metric], &other[metric]));
    let side = margin::of_resamples(&one["roc_auc"]).unwrap();
    assert!(margin::of_difference(&one["roc_auc"], &other["roc_auc"]).unwrap() < side / 2.0);
}

#[test]
fn a_share_has_wilsons_interval() {
    for case in oracle()["wilson"].as_array().unwrap() {
        let count = |name: &str| case[name].as_u64().unwrap();
        let half = (case["high"].as_f64().unwrap() - case["low"].as_f64().unwrap()) / 2.0;
        let ours = margin::of_share(count("part"), count("whole")).unwrap();
        assert!((ours - half).abs() < 1e-9, "{case}: {ours}");
    }
    assert_eq!(margin::of_share(0, 0), None);
}

#[test]
fn counts_say_the_same_as_resamples_do() {
    let oracle = oracle();
    let (prediction, truth) = two_classes(&oracle["classes"]["truth"], &oracle["classes"]["score"]);
    let matrix = ConfusionMatrix::new(2, truth.classes().unwrap(), &prediction.most_probable()).rows();
    let [missed, found, wrong] = [matrix[1][0], matrix[1][1], matrix[0][1]];
    let resamples = of(&prediction, &truth);
    for (metric, margin) in [
        ("precision", margin::of_share(found, found + wrong)),
        ("recall", margin::of_share(found, found + missed)),
        ("f1", margin::of_f1(found, wrong, missed)),
    ] {
        let ratio = margin.unwrap() / margin::of_resamples(&resamples[metric]).unwrap();
        assert!((0.8..1.2).contains(&ratio), "{metric}: {ratio}");
    }
}

#[test]
fn each_row_once_gives_the_metrics_themselves() {
    let oracle = oracle();
    let (prediction, truth) = two_classes(&oracle["classes"]["truth"], &oracle["classes"]["score"]);
    let (Prediction::Classes { probabilities, .. }, Labels::Classes { names, classes }) =
        (&prediction, &truth)
    else {
        panic!("two classes")
    };
    let most_probable = &prediction.most_probable();
    let rows = Classified { names, truth: classes, probabilities, most_probable };
    let (expected, _) = rows.evaluate();
    let rows = ClassRows::of(Classified { names, truth: classes, probabilities, most_probable });
    same_as(&expected.0, &rows.metrics(&vec![1; truth.rows()]));

    let (true_values, predicted) =
        (numbers(&oracle["numbers"]["truth"]), numbers(&oracle["numbers"]["predicted"]));
    let (expected, _) = super::super::numbers::evaluate(&true_values, &predicted);
    let rows = NumberRows::of(&true_values, &predicted).unwrap();
    same_as(&expected.0, &rows.metrics(&vec![1; true_values.len()]));
}

fn same_as(expected: &BTreeMap<String, f64>, metrics: &[Named]) {
    for (name, value) in metrics {
        let (ours, expected) = (value.unwrap(), expected[*name]);
        assert!((ours - expected).abs() < 1e-12, "{name}: {ours} and not {expected}");
    }
    assert!(metrics.len() + 1 >= expected.len(), "{metrics:?}");
}

#[test]
fn three_classes_have_margins_and_rows_of_one_class_have_none_where_there_is_no_ranking() {
    let names: Vec<String> = ["a", "b", "c"].map(String::from).into();
    let classes: Vec<u32> = (0..90).map(|row| row % 3).collect();
    let of_row = |row: u32| {
        (0..3).map(move |class| if class == row % 3 && !row.is_multiple_of(7) { 0.6 } else { 0.2 })
    };
    let probabilities: Vec<f64> = (0..90).flat_map(of_row).collect();
    let prediction = Prediction::Classes { names: names.clone(), probabilities };
    let resamples = of(&prediction, &Labels::Classes { names: names.clone(), classes });
    for metric in
        ["accuracy", "f1_macro", "log_loss", "brier", "roc_auc_ovr_macro", "average_precision_macro"]
    {
        assert!(margin::of_resamples(&resamples[metric]).unwrap() > 0.0, "{metric}");
    }

    let (prediction, truth) = two_classes(&serde_json::json!([1, 1, 1]), &serde_json::json!([0.9, 0.8, 0.4]));
    let resamples = of(&prediction, &truth);
    assert!(!resamples.contains_key("roc_auc") && resamples.contains_key("log_loss"));
}

#[test]
fn the_same_rows_give_the_same_resamples_and_a_cancelled_judgement_ends() {
    let oracle = oracle();
    let (prediction, truth) = two_classes(&oracle["classes"]["truth"], &oracle["classes"]["score"]);
    assert_eq!(of(&prediction, &truth), of(&prediction, &truth));
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(resamples(&prediction, &truth, &cancel).unwrap_err().cancelled);
    let none = two_classes(&serde_json::json!([]), &serde_json::json!([]));
    assert!(of(&none.0, &none.1).is_empty());
}
