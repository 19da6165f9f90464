//! Two versions side by side in stage Models, as a model topic and the packages in it bring them.

use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui::accesskit::Role;
use forebay::app::commands::models::ModelsMessage;
use forebay::app::commands::{ModelsCommand, WindowCommand};
use forebay::app::state::models::Listing;
use forebay::app::{Message, Stage};
use forebay::learn::{Importance, LearnerSpec};
use forebay::registry::{Manifest, ModelInfo, PackageEvaluation, PrecisionRecall, VersionInfo};

use crate::harness::Window;

fn version(number: u32, aliases: &[&str], auc: f64, c: f64) -> VersionInfo {
    let sample: serde_json::Value = serde_json::from_str(include_str!("../samples/package.json")).unwrap();
    let mut manifest: Manifest = serde_json::from_value(sample["manifest"].clone()).unwrap();
    manifest.metrics.insert("valid".into(), BTreeMap::from([("roc_auc".into(), auc)]));
    manifest.learner = LearnerSpec::LogisticRegression { c };
    manifest.lineage.run.learner = manifest.learner;
    VersionInfo {
        name: "delay".into(),
        version: number,
        manifest,
        published: 1_386_435_720_000,
        bytes: 1_000 * u64::from(number),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
    }
}

/// How a version was judged whose AUC on the resamples lies around `auc`.
fn evaluation(auc: f32, growth: f64) -> PackageEvaluation {
    let points = (1..=50).map(|step| step as f32 / 50.0).map(|recall| [recall, 1.0 - recall * (1.0 - auc)]);
    let importance =
        |feature: &str, loss_growth| Importance { feature: feature.into(), loss_growth, deviation: 0.01 };
    PackageEvaluation {
        rows: 15,
        resamples: BTreeMap::from([(
            "roc_auc".to_owned(),
            (0..200).map(|index| auc + 0.001 * (index % 5) as f32).collect(),
        )]),
        curves: vec![PrecisionRecall { class: "true".into(), share: 0.2, points: points.collect() }],
        importance: vec![importance("dep_delay", growth), importance("distance", 0.01)],
        ..PackageEvaluation::default()
    }
}

/// A window on a topic with the champion 1 and the newer 2, before their packages are read.
fn window(width: f32, height: f32) -> Window {
    let mut window = Window::open_sized(width, height);
    window.send(WindowCommand::Go(Stage::Models));
    let model = ModelInfo {
        name: "delay".into(),
        versions: vec![version(2, &[], 0.95, 0.5), version(1, &["champion"], 0.94, 1.0)],
        ..ModelInfo::default()
    };
    let result = Ok(Listing { models: vec![model], topic: None });
    let about = (None, window.state().models.topic.clone());
    window.deliver(Message::Models(ModelsMessage::Listed { about, result }));
    window
}

fn bring(window: &mut Window, version: u32, evaluation: Option<PackageEvaluation>) {
    let about = (None, window.state().models.topic.clone());
    let version = ("delay".to_owned(), version);
    let result = Ok(evaluation.map(Arc::new));
    window.deliver(Message::Models(ModelsMessage::Evaluated { about, version, result }));
}

#[test]
fn two_versions_are_compared_with_intervals_once_their_packages_are_read() {
    let mut window = window(1440.0, 900.0);
    assert!(window.sees("Version 2 compared with version 1"), "{:?}", window.texts());
    assert!(window.sees("AUC 0.9400 0.9500 +0.0100"), "{:?}", window.texts());
    assert!(window.sees("Plots are not loaded"), "{:?}", window.texts());

    bring(&mut window, 1, Some(evaluation(0.94, 0.3)));
    bring(&mut window, 2, Some(evaluation(0.95, 0.4)));
    assert!(window.sees("AUC 0.9400 0.9500 +0.0100 +0.0100 to +0.0100"), "{:?}", window.texts());
    assert!(window.has(Role::Figure, "Precision by recall of both versions"), "{:?}", window.texts());
    assert!(window.sees("dep_delay") && window.sees("0.400"), "{:?}", window.texts());
    assert!(window.sees_part("c 1.0 → 0.5"), "{:?}", window.texts());
    assert!(window.sees("Both read the same 2 fields."), "{:?}", window.texts());
}

#[test]
fn an_older_package_has_no_plots_and_the_window_says_so() {
    let mut window = window(1440.0, 900.0);
    bring(&mut window, 1, None);
    bring(&mut window, 2, Some(evaluation(0.95, 0.4)));
    assert!(window.sees("No plots to compare"), "{:?}", window.texts());
    assert!(window.sees_part("The package of version 1 says nothing"), "{:?}", window.texts());
    assert!(!window.has(Role::Figure, "Precision by recall of both versions"));
}

#[test]
fn a_version_that_is_unchecked_is_compared_no_more() {
    let mut window = window(1440.0, 900.0);
    window.click(Role::CheckBox, "Compare version 1");
    assert!(window.sees("Nothing is compared"), "{:?}", window.texts());
    window.send(ModelsCommand::Compare(1, true));
    assert!(window.sees("Version 2 compared with version 1"), "{:?}", window.texts());
}

#[test]
fn in_a_narrow_window_the_comparison_stands_under_the_card() {
    let mut window = window(1024.0, 700.0);
    bring(&mut window, 1, Some(evaluation(0.94, 0.3)));
    bring(&mut window, 2, Some(evaluation(0.95, 0.4)));
    let texts = window.texts();
    let place = |wanted: &str| texts.iter().position(|text| text == wanted).unwrap();
    assert!(place("Lineage") < place("Version 2 compared with version 1"), "{texts:?}");
    assert!(window.has(Role::Figure, "Precision by recall of both versions"), "{texts:?}");
}
