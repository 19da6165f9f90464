//! A window in memory, with a configuration folder of its own.

use std::time::{Duration, Instant};

use eframe::egui::accessibility::is_input;
use eframe::egui::accesskit::{Action, Role};
use eframe::egui::{Event, Key, Modifiers, OutputCommand, Pos2, Rect, Ui, UiBuilder, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{AccessKitNode, NodeT, Queryable};
use forebay::app::commands::Command;
use forebay::app::{App, Message, Options, Stage, State};
use forebay::kafka::{ConnectionProfile, Secrets};
use forebay::ui;

use crate::brokers::{Kafka, PATIENCE};

/// A window that is not shown.
pub struct Window {
    harness: Harness<'static, Shown>,
    /// Its configuration folder; also a place for files.
    pub folder: tempfile::TempDir,
}

/// The application in the window, and what it gave to the desktop.
#[derive(Default)]
struct Shown {
    app: Option<App>,
    copied: Option<String>,
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
            .build_ui_state(move |ui, shown| frame(ui, shown, &options), Shown::default());
        let mut window = Self { harness, folder };
        window.settle();
        window
    }

    /// A window that is connected to a cluster and knows its topics.
    pub fn on(kafka: &Kafka) -> Self {
        Self::connected(kafka.profile())
    }

    /// The same by a profile of the test's own.
    pub fn connected(profile: ConnectionProfile) -> Self {
        let mut window = Self::open_in(tempfile::tempdir().unwrap(), 1440.0, 900.0, |options| {
            options.connection = Some((profile, Secrets::new()));
        });
        window.wait_for("the connection", |window| window.state().connection.catalogue.get().is_some());
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
        self.harness.state_mut().app.as_mut().unwrap().deliver(message);
        self.settle();
    }

    /// Goes to a stage by the rail.
    pub fn go(&mut self, stage: Stage) {
        self.click(Role::Tab, stage.title());
    }

    /// Drags the window's corner.
    pub fn resize(&mut self, width: f32, height: f32) {
        self.harness.set_size(vec2(width, height));
        self.settle();
    }

    /// Runs frames until nothing changes any more; toasts and jobs may still be there.
    pub fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    /// Runs frames, in real time, until `done`; fails with what was awaited where it does not come.
    #[track_caller]
    pub fn wait_for(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let comes = self.comes_within(PATIENCE, done);
        assert!(comes, "{what} did not come within {PATIENCE:?}; there is: {:?}", self.texts());
    }

    /// Runs frames, in real time, until `done` or for so long, and says whether it came.
    pub fn comes_within(&mut self, limit: Duration, done: impl Fn(&Self) -> bool) -> bool {
        let until = Instant::now() + limit;
        while !done(self) {
            if Instant::now() >= until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
            self.harness.step();
        }
        self.settle();
        true
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
        self.node(role, name).click();
        self.settle();
    }

    /// Clicks a button.
    #[track_caller]
    pub fn button(&mut self, name: &str) {
        self.click(Role::Button, name);
    }

    /// Where something of that role and name is.
    #[track_caller]
    pub fn place(&self, role: Role, name: &str) -> Rect {
        self.node(role, name).rect()
    }

    /// Presses the pointer at one place, moves it to another and lets go.
    pub fn drag(&mut self, from: Pos2, to: Pos2) {
        self.harness.hover_at(from);
        self.harness.drag_at(from);
        self.harness.hover_at(from.lerp(to, 0.5));
        self.harness.hover_at(to);
        self.harness.drop_at(to);
        self.settle();
    }

    /// Replaces what stands in a field.
    #[track_caller]
    pub fn fill(&mut self, field: &str, text: &str) {
        self.click(Role::TextInput, field);
        self.ctrl(Key::A);
        self.press(Key::Delete);
        self.type_text(text);
    }

    /// Replaces what stands in a field, and leaves it by Enter.
    #[track_caller]
    pub fn enter(&mut self, field: &str, text: &str) {
        self.fill(field, text);
        self.press(Key::Enter);
    }

    /// Opens a list and chooses one of its options.
    #[track_caller]
    pub fn choose(&mut self, list: &str, option: &str) {
        self.click(Role::ComboBox, list);
        self.click(Role::MenuItemRadio, option);
    }

    /// Clicks the first row of a table that begins so.
    #[track_caller]
    pub fn row(&mut self, beginning: &str) {
        let rows = self.named(Role::Row);
        let row = rows.iter().find(|row| row.starts_with(beginning));
        let row = row.unwrap_or_else(|| panic!("no row begins with {beginning}; there is: {rows:?}")).clone();
        self.click(Role::Row, &row);
    }

    /// What stands in a field.
    #[track_caller]
    pub fn value(&self, field: &str) -> String {
        self.harness.get_by_role_and_label(Role::TextInput, field).value().unwrap_or_default()
    }

    /// Whether there is something of that name, whatever its role.
    pub fn sees(&self, name: &str) -> bool {
        self.texts().iter().any(|text| text == name)
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
        !self.node(role, name).accesskit_node().is_disabled()
    }

    /// Whether a button is there and on.
    pub fn offers(&self, button: &str) -> bool {
        self.has(Role::Button, button) && self.is_on(Role::Button, button)
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
        self.named(Role::ListBoxOption)
    }

    /// Names of all that has that role, in reading order.
    pub fn named(&self, role: Role) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        nodes.filter(|node| node.accesskit_node().role() == role).filter_map(name_of).collect()
    }

    /// What can be clicked, typed into or reached by Tab and has no name: a screen reader would not know it.
    pub fn nameless(&self) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        let nameless = nodes.filter(|node| {
            let node = node.accesskit_node();
            let name = node.label().or_else(|| node.data().placeholder().map(str::to_owned));
            is_control(&node) && name.is_none_or(|name| name.trim().is_empty())
        });
        nameless.map(|node| format!("{:?} at {:?}", node.accesskit_node().role(), node.rect())).collect()
    }

    /// What was copied last.
    pub fn copied(&self) -> Option<&str> {
        self.harness.state().copied.as_deref()
    }

    /// All names and texts that are there, in reading order.
    pub fn texts(&self) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        nodes.flat_map(|node| [name_of(node), node.accesskit_node().description()]).flatten().collect()
    }

    /// Whether a frame was asked for that nothing in sight needs.
    pub fn wants_frames(&mut self) -> bool {
        self.settle();
        let output = self.harness.output();
        output.viewport_output.values().any(|viewport| viewport.repaint_delay < Duration::from_millis(100))
    }

    #[track_caller]
    fn node<'a>(&'a self, role: Role, name: &'a str) -> egui_kittest::Node<'a> {
        let found = self.harness.query_all_by_role_and_label(role, name).next();
        found.unwrap_or_else(|| panic!("no {role:?} {name}; there is: {:?}", self.texts()))
    }

    fn app(&self) -> &App {
        self.harness.state().app.as_ref().unwrap()
    }
}

/// Whether something can be done with a node.
fn is_control(node: &AccessKitNode<'_>) -> bool {
    let actions = [Action::Click, Action::Focus];
    // egui's own scroll bars are no stop for Tab.
    let acts = node.role() != Role::ScrollBar;
    is_input(node.role()) || acts && actions.iter().any(|action| node.data().supports_action(*action))
}

/// What a node is called; the text of a label is its value.
fn name_of(node: egui_kittest::Node<'_>) -> Option<String> {
    let node = node.accesskit_node();
    node.label().or_else(|| node.value())
}

/// One frame of the application, over the whole window.
fn frame(ui: &mut Ui, shown: &mut Shown, options: &Options) {
    let ctx = ui.ctx().clone();
    let app = shown.app.get_or_insert_with(|| App::new(&ctx, options.clone()).unwrap());
    app.update(&ctx);
    ctx.output(|output| {
        for command in &output.commands {
            if let OutputCommand::CopyText(text) = command {
                shown.copied = Some(text.clone());
            }
        }
    });
    let window: Rect = ctx.content_rect();
    let mut root = ui.new_child(UiBuilder::new().max_rect(window));
    root.set_clip_rect(window);
    app.paint(&mut root);
}
