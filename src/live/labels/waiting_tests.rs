//! The store against the join of training: the same records, in any micro-batches, give the same labels and counts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::kafka::{EventTime, PartitionId, RecordBatch};
use crate::live::labels::clock::TopicClock;

const WITHIN: i64 = 10;

/// Key and time.
type Written = (u8, i64);

fn meaning() -> Meaning {
    serde_json::from_value::<crate::registry::Manifest>(manifest())
        .map(|manifest| Meaning::of(&manifest))
        .unwrap()
}

fn manifest() -> serde_json::Value {
    let mut parts: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/samples/package.json")).unwrap();
    let mut manifest = parts["manifest"].take();
    manifest["task"] =
        serde_json::json!({"kind": "classification", "target": {"column": "y", "above": 15.0}});
    manifest["classes"] = serde_json::json!(["false", "true"]);
    manifest
}

fn predicted(version: u32, records: &[(usize, Written)]) -> Predicted {
    let mut predicted = Predicted::new(version, 2);
    let mut batch = RecordBatch::new("flights".into(), PartitionId(0));
    for (offset, (_, time)) in records {
        batch.push(crate::kafka::Offset(*offset as i64), Some(EventTime(*time)), None, None, []);
    }
    for (record, (offset, (key, _))) in batch.iter().zip(records) {
        let late = (offset % 3) as f64 / 3.0;
        predicted.push(Some(&[*key]), PartitionId(0), &record, &[1.0 - late, late], u32::from(late > 0.5));
    }
    predicted
}

/// What the matcher of training says of the same records.
fn joined(events: &[Written], labels: &[Written]) -> (BTreeMap<usize, usize>, crate::data::Tally) {
    let mut matcher = Matcher::new(WITHIN);
    for (offset, (key, time)) in (0..).zip(events) {
        matcher.event(&[*key], Place { time: *time, partition: 0, offset });
    }
    for (offset, (key, time)) in (0..).zip(labels) {
        matcher.label(&[*key], Place { time: *time, partition: 0, offset });
    }
    let mut mates = BTreeMap::new();
    matcher.settle(|change| {
        mates.insert(change.event as usize, change.label as usize);
    });
    (mates, matcher.tally())
}

/// The value of the label at that offset.
fn label_value(offset: usize) -> LabelValue {
    match offset % 5 {
        4 => LabelValue::Null,
        number => LabelValue::Number(number as f64 * 10.0),
    }
}

/// What a run gave: the truth of each prediction, by offset.
#[derive(Default)]
struct Told {
    truths: BTreeMap<usize, Truth>,
    open: i64,
}

impl Told {
    fn hear(&mut self, news: &LabelNews) {
        self.open += news.opened.len() as i64 - news.closed.len() as i64;
        assert_eq!(news.values.len(), news.judged.iter().map(|judged| judged.width).sum::<usize>());
        for judged in &news.judged {
            let before = self.truths.insert(judged.place.offset as usize, judged.truth.clone());
            assert_eq!(before, judged.before);
        }
    }
}

fn assert_adds_up(counts: LiveLabelCounts, told: &Told) {
    let LiveLabelCounts { predictions, labelled, waiting, no_label, given_up, without_key, .. } = counts;
    assert_eq!(predictions, labelled + waiting + no_label + given_up + without_key);
    let LiveLabelCounts { labels, used, doubled, late, strays, early, .. } = counts;
    let others = counts.labels_without_key + counts.rejected + counts.tombstones;
    assert_eq!(labels, used + doubled + late + strays + early + others);
    assert_eq!(told.open, waiting as i64);
    assert_eq!(told.truths.len() as u64, labelled);
}

fn records(most: usize) -> impl Strategy<Value = Vec<Written>> {
    proptest::collection::vec((0..4_u8, 0..200_i64), 0..most).prop_map(|mut records| {
        records.sort_by_key(|record| record.1);
        records
    })
}

proptest! {
    /// Each topic comes in its order, one may run far ahead of the other, and a micro-batch has any size.
    #[test]
    fn any_micro_batches_give_what_training_gives(
        events in records(60),
        labels in records(80),
        turns in proptest::collection::vec((any::<bool>(), 1..12_usize), 1..60),
    ) {
        let (mates, tally) = joined(&events, &labels);
        let mut waiting = Waiting::new(WITHIN, usize::MAX);
        waiting.version(1, meaning());
        let (mut next_event, mut next_label) = (0, 0);
        let (mut event_clock, mut label_clock) = (TopicClock::default(), TopicClock::default());
        let mut told = Told::default();
        let ends = [(true, events.len()), (false, labels.len())];
        for (is_event, count) in turns.into_iter().chain(ends) {
            if is_event {
                let end = (next_event + count).min(events.len());
                let part: Vec<(usize, Written)> =
                    (next_event..end).zip(events[next_event..end].iter().copied()).collect();
                part.iter().for_each(|(_, (_, time))| event_clock.read(0, *time));
                waiting.predicted(&predicted(1, &part));
                next_event = end;
            } else {
                let end = (next_label + count).min(labels.len());
                for (offset, (key, time)) in (next_label..end).zip(&labels[next_label..end]) {
                    label_clock.read(0, *time);
                    let place = Place { time: *time, partition: 0, offset: offset as i64 };
                    waiting.label(Label { key: &[*key], place, value: &label_value(offset) });
                }
                next_label = end;
            }
            event_clock.is_behind(0, next_event < events.len());
            label_clock.is_behind(0, next_label < labels.len());
            let until = Until {
                predictions: event_clock.complete_until(label_clock.latest()),
                labels: label_clock.complete_until(event_clock.latest()),
            };
            let (news, given_up) = waiting.settle(until);
            assert_eq!(given_up, 0);
            told.hear(&news);
            assert_adds_up(waiting.counts(until), &told);
        }
        let expected: BTreeMap<usize, Truth> =
            mates.iter().map(|(event, label)| (*event, meaning().truth(&label_value(*label)))).collect();
        prop_assert_eq!(&told.truths, &expected);
        let counts = waiting.counts(Until { predictions: Some(i64::MAX), labels: None });
        prop_assert_eq!((counts.used, counts.doubled), (tally.used, tally.doubled));
        prop_assert_eq!(counts.late + counts.strays, tally.late + tally.alone);
        let missing = expected.values().filter(|truth| **truth == Truth::Missing).count() as u64;
        prop_assert_eq!(counts.without_value, missing);
    }
}

#[test]
fn what_is_over_is_forgotten_and_memory_does_not_grow() {
    let mut waiting = Waiting::new(WITHIN, usize::MAX);
    waiting.version(1, meaning());
    let mut most = 0;
    let mut told = Told::default();
    for round in 0..500_i64 {
        let part: Vec<(usize, Written)> =
            (0..20).map(|n| ((round * 20 + n) as usize, (n as u8, round * 5))).collect();
        waiting.predicted(&predicted(1, &part));
        for n in 0..20_u8 {
            let place = Place { time: round * 5 + 3, partition: 1, offset: round * 20 + i64::from(n) };
            waiting.label(Label { key: &[n], place, value: &LabelValue::Number(20.0) });
        }
        let until = Until { predictions: Some(round * 5), labels: Some(round * 5 + 3) };
        told.hear(&waiting.settle(until).0);
        if round > 20 {
            most = most.max(waiting.held_bytes());
        }
    }
    assert!(most < 60_000, "{most}");
    assert_eq!(told.truths.len(), 10_000);
    assert!(waiting.open.predictions.len() < 400 && waiting.labels.len() < 400, "numbers are given again");
}

#[test]
fn where_there_is_no_room_the_oldest_are_given_up_and_counted() {
    let mut waiting = Waiting::new(1_000_000, 100_000);
    waiting.version(1, meaning());
    let part: Vec<(usize, Written)> = (0..5_000).map(|n| (n, ((n % 200) as u8, n as i64))).collect();
    let mut told = Told::default();
    let mut given_up = 0;
    for part in part.chunks(500) {
        waiting.predicted(&predicted(1, part));
        let (news, gave_up) = waiting.settle(Until::default());
        told.hear(&news);
        given_up += gave_up;
        assert!(waiting.held_bytes() <= 100_000);
    }
    let counts = waiting.counts(Until::default());
    assert_adds_up(counts, &told);
    assert_eq!(counts.given_up, given_up);
    assert!(counts.waiting > 100 && given_up > 3_000, "{counts:?}");
    // The newest are there still.
    let place = Place { time: 5_000, partition: 0, offset: 0 };
    waiting.label(Label { key: &[199], place, value: &LabelValue::Number(1.0) });
    let (news, _) = waiting.settle(Until::default());
    assert!(news.judged.iter().any(|judged| judged.place.time == 4_999));
}

#[test]
fn a_prediction_that_was_found_and_is_scored_again_counts_once() {
    let mut waiting = Waiting::new(WITHIN, usize::MAX);
    waiting.version(1, meaning());
    waiting.found(&predicted(1, &[(0, (1, 100)), (1, (2, 101))]));
    waiting.predicted(&predicted(1, &[(1, (2, 101)), (2, (3, 102))]));
    let counts = waiting.counts(Until::default());
    assert_eq!((counts.predictions, counts.recovered, counts.waiting), (3, 2, 3));
}

#[test]
fn a_label_that_was_written_late_takes_back_that_there_is_none() {
    let mut waiting = Waiting::new(WITHIN, usize::MAX);
    waiting.version(1, meaning());
    waiting.predicted(&predicted(1, &[(0, (1, 100))]));
    let until = Until { predictions: Some(115), labels: Some(115) };
    let mut told = Told::default();
    told.hear(&waiting.settle(until).0);
    assert_eq!(waiting.counts(until).no_label, 1);
    let place = Place { time: 104, partition: 0, offset: 7 };
    waiting.label(Label { key: &[1], place, value: &LabelValue::Number(16.0) });
    told.hear(&waiting.settle(until).0);
    let counts = waiting.counts(until);
    assert_eq!((counts.no_label, counts.labelled), (0, 1));
    assert_adds_up(counts, &told);
    assert_eq!(told.truths[&0], Truth::Class(1));
}
