//! A window in memory, with a configuration folder of its own.

use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, Rect, Ui, UiBuilder};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use forebay::app::commands::Command;
use forebay::app::{App, Message, Options, State};
use forebay::ui;

/// A window that is not shown.
pub struct Window {
    harness: Harness<'static, Option<App>>,
    /// Its configuration folder; also a place for files.
    pub folder: tempfile::TempDir,
}

impl Window {
    /// A window of 1440 x 900, as drawn in the pictures.
    pub fn open() -> Self {
        Self::open_sized(1440.0, 900.0)
    }

    /// A window of another size.
    pub fn open_sized(width: f32, height: f32) -> Self {
        Self::open_in(tempfile::tempdir().unwrap(), width, height, |_| ())
    }

    /// A window whose configuration folder is there already, with options.
    pub fn open_in(
        folder: tempfile::TempDir,
        width: f32,
        height: f32,
        set: impl FnOnce(&mut Options),
    ) -> Self {
        let mut options = Options {
            config_dir: Some(folder.path().to_owned()),
            native_dialogs: false,
            ..Options::default()
        };
        set(&mut options);
        let harness = Harness::builder()
            .with_size([width, height])
            .with_max_steps(12)
            .with_context_setup(ui::install)
            .build_ui_state(move |ui, app| frame(ui, app, &options), None);
        let mut window = Self { harness, folder };
        window.settle();
        window
    }

    /// Closes the window and keeps its folder, to open another on it.
    pub fn close(self) -> tempfile::TempDir {
        let Self { harness, folder } = self;
        drop(harness);
        folder
    }

    /// What the panels read.
    pub fn state(&self) -> &State {
        self.app().state()
    }

    /// Does what a button of that command would do.
    pub fn send(&mut self, command: impl Into<Command>) {
        self.app().send(command);
        self.settle();
    }

    /// Hands the application what a job would bring.
    pub fn deliver(&mut self, message: Message) {
        self.harness.state_mut().as_mut().unwrap().deliver(message);
        self.settle();
    }

    /// Runs frames until nothing changes any more; toasts and jobs may still be there.
    pub fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    /// Runs frames, in real time, until `done`; fails after `seconds` with what was awaited.
    #[track_caller]
    pub fn wait_for(&mut self, seconds: u64, what: &str, done: impl Fn(&Self) -> bool) {
        let until = Instant::now() + Duration::from_secs(seconds);
        while !done(self) {
            assert!(
                Instant::now() < until,
                "{what} did not come within {seconds} s; there is: {:?}",
                self.texts()
            );
            std::thread::sleep(Duration::from_millis(10));
            self.harness.step();
        }
        self.settle();
    }

    /// Presses a key.
    pub fn press(&mut self, key: Key) {
        self.press_with(Modifiers::NONE, key);
    }

    /// Presses a key with Ctrl.
    pub fn ctrl(&mut self, key: Key) {
        self.press_with(Modifiers::COMMAND | Modifiers::CTRL, key);
    }

    /// Presses a key with modifiers.
    pub fn press_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Types text into whatever has the focus.
    pub fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.into()));
        self.settle();
    }

    /// Lets the clipboard's text arrive.
    pub fn paste(&mut self, text: &str) {
        self.harness.event(Event::Paste(text.into()));
        self.settle();
    }

    /// Clicks what has that role and name.
    #[track_caller]
    pub fn click(&mut self, role: Role, name: &str) {
        let found = self.harness.query_all_by_role_and_label(role, name).next();
        let node = found.unwrap_or_else(|| panic!("no {role:?} {name}; there is: {:?}", self.texts()));
        node.click();
        self.settle();
    }

    /// Clicks a button.
    #[track_caller]
    pub fn button(&mut self, name: &str) {
        self.click(Role::Button, name);
    }

    /// Replaces what stands in a field.
    #[track_caller]
    pub fn fill(&mut self, field: &str, text: &str) {
        self.click(Role::TextInput, field);
        self.ctrl(Key::A);
        self.type_text(text);
    }

    /// What stands in a field.
    #[track_caller]
    pub fn value(&self, field: &str) -> String {
        self.harness.get_by_role_and_label(Role::TextInput, field).value().unwrap_or_default()
    }

    /// Whether there is something of that name, whatever its role.
    pub fn sees(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// Whether there is something whose name contains that.
    pub fn sees_part(&self, part: &str) -> bool {
        self.texts().iter().any(|text| text.contains(part))
    }

    /// Whether there is something of that role and name.
    pub fn has(&self, role: Role, name: &str) -> bool {
        self.harness.query_all_by_role_and_label(role, name).next().is_some()
    }

    /// Whether a control is there and on.
    #[track_caller]
    pub fn is_on(&self, role: Role, name: &str) -> bool {
        let found = self.harness.query_all_by_role_and_label(role, name).next();
        let node = found.unwrap_or_else(|| panic!("no {role:?} {name}; there is: {:?}", self.texts()));
        !node.accesskit_node().is_disabled()
    }

    /// The name of what has the focus.
    pub fn focused(&self) -> Option<String> {
        let focused = |node: &egui_kittest::Node<'_>| node.is_focused();
        self.harness.root().children_recursive().find(focused).and_then(|node| node.accesskit_node().label())
    }

    /// Presses the button of an open dialog, which may have the name of a button below it.
    #[track_caller]
    pub fn confirm(&mut self, button: &str) {
        self.harness.query_all_by_role_and_label(Role::Button, button).last().unwrap().click();
        self.settle();
    }

    /// Names of the rows of lists and of the palette, in reading order.
    pub fn options(&self) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        nodes.filter(|node| node.accesskit_node().role() == Role::ListBoxOption).filter_map(name_of).collect()
    }

    /// All names and texts that are there, in reading order.
    pub fn texts(&self) -> Vec<String> {
        self.harness.root().children_recursive().filter_map(name_of).collect()
    }

    /// Whether a frame was asked for that nothing in sight needs.
    pub fn wants_frames(&mut self) -> bool {
        self.settle();
        let output = self.harness.output();
        output.viewport_output.values().any(|viewport| viewport.repaint_delay < Duration::from_millis(100))
    }

    fn app(&self) -> &App {
        self.harness.state().as_ref().unwrap()
    }
}

/// What a node is called; the text of a label is its value.
fn name_of(node: egui_kittest::Node<'_>) -> Option<String> {
    let node = node.accesskit_node();
    node.label().or_else(|| node.value())
}

/// One frame of the application, over the whole window.
fn frame(ui: &mut Ui, app: &mut Option<App>, options: &Options) {
    let ctx = ui.ctx().clone();
    let app = app.get_or_insert_with(|| App::new(&ctx, options.clone()).unwrap());
    app.update(&ctx);
    let window: Rect = ctx.content_rect();
    let mut root = ui.new_child(UiBuilder::new().max_rect(window));
    root.set_clip_rect(window);
    app.paint(&mut root);
}
