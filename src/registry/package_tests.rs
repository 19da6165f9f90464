//! Packages: written and read back, changed, damaged, foreign.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::registry::PrecisionRecall;
use crate::registry::zip_format::ENTRIES;

fn sample() -> Package {
    let mut parts: Value = serde_json::from_str(include_str!("../../tests/samples/package.json")).unwrap();
    Package {
        manifest: serde_json::from_value(parts["manifest"].take()).unwrap(),
        pipeline: serde_json::from_value(parts["pipeline"].take()).unwrap(),
        model: serde_json::from_value(parts["model"].take()).unwrap(),
        evaluation: None,
    }
}

/// The same in format 2, which carries how the model was judged.
fn judged() -> Package {
    let mut package = sample();
    package.manifest.format = 2;
    package.evaluation = Some(PackageEvaluation {
        rows: 15,
        resamples: BTreeMap::from([("roc_auc".to_owned(), vec![0.93, 0.95])]),
        curves: vec![PrecisionRecall {
            class: "true".into(),
            share: 0.2,
            points: vec![[0.5, 1.0], [1.0, 0.2]],
        }],
        ..PackageEvaluation::default()
    });
    package
}

/// The sample with one entry rewritten, packed without looking.
fn forged(entry: usize, rewrite: impl Fn(String) -> String) -> Vec<u8> {
    let (mut contents, _) = unpack(&sample().to_bytes().unwrap(), Package::MAX_BYTES).unwrap();
    contents[entry] = rewrite(String::from_utf8(contents[entry].clone()).unwrap()).into_bytes();
    pack(&contents, None).unwrap()
}

/// The judged sample with another evaluation, packed without looking.
fn with_evaluation(text: Option<&str>) -> Vec<u8> {
    let (contents, _) = unpack(&judged().to_bytes().unwrap(), Package::MAX_BYTES).unwrap();
    pack(&contents, text.map(str::as_bytes)).unwrap()
}

fn why(bytes: &[u8]) -> String {
    Package::from_bytes(bytes).unwrap_err().to_string()
}

#[test]
fn a_package_comes_back_as_it_was_written_and_has_the_same_bytes_each_time() {
    let bytes = sample().to_bytes().unwrap();
    let package = Package::from_bytes(&bytes).unwrap();

    assert_eq!(package.manifest.digest.len(), 64);
    assert_eq!((&package.pipeline, &package.model), (&sample().pipeline, &sample().model));
    assert_eq!(package.to_bytes().unwrap(), bytes);
    assert_eq!(sample().to_bytes().unwrap(), bytes);
}

#[test]
fn the_digest_is_of_the_content_and_not_of_the_moment() {
    let digest =
        |package: &Package| Package::from_bytes(&package.to_bytes().unwrap()).unwrap().manifest.digest;
    let mut later = sample();
    later.manifest.made_at += 1;
    assert_eq!(digest(&later), digest(&sample()));

    let mut other = sample();
    other.manifest.lineage.rows[0] += 1;
    assert_ne!(digest(&other), digest(&sample()));
}

#[test]
fn a_file_is_written_whole_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("delay.zip");
    sample().save(&path).unwrap();
    assert_eq!(Package::open(&path).unwrap().model, sample().model);
}

#[test]
fn a_changed_model_is_refused_by_its_digest() {
    let model = ENTRIES.iter().position(|name| *name == "model.json").unwrap();
    assert!(why(&forged(model, |text| text.replace("-1.5", "-1.6"))).contains("was changed or damaged"));
    assert!(why(&forged(0, |text| text.replace("0.9418", "0.9999"))).contains("was changed or damaged"));
    assert!(why(&forged(1, |text| text.replace("[]", "[ ]"))).contains("was changed or damaged"));
}

#[test]
fn another_format_version_is_refused_before_anything_else_is_asked() {
    let newer = forged(0, |_| r#"{"format":4,"whatever":[]}"#.into());
    assert!(why(&newer).contains("format version 4; this program reads versions up to 3"), "{}", why(&newer));
}

#[test]
fn an_older_package_is_read_and_written_again_as_it_was() {
    let bytes = sample().to_bytes().unwrap();
    let package = Package::from_bytes(&bytes).unwrap();
    assert_eq!((package.manifest.format, &package.evaluation), (1, &None));
    assert_eq!(package.to_bytes().unwrap(), bytes);
}

#[test]
fn how_a_model_was_judged_comes_along_and_is_no_part_of_the_digest() {
    let bytes = judged().to_bytes().unwrap();
    let package = Package::from_bytes(&bytes).unwrap();
    assert_eq!(package.evaluation, judged().evaluation);
    assert_eq!(package.to_bytes().unwrap(), bytes);

    let otherwise = Package::from_bytes(&with_evaluation(Some(r#"{"rows":16}"#))).unwrap();
    assert_eq!(otherwise.manifest.digest, package.manifest.digest);
    assert_eq!(otherwise.evaluation.unwrap().rows, 16);
}

#[test]
fn an_evaluation_of_which_no_picture_can_be_made_is_refused() {
    for (text, expected) in [
        (
            r#"{"rows":1,"curves":[{"class":"a","share":0.5,"points":[[0.5,1.5]]}]}"#,
            "leaves the range 0 to 1",
        ),
        (r#"{"rows":1,"curves":[{"class":"a","share":-1,"points":[]}]}"#, "leaves the range 0 to 1"),
        (r#"{"rows":1,"resamples":{"rmse":[1e39]}}"#, "out of range"),
        (r#"{"rows":-1}"#, "evaluation.json"),
    ] {
        assert!(
            why(&with_evaluation(Some(text))).contains(expected),
            "{}",
            why(&with_evaluation(Some(text)))
        );
    }
    let long = vec!["[0,0]"; 513].join(",");
    let long = format!(r#"{{"rows":1,"curves":[{{"class":"a","share":0,"points":[{long}]}}]}}"#);
    assert!(why(&with_evaluation(Some(&long))).contains("more than 512 points"));
    assert!(why(&with_evaluation(None)).contains("evaluation.json is missing"));
    let mut old = judged();
    old.manifest.format = 1;
    assert!(old.to_bytes().unwrap_err().to_string().contains("format 1 has no evaluation.json"));
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let mut package = sample();
    package.manifest.classes.reverse();
    assert!(package.to_bytes().unwrap_err().to_string().contains("classes of manifest and model differ"));
    let mut package = sample();
    package.pipeline.output.pop();
    assert!(package.to_bytes().unwrap_err().to_string().contains("features of manifest and pipeline differ"));
}

#[test]
fn the_card_says_what_the_manifest_says() {
    let card = sample().card();
    for part in ["Logistic regression", "0.9418", "`dep_delay`", "94143", "seed = 42"] {
        assert!(card.contains(part), "{part} is not in\n{card}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_it_fail_otherwise_than_by_refusing(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(Package::from_bytes(&bytes).is_err());
    }

    #[test]
    fn a_package_with_some_bytes_changed_is_refused_or_the_same(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = sample().to_bytes().unwrap();
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        // What the digest does not cover (card, times, maker) may differ; what predicts may not.
        if let Ok(package) = Package::from_bytes(&bytes) {
            prop_assert_eq!(package.model, sample().model);
            prop_assert_eq!(package.pipeline, sample().pipeline);
        }
    }

    #[test]
    fn a_package_cut_short_is_refused(cut in any::<prop::sample::Index>()) {
        let bytes = sample().to_bytes().unwrap();
        // The directory behind the entries is for other programs; from its first byte on nothing is lost to us.
        let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
        prop_assert!(Package::from_bytes(&bytes[..cut.index(directory)]).is_err());
    }
}
