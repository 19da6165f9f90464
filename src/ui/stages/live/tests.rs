//! What the stage says: with nothing deployed, while a deployment is set up, and while one scores.

use std::sync::Arc;

use eframe::egui::accesskit::Role;

use crate::app::commands::{Command, LiveCommand};
use crate::app::state::live::{DeploymentForm, Field, Session};
use crate::app::{Background, Remote, Runtime, Stage, State};
use crate::codec::Rejection;
use crate::jobs::{Admission, JobId, Jobs, Problem};
use crate::kafka::{Catalogue, Offset, PartitionId, PartitionInfo, TopicSummary};
use crate::live::{LiveState, LiveStats, PartitionLag, ScoreRequest, ScoredBatch, ScoredRecord};
use crate::registry::ModelInfo;
use crate::ui::testing::Window;

fn topic(name: &str) -> TopicSummary {
    let partition = PartitionInfo {
        partition: PartitionId(0),
        low: Offset(0),
        high: Offset(100),
        leader: 1,
        replicas: vec![1],
        in_sync: vec![1],
    };
    TopicSummary { name: name.into(), partitions: vec![partition], internal: false, problem: None }
}

fn request() -> ScoreRequest {
    let mut form = DeploymentForm::new("flights", None);
    form.set(Field::Model, "arrival-delay@champion".into());
    form.request().unwrap()
}

fn record(offset: i64, late: f64) -> ScoredRecord {
    ScoredRecord {
        partition: PartitionId(1),
        offset: Offset(offset),
        timestamp: Some(1_387_117_920_000),
        fields: vec![("carrier".into(), "DL".into()), ("dep_delay".into(), "41".into())],
        prediction: if late > 0.5 { "late".into() } else { "on time".into() },
        probabilities: vec![1.0 - late, late],
        version: 6,
        latency_us: 800,
        actual: None,
    }
}

/// Statistics of a deployment that scored three records and rejected one.
fn fed() -> Arc<LiveStats> {
    let stats = Arc::new(LiveStats::new());
    stats.begin();
    stats.set_state(LiveState::Running);
    stats.serve(6, &["on time".into(), "late".into()], 0);
    let place = |partition, position, lag| PartitionLag {
        partition: PartitionId(partition),
        position: Offset(position),
        lag,
    };
    stats.set_partitions(vec![place(0, 107_677, 4), place(1, 106_738, 5)]);
    stats.committed(ScoredBatch {
        scored: 3,
        dead_lettered: 1,
        latencies: vec![(800, 3)],
        times: vec![1_387_117_920_000, 1_387_117_980_000, 1_387_118_000_000],
        values: vec![0.03, 0.97, 0.03, 0.97, 0.98, 0.02],
        most_probable: vec![1, 1, 0],
        newest: vec![record(106_735, 0.97), record(106_736, 0.97), record(106_737, 0.02)],
        rejected: vec![Rejection {
            topic: "flights".into(),
            partition: PartitionId(0),
            offset: Offset(107_670),
            step: "decode".into(),
            reason: "not JSON at byte 40".into(),
        }],
        ..ScoredBatch::default()
    });
    stats
}

/// The number of a job; the stage asks it nothing.
fn job() -> JobId {
    Jobs::<()>::new(|| ()).start("deployment", "Scoring", Admission::Several, |_| Ok(()))
}

/// A state in which a deployment has the statistics of [`fed`].
pub(super) fn deployed(problem: Option<Problem>) -> State {
    let mut state = State { stage: Stage::Live, ..State::default() };
    let mut session = Session::new(request(), "cluster".into());
    session.stats = fed();
    session.job = problem.is_none().then(job);
    session.look();
    session.problem = problem;
    let (mut background, ctx) = (Background::new(|| ()), eframe::egui::Context::default());
    let mut runtime = Runtime { state: &mut state, background: &mut background, ctx: &ctx };
    runtime.edit("Add deployment", |workspace| {
        workspace.deployments.push(crate::workspace::SavedDeployment {
            name: "arrival-delay@champion".into(),
            request: request(),
        });
    });
    state.live.chosen = Some("arrival-delay@champion".into());
    state.live.sessions.insert("arrival-delay@champion".into(), session);
    state
}

#[test]
fn with_nothing_deployed_it_says_how_to_begin() {
    let mut window = Window::of(State { stage: Stage::Live, ..State::default() });
    window.sees("Nothing runs");
    window.sees("Deploy a version on an input topic.");
    let sent = window.click(Role::Button, "New deployment");
    assert!(matches!(sent.as_slice(), [Command::Live(LiveCommand::New)]), "{sent:?}");
}

#[test]
fn the_form_says_what_is_missing_and_what_deploying_does() {
    let mut state = State { stage: Stage::Live, ..State::default() };
    state.connection.name = "local demo".into();
    state.connection.catalogue = Remote::Ready(Catalogue {
        cluster_id: "c".into(),
        brokers: Vec::new(),
        topics: vec![topic("flights"), topic("models")],
    });
    state.live.form = Some(DeploymentForm::default());
    let mut window = Window::of(state);
    window.sees("a model is needed");
    window.sees("an input topic is needed");

    let type_in = |window: &mut Window, field, text: &str| {
        let mut state = window.state.borrow_mut();
        state.live.form.as_mut().unwrap().set(field, text.into());
        drop(state);
        window.settle();
    };
    type_in(&mut window, Field::Model, "arrival-delay@champion");
    type_in(&mut window, Field::Input, "flight");
    window.sees("local demo has no topic flight");
    type_in(&mut window, Field::Input, "flights");
    assert!(window.lacks("has no topic"));
    window.sees("flights has 1 partition");
    window.sees("flights.predictions will be made");
    window.sees("Joins the group forebay-arrival-delay and reads flights, from the end at first.");
    window.sees("arrival-delay@champion is looked up in models");

    let known = ModelInfo { name: "arrival-delay".into(), ..ModelInfo::default() };
    window.state.borrow_mut().live.models.topic = "models".into();
    window.state.borrow_mut().live.models.found = Remote::Ready(vec![known]);
    window.settle();
    window.sees("models has no arrival-delay@champion");
    type_in(&mut window, Field::Output, "flights");
    window.sees("each of the topics must be another one");
    assert_eq!(window.refusal().as_deref(), Some("no cluster is connected"));
}

#[test]
fn what_is_found_on_the_cluster_does_not_move_the_form() {
    let mut state = State { stage: Stage::Live, ..State::default() };
    let mut form = DeploymentForm::default();
    form.set(Field::ModelTopic, "models".into());
    state.live.form = Some(form);
    let mut window = Window::of(state);
    let top = |window: &Window| window.top_of(Role::TextInput, "Group");
    let before = top(&window);
    let mut state = window.state.borrow_mut();
    let topics = vec![topic("flights"), topic("models")];
    let catalogue = Catalogue { cluster_id: "c".into(), brokers: Vec::new(), topics };
    state.connection.catalogue = Remote::Ready(catalogue);
    drop(state);
    window.settle();
    window.click(Role::ComboBox, "Topics of the cluster");
    window.sees("flights");
    assert_eq!(top(&window), before);
}

#[test]
fn a_deployment_shows_its_counts_its_partitions_and_its_newest_records() {
    let mut window = Window::of(deployed(None));
    for part in ["version 6", "exactly once", "107,677", "Dead-letter 1 25.0 %", "Share of late"] {
        window.sees(part);
    }
    let snapshot = window.state.borrow().live.session().unwrap().snapshot.clone();
    assert_eq!(snapshot.counts.read, snapshot.counts.scored + snapshot.counts.rejected);
    let texts = window.texts();
    let row = |offset: &str| texts.iter().position(|text| text.contains(offset));
    assert!(row("106,737") < row("106,735"), "newest first: {texts:?}");
    window.sees("DL");
    window.sees("0.970");
    assert!(window.lacks("ccuracy") && window.lacks("actual"), "no labels are joined");

    window.state.borrow_mut().live.records = crate::app::state::live::Records::Rejected;
    window.settle();
    window.sees("not JSON at byte 40");
    let sent = window.click(Role::Button, "Stop");
    assert!(matches!(sent.as_slice(), [Command::Live(LiveCommand::Stop)]), "{sent:?}");
}

#[test]
fn what_is_held_stays_while_scoring_goes_on() {
    let mut state = deployed(None);
    let session = state.live.sessions.values_mut().next().unwrap();
    session.held = Some(session.snapshot.clone());
    session.stats.committed(ScoredBatch {
        scored: 1,
        newest: vec![record(106_999, 0.4)],
        ..ScoredBatch::default()
    });
    session.look();
    let window = Window::of(state);
    window.sees("Resume plot");
    assert!(window.texts().iter().all(|text| !text.contains("106,999")), "the table is held");
}

#[test]
fn a_failed_deployment_says_why_and_offers_to_start_again() {
    let next = "Ask for the permission to write, then start it again.";
    let problem = Problem::new("Writing flights.predictions", "not authorised", next);
    let mut window = Window::of(deployed(Some(problem)));
    for part in ["failed", "Writing flights.predictions", "not authorised", next] {
        window.sees(part);
    }
    // No cluster is connected here, so the button is there, and off.
    window.sees("Start again");
    assert!(window.click(Role::Button, "Start again").is_empty());
}
