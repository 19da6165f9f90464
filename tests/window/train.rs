//! Stage Train on a slice in memory: set-up, runs, leaderboard, the sealed test part.

use std::sync::Arc;

use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use forebay::app::commands::browse::BrowseMessage;
use forebay::app::commands::{TrainCommand, WindowCommand, WorkspaceCommand};
use forebay::app::state::train::{EvaluationTab, Part};
use forebay::app::{Message, Stage};
use forebay::codec::{Field, Kind, Schema, meta};
use forebay::data::{Completeness, Frame};
use forebay::kafka::{Offset, PartitionId, PartitionRange, Slice, TopicSlice};
use forebay::learn::{RunFile, TaskKind};
use polars::prelude::{BinaryChunked, Column, DataFrame, DataType, IntoColumn, NewChunkedArray, TimeUnit};

use crate::harness::Window;

const ROWS: i64 = 900;

/// Flights of 900 minutes whose delay follows from distance, wind and carrier, with noise.
fn flights() -> Frame {
    let mut state = 7_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    let (mut distance, mut wind, mut carrier, mut delay) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROWS {
        let (far, blows, late) = (200.0 + 2_000.0 * draw(), 30.0 * draw(), draw() < 0.4);
        delay.push(blows - 0.005 * far + if late { 12.0 } else { 0.0 } + 4.0 * draw());
        distance.push(far);
        wind.push(blows);
        carrier.push(if late { "EV" } else { "UA" });
    }
    let times = Column::new(meta::TIMESTAMP.into(), (0..ROWS).map(|row| row * 60_000).collect::<Vec<_>>());
    let keys = BinaryChunked::from_iter_options(meta::KEY.into(), (0..ROWS).map(|_| None::<&[u8]>));
    let data = DataFrame::new(
        ROWS as usize,
        vec![
            Column::new(meta::PARTITION.into(), vec![0_i32; ROWS as usize]),
            Column::new(meta::OFFSET.into(), (0..ROWS).collect::<Vec<_>>()),
            times.cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap(),
            keys.into_column(),
            Column::new("distance".into(), distance),
            Column::new("wind".into(), wind),
            Column::new("carrier".into(), carrier),
            Column::new("arr_delay".into(), delay),
        ],
    )
    .unwrap();
    let field = |name: &str, kind| Field { name: name.into(), kind, nullable: false };
    let fields = vec![
        field("distance", Kind::Float),
        field("wind", Kind::Float),
        field("carrier", Kind::Text),
        field("arr_delay", Kind::Float),
    ];
    let partition = PartitionRange { partition: PartitionId(0), start: Offset(0), end: Offset(ROWS) };
    let topic = TopicSlice { topic: "flights".into(), topic_id: None, partitions: vec![partition] };
    Frame {
        data: Arc::new(data),
        schema: Arc::new(Schema { fields }),
        slice: Arc::new(Slice { cluster_id: "test".into(), topics: vec![topic] }),
        codec: "json".into(),
        rejected: Arc::default(),
        rejected_total: 0,
        tombstones: 0,
        filtered: 0,
        bytes: 0,
        content: Vec::new(),
        completeness: Completeness::Whole,
    }
}

/// A window on stage Train with the slice read and steps suggested.
fn window() -> Window {
    let mut window = Window::open();
    window.deliver(Message::Browse(BrowseMessage::Frame(Ok(flights()))));
    window.send(WindowCommand::Go(Stage::Train));
    window.wait_for(20, "the slice in time and its columns", |window| {
        let train = &window.state().train;
        train.facts.get().is_some() && train.preparation.is_some()
    });
    window
}

/// The same, to predict whether a flight is more than 8 minutes late.
fn late_or_not() -> Window {
    let mut window = window();
    window.click(Role::ComboBox, "Target");
    window.click(Role::MenuItemRadio, "arr_delay");
    window.click(Role::RadioButton, "Class");
    window.fill("Above", "8");
    window.press(Key::Enter);
    window.wait_for(20, "the split", |window| {
        window.state().train.split.get().is_some_and(|split| split.truth.is_some())
    });
    window
}

fn train_all(window: &mut Window, count: usize) {
    window.ctrl(Key::Enter);
    window.wait_for(60, "the runs", |window| window.state().runs().len() == count);
}

#[test]
fn runs_are_trained_ranked_on_validation_and_the_test_part_stays_sealed() {
    let mut window = late_or_not();
    assert!(!window.is_on(Role::CheckBox, "Ridge regression"));
    if !window.state().chosen_learners().iter().any(|learner| learner.kind() == "logistic-regression") {
        window.click(Role::CheckBox, "Logistic regression");
    }
    assert!(window.sees("Train 2 learners"), "{:?}", window.texts());
    assert_eq!(window.state().train.split.get().unwrap().rows, [630, 135, 135, 0, 0]);
    train_all(&mut window, 2);

    let best = window.state().runs().iter().map(|run| run.metrics.valid["roc_auc"]).fold(0.0, f64::max);
    assert!(best > 0.9, "{best}");
    assert!(window.sees_part("Boosted trees 100 rounds"), "{:?}", window.texts());
    assert!(window.sees_part("Logistic regression L2, C 1"), "{:?}", window.texts());
    assert!(window.sees_part("No skill baseline"), "{:?}", window.texts());

    assert!(!window.has(Role::RadioButton, "Test"));
    let chosen = window.state().train.chosen.clone().unwrap();
    window.button("Open test");
    assert!(window.state().run(&chosen).unwrap().test_opened);
    assert_eq!(window.state().train.part, Part::Test);
    assert!(window.has(Role::RadioButton, "Test"));
    let others = window.state().runs().iter().filter(|run| run.test_opened).count();
    assert_eq!(others, 1);
}

#[test]
fn a_run_repeats_to_the_same_digest_and_its_file_says_the_slice() {
    let mut window = late_or_not();
    train_all(&mut window, 1);
    window.send(TrainCommand::Tab(EvaluationTab::Lineage));
    window.button("Repeat run 1");
    window.wait_for(60, "the repeated run", |window| !window.state().train.repeats.is_empty());
    assert!(window.state().train.repeats["1"].is_same());
    assert!(window.sees("same metrics, same digest"), "{:?}", window.texts());

    let path = window.folder.path().join("run.toml");
    window.send(TrainCommand::SaveRunFileTo(path.clone()));
    window.wait_for(10, "the run file", |_| path.exists());
    let file = RunFile::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(file, window.state().runs()[0].file);
    assert_eq!(file.slice.range.topics, ["flights"]);
    assert!(!file.prepare.steps.is_empty());
}

#[test]
fn a_number_is_judged_by_its_residuals_and_a_deleted_run_comes_back_by_undo() {
    let mut window = window();
    window.send(TrainCommand::Target("arr_delay".into()));
    assert_eq!(window.state().training().task.as_ref().unwrap().kind, TaskKind::Regression);
    assert!(!window.is_on(Role::CheckBox, "Logistic regression"));
    window.send(TrainCommand::Choose("boosted-trees", false));
    window.wait_for(20, "the split", |window| {
        window.state().train.split.get().is_some_and(|split| split.truth.is_some())
    });
    train_all(&mut window, 1);
    let run = &window.state().runs()[0];
    assert!(run.metrics.valid["rmse"] < 0.5 * run.metrics.valid_baseline["rmse"]);
    assert!(window.sees("Residuals") && window.sees("True by predicted"), "{:?}", window.texts());

    window.send(TrainCommand::Delete("1".into()));
    assert!(window.state().runs().is_empty());
    window.send(WorkspaceCommand::Undo);
    assert_eq!(window.state().runs().len(), 1);
}

#[test]
fn what_cannot_be_trained_says_why() {
    let mut window = window();
    assert!(!window.is_on(Role::Button, "Train 0 learners"));
    window.send(TrainCommand::Target("carrier".into()));
    assert!(!window.is_on(Role::RadioButton, "Number"));
    window.fill("Gap", "soon");
    window.press(Key::Enter);
    assert!(window.sees_part("is not a span of time"), "{:?}", window.texts());
    assert_eq!(window.state().training().split.gap, "0s");
    window.fill("Gap", "20h");
    window.press(Key::Enter);
    window.wait_for(20, "the refused split", |window| window.state().train.split.problem().is_some());
    assert!(window.sees_part("no row is left for the"), "{:?}", window.texts());
}
