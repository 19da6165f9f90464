//! A cluster that does not answer for a while: each stage waits, says what failed, keeps what it had, and goes on when the
//! cluster answers again.

use std::collections::BTreeMap;
use std::time::Duration;

use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use forebay::app::Stage;
use forebay::kafka::ConnectionProfile;

use crate::brokers::Kafka;
use crate::harness::Window;
use crate::samples;

/// A request gives up after five seconds, so that the test does not wait ten.
fn impatient(kafka: &Kafka) -> ConnectionProfile {
    let properties = BTreeMap::from([("socket.timeout.ms".to_owned(), "5000".to_owned())]);
    ConnectionProfile { properties, ..kafka.profile() }
}

#[test]
fn what_was_there_stays_what_fails_says_why_and_all_goes_on_afterwards() {
    let mut kafka = Kafka::start();
    let (topic, other) = (samples::topic(&kafka, 200), samples::topic(&kafka, 10));
    let models = samples::model_topic(&kafka, 1);
    let mut window = Window::connected(impatient(&kafka));
    window.go(Stage::Models);
    window.enter("Model topic", &models);
    window.wait_for("the models", |window| window.sees("1 version"));
    window.go(Stage::Browse);
    window.click(Role::ListBoxOption, &topic);
    window.button("Whole topic");
    window.wait_for("the plan", |window| window.offers("Read slice"));

    kafka.pause(1);
    browse_waits_and_fails(&mut window, &other);
    models_keeps_what_it_had(&mut window);
    kafka.resume(1);
    everything_comes_back(&mut window, &other);
}

fn browse_waits_and_fails(window: &mut Window, other: &str) {
    window.click(Role::ListBoxOption, other);
    assert!(window.state().browse.timeline.is_pending() && window.state().browse.page.is_pending());
    assert!(window.sees("Loading"), "{:?}", window.texts());
    window.wait_for("the failures", |window| {
        let browse = &window.state().browse;
        browse.timeline.problem().is_some()
            && browse.page.problem().is_some()
            && browse.detail.problem().is_some()
    });
    let browse = &window.state().browse;
    for problem in [browse.timeline.problem(), browse.page.problem(), browse.detail.problem()] {
        let problem = problem.unwrap();
        assert!(!problem.next.is_empty(), "{problem}");
        assert!(window.sees(&problem.what) && window.sees(&problem.next), "{problem}: {:?}", window.texts());
    }
    assert!(!window.is_on(Role::Button, "Read slice"));
}

fn models_keeps_what_it_had(window: &mut Window) {
    window.go(Stage::Models);
    window.press(Key::F5);
    window.wait_for("the failure", |window| window.state().models.listing.problem().is_some());
    let problem = window.state().models.listing.problem().cloned().unwrap();
    assert!(window.sees(&problem.why) && window.sees(&problem.next), "{:?}", window.texts());
    assert!(window.sees("1 version") && window.sees("delay"), "{:?}", window.texts());
}

/// Refreshes as its reader would. A broker that was held may lead anew a moment after it goes on, and refuse those who were told
/// of it before.
fn refresh_until(window: &mut Window, what: &str, is_back: impl Fn(&Window) -> bool) {
    for _ in 0..18 {
        window.press(Key::F5);
        if window.comes_within(Duration::from_secs(10), &is_back) {
            return;
        }
    }
    panic!("{what} did not come back; there is: {:?}", window.texts());
}

fn everything_comes_back(window: &mut Window, other: &str) {
    refresh_until(window, "the models", |window| {
        let listing = &window.state().models.listing;
        listing.problem().is_none() && !listing.is_pending()
    });
    window.go(Stage::Browse);
    refresh_until(window, "the topic", |window| {
        let browse = &window.state().browse;
        browse.timeline.get().is_some() && browse.page.get().is_some() && browse.detail.get().is_some()
    });
    assert_eq!(window.state().browse.topic.as_deref(), Some(other));
    window.button("Whole topic");
    window.wait_for("the plan", |window| window.offers("Read slice"));
    window.ctrl(Key::Enter);
    window.wait_for("the slice", |window| window.state().browse.frame.get().is_some());
    assert_eq!(window.state().browse.frame.get().unwrap().rows(), 10);
}

#[test]
fn reading_waits_for_a_cluster_that_is_slow_and_can_be_cancelled() {
    let mut kafka = Kafka::start();
    let topic = samples::topic(&kafka, 400);
    let mut window = Window::on(&kafka);
    window.go(Stage::Browse);
    window.click(Role::ListBoxOption, &topic);
    window.button("Whole topic");
    window.wait_for("the plan", |window| window.offers("Read slice"));

    kafka.pause(1);
    window.ctrl(Key::Enter);
    for stage in [Stage::Browse, Stage::Prepare] {
        window.go(stage);
        assert!(window.offers("Cancel, keep what is read"), "{stage:?}: {:?}", window.texts());
    }
    kafka.resume(1);
    window.wait_for("the slice", |window| window.state().browse.frame.get().is_some());
    assert_eq!(window.state().browse.frame.get().unwrap().rows(), 400);

    kafka.pause(1);
    window.go(Stage::Browse);
    window.ctrl(Key::Enter);
    window.button("Cancel, keep what is read");
    kafka.resume(1);
    window.wait_for("the end of reading", |window| window.offers("Read slice"));
    assert_eq!(window.state().browse.frame.get().unwrap().rows(), 400, "the slice that was there stays");
    assert!(!window.sees_part("read in part"), "{:?}", window.texts());
}
