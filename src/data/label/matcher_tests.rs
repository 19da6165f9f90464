//! The matcher against a join that looks at every pair, and against itself in any order of arrival.

use proptest::prelude::*;

use super::*;

const WITHIN: i64 = 10;

/// Key, and where it stands.
type Written = (u8, Place);

/// Labels of events, and fates of labels, by trying every pair.
fn naive(events: &[Written], labels: &[Written]) -> (Vec<Option<usize>>, Vec<LabelFate>) {
    let holds = |event: &Written, label: &Written| {
        event.0 == label.0 && (event.1.time..=event.1.time + WITHIN).contains(&label.1.time)
    };
    let first = |event: &Written| {
        let within = (0..labels.len()).filter(|at| holds(event, &labels[*at]));
        within.min_by_key(|at| labels[*at].1)
    };
    let mates: Vec<Option<usize>> = events.iter().map(first).collect();
    let fate = |at: usize| {
        let label = &labels[at];
        let before = |event: &&Written| event.0 == label.0 && event.1.time <= label.1.time;
        match () {
            () if mates.contains(&Some(at)) => LabelFate::Used,
            () if events.iter().any(|event| holds(event, label)) => LabelFate::Doubled,
            () if events.iter().any(|event| before(&event)) => LabelFate::Late,
            () => LabelFate::Alone,
        }
    };
    let fates = (0..labels.len()).map(fate).collect();
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
                assert_eq!(mates.insert(change.event, change.label).is_some(), change.again);
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
        prop_assert_eq!(tally.matched, mates.iter().flatten().count() as u64);
        prop_assert_eq!(tally.used, count(LabelFate::Used));
        prop_assert_eq!([tally.alone, tally.doubled, tally.late],
            [count(LabelFate::Alone), count(LabelFate::Doubled), count(LabelFate::Late)]);
        let late_event = |(at, (key, place)): (usize, &Written)| {
            let is_after = |label: &Written| label.0 == *key && label.1.time > place.time + WITHIN;
            mates[at].is_none() && labels.iter().any(is_after)
        };
        prop_assert_eq!(tally.late_events, events.iter().enumerate().filter(|event| late_event(*event)).count() as u64);
    }

    /// As a stream does it: records come about in order of time, and those that nothing can change any more are removed.
    #[test]
    fn removing_what_is_over_changes_nothing((events, labels, _, step) in case(), lag in 0..3_i64) {
        let (mates, fates) = naive(&events, &labels);
        let mut order: Vec<(i64, usize)> = events.iter().map(|event| event.1.time).zip(0..).collect();
        order.extend(labels.iter().map(|label| label.1.time + lag).zip(events.len()..));
        order.sort_unstable();

        let mut matcher = Matcher::new(WITHIN);
        let mut found = vec![None; events.len()];
        let (mut open, mut held) = (Vec::<(u32, usize)>::new(), Vec::<(u32, usize)>::new());
        for part in order.chunks(step) {
            for (_, at) in part {
                match at.checked_sub(events.len()) {
                    None => open.push((matcher.event(&[events[*at].0], events[*at].1), *at)),
                    Some(label) => held.push((matcher.label(&[labels[label].0], labels[label].1), label)),
                }
            }
            matcher.settle(|change| {
                let event = open.iter().find(|(number, _)| *number == change.event).unwrap().1;
                found[event] = Some(held.iter().find(|(number, _)| *number == change.label).unwrap().1);
            });
            // All before this moment is there.
            let time = part[part.len() - 1].0 - lag;
            let is_over = |end: i64| end < time;
            let gone: Vec<u32> = held.iter().filter(|(_, at)| is_over(labels[*at].1.time)).map(|(n, _)| *n).collect();
            held.retain(|(_, at)| !is_over(labels[*at].1.time));
            matcher.remove_labels(&gone);
            let last = |at: usize| events[at].1.time + 60;
            let gone: Vec<u32> = open.iter().filter(|(_, at)| is_over(last(*at))).map(|(n, _)| *n).collect();
            open.retain(|(_, at)| !is_over(last(*at)));
            matcher.remove_events(&gone);
        }
        prop_assert_eq!(found, mates);
        let count = |fate| fates.iter().filter(|other| **other == fate).count() as u64;
        let tally = matcher.tally();
        prop_assert_eq!([tally.used, tally.doubled, tally.late, tally.alone],
            [LabelFate::Used, LabelFate::Doubled, LabelFate::Late, LabelFate::Alone].map(count));
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
            matcher.remove_events(&events);
            matcher.remove_labels(&labels);
        }
        matcher.settle(|_| ());
        prop_assert_eq!(matcher.tally(), before);
        prop_assert!(matcher.events.is_empty() && matcher.labels.is_empty());
        prop_assert_eq!(matcher.held_bytes(), 0);
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
fn an_event_without_a_label_shifts_no_other() {
    // A flight number that flies daily: the first day's flight was cancelled.
    let events = [(0, at(10)), (0, at(34)), (0, at(58))];
    let labels = [(0, at(37)), (0, at(61))];
    let (mates, fates, tally) = fed(&events, &labels, &[3, 4, 2, 1, 0], 1);
    assert_eq!(mates, [None, Some(0), Some(1)]);
    assert_eq!((fates, tally.late_events), (vec![LabelFate::Used; 2], 1));
}

#[test]
fn events_whose_bounds_overlap_share_a_label() {
    let events = [(0, at(100)), (0, at(103)), (0, at(108))];
    let labels = [(0, at(109)), (0, at(112))];
    let (mates, fates, tally) = fed(&events, &labels, &[3, 4, 2, 1, 0], 1);
    assert_eq!(mates, [Some(0), Some(0), Some(0)]);
    assert_eq!(fates, [LabelFate::Used, LabelFate::Doubled]);
    assert_eq!((tally.matched, tally.used), (3, 1));
}
