//! Everything that can be done: the one list from which the palette, menus, buttons, tooltips and shortcuts are made.
//!
//! In: a [`Command`] sent by a panel, a shortcut or the palette. Out: a changed [`State`], and jobs that were started.

pub mod browse;
pub mod connect;
pub mod demo;
pub mod live;
pub mod models;
pub mod prepare;
mod shortcut;
pub mod train;
pub mod window;
pub mod workspace;

use std::borrow::Cow;
use std::cell::RefCell;

use eframe::egui::KeyboardShortcut;

use super::runtime::Runtime;
use super::stage::Stage;
use super::state::State;
use crate::ui::Icon;

pub use browse::BrowseCommand;
pub use connect::ConnectCommand;
pub use demo::DemoCommand;
pub use live::LiveCommand;
pub use models::ModelsCommand;
pub use prepare::PrepareCommand;
pub use shortcut::{MAIN_ACTION, ctrl, ctrl_shift, keys, plain};
pub use train::TrainCommand;
pub use window::WindowCommand;
pub use workspace::WorkspaceCommand;

/// Something to be done. Each stage has an enum of its own.
#[derive(Clone, Debug)]
pub enum Command {
    /// Of the window: stages, palette, theme, popups.
    Window(WindowCommand),
    /// Of the workspace: save, open, undo.
    Workspace(WorkspaceCommand),
    /// Of stage Connect.
    Connect(ConnectCommand),
    /// Of stage Browse.
    Browse(BrowseCommand),
    /// Of stage Prepare.
    Prepare(PrepareCommand),
    /// Of stage Train.
    Train(TrainCommand),
    /// Of stage Models.
    Models(ModelsCommand),
    /// Of stage Live.
    Live(LiveCommand),
    /// Of the demo: start, speed, pause.
    Demo(DemoCommand),
}

/// What a person reads of a command.
#[derive(Clone, Debug)]
pub struct About {
    /// On its button and in the palette: `Read slice`.
    pub title: Cow<'static, str>,
    /// In its tooltip: what it does, in a sentence without full stop.
    pub help: Cow<'static, str>,
    /// On its button.
    pub icon: Option<Icon>,
    /// Works in the whole window, or within its stage.
    pub shortcut: Option<KeyboardShortcut>,
}

impl About {
    /// A command with title and help.
    pub fn new(title: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>) -> Self {
        Self { title: title.into(), help: help.into(), icon: None, shortcut: None }
    }

    /// With an icon.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// With a shortcut.
    pub fn shortcut(mut self, shortcut: KeyboardShortcut) -> Self {
        self.shortcut = Some(shortcut);
        self
    }
}

/// What each stage's command enum can say of itself and do.
pub trait Action: Clone + Into<Command> {
    /// What a person reads of it; `None` for edits that a control sends, such as a typed character.
    fn about(&self, state: &State) -> Option<About>;

    /// Why it cannot be done now: its button is off and says so. `None` when it can.
    fn refusal(&self, _state: &State) -> Option<String> {
        None
    }

    /// Does it. Not called while there is a refusal.
    fn run(self, runtime: &mut Runtime<'_>);

    /// Looks, before each frame, whether the state asks for something that no command started: a look-up after undo, a
    /// page that has come into sight. Must cost nothing when it does not.
    fn tick(_runtime: &mut Runtime<'_>) {}

    /// The commands that the palette offers now.
    fn listed(state: &State) -> Vec<Self>;

    /// The stage's one main action, run by Ctrl+Enter.
    fn main_action(_state: &State) -> Option<Self> {
        None
    }
}

/// Calls a function of [`Action`] on whatever the command holds.
macro_rules! each {
    ($command:expr, $inner:ident => $call:expr) => {
        match $command {
            Command::Window($inner) => $call,
            Command::Workspace($inner) => $call,
            Command::Connect($inner) => $call,
            Command::Browse($inner) => $call,
            Command::Prepare($inner) => $call,
            Command::Train($inner) => $call,
            Command::Models($inner) => $call,
            Command::Live($inner) => $call,
            Command::Demo($inner) => $call,
        }
    };
}

impl Command {
    /// What a person reads of it.
    pub fn about(&self, state: &State) -> Option<About> {
        each!(self, inner => inner.about(state))
    }

    /// Why it cannot be done now.
    pub fn refusal(&self, state: &State) -> Option<String> {
        each!(self, inner => inner.refusal(state))
    }

    /// Does it, unless it is refused.
    pub fn run(self, runtime: &mut Runtime<'_>) {
        match self.refusal(runtime.state) {
            Some(reason) => {
                let title = self.about(runtime.state).map_or("Not possible now".into(), |about| about.title);
                runtime.state.notifications.warn(title, reason);
            }
            None => each!(self, inner => inner.run(runtime)),
        }
    }

    /// The stage whose shortcuts it belongs to; `None` works everywhere.
    pub fn stage(&self) -> Option<Stage> {
        match self {
            Self::Window(_) | Self::Workspace(_) | Self::Demo(_) => None,
            Self::Connect(_) => Some(Stage::Connect),
            Self::Browse(_) => Some(Stage::Browse),
            Self::Prepare(_) => Some(Stage::Prepare),
            Self::Train(_) => Some(Stage::Train),
            Self::Models(_) => Some(Stage::Models),
            Self::Live(_) => Some(Stage::Live),
        }
    }

    /// The word that the palette writes behind it.
    pub fn group(&self) -> &'static str {
        match self {
            Self::Window(_) => "Window",
            Self::Workspace(_) => "Workspace",
            Self::Demo(_) => "Demo",
            _ => self.stage().map_or("", Stage::title),
        }
    }

    /// Every command that the palette offers now.
    pub fn listed(state: &State) -> Vec<Self> {
        fn of<A: Action>(state: &State) -> impl Iterator<Item = Command> + use<A> {
            A::listed(state).into_iter().map(Into::into)
        }
        of::<ConnectCommand>(state)
            .chain(of::<BrowseCommand>(state))
            .chain(of::<PrepareCommand>(state))
            .chain(of::<TrainCommand>(state))
            .chain(of::<ModelsCommand>(state))
            .chain(of::<LiveCommand>(state))
            .chain(of::<DemoCommand>(state))
            .chain(of::<WorkspaceCommand>(state))
            .chain(of::<WindowCommand>(state))
            .collect()
    }

    /// Lets each stage look whether the state asks for something.
    pub fn tick(runtime: &mut Runtime<'_>) {
        ConnectCommand::tick(runtime);
        BrowseCommand::tick(runtime);
        PrepareCommand::tick(runtime);
        TrainCommand::tick(runtime);
        ModelsCommand::tick(runtime);
        LiveCommand::tick(runtime);
        DemoCommand::tick(runtime);
    }

    /// A command for each topic of the catalogue: what `#` finds in the palette.
    pub fn topics(state: &State) -> Vec<Self> {
        BrowseCommand::topics(state).into_iter().map(Self::Browse).collect()
    }

    /// A command for each model: what `@` finds in the palette.
    pub fn models(state: &State) -> Vec<Self> {
        ModelsCommand::models(state).into_iter().map(Self::Models).collect()
    }

    /// Commands that go to an offset or a time as typed: what `:` finds in the palette.
    pub fn places(state: &State, typed: &str) -> Vec<Self> {
        BrowseCommand::places(state, typed).into_iter().map(Self::Browse).collect()
    }

    /// The one main action of the stage that is shown.
    pub fn main_action(state: &State) -> Option<Self> {
        match state.stage {
            Stage::Connect => ConnectCommand::main_action(state).map(Self::Connect),
            Stage::Browse => BrowseCommand::main_action(state).map(Self::Browse),
            Stage::Prepare => PrepareCommand::main_action(state).map(Self::Prepare),
            Stage::Train => TrainCommand::main_action(state).map(Self::Train),
            Stage::Models => ModelsCommand::main_action(state).map(Self::Models),
            Stage::Live => LiveCommand::main_action(state).map(Self::Live),
        }
    }
}

macro_rules! into_command {
    ($($kind:ident => $variant:ident),* $(,)?) => {
        $(impl From<$kind> for Command {
            fn from(command: $kind) -> Self {
                Self::$variant(command)
            }
        })*
    };
}

into_command! {
    WindowCommand => Window,
    WorkspaceCommand => Workspace,
    ConnectCommand => Connect,
    BrowseCommand => Browse,
    PrepareCommand => Prepare,
    TrainCommand => Train,
    ModelsCommand => Models,
    LiveCommand => Live,
    DemoCommand => Demo,
}

/// Where panels leave commands while they are painted. They run before the next frame.
#[derive(Debug, Default)]
pub struct Sender {
    queue: RefCell<Vec<Command>>,
}

impl Sender {
    /// Leaves a command.
    pub fn send(&self, command: impl Into<Command>) {
        self.queue.borrow_mut().push(command.into());
    }

    /// Takes all that were left.
    pub fn take(&self) -> Vec<Command> {
        self.queue.take()
    }

    /// Whether none was left.
    pub fn is_empty(&self) -> bool {
        self.queue.borrow().is_empty()
    }
}
