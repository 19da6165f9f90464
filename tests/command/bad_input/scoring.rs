//! Records that a model cannot score.

use super::page;
use crate::binary::Forebay;
use crate::harness::{Kafka, TestRecord, consumed, unique};
use crate::small;

#[test]
fn records_that_miss_a_field_go_to_the_dead_letter_topic_with_the_reason() {
    let kafka = Kafka::shared();
    let input = small::topic(kafka, 400);
    let forebay = Forebay::on(kafka);
    let models = small::published_model(&forebay, &input);
    // Another release of the writer leaves the field out, or writes it without a value.
    let newer = [r#"{"id":400,"late":true}"#, r#"{"id":401,"x":null,"late":false}"#];
    kafka.produce(&input, newer.map(|value| TestRecord::new(value).key("new").partition(1)));
    let (output, dead) = (unique("predictions"), unique("dead"));
    let score = small::score(&models, &input, &output);

    let told =
        forebay.text(&[&score[..], &["--dead-letter", &dead, "--group", &output, "--until-end"]].concat());

    assert!(told.starts_with("402 read, 400 scored, 2 rejected\n"), "{told}");
    page::says("an input topic whose new records miss a field", &[(&input, "flights")], &told);
    assert_eq!(consumed(kafka, &output).len(), 400);
    let dead = consumed(kafka, &dead);
    let values: Vec<_> = dead.iter().map(|record| record.value.as_deref().unwrap()).collect();
    assert_eq!(values, newer.map(str::as_bytes));
    for (record, offset) in dead.iter().zip(["100", "101"]) {
        assert_eq!(record.key.as_deref(), Some(&b"new"[..]));
        assert_eq!(record.header("forebay.reason"), "field x is missing: expected a number");
        let place = ["topic", "partition", "offset"].map(|name| record.header(&format!("forebay.{name}")));
        assert_eq!(place, [input.as_str(), "1", offset]);
    }

    // Without such a topic they are counted all the same, and the newest are told.
    let more = unique("predictions");
    let again = small::score(&models, &input, &more);
    let report = forebay.json(&[&again[..], &["--group", &more, "--until-end"]].concat());
    assert_eq!((report["scored"].clone(), report["rejected"].clone()), (400.into(), 2.into()));
    let offsets: Vec<_> =
        report["newest_rejections"].as_array().unwrap().iter().map(|one| &one["offset"]).collect();
    assert_eq!(offsets, [101, 100]);
}
