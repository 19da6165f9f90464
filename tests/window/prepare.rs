//! Stage Prepare on a slice in memory: columns, steps and their forms, the table before and after, the proof.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use forebay::app::commands::browse::BrowseMessage;
use forebay::app::{Message, Stage};
use forebay::data::Frame;
use forebay::jobs::Problem;
use polars::prelude::{Column, NamedFrom, Series};

use crate::harness::Window;
use crate::samples;

/// Flights with gaps, a column that never changes and one that is different in each row.
fn flights() -> Frame {
    let wind = (0..300).map(|row| (row % 10 > 0).then_some(f64::from(row % 30)));
    samples::frame(vec![
        Column::new("distance".into(), (0..300).map(|row| f64::from(row * 7 % 90)).collect::<Vec<_>>()),
        Series::new("wind".into(), wind.collect::<Vec<_>>()).into(),
        Column::new("carrier".into(), (0..300).map(|row| ["UA", "EV", "DL"][row % 3]).collect::<Vec<_>>()),
        Column::new("year".into(), vec!["2013"; 300]),
        Column::new("tail".into(), (0..300).map(|row| format!("N{row}")).collect::<Vec<_>>()),
    ])
}

/// A window on stage Prepare with the columns looked at.
fn window() -> Window {
    let mut window = Window::open();
    window.go(Stage::Prepare);
    window.deliver(Message::Browse(BrowseMessage::Frame(Ok(flights()))));
    window.wait_for("the columns", |window| window.state().prepare.profile.get().is_some());
    window
}

/// The same, with the suggested steps.
fn suggested() -> Window {
    let mut window = window();
    window.button("Suggest steps");
    settled(&mut window);
    window
}

/// Waits until the table after the steps is there.
#[track_caller]
fn settled(window: &mut Window) {
    window.wait_for("the preview", |window| {
        let preview = &window.state().prepare.preview;
        !preview.is_pending() && preview.get().is_some()
    });
}

/// The steps as the list reads them, without their numbers.
fn steps(window: &Window) -> Vec<String> {
    let steps = window.named(Role::ListItem).into_iter();
    steps.filter_map(|step| step.split_once(", ").map(|(_, step)| step.to_owned())).collect()
}

const SUGGESTED: [&str; 4] =
    ["Drop columns: year, tail", "Fill missing: wind by median", "One-hot: carrier", "Scale: distance, wind"];

#[test]
fn a_slice_that_could_not_be_read_says_why_and_where_to_go() {
    let mut window = Window::open();
    window.go(Stage::Prepare);
    let problem =
        Problem::new("Reading flights", "Broker: Topic authorization failed", "Ask for the right to read it");
    window.deliver(Message::Browse(BrowseMessage::Frame(Err(problem))));
    for part in ["Reading flights", "Broker: Topic authorization failed", "Ask for the right to read it."] {
        assert!(window.sees(part), "{:?}", window.texts());
    }
    assert!(!window.is_on(Role::Button, "Use in training"));
    window.button("Go to Browse");
    assert_eq!(window.state().stage, Stage::Browse);
}

#[test]
fn columns_are_listed_with_what_is_wrong_and_a_step_that_mends_it() {
    let mut window = window();
    assert!(window.sees("No steps yet"), "{:?}", window.texts());
    assert!(window.sees("profile of all 300 rows") && window.sees("All 5"), "{:?}", window.texts());
    let columns = window.named(Role::Row);
    assert!(columns.iter().any(|row| row.starts_with("wind f64 10.00 % 27")), "{columns:?}");
    assert!(columns.iter().any(|row| row.starts_with("year") && row.contains("constant")), "{columns:?}");
    window.click(Role::RadioButton, "Warnings 2");
    window.row("tail str");
    window.button("Drop it");
    window.row("year str");
    window.button("Drop it");
    assert_eq!(steps(&window), ["Drop columns: tail, year"], "one step drops both");

    window.press(Key::Slash);
    assert_eq!(window.focused().as_deref(), Some("Search columns"));
    window.type_text("dist");
    assert!(window.sees("No such column"), "it has no warning: {:?}", window.texts());
    window.button("Show all columns");
    assert!(window.sees_part("distance f64"), "{:?}", window.texts());
}

#[test]
fn suggested_steps_give_features_that_stand_beside_the_rows_before() {
    let mut window = suggested();
    assert_eq!(steps(&window), SUGGESTED);
    assert!(
        window.sees("flights-features") && window.sees_part("or more features out"),
        "{:?}",
        window.texts()
    );
    assert!(window.sees("Before step 1") && window.sees("After step 4"), "{:?}", window.texts());
    assert!(window.has(Role::ColumnHeader, "carrier=DL") && window.has(Role::ColumnHeader, "tail"));

    window.click(Role::ListItem, "Step 1, Drop columns: year, tail");
    settled(&mut window);
    assert!(
        window.sees("After step 1") && !window.has(Role::ColumnHeader, "carrier=DL"),
        "{:?}",
        window.texts()
    );

    window.button("Check");
    window.wait_for("the proof", |window| window.sees("Batch equals stream, 300 rows"));
    window.ctrl(Key::Enter);
    assert_eq!(window.state().stage, Stage::Train);
}

#[test]
fn steps_are_moved_doubled_and_deleted_and_each_is_undone_by_its_name() {
    let mut window = suggested();
    let control = Modifiers::COMMAND | Modifiers::CTRL;
    window.click(Role::ListItem, "Step 2, Fill missing: wind by median");
    window.press_with(control | Modifiers::SHIFT, Key::ArrowUp);
    assert_eq!(steps(&window)[..2], ["Fill missing: wind by median", "Drop columns: year, tail"]);
    assert!(!window.is_on(Role::Button, "Move the step up"));
    window.button("Duplicate the step");
    window.button("Delete the step");
    let from = window.place(Role::ListItem, "Step 1, Fill missing: wind by median").center();
    let to = window.place(Role::ListItem, "Step 4, Scale: distance, wind").center();
    window.drag(from, to);
    assert_eq!(steps(&window).last().map(String::as_str), Some("Fill missing: wind by median"));

    for edit in ["Undo move step", "Undo delete step", "Undo add step fill missing", "Undo move step"] {
        assert!(window.is_on(Role::Button, edit), "{:?}", window.named(Role::Button));
        window.ctrl(Key::Z);
    }
    assert_eq!(steps(&window), SUGGESTED);
    window.ctrl(Key::Z);
    assert!(steps(&window).is_empty() && window.sees("No steps yet"));
    window.press_with(control | Modifiers::SHIFT, Key::Z);
    assert_eq!(steps(&window), SUGGESTED);
}

#[test]
fn the_form_of_a_step_changes_what_it_does() {
    let mut window = suggested();
    window.click(Role::ListItem, "Step 2, Fill missing: wind by median");
    window.choose("Fill with", "constant");
    window.enter("Value", "12.5");
    window.click(Role::Switch, "Indicator");
    settled(&mut window);
    assert_eq!(steps(&window)[1], "Fill missing: wind by constant");
    assert!(window.has(Role::ColumnHeader, "wind_missing"), "{:?}", window.named(Role::ColumnHeader));
    let first = window.state().prepare.preview.get().unwrap().after.clone().unwrap();
    assert_eq!(first.column("wind").unwrap().f64().unwrap().get(0), Some(12.5));

    window.click(Role::ListItem, "Step 3, One-hot: carrier");
    window.enter("At most", "2");
    settled(&mut window);
    let made = window.named(Role::ColumnHeader).into_iter().filter(|name| name.starts_with("carrier="));
    assert_eq!(made.count(), 2);
}

#[test]
fn a_step_that_is_not_right_says_so_and_holds_training_back() {
    let mut window = suggested();
    window.click(Role::ListItem, "Step 1, Drop columns: year, tail");
    window.button("Columns of the step");
    window.click(Role::MenuItemRadio, "wind");
    settled(&mut window);
    assert!(!window.is_on(Role::Button, "Use in training") && !window.is_on(Role::Button, "Check"));
    let problems = window.state().prepare.outline.steps[1].problems.clone();
    assert!(problems[0].why.contains("wind"), "{problems:?}");
    window.click(Role::ListItem, "Step 2, Fill missing: wind by median");
    settled(&mut window);
    assert!(window.sees(&problems[0].why) && window.sees("Nothing to show yet"), "{:?}", window.texts());
    window.ctrl(Key::Z);
    settled(&mut window);
    assert!(window.is_on(Role::Button, "Use in training"));
}

#[test]
fn a_step_of_each_kind_can_be_added() {
    let mut window = window();
    let kinds =
        ["Keep columns", "Drop columns", "Change type", "Fill missing", "One-hot", "Scale", "Date parts"];
    for (count, kind) in (1..).zip(kinds) {
        window.button("Add step");
        window.click(Role::MenuItem, kind);
        assert_eq!(steps(&window).len(), count);
        assert!(window.sees(&format!("Step {count}, {kind}")), "{:?}", window.texts());
        assert!(window.is_on(Role::Button, "Columns of the step"));
    }
}
