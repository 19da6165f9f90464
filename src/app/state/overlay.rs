//! The popup or dialog that lies over the window; one at a time.

use std::path::{Path, PathBuf};

use crate::app::commands::Command;

/// A popup or dialog.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The command palette, opened with something typed already.
    Palette {
        /// `#`, `@`, `>`, `:` or nothing.
        typed: String,
    },
    /// The job list.
    Jobs,
    /// The history of notifications.
    History,
    /// Theme, time zone, memory budget.
    Settings,
    /// All shortcuts.
    Help,
    /// The workspace's menu.
    WorkspaceMenu,
    /// A path is asked for.
    Path(PathPrompt),
    /// A name is asked for.
    Name(NamePrompt),
    /// A dangerous act is asked about.
    Confirm(Confirm),
}

impl Overlay {
    /// Whether the other is the same popup, whatever it holds.
    pub fn same_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// A question before something that cannot be undone.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// What will be done, as a question: `Delete topic flights?`
    pub title: String,
    /// What will change: topic, count, what cannot be undone. One line each.
    pub lines: Vec<String>,
    /// The button, with the verb of the title: `Delete topic`.
    pub verb: String,
    /// What the button does.
    pub command: Box<Command>,
    /// A second way, such as `Save first`.
    pub other: Option<(String, Box<Command>)>,
    /// Whether something is lost; the button is red then.
    pub dangerous: bool,
}

/// Whether a file is read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// It must be there.
    Open,
    /// It is made.
    Save,
}

/// A path is asked for: typed, or chosen in the desktop's dialog.
#[derive(Clone, Debug)]
pub struct PathPrompt {
    /// What for: `Open workspace`.
    pub title: String,
    /// The button: `Open`.
    pub verb: String,
    /// Read or written.
    pub kind: PathKind,
    /// A name for the kind of file, and its endings.
    pub filter: (&'static str, &'static [&'static str]),
    /// What is typed.
    pub path: String,
    /// What is done with the path.
    pub then: fn(PathBuf) -> Command,
}

/// A name is asked for: of a model, a pipeline, an alias.
#[derive(Clone, Debug)]
pub struct NamePrompt {
    /// What for: `Publish run 14`.
    pub title: String,
    /// What will be written, one line each.
    pub lines: Vec<String>,
    /// The name of the field: `Model`.
    pub label: String,
    /// The button: `Publish`.
    pub verb: String,
    /// What is typed.
    pub name: String,
    /// What gets the name.
    pub subject: String,
    /// What is wrong with a name.
    pub check: fn(&str) -> Result<(), String>,
    /// What is done: the subject, then the name.
    pub then: fn(String, String) -> Command,
}

impl NamePrompt {
    /// What is wrong with the typed name.
    pub fn problem(&self) -> Option<String> {
        (self.check)(self.name.trim()).err()
    }
}

impl PathPrompt {
    /// The folder in which the desktop's dialog begins.
    pub fn folder(&self) -> Option<PathBuf> {
        let typed = Path::new(self.path.trim());
        typed.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned)
    }

    /// What is wrong with the typed path, as far as its text says.
    pub fn problem(&self) -> Option<String> {
        let typed = Path::new(self.path.trim());
        if typed.file_name().is_none() {
            return Some("the path names no file".into());
        }
        None
    }
}
