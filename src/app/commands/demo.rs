//! Commands and messages of the demo: start, speed, pause, stop.

use super::{About, Action};
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::State;
use crate::app::state::demo::{DemoPhase, DemoState};
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
            Self::Start if demo.phase == DemoPhase::Starting => Some("the demo is being started".into()),
            Self::Start if demo.is_running() => Some("the demo runs already".into()),
            Self::Start => None,
            _ if !demo.is_running() => Some("the demo does not run".into()),
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
            _ => {}
        }
    }

    fn listed(state: &State) -> Vec<Self> {
        if !state.demo.is_running() {
            return vec![Self::Start];
        }
        let paused = state.demo.replay.as_ref().is_some_and(|replay| replay.paused);
        let mut commands = vec![if paused { Self::GoOn } else { Self::Pause }];
        commands.extend(Speed::OFFERED.map(Self::SetSpeed));
        commands.extend([Self::AskStartAnew, Self::Stop]);
        commands
    }
}

impl DemoMessage {
    /// Puts it into the state.
    pub fn handle(self, runtime: &mut Runtime<'_>) {
        match self {
            Self::Started(Ok(demo)) => {
                runtime.state.demo.phase = DemoPhase::Running;
                runtime.state.demo.demo = Some(*demo);
            }
            Self::Started(Err(problem)) => runtime.state.demo.phase = DemoPhase::Failed(problem),
            Self::Stopped => runtime.state.demo.phase = DemoPhase::Off,
        }
    }
}

impl Runtime<'_> {
    /// Starts the demo as a job.
    pub(crate) fn start_demo(&mut self, fresh: bool) {
        let options = match self.state.demo.options.clone().map_or_else(DemoOptions::find, Ok) {
            Ok(options) => DemoOptions { fresh, ..options },
            Err(problem) => return self.state.notifications.problem(&problem),
        };
        self.state.demo.phase = DemoPhase::Starting;
        let work = move |context: &JobContext<Message>| {
            Demo::start(&options, &context.progress, &context.cancel).map(Box::new)
        };
        let message = |result| Message::Demo(DemoMessage::Started(result));
        self.background.latest(DemoState::JOB, "Preparing the demo", work, message);
    }
}
