//! Something happens in the middle of a read.

use super::page;
use crate::binary::Forebay;
use crate::harness::{Kafka, TestRecord};
use crate::terminal::{CTRL_C, Terminal};

/// A topic of 12,000 records of a kilobyte, and a Forebay to which the broker gives a few megabytes of them at once and
/// then little by little.
fn slow(kafka: &Kafka) -> (String, Forebay) {
    let topic = kafka.topic("slow", 2, &[]);
    let filler = "f".repeat(1_000);
    let record = |n: i32| TestRecord::new(format!(r#"{{"n":{n},"filler":"{filler}"}}"#)).partition(n % 2);
    kafka.produce(&topic, (0..12_000).map(record));
    let profile = kafka.throttled_profile(400_000);
    let forebay = Forebay::alone();
    let client = &profile.properties["client.id"];
    forebay.write(
        "client.properties",
        &format!("bootstrap.servers={}\nclient.id={client}\n", profile.bootstrap),
    );
    (topic, forebay)
}

fn read<'a>(topic: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["read", topic, "-o", "a.jsonl", "--config", "client.properties"], more].concat()
}

/// How many records a message says that there are: `after 4,012 of at most 12,000 records`.
fn records_told(screen: &str) -> usize {
    let told = screen.split("after ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    told.replace(',', "").parse().unwrap()
}

#[test]
fn ctrl_c_in_the_middle_of_a_read_ends_it_with_130_and_says_how_much_came() {
    let (topic, forebay) = slow(Kafka::plain());
    let mut terminal = Terminal::start(&forebay, &read(&topic, &[]));
    terminal.wait_for_progress("12,000");
    terminal.press(CTRL_C);
    let (code, screen) = terminal.end();
    assert_eq!(code, 130, "{screen}");
    page::says("reading is cancelled", &[(&topic, "flights")], &screen);
    assert!((1..12_000).contains(&records_told(&screen)), "{screen}");
    assert_eq!(forebay.files(), ["client.properties"]);
}

#[test]
fn a_cancelled_read_keeps_its_part_where_that_was_asked_for() {
    let (topic, forebay) = slow(Kafka::plain());
    let mut terminal = Terminal::start(&forebay, &read(&topic, &["--keep-part"]));
    terminal.wait_for_progress("12,000");
    terminal.press(CTRL_C);
    let (code, screen) = terminal.end();
    assert_eq!(code, 130, "{screen}");
    let lines = std::fs::read_to_string(forebay.folder().join("a.jsonl")).unwrap().lines().count();
    assert_eq!(lines, records_told(&screen), "{screen}");
}

#[test]
fn events_are_kept_of_a_read_that_is_cancelled_while_labels_are_read() {
    let kafka = Kafka::plain();
    let (labels, forebay) = slow(kafka);
    let topic = kafka.topic("events", 1, &[]);
    kafka.produce(&topic, (0..10).map(|n| TestRecord::new(format!(r#"{{"e":{n}}}"#)).key("k").at(n)));
    let join = ["--labels", &labels, "--label-column", "n", "--label-within", "100000d", "--keep-part"];
    let mut terminal = Terminal::start(&forebay, &read(&topic, &join));
    terminal.wait_for_progress("12,000");
    terminal.press(CTRL_C);
    let (code, screen) = terminal.end();
    assert_eq!(code, 130, "{screen}");
    page::says("reading is cancelled at its labels", &[(&topic, "flights"), (&labels, "arrivals")], &screen);
    let lines = std::fs::read_to_string(forebay.folder().join("a.jsonl")).unwrap();
    assert_eq!((lines.lines().count(), lines.matches("\"n\"").count()), (10, 0), "{screen}");
}

#[test]
fn a_topic_deleted_in_the_middle_of_a_read_is_a_failure_that_says_so() {
    let kafka = Kafka::plain();
    let (topic, forebay) = slow(kafka);
    let mut terminal = Terminal::start(&forebay, &read(&topic, &[]));
    terminal.wait_for_progress("12,000");
    kafka.delete_topic(&topic);
    let (code, screen) = terminal.end();
    assert_eq!(code, 1, "{screen}");
    page::says("topic deleted while it is read", &[(&topic, "flights")], &screen);
    assert_eq!(forebay.files(), ["client.properties"]);
}
