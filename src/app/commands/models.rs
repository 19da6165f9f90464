//! Commands of stage Models: look at versions, say which one serves, bring packages in and out.

mod evaluations;
mod message;
mod packages;
mod refusal;
mod serving;

use std::path::PathBuf;

use eframe::egui::Key;

use super::{About, Action, plain};
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::app::state::State;
use crate::app::state::models::{Listing, ModelTab, ModelsState};
use crate::jobs::{Cancel, Problem};
use crate::kafka::KafkaError;
use crate::registry::{Keep, Registry, TopicRegistry};
use crate::ui::Icon;

pub use message::ModelsMessage;

/// The key of the job that lists models.
pub const LIST_KEY: &str = "models";
/// The key of jobs that change a model topic.
pub const CHANGE_KEY: &str = "model topic";

/// Something to be done in stage Models.
#[derive(Clone, Debug)]
pub enum ModelsCommand {
    /// Look for models again.
    Refresh,
    /// Another model topic.
    Topic(String),
    /// Search models for this text.
    Search(String),
    /// Show a model.
    Show(String),
    /// Choose a version.
    Choose(u32),
    /// Check a version for the comparison, or not.
    Compare(u32, bool),
    /// Look again for how the compared versions were judged.
    LoadEvaluations,
    /// What of the version is shown.
    Tab(ModelTab),
    /// Point an alias to the chosen version: asks for the alias.
    SetAlias,
    /// Make the chosen version the champion: asks first.
    Promote,
    /// Make the version before the champion again: asks first.
    RollBack,
    /// Remove an alias: asks first.
    RemoveAlias(String),
    /// Point an alias of a model to a version, or remove it.
    MoveAlias {
        /// The model.
        model: String,
        /// The alias.
        alias: String,
        /// The version; `None` removes the alias.
        version: Option<u32>,
    },
    /// Write the chosen version's package to a file: asks for the path.
    Export,
    /// Write it to this file.
    ExportTo(PathBuf),
    /// Bring a package in: asks for the file.
    Import,
    /// Bring this file in: asks for the name.
    ImportFile(PathBuf),
    /// Publish it as the next version of a model.
    ImportAs {
        /// The file.
        path: PathBuf,
        /// The model.
        model: String,
    },
    /// Delete the chosen version: asks first.
    AskDelete,
    /// Delete a version of a model.
    Delete(String, u32),
}

impl Action for ModelsCommand {
    fn about(&self, state: &State) -> Option<About> {
        let models = &state.models;
        let number = || models.version.map_or_else(|| "version".to_owned(), |version| version.to_string());
        Some(match self {
            Self::Refresh => About::new("Look for models again", "Reads what is new in the model topic")
                .icon(Icon::Refresh)
                .shortcut(plain(Key::F5)),
            Self::Show(model) => {
                About::new(format!("Go to model {model}"), "Shows its versions").icon(Icon::Box)
            }
            Self::Promote => {
                let help = "Points the alias champion to the chosen version; deployments that follow it swap";
                About::new(format!("Promote {} to champion", number()), help).icon(Icon::Star)
            }
            Self::RollBack => {
                let title = models
                    .previous_champion()
                    .map_or_else(|| "Roll back".into(), |version| format!("Roll back to {version}"));
                About::new(title, "Points the alias champion to the version that it was before")
                    .icon(Icon::Undo)
            }
            Self::SetAlias => {
                About::new(format!("Set alias of {}", number()), "Points an alias to the chosen version")
                    .icon(Icon::Tag)
            }
            Self::RemoveAlias(alias) => {
                About::new(format!("Remove alias {alias}"), "The version stays, without this name")
                    .icon(Icon::X)
            }
            Self::LoadEvaluations => {
                let help = "Reads the packages of the compared versions for their intervals and plots";
                About::new("Load the plots", help).icon(Icon::Refresh)
            }
            Self::Export => {
                About::new("Export", "Writes the chosen version's package to a zip file").icon(Icon::Export)
            }
            Self::Import => {
                About::new("Import", "Publishes a package from a zip file as the next version of a model")
                    .icon(Icon::Download)
            }
            Self::AskDelete => {
                About::new(format!("Delete version {}", number()), "Takes the version from the model topic")
                    .icon(Icon::Trash)
            }
            _ => return None,
        })
    }

    fn refusal(&self, state: &State) -> Option<String> {
        refusal::refusal(self, state)
    }

    fn run(self, runtime: &mut Runtime<'_>) {
        let models = &mut runtime.state.models;
        match self {
            Self::Refresh => runtime.list_models(),
            Self::Topic(topic) => runtime.use_model_topic(topic),
            Self::Search(text) => models.search = text,
            Self::Show(model) => runtime.show_model(model),
            Self::Choose(version) => {
                models.version = Some(version);
                models.derive();
            }
            Self::Compare(version, on) => models.check(version, on),
            Self::LoadEvaluations => runtime.load_evaluations(),
            Self::Tab(tab) => models.tab = tab,
            Self::SetAlias => runtime.ask_set_alias(),
            Self::Promote => runtime.ask_promote(),
            Self::RollBack => runtime.ask_roll_back(),
            Self::RemoveAlias(alias) => runtime.ask_remove_alias(alias),
            Self::MoveAlias { model, alias, version } => runtime.move_alias(model, alias, version),
            Self::Export => runtime.ask_export_package(),
            Self::ExportTo(path) => runtime.export_package(path),
            Self::Import => runtime.ask_import_package(),
            Self::ImportFile(path) => runtime.ask_import_name(&path),
            Self::ImportAs { path, model } => runtime.import_package(path, model),
            Self::AskDelete => runtime.ask_delete_version(),
            Self::Delete(model, version) => runtime.delete_version(model, version),
        }
    }

    fn tick(runtime: &mut Runtime<'_>) {
        runtime.follow_models();
        runtime.follow_comparison();
    }

    fn listed(state: &State) -> Vec<Self> {
        if !state.connection.is_open() {
            return Vec::new();
        }
        let mut commands = vec![Self::Refresh, Self::Import];
        if state.models.chosen().is_some() {
            commands.extend([Self::Promote, Self::RollBack, Self::SetAlias, Self::Export, Self::AskDelete]);
        }
        let aliases = state.models.aliases().into_iter();
        commands.extend(aliases.map(|(alias, _)| Self::RemoveAlias(alias.to_owned())));
        commands
    }

    fn main_action(state: &State) -> Option<Self> {
        state.models.chosen().map(|_| Self::Promote)
    }
}

impl ModelsCommand {
    /// One command for each model, that shows it: what `@` finds in the palette.
    pub fn models(state: &State) -> Vec<Self> {
        state.models.models().iter().map(|model| Self::Show(model.name.clone())).collect()
    }
}

impl Runtime<'_> {
    /// Looks for models when another cluster is connected, and whenever the stage is entered: others publish too.
    fn follow_models(&mut self) {
        let cluster = self.state.connection.cluster.get().map(|cluster| cluster.id().to_owned());
        let open = self.state.connection.is_open();
        let entered = self.state.stage == Stage::Models;
        let models = &mut self.state.models;
        let another = cluster != models.cluster && (open || cluster.is_none());
        let just_entered = entered && !models.entered;
        models.entered = entered;
        if another {
            let topic = std::mem::take(&mut models.topic);
            *models = ModelsState { cluster, entered, topic, ..ModelsState::default() };
        }
        if open && (another || just_entered) {
            self.list_models();
        }
    }

    /// Lists the models of the topic, reading only what is new in it.
    pub fn list_models(&mut self) {
        let Some(cluster) = self.state.connection.cluster() else { return };
        let models = &mut self.state.models;
        let topic = models.topic.clone();
        let open = || TopicRegistry::new(cluster, topic, Keep::All);
        let registry = models.registry.get_or_insert_with(open).clone();
        models.listing.begin();
        let about = (models.cluster.clone(), registry.topic.clone());
        let title = format!("Listing models of {}", registry.topic);
        let message = move |result| Message::Models(ModelsMessage::Listed { about, result });
        self.background.latest(LIST_KEY, title, move |context| listing(&registry, &context.cancel), message);
    }

    /// Shows the models of another topic.
    fn use_model_topic(&mut self, topic: String) {
        let topic = topic.trim().to_owned();
        let models = &mut self.state.models;
        if topic.is_empty() || topic == models.topic {
            return;
        }
        let (cluster, entered) = (models.cluster.take(), models.entered);
        *models = ModelsState { cluster, entered, topic, ..ModelsState::default() };
        self.list_models();
    }

    fn show_model(&mut self, model: String) {
        self.state.stage = Stage::Models;
        self.state.workspace.layout().model = Some(model.clone());
        self.state.models.show(Some(model));
    }

    /// A listing came. It is forgotten where another cluster or topic is shown by now.
    fn models_listed(&mut self, about: (Option<String>, String), result: Result<Listing, Problem>) {
        let models = &mut self.state.models;
        if about != (models.cluster.clone(), models.topic.clone()) {
            return;
        }
        models.listing.finish(result);
        let kept = || self.state.workspace.get().layout.model.clone();
        let first = models.model.is_none().then(kept).flatten();
        let wanted = models.next.take().or(first);
        let known = wanted.filter(|name| models.models().iter().any(|model| model.name == *name));
        if known.is_some() {
            models.show(known);
        }
        models.listed();
    }
}

/// What the topic holds, and the topic itself where there is one.
fn listing(registry: &TopicRegistry, cancel: &Cancel) -> Result<Listing, Problem> {
    let models = registry.models(cancel)?;
    let topic = match registry.cluster.topic(&registry.topic) {
        Ok(topic) => Some(topic),
        Err(KafkaError::NoTopic { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(Listing { models, topic })
}
