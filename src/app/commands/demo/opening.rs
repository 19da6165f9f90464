//! From a demo that runs to a window that moves: workspace, connection, deployments, slice. Each step waits for the one
//! before, and a user who goes elsewhere meanwhile is not held up.

use std::time::Duration;

use crate::app::commands::{Action, BrowseCommand, WorkspaceCommand};
use crate::app::remote::Remote;
use crate::app::runtime::Runtime;
use crate::app::state::demo::{DemoPhase, Opening};
use crate::demo::{CONNECTION, Demo, DemoOptions, FLIGHTS};
use crate::kafka::Secrets;
use crate::workspace::Place;

/// The clock is shown so often at most.
const LOOK: Duration = Duration::from_millis(250);
/// It shows minutes.
const SHOWN_MS: i64 = 60_000;

impl Runtime<'_> {
    /// The demo runs: its workspace is opened.
    pub(super) fn demo_started(&mut self, demo: Demo) {
        self.keep_demo_connection(&demo);
        let file = demo.workspace().to_path_buf();
        let state = &mut self.state.demo;
        state.phase = DemoPhase::Running;
        state.replay = Some(demo.replay().state());
        state.demo = Some(demo);
        state.opening = Some(Opening::Workspace);
        // How to begin was said for this start only; where it lies holds for the next one too.
        state.options = state
            .options
            .take()
            .map(|options| DemoOptions { port: options.port, ..DemoOptions::at(options.folder) });
        self.wake_for_replay();
        self.state.notifications.good("The demo runs", "Departures of 2013 come as a live stream");
        // Opened again, it would lose what was not saved.
        if self.state.workspace.file() != Some(file.as_path()) {
            WorkspaceCommand::OpenFile(file).run(self);
        }
    }

    /// What is wrong with the stream, and its end, are seen at once, also while nothing else moves.
    fn wake_for_replay(&self) {
        let ctx = self.ctx.clone();
        if let Some(demo) = &self.state.demo.demo {
            demo.replay().tell(move || ctx.request_repaint());
        }
    }

    /// Puts the connection into the list, or its new address, for this window only.
    fn keep_demo_connection(&mut self, demo: &Demo) {
        let connect = &mut self.state.connect;
        match connect.named(CONNECTION).map(|known| known.id) {
            None => drop(connect.add(demo.connection(), Secrets::new(), false)),
            Some(id) => {
                if let Some(known) = connect.get_mut(id) {
                    known.profile.bootstrap = demo.bootstrap().into();
                }
            }
        }
    }

    /// A moment of the replay for this frame.
    pub(super) fn follow_replay(&mut self) {
        let state = &mut self.state.demo;
        let Some(demo) = &state.demo else { return };
        let now = demo.replay().state();
        if !now.ended && !now.paused {
            let until_shown = SHOWN_MS - now.clock.0.rem_euclid(SHOWN_MS);
            let wait = Duration::from_millis(until_shown.unsigned_abs() / u64::from(now.speed.seconds()));
            self.ctx.request_repaint_after(wait.max(LOOK));
        }
        let before = state.replay.replace(now.clone());
        let told = before.as_ref().and_then(|before| before.problem.as_ref());
        if let Some(problem) = now.problem.as_ref().filter(|problem| told != Some(problem)) {
            self.state.notifications.problem(problem);
        }
        if now.ended && before.is_some_and(|before| !before.ended) {
            let next = "No more flights come. Start the demo anew to see the autumn again";
            self.state.notifications.info("The year 2013 is over", next);
        }
    }

    /// Does the next step of opening the demo, once the one before is done.
    pub(super) fn follow_opening(&mut self) {
        let Some(opening) = self.state.demo.opening else { return };
        let Some(file) = self.state.demo.demo.as_ref().map(|demo| demo.workspace().to_path_buf()) else {
            return;
        };
        let is_open = self.state.workspace.file() == Some(file.as_path());
        self.state.demo.opening = match opening {
            Opening::Workspace if !is_open => return,
            // Another workspace was opened meanwhile.
            _ if !is_open => None,
            Opening::Workspace => {
                self.connect_to_demo();
                Some(Opening::Connection)
            }
            Opening::Connection if !self.is_on_demo() => return,
            Opening::Connection => {
                self.start_deployments();
                Some(Opening::Slice)
            }
            Opening::Slice if self.state.browse.plan.is_pending() => return,
            Opening::Slice => {
                if self.has_known_slice_to_read() {
                    BrowseCommand::Read.run(self);
                }
                None
            }
        };
    }

    /// Whether the range that is planned is one of those that the workspace knows, and not read yet. Another one is for its
    /// user to read.
    fn has_known_slice_to_read(&self) -> bool {
        let browse = &self.state.browse;
        let Remote::Ready(plan) = &browse.plan else { return false };
        let filter = browse.filter_text();
        let mut known = self.state.workspace.get().slices.iter();
        browse.topic.as_deref() == Some(FLIGHTS)
            && known.any(|known| known.slice == plan.slice && known.filter == filter)
            && !browse.frame.is_pending()
            && browse.frame.get().is_none_or(|frame| *frame.slice != plan.slice)
    }

    fn connect_to_demo(&mut self) {
        let known = self.state.connect.named(CONNECTION).map(|connection| connection.id);
        let under_way =
            self.state.connection.name == CONNECTION && self.state.connection.cluster.is_pending();
        self.state.connect.selected = known;
        if let Some(id) = known.filter(|_| !under_way) {
            self.check_connection(id);
        }
    }

    fn is_on_demo(&self) -> bool {
        self.state.is_connected_to(CONNECTION) && matches!(self.state.connection.catalogue, Remote::Ready(_))
    }

    /// Closes what the window has open of the demo, before its cluster goes.
    pub(super) fn leave_demo(&mut self) {
        let open = self.state.connection.cluster.get().map(|cluster| cluster.id());
        if self.state.connection.name == CONNECTION || open == self.state.demo.cluster_id() {
            self.disconnect();
        }
        if self.state.demo.ending == Some(super::Ending::StartAnew) {
            self.close_demo_workspace();
        }
    }

    /// Closes the demo's workspace, which is to go with its cluster, as was said.
    pub(super) fn close_demo_workspace(&mut self) {
        let place = self.state.demo.options.as_ref().map(DemoOptions::workspace);
        let file = place.as_ref().and_then(Place::file);
        if file.is_some() && self.state.workspace.file() == file {
            WorkspaceCommand::Unsaved(Box::new(WorkspaceCommand::New)).run(self);
        }
    }
}
