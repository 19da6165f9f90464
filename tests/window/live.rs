//! Stage Live on real topics: a deployment set up, watched, held, changed over, stopped, started again, removed.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use forebay::app::Stage;
use forebay::kafka::ConnectionProfile;
use forebay::live::LiveSnapshot;
use forebay::registry::Registry;

use crate::brokers::{Kafka, TestRecord, consumed};
use crate::harness::Window;
use crate::packages::registry;
use crate::samples;

const FLIGHTS: i64 = 300;

/// A topic with flights, a model topic whose version 1 is champion, and a window on stage Live.
struct Live {
    window: Window,
    input: String,
    models: String,
}

impl Live {
    fn new() -> Self {
        let kafka = Kafka::shared();
        let (input, models) = (samples::topic(kafka, FLIGHTS), samples::model_topic(kafka, 1));
        registry(&kafka.connect(), &models).set_alias("delay", "champion", Some(1)).unwrap();
        let mut window = Window::on(kafka);
        window.go(Stage::Live);
        Self { window, input, models }
    }

    /// The same with a deployment that has scored all that is there.
    fn running() -> Self {
        let mut live = Self::new();
        live.set_up();
        live.window.ctrl(Key::Enter);
        live.wait_for("all flights", |seen| seen.counts.read >= FLIGHTS as u64);
        live
    }

    /// Fills the form in.
    fn set_up(&mut self) {
        let window = &mut self.window;
        window.ctrl(Key::Enter);
        window.fill("Model topic", &self.models);
        window.fill("Input topic", &self.input);
        window.fill("Group", &format!("score-{}", self.input));
        // What is found of the model moves the rest of the form down, also from under a pointer.
        window.wait_for("the model", |window| window.sees("delay@champion is version 1"));
        window.click(Role::RadioButton, "At the beginning");
        let form = window.state().live.form.as_ref().unwrap();
        assert!(form.from_beginning, "{form:?}");
    }

    fn wait_for(&mut self, what: &str, reached: impl Fn(&LiveSnapshot) -> bool) {
        self.window.wait_for(what, |window| {
            window.state().live.session().is_some_and(|session| reached(&session.snapshot))
        });
    }

    fn snapshot(&self) -> &LiveSnapshot {
        &self.window.state().live.session().unwrap().snapshot
    }
}

#[test]
fn the_form_says_what_is_missing_what_is_wrong_and_what_deploying_does() {
    let Live { mut window, input, models } = Live::new();
    assert!(window.sees("Nothing runs"), "{:?}", window.texts());
    window.button("New deployment");
    window.fill("Model topic", "no-such-topic");
    assert!(window.sees("a model is needed: NAME@ALIAS or NAME@VERSION"), "{:?}", window.texts());
    assert!(!window.is_on(Role::Button, "Deploy"));
    window.fill("Model", "delay@champion");
    window.fill("Input topic", "no-such-input");
    assert!(window.sees_part("has no topic no-such-topic") && window.sees_part("has no topic no-such-input"));
    window.fill("Model topic", &models);
    window.fill("Input topic", &input);
    window.wait_for("the model", |window| window.sees("delay@champion is version 1"));
    assert!(window.sees(&format!("{input} has 2 partitions")), "{:?}", window.texts());
    assert!(window.sees(&format!("{input}.predictions will be made")), "{:?}", window.texts());
    window.fill("Output topic", &input);
    assert!(window.sees_part("each of the topics must be another one"), "{:?}", window.texts());
    assert!(!window.is_on(Role::Button, "Deploy"));
    window.button("Cancel");
    assert!(window.sees("Nothing runs") && window.state().workspace.get().deployments.is_empty());
}

#[test]
fn a_deployment_shows_its_counts_its_lag_and_the_records_it_rejects() {
    let mut live = Live::running();
    let kafka = Kafka::shared();
    kafka.produce(&live.input, [TestRecord::new("not JSON").key("odd").partition(1)]);
    live.wait_for("the rejection", |seen| seen.counts.rejected == 1);
    let Live { window, input, .. } = &mut live;
    for part in ["running, version 1", "Predictions over event time", "p0", "p1", "300", "301"] {
        assert!(window.sees_part(part), "no {part}: {:?}", window.texts());
    }
    window.click(Role::RadioButton, "Rejected");
    assert!(window.named(Role::Row)[0].starts_with("1 150 decode"), "{:?}", window.named(Role::Row));
    window.click(Role::RadioButton, "Scored");
    assert!(window.named(Role::Row)[0].starts_with("1 149"), "newest first: {:?}", window.named(Role::Row));
    assert_eq!(consumed(kafka, &format!("{input}.predictions")).len(), FLIGHTS as usize);
    assert_eq!(consumed(kafka, &format!("{input}.dead-letter")).len(), 1);
}

#[test]
fn space_holds_plots_and_tables_while_scoring_goes_on() {
    let mut live = Live::running();
    live.window.press(Key::Space);
    assert!(live.window.is_on(Role::Button, "Resume plot"));
    let held = live.window.named(Role::Row);
    samples::arrive(Kafka::shared(), &live.input, FLIGHTS..FLIGHTS + 10);
    live.wait_for("ten more", |seen| seen.counts.scored == FLIGHTS as u64 + 10);
    assert_eq!(live.window.named(Role::Row), held);
    live.window.press(Key::Space);
    assert_ne!(live.window.named(Role::Row), held);
}

#[test]
fn a_newer_version_takes_over_by_the_main_action_between_two_batches() {
    let mut live = Live::running();
    samples::publish_versions(Kafka::shared(), &live.models, 1);
    live.window.wait_for("the newer version", |window| window.has(Role::Button, "Swap to version 2"));
    live.window.ctrl(Key::Enter);
    assert!(live.window.sees_part("moves from version 1 to version 2"), "{:?}", live.window.texts());
    live.window.confirm("Swap to version 2");
    live.wait_for("version 2", |seen| seen.serving.is_some_and(|serving| serving.version == 2));
    samples::arrive(Kafka::shared(), &live.input, FLIGHTS..FLIGHTS + 10);
    live.wait_for("ten more", |seen| seen.counts.scored == FLIGHTS as u64 + 10);
    let versions: Vec<u32> = live.snapshot().scored.iter().map(|record| record.version).collect();
    assert_eq!((versions[..10].to_vec(), versions[10]), (vec![2; 10], 1));
    assert!(live.window.sees_part("Version 2 took over from 1"), "{:?}", live.window.texts());
    assert!(!live.window.has(Role::Button, "Swap to version 2"));
}

#[test]
fn a_stopped_deployment_goes_on_where_it_stood() {
    let mut live = Live::running();
    live.window.button("Stop");
    live.window.wait_for("the end", |window| window.sees_part("Stopped. What was read is committed"));
    samples::arrive(Kafka::shared(), &live.input, FLIGHTS..FLIGHTS + 10);
    live.window.button("Start again");
    live.wait_for("ten more", |seen| seen.counts.scored == 10);
    assert_eq!(live.snapshot().counts.read, 10);
    assert_eq!(
        consumed(Kafka::shared(), &format!("{}.predictions", live.input)).len(),
        FLIGHTS as usize + 10
    );
}

#[test]
fn a_deployment_is_changed_and_removed_and_undo_brings_it_back() {
    let Live { mut window, input, .. } = Live::running();
    assert!(!window.is_on(Role::Button, "Change") && !window.is_on(Role::Button, "Remove deployment"));
    window.button("Stop");
    window.wait_for("the end", |window| window.offers("Change"));
    window.button("Change");
    window.fill("Dead-letter topic", "");
    window.click(Role::RadioButton, "At least once");
    window.ctrl(Key::Enter);
    window.wait_for("the changed deployment", |window| window.sees("at least once"));
    window.wait_for("its start", |window| window.sees_part("running, version 1"));
    window.button("Stop");
    window.wait_for("the end", |window| window.offers("Remove deployment"));
    window.button("Remove deployment");
    assert!(window.sees_part(&format!("{input}.predictions and the offsets")), "{:?}", window.texts());
    window.confirm("Remove deployment");
    assert!(window.sees("Nothing runs"), "{:?}", window.texts());

    window.ctrl(Key::Z);
    let deployments = |window: &Window| window.state().workspace.get().deployments.clone();
    assert_eq!((deployments(&window).len(), deployments(&window)[0].request.dead_letter.as_ref()), (1, None));
    assert!(window.sees("delay@champion does not run"), "{:?}", window.texts());
    window.ctrl(Key::Z);
    assert!(deployments(&window)[0].request.dead_letter.is_some(), "before the change");
    window.press_with(Modifiers::COMMAND | Modifiers::CTRL | Modifiers::SHIFT, Key::Z);
    window.press_with(Modifiers::COMMAND | Modifiers::CTRL | Modifiers::SHIFT, Key::Z);
    assert!(deployments(&window).is_empty());
}

#[test]
fn a_deployment_that_cannot_work_says_why_and_what_to_do() {
    let mut live = Live::new();
    live.set_up();
    registry(&Kafka::shared().connect(), &live.models).set_alias("delay", "champion", None).unwrap();
    live.window.ctrl(Key::Enter);
    live.window.wait_for("the failure", |window| window.offers("Start again"));
    let problem = live.window.state().live.session().unwrap().problem.clone().unwrap();
    assert!(!problem.next.is_empty(), "{problem}");
    for said in [&problem.what, &problem.next] {
        assert!(live.window.sees(said), "no {said}: {:?}", live.window.texts());
    }
    registry(&Kafka::shared().connect(), &live.models).set_alias("delay", "champion", Some(1)).unwrap();
    live.window.button("Start again");
    live.wait_for("all flights", |seen| seen.counts.read == FLIGHTS as u64);
}

#[test]
fn a_read_only_connection_refuses_to_deploy() {
    let mut window = Window::connected(ConnectionProfile { read_only: true, ..Kafka::shared().profile() });
    window.go(Stage::Live);
    assert!(window.sees_part("is read-only."), "{:?}", window.texts());
    window.button("New deployment");
    assert!(!window.is_on(Role::Button, "Deploy"));
}
