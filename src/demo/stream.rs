//! The events of the year, written to the topics in their order, each once.
//!
//! Whatever is written at a time is one transaction over both topics. A writer that opens first ends what an earlier one left
//! in the middle, then looks where the topics end, and goes on from there: whenever it is killed, no event is lost or doubled.

use std::ops::Range;
use std::sync::Arc;

use super::event::Moment;
use super::flights::Flights;
use super::position::{events_written, make_topics};
use crate::jobs::{Cancel, Progress};
use crate::kafka::{Cluster, OutRecord, Result, TransactionalWriter};

/// The transactional id of whoever writes the year. A second one fences the first.
const TRANSACTIONAL_ID: &str = "forebay-demo";
/// Events of a transaction while the history is written.
const CHUNK: usize = 25_000;

/// Writes the year. Knows no clock.
pub struct EventStream {
    cluster: Cluster,
    flights: Arc<Flights>,
    /// `None` after an error, until the topics were looked at again.
    writer: Option<TransactionalWriter>,
    tally: Tally,
}

/// What is in the topics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events of the year, from its beginning.
    pub events: usize,
    /// Departures among them.
    pub departures: u64,
    /// Arrivals among them.
    pub arrivals: u64,
    /// Departures that are broken on purpose.
    pub broken: u64,
}

impl EventStream {
    /// Makes the topics where they are not there, and finds where they end.
    pub fn open(cluster: &Cluster, flights: Arc<Flights>) -> Result<Self> {
        make_topics(cluster)?;
        let mut stream = Self { cluster: cluster.clone(), flights, writer: None, tally: Tally::default() };
        stream.writer = Some(stream.take_writer()?);
        Ok(stream)
    }

    /// What is in the topics.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The year.
    pub fn flights(&self) -> &Flights {
        &self.flights
    }

    /// Writes what is still missing of the first `place` events, as one transaction. After an error it is not known how
    /// much is there: the next call looks, and goes on from there.
    pub fn write_until(&mut self, place: usize) -> Result<()> {
        let mut writer = self.take_writer()?;
        if self.tally.events < place {
            write(&mut writer, &self.flights, self.tally.events..place)?;
            self.tally.advance(&self.flights, place);
        }
        self.writer = Some(writer);
        Ok(())
    }

    /// Writes the year up to `place` in large pieces.
    pub fn write_history(&mut self, place: usize, progress: &Progress, cancel: &Cancel) -> Result<()> {
        if self.tally.events >= place {
            return Ok(());
        }
        progress.stage("loading flights", place as u64);
        while self.tally.events < place {
            cancel.check()?;
            self.write_until(place.min(self.tally.events + CHUNK))?;
            progress.set(self.tally.events as u64);
        }
        Ok(())
    }

    /// The writer; where there is none, a new one, which ends what the old one had begun. Then nothing is in the middle of
    /// writing, and the ends of the topics say what is there.
    fn take_writer(&mut self) -> Result<TransactionalWriter> {
        if let Some(writer) = self.writer.take() {
            return Ok(writer);
        }
        let access = self.cluster.write_access("write the flights of the demo")?;
        let writer = TransactionalWriter::open(access, TRANSACTIONAL_ID)?;
        let written = events_written(&self.cluster, &self.flights)?;
        self.tally = Tally::default();
        self.tally.advance(&self.flights, written);
        Ok(writer)
    }
}

impl Tally {
    fn advance(&mut self, flights: &Flights, place: usize) {
        let mut key = Vec::new();
        for event in flights.events(self.events..place) {
            key.clear();
            event.write_key(&mut key);
            self.broken += u64::from(event.fault(&key).is_some());
            match event.moment {
                Moment::Departure => self.departures += 1,
                Moment::Arrival => self.arrivals += 1,
            }
        }
        self.events = place;
    }
}

fn write(writer: &mut TransactionalWriter, flights: &Flights, places: Range<usize>) -> Result<()> {
    let (mut key, mut value) = (Vec::with_capacity(32), Vec::with_capacity(512));
    writer.begin()?;
    for event in flights.events(places) {
        key.clear();
        value.clear();
        event.write_key(&mut key);
        event.write_value(&key, &mut value);
        writer.send(OutRecord {
            topic: event.moment.topic(),
            key: Some(&key),
            value: Some(&value),
            timestamp: Some(event.time()),
            ..OutRecord::default()
        })?;
    }
    writer.commit()
}
