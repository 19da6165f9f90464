//! An event of the demo: which topic, when, under which key, and what its record holds.
//!
//! A departure's record holds what is known at its scheduled time; what came out is in the arrival's record, under the same
//! key. Of 1,000 departures 8 are broken on purpose, always the same ones, so that errors have something to show.

use std::fmt::Display;
use std::io::Write;

use jiff::Timestamp;

use super::flights::{Flight, Flights};
use super::{ARRIVED, FLIGHTS};
use crate::kafka::EventTime;

/// A flight at one of its two moments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event<'a> {
    /// The flight.
    pub flight: &'a Flight,
    /// Which moment.
    pub moment: Moment,
}

/// What happens to a flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// It is scheduled to depart.
    Departure,
    /// It arrives.
    Arrival,
}

/// How a record is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The JSON ends in the middle.
    Cut,
    /// `distance` is missing.
    Missing,
    /// The object is empty.
    Empty,
    /// `distance` is text. From [`Flights::LIVE_FROM`] on only: a column of numbers and text is text, and a slice of the
    /// history is to have clean types.
    Text,
}

/// Broken departures among 1,000.
const BROKEN: u64 = 8;

impl Moment {
    /// The topic of its events.
    pub fn topic(self) -> &'static str {
        match self {
            Self::Departure => FLIGHTS,
            Self::Arrival => ARRIVED,
        }
    }
}

impl Event<'_> {
    /// When it happens: the record's timestamp.
    pub fn time(&self) -> EventTime {
        match self.moment {
            Moment::Departure => self.flight.departs,
            Moment::Arrival => self.flight.arrived.unwrap_or(self.flight.lands),
        }
    }

    /// Writes the flight's identity, the same for both moments: `UA-1545-EWR-20130101`, with New York's date.
    pub fn write_key(&self, out: &mut Vec<u8>) {
        let Flight { carrier, number, origin, year, month, day, .. } = self.flight;
        let (carrier, origin) = (carrier.as_str(), origin.as_str());
        // Writing to memory cannot fail.
        let _ = write!(out, "{carrier}-{number}-{origin}-{year:04}{month:02}{day:02}");
    }

    /// Writes the record's value, broken where it is to be.
    pub fn write_value(&self, key: &[u8], out: &mut Vec<u8>) {
        let begin = out.len();
        match (self.moment, self.fault(key)) {
            (Moment::Arrival, _) => {
                out.extend_from_slice(b"{\"arr_delay\":");
                put(out, self.flight.delay);
                out.push(b'}');
            }
            (_, Some(Fault::Empty)) => out.extend_from_slice(b"{}"),
            (_, fault) => self.write_departure(fault, out),
        }
        if self.fault(key) == Some(Fault::Cut) {
            let length = out.len() - begin;
            out.truncate(begin + length * 2 / 3);
        }
    }

    /// How its record is broken; `None` for the most.
    pub fn fault(&self, key: &[u8]) -> Option<Fault> {
        let hash = hash(key);
        if self.moment == Moment::Arrival || hash % 1_000 >= BROKEN {
            return None;
        }
        Some(match hash / 1_000 % 4 {
            0 => Fault::Missing,
            1 => Fault::Empty,
            2 if self.flight.departs >= Flights::LIVE_FROM => Fault::Text,
            _ => Fault::Cut,
        })
    }

    fn write_departure(&self, fault: Option<Fault>, out: &mut Vec<u8>) {
        let flight = self.flight;
        let text = |out: &mut Vec<u8>, name: &str, value: &str| {
            let _ = write!(out, ",\"{name}\":\"{value}\"");
        };
        let _ = write!(out, "{{\"sched_dep_utc\":\"{}\"", Clock(flight.departs));
        let _ = write!(out, ",\"sched_arr_utc\":\"{}\"", Clock(flight.lands));
        text(out, "carrier", flight.carrier.as_str());
        let _ = write!(out, ",\"flight\":{}", flight.number);
        match &flight.tail {
            Some(tail) => text(out, "tailnum", tail.as_str()),
            None => out.extend_from_slice(b",\"tailnum\":null"),
        }
        text(out, "origin", flight.origin.as_str());
        text(out, "dest", flight.dest.as_str());
        match fault {
            Some(Fault::Missing) => {}
            Some(Fault::Text) => text(out, "distance", &flight.distance.to_string()),
            _ => {
                let _ = write!(out, ",\"distance\":{}", flight.distance);
            }
        }
        let Flight { month, day, hour, minute, .. } = flight;
        let _ = write!(out, ",\"month\":{month},\"day\":{day},\"hour\":{hour},\"minute\":{minute}");
        let names = ["temp", "wind_speed", "visib", "precip", "pressure"];
        for (name, value) in names.iter().zip(flight.weather) {
            let _ = write!(out, ",\"{name}\":");
            // With a point also where there is no fraction, so that it is seen to be a measure.
            put(out, value.map(|value| format!("{value:?}")));
        }
        out.push(b'}');
    }
}

/// A time as ISO-8601: `2013-01-01T10:15:00Z`.
struct Clock(EventTime);

impl Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = Timestamp::from_millisecond(self.0.0).map_err(|_| std::fmt::Error)?;
        write!(f, "{time}")
    }
}

fn put(out: &mut Vec<u8>, value: Option<impl Display>) {
    let _ = match value {
        Some(value) => write!(out, "{value}"),
        None => out.write_all(b"null"),
    };
}

/// FNV-1a with a last mixing, so that keys that differ in one digit are far apart: the same on every machine, for ever.
fn hash(key: &[u8]) -> u64 {
    let mixed = key.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
