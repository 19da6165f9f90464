//! Stage Browse on a real topic: search, range, records, one record in full, the slice and what is done with it.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, pos2};
use forebay::app::Stage;
use forebay::app::state::browse::RangeBy;
use forebay::data::import;
use forebay::kafka::{Bound, EventTime};
use serde_json::json;

use crate::brokers::{Kafka, TestRecord};
use crate::harness::Window;
use crate::samples;

/// Two days of flights.
const FLIGHTS: i64 = 192;
const DAY: i64 = 86_400_000;
const MIDNIGHT: i64 = samples::MIDNIGHT;

/// A window in which a topic is open, with its timeline and its newest records.
fn opened(topic: &str) -> Window {
    let mut window = Window::on(Kafka::shared());
    window.go(Stage::Browse);
    window.click(Role::ListBoxOption, topic);
    window.wait_for("the topic", |window| {
        let browse = &window.state().browse;
        let looked_up = !browse.timeline.is_pending() && !browse.page.is_pending();
        looked_up && browse.timeline.get().is_some() && browse.page.get().is_some()
    });
    window
}

/// Waits until the range holds so many records.
#[track_caller]
fn planned(window: &mut Window, records: u64) {
    window.wait_for(&format!("{records} planned records"), |window| {
        let browse = &window.state().browse;
        let settled = !browse.plan.is_pending() && !browse.page.is_pending();
        settled && browse.plan.get().is_some_and(|plan| plan.offsets == records)
    });
}

#[test]
fn without_a_topic_or_a_range_it_says_how_to_choose_one() {
    let topic = samples::topic(Kafka::shared(), 1);
    let mut window = Window::on(Kafka::shared());
    window.go(Stage::Browse);
    assert!(window.sees("No topic open"), "{:?}", window.texts());
    assert!(!window.is_on(Role::Button, "Read slice"));
    let mut window = opened(&topic);
    assert!(window.sees("No range chosen"), "{:?}", window.texts());
    assert!(window.sees("newest 1") && window.sees("No record chosen"), "{:?}", window.texts());
    window.button("Whole topic");
    planned(&mut window, 1);
    assert!(window.is_on(Role::Button, "Read slice"));
}

#[test]
fn a_topic_is_found_by_slash_and_a_few_letters() {
    let topic = samples::topic(Kafka::shared(), 1);
    let mut window = Window::on(Kafka::shared());
    window.go(Stage::Browse);
    window.press(Key::Slash);
    assert_eq!(window.focused().as_deref(), Some("Search topics"));
    window.type_text(&topic[4..]);
    let internal = |name: &String| name.contains("internal");
    let found = window.options().into_iter().filter(|name| !internal(name)).collect::<Vec<_>>();
    assert_eq!(found, std::slice::from_ref(&topic));
    window.fill("Search topics", "nothing has this name");
    assert!(window.sees("No topic has this in its name."), "{:?}", window.texts());

    window.ctrl(Key::K);
    window.type_text(&format!("#{topic}"));
    window.press(Key::Enter);
    assert_eq!(window.state().browse.topic, Some(topic));
}

#[test]
fn a_range_is_brushed_moved_by_arrows_and_undone() {
    let mut window = opened(&samples::topic(Kafka::shared(), FLIGHTS));
    let timeline = window.place(Role::Canvas, "Records over time");
    let at = |share: f32| pos2(timeline.left() + share * timeline.width(), timeline.center().y);
    window.drag(at(0.02), at(0.51));
    let first_day = Some((EventTime(MIDNIGHT), EventTime(MIDNIGHT + DAY)));
    assert_eq!(window.state().browse.range.times(), first_day);
    assert_eq!(
        (window.value("From"), window.value("To")),
        ("2013-01-01 00:00".into(), "2013-01-02 00:00".into())
    );
    planned(&mut window, 96);

    window.drag(at(0.25), at(0.75));
    assert_eq!(window.value("From"), "2013-01-02 00:00", "dragged as a whole by half the plot, a day");
    window.click(Role::Canvas, "Records over time");
    window.press(Key::ArrowLeft);
    assert_eq!(window.state().browse.range.times(), first_day);
    window.press_with(Modifiers::SHIFT, Key::ArrowRight);
    planned(&mut window, FLIGHTS as u64);
    window.click(Role::RadioButton, "hour");
    window.click(Role::Canvas, "Records over time");
    window.press(Key::ArrowRight);
    assert_eq!(window.value("From"), "2013-01-01 01:00");

    for from in ["2013-01-01 00:00", "2013-01-01 00:00", "2013-01-02 00:00", "2013-01-01 00:00", ""] {
        window.ctrl(Key::Z);
        assert_eq!(window.value("From"), from);
    }
    assert!(!window.is_on(Role::Button, "Undo"));
    window.press_with(Modifiers::COMMAND | Modifiers::CTRL | Modifiers::SHIFT, Key::Z);
    assert_eq!(window.state().browse.range.times(), first_day);
    planned(&mut window, 96);
}

#[test]
fn an_end_that_is_wrong_is_told_at_its_field_and_reads_nothing() {
    let mut window = opened(&samples::topic(Kafka::shared(), FLIGHTS));
    window.enter("From", "soon");
    assert!(window.state().browse.range.from_problem.is_some());
    assert!(!window.is_on(Role::Button, "Read slice"));
    window.enter("From", "2013-01-02");
    window.enter("To", "2013-01-01");
    let problem = window.state().browse.range.to_problem.as_deref();
    assert_eq!((problem, window.state().browse.plan.get()), (Some("is not after the beginning"), None));
    assert_eq!((window.value("From"), window.value("To")), ("2013-01-02".into(), "2013-01-01".into()));
    window.enter("To", "2040-01-01");
    planned(&mut window, 96);
    window.enter("From", "2013-01-03");
    planned(&mut window, 0);
    window.wait_for("the empty page", |window| window.sees("No record in this range"));
    assert!(!window.is_on(Role::Button, "Read slice"));
    window.enter("From", "2039-01-01");
    window.wait_for("the refusal", |window| {
        window.sees_part("lies in the future") && !window.state().browse.page.is_pending()
    });
    assert!(!window.sees_part("all 0") && window.named(Role::Row).is_empty(), "{:?}", window.texts());
}

#[test]
fn ranges_are_typed_by_offset_by_last_records_and_in_the_palette() {
    let mut window = opened(&samples::topic(Kafka::shared(), FLIGHTS));
    window.choose("Range by", "Last");
    window.enter("From", "10");
    planned(&mut window, 10);
    window.choose("Range by", "Offset");
    window.enter("From", "90");
    window.enter("To", "end");
    planned(&mut window, 12);
    window.choose("Partitions", "Only p1");
    planned(&mut window, 6);
    window.ctrl(Key::K);
    window.type_text(":80");
    assert!(window.has(Role::ListBoxOption, "Choose offset 80 to the end"), "{:?}", window.options());
    window.press(Key::Enter);
    assert_eq!(window.state().browse.range.by, RangeBy::Offset);
    planned(&mut window, 16);
    assert!(matches!(window.state().browse.range.chosen, Some((Bound::Offset(_), Bound::End))));
}

#[test]
fn records_are_walked_by_arrows_filtered_and_shown_in_full() {
    let mut window = opened(&samples::topic(Kafka::shared(), FLIGHTS));
    window.button("Whole topic");
    planned(&mut window, FLIGHTS as u64);
    window.row("0 0 2013-01-01 00:00:00");
    window.press(Key::ArrowDown);
    window.press(Key::ArrowDown);
    window.wait_for("the record", |window| window.sees("p0 at 1"));
    assert!(window.sees("flight-2") && window.sees("distance") && window.sees("102"), "{:?}", window.texts());
    window.press_with(Modifiers::COMMAND | Modifiers::CTRL | Modifiers::SHIFT, Key::C);
    let copied: serde_json::Value = serde_json::from_str(window.copied().unwrap()).unwrap();
    assert_eq!(copied, json!({"carrier": "UA", "distance": 102, "dep_delay": 2.5, "arr_delay": -3}));
    for (tab, part) in [("Raw", r#"{"carrier":"UA""#), ("Hex", "7b 22"), ("Headers 0", "no headers")] {
        window.click(Role::Tab, tab);
        assert!(window.sees_part(part), "{tab}: {:?}", window.texts());
    }

    window.enter("Filter", "carrier == \"EV\" and distance < 105");
    assert_eq!(window.named(Role::Row).len(), 2, "{:?}", window.named(Role::Row));
    window.enter("Filter", "distance <");
    assert!(window.state().browse.filter.problem.is_some());
    window.enter("Filter", "distance > 5000");
    assert!(window.sees("No match"), "{:?}", window.texts());
    window.button("Clear the filter");
    window.button("4 of 4 columns");
    window.click(Role::MenuItemRadio, "distance");
    assert!(!window.has(Role::ColumnHeader, "distance") && window.has(Role::ColumnHeader, "carrier"));
}

#[test]
fn in_a_narrow_window_a_record_lies_over_the_table_from_enter_to_escape() {
    let mut window = opened(&samples::topic(Kafka::shared(), FLIGHTS));
    window.resize(1024.0, 700.0);
    window.row("");
    window.press(Key::Enter);
    window.wait_for("the record", |window| window.sees("Position"));
    assert!(!window.has(Role::Table, "Records"));
    window.press(Key::Escape);
    assert!(window.has(Role::Table, "Records") && !window.sees("Position"), "{:?}", window.texts());
    let row = window.state().browse.selected_row();
    window.press(Key::ArrowDown);
    assert_eq!(window.state().browse.selected_row(), row.map(|row| row + 1), "the table has the focus again");
}

#[test]
fn a_slice_is_read_with_its_filter_and_exported_to_a_typed_path() {
    let topic = samples::topic(Kafka::shared(), FLIGHTS);
    Kafka::shared()
        .produce(&topic, [TestRecord::new("not JSON").partition(0), TestRecord::tombstone("k").partition(0)]);
    let mut window = opened(&topic);
    window.button("Whole topic");
    window.enter("Filter", "carrier == \"EV\"");
    planned(&mut window, FLIGHTS as u64 + 2);
    window.ctrl(Key::Enter);
    window.wait_for("the slice", |window| window.state().browse.frame.get().is_some());
    let frame = window.state().browse.frame.get().unwrap();
    assert_eq!((frame.rows(), frame.rejected_total, frame.tombstones), (96, 1, 1));
    assert!(window.sees_part("96 rows, 1 rejected"), "{:?}", window.texts());
    let saved = &window.state().workspace.get().slices[0];
    assert_eq!((saved.rows, saved.filter.as_deref()), (Some(96), Some("carrier == \"EV\"")));

    window.button("Export");
    let path = window.folder.path().join("ev.csv");
    window.enter("Path", &path.display().to_string());
    window.wait_for("the file", |window| window.sees("Slice exported"));
    assert_eq!(import(&path).unwrap().height(), 96);
}

#[test]
fn an_empty_topic_and_one_of_other_bytes_are_told_apart() {
    let kafka = Kafka::shared();
    let (empty, bytes) = (kafka.topic("empty", 1, &[]), kafka.topic("bytes", 1, &[]));
    kafka.produce(&bytes, [TestRecord::new([0_u8, 159, 146, 150]).key("k")]);
    let mut window = opened(&empty);
    assert!(window.sees("This topic is empty"), "{:?}", window.texts());
    window.button("Whole topic");
    planned(&mut window, 0);
    assert!(!window.is_on(Role::Button, "Read slice"));

    let mut window = opened(&bytes);
    window.row("0 0");
    window.wait_for("the record", |window| window.sees_part("not JSON: "));
    window.click(Role::Tab, "Hex");
    assert!(window.sees_part("00 9f 92 96"), "{:?}", window.texts());
}
