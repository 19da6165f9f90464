//! For tests: the window drawn on a state, without an application around it. What panels send is kept and not run.

use std::cell::RefCell;
use std::rc::Rc;

use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::app::State;
use crate::app::commands::{Command, Sender};
use crate::ui::{self, View};

/// The window on a state, which the test changes.
pub(in crate::ui) struct Window {
    harness: Harness<'static>,
    /// What is drawn.
    pub(in crate::ui) state: Rc<RefCell<State>>,
    sent: Rc<Sender>,
}

impl Window {
    /// 1440 x 900, as in the pictures.
    pub(in crate::ui) fn of(state: State) -> Self {
        Self::sized(state, 1440.0, 900.0)
    }

    /// Of another size.
    pub(in crate::ui) fn sized(state: State, width: f32, height: f32) -> Self {
        let state = Rc::new(RefCell::new(state));
        let sent = Rc::new(Sender::default());
        let (drawn, sender) = (state.clone(), sent.clone());
        let harness = Harness::builder()
            .with_size([width, height])
            .with_max_steps(8)
            .with_context_setup(ui::install)
            .build_ui(move |root| {
                let window = root.ctx().content_rect();
                let mut whole = root.new_child(eframe::egui::UiBuilder::new().max_rect(window));
                whole.set_clip_rect(window);
                ui::show(&mut whole, &View::new(&drawn.borrow(), &sender));
            });
        let mut window = Self { harness, state, sent };
        window.settle();
        window
    }

    /// Draws some frames.
    pub(in crate::ui) fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    /// All names and texts, in reading order.
    pub(in crate::ui) fn texts(&self) -> Vec<String> {
        // The words of a label are its value; a control has a name, and some a value beside it.
        let said = |node: egui_kittest::Node<'_>| {
            let (name, value) = (node.accesskit_node().label(), node.accesskit_node().value());
            let value = value.filter(|value| name.as_ref() != Some(value));
            [name, value]
        };
        self.harness.root().children_recursive().flat_map(said).flatten().collect()
    }

    /// Fails where nothing says that.
    #[track_caller]
    pub(in crate::ui) fn sees(&self, part: &str) {
        let texts = self.texts();
        assert!(texts.iter().any(|text| text.contains(part)), "no \"{part}\"; there is: {texts:?}");
    }

    /// Whether nothing says that.
    pub(in crate::ui) fn lacks(&self, part: &str) -> bool {
        !self.texts().iter().any(|text| text.contains(part))
    }

    /// Where what has that role and name begins, from the top of the window.
    #[track_caller]
    pub(in crate::ui) fn top_of(&self, role: Role, name: &str) -> f32 {
        let found = self.harness.query_all_by_role_and_label(role, name).next();
        found.unwrap_or_else(|| panic!("no {role:?} {name}; there is: {:?}", self.texts())).rect().top()
    }

    /// Clicks what has that role and name; the commands that it sent.
    #[track_caller]
    pub(in crate::ui) fn click(&mut self, role: Role, name: &str) -> Vec<Command> {
        let found = self.harness.query_all_by_role_and_label(role, name).next();
        found.unwrap_or_else(|| panic!("no {role:?} {name}; there is: {:?}", self.texts())).click();
        self.settle();
        self.sent.take()
    }

    /// The reason that the main action is off.
    pub(in crate::ui) fn refusal(&self) -> Option<String> {
        let state = self.state.borrow();
        Command::main_action(&state).and_then(|command| command.refusal(&state))
    }
}
