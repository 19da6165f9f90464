//! The rule of the label join, for a batch and for a stream: an event has the first label of its key whose time lies in
//! `[time, time + within]`. Where several have one time, partition and offset decide.
//!
//! What comes out depends on which records there are and not on the order in which they came: a label that comes later, and is
//! earlier, takes the place of the one before. Each event is judged for itself, so leaving out others changes nothing of it; a
//! label can be that of several events, where their bounds overlap.

use super::keys::Keys;
use super::records::Records;

/// Where a record stands: its time, and what breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// ms since 1970.
    pub time: i64,
    #[allow(missing_docs)]
    pub partition: i32,
    #[allow(missing_docs)]
    pub offset: i64,
}

/// What became of a label, from the least to the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelFate {
    /// No event of its key at or before its time is there.
    Alone,
    /// The bounds of all events of its key before it were over.
    Late,
    /// Every event whose bound holds it has an earlier one.
    Doubled,
    /// An event has it.
    Used,
}

/// What changed of an event: the label that it has now. It may change again, to an earlier one; it is never taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The event's number.
    pub event: u32,
    /// The label's number.
    pub label: u32,
    /// Whether it had another one before.
    pub again: bool,
}

/// How many labels met which fate, and how many events have one. Records that were removed stay counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events with a label.
    pub matched: u64,
    /// Events without one of which a label came after the bound.
    pub late_events: u64,
    /// Labels, by fate.
    pub alone: u64,
    #[allow(missing_docs)]
    pub used: u64,
    #[allow(missing_docs)]
    pub doubled: u64,
    #[allow(missing_docs)]
    pub late: u64,
}

/// Events and labels by key. Records are numbered from 0; the numbers of those that were removed are given again.
#[derive(Debug)]
pub struct Matcher {
    within: i64,
    keys: Keys,
    events: Records<EventState>,
    labels: Records<LabelState>,
    /// Keys to which something was added.
    changed: Vec<u32>,
    tally: Tally,
    scratch: Scratch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EventState {
    /// It has no label.
    Open,
    /// It has none, and one came after its bound.
    Late,
    /// It has this label, which stands there. The label itself may be gone.
    Has(u32, Place),
}

#[derive(Clone, Copy, Debug)]
struct LabelState {
    fate: LabelFate,
    /// Events that have it.
    uses: u32,
}

#[derive(Debug, Default)]
struct Scratch {
    events: Vec<(Place, u32)>,
    labels: Vec<(Place, u32)>,
}

impl Matcher {
    /// For labels that come at most `within` ms after their event.
    pub fn new(within: i64) -> Self {
        Self {
            within,
            keys: Keys::default(),
            events: Records::default(),
            labels: Records::default(),
            changed: Vec::new(),
            tally: Tally::default(),
            scratch: Scratch::default(),
        }
    }

    /// Adds an event and gives its number. What it changes is known after [`Self::settle`].
    pub fn event(&mut self, key: &[u8], place: Place) -> u32 {
        let (number, key) = self.keys.entry(key);
        key.note_change(number, &mut self.changed);
        key.events = self.events.add(place, number, key.events, EventState::Open);
        key.events
    }

    /// Adds a label and gives its number.
    pub fn label(&mut self, key: &[u8], place: Place) -> u32 {
        let state = LabelState { fate: LabelFate::Alone, uses: 0 };
        self.tally.alone += 1;
        let (number, key) = self.keys.entry(key);
        key.note_change(number, &mut self.changed);
        key.labels = self.labels.add(place, number, key.labels, state);
        key.labels
    }

    /// Matches within every key to which something was added, and tells `changed` of each event that has another label now.
    pub fn settle(&mut self, mut changed: impl FnMut(Change)) {
        for number in std::mem::take(&mut self.changed) {
            self.match_key(number, &mut changed);
            if let Some(key) = self.keys.get_mut(number) {
                key.changed = false;
            }
            self.forget_if_empty(number);
        }
    }

    /// What became of all labels and events, those counted that were removed since.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// What became of a label that is there.
    pub fn fate(&self, label: u32) -> Option<LabelFate> {
        self.labels.get(label).map(|label| label.state.fate)
    }

    /// Forgets events. What they have and what they counted for stays.
    pub fn remove_events(&mut self, events: &[u32]) {
        for number in self.events.remove(events) {
            if let Some(key) = self.keys.get_mut(number) {
                key.events = self.events.without_gone(key.events);
            }
            self.forget_if_empty(number);
        }
    }

    /// Forgets labels. Events that have one keep it, and what they counted for stays.
    pub fn remove_labels(&mut self, labels: &[u32]) {
        for number in self.labels.remove(labels) {
            if let Some(key) = self.keys.get_mut(number) {
                key.labels = self.labels.without_gone(key.labels);
            }
            self.forget_if_empty(number);
        }
    }

    /// Bytes that the records at hand need, about; less than what is allocated after many were removed.
    pub fn held_bytes(&self) -> usize {
        self.keys.held_bytes() + self.events.held_bytes() + self.labels.held_bytes()
    }

    fn forget_if_empty(&mut self, number: u32) {
        if self.keys.get(number).is_some_and(|key| !key.changed && key.is_empty()) {
            self.keys.forget(number);
        }
    }

    fn match_key(&mut self, number: u32, changed: &mut impl FnMut(Change)) {
        let Some(key) = self.keys.get(number) else { return };
        let (first_event, first_label) = (key.events, key.labels);
        let Scratch { mut events, mut labels } = std::mem::take(&mut self.scratch);
        self.events.list(first_event, &mut events);
        self.labels.list(first_label, &mut labels);
        self.find_labels(&events, &labels, changed);
        self.judge_labels(&events, &labels);
        self.scratch = Scratch { events, labels };
    }

    /// Gives each event the first label at or after it, both in order.
    fn find_labels(
        &mut self,
        events: &[(Place, u32)],
        labels: &[(Place, u32)],
        changed: &mut impl FnMut(Change),
    ) {
        let last = labels.last().map(|(place, _)| place.time);
        let mut next = 0;
        for &(event, number) in events {
            while labels.get(next).is_some_and(|(label, _)| label.time < event.time) {
                next += 1;
            }
            let end = event.time.saturating_add(self.within);
            let found = labels.get(next).filter(|(label, _)| label.time <= end);
            let Some(state) = self.events.get(number).map(|event| event.state) else { continue };
            match (state, found) {
                (EventState::Has(_, has), Some((label, _))) if has <= *label => {}
                (_, Some(&(place, label))) => {
                    self.give(number, state, label, place);
                    let again = matches!(state, EventState::Has(..));
                    changed(Change { event: number, label, again });
                }
                (EventState::Open, None) if last.is_some_and(|last| last > end) => {
                    self.tally.late_events += 1;
                    self.set_event(number, EventState::Late);
                }
                _ => {}
            }
        }
    }

    /// An event that was in this state has this label now.
    fn give(&mut self, event: u32, before: EventState, label: u32, place: Place) {
        match before {
            EventState::Open => self.tally.matched += 1,
            EventState::Late => {
                self.tally.matched += 1;
                self.tally.late_events -= 1;
            }
            EventState::Has(old, stood) => {
                // Its number may be another's by now.
                if let Some(old) = self.labels.get_mut(old).filter(|old| old.place == stood) {
                    old.state.uses = old.state.uses.saturating_sub(1);
                }
            }
        }
        if let Some(label) = self.labels.get_mut(label) {
            label.state.uses += 1;
        }
        self.set_event(event, EventState::Has(label, place));
    }

    fn set_event(&mut self, event: u32, state: EventState) {
        if let Some(event) = self.events.get_mut(event) {
            event.state = state;
        }
    }

    /// What each label is to the events before it, both in order. An event that was removed is remembered by what its labels
    /// were: fates get better, and worse only when an earlier label takes an event over.
    fn judge_labels(&mut self, events: &[(Place, u32)], labels: &[(Place, u32)]) {
        let mut begun = 0;
        for &(place, number) in labels {
            while events.get(begun).is_some_and(|(event, _)| event.time <= place.time) {
                begun += 1;
            }
            let before = begun.checked_sub(1).and_then(|latest| events.get(latest));
            let seen = match before {
                Some((event, _)) if event.time.saturating_add(self.within) >= place.time => {
                    LabelFate::Doubled
                }
                Some(_) => LabelFate::Late,
                None => LabelFate::Alone,
            };
            let Some(label) = self.labels.get_mut(number) else { continue };
            let old = label.state.fate;
            let new = match label.state.uses {
                0 => seen.max(old.min(LabelFate::Doubled)),
                _ => LabelFate::Used,
            };
            label.state.fate = new;
            *self.tally.of(old) -= 1;
            *self.tally.of(new) += 1;
        }
    }
}

impl Tally {
    fn of(&mut self, fate: LabelFate) -> &mut u64 {
        match fate {
            LabelFate::Alone => &mut self.alone,
            LabelFate::Used => &mut self.used,
            LabelFate::Doubled => &mut self.doubled,
            LabelFate::Late => &mut self.late,
        }
    }
}

#[cfg(test)]
#[path = "matcher_tests.rs"]
mod tests;
