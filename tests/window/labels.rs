//! Labels that come later in another topic, from the step in Prepare to predictions that are judged in Live: flights that
//! depart in one topic and arrive in another.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use forebay::app::Stage;
use forebay::app::commands::{BrowseCommand, PrepareCommand, WindowCommand};
use forebay::app::state::prepare::LabelStanding;
use forebay::data::LabelCounts;

use crate::brokers::{Kafka, TestRecord};
use crate::harness::Window;
use crate::samples::MIDNIGHT;

const FLIGHTS: i64 = 600;
const QUARTER: i64 = 900_000;
const HOUR: i64 = 3_600_000;

/// Departures without their delay, and beside them a topic for arrivals, still empty.
fn departures(kafka: &Kafka) -> (String, String) {
    let topic = kafka.topic("flights", 2, &[]);
    let arrived = format!("{topic}.arrived");
    kafka.named_topic(&arrived, 2, &[]);
    depart(kafka, &topic, 0..FLIGHTS);
    (topic, arrived)
}

fn depart(kafka: &Kafka, topic: &str, flights: std::ops::Range<i64>) {
    let record = |number: i64| {
        let value = format!(
            r#"{{"carrier":"{}","distance":{},"dep_delay":{}.5}}"#,
            if number % 2 == 0 { "UA" } else { "EV" },
            100 + number % 900,
            if is_late(number) { 40 + number % 7 } else { number % 7 },
        );
        TestRecord::new(value)
            .key(format!("flight-{number}"))
            .at(departs(number))
            .partition((number % 2) as i32)
    };
    kafka.produce(topic, flights.map(record));
}

fn departs(number: i64) -> i64 {
    MIDNIGHT + number * QUARTER
}

fn is_late(number: i64) -> bool {
    number % 3 == 0
}

/// Every 20th flight never arrives, every 33rd after 30 hours; the others two hours after they departed, every 50th twice.
fn arrivals(flights: std::ops::Range<i64>) -> Vec<TestRecord> {
    let record = |(at, number): (i64, i64)| {
        let delay = if is_late(number) { 35 + number % 11 } else { number % 11 - 5 };
        TestRecord::new(format!(r#"{{"arr_delay":{delay}}}"#))
            .key(format!("flight-{number}"))
            .at(at)
            .partition((number % 2) as i32)
    };
    let of = |number: i64| {
        let after = if number % 33 == 0 { 30 * HOUR } else { 2 * HOUR };
        let times =
            [Some(departs(number) + after), (number % 50 == 1).then(|| departs(number) + after + HOUR)];
        times.into_iter().flatten().map(move |at| (at, number)).filter(|(_, number)| number % 20 != 0)
    };
    let mut arrivals: Vec<(i64, i64)> = flights.flat_map(of).collect();
    arrivals.sort_unstable();
    arrivals.into_iter().map(record).collect()
}

/// What the rule of [`arrivals`] comes to, within 24 hours; labels are read up to 24 hours after the last departure.
fn expected() -> LabelCounts {
    let count = |which: &dyn Fn(i64) -> bool| (0..FLIGHTS).filter(|number| which(*number)).count() as u64;
    let arrives = |number: i64| number % 20 != 0;
    let read = |at: i64| at <= departs(FLIGHTS - 1) + 24 * HOUR;
    let slow = |number: i64| number % 33 == 0;
    let late = |number: i64| arrives(number) && slow(number) && read(departs(number) + 30 * HOUR);
    let doubled = count(&|number| arrives(number) && number % 50 == 1 && !slow(number));
    let again_late = count(&|number| late(number) && number % 50 == 1 && read(departs(number) + 31 * HOUR));
    let matched = count(&|number| arrives(number) && !slow(number));
    LabelCounts {
        events: FLIGHTS as u64,
        matched,
        unmatched: FLIGHTS as u64 - matched,
        late_events: count(&late),
        labels: matched + doubled + count(&late) + again_late,
        used: matched,
        doubled,
        late: count(&late) + again_late,
        ..LabelCounts::default()
    }
}

/// A window on stage Prepare, with the departures read and an arrival for most of them.
fn window(kafka: &Kafka) -> (Window, String, String) {
    let (topic, arrived) = departures(kafka);
    kafka.produce(&arrived, arrivals(0..FLIGHTS));
    let mut window = Window::on(kafka);
    read(&mut window, &topic);
    window.send(WindowCommand::Go(Stage::Prepare));
    (window, topic, arrived)
}

fn read(window: &mut Window, topic: &str) {
    window.send(BrowseCommand::Open(topic.into()));
    window.send(BrowseCommand::WholeTopic);
    window.wait_for("the plan", |window| window.state().browse.plan.get().is_some());
    window.send(BrowseCommand::Read);
    window.wait_for("the slice", |window| !window.state().browse.frame.is_pending());
    window.wait_for("the columns", |window| {
        !window.state().prepare.profile.is_pending() && window.state().prepare.profile.get().is_some()
    });
}

/// Adds the step, of which topic and column are clear, and reads the labels.
fn join(window: &mut Window) {
    window.button("Add step");
    window.click(Role::MenuItem, "Join label");
    window.wait_for("the column", |window| {
        window.state().label_spec().is_some_and(|spec| spec.column == "arr_delay")
    });
    window.button("Join labels");
    joined(window);
}

#[track_caller]
fn joined(window: &mut Window) {
    window.wait_for("the labels", |window| counts(window).is_some());
    window.wait_for("the label's profile", |window| {
        let profile = &window.state().prepare.profile;
        !profile.is_pending()
            && profile.get().is_some_and(|all| all.iter().any(|one| one.name == "arr_delay"))
    });
}

fn counts(window: &Window) -> Option<LabelCounts> {
    match window.state().label_standing() {
        LabelStanding::Joined(labels) => Some(labels.counts),
        _ => None,
    }
}

#[test]
fn the_step_before_all_others_joins_labels_and_counts_what_became_of_them() {
    let (mut window, _, arrived) = window(Kafka::shared());
    window.button("Add step");
    window.click(Role::MenuItem, "Join label");
    window.wait_for("the column", |window| {
        window.state().label_spec().is_some_and(|spec| spec.column == "arr_delay")
    });
    let row = format!("Step 1, Join label: {arrived} by key, within 24 h");
    assert!(window.named(Role::ListItem).contains(&row), "{:?}", window.named(Role::ListItem));
    assert!(window.sees("1, fitted on train only") && window.sees_part(&format!("Reads {arrived} from")));
    assert!(!window.is_on(Role::Button, "Use in training"), "the labels are not read yet");

    window.button("Join labels");
    joined(&mut window);
    assert_eq!(counts(&window), Some(expected()));
    for part in ["In the slice", "600", "Without a label", "of them after 24 h", "Doubled", "Strays"] {
        assert!(window.sees(part), "no {part}: {:?}", window.texts());
    }
    let columns = window.named(Role::Row);
    assert!(
        columns.iter().any(|row| row.starts_with("arr_delay i64") && row.contains("label")),
        "{columns:?}"
    );
    window.wait_for("the rows with labels", |window| window.sees("After step 1"));
    assert!(window.has(Role::ColumnHeader, "arr_delay"), "{:?}", window.named(Role::ColumnHeader));

    window.ctrl(Key::Z);
    assert!(window.state().label_spec().is_none(), "the topic, its column and the step are one edit");
    assert!(window.sees("No steps yet"), "{:?}", window.texts());
    window.press_with(Modifiers::COMMAND | Modifiers::CTRL | Modifiers::SHIFT, Key::Z);
    assert_eq!(counts(&window), Some(expected()), "what was read is still there");
}

#[test]
fn columns_that_could_not_be_looked_up_are_looked_up_again() {
    let kafka = Kafka::shared();
    let (topic, arrived) = departures(kafka);
    let mut window = Window::on(kafka);
    read(&mut window, &topic);
    window.send(WindowCommand::Go(Stage::Prepare));
    kafka.delete_topic(&arrived);
    window.button("Add step");
    window.click(Role::MenuItem, "Join label");
    window.wait_for("the failure", |window| window.state().prepare.label.columns.problem().is_some());
    assert!(window.sees_part(&arrived) && window.offers("Copy details"), "{:?}", window.texts());

    kafka.named_topic(&arrived, 2, &[]);
    kafka.produce(&arrived, arrivals(0..FLIGHTS));
    window.button("Look again");
    window.wait_for("the column", |window| {
        window.state().label_spec().is_some_and(|spec| spec.column == "arr_delay")
    });
    window.button("Join labels");
    joined(&mut window);
}

#[test]
fn another_bound_is_another_join_and_a_wrong_one_changes_nothing() {
    let (mut window, _, _) = window(Kafka::shared());
    join(&mut window);
    window.enter("Within", "soon");
    assert!(window.sees("a length such as 24h or 2d"), "{:?}", window.texts());
    assert_eq!(counts(&window), Some(expected()));
    window.enter("Within", "48h");
    assert!(counts(&window).is_none() && window.offers("Join labels"), "{:?}", window.texts());
    window.button("Join labels");
    joined(&mut window);
    let all = (0..FLIGHTS).filter(|number| number % 20 != 0).count() as u64;
    assert_eq!(counts(&window).unwrap().matched, all, "those after 30 hours too");
    window.ctrl(Key::Z);
    assert!(counts(&window).is_none() && window.sees_part("within 24 h"), "{:?}", window.texts());
}

#[test]
fn labels_are_matched_by_fields_that_both_sides_have() {
    let (mut window, _, _) = window(Kafka::shared());
    join(&mut window);
    window.click(Role::RadioButton, "Fields");
    assert!(!window.offers("Join labels"), "no field is named");
    window.enter("Of the event", "tailnum");
    assert!(window.sees_part("the slice has no column tailnum"), "{:?}", window.texts());
    window.enter("Of the event", "carrier");
    window.button("Join labels");
    window.wait_for("the refusal", |window| window.offers("Copy details"));
    let problem = window.state().prepare.label.joined.problem().cloned().unwrap();
    assert!(window.sees(&problem.what) && !problem.next.is_empty(), "{problem}: {:?}", window.texts());
}

#[test]
fn the_labels_are_the_target_and_the_run_names_both_slices() {
    let (mut window, topic, arrived) = window(Kafka::shared());
    join(&mut window);
    window.send(PrepareCommand::Suggest);
    window.wait_for("features", |window| window.offers("Use in training"));
    let steps = window.named(Role::ListItem);
    assert!(steps[0].starts_with("Step 1, Join label") && steps[1].starts_with("Step 2, "), "{steps:?}");
    assert!(!steps[1..].iter().any(|step| step.contains("arr_delay")), "a label is no feature: {steps:?}");
    window.ctrl(Key::Enter);
    window.choose("Target", "arr_delay");
    window.click(Role::RadioButton, "Class");
    window.enter("Above", "15");
    window.click(Role::CheckBox, "Boosted trees");
    window.wait_for("the split", |window| window.offers("Train 1 learner"));
    let rows = window.state().train.split.get().unwrap().rows;
    assert_eq!(rows[4], expected().unmatched, "rows without a label have no target");
    window.ctrl(Key::Enter);
    window.wait_for("the run", |window| window.state().runs().len() == 1);
    let run = window.state().runs()[0].result.clone().unwrap();
    assert_eq!(run.label_counts, Some(expected()));
    assert_eq!(run.label_slice.as_ref().unwrap().topics[0].topic, arrived);
    assert!(run.valid.metrics["accuracy"] > 0.9, "{:?}", run.valid.metrics);
    window.click(Role::Tab, "Lineage");
    for part in [topic.as_str(), &arrived, "by key, within 24 h"] {
        assert!(window.sees(part), "no {part}: {:?}", window.texts());
    }
}

#[test]
fn a_slice_that_is_read_again_gets_its_labels_by_itself() {
    let (mut window, topic, _) = window(Kafka::shared());
    join(&mut window);
    depart(Kafka::shared(), &topic, FLIGHTS..FLIGHTS + 10);
    window.send(WindowCommand::Go(Stage::Browse));
    window.send(BrowseCommand::Refresh);
    window.send(BrowseCommand::ClearRange);
    read(&mut window, &topic);
    window
        .wait_for("the labels", |window| counts(window).is_some_and(|now| now.events == FLIGHTS as u64 + 10));
}
