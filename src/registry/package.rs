//! The package: manifest, fitted pipeline, model and how it was judged, in one zip.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::card::card;
use super::digest::digest;
use super::error::{RegistryError, Result};
use super::evaluation::PackageEvaluation;
use super::manifest::{Lineage, Manifest};
use super::zip_format::{pack, unpack};
use crate::files;
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
    /// How it did on the validation part; `None` in packages of format 1, which had no place for it.
    pub evaluation: Option<PackageEvaluation>,
}

impl Package {
    /// No package may be larger, packed or unpacked.
    pub const MAX_BYTES: u64 = 1 << 30;
    /// The newest version of the format. Older ones are read, and written again as they were.
    pub const FORMAT: u32 = 3;
    /// The version from which on packages carry an evaluation.
    const WITH_EVALUATION: u32 = 2;
    /// The version of packages whose labels were joined from another topic. Others stay at the version before, so that
    /// their digests do and older programs read them.
    const WITH_LABELS: u32 = 3;

    /// Of a finished run.
    pub fn of(run: &Run) -> Result<Self> {
        let manifest = Manifest {
            format: if run.label_slice.is_some() { Self::WITH_LABELS } else { Self::WITH_EVALUATION },
            input: run.pipeline.input.clone(),
            codec: run.file.slice.codec.clone(),
            features: run.pipeline.output.clone(),
            task: run.file.task.clone(),
            classes: run.model.classes().to_vec(),
            learner: run.file.learner,
            lineage: Lineage {
                slice: run.slice.clone(),
                label_slice: run.label_slice.clone(),
                label_counts: run.label_counts,
                run: run.file.clone(),
                rows: run.rows,
            },
            metrics: metrics(run),
            digest: String::new(),
            made_by: concat!("Forebay ", env!("CARGO_PKG_VERSION")).into(),
            made_at: jiff::Timestamp::now().as_millisecond(),
        };
        let (pipeline, model) = (run.pipeline.clone(), run.model.clone());
        let evaluation = Some(PackageEvaluation::of(run));
        let mut package = Self { manifest, pipeline, model, evaluation };
        package.manifest.digest =
            digest(&json(&package.manifest)?, &json(&package.pipeline)?, &json(&package.model)?)?;
        Ok(package)
    }

    /// As a zip; the same content gives the same bytes. The digest is written as the content gives it. What could not be
    /// read back is not written: an error, so that it can be published nowhere.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        Ok(self.sealed()?.0)
    }

    /// The bytes, and the package as whoever reads them will have it: with its digest.
    pub(super) fn sealed(&self) -> Result<(Vec<u8>, Self)> {
        let (pipeline, model) = (json(&self.pipeline)?, json(&self.model)?);
        let mut manifest = self.manifest.clone();
        manifest.digest = digest(&json(&manifest)?, &pipeline, &model)?;
        let evaluation = self.evaluation.as_ref().map(json).transpose()?;
        let always = [json(&manifest)?, pipeline, model, card(&manifest).into_bytes()];
        let bytes = pack(&always, evaluation.as_deref())?;
        let package = Self::from_bytes(&bytes)?;
        Ok((bytes, package))
    }

    /// From a zip of unknown origin: sizes are bounded before anything is unpacked, the digest is checked, another format
    /// version is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let ([manifest_bytes, pipeline_bytes, model_bytes, _card], evaluation_bytes) =
            unpack(bytes, Self::MAX_BYTES)?;
        check_format(&manifest_bytes)?;
        let manifest: Manifest = parse("manifest.json", &manifest_bytes)?;
        let digest = digest(&manifest_bytes, &pipeline_bytes, &model_bytes)?;
        if manifest.digest != digest {
            let why = format!(
                "the content has the digest {digest}, the manifest says {:.64}: it was changed or damaged",
                manifest.digest
            );
            return Err(RegistryError::refused(why));
        }
        let pipeline = parse("pipeline.json", &pipeline_bytes)?;
        let model = parse("model.json", &model_bytes)?;
        let evaluation = evaluation_bytes.map(|bytes| parse("evaluation.json", &bytes)).transpose()?;
        let package = Self { manifest, pipeline, model, evaluation };
        package.check_parts()?;
        package.check_evaluation()?;
        Ok(package)
    }

    /// Writes a file, whole or not at all.
    pub fn save(&self, path: &Path) -> Result<()> {
        Ok(files::write(path, &self.to_bytes()?)?)
    }

    /// Reads a file.
    pub fn open(path: &Path) -> Result<Self> {
        Self::from_bytes(&files::read(path, Self::MAX_BYTES)?)
    }

    /// The card, in Markdown, made from the manifest.
    pub fn card(&self) -> String {
        card(&self.manifest)
    }

    /// Manifest, pipeline and model must speak of the same columns, features and classes.
    fn check_parts(&self) -> Result<()> {
        let manifest = &self.manifest;
        let differs = if manifest.input != self.pipeline.input {
            "input columns of manifest and pipeline"
        } else if manifest.features != self.pipeline.output {
            "features of manifest and pipeline"
        } else if manifest.features != self.model.features() {
            "features of manifest and model"
        } else if manifest.classes != self.model.classes() {
            "classes of manifest and model"
        } else {
            return Ok(());
        };
        Err(RegistryError::refused(format!("the {differs} differ")))
    }

    /// There is one from format 2 on, and pictures can be made of it.
    fn check_evaluation(&self) -> Result<()> {
        match (&self.evaluation, self.manifest.format >= Self::WITH_EVALUATION) {
            (None, false) => Ok(()),
            (Some(evaluation), true) => {
                evaluation.check().map_err(|why| RegistryError::refused(format!("evaluation.json: {why}")))
            }
            (None, true) => Err(RegistryError::refused("evaluation.json is missing")),
            (Some(_), false) => Err(RegistryError::refused("format 1 has no evaluation.json")),
        }
    }
}

fn metrics(run: &Run) -> BTreeMap<String, BTreeMap<String, f64>> {
    let parts = [
        ("valid", &run.valid),
        ("valid_baseline", &run.valid_baseline),
        ("test", &run.test),
        ("test_baseline", &run.test_baseline),
    ];
    let measured = parts.into_iter().filter(|(_, part)| !part.metrics.is_empty());
    measured.map(|(name, part)| (name.to_string(), part.metrics.clone())).collect()
}

/// A newer format may have another manifest altogether, so its version is looked at alone and first.
fn check_format(manifest: &[u8]) -> Result<()> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let Format { format } = parse("manifest.json", manifest)?;
    let newest = Package::FORMAT;
    if (1..=newest).contains(&format) {
        return Ok(());
    }
    let why = format!("format version {format}; this program reads versions up to {newest}");
    Err(RegistryError::refused(why))
}

fn json(part: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(part).map_err(|error| RegistryError::refused(format!("writing JSON: {error}")))
}

fn parse<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| RegistryError::refused(format!("{name}: {error}")))
}

#[cfg(test)]
#[path = "package_tests.rs"]
mod tests;
