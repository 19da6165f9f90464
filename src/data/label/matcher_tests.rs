//! The matcher against a join that looks at every pair, and against itself in any order of arrival.

use proptest::prelude::*;

use super::*;

const WITHIN: i64 = 10;

/// Key, and where it stands.
type Written = (u8, Place);

/// Labels of events, and fates of labels, by trying every pair.
fn naive(events: &[Written], labels: &[Written]) -> (Vec<Option<usize>>, Vec<LabelFate>) {
    let mut mates = vec![None; events.len()];
    let mut fates = vec![LabelFate::Alone; labels.len()];
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by_key(|at| (labels[*at].1, *at));
    for label in order {
        let (key, place) = labels[label];
        let before = |at: &usize| events[*at].0 == key && events[*at].1.time <= place.time;
        let holds = |at: &usize| before(at) && place.time <= events[*at].1.time + WITHIN;
        let free = (0..events.len()).filter(|at| holds(at) && mates[*at].is_none());
        fates[label] = match free.min_by_key(|at| (events[*at].1, *at)) {
            Some(event) => {
                mates[event] = Some(label);
                LabelFate::Used
            }
            None if (0..events.len()).any(|at| holds(&at)) => LabelFate::Doubled,
            None if (0..events.len()).any(|at| before(&at)) => LabelFate::Late,
            None => LabelFate::Alone,
        };
    }
    (mates, fates)
}

/// What a matcher says when records come in this order (events below `events.len()`, labels above), settled after each
/// `step`-th.
fn fed(
    events: &[Written],
    labels: &[Written],
    order: &[usize],
    step: usize,
) -> (Vec<Option<usize>>, Vec<LabelFate>, Tally) {
    let mut matcher = Matcher::new(WITHIN);
    let (mut of_event, mut of_label) = (vec![0; events.len()], vec![0; labels.len()]);
    let mut mates: std::collections::BTreeMap<u32, u32> = std::collections::BTreeMap::new();
    for (count, at) in order.iter().enumerate() {
        match at.checked_sub(events.len()) {
            None => of_event[*at] = matcher.event(&[events[*at].0], events[*at].1),
            Some(label) => of_label[label] = matcher.label(&[labels[label].0], labels[label].1),
        }
        if count % step == 0 || count + 1 == order.len() {
            matcher.settle(|change| {
                match change.label {
                    Some(label) => mates.insert(change.event, label),
                    None => mates.remove(&change.event),
                };
            });
        }
    }
    let label = |number: u32| of_label.iter().position(|of| *of == number).unwrap();
    let of_events = of_event.iter().map(|event| mates.get(event).map(|number| label(*number))).collect();
    let fates = of_label.iter().map(|label| matcher.fate(*label).unwrap()).collect();
    (of_events, fates, matcher.tally())
}

fn records(most: usize, partition: i32) -> impl Strategy<Value = Vec<Written>> {
    proptest::collection::vec((0..4_u8, 0..60_i64), 0..most).prop_map(move |records| {
        let place = |(offset, (key, time))| (key, Place { time, partition, offset });
        (0..).zip(records).map(place).collect()
    })
}

fn case() -> impl Strategy<Value = (Vec<Written>, Vec<Written>, Vec<usize>, usize)> {
    (records(24, 0), records(32, 1), 1..9_usize).prop_flat_map(|(events, labels, step)| {
        let order: Vec<usize> = (0..events.len() + labels.len()).collect();
        (Just(events), Just(labels), Just(order).prop_shuffle(), Just(step))
    })
}

proptest! {
    #[test]
    fn any_order_of_arrival_gives_what_every_pair_gives((events, labels, order, step) in case()) {
        let (mates, fates) = naive(&events, &labels);
        let (found, found_fates, tally) = fed(&events, &labels, &order, step);
        prop_assert_eq!(&found, &mates);
        prop_assert_eq!(&found_fates, &fates);

        let count = |fate| fates.iter().filter(|other| **other == fate).count() as u64;
        let matched = mates.iter().flatten().count() as u64;
        prop_assert_eq!(tally.matched, matched);
        prop_assert_eq!(tally.used, matched);
        prop_assert_eq!([tally.alone, tally.doubled, tally.late],
            [count(LabelFate::Alone), count(LabelFate::Doubled), count(LabelFate::Late)]);
        let late_event = |(at, (key, place)): (usize, &Written)| {
            mates[at].is_none() && labels.iter().zip(&fates).any(|((other, label), fate)| {
                other == key && *fate == LabelFate::Late && label.time > place.time + WITHIN
            })
        };
        prop_assert_eq!(tally.late_events, events.iter().enumerate().filter(|event| late_event(*event)).count() as u64);
    }

    #[test]
    fn what_is_removed_leaves_nothing_behind((events, labels, order, step) in case()) {
        let mut matcher = Matcher::new(WITHIN);
        let numbers: Vec<u32> = events.iter().map(|(key, place)| matcher.event(&[*key], *place)).collect();
        let of_labels: Vec<u32> = labels.iter().map(|(key, place)| matcher.label(&[*key], *place)).collect();
        matcher.settle(|_| ());
        let before = matcher.tally();
        for part in order.chunks(step) {
            let events: Vec<u32> = part.iter().filter_map(|at| numbers.get(*at)).copied().collect();
            let labels: Vec<u32> =
                part.iter().filter_map(|at| of_labels.get(at.checked_sub(numbers.len())?)).copied().collect();
            matcher.remove(&events, &labels);
        }
        prop_assert!(numbers.iter().all(|event| matcher.event_place(*event).is_none()));
        matcher.settle(|_| ());
        prop_assert_eq!(matcher.tally(), before);
        prop_assert_eq!(matcher.keys.get(0).map_or(NONE, |key| key.events), NONE);
        prop_assert_eq!(matcher.events.free.len(), matcher.events.all.len());
    }
}

fn at(time: i64) -> Place {
    Place { time, partition: 0, offset: time }
}

#[test]
fn the_first_label_within_the_bound_counts_and_both_ends_belong_to_it() {
    let events = [(0, at(100)), (1, at(100)), (2, at(100)), (3, at(100))];
    let labels =
        [(0, at(99)), (0, at(100)), (1, at(110)), (2, at(111)), (3, at(104)), (3, at(103)), (9, at(100))];
    let order: Vec<usize> = (0..events.len() + labels.len()).collect();
    let (mates, fates, tally) = fed(&events, &labels, &order, 1);
    assert_eq!(mates, [Some(1), Some(2), None, Some(5)]);
    assert_eq!(fates[0], LabelFate::Alone);
    assert_eq!((fates[3], fates[4], fates[6]), (LabelFate::Late, LabelFate::Doubled, LabelFate::Alone));
    assert_eq!((tally.matched, tally.late_events), (3, 1));
}

#[test]
fn of_several_events_of_a_key_the_oldest_without_a_label_gets_it() {
    let events = [(0, at(100)), (0, at(103)), (0, at(108))];
    let labels = [(0, at(109)), (0, at(112))];
    let order = [3, 4, 2, 1, 0];
    let (mates, fates, _) = fed(&events, &labels, &order, 1);
    assert_eq!(mates, [Some(0), Some(1), None]);
    assert_eq!(fates, [LabelFate::Used; 2]);
}
