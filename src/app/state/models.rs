//! What stage Models shows: the models of a topic, the chosen version, the two that are compared.

mod comparison;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::remote::Remote;
use crate::kafka::TopicDetail;
use crate::registry::{ModelInfo, PackageEvaluation, TopicRegistry, VersionInfo};

pub use comparison::{Change, Comparison, Curves, Judged, Measured, Residuals, Weighed};

/// The alias of the version that serves.
pub const CHAMPION: &str = "champion";
/// The alias of the version that is tried against it.
pub const CHALLENGER: &str = "challenger";

/// State of stage Models.
pub struct ModelsState {
    /// The cluster whose models are shown.
    pub cluster: Option<String>,
    /// Whether the stage was shown in the frame before: models are looked up whenever it is entered.
    pub entered: bool,
    /// The model topic.
    pub topic: String,
    /// The registry in that topic; it keeps what it has read.
    pub registry: Option<TopicRegistry>,
    /// What is in it.
    pub listing: Remote<Listing>,
    /// What is typed into the search of models.
    pub search: String,
    /// The model that is shown.
    pub model: Option<String>,
    /// A model to be shown once it is listed: it has just been published.
    pub next: Option<String>,
    /// The version that is chosen.
    pub version: Option<u32>,
    /// Versions that are checked, oldest check first; two at most.
    pub checked: Vec<u32>,
    /// What of the version is shown.
    pub tab: ModelTab,
    /// Lines of the chosen version's card.
    pub card: Vec<String>,
    /// The two checked versions side by side.
    pub comparison: Option<Comparison>,
    /// How versions were judged, by model and version; `None` in a package that does not say it. A version never changes.
    pub evaluations: BTreeMap<(String, u32), Remote<Option<Arc<PackageEvaluation>>>>,
}

/// What a model topic holds.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Models, by name.
    pub models: Vec<ModelInfo>,
    /// The topic itself; `None` while there is none.
    pub topic: Option<TopicDetail>,
}

/// What of a version is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModelTab {
    /// Where it comes from.
    #[default]
    Lineage,
    /// Its card.
    Card,
    /// Fields in, features, classes.
    Signature,
}

impl ModelTab {
    /// All, from left to right.
    pub const ALL: [Self; 3] = [Self::Lineage, Self::Card, Self::Signature];

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Lineage => "Lineage",
            Self::Card => "Card",
            Self::Signature => "Signature",
        }
    }
}

impl Default for ModelsState {
    fn default() -> Self {
        Self {
            cluster: None,
            entered: false,
            topic: Self::TOPIC.into(),
            registry: None,
            listing: Remote::default(),
            search: String::new(),
            model: None,
            next: None,
            version: None,
            checked: Vec::new(),
            tab: ModelTab::default(),
            card: Vec::new(),
            comparison: None,
            evaluations: BTreeMap::new(),
        }
    }
}

impl ModelsState {
    /// The model topic, unless another is named.
    pub const TOPIC: &str = "models";

    /// The models that are known.
    pub fn models(&self) -> &[ModelInfo] {
        self.listing.get().map_or(&[], |listing| &listing.models)
    }

    /// The model that is shown.
    pub fn shown(&self) -> Option<&ModelInfo> {
        let name = self.model.as_ref()?;
        self.models().iter().find(|model| model.name == *name)
    }

    /// The version that is chosen.
    pub fn chosen(&self) -> Option<&VersionInfo> {
        self.version_of_shown(self.version?)
    }

    /// A version of the model that is shown.
    pub fn version_of_shown(&self, version: u32) -> Option<&VersionInfo> {
        self.shown()?.versions.iter().find(|known| known.version == version)
    }

    /// The version that an alias of the shown model points to.
    pub fn aliased(&self, alias: &str) -> Option<u32> {
        let holds = |version: &&VersionInfo| version.aliases.iter().any(|known| known == alias);
        self.shown()?.versions.iter().find(holds).map(|version| version.version)
    }

    /// Aliases of the shown model, by name, with their versions.
    pub fn aliases(&self) -> Vec<(&str, u32)> {
        let Some(model) = self.shown() else { return Vec::new() };
        let of = |version: &'_ VersionInfo| version.version;
        let mut aliases: Vec<(&str, u32)> = model
            .versions
            .iter()
            .flat_map(|version| version.aliases.iter().map(move |alias| (alias.as_str(), of(version))))
            .collect();
        aliases.sort_unstable();
        aliases
    }

    /// When an alias of the shown model was last moved, ms since 1970, where the topic still tells.
    pub fn moved_at(&self, alias: &str) -> Option<i64> {
        let history = &self.shown()?.alias_history;
        history.iter().find(|(_, moved, _)| moved == alias).map(|(at, _, _)| *at)
    }

    /// The version that the champion was before, where it is still there.
    pub fn previous_champion(&self) -> Option<u32> {
        let now = self.aliased(CHAMPION)?;
        let history = &self.shown()?.alias_history;
        let versions =
            history.iter().filter(|(_, alias, _)| alias == CHAMPION).map(|(_, _, version)| *version);
        versions.flatten().find(|version| *version != now && self.version_of_shown(*version).is_some())
    }

    /// Shows a model: its newest version, compared with the champion or the one before.
    pub(in crate::app) fn show(&mut self, name: Option<String>) {
        self.model = name;
        let newest = self.shown().and_then(|model| model.versions.first()).map(|version| version.version);
        self.version = newest;
        let second = self.shown().and_then(|model| model.versions.get(1)).map(|version| version.version);
        let other = self.aliased(CHAMPION).filter(|champion| Some(*champion) != newest).or(second);
        self.checked = other.into_iter().chain(newest).collect();
        self.derive();
    }

    /// Checks a version for the comparison, or not; a third one takes the place of the one checked first.
    pub(in crate::app) fn check(&mut self, version: u32, on: bool) {
        self.checked.retain(|known| *known != version);
        if on {
            self.checked.push(version);
            if self.checked.len() > 2 {
                self.checked.remove(0);
            }
        }
        self.derive();
    }

    /// A new listing came: what is chosen stays where it is still there.
    pub(in crate::app) fn listed(&mut self) {
        if self.shown().is_none() {
            let first = self.models().first().map(|model| model.name.clone());
            self.show(first);
            return;
        }
        if self.chosen().is_none() {
            self.version = self.shown().and_then(|model| model.versions.first()).map(|known| known.version);
        }
        let there = |version: &u32| self.version_of_shown(*version).is_some();
        self.checked = self.checked.iter().copied().filter(there).collect();
        self.derive();
    }

    /// Makes what is shown of the chosen and the checked versions.
    pub(in crate::app) fn derive(&mut self) {
        let card = self.chosen().map(|version| version.manifest.card());
        self.card = card.map_or_else(Vec::new, |card| card.lines().map(str::to_owned).collect());
        self.comparison = self.compared().map(|(older, newer)| {
            let judged = self.judged(older).zip(self.judged(newer));
            Comparison::of(older, newer, judged)
        });
    }

    /// The two checked versions, the older first.
    pub fn compared(&self) -> Option<(&VersionInfo, &VersionInfo)> {
        let [one, other] = self.checked.as_slice() else { return None };
        self.version_of_shown(*one.min(other)).zip(self.version_of_shown(*one.max(other)))
    }

    /// What is known of how a version was judged.
    pub fn evaluation(&self, version: &VersionInfo) -> Option<&Remote<Option<Arc<PackageEvaluation>>>> {
        self.evaluations.get(&(version.name.clone(), version.version))
    }

    fn judged(&self, version: &VersionInfo) -> Option<&PackageEvaluation> {
        self.evaluation(version)?.get()?.as_deref()
    }
}

#[cfg(test)]
mod tests;
