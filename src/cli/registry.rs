//! Where packages are: the options of a registry, and the registry that they mean.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::connection::ConnectionArgs;
use crate::jobs::{Cancel, Problem};
use crate::registry::{FolderRegistry, Keep, Registry, TopicRegistry};

/// The model topic of a cluster, or a folder.
#[derive(Args, Clone, Debug)]
pub(super) struct RegistryArgs {
    /// The model topic.
    #[arg(long, value_name = "TOPIC", default_value = "models", conflicts_with = "registry")]
    pub models: String,

    /// A folder of packages, in place of a model topic.
    #[arg(long, value_name = "FOLDER")]
    pub registry: Option<PathBuf>,
}

/// Which versions stay when a new one is published.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum KeepVersions {
    /// Every version.
    #[default]
    All,
    /// The newest, and those that an alias points to.
    Latest,
}

impl RegistryArgs {
    /// Opens it; only a model topic needs a cluster.
    pub fn open(
        &self,
        connection: &ConnectionArgs,
        keep: KeepVersions,
        cancel: &Cancel,
    ) -> Result<Box<dyn Registry>, Problem> {
        if let Some(folder) = &self.registry {
            return Ok(Box::new(FolderRegistry::new(folder)));
        }
        let keep = match keep {
            KeepVersions::All => Keep::All,
            KeepVersions::Latest => Keep::Latest,
        };
        Ok(Box::new(TopicRegistry::new(connection.connect(cancel)?, &self.models, keep)))
    }

    /// Where it is, for people.
    pub fn name(&self) -> String {
        match &self.registry {
            Some(folder) => folder.display().to_string(),
            None => format!("topic {}", self.models),
        }
    }
}
