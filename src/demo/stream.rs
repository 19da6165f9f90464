//! The events of the year, written to the topics in their order, each once.
//!
//! The writer is idempotent, so a partition gets its events in order and without repeats, and what it has is always the first
//! so many of them: whoever opens the stream again, after whatever end, looks where each partition ends and writes from there.
//! There are no transactions: their markers carry the time of the day on which they are written, and Kafka's look-up by time
//! finds such a marker before any event of 2013.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::event::Moment;
use super::flights::Flights;
use super::partition;
use super::position::{Positions, make_topics};
use crate::jobs::{Cancel, Progress};
use crate::kafka::{Cluster, OutRecord, PartitionId, Result, TopicWriter};

/// Events between two looks at what was acknowledged, while the history is written.
const CHUNK: usize = 25_000;
/// How long acknowledgements may take.
const FLUSH: Duration = Duration::from_secs(60);

/// Writes the year. Knows no clock.
pub struct EventStream {
    cluster: Cluster,
    flights: Arc<Flights>,
    /// `None` after an error, until the topics were looked at again.
    open: Option<Open>,
    tally: Tally,
}

struct Open {
    writer: TopicWriter,
    positions: Positions,
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
    /// Makes the topics where they are not there, and finds where they end. There may be one stream of a cluster at a time.
    pub fn open(cluster: &Cluster, flights: Arc<Flights>) -> Result<Self> {
        make_topics(cluster)?;
        let mut stream = Self { cluster: cluster.clone(), flights, open: None, tally: Tally::default() };
        stream.open = Some(stream.take_open()?);
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

    /// Writes what is still missing of the first `place` events, and waits until all is acknowledged. After an error it is
    /// not known how much is there: the next call looks, and goes on from there.
    pub fn write_until(&mut self, place: usize) -> Result<()> {
        let mut open = self.take_open()?;
        if self.tally.events < place {
            open.write(&self.flights, self.tally.events..place)?;
            self.tally.advance(&self.flights, place);
        }
        self.open = Some(open);
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

    /// The writer; where there is none, a new one, with what the topics hold.
    fn take_open(&mut self) -> Result<Open> {
        if let Some(open) = self.open.take() {
            return Ok(open);
        }
        let writer = TopicWriter::open(self.cluster.write_access("write the flights of the demo")?)?;
        let positions = Positions::find(&self.cluster, &self.flights)?;
        self.tally = Tally::default();
        self.tally.advance(&self.flights, positions.complete_until(&self.flights));
        Ok(Open { writer, positions })
    }
}

impl Open {
    fn write(&mut self, flights: &Flights, places: Range<usize>) -> Result<()> {
        let (mut key, mut value) = (Vec::with_capacity(32), Vec::with_capacity(512));
        let partitions = [Moment::Departure, Moment::Arrival].map(|moment| self.positions.partitions(moment));
        for (place, event) in places.clone().zip(flights.events(places)) {
            key.clear();
            event.write_key(&mut key);
            let [departures, arrivals] = partitions;
            let among = if event.moment == Moment::Departure { departures } else { arrivals };
            let partition = partition::of_key(&key, among);
            // Of what was under way when an earlier writer ended, some partitions may have more than others.
            if self.positions.has(event.moment, partition, place) {
                continue;
            }
            value.clear();
            event.write_value(&key, &mut value);
            self.writer.send(OutRecord {
                topic: event.moment.topic(),
                partition: Some(PartitionId(partition)),
                key: Some(&key),
                value: Some(&value),
                timestamp: Some(event.time()),
                ..OutRecord::default()
            })?;
        }
        self.writer.flush(FLUSH)
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
