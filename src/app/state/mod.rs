//! What the panels read. Only commands and messages change it.

pub mod browse;
pub mod connect;
pub mod demo;
pub mod live;
pub mod models;
mod notes;
mod notifications;
mod overlay;
pub mod prepare;
mod settings;
pub mod train;
mod workspace;

use std::collections::VecDeque;

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::remote::Remote;
use super::stage::Stage;
use crate::jobs::JobInfo;
use crate::kafka::{Catalogue, Cluster};
use crate::workspace::ConfigFolder;

pub use notifications::{Level, Notification, Notifications};
pub use overlay::{Confirm, NamePrompt, Overlay, PathKind, PathPrompt};
pub use settings::Settings;
pub use workspace::WorkspaceState;

/// Everything that is shown.
#[derive(Default)]
pub struct State {
    /// The stage that is shown.
    pub stage: Stage,
    /// Stage Connect.
    pub connect: connect::ConnectState,
    /// Stage Browse.
    pub browse: browse::BrowseState,
    /// Stage Prepare.
    pub prepare: prepare::PrepareState,
    /// Stage Train.
    pub train: train::TrainState,
    /// Stage Models.
    pub models: models::ModelsState,
    /// Stage Live.
    pub live: live::LiveState,
    /// The demo.
    pub demo: demo::DemoState,
    /// The cluster that is connected.
    pub connection: Connection,
    /// What was said, newest last.
    pub notifications: Notifications,
    /// Jobs that wait, run or have ended, oldest first. A moment of this frame.
    pub jobs: Vec<JobInfo>,
    /// Theme, time zone, memory budget.
    pub settings: Settings,
    /// The popup or dialog that is open.
    pub overlay: Option<Overlay>,
    /// The workspace that is open.
    pub workspace: WorkspaceState,
    /// Where the stage's left panel is a drawer: whether it is open.
    pub left_panel: bool,
    /// Where it is not: whether the user put it away.
    pub left_hidden: bool,
    /// Titles of commands run from the palette, newest first.
    pub recent_commands: VecDeque<String>,
    /// Whether the desktop's file dialogs may be asked for.
    pub native_dialogs: bool,
    /// Where settings and connections are kept; `None` keeps nothing.
    pub config: Option<ConfigFolder>,
    /// Workspaces opened or saved lately, newest first.
    pub recent_files: Vec<PathBuf>,
    /// The window is about to close: nothing is asked any more.
    pub closing: bool,
}

/// The cluster that the stages work on.
#[derive(Default)]
pub struct Connection {
    /// The name of the connection that is open, opening or failed.
    pub name: String,
    /// The opened cluster.
    pub cluster: Remote<Cluster>,
    /// Its brokers and topics.
    pub catalogue: Remote<Catalogue>,
}

impl Connection {
    /// The opened cluster, for starting jobs. `None` while it is not connected.
    pub fn cluster(&self) -> Option<Cluster> {
        self.cluster.get().cloned()
    }

    /// Whether a cluster is connected.
    pub fn is_open(&self) -> bool {
        matches!(self.cluster, Remote::Ready(_))
    }

    /// Why writing is refused, where the connection is read-only.
    pub fn read_only(&self) -> Option<String> {
        let profile = self.cluster.get()?.profile();
        profile.read_only.then(|| format!("{} is read-only", profile.name))
    }
}

impl State {
    /// Commands that the palette remembers.
    const RECENT: usize = 8;

    /// The newest job of a key that waits or runs, with its progress.
    pub fn job(&self, key: &str) -> Option<&JobInfo> {
        self.jobs.iter().rev().find(|job| job.key == key && job.is_active())
    }

    /// Jobs that wait or run, oldest first.
    pub fn active_jobs(&self) -> impl Iterator<Item = &JobInfo> {
        self.jobs.iter().filter(|job| job.is_active())
    }

    /// Bytes of the slice that is held in memory.
    pub fn memory_used(&self) -> u64 {
        self.prepared_frame().map_or(0, |frame| frame.data.estimated_size() as u64)
    }

    /// The time zone in which times are shown.
    pub fn zone(&self) -> &TimeZone {
        &self.settings.zone
    }

    /// Opens the popup, or closes it when it is the one that is open.
    pub fn toggle(&mut self, overlay: Overlay) {
        let same = self.overlay.as_ref().is_some_and(|open| open.same_kind(&overlay));
        self.overlay = (!same).then_some(overlay);
    }

    /// Opens the palette.
    pub fn open_palette(&mut self, typed: &str) {
        self.overlay = Some(Overlay::Palette { typed: typed.to_owned() });
    }

    /// Asks before something that cannot be undone.
    pub fn ask(&mut self, confirm: Confirm) {
        self.overlay = Some(Overlay::Confirm(confirm));
    }

    /// Asks for a name.
    pub fn ask_name(&mut self, prompt: NamePrompt) {
        self.overlay = Some(Overlay::Name(prompt));
    }

    /// Puts a command first in the palette.
    pub fn remember(&mut self, title: String) {
        self.recent_commands.retain(|known| *known != title);
        self.recent_commands.push_front(title);
        self.recent_commands.truncate(Self::RECENT);
    }
}
