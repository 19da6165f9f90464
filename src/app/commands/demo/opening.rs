//! From a demo that runs to a window that moves: workspace, connection, deployments, slice. Each step waits for the one
//! before, and a user who goes elsewhere meanwhile is not held up.

use std::time::Duration;

use crate::app::commands::{Action, BrowseCommand, WorkspaceCommand};
use crate::app::remote::Remote;
use crate::app::runtime::Runtime;
use crate::app::state::demo::{DemoPhase, Opening};
use crate::demo::{CONNECTION, Demo, FLIGHTS};
use crate::kafka::Secrets;

/// The clock is shown so often.
const LOOK: Duration = Duration::from_millis(250);

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
        self.state.notifications.good("The demo runs", "Departures of 2013 come as a live stream");
        WorkspaceCommand::OpenFile(file).run(self);
    }

    /// Puts the connection into the list, or its new address, for this window only.
    fn keep_demo_connection(&mut self, demo: &Demo) {
        let connect = &mut self.state.connect;
        let id = match connect.named(CONNECTION).map(|known| known.id) {
            Some(id) => id,
            None => connect.add(demo.connection(), Secrets::new(), false),
        };
        if let Some(connection) = connect.get_mut(id) {
            connection.profile = demo.connection();
        }
    }

    /// A moment of the replay for this frame.
    pub(super) fn follow_replay(&mut self) {
        let state = &mut self.state.demo;
        let Some(demo) = &state.demo else { return };
        let now = demo.replay().state();
        if !now.ended && !now.paused {
            self.ctx.request_repaint_after(LOOK);
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
            Opening::Slice => {
                let browse = &self.state.browse;
                if browse.topic.as_deref() != Some(FLIGHTS) || !matches!(browse.plan, Remote::Ready(_)) {
                    return;
                }
                BrowseCommand::Read.run(self);
                None
            }
        };
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

    /// The id of the demo's cluster, while it is the one that is open.
    pub(super) fn demo_cluster_id(&self) -> Option<String> {
        let cluster = self.state.connection.cluster().filter(|_| self.state.is_connected_to(CONNECTION));
        cluster.map(|cluster| cluster.id().to_owned()).or_else(|| {
            let known = self.state.workspace.get().connection.clone();
            known.filter(|known| known.name == CONNECTION).and_then(|known| known.cluster_id)
        })
    }

    /// Closes what the window has open of the demo, before its cluster goes.
    pub(super) fn leave_demo(&mut self) {
        if self.state.connection.name == CONNECTION {
            self.disconnect();
        }
        let file = self.state.demo.demo.as_ref().map(|demo| demo.workspace().to_path_buf());
        let anew = self.state.demo.ending == Some(super::Ending::StartAnew);
        if anew && file.is_some() && self.state.workspace.file() == file.as_deref() {
            // It goes with the cluster, as was said.
            WorkspaceCommand::Unsaved(Box::new(WorkspaceCommand::New)).run(self);
        }
    }
}
