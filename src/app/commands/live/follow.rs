//! What stage Live looks at before each frame: the statistics of what runs, and the models of the topic in question.

use std::time::{Duration, Instant};

use super::LiveMessage;
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::app::state::live::{Field, KnownModels, Session};
use crate::jobs::{JobState, Problem};
use crate::kafka::Cluster;
use crate::registry::{Keep, Registry, TopicRegistry};

/// The statistics of what runs are looked at so often while the stage is seen.
const LOOK: Duration = Duration::from_millis(250);
/// A model topic is asked for new versions so often while the stage is seen.
const MODELS: Duration = Duration::from_secs(5);

impl Runtime<'_> {
    /// Follows what runs and what the workspace has; costs nothing while the stage is not seen.
    pub(super) fn follow_deployments(&mut self) {
        self.notice_ended();
        if self.state.stage != Stage::Live {
            return;
        }
        self.choose_deployment();
        self.look_at_statistics();
        self.look_up_models();
    }

    /// A job that broke off without a word ends its deployment all the same.
    fn notice_ended(&mut self) {
        let state = &mut *self.state;
        for session in state.live.sessions.values_mut() {
            let Some(id) = session.job else { continue };
            let Some(job) = state.jobs.iter().find(|job| job.id == id && !job.is_active()) else { continue };
            session.end(match &job.state {
                JobState::Failed(problem) => Some(problem.clone()),
                _ => None,
            });
        }
    }

    /// Chooses the first deployment where none is chosen, or the chosen one is gone.
    fn choose_deployment(&mut self) {
        if self.state.deployment().is_none() {
            let first = self.state.deployments().first().map(|(name, _)| (*name).to_owned());
            if self.state.live.chosen != first {
                self.state.live.chosen = first;
            }
        }
    }

    fn look_at_statistics(&mut self) {
        let live = &mut self.state.live;
        if !live.sessions.values().any(Session::is_active) {
            return;
        }
        let since = live.looked.map_or(LOOK, |looked| looked.elapsed());
        if since >= LOOK {
            live.looked = Some(Instant::now());
            live.sessions.values_mut().filter(|session| session.is_active()).for_each(Session::look);
        }
        self.ctx.request_repaint_after(LOOK.saturating_sub(since).max(Duration::from_millis(20)));
    }

    /// Asks the model topic in question for its models, at first and then from time to time.
    fn look_up_models(&mut self) {
        let Some(cluster) = self.state.connection.cluster() else { return };
        let Some(topic) = self.model_topic() else { return };
        if self.state.partitions_of(&topic).unwrap_or(0) == 0 {
            return;
        }
        let known = &mut self.state.live.models;
        if known.topic != topic || known.cluster != cluster.id() {
            *known = KnownModels { topic, cluster: cluster.id().to_owned(), ..KnownModels::default() };
        }
        let since = known.asked.map_or(MODELS, |asked| asked.elapsed());
        self.ctx.request_repaint_after(MODELS.saturating_sub(since).max(Duration::from_millis(100)));
        if since >= MODELS && !known.found.is_pending() {
            self.ask_for_models(cluster);
        }
    }

    /// The model topic of the form, or of the chosen deployment.
    fn model_topic(&self) -> Option<String> {
        match &self.state.live.form {
            Some(form) => Some(form.text(Field::ModelTopic).trim().to_owned()),
            None => self.state.deployment().map(|(_, request)| request.model_topic.clone()),
        }
    }

    fn ask_for_models(&mut self, cluster: Cluster) {
        let known = &mut self.state.live.models;
        known.asked = Some(Instant::now());
        known.found.begin();
        let topic = known.topic.clone();
        let registry = known
            .registry
            .get_or_insert_with(|| TopicRegistry::new(cluster, topic.clone(), Keep::All))
            .clone();
        self.background.quiet(
            "live models",
            move |context| registry.models(&context.cancel).map_err(Problem::from),
            move |result| Message::Live(LiveMessage::Models(topic, result)),
        );
    }
}
