//! Following what a reference means, for live scoring.

use super::TopicRegistry;
use crate::jobs::Cancel;
use crate::registry::error::{RegistryError, Result};
use crate::registry::model_ref::ModelRef;
use crate::registry::{Registry, VersionInfo};

/// Follows one reference. Asking again costs a look at the topic's end and a read of what is new: no group, no commit.
pub struct ModelWatch {
    registry: TopicRegistry,
    model: ModelRef,
    told: Option<ModelNews>,
}

/// What a reference has come to mean.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelNews {
    /// This version.
    Version(Box<VersionInfo>),
    /// A version that cannot be used, with why; whoever has another one keeps it.
    Damaged(String),
    /// Nothing: the alias was removed or the version deleted; whoever has one keeps it.
    Gone,
}

impl ModelWatch {
    /// Follows `model`. The first news is what it means at the first asking.
    pub fn new(registry: TopicRegistry, model: ModelRef) -> Self {
        Self { registry, model, told: None }
    }

    /// What is new since the last asking; `None` when nothing is.
    pub fn news(&mut self, cancel: &Cancel) -> Result<Option<ModelNews>> {
        let news = match self.registry.find(&self.model, cancel) {
            Ok(version) => ModelNews::Version(Box::new(version)),
            Err(RegistryError::Damaged { what, why }) => {
                ModelNews::Damaged(format!("{what} is damaged: {why}"))
            }
            Err(RegistryError::NotFound { .. }) => ModelNews::Gone,
            Err(error) => return Err(error),
        };
        if self.told.as_ref().is_some_and(|told| told.means_the_same(&news)) {
            return Ok(None);
        }
        self.told = Some(news.clone());
        Ok(Some(news))
    }
}

impl ModelNews {
    fn means_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            // Another alias that moves changes the version's list of aliases, not what this reference means.
            (Self::Version(one), Self::Version(two)) => {
                one.version == two.version && one.manifest.digest == two.manifest.digest
            }
            (one, two) => one == two,
        }
    }
}
