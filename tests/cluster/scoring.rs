//! Live scoring against a real broker: nothing lost, nothing doubled, whatever happens meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use forebay::jobs::Cancel;
use forebay::kafka::Cluster;
use forebay::live::{Delivery, LiveSnapshot, LiveState, ScoreRequest, score};
use forebay::registry::Registry;

use crate::deployment::Deployment;
use crate::harness::{Consumed, Kafka, TestRecord, consumed, unique};
use crate::packages::{changed, publish, registry, sample, with_intercept};

/// An input topic, a model topic with one version that is champion, and a request that joins them.
pub fn prepared(kafka: &Kafka, partitions: i32) -> (Cluster, ScoreRequest) {
    let cluster = kafka.connect();
    let input = kafka.topic("flights", partitions, &[]);
    let request = ScoreRequest {
        model: "delay@champion".parse().unwrap(),
        model_topic: unique("models"),
        output: format!("{input}-predictions"),
        dead_letter: Some(format!("{input}-dead")),
        group: Some(format!("score-{input}")),
        input,
        delivery: Delivery::ExactlyOnce,
        from_beginning: true,
        until_end: true,
        instance: None,
        max_batch: 500,
        commit_ms: 50,
        labels: None,
    };
    let models = registry(&cluster, &request.model_topic);
    publish(&models, "delay", &sample());
    models.set_alias("delay", "champion", Some(1)).unwrap();
    (cluster, request)
}

fn flights(numbers: std::ops::Range<i64>, partitions: i32) -> impl Iterator<Item = TestRecord> {
    numbers.map(move |number| {
        let value =
            format!(r#"{{"dep_delay":{}.5,"distance":{},"carrier":"UA"}}"#, number % 60, 100 + number % 900);
        TestRecord::new(value)
            .key(format!("flight-{number}"))
            .at(1_000 * number)
            .partition(number as i32 % partitions)
    })
}

/// How often each input offset was predicted, by partition and offset.
fn predicted(predictions: &[Consumed]) -> BTreeMap<(i64, i64), usize> {
    let mut times = BTreeMap::new();
    for prediction in predictions {
        let value = prediction.json();
        let place =
            (value["input"]["partition"].as_i64().unwrap(), value["input"]["offset"].as_i64().unwrap());
        *times.entry(place).or_default() += 1;
    }
    times
}

fn assert_exactly_once(kafka: &Kafka, request: &ScoreRequest, records: usize) {
    let times = predicted(&consumed(kafka, &request.output));
    let doubled: Vec<_> = times.iter().filter(|(_, times)| **times != 1).take(5).collect();
    assert!(doubled.is_empty(), "predicted more than once: {doubled:?}");
    assert_eq!(times.len(), records);
}

#[test]
fn every_record_gets_one_prediction_with_its_key_in_its_partition() {
    let kafka = Kafka::shared();
    let (cluster, request) = prepared(kafka, 3);
    kafka.produce(&request.input, flights(0..3_000, 3));

    let (summary, snapshot) = Deployment::run(&cluster, &request);

    assert_eq!(
        (summary.read, summary.scored, summary.rejected, summary.versions),
        (3_000, 3_000, 0, vec![1])
    );
    assert_exactly_once(kafka, &request, 3_000);
    let predictions = consumed(kafka, &request.output);
    let first = predictions.iter().find(|record| record.key.as_deref() == Some(b"flight-4")).unwrap();
    let value = first.json();
    let late = 1.0 / (1.0 + f64::exp(-(0.1 * 4.5 + 0.001 * 104.0 - 1.5)));
    assert!((value["probabilities"]["true"].as_f64().unwrap() - late).abs() < 1e-12, "{value}");
    assert_eq!((&value["prediction"], &value["model"]["version"]), (&"false".into(), &1.into()));
    assert_eq!((first.partition, &value["input"]["timestamp"]), (1, &4_000.into()));

    assert_eq!(snapshot.state, LiveState::Stopped);
    assert_eq!(snapshot.scored.len(), LiveSnapshot::KEPT_RECORDS);
    assert_eq!(snapshot.bins.iter().map(|bin| bin.records).sum::<u64>(), 3_000);
    assert_eq!(snapshot.latency.records, 3_000);
    assert_eq!(Deployment::run(&cluster, &request).0.read, 0, "a second run goes on where the first ended");
}

#[test]
fn records_that_cannot_be_scored_go_to_the_dead_letter_topic_with_the_reason() {
    let kafka = Kafka::shared();
    let (cluster, request) = prepared(kafka, 1);
    let bad = |value: &str, key: &str| TestRecord::new(value).key(key).header("trace", "7").partition(0);
    kafka.produce(&request.input, flights(0..5, 1));
    kafka.produce(
        &request.input,
        [
            bad("not JSON", "a"),
            bad(r#"{"distance":5}"#, "b"),
            bad(r#"{"dep_delay":"soon","distance":5}"#, "c"),
            bad(r#"{"dep_delay":1.0,"distance":null}"#, "d"),
            TestRecord::tombstone("e").partition(0),
            bad(&format!("[{}]", "1,".repeat(440_000)), "f"),
        ],
    );
    kafka.produce(&request.input, flights(5..10, 1));

    let (summary, snapshot) = Deployment::run(&cluster, &request);

    assert_eq!((summary.read, summary.scored, summary.rejected), (16, 10, 6));
    let dead = consumed(kafka, request.dead_letter.as_ref().unwrap());
    assert_eq!(dead.len(), 6);
    let steps: Vec<&str> = dead.iter().map(|record| record.header("forebay.step")).collect();
    assert_eq!(steps, ["decode", "decode", "decode", "predict", "decode", "decode"]);
    assert!(dead[1].header("forebay.reason").contains("dep_delay"), "{:?}", dead[1]);
    assert!(dead[3].header("forebay.reason").contains("distance is missing"), "{:?}", dead[3]);
    assert_eq!((dead[0].value.as_deref(), dead[0].header("trace")), (Some(&b"not JSON"[..]), "7"));
    assert_eq!((dead[1].header("forebay.offset"), dead[1].header("forebay.model")), ("6", "delay@1"));
    assert_eq!(dead[4].value, None);
    assert_eq!(snapshot.rejections.len(), 6);
    assert_eq!(snapshot.counts.dead_lettered, 6);
}

#[test]
fn without_a_dead_letter_topic_rejections_are_counted_and_kept() {
    let kafka = Kafka::shared();
    let (cluster, mut request) = prepared(kafka, 1);
    request.dead_letter = None;
    request.delivery = Delivery::AtLeastOnce;
    kafka.produce(&request.input, [TestRecord::new("{").partition(0)]);
    kafka.produce(&request.input, flights(0..10, 1));

    let (summary, snapshot) = Deployment::run(&cluster, &request);

    assert_eq!((summary.read, summary.scored, summary.rejected), (11, 10, 1));
    assert_eq!((snapshot.rejections[0].offset.0, snapshot.rejections[0].step.as_str()), (0, "decode"));
    assert_exactly_once(kafka, &request, 10);
}

#[test]
fn moving_the_alias_swaps_the_version_without_a_stop_or_a_lost_record() {
    let kafka = Kafka::shared();
    let (cluster, mut request) = prepared(kafka, 2);
    request.until_end = false;
    let models = registry(&cluster, &request.model_topic);
    let deployment = Deployment::start(&cluster, &request);

    kafka.produce(&request.input, flights(0..500, 2));
    deployment.wait("the first 500", |snapshot| snapshot.counts.scored >= 500);
    // Another input schema: this version does not look at the distance.
    let narrower = changed(|parts| {
        for part in ["manifest", "pipeline"] {
            parts[part]["input"].as_array_mut().unwrap().pop();
        }
        parts["manifest"]["features"].as_array_mut().unwrap().pop();
        parts["pipeline"]["output"].as_array_mut().unwrap().pop();
        parts["model"]["features"].as_array_mut().unwrap().pop();
        parts["model"]["coefficients"][0].as_array_mut().unwrap().pop();
    });
    publish(&models, "delay", &narrower);
    models.set_alias("delay", "champion", Some(2)).unwrap();
    let mut sent = 500;
    while deployment.stats.snapshot().serving.is_none_or(|serving| serving.version == 1) {
        kafka.produce(&request.input, flights(sent..sent + 50, 2));
        sent += 50;
        assert!(sent < 100_000, "{:#?}", deployment.stats.snapshot());
    }
    kafka.produce(&request.input, flights(sent..sent + 500, 2));
    sent += 500;
    deployment.wait("the rest", |snapshot| snapshot.counts.scored >= sent as u64);

    let snapshot = deployment.stats.snapshot();
    assert_eq!((snapshot.swaps[0].from, snapshot.swaps[0].to), (1, 2));
    let summary = deployment.stop();
    assert_eq!((summary.scored, summary.versions), (sent as u64, vec![1, 2]));
    assert_exactly_once(kafka, &request, sent as usize);
}

#[test]
fn a_damaged_version_is_not_taken_and_the_old_one_goes_on() {
    let kafka = Kafka::shared();
    let (cluster, mut request) = prepared(kafka, 1);
    request.until_end = false;
    let models = registry(&cluster, &request.model_topic);
    publish(&models, "delay", &with_intercept(3.0));
    kafka.produce(&request.model_topic, [TestRecord::new("damage").key("delay/2/0").partition(0)]);
    let deployment = Deployment::start(&cluster, &request);
    deployment.wait("the start", |snapshot| snapshot.serving.is_some());

    kafka.produce(
        &request.model_topic,
        [TestRecord::new(r#"{"version":2}"#).key("delay@champion").partition(0)],
    );
    deployment.wait("the note", |snapshot| !snapshot.notes.is_empty());
    kafka.produce(&request.input, flights(0..20, 1));
    deployment.wait("the records", |snapshot| snapshot.counts.scored >= 20);

    let note = &deployment.stats.snapshot().notes[0].text;
    assert!(note.contains("damaged") && note.contains("version 1 goes on"), "{note}");
    assert_eq!(deployment.stop().versions, [1]);
}

/// xorshift: the schedule of faults follows from the seed.
struct Seed(u64);

impl Seed {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
fn members_that_are_overtaken_in_the_middle_of_a_transaction_leave_each_record_scored_once() {
    let kafka = Kafka::shared();
    let (cluster, mut request) = prepared(kafka, 2);
    request.until_end = false;
    request.instance = Some("one".into());
    request.max_batch = 100;
    kafka.produce(&request.input, flights(0..6_000, 2));
    let seed = 7_u64;
    let mut faults = Seed(seed);

    // A member with the same instance name takes the place of the one before, as after a SIGKILL: its transaction is ended
    // from outside, its offsets are refused.
    let mut overtaken = Vec::new();
    for _ in 0..8 {
        overtaken.push(Deployment::start(&cluster, &request));
        std::thread::sleep(Duration::from_millis(200 + faults.below(900)));
    }
    for deployment in overtaken {
        let _ = deployment.end();
    }
    kafka.produce(&request.input, flights(6_000..6_500, 2));
    request.until_end = true;
    Deployment::run(&cluster, &request);

    assert_exactly_once(kafka, &request, 6_500);
}

#[test]
fn a_broker_that_is_killed_and_comes_back_costs_no_record_and_doubles_none() {
    let mut kafka = Kafka::start();
    let (cluster, mut request) = prepared(&kafka, 2);
    request.until_end = false;
    let deployment = Deployment::start(&cluster, &request);
    kafka.produce(&request.input, flights(0..1_000, 2));
    deployment.wait("some", |snapshot| snapshot.counts.scored > 0);

    kafka.kill(1);
    std::thread::sleep(Duration::from_secs(1));
    kafka.start_again(1);
    kafka.produce(&request.input, flights(1_000..2_000, 2));
    deployment.wait("all", |snapshot| snapshot.counts.scored >= 2_000);

    let summary = deployment.stop();
    assert_eq!(summary.read, summary.scored);
    assert_exactly_once(&kafka, &request, 2_000);
}

#[test]
fn a_leader_that_goes_costs_no_record_and_doubles_none() {
    let mut kafka = Kafka::start_three();
    let (cluster, mut request) = prepared(&kafka, 2);
    request.until_end = false;
    let deployment = Deployment::start(&cluster, &request);
    kafka.produce(&request.input, flights(0..1_000, 2));
    deployment.wait("some", |snapshot| snapshot.counts.scored > 0);

    let leader = kafka.leader(&request.input, 0);
    kafka.kill(leader);
    kafka.produce(&request.input, flights(1_000..2_000, 2));
    deployment.wait("all", |snapshot| snapshot.counts.scored >= 2_000);

    let summary = deployment.stop();
    assert_eq!((summary.read, summary.scored), (2_000, 2_000));
    assert_exactly_once(&kafka, &request, 2_000);
}

#[test]
fn a_request_that_cannot_work_is_refused_with_the_reason() {
    let kafka = Kafka::shared();
    let (cluster, request) = prepared(kafka, 1);
    let refused = |change: fn(&mut ScoreRequest)| {
        let mut request = request.clone();
        change(&mut request);
        score(&cluster, &request, &Arc::default(), &Cancel::new()).unwrap_err().to_string()
    };
    assert!(refused(|request| request.output = request.input.clone()).contains("each of the topics"));
    assert!(refused(|request| request.input = "no-such-topic".into()).contains("no-such-topic"));
    assert!(
        refused(|request| request.model = "delay@challenger".parse().unwrap()).contains("delay@challenger")
    );
}
