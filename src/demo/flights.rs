//! The flights of New York 2013, compiled in, as events in the order in which they happened.
//!
//! In: `assets/flights/flights.parquet`, whose page is beside it. Out: [`Event`]s: each flight's departure, and its arrival
//! where it arrived. [`super::event`] says how an event is written.

use std::io::Cursor;
use std::ops::Range;

use polars::prelude::*;

use super::event::{Event, Moment};
use crate::jobs::Problem;
use crate::kafka::EventTime;

static PARQUET: &[u8] = include_bytes!("../../assets/flights/flights.parquet");

/// Columns that are decoded; the others are known only after the departure, or say the same.
const COLUMNS: [&str; 20] = [
    "sched_dep_utc",
    "sched_arr_utc",
    "arr_utc",
    "arr_delay",
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "flight",
    "distance",
    "carrier",
    "tailnum",
    "origin",
    "dest",
    "temp",
    "wind_speed",
    "visib",
    "precip",
    "pressure",
];

/// All flights of the year and the order of their events.
pub struct Flights {
    flights: Vec<Flight>,
    /// Events by time: twice the flight's number, and one more for an arrival.
    order: Vec<u32>,
}

/// A scheduled departure with what became of it. Compact: there are 336,776.
#[derive(Clone, Debug, PartialEq)]
pub struct Flight {
    /// Scheduled departure, which is when the departure's record is written.
    pub departs: EventTime,
    /// Scheduled arrival.
    pub lands: EventTime,
    /// When it arrived; `None` when it never did.
    pub arrived: Option<EventTime>,
    /// Minutes late; `None` when it arrived by a detour, or never.
    pub delay: Option<i16>,
    /// Scheduled departure by New York's clock: year, month, day, hour, minute.
    pub year: i16,
    #[allow(missing_docs)]
    pub month: i8,
    #[allow(missing_docs)]
    pub day: i8,
    #[allow(missing_docs)]
    pub hour: i8,
    #[allow(missing_docs)]
    pub minute: i8,
    /// The flight's number.
    pub number: i16,
    /// Miles.
    pub distance: i16,
    /// Airline, tail number, airports.
    pub carrier: Code,
    #[allow(missing_docs)]
    pub tail: Option<Code>,
    #[allow(missing_docs)]
    pub origin: Code,
    #[allow(missing_docs)]
    pub dest: Code,
    /// Temperature (°F), wind (mph), visibility (miles), precipitation (inches), pressure (millibar) in the hour of
    /// departure.
    pub weather: [Option<f32>; 5],
}

/// A short code such as `UA` or `N14228`, in place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code {
    bytes: [u8; 7],
    length: u8,
}

impl Code {
    /// Of a text of at most seven bytes; a longer one is cut.
    fn of(text: &str) -> Self {
        let mut code = Self { bytes: [0; 7], length: 0 };
        for (place, byte) in code.bytes.iter_mut().zip(text.bytes()) {
            *place = byte;
            code.length += 1;
        }
        code
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Flights {
    /// The first moment that is replayed live, 2013-10-01T09:00:00Z, the morning in New York; what was before is history, written
    /// at the first start.
    pub const LIVE_FROM: EventTime = EventTime(1_380_618_000_000);

    /// Decodes the compiled-in file.
    pub fn decode() -> Result<Self, Problem> {
        let flights = read().map_err(|error| {
            let next = "The program is damaged: install it again";
            Problem::new("Decoding the demo's flights", error.to_string(), next)
        })?;
        Ok(Self { order: order(&flights), flights })
    }

    /// Events of the year.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The event of a place in the order.
    pub fn event(&self, place: usize) -> Option<Event<'_>> {
        let code = *self.order.get(place)?;
        let flight = self.flights.get(code as usize / 2)?;
        let moment = if code.is_multiple_of(2) { Moment::Departure } else { Moment::Arrival };
        Some(Event { flight, moment })
    }

    /// The events of a range of places.
    pub fn events(&self, places: Range<usize>) -> impl Iterator<Item = Event<'_>> {
        places.map_while(|place| self.event(place))
    }

    /// How many events happened before `time`: the place of the first that did not.
    pub fn before(&self, time: EventTime) -> usize {
        self.order.partition_point(|code| time_of(&self.flights, *code) < time.0)
    }

    /// The place of the event with this key among those of a time.
    pub fn place_of(&self, moment: Moment, key: &[u8], time: EventTime) -> Option<usize> {
        let first = self.before(time);
        let same_time = first..self.before(EventTime(time.0.saturating_add(1)));
        let mut own_key = Vec::new();
        self.events(same_time).zip(first..).find_map(|(event, place)| {
            own_key.clear();
            event.write_key(&mut own_key);
            (event.moment == moment && own_key == key).then_some(place)
        })
    }
}

fn order(flights: &[Flight]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..)
        .step_by(2)
        .zip(flights)
        .flat_map(|(code, flight)| [Some(code), flight.arrived.map(|_| code + 1)])
        .flatten()
        .collect();
    order.sort_by_key(|code| (time_of(flights, *code), *code));
    order
}

fn time_of(flights: &[Flight], code: u32) -> i64 {
    let Some(flight) = flights.get(code as usize / 2) else { return i64::MAX };
    match code % 2 {
        0 => flight.departs.0,
        _ => flight.arrived.map_or(i64::MAX, |time| time.0),
    }
}

fn read() -> PolarsResult<Vec<Flight>> {
    let columns = COLUMNS.iter().map(ToString::to_string).collect();
    let data = ParquetReader::new(Cursor::new(PARQUET)).with_columns(Some(columns)).finish()?;
    let column = |name: &str| Ok::<_, PolarsError>(data.column(name)?.as_materialized_series().rechunk());
    let time = |name: &str| {
        let millis = column(name)?.cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?;
        let times: Vec<Option<i64>> = millis.datetime()?.physical().iter().collect();
        Ok::<_, PolarsError>(times)
    };
    let small = |name: &str| Ok::<_, PolarsError>(column(name)?.cast(&DataType::Int16)?.i16()?.clone());
    let byte = |name: &str| Ok::<_, PolarsError>(column(name)?.cast(&DataType::Int8)?.i8()?.clone());
    let text = |name: &str| Ok::<_, PolarsError>(column(name)?.str()?.clone());
    let number = |name: &str| Ok::<_, PolarsError>(column(name)?.cast(&DataType::Float32)?.f32()?.clone());

    let (departs, lands, arrived) = (time("sched_dep_utc")?, time("sched_arr_utc")?, time("arr_utc")?);
    let (delay, year) = (small("arr_delay")?, small("year")?);
    let (month, day, hour, minute) = (byte("month")?, byte("day")?, byte("hour")?, byte("minute")?);
    let (flight, distance) = (small("flight")?, small("distance")?);
    let (carrier, tail) = (text("carrier")?, text("tailnum")?);
    let (origin, dest) = (text("origin")?, text("dest")?);
    let weather =
        [number("temp")?, number("wind_speed")?, number("visib")?, number("precip")?, number("pressure")?];
    let row = |at: usize| {
        Some(Flight {
            departs: EventTime((*departs.get(at)?)?),
            lands: EventTime((*lands.get(at)?)?),
            arrived: arrived.get(at)?.map(EventTime),
            delay: delay.get(at),
            year: year.get(at)?,
            month: month.get(at)?,
            day: day.get(at)?,
            hour: hour.get(at)?,
            minute: minute.get(at)?,
            number: flight.get(at)?,
            distance: distance.get(at)?,
            carrier: Code::of(carrier.get(at)?),
            tail: tail.get(at).map(Code::of),
            origin: Code::of(origin.get(at)?),
            dest: Code::of(dest.get(at)?),
            weather: weather.each_ref().map(|column| column.get(at)),
        })
    };
    let incomplete = || polars_err!(ComputeError: "a flight without schedule, carrier or airports");
    (0..data.height()).map(|at| row(at).ok_or_else(incomplete)).collect()
}
