//! `aliases.json` of a model's folder: where aliases point, how they moved, the highest version ever given.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::{RegistryError, Result};
use crate::files;

const FILE: &str = "aliases.json";
const FORMAT: u32 = 1;
const LARGEST: u64 = 16 << 20;
/// Moves that are remembered.
const KEPT_MOVES: usize = 1_000;

/// The file's content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Aliases {
    format: u32,
    /// The highest version that was ever published; a number never comes back.
    pub(super) last_version: u32,
    aliases: BTreeMap<String, u32>,
    /// Oldest first: ms since 1970, alias, version or none when removed.
    moves: Vec<(i64, String, Option<u32>)>,
}

impl Default for Aliases {
    fn default() -> Self {
        Self { format: FORMAT, last_version: 0, aliases: BTreeMap::new(), moves: Vec::new() }
    }
}

impl Aliases {
    /// Those of a model's folder; none when there is no file.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let text = match files::read_text(&path, LARGEST) {
            Err(error) if error.source.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            text => text?,
        };
        let refused = |why: String| RegistryError::refused(format!("{}: {why}", path.display()));
        let aliases: Self = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
        match aliases.format {
            FORMAT => Ok(aliases),
            newer => Err(refused(format!("format version {newer}; this program reads {FORMAT} only"))),
        }
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| RegistryError::refused(format!("writing JSON: {error}")))?;
        Ok(files::write(&folder.join(FILE), &text)?)
    }

    pub(super) fn get(&self, alias: &str) -> Option<u32> {
        self.aliases.get(alias).copied()
    }

    /// Aliases that point to a version.
    pub(super) fn of(&self, version: u32) -> Vec<String> {
        let pointing = self.aliases.iter().filter(|&(_, &target)| target == version);
        pointing.map(|(alias, _)| alias.clone()).collect()
    }

    /// Moves, newest first.
    pub(super) fn history(&self) -> Vec<(i64, String, Option<u32>)> {
        self.moves.iter().rev().cloned().collect()
    }

    /// Points an alias to a version, or removes it.
    pub(super) fn point(&mut self, alias: &str, version: Option<u32>, at: i64) {
        match version {
            Some(version) => drop(self.aliases.insert(alias.into(), version)),
            None => drop(self.aliases.remove(alias)),
        }
        self.moves.push((at, alias.into(), version));
        let surplus = self.moves.len().saturating_sub(KEPT_MOVES);
        self.moves.drain(..surplus);
    }
}
