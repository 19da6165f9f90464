//! Stage Train on a slice in memory: set-up, runs, leaderboard, the sealed test part.

use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use forebay::app::commands::browse::BrowseMessage;
use forebay::app::commands::{TrainCommand, WindowCommand, WorkspaceCommand};
use forebay::app::state::train::{EvaluationTab, Part};
use forebay::app::{Message, Stage};
use forebay::learn::{RunFile, TaskKind};

use crate::harness::Window;
use crate::samples::flights;

/// A window on stage Train with the slice read and steps suggested.
fn window() -> Window {
    window_of(1440.0, 900.0)
}

fn window_of(width: f32, height: f32) -> Window {
    let mut window = Window::open_sized(width, height);
    window.deliver(Message::Browse(BrowseMessage::Frame(Ok(flights()))));
    window.send(WindowCommand::Go(Stage::Train));
    window.wait_for("the slice in time and its columns", |window| {
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
    window.wait_for("the split", |window| {
        window.state().train.split.get().is_some_and(|split| split.truth.is_some())
    });
    window
}

fn train_all(window: &mut Window, count: usize) {
    window.ctrl(Key::Enter);
    window.wait_for("the runs", |window| window.state().runs().len() == count);
}

#[test]
fn runs_are_trained_ranked_on_validation_and_the_test_part_stays_sealed() {
    let mut window = late_or_not();
    assert!(!window.is_on(Role::CheckBox, "Ridge regression"));
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
    window.click(Role::CheckBox, "Logistic regression");
    train_all(&mut window, 1);
    window.send(TrainCommand::Tab(EvaluationTab::Lineage));
    window.button("Repeat run 1");
    window.wait_for("the repeated run", |window| !window.state().train.repeats.is_empty());
    assert!(window.state().train.repeats["1"].is_same());
    assert!(window.sees("same metrics, same digest"), "{:?}", window.texts());

    let path = window.folder.path().join("run.toml");
    window.send(TrainCommand::SaveRunFileTo(path.clone()));
    window.wait_for("the run file", |_| path.exists());
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
    window.wait_for("the split", |window| {
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
    window.wait_for("the refused split", |window| window.state().train.split.problem().is_some());
    assert!(window.sees_part("no row is left for the"), "{:?}", window.texts());
}

#[test]
fn measures_stand_with_their_margins() {
    let mut window = late_or_not();
    window.click(Role::CheckBox, "Logistic regression");
    train_all(&mut window, 1);
    let run = &window.state().runs()[0];
    let margin = run.result.as_ref().unwrap().valid.margin("brier").unwrap();
    assert!(window.sees(&format!("± {margin:.4}")), "{:?}", window.texts());
    assert!(
        window.sees("predicted") && window.sees("above 8") && window.sees("up to 8"),
        "{:?}",
        window.texts()
    );
}

#[test]
fn in_a_narrow_window_the_set_up_is_a_drawer() {
    let mut window = window_of(1100.0, 760.0);
    assert!(!window.has(Role::ComboBox, "Target"));
    window.button("Show or hide the left panel");
    assert!(window.has(Role::ComboBox, "Target"), "{:?}", window.texts());
    window.click(Role::ComboBox, "Target");
    window.click(Role::MenuItemRadio, "arr_delay");
    assert!(window.has(Role::ComboBox, "Target"), "choosing in a menu of the drawer leaves it open");
    window.button("Show or hide the left panel");
    assert!(!window.has(Role::ComboBox, "Target"), "the button that opened it closes it");
}
