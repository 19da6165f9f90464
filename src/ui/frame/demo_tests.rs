//! What the window says of the demo: its notes, its clock, its stream, and how it is started.

use eframe::egui::accesskit::Role;

use crate::app::commands::connect::Edit;
use crate::app::commands::{Command, ConnectCommand, DemoCommand, WindowCommand};
use crate::app::state::demo::DemoPhase;
use crate::app::{Background, Runtime, Stage, State};
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
}

#[test]
fn the_clock_in_the_status_bar_opens_speeds_and_pause() {
    let mut window = Window::of(demo(Stage::Browse, replay()));
    window.click(Role::Button, "Replay clock 2013-12-15 14:32 at 1 h/s");
    let sent = window.click(Role::MenuItemRadio, "10,000x");
    assert!(matches!(sent.as_slice(), [Command::Demo(DemoCommand::SetSpeed(Speed::FASTEST))]), "{sent:?}");
    window.click(Role::Button, "Replay clock 2013-12-15 14:32 at 1 h/s");
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
