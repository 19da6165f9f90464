//! The events of the year, written to the topics in their order, each once.
//!
//! A partition is given one batch at a time, which it takes whole or not at all, and the next one when it has that. So what it
//! has is always the first so many of its events, in order: whoever opens the stream again, after whatever end, looks where
//! each partition ends and writes from there. The same is done when it is not known what became of a batch, once all that is
//! under way has ended: nothing is ever sent a second time without a look.
//!
//! Neither idempotence nor transactions would do. Kafka forgets an idempotent writer over a restart when its records are as
//! old as these, and would take a batch twice. A transaction's markers carry the time of the day on which they are written,
//! and Kafka's look-up by time finds such a marker before any event of 2013.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::event::Moment;
use super::flights::Flights;
use super::partition;
use super::position::{Positions, make_topics};
use crate::jobs::{Cancel, Progress};
use crate::kafka::{Cluster, OutRecord, PartitionId, Result, TopicWriter};

/// Events under way at a time at most: as many as one partition's batch could hold.
const CHUNK: usize = TopicWriter::BATCH_RECORDS;
/// How long a call waits for acknowledgements. The next one goes on waiting.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the history waits for acknowledgements of a chunk.
const HISTORY_PATIENCE: Duration = Duration::from_secs(60);
/// How long the end of the stream waits for what is under way.
const ON_DROP: Duration = Duration::from_secs(2);
/// Between two looks at whether the stream is to end.
const LOOK: Duration = Duration::from_millis(100);
/// After a writer was given up, the topics must not have grown for so long before they are believed.
const QUIET: Duration = Duration::from_millis(500);

/// Writes the year. Knows no clock.
pub struct EventStream {
    cluster: Cluster,
    flights: Arc<Flights>,
    cancel: Cancel,
    /// `None` after a writer was given up, until the topics were looked at again.
    open: Option<Open>,
    tally: Tally,
}

struct Open {
    writer: TopicWriter,
    positions: Positions,
    /// Events of the year that were handed over to the writer, or were there before.
    handed_over: usize,
    /// It is not known what became of a record, or it was refused. The writer takes no more.
    is_broken: bool,
}

/// Bytes of the batches that are being gathered, by partition.
type Gathered = BTreeMap<(Moment, i32), usize>;

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
        let (cluster, cancel) = (cluster.clone(), Cancel::new());
        let mut stream = Self { cluster, flights, cancel, open: None, tally: Tally::default() };
        let positions = stream.find_positions()?;
        stream.go_on_from(positions)?;
        Ok(stream)
    }

    /// What is in the topics.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Events that were handed over: those of [`Self::tally`], and those whose acknowledgement is waited for.
    pub(super) fn handed_over(&self) -> usize {
        self.open.as_ref().map_or(0, |open| open.handed_over).max(self.tally.events)
    }

    /// The year.
    pub fn flights(&self) -> &Flights {
        &self.flights
    }

    /// Ends what the stream waits for.
    pub(super) fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Writes what is still missing of the first `place` events, and waits for some seconds until all is acknowledged. After
    /// an error nothing is lost: the next call goes on where this one ended.
    pub fn write_until(&mut self, place: usize) -> Result<()> {
        while self.tally.events < place {
            let until = place.min(self.tally.events + CHUNK);
            self.give_up_broken_writer()?;
            let Some(open) = &mut self.open else {
                let positions = self.find_settled_positions()?;
                self.go_on_from(positions)?;
                continue;
            };
            let is_acknowledged = open.handed_over <= self.tally.events;
            open.write(&self.flights, is_acknowledged.then_some(until), &self.cancel)?;
            let written = open.handed_over;
            self.tally.advance(&self.flights, written);
        }
        Ok(())
    }

    /// Writes the year up to `place` in large pieces.
    pub fn write_history(&mut self, place: usize, progress: &Progress, cancel: &Cancel) -> Result<()> {
        if self.tally.events >= place {
            return Ok(());
        }
        progress.stage("loading flights", place as u64);
        let mut moved = Instant::now();
        while self.tally.events < place {
            cancel.check()?;
            match self.write_until(place.min(self.tally.events + CHUNK)) {
                Ok(()) => moved = Instant::now(),
                Err(_) if moved.elapsed() < HISTORY_PATIENCE => {}
                Err(error) => return Err(error),
            }
            progress.set(self.tally.events as u64);
        }
        Ok(())
    }

    /// Ends a writer of whose records some are in doubt, once nothing of it is under way. A request without an answer could
    /// land after the topics were looked at, and its events would be there twice.
    fn give_up_broken_writer(&mut self) -> Result<()> {
        if let Some(open) = self.open.as_mut().filter(|open| open.is_broken) {
            open.writer.take_back();
            open.wait(&self.cancel);
            if !open.writer.settle(Duration::ZERO) {
                open.writer.flush(Duration::ZERO)?;
            }
            self.open = None;
        }
        Ok(())
    }

    fn find_positions(&self) -> Result<Positions> {
        Positions::find(&self.cluster, &self.flights, &self.cancel)
    }

    /// Looks until two looks find the same: a request whose link broke may still be on its way into the log.
    fn find_settled_positions(&self) -> Result<Positions> {
        let mut before = self.find_positions()?;
        loop {
            std::thread::sleep(QUIET);
            let now = self.find_positions()?;
            if now == before {
                return Ok(now);
            }
            before = now;
        }
    }

    /// Opens a writer behind what the topics hold.
    fn go_on_from(&mut self, positions: Positions) -> Result<()> {
        let writer =
            TopicWriter::open_for_one_try(self.cluster.write_access("write the flights of the demo")?)?;
        let handed_over = positions.complete_until(&self.flights);
        self.tally = Tally::default();
        self.tally.advance(&self.flights, handed_over);
        self.open = Some(Open { writer, positions, handed_over, is_broken: false });
        Ok(())
    }
}

impl Open {
    /// Hands over what is missing until a place, where one is given, and waits until all that was handed over is acknowledged.
    fn write(&mut self, flights: &Flights, place: Option<usize>, cancel: &Cancel) -> Result<()> {
        if let Err(error) = place.map_or(Ok(()), |place| self.hand_over(flights, place)) {
            self.is_broken = true;
            return Err(error);
        }
        self.wait(cancel);
        let outcome = self.writer.flush(Duration::ZERO);
        self.is_broken = self.writer.has_failed();
        outcome
    }

    /// Hands events over until `place`, or until a partition's batch is full.
    fn hand_over(&mut self, flights: &Flights, place: usize) -> Result<()> {
        let (mut key, mut value) = (Vec::with_capacity(32), Vec::with_capacity(512));
        let partitions = [Moment::Departure, Moment::Arrival].map(|moment| self.positions.partitions(moment));
        let mut gathered = Gathered::new();
        let places = self.handed_over..place;
        for (place, event) in places.clone().zip(flights.events(places)) {
            key.clear();
            event.write_key(&mut key);
            let [departures, arrivals] = partitions;
            let among = if event.moment == Moment::Departure { departures } else { arrivals };
            let partition = partition::of_key(&key, among);
            // Of what was under way when an earlier writer ended, some partitions may have more than others.
            if !self.positions.has(event.moment, partition, place) {
                value.clear();
                event.write_value(&key, &mut value);
                let bytes = gathered.entry((event.moment, partition)).or_default();
                *bytes += key.len() + value.len() + TopicWriter::RECORD_BYTES;
                if *bytes > TopicWriter::BATCH_BYTES {
                    return Ok(());
                }
                self.writer.send(OutRecord {
                    topic: event.moment.topic(),
                    partition: Some(PartitionId(partition)),
                    key: Some(&key),
                    value: Some(&value),
                    timestamp: Some(event.time()),
                    ..OutRecord::default()
                })?;
            }
            self.handed_over = place + 1;
        }
        Ok(())
    }

    /// Waits until nothing is under way, a record was refused, patience ends or the stream.
    fn wait(&mut self, cancel: &Cancel) {
        let (began, was_whole) = (Instant::now(), !self.writer.has_failed());
        while !self.writer.settle(LOOK) {
            let was_refused = was_whole && self.writer.has_failed();
            if was_refused || cancel.is_cancelled() || began.elapsed() >= PATIENCE {
                return;
            }
        }
    }
}

impl Drop for Open {
    /// What is under way may land until it has ended, and whoever opens the stream again would not see it.
    fn drop(&mut self) {
        self.writer.take_back();
        self.writer.settle(ON_DROP);
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
