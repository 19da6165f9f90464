//! The workspace: edited, undone, saved, opened again, recovered.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use forebay::app::Stage;
use forebay::app::commands::{WindowCommand, WorkspaceCommand};
use forebay::app::state::Overlay;
use forebay::workspace::Workspace;

use crate::harness::Window;

fn with_seed(seed: u64) -> WorkspaceCommand {
    let mut workspace = Workspace::default();
    workspace.training.seed = seed;
    WorkspaceCommand::Recover(Box::new(workspace))
}

fn seed(window: &Window) -> u64 {
    window.state().workspace.get().training.seed
}

#[test]
fn an_edit_is_undone_and_redone_by_keys() {
    let mut window = Window::open();
    assert!(!window.is_on(Role::Button, "Undo"));
    window.send(with_seed(7));
    assert!(window.is_on(Role::Button, "Undo recover"));
    window.ctrl(Key::Z);
    assert_eq!(seed(&window), 0);
    window.press_with(Modifiers::COMMAND | Modifiers::CTRL | Modifiers::SHIFT, Key::Z);
    assert_eq!(seed(&window), 7);
}

#[test]
fn a_workspace_is_saved_under_a_typed_path_and_opened_again_as_it_was() {
    let mut window = Window::open();
    window.send(with_seed(42));
    window.send(WindowCommand::Go(Stage::Train));
    window.ctrl(Key::S);
    let path = window.folder.path().join("nyc-delays");
    window.fill("Path", &path.display().to_string());
    window.press(Key::Enter);
    window.wait_for("the saved workspace", |window| !window.state().workspace.is_dirty());
    assert_eq!(window.state().workspace.name(), "nyc-delays");
    assert!(window.has(Role::Button, "Workspace nyc-delays"));

    let file = path.with_extension("forebay");
    let window =
        Window::open_in(window.close(), 1440.0, 900.0, |options| options.workspace = Some(file.clone()));
    let mut window = window;
    window.wait_for("the workspace", |window| seed(window) == 42);
    assert_eq!((window.state().stage, window.state().workspace.is_dirty()), (Stage::Train, false));
    assert_eq!(window.state().recent_files, [file]);
}

#[test]
fn a_path_that_cannot_be_opened_says_why_and_changes_nothing() {
    let mut window = Window::open();
    window.send(with_seed(1));
    window.send(WorkspaceCommand::OpenFile("/nowhere/at-all.forebay".into()));
    assert!(window.sees("Go on without saving?"), "unsaved work is asked about first");
    window.button("Go on without saving");
    window.wait_for("the problem", |window| window.sees_part("at-all.forebay"));
    assert!(window.sees_part("No such file"));
}

#[test]
fn unsaved_work_is_offered_again_after_a_crash() {
    let mut window = Window::open();
    window.send(with_seed(9));
    let autosave = window.folder.path().join("unsaved.forebay.autosave");
    window.wait_for("the autosave", |_| autosave.exists());

    let mut window = Window::open_in(window.close(), 1440.0, 900.0, |_| ());
    window.wait_for("the offer", |window| window.sees("Recover unsaved work?"));
    window.button("Recover");
    assert_eq!((seed(&window), window.state().workspace.is_dirty()), (9, true));
}

#[test]
fn what_is_discarded_is_not_offered_again() {
    let mut window = Window::open();
    window.send(with_seed(9));
    let autosave = window.folder.path().join("unsaved.forebay.autosave");
    window.wait_for("the autosave", |_| autosave.exists());
    let mut window = Window::open_in(window.close(), 1440.0, 900.0, |_| ());
    window.wait_for("the offer", |window| window.sees("Recover unsaved work?"));
    window.button("Discard it");
    window.wait_for("the autosave to go", |_| !autosave.exists());
    assert_eq!(seed(&window), 0);
}

#[test]
fn a_path_without_a_file_name_cannot_be_accepted() {
    let mut window = Window::open();
    window.send(WorkspaceCommand::SaveAs);
    assert!(!window.is_on(Role::Button, "Save"));
    window.fill("Path", "/");
    assert!(!window.is_on(Role::Button, "Save"));
    window.button("Cancel");
    assert!(window.state().overlay.is_none());
    window.send(WorkspaceCommand::Open);
    assert!(matches!(window.state().overlay, Some(Overlay::Path(_))));
}
