//! The package: manifest, fitted pipeline and model in one zip.

use std::path::Path;

use super::error::Result;
use super::manifest::Manifest;
use crate::learn::{Model, Run};
use crate::pipeline::FittedPipeline;

/// A model with everything needed to use it. docs/package.md is the format's page.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// What it says of itself.
    pub manifest: Manifest,
    /// The preparation.
    pub pipeline: FittedPipeline,
    /// The model.
    pub model: Model,
}

impl Package {
    /// No package may be larger, packed or unpacked.
    pub const MAX_BYTES: u64 = 1 << 30;

    /// Of a finished run.
    pub fn of(_run: &Run) -> Self {
        todo!("registry owner")
    }

    /// As a zip; the same content gives the same bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        todo!("registry owner")
    }

    /// From a zip of unknown origin: sizes are bounded before anything is unpacked, the digest is checked, another format
    /// version is refused.
    pub fn from_bytes(_bytes: &[u8]) -> Result<Self> {
        todo!("registry owner")
    }

    /// Writes a file, whole or not at all.
    pub fn save(&self, _path: &Path) -> Result<()> {
        todo!("registry owner")
    }

    /// Reads a file.
    pub fn open(_path: &Path) -> Result<Self> {
        todo!("registry owner")
    }

    /// The card, in Markdown, made from the manifest.
    pub fn card(&self) -> String {
        todo!("registry owner")
    }
}
