//! The rule of the label join, for a batch and for a stream.
//!
//! Within a key, events stand by (time, partition, offset) and labels likewise. Labels are dealt in that order: each goes to
//! the oldest event without a label whose bound `[time, time + within]` holds it. What comes out depends on which records
//! there are and not on the order in which they came: a record that comes later may take a match back.

use super::keys::{Keys, NONE};

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

/// What became of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelFate {
    /// No event of its key at or before its time is there.
    Alone,
    /// An event has it.
    Used,
    /// Every event whose bound holds it has another.
    Doubled,
    /// The bounds of all events of its key before it were over.
    Late,
}

/// What changed of an event: the label that it has now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The event's number.
    pub event: u32,
    /// The label's number; `None` when it was taken back.
    pub label: Option<u32>,
}

/// How many labels met which fate, and how many events have one.
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
    events: Records,
    labels: Records,
    changed: Vec<u32>,
    tally: Tally,
    scratch: Scratch,
}

/// What an event or a label is to its key.
#[derive(Clone, Copy, Debug)]
struct Record {
    place: Place,
    key: u32,
    /// The next of the same key; free records form a chain of their own.
    next: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Of an event: it has this label.
    Has(u32),
    /// Of an event: it has none.
    Open,
    /// Of an event: it has none, and one came after its bound.
    Late,
    /// Of a label.
    Fate(LabelFate),
    /// Removed.
    Gone,
}

#[derive(Debug, Default)]
struct Records {
    all: Vec<Record>,
    free: Vec<u32>,
}

#[derive(Debug, Default)]
struct Scratch {
    events: Vec<(Place, u32)>,
    labels: Vec<(Place, u32)>,
    mates: Vec<u32>,
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
        let key = self.keys.number(key);
        let next = self.keys.get(key).map_or(NONE, |key| key.events);
        let number = self.events.add(Record { place, key, next, state: State::Open });
        self.note(key, |key| key.events = number);
        number
    }

    /// Adds a label and gives its number.
    pub fn label(&mut self, key: &[u8], place: Place) -> u32 {
        let key = self.keys.number(key);
        let next = self.keys.get(key).map_or(NONE, |key| key.labels);
        let number = self.labels.add(Record { place, key, next, state: State::Fate(LabelFate::Alone) });
        self.tally.alone += 1;
        self.note(key, |key| key.labels = number);
        number
    }

    /// Matches within every key to which something was added or from which something was removed, and tells `changed` of
    /// each event that has another label now, or none any more.
    pub fn settle(&mut self, mut changed: impl FnMut(Change)) {
        for number in std::mem::take(&mut self.changed) {
            self.deal(number, &mut changed);
            if let Some(key) = self.keys.get_mut(number) {
                key.changed = false;
                if key.events == NONE && key.labels == NONE {
                    self.keys.forget(number);
                }
            }
        }
    }

    /// What became of all labels and events, those counted that were removed since.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// What became of a label that is there.
    pub fn fate(&self, label: u32) -> Option<LabelFate> {
        match self.labels.get(label)?.state {
            State::Fate(fate) => Some(fate),
            _ => None,
        }
    }

    /// Where an event stands that is there.
    pub fn event_place(&self, event: u32) -> Option<Place> {
        self.events.get(event).filter(|event| event.state != State::Gone).map(|event| event.place)
    }

    /// Where a label stands that is there.
    pub fn label_place(&self, label: u32) -> Option<Place> {
        self.labels.get(label).filter(|label| label.state != State::Gone).map(|label| label.place)
    }

    /// Forgets events, with the labels that they have, and labels. What they counted for stays counted. Their keys are
    /// settled next time.
    pub fn remove(&mut self, events: &[u32], labels: &[u32]) {
        let mut mates = labels.to_vec();
        let mut touched = Vec::new();
        for event in events {
            let Some(gone) = self.events.take(*event) else { continue };
            touched.push(gone.key);
            if let State::Has(label) = gone.state {
                mates.push(label);
            }
        }
        touched.extend(mates.into_iter().filter_map(|label| self.labels.take(label)).map(|gone| gone.key));
        touched.sort_unstable();
        touched.dedup();
        for key in touched {
            let Some((first_event, first_label)) = self.keys.get(key).map(|key| (key.events, key.labels))
            else {
                continue;
            };
            let (events, labels) =
                (self.events.without_gone(first_event), self.labels.without_gone(first_label));
            self.note(key, |key| (key.events, key.labels) = (events, labels));
        }
    }

    /// Bytes that are held, about.
    pub fn bytes(&self) -> usize {
        self.keys.bytes() + self.events.bytes() + self.labels.bytes()
    }

    fn note(&mut self, number: u32, change: impl FnOnce(&mut super::keys::Key)) {
        let Some(key) = self.keys.get_mut(number) else { return };
        change(key);
        if !std::mem::replace(&mut key.changed, true) {
            self.changed.push(number);
        }
    }

    /// Deals a key's labels to its events.
    fn deal(&mut self, number: u32, changed: &mut impl FnMut(Change)) {
        let Some(key) = self.keys.get(number) else { return };
        let (first_event, first_label) = (key.events, key.labels);
        let Scratch { mut events, mut labels, mut mates } = std::mem::take(&mut self.scratch);
        self.events.list(first_event, &mut events);
        self.labels.list(first_label, &mut labels);
        mates.clear();
        mates.resize(events.len(), NONE);
        // Both bounds of the events ascend, so those before `open` have their label or will get none, and `begun` is the
        // first whose time is after the label.
        let (mut open, mut over) = (0, 0);
        let mut last_late = None;
        for &(place, label) in &labels {
            while events
                .get(over)
                .is_some_and(|(event, _)| event.time.saturating_add(self.within) < place.time)
            {
                over += 1;
            }
            open = open.max(over);
            let fate = match events.get(open) {
                Some((event, _)) if event.time <= place.time => {
                    if let Some(mate) = mates.get_mut(open) {
                        *mate = label;
                    }
                    open += 1;
                    LabelFate::Used
                }
                _ if open > over => LabelFate::Doubled,
                _ if over > 0 => {
                    last_late = Some(place.time);
                    LabelFate::Late
                }
                _ => LabelFate::Alone,
            };
            self.set_fate(label, fate);
        }
        for ((place, event), mate) in events.iter().zip(&mates) {
            let late = last_late.is_some_and(|late| place.time.saturating_add(self.within) < late);
            let state = match *mate {
                NONE if late => State::Late,
                NONE => State::Open,
                label => State::Has(label),
            };
            self.set_state(*event, state, changed);
        }
        self.scratch = Scratch { events, labels, mates };
    }

    fn set_fate(&mut self, label: u32, fate: LabelFate) {
        let Some(record) = self.labels.get_mut(label) else { return };
        let State::Fate(before) = std::mem::replace(&mut record.state, State::Fate(fate)) else { return };
        if before != fate {
            *self.tally.of(before) -= 1;
            *self.tally.of(fate) += 1;
        }
    }

    fn set_state(&mut self, event: u32, state: State, changed: &mut impl FnMut(Change)) {
        let Some(record) = self.events.get_mut(event) else { return };
        let before = std::mem::replace(&mut record.state, state);
        if before == state {
            return;
        }
        for (state, sign) in [(before, -1), (state, 1)] {
            let count = match state {
                State::Has(_) => &mut self.tally.matched,
                State::Late => &mut self.tally.late_events,
                _ => continue,
            };
            *count = count.saturating_add_signed(sign);
        }
        match (before, state) {
            (_, State::Has(label)) => changed(Change { event, label: Some(label) }),
            (State::Has(_), _) => changed(Change { event, label: None }),
            _ => {}
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

impl Records {
    fn add(&mut self, record: Record) -> u32 {
        let number = self.free.pop().unwrap_or(self.all.len() as u32);
        match self.all.get_mut(number as usize) {
            Some(place) => *place = record,
            None => self.all.push(record),
        }
        number
    }

    fn get(&self, number: u32) -> Option<&Record> {
        self.all.get(number as usize)
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut Record> {
        self.all.get_mut(number as usize)
    }

    /// Marks a record as gone and gives what it was; `None` when it is gone already.
    fn take(&mut self, number: u32) -> Option<Record> {
        let record = self.get_mut(number).filter(|record| record.state != State::Gone)?;
        let before = *record;
        record.state = State::Gone;
        Some(before)
    }

    /// Frees the gone ones of a chain and gives what is its first record then.
    fn without_gone(&mut self, first: u32) -> u32 {
        let (mut kept, mut at) = (NONE, first);
        while let Some(record) = self.get_mut(at) {
            let next = record.next;
            if record.state == State::Gone {
                self.free.push(at);
            } else {
                record.next = kept;
                kept = at;
            }
            at = next;
        }
        kept
    }

    /// The records of a chain, in order.
    fn list(&self, first: u32, into: &mut Vec<(Place, u32)>) {
        into.clear();
        let mut at = first;
        while let Some(record) = self.get(at) {
            into.push((record.place, at));
            at = record.next;
        }
        into.sort_unstable();
    }

    fn bytes(&self) -> usize {
        self.all.capacity() * size_of::<Record>() + self.free.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
#[path = "matcher_tests.rs"]
mod tests;
