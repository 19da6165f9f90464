//! The same run in two processes.

use crate::binary::Forebay;
use crate::harness::Kafka;
use crate::small;

#[test]
fn the_same_run_in_two_processes_gives_the_same_metrics_and_the_same_package() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 4_000);
    let forebay = Forebay::on(kafka);
    let logistic = small::run_file(&topic);
    let trees = logistic.replace("\"logistic-regression\"", "\"boosted-trees\"\nrounds = 20");
    for (name, file) in [("logistic.toml", logistic), ("trees.toml", trees)] {
        forebay.write(name, &file);
        let runs = ["1.zip", "2.zip"].map(|output| forebay.json(&["train", name, "-o", output]));
        assert_eq!(runs[0]["metrics"], runs[1]["metrics"], "{name}");
        assert_eq!(runs[0]["package_digest"], runs[1]["package_digest"], "{name}");
        assert_eq!(runs[0]["slice_digest"], runs[1]["slice_digest"], "{name}");
        assert!(
            runs[0]["metrics"]["test"]["roc_auc"].as_f64().unwrap() > 0.8,
            "{name}: {:#}",
            runs[0]["metrics"]
        );
    }
}
