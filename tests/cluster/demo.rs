//! The demo's stream: whatever ends it, the topics hold each event of the year once, in the order of its partition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use forebay::demo::{
    ARRIVED, CONNECTION, Demo, DemoOptions, EventStream, FLIGHTS, Flights, Moment, Replay, ReplayHandle,
    ReplayState, Speed,
};
use forebay::jobs::{Cancel, Progress};
use forebay::kafka::{Bound, Cluster, RangeSpec};
use forebay::workspace::{ConnectionRef, Workspace};
use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;

use crate::harness::{Kafka, consumed, eventually};

/// The keys of the first so many events, by topic.
fn expected(flights: &Flights, events: usize) -> BTreeMap<&'static str, BTreeSet<Vec<u8>>> {
    let mut keys: BTreeMap<&'static str, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for event in flights.events(0..events) {
        let mut key = Vec::new();
        event.write_key(&mut key);
        keys.entry(event.moment.topic()).or_default().insert(key);
    }
    keys
}

/// Fails unless the topics hold each of the first so many events once, and nothing else.
fn assert_each_event_once(kafka: &Kafka, flights: &Flights, events: usize) {
    for (topic, keys) in expected(flights, events) {
        let records = consumed(kafka, topic);
        assert_eq!(records.len(), keys.len(), "records of {topic}");
        let found: BTreeSet<Vec<u8>> = records.into_iter().filter_map(|record| record.key).collect();
        assert!(found == keys, "{topic} holds other flights than those of the year's first {events} events");
    }
}

fn wait(what: &str, mut reached: impl FnMut() -> bool) {
    eventually(what, || reached().then_some(()));
}

/// The state of a replay that was paused; a tick may still be under way.
fn at_rest(replay: &ReplayHandle) -> ReplayState {
    eventually("the pause", || {
        let before = replay.state();
        std::thread::sleep(Duration::from_secs(1));
        (replay.state() == before).then_some(before)
    })
}

/// Sets the largest batch that a topic takes, by plain librdkafka. Its events stay older than any retention.
fn set_largest_batch(kafka: &Kafka, topic: &str, bytes: &str) {
    let client: AdminClient<DefaultClientContext> = kafka.client_config().create().unwrap();
    let settings = AlterConfig::new(ResourceSpecifier::Topic(topic));
    let settings = settings.set("retention.ms", "-1").set("max.message.bytes", bytes);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let done = runtime.block_on(client.alter_configs([&settings], &AdminOptions::new())).unwrap();
    done[0].as_ref().unwrap();
}

fn offset_at(cluster: &Cluster, topic: &str, from: &str) -> i64 {
    let range = RangeSpec {
        topics: vec![topic.into()],
        from: from.parse().unwrap(),
        to: Bound::End,
        partitions: None,
    };
    let slice = cluster.resolve(&range, &Cancel::new()).unwrap();
    slice.topics[0].partitions.iter().map(|range| range.start.0).sum()
}

#[test]
fn a_broker_killed_in_the_middle_of_the_year_costs_no_event_and_doubles_none() {
    let mut kafka = Kafka::start();
    let flights = Arc::new(Flights::decode().unwrap());
    let cluster = kafka.connect();
    let mut stream = EventStream::open(&cluster, flights.clone()).unwrap();
    stream.write_history(40_000, &Progress::new(), &Cancel::new()).unwrap();
    for round in 1..=3_usize {
        // The stream goes on writing while its broker goes and comes back.
        let until = 40_000 + round * 30_000;
        let writing = std::thread::spawn(move || {
            for place in (0..=until).step_by(1_000).filter(|place| *place > 40_000) {
                wait("the writer", || stream.write_until(place).is_ok());
            }
            stream
        });
        std::thread::sleep(Duration::from_millis(40 * round as u64));
        kafka.kill(1);
        kafka.start_again(1);
        stream = writing.join().unwrap();
        assert_eq!(stream.tally().events, until);
    }
    drop(stream);
    assert_each_event_once(&kafka, &flights, 130_000);
}

#[test]
fn a_broker_that_does_not_answer_for_a_while_doubles_no_event_and_holds_nobody_up() {
    let mut kafka = Kafka::start();
    let flights = Arc::new(Flights::decode().unwrap());
    let cluster = kafka.connect();
    let mut stream = EventStream::open(&cluster, flights.clone()).unwrap();
    stream.write_until(5_000).unwrap();

    // What is on the wire when the broker stops to answer lands when it goes on, after the call has given up.
    kafka.pause(1);
    for _ in 0..2 {
        assert!(stream.write_until(6_000).is_err());
        assert_eq!(stream.tally().events, 5_000);
    }
    kafka.resume(1);
    wait("the writer", || stream.write_until(6_000).is_ok());
    assert_eq!(stream.tally().events, 6_000);
    drop(stream);
    assert_each_event_once(&kafka, &flights, 6_000);

    // A replay says so soon, and ends when it is told to.
    let history = flights.before(Flights::LIVE_FROM);
    let mut stream = EventStream::open(&cluster, flights.clone()).unwrap();
    stream.write_history(history, &Progress::new(), &Cancel::new()).unwrap();
    let replay = Replay::start(stream, Speed::FASTEST, false).unwrap();
    wait("departures", || replay.handle().state().clock > Flights::LIVE_FROM);
    kafka.pause(1);
    wait("the problem", || replay.handle().state().problem.is_some());
    let began = Instant::now();
    drop(replay);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    kafka.resume(1);
}

#[test]
fn behind_a_record_that_is_refused_none_is_written_until_it_is_taken() {
    let kafka = Kafka::start_embedded();
    let flights = Arc::new(Flights::decode().unwrap());
    let cluster = kafka.connect();
    let mut stream = EventStream::open(&cluster, flights.clone()).unwrap();
    stream.write_until(5_000).unwrap();
    set_largest_batch(&kafka, FLIGHTS, "100");
    for _ in 0..3 {
        assert!(stream.write_until(9_000).is_err());
    }
    set_largest_batch(&kafka, FLIGHTS, "1000000");
    wait("the writer", || stream.write_until(9_000).is_ok());
    drop(stream);
    assert_each_event_once(&kafka, &flights, 9_000);
}

#[test]
fn a_stream_that_is_opened_again_goes_on_where_the_topics_end_and_times_are_found() {
    let kafka = Kafka::start_embedded();
    let cluster = kafka.connect();
    let flights = Arc::new(Flights::decode().unwrap());
    let sizes = [1, 2, 700, 701, 5_000, 5_003, 30_000];
    for events in sizes {
        let mut stream = EventStream::open(&cluster, flights.clone()).unwrap();
        stream.write_until(events).unwrap();
        let again = EventStream::open(&cluster, flights.clone()).unwrap();
        assert_eq!(again.tally(), stream.tally());
        let count = |moment| flights.events(0..events).filter(|event| event.moment == moment).count() as u64;
        let tally = (again.tally().departures, again.tally().arrivals);
        assert_eq!(tally, (count(Moment::Departure), count(Moment::Arrival)));
    }
    assert_each_event_once(&kafka, &flights, 30_000);

    let day: jiff::Timestamp = "2013-01-10T00:00:00Z".parse().unwrap();
    let before = |moment| {
        let earlier = flights.events(0..30_000).filter(|event| event.moment == moment);
        earlier.filter(|event| event.time().0 < day.as_millisecond()).count() as i64
    };
    assert_eq!(offset_at(&cluster, FLIGHTS, "2013-01-10T00:00:00Z"), before(Moment::Departure));
    assert_eq!(offset_at(&cluster, ARRIVED, "2013-01-10T00:00:00Z"), before(Moment::Arrival));
}

#[test]
fn the_replay_is_paused_and_hurried_while_it_runs_and_goes_on_after_a_restart() {
    let kafka = Kafka::start_embedded();
    let cluster = kafka.connect();
    let flights = Arc::new(Flights::decode().unwrap());
    let history = flights.before(Flights::LIVE_FROM);
    let mut stream = EventStream::open(&cluster, flights.clone()).unwrap();
    stream.write_history(history, &Progress::new(), &Cancel::new()).unwrap();

    let replay = Replay::start(stream, Speed::FASTEST, true).unwrap();
    let handle = replay.handle().clone();
    assert_eq!((handle.state().clock, handle.state().paused), (Flights::LIVE_FROM, true));
    handle.set_paused(false);
    let begun = handle.state().departures;
    wait("departures", || handle.state().departures > begun + 100);
    handle.set_paused(true);
    handle.set_speed(Speed::HOUR);
    let paused = at_rest(&handle);
    drop(replay);

    let stream = EventStream::open(&cluster, flights.clone()).unwrap();
    let tally = stream.tally();
    assert_eq!((tally.departures, tally.arrivals), (paused.departures, paused.arrivals));
    let replay = Replay::start(stream, Speed::FASTEST, false).unwrap();
    wait("more departures", || replay.handle().state().departures > paused.departures + 100);
    replay.handle().set_paused(true);
    let now = at_rest(replay.handle());
    drop(replay);
    let events = (now.departures + now.arrivals) as usize;
    assert_each_event_once(&kafka, &flights, events);
    let last = flights.event(events - 1).unwrap().time();
    assert!(last <= now.clock, "{last:?} {:?}", now.clock);
}

#[test]
fn the_year_ends_and_says_so() {
    let kafka = Kafka::start_embedded();
    let cluster = kafka.connect();
    let flights = Arc::new(Flights::decode().unwrap());
    let mut stream = EventStream::open(&cluster, flights.clone()).unwrap();
    stream.write_history(flights.len() - 50, &Progress::new(), &Cancel::new()).unwrap();
    let replay = Replay::start(stream, Speed::FASTEST, false).unwrap();
    wait("the end of the year", || replay.handle().state().ended);
    let state = replay.handle().state();
    assert_eq!((state.departures, state.arrivals), (336_776, 328_063));
    drop(replay);
    assert_each_event_once(&kafka, &flights, flights.len());
}

#[test]
fn a_workspace_of_another_cluster_is_told_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let options = DemoOptions { paused: true, ..DemoOptions::at(folder.path()) };
    let about = |name: &str| Workspace {
        connection: Some(ConnectionRef { name: name.into(), cluster_id: Some("elsewhere".into()) }),
        ..Workspace::default()
    };
    options.workspace().save(&about(CONNECTION)).unwrap();
    let refused = Demo::start(&options, &Progress::new(), &Cancel::new()).err().unwrap();
    assert!(refused.why.contains("it was made on cluster elsewhere"), "{refused}");
    let topics = std::fs::read_to_string(options.cluster().join("cluster.json")).unwrap();
    assert!(!topics.contains(FLIGHTS), "{topics}");

    // A workspace that its user took to a cluster of their own is no concern of the demo's.
    options.workspace().save(&about("plant")).unwrap();
    let demo = Demo::start(&options, &Progress::new(), &Cancel::new()).unwrap();
    assert_eq!(demo.replay().state().departures, 252_484);
    assert_eq!(options.workspace().connection(), about("plant").connection);
}
