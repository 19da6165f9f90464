//! The frame of the window: stages, palette, shortcuts, theme, sizes.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use forebay::app::Stage;
use forebay::app::commands::WindowCommand;
use forebay::app::state::Overlay;
use forebay::workspace::Theme;

use crate::harness::Window;

#[test]
fn every_stage_says_what_is_missing_and_how_to_get_it() {
    let mut window = Window::open();
    let said = [
        (Stage::Connect, "No connection yet"),
        (Stage::Browse, "No cluster is connected"),
        (Stage::Prepare, "No slice read"),
        (Stage::Train, "No features yet"),
        (Stage::Models, "No cluster is connected"),
        (Stage::Live, "Nothing runs"),
    ];
    for (stage, missing) in said {
        window.click(Role::Tab, stage.title());
        assert_eq!(window.state().stage, stage);
        assert!(window.sees(missing), "{stage:?} says {:?}", window.texts());
    }
}

#[test]
fn a_stage_is_reached_by_its_number() {
    let mut window = Window::open();
    window.ctrl(Key::Num4);
    assert_eq!(window.state().stage, Stage::Train);
    window.ctrl(Key::Num1);
    assert_eq!(window.state().stage, Stage::Connect);
}

#[test]
fn the_palette_finds_a_command_by_a_few_letters_and_runs_it() {
    let mut window = Window::open();
    window.ctrl(Key::K);
    assert!(matches!(window.state().overlay, Some(Overlay::Palette { .. })));
    window.type_text("go tra");
    assert!(window.has(Role::ListBoxOption, "Go to Train"));
    window.press(Key::Enter);
    assert_eq!(window.state().stage, Stage::Train);
    assert!(window.state().overlay.is_none());

    window.ctrl(Key::K);
    assert_eq!(window.options()[0], "Go to Train", "what was run last comes first");
    window.press(Key::Escape);
    assert!(window.state().overlay.is_none());
}

#[test]
fn the_palette_goes_down_and_up_by_arrows() {
    let mut window = Window::open();
    window.ctrl(Key::K);
    window.type_text("go to");
    window.press(Key::ArrowDown);
    window.press(Key::ArrowDown);
    window.press(Key::ArrowUp);
    window.press(Key::Enter);
    assert_eq!(window.state().stage, Stage::Browse);
}

#[test]
fn the_theme_is_switched_and_kept() {
    let mut window = Window::open();
    assert_eq!(window.state().settings.theme, Theme::Dark);
    window.ctrl(Key::Comma);
    window.click(Role::RadioButton, "Light");
    assert_eq!(window.state().settings.theme, Theme::Light);
    let file = window.folder.path().join("settings.toml");
    window.wait_for("settings.toml", |_| file.exists());

    let window = Window::open_in(window.close(), 1440.0, 900.0, |_| ());
    assert_eq!(window.state().settings.theme, Theme::Light);
}

#[test]
fn a_zone_that_is_not_known_is_told_at_its_field() {
    let mut window = Window::open();
    window.send(WindowCommand::ToggleSettings);
    window.fill("Time zone", "Nowhere/Land");
    window.press(Key::Enter);
    assert!(window.state().settings.zone_problem.is_some());
    window.fill("Time zone", "America/New_York");
    window.press(Key::Enter);
    assert_eq!(window.state().settings.zone_name, "America/New_York");
    assert_eq!(window.state().settings.zone_problem, None);
}

#[test]
fn help_lists_the_shortcuts_that_there_are() {
    let mut window = Window::open();
    window.press(Key::F1);
    assert!(window.sees("Keyboard shortcuts"));
    assert!(window.sees("Search or run a command") && window.sees("Save workspace"));
    window.press(Key::Escape);
    assert!(window.state().overlay.is_none());
}

#[test]
fn the_keyboard_alone_reaches_a_stage() {
    let mut window = Window::open();
    for _ in 0..40 {
        window.press(Key::Tab);
        if window.focused() == Some("Models".into()) {
            break;
        }
    }
    assert_eq!(window.focused(), Some("Models".into()));
    window.press(Key::Enter);
    assert_eq!(window.state().stage, Stage::Models);
}

#[test]
fn a_small_window_keeps_every_stage_in_reach() {
    for (width, height) in [(1024.0, 700.0), (900.0, 600.0)] {
        let mut window = Window::open_sized(width, height);
        for stage in Stage::ALL {
            window.click(Role::Tab, stage.title());
            assert_eq!(window.state().stage, stage);
        }
    }
}

#[test]
fn a_window_at_rest_asks_for_no_frames() {
    let mut window = Window::open();
    for stage in Stage::ALL {
        window.send(WindowCommand::Go(stage));
        assert!(!window.wants_frames(), "{stage:?} repaints without a cause");
    }
}

#[test]
fn the_more_special_shortcut_wins() {
    let mut window = Window::open();
    window.press_with(Modifiers::COMMAND | Modifiers::CTRL | Modifiers::SHIFT, Key::N);
    assert_eq!(window.state().connect.connections.len(), 1, "Ctrl+Shift+N is a connection, not a workspace");
}

#[test]
fn tab_goes_round_in_what_is_open_and_leaves_it_only_when_it_is_closed() {
    let mut window = Window::open();
    window.ctrl(Key::S);
    assert!(matches!(window.state().overlay, Some(Overlay::Path(_))));
    let mut reached = Vec::new();
    for _ in 0..8 {
        window.press(Key::Tab);
        reached.extend(window.focused());
    }
    reached.sort_unstable();
    reached.dedup();
    assert_eq!(reached, ["Cancel", "Path"], "Save is off while no path is typed");
    window.press(Key::F6);
    assert!(matches!(window.focused().as_deref(), None | Some("Cancel" | "Path")), "{:?}", window.focused());

    window.press(Key::Escape);
    window.press(Key::Tab);
    assert!(!matches!(window.focused().as_deref(), Some("Cancel" | "Path")), "{:?}", window.focused());
}
