//! What stage Live says of labels: with some that came, some that are open and some that prove a prediction wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui::accesskit::Role;

use super::tests::deployed;
use crate::app::State;
use crate::app::commands::{Command, LiveCommand};
use crate::app::state::live::{DeploymentForm, Field};
use crate::data::LabelSpec;
use crate::live::{
    Actual, LiveLabelCounts, LiveLabels, LiveQuality, LiveSnapshot, QualityPoint, VersionQuality,
};
use crate::ui::testing::Window;

/// The time of the last of the three records that [`deployed`] scored.
const LAST: i64 = 1_387_118_000_000;

fn accuracy(value: f64) -> BTreeMap<String, f64> {
    BTreeMap::from([("accuracy".into(), value)])
}

fn spec() -> LabelSpec {
    LabelSpec::by_key("flights.arrived", "arr_delay", "24h")
}

fn labels() -> LiveLabels {
    let point = |time, value| QualityPoint { time, labelled: 2, version: 6, metrics: accuracy(value) };
    let window = LiveQuality {
        records: 1_000,
        versions: vec![5, 6],
        metrics: accuracy(0.934),
        no_skill: accuracy(0.785),
    };
    LiveLabels {
        spec: spec(),
        counts: LiveLabelCounts {
            predictions: 13_086,
            labelled: 12_502,
            waiting: 231,
            no_label: 353,
            ..LiveLabelCounts::default()
        },
        time: Some(LAST),
        lag: 0,
        held_bytes: 9_000,
        limit_bytes: 64_000_000,
        window,
        versions: vec![VersionQuality { version: 6, records: 8_123, wrong: 541, metrics: accuracy(0.9334) }],
        history: vec![point(LAST - 3_600_000, 0.94), point(LAST, 0.934)],
    }
}

/// A deployment that waits for labels: of three records the first came out as predicted, the second did not, the third is
/// open.
fn judged() -> State {
    let mut state = deployed(None);
    let session = state.live.sessions.values_mut().next().unwrap();
    session.request.labels = Some(spec());
    let snapshot = &mut session.snapshot;
    snapshot.labels = Some(Arc::new(labels()));
    came(snapshot, 106_735, Actual { text: "late".into(), wrong: Some(false) });
    came(snapshot, 106_736, Actual { text: "on time".into(), wrong: Some(true) });
    state
}

/// The window of [`judged`] with other labels.
fn judged_by(labels: LiveLabels) -> Window {
    let mut state = judged();
    state.live.sessions.values_mut().next().unwrap().snapshot.labels = Some(Arc::new(labels));
    Window::of(state)
}

fn came(snapshot: &mut LiveSnapshot, offset: i64, actual: Actual) {
    let record = snapshot.scored.iter_mut().find(|record| record.offset.0 == offset).unwrap();
    Arc::make_mut(record).actual = Some(actual);
}

/// The rows of the table of records.
fn rows(window: &Window) -> Vec<String> {
    window.texts().into_iter().filter(|text| text.contains(" 106,7")).collect()
}

#[test]
fn labels_are_counted_and_the_last_thousand_judge_the_model() {
    for (width, height) in [(1440.0, 900.0), (1024.0, 700.0)] {
        let window = Window::sized(judged(), width, height);
        for part in
            ["flights.arrived", "24 h", "12,502", "231", "353", "Accuracy 0.934 of 1,000", "no skill 0.785"]
        {
            window.sees(part);
        }
        window.sees("No label in 24 h");
        window.sees("last 1,000 labelled");
        window.sees("Quality over event time");
        window.sees("actual");
    }
    Window::of(judged()).sees("version 6");
}

#[test]
fn a_single_moment_makes_no_curve() {
    let window = judged_by(LiveLabels { history: labels().history.split_off(1), ..labels() });
    window.sees("Too few labels for a curve yet");
    window.sees("Accuracy 0.934 of 1,000");
}

#[test]
fn a_record_says_how_it_came_out_or_that_its_label_is_open() {
    let mut window = Window::of(judged());
    let of = |rows: &[String], offset: &str| rows.iter().find(|row| row.contains(offset)).cloned().unwrap();
    let shown = rows(&window);
    assert!(of(&shown, "106,736").contains("on time"), "{shown:?}");
    assert!(of(&shown, "106,737").contains("waiting"), "{shown:?}");
    let sent = window.click(Role::CheckBox, "Wrong only");
    assert!(matches!(sent.as_slice(), [Command::Live(LiveCommand::WrongOnly(true))]), "{sent:?}");
    window.state.borrow_mut().live.wrong_only = true;
    window.settle();
    let shown = rows(&window);
    assert!(shown.len() == 1 && shown[0].contains("106,736"), "{shown:?}");
}

#[test]
fn a_label_that_can_no_longer_come_is_not_waited_for() {
    let window = judged_by(LiveLabels { time: Some(LAST + 2 * 86_400_000), ..labels() });
    assert!(rows(&window).iter().any(|row| row.contains("106,737") && row.contains("no label")));
}

#[test]
fn before_the_first_label_it_says_so() {
    let window = judged_by(LiveLabels {
        window: LiveQuality::default(),
        versions: vec![],
        history: vec![],
        ..labels()
    });
    window.sees("No label has come yet");
    window.sees("Accuracy none no label yet");
}

#[test]
fn the_form_asks_for_labels_and_says_what_waiting_does() {
    let mut form = DeploymentForm::new("flights", None);
    form.set(Field::Model, "arrival-delay@champion".into());
    let mut state = State { stage: crate::app::Stage::Live, ..State::default() };
    state.live.form = Some(form);
    let mut window = Window::of(state);
    assert!(window.lacks("Label column"));
    let sent = window.click(Role::Switch, "Labels");
    assert!(matches!(sent.as_slice(), [Command::Live(LiveCommand::WantLabels(true))]), "{sent:?}");
    window.state.borrow_mut().live.form.as_mut().unwrap().want_labels(true);
    window.settle();
    window.sees("label topic: a topic is needed");
    for (field, text) in [(Field::LabelTopic, "flights.arrived"), (Field::LabelColumn, "arr_delay")] {
        window.state.borrow_mut().live.form.as_mut().unwrap().set(field, text.into());
    }
    window.settle();
    window.sees("Waits up to 24 h for the arr_delay of each prediction in flights.arrived");
}
