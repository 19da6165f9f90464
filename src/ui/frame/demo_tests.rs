//! What the window says of the demo: its notes, its clock, its stream, and how it is started.

use eframe::egui::accesskit::Role;

use crate::app::commands::connect::Edit;
use crate::app::commands::{Command, ConnectCommand, DemoCommand, WindowCommand};
use crate::app::state::demo::{DemoPhase, DemoState};
use crate::app::{Background, Message, Runtime, Stage, State};
use crate::demo::{CONNECTION, ReplayState, Speed};
use crate::jobs::Problem;
use crate::kafka::EventTime;
use crate::ui::testing::Window;

fn replay() -> ReplayState {
    ReplayState {
        clock: EventTime(1_387_117_920_000),
        speed: Speed::HOUR,
        paused: false,
        departures: 321_848,
        arrivals: 312_611,
        broken: 2_610,
        ended: false,
        problem: None,
    }
}

/// A window in which the demo runs.
fn demo(stage: Stage, replay: ReplayState) -> State {
    let mut state = State { stage, ..State::default() };
    state.demo.phase = DemoPhase::Running;
    state.demo.replay = Some(replay);
    let commands = [ConnectCommand::New, ConnectCommand::Edit(Edit::Name(CONNECTION.into()))];
    run_on(&mut state, commands.map(Command::from).into());
    state.connection.name = CONNECTION.into();
    state.stage = stage;
    state
}

fn run_on(state: &mut State, commands: Vec<Command>) {
    let (mut background, ctx) = (Background::new(|| ()), eframe::egui::Context::default());
    for command in commands {
        command.run(&mut Runtime { state, background: &mut background, ctx: &ctx });
    }
}

/// Runs commands on a state, as the application would.
fn run(window: &mut Window, commands: Vec<Command>) {
    run_on(&mut window.state.borrow_mut(), commands);
    window.settle();
}

#[test]
fn each_stage_says_what_to_try_until_its_note_is_dismissed() {
    for (width, height) in [(1440.0, 900.0), (900.0, 600.0)] {
        for stage in Stage::ALL {
            let mut window = Window::sized(demo(stage, replay()), width, height);
            let note = window.state.borrow().note().unwrap();
            window.sees(note);
            let sent = window.click(Role::Button, "Dismiss the note");
            run(&mut window, sent);
            assert!(window.lacks(note), "{stage:?} at {width}");
        }
    }
}

#[test]
fn dismissed_notes_come_back_from_the_help() {
    let mut window = Window::of(demo(Stage::Browse, replay()));
    run(&mut window, vec![WindowCommand::DismissNote.into(), WindowCommand::ToggleHelp.into()]);
    let sent = window.click(Role::Button, "Show the notes again");
    run(&mut window, sent);
    assert!(window.state.borrow().note().is_some());
}

#[test]
fn outside_the_demo_nothing_is_said_of_it_but_how_to_start_it() {
    let mut window = Window::of(State::default());
    assert!(window.lacks("Replay clock") && window.lacks("Dismiss the note"));
    let sent = window.click(Role::Button, "Start the demo cluster");
    assert!(matches!(sent.as_slice(), [Command::Demo(DemoCommand::Start)]), "{sent:?}");
}

#[test]
fn a_demo_that_could_not_be_started_says_why_and_offers_to_try_again() {
    let mut state = State::default();
    state.demo.phase =
        DemoPhase::Failed(Problem::new("Starting the demo", "the disk is full", "Free some space"));
    let mut window = Window::of(state);
    window.sees("the disk is full");
    assert_eq!(window.click(Role::Button, "Start the demo cluster").len(), 1);
    let sent = window.click(Role::Button, "Start the demo anew");
    assert!(matches!(sent.as_slice(), [Command::Demo(DemoCommand::AskStartAnew)]), "{sent:?}");
    assert_eq!(sent[0].refusal(&window.state.borrow()), None);
}

#[test]
fn a_defect_while_the_demo_is_started_ends_the_waiting() {
    let mut state = State::default();
    state.demo.phase = DemoPhase::Starting;
    let problem = Problem::new("Preparing the demo", "the job ended by a defect", "Report it");
    let failed = Message::JobFailed { key: DemoState::JOB.into(), problem: problem.clone() };
    let (mut background, ctx) = (Background::new(|| ()), eframe::egui::Context::default());
    failed.handle(&mut Runtime { state: &mut state, background: &mut background, ctx: &ctx });
    assert_eq!(state.demo.phase, DemoPhase::Failed(problem));
}

#[test]
fn on_another_cluster_there_are_no_notes_of_the_demo() {
    let mut state = demo(Stage::Browse, replay());
    assert!(state.note().is_some());
    state.connection.name = "plant".into();
    assert_eq!(state.note(), None);
}

#[test]
fn the_connection_of_a_running_demo_keeps_its_name_and_its_place() {
    let mut state = demo(Stage::Connect, replay());
    let id = state.connect.selected.unwrap();
    let commands = [
        ConnectCommand::AskDelete,
        ConnectCommand::Delete(id),
        ConnectCommand::Edit(Edit::Name("mine".into())),
    ];
    for command in commands.clone() {
        assert!(Command::from(command.clone()).refusal(&state).is_some(), "{command:?}");
    }
    state.demo.phase = DemoPhase::Off;
    for command in commands {
        assert_eq!(Command::from(command).refusal(&state), None);
    }
}

#[test]
fn the_clock_in_the_status_bar_opens_speeds_and_pause() {
    let mut window = Window::of(demo(Stage::Browse, replay()));
    window.click(Role::Button, "Replay clock");
    let sent = window.click(Role::MenuItemRadio, "10,000x");
    assert!(matches!(sent.as_slice(), [Command::Demo(DemoCommand::SetSpeed(Speed::FASTEST))]), "{sent:?}");
    window.click(Role::Button, "Replay clock");
    let sent = window.click(Role::MenuItem, "Pause the replay");
    assert!(matches!(sent.as_slice(), [Command::Demo(DemoCommand::Pause)]), "{sent:?}");
    Window::of(demo(Stage::Live, ReplayState { paused: true, ..replay() })).sees("14:32 paused");
    Window::of(demo(Stage::Live, ReplayState { ended: true, ..replay() })).sees("the year is over");
}

#[test]
fn the_connection_of_the_demo_has_its_stream() {
    let mut window = Window::of(demo(Stage::Connect, replay()));
    for part in
        ["embedded broker, in this window's process", "Demo stream", "0.8 %", "2,610 so far", "on landing"]
    {
        window.sees(part);
    }
    let sent = window.click(Role::RadioButton, "1 min/s");
    assert!(matches!(sent.as_slice(), [Command::Demo(DemoCommand::SetSpeed(Speed::MINUTE))]), "{sent:?}");
    let sent = window.click(Role::Switch, "Replay");
    assert!(matches!(sent.as_slice(), [Command::Demo(DemoCommand::Pause)]), "{sent:?}");
    assert!(window.lacks("Start the demo cluster"), "it runs");
}

#[test]
fn when_the_year_is_over_no_speed_can_be_chosen() {
    let mut window = Window::of(demo(Stage::Connect, ReplayState { ended: true, ..replay() }));
    window.sees("The year is over: nothing comes any more.");
    assert!(window.click(Role::RadioButton, "1 min/s").is_empty());
}
