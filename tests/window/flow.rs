//! The whole flow by pointer and keys, on a real Kafka and real flights: an address, a slice, a model, its versions,
//! predictions, and all of it again from the saved workspace.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, TryRecvError};

use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use forebay::app::Stage;
use forebay::data::{WriteRequest, write_file};
use forebay::jobs::{Cancel, Progress};
use forebay::kafka::Cluster;
use forebay::ui::format;
use polars::prelude::{ParquetReader, ParquetWriter, SerReader};

use crate::brokers::{Kafka, consumed};
use crate::harness::Window;

/// What is known of a flight at its scheduled departure, and the delay that is to be predicted.
const FIELDS: [&str; 9] =
    ["sched_dep_utc", "hour", "distance", "carrier", "origin", "temp", "wind_speed", "visib", "arr_delay"];
/// Flights in the topic before the window opens: nine days and a part of the tenth.
const EARLY: usize = 8_000;
/// Flights that arrive at a time while one version takes over from the other.
const ARRIVING: usize = 250;
const DAY: i64 = 86_400_000;

#[test]
fn from_an_address_to_a_model_that_is_replaced_while_it_scores() {
    let kafka = Kafka::start();
    let cluster = kafka.connect();
    let mut window = Window::open();
    let flights = part(window.folder.path(), 0, EARLY);
    write(&cluster, &flights);

    connect(&mut window, &kafka);
    read_a_slice(&mut window, &flights);
    prepare(&mut window);
    train(&mut window);
    publish(&mut window, "1", 1);
    promote(&mut window, 1);
    deploy(&mut window);
    publish(&mut window, "2", 2);
    let arrived = EARLY as u64 + change_over(&mut window, &cluster);
    assert_eq!(predictions_by_version(&kafka, arrived).into_keys().collect::<Vec<_>>(), [1, 2]);

    let mut window = save_and_open_again(window);
    everything_is_as_it_was(&mut window);
    go_on_scoring(&mut window, &cluster);
    predictions_by_version(&kafka, arrived + ARRIVING as u64);
}

/// So many flights from the first one on, in a file.
fn part(folder: &Path, first: usize, count: usize) -> PathBuf {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/flights/flights.parquet");
    let fields = FIELDS.map(str::to_owned).to_vec();
    let reader = ParquetReader::new(File::open(all).unwrap()).with_columns(Some(fields));
    let mut rows = reader.with_slice(Some((first, count))).finish().unwrap();
    let path = folder.join(format!("flights-from-{first}.parquet"));
    ParquetWriter::new(File::create(&path).unwrap()).finish(&mut rows).unwrap();
    path
}

/// Writes flights to the topic, in the order of their scheduled departure.
fn write(cluster: &Cluster, file: &Path) -> u64 {
    let request = WriteRequest {
        file: file.to_owned(),
        topic: "flights".into(),
        key: None,
        time: Some("sched_dep_utc".into()),
        partitions: 4,
        drop: Vec::new(),
    };
    write_file(cluster, &request, &Progress::new(), &Cancel::new()).unwrap().records
}

/// Scheduled departures of a file, in milliseconds.
fn departures(file: &Path) -> Vec<i64> {
    let rows = ParquetReader::new(File::open(file).unwrap()).finish().unwrap();
    let times = rows.column("sched_dep_utc").unwrap().as_materialized_series().datetime().unwrap().clone();
    times.physical().iter().flatten().collect()
}

fn connect(window: &mut Window, kafka: &Kafka) {
    window.button("New connection");
    window.fill("Name", "local");
    window.fill("Bootstrap servers", &kafka.bootstrap());
    assert!(window.is_on(Role::Button, "Connect"));
    window.ctrl(Key::Enter);
    window.wait_for("the check", |window| window.state().connection.catalogue.get().is_some());
    assert!(window.sees("connected") && !window.sees("failed"), "{:?}", window.texts());
    assert!(window.is_on(Role::Button, "Browse topics"));
    window.ctrl(Key::Enter);
    assert_eq!(window.state().stage, Stage::Browse);
}

fn read_a_slice(window: &mut Window, flights: &Path) {
    window.click(Role::ListBoxOption, "flights");
    window.wait_for("the timeline and the newest records", |window| {
        let browse = &window.state().browse;
        !browse.timeline.is_pending() && browse.timeline.get().is_some() && browse.page.get().is_some()
    });
    window.choose("Range by", "Offset");
    window.enter("From", "100");
    window.enter("To", "600");
    wait_for_plan(window, 2_000);
    assert!(window.sees("100") && window.sees("600"), "{:?}", window.texts());

    let times = departures(flights);
    let end = times[times.len() - 1] / DAY * DAY;
    let rows = times.iter().filter(|time| **time < end).count() as u64;
    let last_midnight = jiff::Timestamp::from_millisecond(end).unwrap().strftime("%Y-%m-%d %H:%M");
    window.choose("Range by", "Time");
    window.enter("From", "2013-01-01 00:00");
    window.enter("To", &last_midnight.to_string());
    wait_for_plan(window, rows);
    window.ctrl(Key::Enter);
    window.wait_for("the slice", |window| window.state().browse.frame.get().is_some());
    let frame = window.state().browse.frame.get().unwrap();
    assert_eq!((frame.rows() as u64, frame.rejected_total), (rows, 0));
    let digest = &frame.slice.digest()[..6];
    assert!(window.sees(&format!("Slice {digest} read")), "{:?}", window.texts());
}

/// Waits until the range holds so many records, and the window says so.
#[track_caller]
fn wait_for_plan(window: &mut Window, records: u64) {
    window.wait_for(&format!("a plan of {records} records"), |window| {
        !window.state().browse.plan.is_pending()
            && window.state().browse.plan.get().is_some_and(|plan| plan.offsets == records)
    });
    assert!(window.sees("Records") && window.sees(&format::integer(records)), "{:?}", window.texts());
}

fn prepare(window: &mut Window) {
    window.ctrl(Key::Num3);
    window.wait_for("the profile", |window| window.state().prepare.profile.get().is_some());
    assert!(window.named(Role::Row).iter().any(|row| row.starts_with("carrier str")), "{:?}", window.texts());
    window.button("Suggest steps");
    assert!(window.named(Role::ListItem).iter().any(|step| step.contains("One-hot: carrier, origin")));
    // The hour in New York is the hour in UTC less five: once is enough.
    window.button("Add step");
    window.click(Role::MenuItem, "Drop columns");
    window.button("Columns of the step");
    window.click(Role::MenuItemRadio, "hour");
    window.wait_for("steps that give features", |window| {
        window.state().prepare.outline.features.is_some() && !window.state().prepare.preview.is_pending()
    });
    window.button("Check");
    window.wait_for("the proof", |window| window.sees_part("Batch equals stream"));
    window.ctrl(Key::Enter);
    assert_eq!(window.state().stage, Stage::Train);
}

fn train(window: &mut Window) {
    window.choose("Target", "arr_delay");
    assert!(!window.has(Role::TextInput, "Above"), "minutes are a number, until told otherwise");
    window.click(Role::RadioButton, "Class");
    window.enter("Above", "15");
    window.button("Settings of Boosted trees");
    window.enter("Rounds of Boosted trees", "20");
    window.wait_for("the split", |window| {
        window.state().train.split.get().is_some_and(|split| split.truth.is_some())
            && window.offers("Train 2 learners")
    });
    window.ctrl(Key::Enter);
    window.wait_for("both runs", |window| window.state().runs().len() == 2);
    let leaderboard = window.named(Role::Row);
    assert!(leaderboard.iter().any(|row| row.starts_with("No skill baseline")), "{leaderboard:?}");
    for run in window.state().runs() {
        let (own, none) = (run.metrics.valid["roc_auc"], run.metrics.valid_baseline["roc_auc"]);
        assert!(own > none, "run {}: {own} is not above {none}", run.name);
    }
}

/// Publishes a run as the next version of model `late`.
fn publish(window: &mut Window, run: &str, version: u32) {
    window.go(Stage::Train);
    window.row(&format!("{run} "));
    window.button("Publish");
    if version == 1 {
        window.fill("Model", "late");
    }
    assert_eq!(window.value("Model"), "late", "the name of the earlier version is offered");
    window.press(Key::Enter);
    let published = format!("late@{version}");
    window.wait_for(&published, |window| {
        window.state().run(run).unwrap().published.as_ref() == Some(&published)
    });
}

/// Makes a version the champion in stage Models.
fn promote(window: &mut Window, version: u32) {
    window.ctrl(Key::Num5);
    window.wait_for("the version", |window| {
        window.state().models.chosen().is_some_and(|chosen| chosen.version == version)
    });
    let verb = format!("Promote {version} to champion");
    assert!(window.is_on(Role::Button, &verb));
    window.ctrl(Key::Enter);
    assert!(window.sees_part(&format!("becomes version {version}.")), "{:?}", window.texts());
    window.confirm(&verb);
    window.wait_for("the champion", |window| window.state().models.aliased("champion") == Some(version));
}

fn deploy(window: &mut Window) {
    window.ctrl(Key::Num6);
    window.ctrl(Key::Enter);
    window.wait_for("the model to be offered", |window| window.value("Model") == "late@champion");
    assert_eq!(window.value("Input topic"), "flights");
    window.fill("Output topic", "predictions");
    window.click(Role::RadioButton, "At the beginning");
    window.wait_for("the model to be found", |window| window.sees("late@champion is version 1"));
    window.ctrl(Key::Enter);
    wait_until_scored(window, EARLY as u64);
    assert!(window.sees("version 1"), "{:?}", window.texts());
}

/// Waits until so many records are scored and none rejected since the deployment was started, and the window says so.
#[track_caller]
fn wait_until_scored(window: &mut Window, records: u64) {
    window.wait_for(&format!("{records} scored records"), |window| {
        let counts = window.state().live.session().unwrap().snapshot.counts;
        assert_eq!(counts.rejected, 0, "{:?}", window.state().live.session().unwrap().snapshot.rejections);
        counts.scored >= records
    });
    let counts = window.state().live.session().unwrap().snapshot.counts;
    assert_eq!((counts.read, counts.scored), (records, records));
    assert!(window.sees("Scored") && window.sees(&format::integer(records)), "{:?}", window.texts());
}

/// Moves the champion to version 2 while flights arrive; says how many arrived.
fn change_over(window: &mut Window, cluster: &Cluster) -> u64 {
    let flights = &part(window.folder.path(), EARLY, ARRIVING);
    let arrived = std::thread::scope(|scope| {
        // Flights arrive until this end of the channel is gone, also where the test fails.
        let (more, ended) = mpsc::channel::<()>();
        let arriving = scope.spawn(move || {
            let mut arrived = 0;
            while ended.try_recv() == Err(TryRecvError::Empty) {
                arrived += write(cluster, flights);
            }
            arrived
        });
        promote(window, 2);
        window.ctrl(Key::Num6);
        window.wait_for("predictions of version 2", |window| {
            window.state().live.session().unwrap().snapshot.scored.iter().any(|record| record.version == 2)
        });
        drop(more);
        arriving.join().unwrap()
    });
    wait_until_scored(window, EARLY as u64 + arrived);
    assert!(
        window.sees("version 2") && window.sees_part("Version 2 took over from 1"),
        "{:?}",
        window.texts()
    );
    arrived
}

/// Counts, from outside, the predictions of each version; there must be one for each of so many records.
#[track_caller]
fn predictions_by_version(kafka: &Kafka, records: u64) -> BTreeMap<i64, usize> {
    let (mut versions, mut times) = (BTreeMap::new(), BTreeMap::new());
    for prediction in consumed(kafka, "predictions") {
        let prediction = prediction.json();
        let number = |pointer: &str| prediction.pointer(pointer).and_then(|value| value.as_i64()).unwrap();
        *versions.entry(number("/model/version")).or_default() += 1;
        *times.entry((number("/input/partition"), number("/input/offset"))).or_insert(0) += 1;
    }
    assert_eq!(times.len() as u64, records, "{versions:?}");
    assert!(times.values().all(|times| *times == 1));
    versions
}

fn save_and_open_again(mut window: Window) -> Window {
    window.button("Stop");
    window
        .wait_for("the end of the deployment", |window| !window.state().live.session().unwrap().is_active());
    window.ctrl(Key::S);
    let file = window.folder.path().join("delays.forebay");
    window.fill("Path", &file.display().to_string());
    window.press(Key::Enter);
    window.wait_for("the saved workspace", |window| !window.state().workspace.is_dirty());
    let saved = window.state().workspace.get().clone();

    let mut window =
        Window::open_in(window.close(), 1440.0, 900.0, |options| options.workspace = Some(file.clone()));
    window.wait_for("the cluster and its topic", |window| {
        window.state().connection.is_open() && window.state().browse.page.get().is_some()
    });
    assert_eq!(window.state().workspace.get(), &saved);
    assert_eq!((window.state().stage, window.state().workspace.is_dirty()), (Stage::Live, false));
    window
}

fn everything_is_as_it_was(window: &mut Window) {
    assert!(window.sees("late@champion does not run"), "{:?}", window.texts());
    window.go(Stage::Browse);
    let slice = window.state().workspace.get().slices[0].clone();
    wait_for_plan(window, slice.rows.unwrap());
    assert_eq!(window.state().browse.plan.get().unwrap().slice, slice.slice);
    window.ctrl(Key::Enter);
    window.wait_for("the slice", |window| window.state().browse.frame.get().is_some());
    assert_eq!(window.state().browse.frame.get().unwrap().content, slice.content);
    window.go(Stage::Prepare);
    assert!(window.named(Role::ListItem).iter().any(|step| step.contains("One-hot: carrier, origin")));
    window.go(Stage::Train);
    for part in ["Logistic regression", "Boosted trees", "late@1", "champion", "No skill"] {
        // Aliases come from the model topic.
        window.wait_for(part, |window| window.named(Role::Row).iter().any(|row| row.contains(part)));
    }
}

/// Deploys again: what was scored before is not scored twice.
fn go_on_scoring(window: &mut Window, cluster: &Cluster) {
    window.go(Stage::Live);
    window.ctrl(Key::Enter);
    let flights = part(window.folder.path(), EARLY, ARRIVING);
    assert_eq!(write(cluster, &flights), ARRIVING as u64);
    wait_until_scored(window, ARRIVING as u64);
}
