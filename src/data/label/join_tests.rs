//! Frames joined from outside: events and label records in, rows with their labels and counts out.

use super::*;
use crate::codec::{Decoding, Schema, assemble, by_name};
use crate::kafka::{EventTime, Offset, PartitionId, RecordBatch, Slice};

/// Key, time, payload.
type Written<'a> = (Option<&'a str>, i64, Option<&'a str>);

fn frame(topic: &str, records: &[Written<'_>]) -> Frame {
    let mut batch = RecordBatch::new(topic.into(), PartitionId(0));
    for (offset, (key, time, value)) in (0..).zip(records) {
        let value = value.map(str::as_bytes);
        batch.push(Offset(offset), Some(EventTime(*time)), key.map(str::as_bytes), value, []);
    }
    let mut decoder = by_name("json").unwrap().decoder(&Schema::default(), Decoding::Widen);
    decoder.decode(&batch);
    let decoded = assemble(vec![decoder.take_chunk()], false);
    let mut frame =
        Frame::of(decoded.frame, decoded.schema, Slice { cluster_id: topic.into(), topics: Vec::new() });
    frame.rejected_total = decoded.rejected.len() as u64;
    frame.tombstones = decoded.tombstones;
    frame
}

fn spec(by: LabelBy) -> LabelSpec {
    LabelSpec { by, ..LabelSpec::by_key("arrived", "delay", "10ms") }
}

fn joined(events: &[Written<'_>], labels: &[Written<'_>], by: LabelBy) -> Result<Frame, Problem> {
    join(frame("flights", events), &frame("arrived", labels), &spec(by), &Cancel::new())
}

fn counts(frame: &Frame) -> LabelCounts {
    let counts = frame.labels.as_ref().unwrap().counts;
    assert_eq!(counts.events, counts.matched + counts.unmatched);
    assert!(counts.late_events + counts.events_without_key <= counts.unmatched);
    assert_eq!(counts.matched, counts.used + counts.shared);
    let not_tried = counts.labels_without_key + counts.rejected + counts.tombstones;
    assert_eq!(counts.labels, counts.used + counts.doubled + counts.late + counts.strays + not_tried);
    counts
}

#[test]
fn each_row_gets_its_label_and_every_record_is_counted() {
    let event = |key, time| (key, time, Some(r#"{"carrier":"UA"}"#));
    let events = [event(Some("a"), 100), event(Some("b"), 100), event(None, 100), event(Some("c"), 101)];
    let label = |key, time| (Some(key), time, Some(r#"{"delay":7}"#));
    let labels = [
        label("a", 99),
        (Some("a"), 103, Some(r#"{"delay":null}"#)),
        label("a", 104),
        label("b", 111),
        label("c", 111),
        label("nobody", 105),
        (None, 105, Some(r#"{"delay":1}"#)),
        (Some("c"), 105, None),
        (Some("c"), 105, Some("no JSON")),
    ];
    let frame = joined(&events, &labels, LabelBy::Key).unwrap();

    let delays: Vec<Option<i64>> = frame.data.column("delay").unwrap().i64().unwrap().iter().collect();
    assert_eq!(delays, [None, None, None, Some(7)], "a null is a label, and the first one counts");
    let came = frame.data.column(meta::LABEL_TIMESTAMP).unwrap().datetime().unwrap().physical().clone();
    assert_eq!(came.iter().collect::<Vec<_>>(), [Some(103), None, None, Some(111)]);
    assert_eq!(frame.data.get_column_names().last().unwrap().as_str(), "delay");
    assert!(frame.schema.get("delay").unwrap().nullable);
    let expected = LabelCounts {
        events: 4,
        matched: 2,
        unmatched: 2,
        shared: 0,
        late_events: 1,
        events_without_key: 1,
        labels: 9,
        used: 2,
        doubled: 1,
        late: 1,
        strays: 2,
        labels_without_key: 1,
        rejected: 1,
        tombstones: 1,
    };
    assert_eq!(counts(&frame), expected);
}

#[test]
fn fields_match_by_their_text_whatever_else_stands_in_their_column() {
    let events = [
        (None, 1, Some(r#"{"n":5,"of":{"carrier":"UA"}}"#)),
        (None, 1, Some(r#"{"n":6.5,"of":{"carrier":"UA"}}"#)),
        (None, 1, Some(r#"{"n":7,"of":{"carrier":null}}"#)),
    ];
    let labels = [
        (None, 2, Some(r#"{"number":"5","carrier":"UA","delay":1}"#)),
        (None, 2, Some(r#"{"number":6.5,"carrier":"UA","delay":2}"#)),
        (None, 2, Some(r#"{"number":7,"delay":3}"#)),
    ];
    let by = LabelBy::Fields {
        event: vec!["n".into(), "of.carrier".into()],
        label: vec!["number".into(), "carrier".into()],
    };
    let frame = joined(&events, &labels, by).unwrap();
    let delays: Vec<Option<i64>> = frame.data.column("delay").unwrap().i64().unwrap().iter().collect();
    assert_eq!(delays, [Some(1), Some(2), None]);
    let counts = counts(&frame);
    assert_eq!((counts.events_without_key, counts.labels_without_key), (1, 1));
}

#[test]
fn a_topic_without_labels_leaves_every_row_without_one() {
    let frame = joined(&[(Some("a"), 1, Some("{\"x\":1}"))], &[], LabelBy::Key).unwrap();
    assert_eq!(frame.data.column("delay").unwrap().null_count(), 1);
    assert_eq!((counts(&frame).matched, counts(&frame).unmatched), (0, 1));
}

#[test]
fn what_cannot_be_joined_says_why() {
    let events = [(Some("a"), 1, Some(r#"{"delay":1,"x":1}"#))];
    let labels = [(Some("a"), 1, Some(r#"{"late":1}"#))];
    let why = |events: &[Written<'_>], by| joined(events, &labels, by).unwrap_err().to_string();
    assert!(why(&events, LabelBy::Key).contains("the events have a field delay of their own"));
    let events = [(Some("a"), 1, Some(r#"{"x":1}"#))];
    assert!(
        why(&events, LabelBy::Key)
            .contains("the label records have no field delay. Choose one of those there are: late")
    );
    assert!(why(&events, LabelBy::fields(["flight"])).contains("the events have no field flight"));
}
