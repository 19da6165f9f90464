//! Events against the parquet that they are made of, read here by polars and not by the code under test.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use polars::prelude::*;
use serde_json::Value;

use super::*;

static FLIGHTS_OF_2013: LazyLock<Flights> = LazyLock::new(|| Flights::decode().unwrap());

fn parquet() -> DataFrame {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/flights/flights.parquet");
    ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap()
}

fn key_of(event: &Event<'_>) -> Vec<u8> {
    let mut key = Vec::new();
    event.write_key(&mut key);
    key
}

fn value_of(event: &Event<'_>) -> Vec<u8> {
    let mut value = Vec::new();
    event.write_value(&key_of(event), &mut value);
    value
}

fn all() -> impl Iterator<Item = Event<'static>> {
    FLIGHTS_OF_2013.events(0..FLIGHTS_OF_2013.len())
}

#[test]
fn every_flight_departs_once_and_arrives_at_most_once_under_the_same_key() {
    let (mut departed, mut arrived) = (HashSet::new(), HashSet::new());
    for event in all() {
        let seen = match event.moment {
            Moment::Departure => &mut departed,
            Moment::Arrival => &mut arrived,
        };
        assert!(seen.insert(key_of(&event)), "{event:?} twice");
    }
    assert_eq!((departed.len(), arrived.len()), (336_776, 328_063));
    assert!(arrived.is_subset(&departed));
    let first = FLIGHTS_OF_2013.event(0).unwrap();
    assert_eq!(String::from_utf8(key_of(&first)).unwrap(), "UA-1545-EWR-20130101");
}

#[test]
fn events_are_in_the_order_of_time_and_found_again_by_key_and_time() {
    let times: Vec<_> = all().map(|event| event.time()).collect();
    assert!(times.is_sorted());
    for place in (0..FLIGHTS_OF_2013.len()).step_by(997) {
        let event = FLIGHTS_OF_2013.event(place).unwrap();
        let found = FLIGHTS_OF_2013.place_of(event.moment, &key_of(&event), event.time());
        assert_eq!(found, Some(place));
    }
    let last = FLIGHTS_OF_2013.event(5).unwrap();
    assert_eq!(FLIGHTS_OF_2013.place_of(Moment::Departure, b"XX-1", last.time()), None);
}

#[test]
fn whole_records_hold_what_the_parquet_holds() {
    let data = parquet();
    let names = ["carrier", "flight", "tailnum", "origin", "dest", "distance", "month", "day", "hour"];
    let weather = ["minute", "temp", "wind_speed", "visib", "precip", "pressure"];
    let names: Vec<&str> = names.into_iter().chain(weather).collect();
    let columns: Vec<Series> =
        names.iter().map(|name| data.column(name).unwrap().as_materialized_series().clone()).collect();
    let departures = all().filter(|event| event.moment == Moment::Departure);
    let mut looked_at = 0;
    for (row, event) in departures.enumerate() {
        if event.fault(&key_of(&event)).is_some() || row % 7 != 0 {
            continue;
        }
        looked_at += 1;
        let value: Value = serde_json::from_slice(&value_of(&event)).unwrap();
        assert_eq!(value.as_object().unwrap().len(), names.len() + 2);
        for (name, column) in names.iter().zip(&columns) {
            let same = match column.get(row).unwrap() {
                AnyValue::Null => value[name].is_null(),
                AnyValue::String(text) => value[name] == text,
                AnyValue::StringOwned(text) => value[name] == text.as_str(),
                // The source's floats are decimals of at most seven digits, some of them computed: 12.658579999999999.
                number => value[name].as_f64().map(|value| value as f32) == number.extract::<f32>(),
            };
            assert!(same, "row {row}, {name}: {} is not {:?}", value[name], column.get(row));
        }
        let departs: jiff::Timestamp = value["sched_dep_utc"].as_str().unwrap().parse().unwrap();
        assert_eq!(EventTime(departs.as_millisecond()), event.time());
    }
    assert!(looked_at > 47_000, "{looked_at}");
}

#[test]
fn nothing_known_later_is_in_a_departure_and_an_arrival_has_the_delay_only() {
    let place = FLIGHTS_OF_2013.before(Flights::LIVE_FROM);
    for event in FLIGHTS_OF_2013.events(place..place + 2_000) {
        let text = String::from_utf8(value_of(&event)).unwrap();
        match event.moment {
            Moment::Departure => assert!(!text.contains("delay") && !text.contains("dep_time"), "{text}"),
            Moment::Arrival => {
                let delay = event.flight.delay.map_or("null".into(), |delay| delay.to_string());
                assert_eq!(text, format!("{{\"arr_delay\":{delay}}}"));
            }
        }
    }
}

#[test]
fn eight_of_a_thousand_departures_are_broken_in_every_way() {
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    let mut departures = 0_usize;
    for event in all().filter(|event| event.moment == Moment::Departure) {
        departures += 1;
        let key = key_of(&event);
        let Some(fault) = event.fault(&key) else { continue };
        *faults.entry(format!("{fault:?}")).or_default() += 1;
        let value = value_of(&event);
        let parsed = serde_json::from_slice::<Value>(&value);
        match fault {
            Fault::Cut => assert!(parsed.is_err()),
            Fault::Empty => assert_eq!(value, b"{}"),
            Fault::Missing => assert!(parsed.unwrap().get("distance").is_none()),
            Fault::Text => {
                assert!(parsed.unwrap()["distance"].is_string());
                assert!(event.time() >= Flights::LIVE_FROM, "the history has clean types");
            }
        }
    }
    let broken: usize = faults.values().sum();
    let share = broken as f64 / departures as f64;
    assert!((share - crate::demo::BROKEN_SHARE).abs() < 0.0005, "{share}");
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(faults.values().all(|count| *count > 100), "{faults:?}");
}
