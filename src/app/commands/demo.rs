//! Commands and messages of the demo: start, speed, pause, stop.

mod opening;

use super::{About, Action};
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::demo::{DemoPhase, DemoState};
use crate::app::state::{Confirm, State};
use crate::demo::{Demo, DemoOptions, Speed};
use crate::jobs::{JobContext, Problem};
use crate::ui::Icon;

/// Something to be done with the demo.
#[derive(Clone, Debug)]
pub enum DemoCommand {
    /// Start the embedded cluster and its stream, and open the demo's workspace.
    Start,
    /// Let the stream stand still.
    Pause,
    /// Let it go on.
    GoOn,
    /// Let it go on at this speed.
    SetSpeed(Speed),
    /// Stop the stream and the cluster.
    Stop,
    /// Ask whether everything that is in the cluster is to go.
    AskStartAnew,
    /// Throw away cluster and workspace and start again.
    StartAnew,
}

/// What a job of the demo brings.
pub enum DemoMessage {
    /// The demo runs, or could not be started.
    Started(Result<Box<Demo>, Problem>),
    /// The demo has stopped.
    Stopped,
}

impl Action for DemoCommand {
    fn about(&self, _state: &State) -> Option<About> {
        Some(match self {
            Self::Start => About::new(
                "Start the demo cluster",
                "A cluster within this program, with the flights of 2013 as a live stream",
            )
            .icon(Icon::Play),
            Self::Pause => {
                About::new("Pause the replay", "The stream of the demo stands still").icon(Icon::Pause)
            }
            Self::GoOn => {
                About::new("Go on with the replay", "The stream of the demo goes on").icon(Icon::Play)
            }
            Self::SetSpeed(speed) => {
                About::new(format!("Speed of the replay {speed}"), "How fast the year 2013 passes")
            }
            Self::Stop => About::new("Stop the demo cluster", "Its topics are kept").icon(Icon::Stop),
            Self::AskStartAnew => {
                About::new("Start the demo anew", "Throws its cluster away and begins the year again")
                    .icon(Icon::Refresh)
            }
            Self::StartAnew => return None,
        })
    }

    fn refusal(&self, state: &State) -> Option<String> {
        let demo = &state.demo;
        match self {
            Self::Start | Self::AskStartAnew | Self::StartAnew if demo.phase == DemoPhase::Starting => {
                Some("the demo is being started".into())
            }
            Self::Start if demo.is_running() => Some("the demo runs already".into()),
            Self::Start => None,
            // Where what is there cannot be used, a new beginning may help.
            Self::AskStartAnew | Self::StartAnew if matches!(demo.phase, DemoPhase::Failed(_)) => None,
            _ if !demo.is_running() => Some("the demo does not run".into()),
            _ if demo.ending.is_some() => Some("the demo is being stopped".into()),
            Self::Pause | Self::GoOn | Self::SetSpeed(_)
                if demo.replay.as_ref().is_some_and(|replay| replay.ended) =>
            {
                Some("the year is over; start the demo anew".into())
            }
            _ => None,
        }
    }

    fn run(self, runtime: &mut Runtime<'_>) {
        match self {
            Self::Start => runtime.start_demo(false),
            Self::Pause => runtime.state.demo.pause(true),
            Self::GoOn => runtime.state.demo.pause(false),
            Self::SetSpeed(speed) => runtime.state.demo.set_speed(speed),
            Self::Stop => runtime.end_demo(Ending::Stop),
            Self::AskStartAnew => runtime.ask_start_anew(),
            Self::StartAnew if runtime.state.demo.is_running() => runtime.end_demo(Ending::StartAnew),
            Self::StartAnew => {
                runtime.close_demo_workspace();
                runtime.start_demo(true);
            }
        }
    }

    fn tick(runtime: &mut Runtime<'_>) {
        runtime.follow_replay();
        runtime.follow_opening();
        runtime.follow_ending();
    }

    fn listed(state: &State) -> Vec<Self> {
        match state.demo.phase {
            DemoPhase::Running => {}
            DemoPhase::Failed(_) => return vec![Self::Start, Self::AskStartAnew],
            DemoPhase::Off | DemoPhase::Starting => return vec![Self::Start],
        }
        let paused = state.demo.replay.as_ref().is_some_and(|replay| replay.paused);
        let mut commands = vec![if paused { Self::GoOn } else { Self::Pause }];
        commands.extend(Speed::OFFERED.map(Self::SetSpeed));
        commands.extend([Self::AskStartAnew, Self::Stop]);
        commands
    }
}

/// What comes after the demo has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nothing.
    Stop,
    /// A new one on an empty cluster.
    StartAnew,
}

impl DemoMessage {
    /// Puts it into the state.
    pub fn handle(self, runtime: &mut Runtime<'_>) {
        match self {
            Self::Started(Ok(demo)) => runtime.demo_started(*demo),
            Self::Started(Err(problem)) if problem.cancelled => runtime.state.demo.phase = DemoPhase::Off,
            Self::Started(Err(problem)) => {
                runtime.state.notifications.problem(&problem);
                runtime.state.demo.phase = DemoPhase::Failed(problem);
            }
            Self::Stopped => runtime.demo_stopped(),
        }
    }
}

impl Runtime<'_> {
    /// Starts the demo as a job; `fresh` on an empty cluster.
    pub(crate) fn start_demo(&mut self, fresh: bool) {
        let options = match self.demo_options() {
            Ok(options) => options,
            Err(problem) => return self.state.notifications.problem(&problem),
        };
        let demo = &mut self.state.demo;
        demo.options = Some(options.clone());
        demo.phase = DemoPhase::Starting;
        let options = DemoOptions { fresh: fresh || options.fresh, ..options };
        let work = move |context: &JobContext<Message>| {
            Demo::start(&options, &context.progress, &context.cancel).map(Box::new)
        };
        let message = |result| Message::Demo(DemoMessage::Started(result));
        self.background.latest(DemoState::JOB, "Preparing the demo", work, message);
    }

    /// Those of the last start or of the command line; else those of the demo whose workspace is open; else the usual ones.
    fn demo_options(&self) -> Result<DemoOptions, Problem> {
        let of_workspace = || self.state.workspace.file().and_then(DemoOptions::of_workspace);
        match self.state.demo.options.clone().or_else(of_workspace) {
            Some(options) => Ok(options),
            None => DemoOptions::find(),
        }
    }

    /// A job of the demo was ended by a defect.
    pub(crate) fn demo_job_failed(&mut self, problem: &Problem) {
        match self.state.demo.phase {
            DemoPhase::Starting => self.state.demo.phase = DemoPhase::Failed(problem.clone()),
            _ => self.demo_stopped(),
        }
    }

    fn ask_start_anew(&mut self) {
        let Some(folder) = self.state.demo.options.as_ref().map(|options| options.folder.clone()) else {
            return;
        };
        self.state.ask(Confirm {
            title: "Start the demo anew?".into(),
            lines: vec![
                format!("The cluster in {} goes with all its topics and models.", folder.display()),
                "So does the demo's workspace, with what you made in it.".into(),
                "The history is written again, and the stream begins on 1 October 2013.".into(),
            ],
            verb: "Start anew".into(),
            command: Box::new(DemoCommand::StartAnew.into()),
            other: None,
            dangerous: true,
        });
    }

    /// Ends the demo: first its deployments, which finish their batch, then the cluster.
    fn end_demo(&mut self, ending: Ending) {
        self.state.demo.ending = Some(ending);
        self.state.demo.opening = None;
        let cluster = self.state.demo.cluster_id();
        let sessions = self.state.live.sessions.values_mut();
        for session in sessions.filter(|session| Some(session.cluster.as_str()) == cluster) {
            if let Some(job) = session.job {
                session.stopping = true;
                self.background.cancel(job);
            }
        }
    }

    /// Stops the cluster once nothing of this window works on it.
    fn follow_ending(&mut self) {
        let demo = &self.state.demo;
        if demo.ending.is_none() || demo.demo.is_none() {
            return;
        }
        let cluster = demo.cluster_id();
        let mut sessions = self.state.live.sessions.values();
        if sessions.any(|session| session.is_active() && Some(session.cluster.as_str()) == cluster) {
            return;
        }
        self.leave_demo();
        let demo = self.state.demo.demo.take();
        let work = move |_: &JobContext<Message>| {
            drop(demo);
            Ok(())
        };
        let message = |_| Message::Demo(DemoMessage::Stopped);
        self.background.latest(DemoState::JOB, "Stopping the demo", work, message);
    }

    fn demo_stopped(&mut self) {
        let demo = &mut self.state.demo;
        demo.phase = DemoPhase::Off;
        demo.replay = None;
        match demo.ending.take() {
            Some(Ending::StartAnew) => self.start_demo(true),
            _ => self.state.notifications.info("The demo cluster has stopped", "Its topics are kept"),
        }
    }
}
