//! Labels that come while a deployment runs: what it says of its predictions is what the topics say afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use forebay::data::{LabelBy, LabelSpec};
use forebay::kafka::Cluster;
use forebay::live::{LiveLabels, LiveSnapshot, ScoreRequest};
use forebay::registry::Registry;
use polars::prelude::*;

use crate::deployment::Deployment;
use crate::harness::{Kafka, TestRecord, consumed, unique};
use crate::packages::{publish, registry, with_intercept};
use crate::scoring::prepared;

const HOUR: i64 = 3_600_000;
const WITHIN: i64 = 24 * HOUR;

/// A departure, and its arrival where there is one.
#[derive(Clone, Debug)]
struct Flight {
    number: usize,
    departs: i64,
    dep_delay: Option<f64>,
    distance: f64,
    arrives: Option<i64>,
    arr_delay: Option<i64>,
}

/// The first flights of 2013.
fn flights(count: usize) -> Vec<Flight> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/flights/flights.parquet");
    let data = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap().head(Some(count));
    let column = |name: &str| -> Vec<Option<f64>> {
        data.column(name).unwrap().cast(&DataType::Float64).unwrap().f64().unwrap().iter().collect()
    };
    let time = |name: &str| -> Vec<Option<i64>> {
        data.column(name).unwrap().cast(&DataType::Int64).unwrap().i64().unwrap().iter().collect()
    };
    let (departs, arrives) = (time("sched_dep_utc"), time("arr_utc"));
    let (dep_delay, arr_delay, distance) = (column("dep_delay"), column("arr_delay"), column("distance"));
    let flight = |number: usize| Flight {
        number,
        departs: departs[number].unwrap(),
        dep_delay: dep_delay[number],
        distance: distance[number].unwrap(),
        arrives: arrives[number],
        arr_delay: arr_delay[number].map(|delay| delay as i64),
    };
    (0..data.height()).map(flight).collect()
}

/// Kafka with an input topic, labels in another number of partitions, and a model.
struct Scene {
    kafka: &'static Kafka,
    cluster: Cluster,
    request: ScoreRequest,
    labels: String,
}

impl Scene {
    fn new(kafka: &'static Kafka) -> Self {
        let labels = kafka.topic("arrived", 2, &[]);
        let (cluster, request) = prepared(kafka, 3);
        let request = ScoreRequest {
            dead_letter: None,
            max_batch: 700,
            commit_ms: 20,
            labels: Some(LabelSpec::by_key(&labels, "arr_delay", "24h")),
            ..request
        };
        publish(&registry(&cluster, &request.model_topic), "delay", &with_intercept(-1.0));
        Self { kafka, cluster, request, labels }
    }

    fn serve(&self, version: u32) {
        registry(&self.cluster, &self.request.model_topic)
            .set_alias("delay", "champion", Some(version))
            .unwrap();
    }

    fn depart(&self, flights: &[Flight]) {
        let record = |flight: &Flight| {
            let delay = flight.dep_delay.map_or("null".into(), |delay| delay.to_string());
            let (distance, number) = (flight.distance, flight.number);
            TestRecord::new(format!(r#"{{"dep_delay":{delay},"distance":{distance},"flight":{number}}}"#))
                .key(format!("flight-{}", flight.number))
                .at(flight.departs)
                .partition((flight.number % 3) as i32)
        };
        self.kafka.produce(&self.request.input, flights.iter().map(record));
    }

    /// Arrivals; some twice, some a day late, some of flights that there are not, some that cannot be read.
    fn arrive(&self, flights: &[Flight]) {
        self.arrive_within(flights, i64::MIN..i64::MAX);
    }

    /// Those whose label comes in that time.
    fn arrive_within(&self, flights: &[Flight], time: std::ops::Range<i64>) {
        let mut labels = Vec::new();
        let mut label = |number: usize, time: i64, value: String| {
            labels.push((time, number, value));
        };
        for flight in flights {
            let Some(time) = flight.arrives else { continue };
            let delay = flight.arr_delay.map_or("null".into(), |delay| delay.to_string());
            let value = format!(r#"{{"arr_delay":{delay},"of":{}}}"#, flight.number);
            match flight.number % 40 {
                3 => label(flight.number, time + 25 * HOUR, value),
                7 => {
                    label(flight.number, time, value);
                    label(flight.number, time + 60_000, r#"{"arr_delay":999}"#.into());
                }
                11 => {
                    label(flight.number, time, value.clone());
                    label(flight.number + 1_000_000, time, value);
                }
                13 => label(flight.number, time, "{".into()),
                _ => label(flight.number, time, value),
            }
        }
        labels.retain(|(at, ..)| time.contains(at));
        labels.sort();
        let record = |(time, number, value): (i64, usize, String)| {
            TestRecord::new(value).key(format!("flight-{number}")).at(time).partition((number % 2) as i32)
        };
        self.kafka.produce(&self.labels, labels.into_iter().map(record));
    }

    fn run(&self) -> (LiveSnapshot, Arc<LiveLabels>) {
        let (_, snapshot) = Deployment::run(&self.cluster, &self.request);
        let labels = snapshot.labels.clone().unwrap();
        assert_adds_up(&labels);
        (snapshot, labels)
    }

    /// What the topics say: for each labelled prediction its version, the probability of the second class, and whether that
    /// came out. Joined by polars.
    fn afterwards(&self) -> Vec<(u32, f64, bool)> {
        let (mut keys, mut times, mut versions, mut late) = (vec![], vec![], vec![], vec![]);
        for prediction in consumed(self.kafka, &self.request.output) {
            let value = prediction.json();
            keys.push(String::from_utf8(prediction.key.unwrap()).unwrap());
            times.push(value["input"]["timestamp"].as_i64().unwrap());
            versions.push(value["model"]["version"].as_u64().unwrap() as u32);
            late.push(value["probabilities"]["true"].as_f64().unwrap());
        }
        let row: Vec<u32> = (0..keys.len() as u32).collect();
        let predictions =
            df!("key" => keys, "time" => times, "version" => versions, "late" => late, "row" => row).unwrap();
        let (mut keys, mut comes, mut delays) = (vec![], vec![], vec![]);
        for label in consumed(self.kafka, &self.labels) {
            let Ok(value) = serde_json::from_slice::<serde_json::Value>(&label.value.unwrap()) else {
                continue;
            };
            keys.push(String::from_utf8(label.key.unwrap()).unwrap());
            comes.push(label.timestamp);
            delays.push(value["arr_delay"].as_i64());
        }
        let labels = df!("key" => keys, "comes" => comes, "delay" => delays).unwrap();
        let pairs = predictions.inner_join(&labels, ["key"], ["key"]).unwrap();
        let waited = (pairs.column("comes").unwrap() - pairs.column("time").unwrap()).unwrap();
        let waited = waited.i64().unwrap();
        let in_time = pairs.filter(&(&waited.gt_eq(0) & &waited.lt_eq(WITHIN))).unwrap();
        let sorted = in_time.sort(["comes"], SortMultipleOptions::default()).unwrap();
        let first =
            sorted.unique_impl(true, Some(vec!["row".into()]), UniqueKeepStrategy::First, None).unwrap();
        let versions = first.column("version").unwrap().u32().unwrap().into_no_null_iter();
        let late = first.column("late").unwrap().f64().unwrap().into_no_null_iter();
        let delays = first.column("delay").unwrap().i64().unwrap().iter();
        let known = versions
            .zip(late)
            .zip(delays)
            .filter_map(|((version, late), delay)| Some((version, late, delay? > 15)));
        known.collect()
    }
}

fn assert_adds_up(labels: &LiveLabels) {
    let counts = labels.counts;
    assert_eq!(
        counts.predictions,
        counts.labelled + counts.waiting + counts.no_label + counts.given_up + counts.without_key
    );
    let others = counts.labels_without_key + counts.rejected + counts.tombstones;
    assert_eq!(
        counts.labels,
        counts.used + counts.doubled + counts.late + counts.strays + counts.early + others
    );
}

/// What each version says of itself is what the topics say.
fn assert_same(labels: &LiveLabels, afterwards: &[(u32, f64, bool)]) {
    let versions: BTreeSet<u32> = afterwards.iter().map(|(version, ..)| *version).collect();
    assert_eq!(labels.versions.iter().map(|quality| quality.version).collect::<BTreeSet<_>>(), versions);
    for quality in &labels.versions {
        let rows: Vec<_> = afterwards.iter().filter(|(version, ..)| *version == quality.version).collect();
        let wrong = rows.iter().filter(|(_, late, truth)| (*late > 0.5) != *truth).count();
        assert_eq!((quality.records, quality.wrong), (rows.len() as u64, wrong as u64));
        let accuracy = 1.0 - wrong as f64 / rows.len() as f64;
        let loss = |(_, late, truth): &&(u32, f64, bool)| -(if *truth { *late } else { 1.0 - late }).ln();
        let log_loss = rows.iter().map(loss).sum::<f64>() / rows.len() as f64;
        println!(
            "version {}: {} labelled, accuracy {accuracy}, log loss {log_loss}",
            quality.version,
            rows.len()
        );
        assert!((quality.metrics["accuracy"] - accuracy).abs() < 1e-12);
        assert!((quality.metrics["log_loss"] - log_loss).abs() < 1e-9);
    }
}

/// Average precision by its definition: the precision at each distinct score, weighted by the recall that it adds.
fn average_precision(rows: &[(u32, f64, bool)]) -> f64 {
    let positives = rows.iter().filter(|(.., truth)| *truth).count() as f64;
    let scores: BTreeSet<u64> = rows.iter().map(|(_, late, _)| late.to_bits()).collect();
    let mut before = 0.0;
    let mut area = 0.0;
    for score in scores.iter().rev().map(|bits| f64::from_bits(*bits)) {
        let taken = || rows.iter().filter(|(_, late, _)| *late >= score);
        let hits = taken().filter(|(.., truth)| *truth).count() as f64;
        area += (hits - before) / positives * hits / taken().count() as f64;
        before = hits;
    }
    area
}

#[test]
fn what_is_said_while_it_runs_is_what_the_topics_say_afterwards() {
    let scene = Scene::new(Kafka::shared());
    let flights = flights(9_000);
    scene.depart(&flights);
    scene.arrive(&flights);
    let (snapshot, labels) = scene.run();

    let afterwards = scene.afterwards();
    assert_same(&labels, &afterwards);
    let counts = labels.counts;
    assert_eq!(counts.predictions, snapshot.counts.scored);
    assert_eq!(counts.labelled, afterwards.len() as u64 + counts.without_value);
    assert!(
        counts.doubled > 100 && counts.late > 100 && counts.strays > 100 && counts.rejected > 100,
        "{counts:?}"
    );
    assert_eq!((labels.lag, counts.given_up, counts.without_key), (0, 0, 0));
    let bins = |of: fn(&forebay::live::TimeBin) -> u64| snapshot.bins.iter().map(of).sum::<u64>();
    assert_eq!(bins(|bin| bin.labelled), afterwards.len() as u64);
    assert_eq!(bins(|bin| bin.open), counts.waiting);
    let wrong = afterwards.iter().filter(|(_, late, truth)| (*late > 0.5) != *truth).count() as u64;
    assert_eq!(bins(|bin| bin.wrong), wrong);
    assert!(snapshot.scored.iter().any(|record| record.actual.is_some()));
    let last = labels.history.last().unwrap();
    assert!(last.labelled > 8_000 && last.metrics.contains_key("accuracy"), "{last:?}");
}

#[test]
fn the_window_of_the_last_labels_has_the_metrics_of_training() {
    let scene = Scene::new(Kafka::shared());
    let flights = flights(900);
    scene.depart(&flights);
    scene.arrive(&flights);
    let (_, labels) = scene.run();

    let afterwards = scene.afterwards();
    let window = &labels.window;
    assert_eq!((window.records, window.versions.as_slice()), (afterwards.len() as u64, &[1][..]));
    let share = |count: usize| count as f64 / afterwards.len() as f64;
    let right = afterwards.iter().filter(|(_, late, truth)| (*late > 0.5) == *truth).count();
    assert!((window.metrics["accuracy"] - share(right)).abs() < 1e-12);
    assert!((window.metrics["average_precision"] - average_precision(&afterwards)).abs() < 1e-9);
    let on_time = afterwards.iter().filter(|(.., truth)| !truth).count();
    assert!((window.no_skill["accuracy"] - share(on_time)).abs() < 1e-12);
}

#[test]
fn predictions_of_before_a_restart_are_judged_when_their_labels_come() {
    let mut scene = Scene::new(Kafka::shared());
    let flights = flights(4_000);
    // Three days and more, of which some labels come after the restart; another version scores by then.
    let border = flights[2_500].departs;
    scene.depart(&flights[..2_500]);
    scene.arrive_within(&flights, i64::MIN..border);
    let (_, before) = scene.run();
    assert!(before.counts.waiting > 100, "{:?}", before.counts);

    scene.serve(2);
    scene.depart(&flights[2_500..]);
    scene.arrive_within(&flights, border..i64::MAX);
    let (snapshot, labels) = scene.run();

    assert_eq!(snapshot.counts.scored, labels.counts.predictions - labels.counts.recovered);
    assert!(labels.counts.recovered >= before.counts.waiting);
    // What is recovered goes back as far as labels can still come; those are judged once more.
    let afterwards = scene.afterwards();
    let of_version = |version| afterwards.iter().filter(move |row| row.0 == version).count() as u64;
    let of = |version: u32| labels.versions.iter().find(|quality| quality.version == version).unwrap();
    assert_eq!(of(2).records, of_version(2));
    assert!(of(1).records > before.counts.waiting && of(1).records < of_version(1));
    let waiting: BTreeMap<u32, u64> =
        labels.versions.iter().map(|quality| (quality.version, quality.wrong)).collect();
    assert!(waiting[&1] > 0);

    // Predictions that are found are not judged where labels are found by fields.
    scene.request.labels = Some(LabelSpec {
        by: LabelBy::Fields { event: vec!["flight".into()], label: vec!["of".into()] },
        ..scene.request.labels.unwrap()
    });
    let (snapshot, labels) = scene.run();
    assert_eq!(labels.counts.predictions, 0);
    assert!(snapshot.notes.iter().any(|note| note.text.contains("are not judged")), "{:?}", snapshot.notes);
}

#[test]
fn labels_are_found_by_fields_that_the_model_does_not_read() {
    let mut scene = Scene::new(Kafka::shared());
    let flights = flights(2_000);
    scene.depart(&flights);
    scene.arrive(&flights);
    scene.request.labels = Some(LabelSpec {
        by: LabelBy::Fields { event: vec!["flight".into()], label: vec!["of".into()] },
        ..scene.request.labels.clone().unwrap()
    });
    let (_, labels) = scene.run();
    // The doubled ones name no flight.
    assert!(labels.counts.labels_without_key > 0);
    assert_same(&labels, &scene.afterwards());
}

#[test]
fn a_swap_parts_the_versions_and_a_label_topic_that_comes_later_is_waited_for() {
    let mut scene = Scene::new(Kafka::shared());
    let labels = unique("arrived-later");
    scene.request.labels = Some(LabelSpec::by_key(&labels, "arr_delay", "24h"));
    scene.request.until_end = false;
    scene.labels = labels.clone();
    let flights = flights(3_000);
    let deployment = Deployment::start(&scene.cluster, &scene.request);
    scene.depart(&flights[..1_500]);
    deployment.wait("the first half", |snapshot| snapshot.counts.scored >= 1_400);
    deployment
        .wait("a note", |snapshot| snapshot.notes.iter().any(|note| note.text.contains("does not exist")));
    scene.serve(2);
    deployment.wait("version 2", |snapshot| snapshot.serving.is_some_and(|serving| serving.version == 2));
    scene.depart(&flights[1_500..]);
    let scored = flights.iter().filter(|flight| flight.dep_delay.is_some()).count() as u64;
    deployment.wait("the rest", |snapshot| snapshot.counts.scored >= scored);
    scene.kafka.named_topic(&labels, 2, &[]);
    scene.arrive(&flights);
    let expected = scene.afterwards().len() as u64;
    deployment.wait("the labels", |snapshot| {
        snapshot.labels.as_ref().is_some_and(|labels| labels.counts.labelled >= expected && labels.lag == 0)
    });
    let stats = deployment.stats.clone();
    deployment.stop();
    let labels = stats.snapshot().labels.unwrap();
    assert_adds_up(&labels);
    assert_same(&labels, &scene.afterwards());
}
