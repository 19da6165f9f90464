//! Setting a deployment up, starting and stopping it, and keeping it in the workspace.

use crate::app::LIVE_JOB;
use crate::app::commands::LiveCommand;
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::live::{DeploymentForm, Field, Session};
use crate::app::state::{Confirm, State};
use crate::live::{ScoreRequest, score};
use crate::workspace::SavedDeployment;

use super::LiveMessage;

impl Runtime<'_> {
    /// Opens the form, with the topic that is open in Browse as input.
    pub(super) fn new_deployment(&mut self) {
        let topic = self.state.browse.topic.clone().unwrap_or_default();
        let others = self.state.workspace.get().deployments.last();
        let model_topic = others.map(|other| other.request.model_topic.as_str());
        self.state.live.form = Some(DeploymentForm::new(topic, model_topic));
        // A model topic may have been made since the topics were listed.
        self.refresh_catalogue();
        self.suggest_model();
    }

    /// Takes a change of the form.
    pub(super) fn change_form(&mut self, change: impl FnOnce(&mut DeploymentForm)) {
        let live = &mut self.state.live;
        let Some(form) = &mut live.form else { return };
        change(form);
        if let Some(models) = live.models.of(form.text(Field::ModelTopic).trim()) {
            form.propose_labels(models);
        }
    }

    /// Lets the form take a published model where none was typed.
    pub(super) fn suggest_model(&mut self) {
        let preferred = self.state.workspace.get().layout.model.clone();
        let live = &mut self.state.live;
        let Some(form) = &mut live.form else { return };
        if let Some(models) = live.models.of(form.text(Field::ModelTopic).trim()) {
            form.suggest(models, preferred.as_deref());
            form.propose_labels(models);
        }
    }

    /// Keeps what the form says in the workspace, and starts it; without a form, starts the chosen deployment.
    pub(super) fn deploy(&mut self) {
        let form = self.state.live.form.take();
        let Some(form) = form else {
            let chosen = self.state.deployment().map(|(name, request)| (name.to_owned(), request.clone()));
            if let Some((name, request)) = chosen {
                self.start_deployment(name, request);
            }
            return;
        };
        let Ok(request) = form.request() else {
            self.state.live.form = Some(form);
            return;
        };
        let name = free_name(self.state, &request, form.of.as_deref());
        self.keep_deployment(
            form.of.as_deref(),
            SavedDeployment { name: name.clone(), request: request.clone() },
        );
        self.start_deployment(name, request);
    }

    fn keep_deployment(&mut self, of: Option<&str>, deployment: SavedDeployment) {
        let title = if of.is_some() { "Change deployment" } else { "Add deployment" };
        if let Some(old) = of {
            self.state.live.sessions.remove(old);
        }
        self.edit(title, |workspace| {
            let old = workspace.deployments.iter_mut().find(|saved| Some(saved.name.as_str()) == of);
            match old {
                Some(old) => *old = deployment,
                None => workspace.deployments.push(deployment),
            }
        });
    }

    /// Starts every deployment of the workspace that does not run, and shows the first.
    pub(in crate::app) fn start_deployments(&mut self) {
        let running = |name: &str| self.state.live.sessions.get(name).is_some_and(Session::is_active);
        let saved = self.state.workspace.get().deployments.iter();
        let waiting: Vec<_> = saved.filter(|saved| !running(&saved.name)).cloned().collect();
        for saved in waiting.into_iter().rev() {
            self.start_deployment(saved.name, saved.request);
        }
    }

    fn start_deployment(&mut self, name: String, request: ScoreRequest) {
        let Some(cluster) = self.state.connection.cluster() else { return };
        let mut session = Session::new(request.clone(), cluster.id().to_owned());
        let (stats, ended) = (session.stats.clone(), session.stats.clone());
        let title = format!("Scoring {} with {}", request.input, request.model);
        let job = self.background.several(
            LIVE_JOB,
            title,
            move |context| score(&cluster, &request, &stats, &context.cancel),
            move |result| Message::Live(LiveMessage::Ended(ended, result)),
        );
        session.job = Some(job);
        self.state.live.chosen = Some(name.clone());
        self.state.live.sessions.insert(name, session);
    }

    /// Asks the chosen deployment to end; it finishes and commits the batch at hand.
    pub(super) fn stop_deployment(&mut self) {
        let live = &mut self.state.live;
        let session = live.chosen.as_ref().and_then(|name| live.sessions.get_mut(name));
        if let Some((session, job)) = session.and_then(|session| session.job.map(|job| (session, job))) {
            session.stopping = true;
            self.background.cancel(job);
        }
    }

    /// Asks before the chosen deployment is taken from the workspace.
    pub(super) fn ask_remove_deployment(&mut self) {
        let Some((name, request)) = self.state.deployment() else { return };
        let confirm = Confirm {
            title: format!("Remove deployment {name}?"),
            lines: vec![
                format!("{} is no longer listed in this workspace; undo brings it back.", name),
                format!("{} and the offsets of {} stay as they are.", request.output, request.group()),
            ],
            verb: "Remove deployment".into(),
            command: Box::new(LiveCommand::Remove(name.to_owned()).into()),
            other: None,
            dangerous: false,
        };
        self.state.ask(confirm);
    }

    /// Takes a deployment from the workspace.
    pub(super) fn remove_deployment(&mut self, name: &str) {
        self.state.live.sessions.remove(name);
        self.state.live.form = None;
        self.edit("Remove deployment", |workspace| workspace.deployments.retain(|saved| saved.name != name));
    }

    /// Holds plots and tables of the chosen deployment, or lets them go on.
    pub(super) fn pause_plot(&mut self) {
        let live = &mut self.state.live;
        let session = live.chosen.as_ref().and_then(|name| live.sessions.get_mut(name));
        if let Some(session) = session {
            session.held = match session.held.take() {
                Some(_) => None,
                None => Some(session.snapshot.clone()),
            };
        }
    }
}

/// The model's name, with the input or a number where another deployment has it already.
fn free_name(state: &State, request: &ScoreRequest, of: Option<&str>) -> String {
    let deployments = state.deployments();
    let free = |name: &String| !deployments.iter().any(|(taken, _)| taken == name && of != Some(*taken));
    let plain = request.model.to_string();
    let with_input = format!("{plain} on {}", request.input);
    let numbered = (2..).map(|number| format!("{with_input} {number}"));
    let mut names = [plain, with_input.clone()].into_iter().chain(numbered);
    names.find(free).unwrap_or(with_input)
}
