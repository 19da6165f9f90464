//! The demo in the window: from nothing to predictions that come, paused, hurried, stopped, begun anew.

use std::path::PathBuf;

use forebay::app::Stage;
use forebay::app::commands::DemoCommand;
use forebay::app::state::demo::DemoPhase;
use forebay::demo::{CONNECTION, Demo, DemoOptions, Flights, Speed};
use forebay::jobs::{Cancel, Progress};
use forebay::live::LiveSnapshot;

use crate::harness::Window;

/// Departures before the stream begins.
const HISTORY: u64 = 252_484;

/// A window on a demo in a folder of its own, at full speed.
fn started() -> Window {
    let folder = tempfile::tempdir().unwrap();
    let options = DemoOptions { speed: Speed::FASTEST, ..DemoOptions::at(folder.path().join("demo")) };
    let mut window = Window::open_in(folder, 1440.0, 900.0, |window| window.demo = Some(options));
    assert_eq!(window.state().demo.phase, DemoPhase::Starting);
    wait_until_it_scores(&mut window);
    window
}

/// The folder and the workspace of a demo that has run.
fn ended() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let options = DemoOptions::at(folder.path().join("demo"));
    let demo = Demo::start(&options, &Progress::new(), &Cancel::new()).unwrap();
    let file = demo.workspace().to_path_buf();
    (folder, file)
}

fn wait_until_it_scores(window: &mut Window) {
    wait_for_live(window, "predictions", |seen| seen.counts.scored >= 100);
}

fn wait_for_live(window: &mut Window, what: &str, reached: impl Fn(&LiveSnapshot) -> bool) {
    window.wait_for(what, |window| {
        let failed = matches!(window.state().demo.phase, DemoPhase::Failed(_));
        assert!(!failed, "{:?}", window.state().demo.phase);
        window.state().live.session().is_some_and(|session| session.is_active() && reached(&session.snapshot))
    });
}

#[test]
fn the_demo_opens_a_workspace_in_which_every_stage_has_something_to_show() {
    let mut window = started();
    let state = window.state();
    assert_eq!((state.stage, state.workspace.name().as_str()), (Stage::Live, "demo"));
    assert!(state.is_connected_to(CONNECTION) && !state.workspace.is_dirty());
    assert_eq!(
        state.demo.bootstrap(),
        Some(state.connection.cluster().unwrap().profile().bootstrap.as_str())
    );
    assert_eq!(state.runs().len(), 2);

    // The slice is read, and its labels are joined, without anybody asking.
    window.wait_for("the slice", |window| window.state().browse.frame.get().is_some());
    for stage in [Stage::Connect, Stage::Browse, Stage::Prepare, Stage::Train, Stage::Models, Stage::Live] {
        window.go(stage);
    }
    window.go(Stage::Models);
    window.wait_for("the model", |window| window.sees("arrival-delay"));
    window.go(Stage::Prepare);
    window.wait_for("the labels", |window| {
        let joined = window.state().prepare.label.joined.get();
        joined.and_then(|frame| frame.labels.as_ref()).is_some_and(|labels| labels.counts.matched > 200_000)
    });
    window.go(Stage::Live);
    wait_for_live(&mut window, "a broken record", |seen| seen.counts.rejected > 0);
    wait_for_live(&mut window, "a label", |seen| {
        seen.labels.as_ref().is_some_and(|labels| labels.window.metrics.contains_key("accuracy"))
    });
    assert!(!window.state().workspace.is_dirty(), "nobody has changed anything");

    // The deployment joined after the replay had begun, and misses nothing of it.
    window.send(DemoCommand::Pause);
    window.wait_for("every departure", |window| {
        let live = window.state().demo.replay.as_ref().unwrap().departures - HISTORY;
        let session = window.state().live.session().unwrap();
        let counts = &session.snapshot.counts;
        counts.scored + counts.rejected >= live
    });
}

#[test]
fn the_workspace_of_a_demo_that_does_not_run_offers_to_start_it() {
    let (folder, file) = ended();
    let mut window = Window::open_in(folder, 1440.0, 900.0, |window| window.workspace = Some(file));
    window.wait_for("the offer", |window| {
        let mut offers = window.state().notifications.all().iter().filter_map(|said| said.action.as_ref());
        offers.any(|(verb, _)| verb == "Start the demo cluster")
    });
    // It is the one of this workspace, and what was not saved stays.
    window.send(forebay::app::commands::TrainCommand::Seed("7".into()));
    assert!(window.state().workspace.is_dirty());
    window.send(DemoCommand::Start);
    wait_until_it_scores(&mut window);
    assert!(window.state().workspace.is_dirty() && window.state().is_connected_to(CONNECTION));
}

#[test]
fn the_replay_is_paused_hurried_and_let_go_on_by_commands() {
    let mut window = started();
    window.send(DemoCommand::Pause);
    let paused = window.state().demo.replay.clone().unwrap();
    assert!(paused.paused && paused.clock > Flights::LIVE_FROM);
    window.send(DemoCommand::SetSpeed(Speed::MINUTE));
    let slow = window.state().demo.replay.clone().unwrap();
    assert_eq!((slow.speed, slow.paused), (Speed::MINUTE, false), "a speed that is chosen is one to see");
    window.send(DemoCommand::SetSpeed(Speed::FASTEST));
    let then = slow.departures;
    window.wait_for("more flights", |window| {
        window.state().demo.replay.as_ref().is_some_and(|now| now.departures > then + 50)
    });
}

#[test]
fn the_demo_stops_in_order_goes_on_where_it_was_and_begins_anew() {
    let mut window = started();
    window.send(DemoCommand::Stop);
    window.wait_for("the end", |window| window.state().demo.phase == DemoPhase::Off);
    assert!(!window.state().connection.is_open() && !window.state().live.session().unwrap().is_active());
    assert_eq!(window.state().live.session().unwrap().problem, None);

    window.send(DemoCommand::Start);
    window.wait_for("the demo", |window| window.state().demo.is_running());
    let clock = window.state().demo.replay.as_ref().unwrap().clock;
    assert!(clock > Flights::LIVE_FROM, "it goes on and does not begin again");
    wait_until_it_scores(&mut window);

    window.send(DemoCommand::SetSpeed(Speed::REAL_TIME));
    window.send(DemoCommand::AskStartAnew);
    assert!(window.sees("Start the demo anew?"), "{:?}", window.texts());
    window.button("Start anew");
    window.wait_for("the end", |window| !window.state().demo.is_running());
    window.wait_for("the new one", |window| window.state().demo.is_running());
    let clock = window.state().demo.replay.as_ref().unwrap().clock;
    assert!(clock < forebay::kafka::EventTime(Flights::LIVE_FROM.0 + 86_400_000), "{clock:?}");
    wait_until_it_scores(&mut window);
}
