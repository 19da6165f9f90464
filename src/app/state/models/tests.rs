//! What is chosen and compared, told from outside.

use super::*;
use crate::learn::LearnerSpec;
use crate::registry::Manifest;

fn version(number: u32, aliases: &[&str]) -> VersionInfo {
    let sample: serde_json::Value =
        serde_json::from_str(include_str!("../../../../tests/samples/package.json")).unwrap();
    let manifest: Manifest = serde_json::from_value(sample["manifest"].clone()).unwrap();
    VersionInfo {
        name: "delay".into(),
        version: number,
        manifest,
        published: i64::from(number),
        bytes: 1_000 * u64::from(number),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
    }
}

/// Versions 3, 2 and 1 of one model; 2 is the champion, as 9 (deleted since) and 1 were before.
fn models() -> ModelsState {
    let moves = [(30, Some(2)), (20, Some(9)), (10, Some(1))];
    let model = ModelInfo {
        name: "delay".into(),
        versions: vec![version(3, &[]), version(2, &[CHAMPION]), version(1, &["fallback"])],
        alias_history: moves.into_iter().map(|(at, to)| (at, CHAMPION.to_owned(), to)).collect(),
        ..ModelInfo::default()
    };
    let listing = Remote::Ready(Listing { models: vec![model], topic: None });
    let mut models = ModelsState { listing, ..ModelsState::default() };
    models.listed();
    models
}

fn compared(models: &ModelsState) -> Option<(u32, u32)> {
    models.comparison.as_ref().map(|comparison| (comparison.older, comparison.newer))
}

#[test]
fn the_first_model_is_shown_with_its_newest_version_compared_with_the_champion() {
    let models = models();

    assert_eq!(models.chosen().map(|version| version.version), Some(3));
    assert_eq!(compared(&models), Some((2, 3)));
    assert!(models.card.iter().any(|line| line == "# Model card"));
}

#[test]
fn a_third_check_takes_the_place_of_the_first_and_one_alone_compares_nothing() {
    let mut models = models();

    models.check(1, true);
    assert_eq!(compared(&models), Some((1, 3)));

    models.check(3, false);
    assert_eq!(compared(&models), None);
}

#[test]
fn rolling_back_goes_to_the_newest_earlier_champion_that_is_still_there() {
    let mut models = models();
    assert_eq!(models.previous_champion(), Some(1));

    let Some(listing) = models.listing.get_mut() else { panic!("nothing is listed") };
    listing.models[0].versions.pop();
    assert_eq!(models.previous_champion(), None);
}

#[test]
fn a_new_listing_keeps_what_is_chosen_where_it_is_still_there() {
    let mut models = models();
    models.version = Some(1);

    models.listed();
    assert_eq!(models.chosen().map(|version| version.version), Some(1));

    let Some(listing) = models.listing.get_mut() else { panic!("nothing is listed") };
    listing.models[0].versions.pop();
    models.listed();
    assert_eq!(models.chosen().map(|version| version.version), Some(3));
}

#[test]
fn what_differs_between_two_runs_is_named_by_its_place_in_the_run_file() {
    let older = version(1, &[]);
    let mut newer = version(2, &[]);
    newer.manifest.lineage.run.learner = LearnerSpec::LogisticRegression { c: 0.5 };
    newer.manifest.metrics.entry("valid".into()).or_default().insert("roc_auc".into(), 0.9500);

    let comparison = Comparison::of(&older, &newer, None);

    let changed = |from: &str, to: &str| Change {
        setting: "learner.c".into(),
        from: Some(from.into()),
        to: Some(to.into()),
    };
    assert_eq!(comparison.changes, [changed("1.0", "0.5")]);
    assert_eq!(comparison.same_rows, Some(15));
    let auc = comparison.measures.iter().find(|measured| measured.measure.title == "AUC").unwrap();
    assert!((auc.difference().unwrap() - 0.0091).abs() < 1e-12);
    assert_eq!(auc.better(), None, "without resamples nobody can say");
}

/// The measure `metric` of two versions, whose resamples differ by `by`, once more and once less by 0.001.
fn judged(metric: &str, by: f32, same_rows: bool) -> Measured {
    let older = version(1, &[]);
    let mut newer = version(2, &[]);
    let value = newer.manifest.metrics.entry("valid".into()).or_default().get_mut(metric).unwrap();
    *value += f64::from(by);
    if !same_rows {
        newer.manifest.lineage.rows[1] += 1;
    }
    let with = |values: Vec<f32>| PackageEvaluation {
        rows: 15,
        resamples: BTreeMap::from([(metric.to_owned(), values)]),
        ..PackageEvaluation::default()
    };
    let before: Vec<f32> = (0..200).map(|index| 0.5 + 0.0005 * (index % 40) as f32).collect();
    let wobble = |index: usize| if index.is_multiple_of(2) { 0.001 } else { -0.001 };
    let after = before.iter().enumerate().map(|(index, value)| value + by + wobble(index)).collect();
    let comparison = Comparison::of(&older, &newer, Some((&with(before), &with(after))));
    comparison.measures.into_iter().find(|measured| measured.measure.metric == metric).unwrap()
}

#[test]
fn a_difference_counts_when_its_interval_leaves_zero() {
    let clear = judged("roc_auc", 0.01, true);
    let (low, high) = clear.interval().unwrap();
    assert!((low - (0.01 - 0.00196)).abs() < 1e-4 && (high - (0.01 + 0.00196)).abs() < 1e-4, "{low} {high}");
    assert_eq!(clear.better(), Some(true));
    assert!(clear.margins.0.unwrap() > 2.0 * clear.difference_margin.unwrap(), "paired rows tell more");

    assert_eq!(judged("roc_auc", -0.01, true).better(), Some(false));
    assert_eq!(judged("log_loss", 0.01, true).better(), Some(false), "less of a loss is better");
    assert_eq!(judged("roc_auc", 0.001, true).better(), None);
}

#[test]
fn on_other_rows_each_version_has_an_interval_and_their_difference_none() {
    let measured = judged("roc_auc", 0.01, false);
    assert!(measured.margins.0.is_some() && measured.margins.1.is_some());
    assert_eq!((measured.difference_margin, measured.better()), (None, None));
}

#[test]
fn versions_of_other_records_are_not_said_to_be_measured_on_the_same_rows() {
    let older = version(1, &[]);
    let mut newer = version(2, &[]);
    newer.manifest.lineage.slice.topics[0].partitions[0].end.0 += 1;
    newer.manifest.input.fields.remove(1);

    let comparison = Comparison::of(&older, &newer, None);

    assert_eq!(comparison.same_rows, None);
    assert_eq!(comparison.fields, (vec!["distance".to_owned()], Vec::new()));
    assert_eq!(comparison.fields_in_both, 1);
}
