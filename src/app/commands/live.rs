//! Commands of stage Live: set a deployment up, start and stop it, move its alias to a newer version.

mod deploy;
mod follow;
mod message;
mod swap;

use eframe::egui::Key;

use super::{About, Action, plain};
use crate::app::runtime::Runtime;
use crate::app::state::State;
use crate::app::state::live::{DeploymentForm, Field, Records, Verdict};
use crate::live::Delivery;
use crate::registry::Selector;
use crate::ui::Icon;

pub use message::LiveMessage;

/// Something to be done in stage Live.
#[derive(Clone, Debug)]
pub enum LiveCommand {
    /// Set a deployment up.
    New,
    /// Change the chosen deployment.
    Change,
    /// Leave the form.
    CloseForm,
    /// A field of the form was typed in.
    Type(Field, String),
    /// How offsets are committed.
    SetDelivery(Delivery),
    /// Where a partition begins of which the group has committed nothing.
    FromBeginning(bool),
    /// Wait for labels, or not.
    WantLabels(bool),
    /// Show wrong predictions only, or all.
    WrongOnly(bool),
    /// Choose a deployment.
    Select(String),
    /// Start what the form says, or the chosen deployment.
    Deploy,
    /// Start the chosen deployment after it has ended.
    StartAgain,
    /// End the chosen deployment after the batch at hand.
    Stop,
    /// Ask before the chosen deployment is taken from the workspace.
    AskRemove,
    /// Take a deployment from the workspace.
    Remove(String),
    /// Hold plots and tables as they are, or let them go on.
    Pause,
    /// Which records the table shows.
    Show(Records),
    /// Ask before the alias is moved to the newest version.
    AskSwap,
    /// Move the alias of the chosen deployment to this version.
    Swap(u32),
}

impl Action for LiveCommand {
    fn about(&self, state: &State) -> Option<About> {
        Some(match self {
            Self::New => About::new("New deployment", "Sets up what to score, and where predictions go")
                .icon(Icon::Plus),
            Self::Change => About::new("Change", "Changes the model, topics and delivery of the deployment")
                .icon(Icon::Pencil),
            Self::CloseForm => About::new("Cancel", "Leaves the form; nothing is started"),
            Self::Deploy => {
                About::new("Deploy", "Joins the group and writes one prediction per record").icon(Icon::Play)
            }
            Self::StartAgain => {
                About::new("Start again", "Goes on after the last committed offset").icon(Icon::Refresh)
            }
            Self::Stop => About::new("Stop", "Finishes the batch at hand, commits it and leaves the group")
                .icon(Icon::Stop),
            Self::AskRemove => {
                About::new("Remove deployment", "Takes it from the workspace; topics and offsets stay")
                    .icon(Icon::Trash)
            }
            Self::Pause if held(state) => About::new("Resume plot", "Plots and tables go on")
                .icon(Icon::Play)
                .shortcut(plain(Key::Space)),
            Self::Pause => About::new("Pause plot", "Holds plots and tables as they are; scoring goes on")
                .icon(Icon::Pause)
                .shortcut(plain(Key::Space)),
            Self::WrongOnly(true) => {
                About::new("Wrong only", "Shows records whose label says another class than was predicted")
                    .icon(Icon::Filter)
            }
            Self::WrongOnly(false) => {
                About::new("Right and wrong", "Shows all records that were just scored").icon(Icon::Filter)
            }
            Self::AskSwap => {
                let title = match state.newer_version() {
                    Some(version) => format!("Swap to version {version}"),
                    None => "Swap to a newer version".into(),
                };
                About::new(title, "Moves the alias; the new version takes over between two batches")
                    .icon(Icon::Swap)
            }
            _ => return None,
        })
    }

    fn refusal(&self, state: &State) -> Option<String> {
        let active = state.live.session().is_some_and(|session| session.is_active());
        match self {
            Self::Deploy | Self::StartAgain => refuse_deploy(state),
            Self::Stop if !active => Some("it does not run".into()),
            Self::Stop => {
                state.live.session().filter(|session| session.stopping).map(|_| "it is stopping".into())
            }
            Self::Change | Self::AskRemove | Self::Remove(_) if state.deployment().is_none() => {
                Some("no deployment is chosen".into())
            }
            Self::Change | Self::AskRemove | Self::Remove(_) => {
                active.then(|| "it runs; stop it first".into())
            }
            Self::Pause => state.live.session().is_none().then(|| "nothing runs".into()),
            Self::WrongOnly(_) => {
                let labels = state.live.session().is_some_and(|session| session.snapshot.labels.is_some());
                (!labels).then(|| "no labels are waited for".into())
            }
            Self::AskSwap | Self::Swap(_) => refuse_swap(state),
            _ => None,
        }
    }

    fn run(self, runtime: &mut Runtime<'_>) {
        let live = &mut runtime.state.live;
        match self {
            Self::New => runtime.new_deployment(),
            Self::Change => {
                let form =
                    runtime.state.deployment().map(|(name, request)| DeploymentForm::of(name, request));
                runtime.state.live.form = form;
            }
            Self::CloseForm => live.form = None,
            Self::Type(field, text) => runtime.change_form(|form| form.set(field, text)),
            Self::SetDelivery(delivery) => runtime.change_form(|form| form.delivery = delivery),
            Self::FromBeginning(on) => runtime.change_form(|form| form.from_beginning = on),
            Self::WantLabels(wanted) => runtime.change_form(|form| form.want_labels(wanted)),
            Self::WrongOnly(only) => {
                live.records = Records::Scored;
                live.wrong_only = only;
            }
            Self::Select(name) => {
                live.form = None;
                live.chosen = Some(name);
            }
            Self::Deploy | Self::StartAgain => runtime.deploy(),
            Self::Stop => runtime.stop_deployment(),
            Self::AskRemove => runtime.ask_remove_deployment(),
            Self::Remove(name) => runtime.remove_deployment(&name),
            Self::Pause => runtime.pause_plot(),
            Self::Show(records) => live.records = records,
            Self::AskSwap => runtime.ask_swap(),
            Self::Swap(version) => runtime.swap(version),
        }
    }

    fn tick(runtime: &mut Runtime<'_>) {
        runtime.follow_deployments();
    }

    fn listed(state: &State) -> Vec<Self> {
        let mut listed = vec![Self::New];
        if state.live.form.is_some() || state.deployment().is_some() {
            listed.push(Self::Deploy);
        }
        if state.deployment().is_some() {
            listed.extend([Self::Change, Self::AskRemove]);
        }
        if state.live.session().is_some() {
            listed.extend([Self::Stop, Self::Pause, Self::WrongOnly(!state.live.wrong_only)]);
        }
        if state.newer_version().is_some() {
            listed.push(Self::AskSwap);
        }
        listed
    }

    fn main_action(state: &State) -> Option<Self> {
        Some(match (&state.live.form, state.deployment()) {
            (None, None) => Self::New,
            (None, Some(_)) if state.newer_version().is_some() => Self::AskSwap,
            _ => Self::Deploy,
        })
    }
}

/// Whether plots and tables are held.
fn held(state: &State) -> bool {
    state.live.session().is_some_and(|session| session.held.is_some())
}

fn refuse_deploy(state: &State) -> Option<String> {
    if !state.connection.is_open() {
        return Some("no cluster is connected".into());
    }
    if let Some(reason) = state.connection.read_only() {
        return Some(reason);
    }
    let form = match (&state.live.form, state.deployment()) {
        (Some(form), _) => form.clone(),
        (None, Some((name, _))) if state.live.runs(name) => return Some("it runs already".into()),
        (None, Some((name, request))) => DeploymentForm::of(name, request),
        (None, None) => return Some("no deployment is set up".into()),
    };
    let checks = state.deployment_checks(&form);
    checks.into_iter().find(|check| check.verdict == Verdict::Missing).map(|check| check.text)
}

fn refuse_swap(state: &State) -> Option<String> {
    if let Some(reason) = state.connection.read_only() {
        return Some(reason);
    }
    if state.live.swapping {
        return Some("the alias is being moved".into());
    }
    let fixed =
        state.deployment().is_some_and(|(_, request)| matches!(request.model.selector, Selector::Version(_)));
    if fixed {
        return Some("it stays with one version; deploy an alias to swap".into());
    }
    state.newer_version().is_none().then(|| "no newer version is published".into())
}
