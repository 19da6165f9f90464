//! Packages in a Kafka topic: versions and aliases as records of one compacted partition.
//!
//! In: packages to publish, names to look up. Out: versions that are whole, each checked against its digest; what is damaged
//! is listed and never offered. docs/model-topic.md is the protocol's page, precise enough for other programs.

mod index;
mod protocol;
mod publish;
mod read;
mod setup;
mod watch;

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use self::index::Index;
use self::publish::Change;
use super::error::{RegistryError, Result};
use super::model_ref::{ModelRef, Selector, check_alias, check_name};
use super::package::Package;
use super::{ModelInfo, Registry, VersionInfo};
use crate::jobs::{Cancel, Progress};
use crate::kafka::Cluster;

pub use watch::{ModelNews, ModelWatch};

/// Which versions of a model stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// All.
    #[default]
    All,
    /// The newest only: publishing tombstones what came before (aliased versions stay).
    Latest,
}

/// A registry in a compacted topic of one partition, which is made by the first publishing when it is not there. Cheap to
/// clone; clones share what they have read of the topic, so that looking again reads only what is new.
#[derive(Clone)]
pub struct TopicRegistry {
    /// The cluster.
    pub cluster: Cluster,
    /// The topic.
    pub topic: String,
    /// What publishing does with older versions.
    pub keep: Keep,
    index: Arc<Mutex<Index>>,
}

impl TopicRegistry {
    /// The registry in `topic`. Nothing is read yet.
    pub fn new(cluster: Cluster, topic: impl Into<String>, keep: Keep) -> Self {
        Self { cluster, topic: topic.into(), keep, index: Arc::default() }
    }
}

impl Registry for TopicRegistry {
    fn models(&self, cancel: &Cancel) -> Result<Vec<ModelInfo>> {
        Ok(self.refreshed(cancel)?.models())
    }

    fn find(&self, model: &ModelRef, cancel: &Cancel) -> Result<VersionInfo> {
        let index = self.refreshed(cancel)?;
        let version = match &model.selector {
            Selector::Version(version) => *version,
            Selector::Alias(alias) => index
                .alias(&model.name, alias)
                .ok_or_else(|| RegistryError::NotFound { what: model.to_string() })?,
        };
        index.version(&model.name, version)
    }

    fn get(&self, name: &str, version: u32, progress: &Progress, cancel: &Cancel) -> Result<Package> {
        let payload = self.payload(name, version, progress, cancel)?;
        Package::from_bytes(&payload)
    }

    fn publish(
        &self,
        name: &str,
        package: &Package,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<VersionInfo> {
        check_name(name)?;
        let (payload, package) = package.sealed()?;
        let room = self.prepare_topic(&format!("publish {name} to {}", self.topic))?;
        progress.stage(format!("publishing {name}"), payload.len() as u64);
        let version = self.transact(name, cancel, |index| {
            let version = index.next_version(name)?;
            let mut change = Change::publish(name, version, &package, &payload, room)?;
            if self.keep == Keep::Latest {
                for old in index.unused_versions(name) {
                    change.delete_version(name, old, index.chunks(name, old));
                }
            }
            Ok((change, version))
        })?;
        progress.add(payload.len() as u64);
        self.refreshed(cancel)?.version(name, version)
    }

    fn set_alias(&self, name: &str, alias: &str, version: Option<u32>) -> Result<()> {
        check_name(name)?;
        check_alias(alias)?;
        self.prepare_topic(&format!("move the alias {name}@{alias}"))?;
        self.transact(name, &Cancel::new(), |index| {
            match version {
                Some(version) => drop(index.version(name, version)?),
                None if index.alias(name, alias).is_none() => {
                    return Err(RegistryError::NotFound { what: format!("{name}@{alias}") });
                }
                None => {}
            }
            Ok((Change::alias(name, alias, version)?, ()))
        })
    }

    fn delete(&self, name: &str, version: u32) -> Result<()> {
        check_name(name)?;
        self.prepare_topic(&format!("delete {name}@{version}"))?;
        self.transact(name, &Cancel::new(), |index| {
            index.check_deletable(name, version)?;
            let mut change = Change::default();
            change.delete_version(name, version, index.chunks(name, version));
            Ok((change, ()))
        })
    }
}
