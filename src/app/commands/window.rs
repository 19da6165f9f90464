//! Commands of the window itself: stages, palette, popups, theme.

use std::path::PathBuf;

use eframe::egui::{Id, Key};

use super::{About, Action, Command, ctrl, plain};
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::app::state::{Overlay, PathKind, PathPrompt, State};
use crate::jobs::JobId;
use crate::ui::Icon;
use crate::ui::measures::WidthClass;
use crate::workspace::Theme;

/// Something to be done with the window.
#[derive(Clone, Debug)]
pub enum WindowCommand {
    /// Show a stage.
    Go(Stage),
    /// Open the palette, with what is typed already: `#`, `@`, `>` or nothing.
    OpenPalette(&'static str),
    /// Show or hide the job list.
    ToggleJobs,
    /// Show or hide the history of notifications.
    ToggleHistory,
    /// Show or hide the settings.
    ToggleSettings,
    /// Show or hide the list of shortcuts.
    ToggleHelp,
    /// Show or hide the workspace's menu.
    ToggleWorkspaceMenu,
    /// Show or hide the left panel of the stage.
    ToggleLeftPanel,
    /// Give the focus to the stage's search or filter.
    Search,
    /// Close whatever popup is open.
    CloseOverlay,
    /// Choose the theme.
    Theme(Theme),
    /// Dark to light and back.
    SwitchTheme,
    /// Show times in the zone of this name.
    SetZone(String),
    /// Let slices and models take so many gigabytes, as typed.
    SetBudget(String),
    /// Take a notification off the screen; it stays in the history.
    DismissToast(u64),
    /// Empty the history of notifications.
    ClearHistory,
    /// End a job.
    CancelJob(JobId),
    /// Take ended jobs from the list.
    ClearJobs,
    /// Put a text on the clipboard; the second is what it is, for the message.
    Copy(String, &'static str),
    /// The path typed into the path dialog.
    TypePath(String),
    /// Ask the desktop for a path.
    BrowsePath,
    /// Take the path of the path dialog.
    AcceptPath,
    /// The name typed into the name dialog.
    TypeName(String),
    /// Take the name of the name dialog.
    AcceptName,
    /// Take the note of this stage away; it stays away.
    DismissNote,
    /// Show the notes of all stages again.
    ShowNotes,
    /// Do what the open dialog asks about.
    Confirm,
    /// A command of the palette was run: it comes first the next time.
    Remember(String),
}

impl Action for WindowCommand {
    fn about(&self, state: &State) -> Option<About> {
        Some(match self {
            Self::Go(stage) => {
                let number = Stage::ALL.iter().position(|other| other == stage).unwrap_or_default();
                let keys = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6];
                let about =
                    About::new(format!("Go to {}", stage.title()), stage.purpose()).icon(stage.icon());
                match keys.get(number) {
                    Some(key) => about.shortcut(ctrl(*key)),
                    None => about,
                }
            }
            Self::OpenPalette(_) => {
                About::new("Search or run a command", "Finds commands, topics and models by a few letters")
                    .icon(Icon::Search)
                    .shortcut(ctrl(Key::K))
            }
            Self::ToggleJobs => About::new("Show jobs", "What runs, how far it is, how it ended")
                .icon(Icon::List)
                .shortcut(ctrl(Key::J)),
            Self::ToggleHistory => {
                About::new("Show notifications", "All that was said, newest first").icon(Icon::Bell)
            }
            Self::ToggleSettings => About::new("Settings", "Theme, time zone, memory budget")
                .icon(Icon::Settings)
                .shortcut(ctrl(Key::Comma)),
            Self::ToggleHelp => {
                About::new("Keyboard shortcuts", "All shortcuts of the window and of this stage")
                    .icon(Icon::Help)
                    .shortcut(plain(Key::F1))
            }
            Self::ToggleLeftPanel => {
                About::new("Show or hide the left panel", "In a narrow window it lies over the rest")
                    .icon(Icon::List)
                    .shortcut(ctrl(Key::B))
            }
            Self::Search => About::new("Search in this stage", "Goes to the stage's search or filter")
                .icon(Icon::Search)
                .shortcut(plain(Key::Slash)),
            Self::SwitchTheme => {
                let other = if state.settings.theme == Theme::Light { "dark" } else { "light" };
                About::new(format!("Switch to the {other} theme"), "Changes the colours of the window")
                    .icon(Icon::Moon)
            }
            Self::ClearHistory => About::new("Clear notifications", "Empties the history"),
            Self::ClearJobs => About::new("Clear ended jobs", "Takes done and failed jobs from the list"),
            Self::DismissNote => {
                About::new("Dismiss the note", "Takes the note of this stage away; it stays away")
                    .icon(Icon::X)
            }
            Self::ShowNotes => About::new("Show the notes again", "In the demo, each stage says what to try")
                .icon(Icon::Bulb),
            _ => return None,
        })
    }

    fn refusal(&self, state: &State) -> Option<String> {
        match self {
            Self::AcceptPath => match &state.overlay {
                Some(Overlay::Path(prompt)) if prompt.path.trim().is_empty() => {
                    Some("no path is typed".into())
                }
                Some(Overlay::Path(prompt)) => prompt.problem(),
                _ => Some("no path is asked for".into()),
            },
            Self::AcceptName => match &state.overlay {
                Some(Overlay::Name(prompt)) => prompt.problem(),
                _ => Some("no name is asked for".into()),
            },
            Self::DismissNote => state.note().is_none().then(|| "this stage shows no note".into()),
            Self::ShowNotes => (!state.has_dismissed_notes()).then(|| "no note was dismissed".into()),
            _ => None,
        }
    }

    fn run(self, runtime: &mut Runtime<'_>) {
        let state = &mut *runtime.state;
        match self {
            Self::Go(stage) => {
                state.stage = stage;
                state.overlay = None;
                state.left_panel = false;
            }
            Self::OpenPalette(typed) => state.open_palette(typed),
            Self::ToggleJobs => state.toggle(Overlay::Jobs),
            Self::ToggleHistory => {
                state.notifications.mark_read();
                state.toggle(Overlay::History);
            }
            Self::ToggleSettings => state.toggle(Overlay::Settings),
            Self::ToggleHelp => state.toggle(Overlay::Help),
            Self::ToggleWorkspaceMenu => state.toggle(Overlay::WorkspaceMenu),
            Self::ToggleLeftPanel => {
                match WidthClass::of(runtime.ctx.content_rect().width()) {
                    WidthClass::Full => state.left_hidden = !state.left_hidden,
                    // Which panels are drawers between 1024 and 1279 is the stage's to say.
                    WidthClass::Narrow | WidthClass::Drawer => state.left_panel = !state.left_panel,
                }
            }
            Self::Search => {
                let id = crate::ui::search_field(state.stage);
                runtime.ctx.memory_mut(|memory| memory.request_focus(id));
            }
            Self::CloseOverlay => runtime.close_overlay(),
            Self::Theme(theme) => runtime.set_theme(theme),
            Self::SwitchTheme => {
                let light = state.settings.theme == Theme::Light;
                runtime.set_theme(if light { Theme::Dark } else { Theme::Light });
            }
            Self::SetZone(name) => {
                state.settings.set_zone(&name);
                runtime.save_settings();
            }
            Self::SetBudget(typed) => {
                state.settings.set_budget(&typed);
                runtime.save_settings();
            }
            Self::DismissToast(id) => state.notifications.dismiss(id),
            Self::ClearHistory => state.notifications.clear(),
            Self::CancelJob(id) => runtime.background.cancel(id),
            Self::ClearJobs => runtime.background.clear_ended(),
            Self::Copy(text, what) => {
                runtime.copy(text);
                runtime.state.notifications.info(format!("Copied {what}"), "");
            }
            Self::TypePath(path) => {
                if let Some(Overlay::Path(prompt)) = &mut state.overlay {
                    prompt.path = path;
                }
            }
            Self::BrowsePath => runtime.browse_path(),
            Self::AcceptPath => runtime.accept_path(),
            Self::TypeName(name) => {
                if let Some(Overlay::Name(prompt)) = &mut state.overlay {
                    prompt.name = name;
                }
            }
            Self::AcceptName => runtime.accept_name(),
            Self::DismissNote => {
                state.dismiss_note();
                runtime.save_settings();
            }
            Self::ShowNotes => {
                state.settings.dismissed_notes.clear();
                runtime.save_settings();
            }
            Self::Confirm => runtime.confirm(),
            Self::Remember(title) => state.remember(title),
        }
    }

    fn listed(state: &State) -> Vec<Self> {
        let mut commands: Vec<_> = Stage::ALL.into_iter().map(Self::Go).collect();
        commands.extend([
            Self::OpenPalette(""),
            Self::ToggleJobs,
            Self::ToggleHistory,
            Self::ToggleSettings,
            Self::ToggleHelp,
            Self::ToggleLeftPanel,
            Self::Search,
            Self::SwitchTheme,
            Self::ClearHistory,
            Self::ClearJobs,
        ]);
        if state.in_demo() {
            commands.extend([Self::DismissNote, Self::ShowNotes]);
        }
        commands
    }
}

impl Runtime<'_> {
    fn set_theme(&mut self, theme: Theme) {
        self.state.settings.theme = theme;
        self.save_settings();
    }

    fn close_overlay(&mut self) {
        self.state.overlay = None;
        // The field that had the focus is gone with the popup; keys go to the window again.
        self.ctx.memory_mut(|memory| {
            if let Some(focused) = memory.focused() {
                memory.surrender_focus(focused);
            }
        });
    }

    fn confirm(&mut self) {
        if let Some(Overlay::Confirm(confirm)) = self.state.overlay.take() {
            confirm.command.run(self);
        }
    }

    fn accept_path(&mut self) {
        if let Some(Overlay::Path(prompt)) = self.state.overlay.take() {
            let command: Command = (prompt.then)(PathBuf::from(prompt.path.trim()));
            command.run(self);
        }
    }

    /// Asks for a path: in the desktop's dialog, and in a field for where there is none.
    pub fn ask_path(&mut self, prompt: PathPrompt) {
        self.state.overlay = Some(Overlay::Path(prompt));
        if self.state.native_dialogs {
            self.browse_path();
        }
    }

    fn accept_name(&mut self) {
        if let Some(Overlay::Name(prompt)) = self.state.overlay.take() {
            let name = prompt.name.trim().to_owned();
            (prompt.then)(prompt.subject, name).run(self);
        }
    }

    fn browse_path(&mut self) {
        let Some(Overlay::Path(prompt)) = &self.state.overlay else { return };
        let (kind, title) = (prompt.kind, prompt.title.clone());
        let (filter_name, endings) = prompt.filter;
        let folder = prompt.folder();
        let work = move |_: &crate::jobs::JobContext<_>| {
            let mut dialog = rfd::FileDialog::new().set_title(title).add_filter(filter_name, endings);
            if let Some(folder) = folder {
                dialog = dialog.set_directory(folder);
            }
            Ok(match kind {
                PathKind::Open => dialog.pick_file(),
                PathKind::Save => dialog.save_file(),
            })
        };
        let message = |picked: Result<Option<PathBuf>, _>| {
            crate::app::message::Message::PathPicked(picked.unwrap_or_default())
        };
        self.background.quiet("file dialog", work, message);
    }

    /// A file dialog was closed. With nothing chosen, or with no desktop portal to show one, the typed field is still there.
    pub(crate) fn path_picked(&mut self, path: Option<PathBuf>) {
        let Some(path) = path else { return };
        if let Some(Overlay::Path(prompt)) = &mut self.state.overlay {
            prompt.path = path.display().to_string();
            WindowCommand::AcceptPath.run(self);
        }
    }
}

/// The identity of the palette's field, so that opening it can give it the focus.
pub(crate) fn palette_field() -> Id {
    Id::unique("palette field")
}
