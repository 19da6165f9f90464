//! What the records of a model topic add up to.
//!
//! In: the committed records, in order, each once. Out: models, versions that are whole, aliases, what is damaged. Payloads
//! pass through a hash and are not kept, so an index is small however large the packages are, and reading on from where it
//! stands is enough to bring it up to date. It knows nothing of how records are read.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::protocol::{AliasRecord, CounterRecord, Key, VersionRecord, parse_version_record};
use crate::kafka::{Offset, Record};
use crate::registry::error::{RegistryError, Result};
use crate::registry::package::Package;
use crate::registry::{ModelInfo, VersionInfo};

/// Moves of aliases that are remembered per model.
const KEPT_MOVES: usize = 1_000;

/// The state of a model topic up to an offset.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The next offset to be read.
    pub(super) next: Offset,
    /// The topic's own id, as it was when the index was begun.
    pub(super) topic_id: Option<String>,
    models: BTreeMap<String, ModelEntry>,
}

#[derive(Debug, Default)]
struct ModelEntry {
    last_version: u32,
    versions: BTreeMap<u32, VersionEntry>,
    aliases: BTreeMap<String, u32>,
    moves: VecDeque<(i64, String, Option<u32>)>,
}

#[derive(Debug, Default)]
struct VersionEntry {
    chunks: Vec<Chunk>,
    hash: Sha256,
    /// Why the chunks cannot be right, whatever the manifest says.
    broken: Option<String>,
    manifest: Option<ManifestEntry>,
}

#[derive(Clone, Copy, Debug)]
struct Chunk {
    offset: Offset,
    bytes: u64,
}

#[derive(Debug)]
struct ManifestEntry {
    /// The record, or why it cannot be used.
    record: std::result::Result<VersionRecord, String>,
    published: i64,
}

/// Where the payload of a version lies, and what it must be.
#[derive(Debug)]
pub(super) struct Payload {
    pub(super) offsets: Range<i64>,
    pub(super) chunks: Vec<Offset>,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Index {
    /// An empty index of the topic with this id.
    pub(super) fn of(topic_id: Option<String>) -> Self {
        Self { topic_id, ..Self::default() }
    }

    /// Takes in one record.
    pub(super) fn add(&mut self, record: &Record<'_>) {
        let Some(key) = record.key.and_then(Key::parse) else { return };
        let published = record.timestamp.map_or(0, |time| time.0);
        match (key, record.value) {
            (Key::Counter { name }, Some(value)) => {
                if let Ok(counter) = serde_json::from_slice::<CounterRecord>(value) {
                    self.model(name).count(counter.last_version);
                }
            }
            (Key::Counter { .. }, None) => {}
            (Key::Version { name, version }, Some(value)) => {
                let manifest = ManifestEntry { record: parse_version_record(value), published };
                self.model(name).version(version).manifest = Some(manifest);
            }
            (Key::Version { name, version }, None) => drop(self.model(name).versions.remove(&version)),
            (Key::Chunk { name, version, chunk }, Some(value)) => {
                self.model(name).version(version).add_chunk(chunk, record.offset, value);
            }
            (Key::Chunk { name, version, chunk }, None) => {
                if let Some(entry) = self.model(name).versions.get_mut(&version) {
                    entry.broken = Some(format!("chunk {chunk} was deleted"));
                }
            }
            (Key::Alias { name, alias }, value) => {
                let version = value.and_then(|value| serde_json::from_slice::<AliasRecord>(value).ok());
                self.model(name).point(alias, version.map(|alias| alias.version), published);
            }
        }
    }

    /// All models that have something to show, by name.
    pub(super) fn models(&self) -> Vec<ModelInfo> {
        let models = self.models.iter().map(|(name, model)| model.info(name));
        models.filter(|model| !(model.versions.is_empty() && model.damaged.is_empty())).collect()
    }

    /// The version that an alias points to.
    pub(super) fn alias(&self, name: &str, alias: &str) -> Option<u32> {
        self.models.get(name)?.aliases.get(alias).copied()
    }

    /// A version that is whole.
    pub(super) fn version(&self, name: &str, version: u32) -> Result<VersionInfo> {
        let (model, entry) = self.entry(name, version)?;
        match entry.check() {
            Ok((record, published)) => Ok(model.version_info(name, version, record, published)),
            Err(why) => Err(RegistryError::Damaged { what: format!("{name}@{version}"), why }),
        }
    }

    /// Where the payload of a whole version lies.
    pub(super) fn payload(&self, name: &str, version: u32) -> Result<Payload> {
        let (_, entry) = self.entry(name, version)?;
        let damaged = |why| RegistryError::Damaged { what: format!("{name}@{version}"), why };
        let (record, _) = entry.check().map_err(damaged)?;
        let chunks: Vec<Offset> = entry.chunks.iter().map(|chunk| chunk.offset).collect();
        let first = chunks.first().map_or(0, |offset| offset.0);
        let end = chunks.last().map_or(0, |offset| offset.0 + 1);
        Ok(Payload { offsets: first..end, chunks, bytes: record.bytes, sha256: record.sha256.clone() })
    }

    /// The version that the next publishing of `name` gets. A number never comes back, even when its version was deleted.
    pub(super) fn next_version(&self, name: &str) -> Result<u32> {
        let last = self.models.get(name).map_or(0, |model| model.last_version);
        last.checked_add(1).ok_or_else(|| RegistryError::Name {
            name: name.into(),
            why: "it has used up all version numbers".into(),
        })
    }

    /// Versions, damaged ones too, that no alias points to.
    pub(super) fn unused_versions(&self, name: &str) -> Vec<u32> {
        let Some(model) = self.models.get(name) else { return Vec::new() };
        let versions = model.versions.keys().copied();
        versions.filter(|&version| model.aliases_of(version).is_empty()).collect()
    }

    /// How many chunks of a version were seen.
    pub(super) fn chunks(&self, name: &str, version: u32) -> u32 {
        self.entry(name, version).map_or(0, |(_, entry)| entry.chunks.len() as u32)
    }

    /// A version can be deleted when it is there, damaged or not, and no alias points to it.
    pub(super) fn check_deletable(&self, name: &str, version: u32) -> Result<()> {
        let (model, _) = self.entry(name, version)?;
        let aliases = model.aliases_of(version);
        match aliases.is_empty() {
            true => Ok(()),
            false => Err(RegistryError::InUse { name: name.into(), version, aliases: aliases.join(", ") }),
        }
    }

    fn entry(&self, name: &str, version: u32) -> Result<(&ModelEntry, &VersionEntry)> {
        let model = self.models.get(name);
        let found = model.and_then(|model| {
            let entry = model.versions.get(&version)?;
            (entry.manifest.is_some() || entry.broken.is_some()).then_some((model, entry))
        });
        found.ok_or_else(|| RegistryError::NotFound { what: format!("{name}@{version}") })
    }

    fn model(&mut self, name: &str) -> &mut ModelEntry {
        self.models.entry(name.to_string()).or_default()
    }
}

impl ModelEntry {
    fn count(&mut self, version: u32) {
        self.last_version = self.last_version.max(version);
    }

    fn version(&mut self, version: u32) -> &mut VersionEntry {
        self.count(version);
        self.versions.entry(version).or_default()
    }

    fn point(&mut self, alias: &str, version: Option<u32>, at: i64) {
        match version {
            Some(version) => drop(self.aliases.insert(alias.to_string(), version)),
            None => drop(self.aliases.remove(alias)),
        }
        self.moves.push_front((at, alias.to_string(), version));
        self.moves.truncate(KEPT_MOVES);
    }

    fn aliases_of(&self, version: u32) -> Vec<String> {
        let pointing = self.aliases.iter().filter(|&(_, &target)| target == version);
        pointing.map(|(alias, _)| alias.clone()).collect()
    }

    fn info(&self, name: &str) -> ModelInfo {
        let mut info = ModelInfo { name: name.into(), ..ModelInfo::default() };
        for (&version, entry) in self.versions.iter().rev() {
            match entry.check() {
                Ok((record, published)) => {
                    info.versions.push(self.version_info(name, version, record, published));
                }
                // Chunks without a manifest are no version: nobody said that it is there.
                Err(_) if entry.manifest.is_none() && entry.broken.is_none() => {}
                Err(why) => info.damaged.push((version, why)),
            }
        }
        info.alias_history = self.moves.iter().cloned().collect();
        info
    }

    fn version_info(&self, name: &str, version: u32, record: &VersionRecord, published: i64) -> VersionInfo {
        VersionInfo {
            name: name.into(),
            version,
            manifest: record.manifest.clone(),
            published,
            bytes: record.bytes,
            aliases: self.aliases_of(version),
        }
    }
}

impl VersionEntry {
    fn add_chunk(&mut self, chunk: u32, offset: Offset, value: &[u8]) {
        if self.manifest.is_some() {
            self.broken = Some(format!("chunk {chunk} was written again after it was published"));
            return;
        }
        if chunk == 0 {
            // A writer without transactions may have left a beginning; whoever begins again wins.
            *self = Self::default();
        }
        if chunk as usize != self.chunks.len() {
            self.broken = Some(format!("chunk {chunk} came where chunk {} should", self.chunks.len()));
            return;
        }
        self.chunks.push(Chunk { offset, bytes: value.len() as u64 });
        self.hash.update(value);
    }

    /// The manifest, when everything that it says is there; else what is wrong.
    fn check(&self) -> std::result::Result<(&VersionRecord, i64), String> {
        if let Some(why) = &self.broken {
            return Err(why.clone());
        }
        let Some(manifest) = &self.manifest else { return Err("its manifest is missing".into()) };
        let record = manifest.record.as_ref().map_err(Clone::clone)?;
        let bytes: u64 = self.chunks.iter().map(|chunk| chunk.bytes).sum();
        if record.bytes > Package::MAX_BYTES {
            return Err(format!("{} bytes, and at most {} are allowed", record.bytes, Package::MAX_BYTES));
        }
        if record.chunks as usize != self.chunks.len() {
            return Err(format!("{} of {} chunks are there", self.chunks.len(), record.chunks));
        }
        if record.bytes != bytes {
            return Err(format!("its chunks have {bytes} bytes, its manifest says {}", record.bytes));
        }
        let sha256 = hex::encode(self.hash.clone().finalize());
        if record.sha256 != sha256 {
            return Err(format!(
                "its chunks have the SHA-256 {sha256}, its manifest says {:.64}",
                record.sha256
            ));
        }
        Ok((record, manifest.published))
    }
}
