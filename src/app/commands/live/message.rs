//! What the jobs of stage Live bring.

use std::sync::Arc;

use crate::app::runtime::Runtime;
use crate::jobs::Problem;
use crate::live::{LiveStats, ScoreSummary};
use crate::registry::ModelInfo;
use crate::ui::format;

/// What a job of stage Live brings.
#[derive(Debug)]
pub enum LiveMessage {
    /// The deployment that writes these statistics has ended.
    Ended(Arc<LiveStats>, Result<ScoreSummary, Problem>),
    /// The models of a model topic.
    Models(String, Result<Vec<ModelInfo>, Problem>),
    /// An alias points to another version: `arrival-delay@champion`, the version.
    Swapped(String, u32, Result<(), Problem>),
}

impl LiveMessage {
    /// Puts it into the state.
    pub fn handle(self, runtime: &mut Runtime<'_>) {
        match self {
            Self::Ended(stats, result) => runtime.deployment_ended(&stats, result),
            Self::Models(topic, result) => {
                if runtime.state.live.models.topic == topic {
                    runtime.state.live.models.found.finish(result);
                    runtime.suggest_model();
                }
            }
            Self::Swapped(alias, version, result) => {
                runtime.state.live.swapping = false;
                runtime.state.live.models.asked = None;
                match result {
                    Ok(()) => {
                        let said = "it takes over between two batches";
                        runtime.state.notifications.good(format!("{alias} is version {version}"), said);
                    }
                    Err(problem) => runtime.state.notifications.problem(&problem),
                }
            }
        }
    }
}

impl Runtime<'_> {
    fn deployment_ended(&mut self, stats: &Arc<LiveStats>, result: Result<ScoreSummary, Problem>) {
        let state = &mut *self.state;
        let found = state.live.sessions.iter_mut().find(|(_, session)| Arc::ptr_eq(&session.stats, stats));
        let Some((name, session)) = found else { return };
        session.end(result.as_ref().err().cloned());
        let counts = session.snapshot.counts;
        match result {
            Err(problem) if !problem.cancelled => state.notifications.problem(&problem),
            _ => {
                let scored = format::count(counts.scored, "record scored", "records scored");
                let said = format!("{scored}, {} rejected", format::integer(counts.rejected));
                state.notifications.good(format!("{name} stopped"), said);
            }
        }
    }
}
