//! Commands and messages of the workspace: new, open, save, undo, recover, close.

use std::path::{Path, PathBuf};

use eframe::egui::{Key, ViewportCommand};

use super::{About, Action, Command, ctrl, ctrl_shift};
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::app::state::{Confirm, PathKind, PathPrompt, State};
use crate::jobs::Problem;
use crate::ui::{Icon, format, table, zone};
use crate::workspace::{Opened, Place, Recovered, Workspace};

/// Something to be done with the workspace.
#[derive(Clone, Debug)]
pub enum WorkspaceCommand {
    /// Begin an empty one.
    New,
    /// Ask for a file and open it.
    Open,
    /// Open this file.
    OpenFile(PathBuf),
    /// Save it; asks for a file where it has none.
    Save,
    /// Ask for a file and save it there.
    SaveAs,
    /// Save it to this file.
    SaveTo(PathBuf),
    /// Take back the last edit.
    Undo,
    /// Make the edit again that was taken back.
    Redo,
    /// Take up what an earlier session left unsaved.
    Recover(Box<Workspace>),
    /// Throw away what an earlier session left unsaved.
    DiscardRecovered,
    /// Save, then close the window.
    SaveAndClose,
    /// Close the window as it is.
    CloseUnsaved,
    /// Do without asking what was asked about: unsaved work goes.
    Unsaved(Box<WorkspaceCommand>),
}

/// What a job of the workspace brings.
pub enum WorkspaceMessage {
    /// A workspace was read, and what an earlier session left unsaved of it.
    Opened(Box<Result<Read, Problem>>),
    /// The workspace was written as it was then.
    Saved(Box<Workspace>, Place, Result<(), Problem>),
    /// An autosave was written.
    Autosaved(Result<(), Problem>),
    /// A settings file, or the list of recent files, was written.
    Kept(Result<(), Problem>),
}

/// A workspace as it was read.
pub struct Read {
    place: Place,
    opened: Opened,
    recovered: Option<Recovered>,
}

const FILTER: (&str, &[&str]) = ("Forebay workspace", &["forebay"]);

impl Action for WorkspaceCommand {
    fn about(&self, state: &State) -> Option<About> {
        let named = |verb: &str, edit: Option<&str>| match edit {
            Some(edit) => format!("{verb} {}", lower_first(edit)),
            None => verb.to_owned(),
        };
        Some(match self {
            Self::New => {
                About::new("New workspace", "Begins an empty one").icon(Icon::Plus).shortcut(ctrl(Key::N))
            }
            Self::Open => {
                About::new("Open workspace", "Opens a file").icon(Icon::Folder).shortcut(ctrl(Key::O))
            }
            Self::OpenFile(path) => About::new(format!("Open {}", stem(path)), path.display().to_string()),
            Self::Save => {
                About::new("Save workspace", "Writes its file").icon(Icon::Save).shortcut(ctrl(Key::S))
            }
            Self::SaveAs => {
                About::new("Save workspace as", "Writes another file").shortcut(ctrl_shift(Key::S))
            }
            Self::Undo => {
                let title = named("Undo", state.workspace.undo_name());
                About::new(title, "Takes back the last edit").icon(Icon::Undo).shortcut(ctrl(Key::Z))
            }
            Self::Redo => {
                let title = named("Redo", state.workspace.redo_name());
                About::new(title, "Makes the edit again").icon(Icon::Redo).shortcut(ctrl_shift(Key::Z))
            }
            _ => return None,
        })
    }

    fn refusal(&self, state: &State) -> Option<String> {
        match self {
            Self::Undo if state.workspace.undo_name().is_none() => {
                Some("there is no edit to take back".into())
            }
            Self::Redo if state.workspace.redo_name().is_none() => Some("no edit was taken back".into()),
            _ => None,
        }
    }

    fn run(self, runtime: &mut Runtime<'_>) {
        match self {
            Self::New | Self::Open | Self::OpenFile(_) if runtime.state.workspace.is_dirty() => {
                runtime.ask_unsaved(self);
            }
            Self::New => runtime.new_workspace(),
            Self::Open => runtime.ask_open(),
            Self::OpenFile(path) => runtime.open_workspace(&path),
            Self::Save => runtime.save(),
            Self::SaveAs => runtime.ask_save(),
            Self::SaveTo(path) => runtime.save_to(Place::at(&with_ending(path))),
            Self::Undo => runtime.step("Undid", true),
            Self::Redo => runtime.step("Redid", false),
            Self::Recover(workspace) => runtime.state.workspace.recover(*workspace),
            Self::DiscardRecovered => runtime.discard_autosave(),
            Self::SaveAndClose => {
                runtime.state.closing = true;
                runtime.save();
            }
            Self::CloseUnsaved => runtime.close_unsaved(),
            Self::Unsaved(command) => {
                let place = runtime.state.workspace.place().cloned();
                runtime.discard_autosave();
                runtime.state.workspace.replace(Workspace::default(), place);
                command.run(runtime);
            }
        }
    }

    fn listed(state: &State) -> Vec<Self> {
        let mut commands = vec![Self::New, Self::Open, Self::Save, Self::SaveAs, Self::Undo, Self::Redo];
        let open = state.workspace.file();
        let recent = state.recent_files.iter().filter(|file| Some(file.as_path()) != open);
        commands.extend(recent.cloned().map(Self::OpenFile));
        commands
    }
}

impl WorkspaceMessage {
    /// Puts it into the state.
    pub fn handle(self, runtime: &mut Runtime<'_>) {
        let state = &mut *runtime.state;
        match self {
            Self::Opened(read) => match *read {
                Ok(read) => runtime.opened(read),
                Err(problem) => state.notifications.problem(&problem),
            },
            Self::Saved(workspace, place, Ok(())) => runtime.saved(*workspace, place),
            Self::Saved(_, _, Err(problem)) => {
                state.closing = false;
                state.notifications.problem(&problem);
            }
            Self::Autosaved(Err(problem)) | Self::Kept(Err(problem)) => state.notifications.problem(&problem),
            Self::Autosaved(Ok(())) | Self::Kept(Ok(())) => {}
        }
    }
}

impl Runtime<'_> {
    /// Changes the workspace; `name` is what undo calls it: `Add step`.
    pub fn edit(&mut self, name: &str, change: impl FnOnce(&mut Workspace)) {
        self.state.workspace.edit(name, false, change);
    }

    /// The same; with the edit before it of the same name it is one: for what is typed and dragged.
    pub fn edit_merged(&mut self, name: &str, change: impl FnOnce(&mut Workspace)) {
        self.state.workspace.edit(name, true, change);
    }

    /// Keeps the settings.
    pub(crate) fn save_settings(&mut self) {
        let Some(config) = self.state.config.clone() else { return };
        let settings = self.state.settings.kept();
        let kept = |result| Message::Workspace(WorkspaceMessage::Kept(result));
        self.background.quiet("settings", move |_| config.save_settings(&settings), kept);
    }

    /// Opens a workspace file, and looks whether an earlier session left something unsaved.
    pub(crate) fn open_workspace(&mut self, path: &Path) {
        self.open_place(Place::at(path), format!("Opening {}", stem(path)));
    }

    /// Looks whether an earlier session left a workspace without a file.
    pub(crate) fn recover_unnamed(&mut self) {
        if let Some(config) = &self.state.config {
            self.open_place(Place::unnamed(config), "Looking for unsaved work".into());
        }
    }

    /// Begins an autosave where one is due; says when to look again.
    pub(crate) fn autosave(&mut self, now: std::time::Instant) -> Option<std::time::Duration> {
        let (place, workspace) = match self.state.workspace.autosave_due(now) {
            Ok(due) => due,
            Err(wait) => return wait,
        };
        self.state.workspace.autosave_begun();
        let message = |result| Message::Workspace(WorkspaceMessage::Autosaved(result));
        self.background.quiet("autosave", move |_| place.autosave(&workspace), message);
        None
    }

    /// The window is to be closed: asks first where something is not saved. Says whether it may close.
    pub(crate) fn may_close(&mut self) -> bool {
        if self.state.closing || !self.state.workspace.is_dirty() {
            return true;
        }
        self.state.ask(Confirm {
            title: "Close without saving?".into(),
            lines: vec![format!("{} has changes that are not saved.", self.state.workspace.name())],
            verb: "Close without saving".into(),
            command: Box::new(WorkspaceCommand::CloseUnsaved.into()),
            other: Some(("Save and close".into(), Box::new(WorkspaceCommand::SaveAndClose.into()))),
            dangerous: true,
        });
        false
    }

    fn ask_unsaved(&mut self, command: WorkspaceCommand) {
        self.state.ask(Confirm {
            title: "Go on without saving?".into(),
            lines: vec![format!("{} has changes that are not saved.", self.state.workspace.name())],
            verb: "Go on without saving".into(),
            command: Box::new(WorkspaceCommand::Unsaved(Box::new(command)).into()),
            other: Some(("Save".into(), Box::new(WorkspaceCommand::Save.into()))),
            dangerous: true,
        });
    }

    fn new_workspace(&mut self) {
        let place = self.state.config.as_ref().map(Place::unnamed);
        self.state.workspace.replace(Workspace::default(), place);
        self.state.notifications.info("New workspace", "");
    }

    fn ask_open(&mut self) {
        self.ask_path(PathPrompt {
            title: "Open workspace".into(),
            verb: "Open".into(),
            kind: PathKind::Open,
            filter: FILTER,
            path: String::new(),
            then: |path| Command::Workspace(WorkspaceCommand::OpenFile(path)),
        });
    }

    fn ask_save(&mut self) {
        let path = self.state.workspace.file().map(|file| file.display().to_string()).unwrap_or_default();
        self.ask_path(PathPrompt {
            title: "Save workspace".into(),
            verb: "Save".into(),
            kind: PathKind::Save,
            filter: FILTER,
            path,
            then: |path| Command::Workspace(WorkspaceCommand::SaveTo(path)),
        });
    }

    fn save(&mut self) {
        match self.state.workspace.place().filter(|place| place.file().is_some()).cloned() {
            Some(place) => self.save_to(place),
            None => self.ask_save(),
        }
    }

    fn save_to(&mut self, place: Place) {
        let layout = self.state.workspace.layout();
        layout.widths = zone::widths(self.ctx);
        layout.tables = table::arrangements(self.ctx);
        layout.stage = Some(self.state.stage.title().to_lowercase());
        let workspace = self.state.workspace.get().clone();
        let title = format!("Saving {}", place.file().map(stem).unwrap_or_default());
        let (written, at) = (workspace.clone(), place.clone());
        let message =
            move |result| Message::Workspace(WorkspaceMessage::Saved(Box::new(written), at, result));
        self.background.latest("save workspace", title, move |_| place.save(&workspace), message);
    }

    fn saved(&mut self, workspace: Workspace, place: Place) {
        let file = place.file().map(Path::to_owned);
        if self.state.workspace.place() != Some(&place) {
            self.discard_autosave();
        }
        self.state.workspace.saved(workspace, place);
        if let Some(file) = file {
            self.state.notifications.good("Workspace saved", file.display().to_string());
            self.remember_file(file);
        }
        if self.state.closing {
            self.ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    fn remember_file(&mut self, file: PathBuf) {
        self.state.recent_files.retain(|known| *known != file);
        self.state.recent_files.insert(0, file.clone());
        let Some(config) = self.state.config.clone() else { return };
        let kept = |result| Message::Workspace(WorkspaceMessage::Kept(result));
        self.background.quiet("recent files", move |_| config.remember(&file), kept);
    }

    fn open_place(&mut self, place: Place, title: String) {
        let work = move |_: &_| {
            let (opened, recovered) = (place.open(), place.recover()?);
            Ok(Read { opened: opened?, place, recovered })
        };
        let message = |read| Message::Workspace(WorkspaceMessage::Opened(Box::new(read)));
        self.background.latest("open workspace", title, work, message);
    }

    fn opened(&mut self, read: Read) {
        let Read { place, opened, recovered } = read;
        let file = place.file().map(Path::to_owned);
        self.restore_layout(&opened.workspace);
        self.state.workspace.replace(opened.workspace, Some(place));
        if let Some(file) = file {
            self.state.notifications.good("Workspace opened", file.display().to_string());
            self.remember_file(file);
        }
        self.connect_as_workspace_says();
        for (run, why) in opened.missing {
            self.state
                .notifications
                .warn(format!("{run} has no result any more"), format!("{why}. It can be repeated"));
        }
        if let Some(recovered) = recovered {
            self.offer_recovery(recovered);
        }
    }

    fn restore_layout(&mut self, workspace: &Workspace) {
        zone::set_widths(self.ctx, workspace.layout.widths.clone());
        table::set_arrangements(self.ctx, workspace.layout.tables.clone());
        let named = |stage: &Stage| Some(stage.title().to_lowercase()) == workspace.layout.stage;
        if let Some(stage) = Stage::ALL.into_iter().find(named) {
            self.state.stage = stage;
        }
        let run = workspace
            .layout
            .run
            .as_ref()
            .filter(|run| workspace.runs.iter().any(|known| known.name == **run));
        self.state.train.chosen = run.cloned();
    }

    fn offer_recovery(&mut self, recovered: Recovered) {
        let written = jiff::Timestamp::try_from(recovered.written).map_or(0, |time| time.as_millisecond());
        let when = format::time(written, self.state.zone(), format::Precision::Second);
        self.state.ask(Confirm {
            title: "Recover unsaved work?".into(),
            lines: vec![
                format!("Forebay ended before {} was saved.", self.state.workspace.name()),
                format!("The last autosave was written at {when}."),
            ],
            verb: "Recover".into(),
            command: Box::new(WorkspaceCommand::Recover(Box::new(recovered.opened.workspace)).into()),
            other: Some(("Discard it".into(), Box::new(WorkspaceCommand::DiscardRecovered.into()))),
            dangerous: false,
        });
    }

    fn discard_autosave(&mut self) {
        let Some(place) = self.state.workspace.place().cloned() else { return };
        let message = |result| Message::Workspace(WorkspaceMessage::Autosaved(result));
        self.background.quiet("autosave", move |_| place.discard_autosave(), message);
    }

    fn close_unsaved(&mut self) {
        self.state.closing = true;
        self.discard_autosave();
        self.ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    fn step(&mut self, said: &str, back: bool) {
        let workspace = &mut self.state.workspace;
        let edit = if back { workspace.undo() } else { workspace.redo() };
        if let Some(edit) = edit {
            self.state.notifications.quiet(format!("{said} {}", lower_first(&edit)));
        }
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A file without ending gets the workspace's.
fn with_ending(path: PathBuf) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension("forebay") }
}

/// `Add step` in the middle of a sentence: `add step`.
fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
