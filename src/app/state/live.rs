//! What stage Live shows: deployments of the workspace, those that run, the form of a new one.
//!
//! A deployment is known by its name, which is its own within a workspace.

mod checks;
mod form;
mod session;

use std::collections::BTreeMap;
use std::time::Instant;

pub use checks::{Check, Verdict};
pub use form::{DeploymentForm, Field, references};
pub use session::Session;

use super::State;
use crate::app::remote::Remote;
use crate::live::ScoreRequest;
use crate::registry::{ModelInfo, Selector, TopicRegistry};

/// State of stage Live.
#[derive(Default)]
pub struct LiveState {
    /// The chosen deployment.
    pub chosen: Option<String>,
    /// The deployment that is being set up.
    pub form: Option<DeploymentForm>,
    /// Deployments that were started since the window opened, by name.
    pub sessions: BTreeMap<String, Session>,
    /// The models of the model topic that the form or the chosen deployment names.
    pub models: KnownModels,
    /// Which records the table shows.
    pub records: Records,
    /// Only records whose label says another class than was predicted.
    pub wrong_only: bool,
    /// When the statistics were last looked at.
    pub looked: Option<Instant>,
    /// An alias is being moved.
    pub swapping: bool,
}

/// The models of a model topic, looked up again from time to time.
#[derive(Default)]
pub struct KnownModels {
    /// The topic.
    pub topic: String,
    /// The cluster's id.
    pub cluster: String,
    /// What has been read of the topic; looking again reads only what is new.
    pub registry: Option<TopicRegistry>,
    /// The models.
    pub found: Remote<Vec<ModelInfo>>,
    /// When they were last asked for.
    pub asked: Option<Instant>,
}

/// Which records the table shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Records {
    /// The last that were scored.
    #[default]
    Scored,
    /// The newest that were rejected.
    Rejected,
}

impl KnownModels {
    /// The models of `topic`, once they are known.
    pub fn of(&self, topic: &str) -> Option<&[ModelInfo]> {
        if self.topic == topic { self.found.get().map(Vec::as_slice) } else { None }
    }
}

impl LiveState {
    /// What the chosen deployment does, once it was started.
    pub fn session(&self) -> Option<&Session> {
        self.sessions.get(self.chosen.as_ref()?)
    }

    /// Whether a deployment is at work.
    pub fn runs(&self, name: &str) -> bool {
        self.sessions.get(name).is_some_and(Session::is_active)
    }
}

impl State {
    /// The deployments to be listed: those of the workspace, and those still at work that undo took from it.
    pub fn deployments(&self) -> Vec<(&str, &ScoreRequest)> {
        let saved = &self.workspace.get().deployments;
        let kept = saved.iter().map(|deployment| (deployment.name.as_str(), &deployment.request));
        let left = self.live.sessions.iter().filter(|(name, session)| {
            session.is_active() && !saved.iter().any(|deployment| deployment.name == **name)
        });
        kept.chain(left.map(|(name, session)| (name.as_str(), &session.request))).collect()
    }

    /// The chosen deployment: its name and what it is to do, or does.
    pub fn deployment(&self) -> Option<(&str, &ScoreRequest)> {
        let chosen = self.live.chosen.as_deref()?;
        let (name, saved) = self.deployments().into_iter().find(|(name, _)| *name == chosen)?;
        let running = self.live.session().filter(|session| session.is_active());
        Some((name, running.map_or(saved, |session| &session.request)))
    }

    /// The newest version of the chosen deployment's model, where it follows an alias and a newer one than the serving
    /// one is published.
    pub fn newer_version(&self) -> Option<u32> {
        let session = self.live.session().filter(|session| session.is_active())?;
        let request = &session.request;
        if !matches!(request.model.selector, Selector::Alias(_))
            || session.cluster != self.live.models.cluster
        {
            return None;
        }
        let serving = session.snapshot.serving?.version;
        let models = self.live.models.of(&request.model_topic)?;
        let model = models.iter().find(|model| model.name == request.model.name)?;
        model.versions.first().map(|newest| newest.version).filter(|newest| *newest > serving)
    }
}
