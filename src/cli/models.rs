//! `forebay models`, `alias`, `publish` and `pull`: the registry.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::connection::ConnectionArgs;
use super::foreground::Foreground;
use super::format::{bytes, metric, time};
use super::output::Output;
use super::registry::{KeepVersions, RegistryArgs};
use super::table::Table;
use crate::jobs::Problem;
use crate::registry::{ModelInfo, ModelRef, Package, RegistryError, VersionInfo};

#[derive(Args)]
pub(super) struct ModelsArgs {
    /// Only this model.
    name: Option<String>,

    #[command(flatten)]
    registry: RegistryArgs,
}

#[derive(Args)]
pub(super) struct AliasArgs {
    /// The model.
    name: String,

    /// The version that the alias will point to, or `none` to remove the alias.
    #[arg(value_parser = version)]
    version: Version,

    /// The alias: `champion`.
    alias: String,

    #[command(flatten)]
    registry: RegistryArgs,
}

#[derive(Args)]
pub(super) struct PublishArgs {
    /// The package.
    #[arg(value_name = "FILE.zip")]
    file: PathBuf,

    /// The model that it becomes a version of.
    #[arg(long)]
    name: String,

    /// Which versions stay.
    #[arg(long, value_enum, default_value_t)]
    keep: KeepVersions,

    #[command(flatten)]
    registry: RegistryArgs,
}

#[derive(Args)]
pub(super) struct PullArgs {
    /// The version: `late@3` or `late@champion`.
    #[arg(value_name = "NAME@VERSION")]
    model: ModelRef,

    /// The package file to write.
    #[arg(short, long, value_name = "FILE.zip")]
    output: PathBuf,

    #[command(flatten)]
    registry: RegistryArgs,
}

/// A version, or none.
#[derive(Clone, Copy, Debug)]
struct Version(Option<u32>);

fn version(text: &str) -> Result<Version, String> {
    match text {
        "none" => Ok(Version(None)),
        _ => text.parse().map(|number| Version(Some(number))).map_err(|_| "a number or `none`".into()),
    }
}

#[derive(Serialize)]
struct AliasReport<'a> {
    name: &'a str,
    alias: &'a str,
    version: Option<u32>,
}

#[derive(Serialize)]
struct PullReport<'a> {
    name: &'a str,
    version: u32,
    digest: &'a str,
    output: &'a PathBuf,
}

/// Lists models.
pub(super) fn list(
    args: &ModelsArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let registry = args.registry.open(connection, KeepVersions::All, &foreground.cancel)?;
    let mut models = foreground.run(|_, cancel| registry.models(cancel))?;
    if let Some(name) = &args.name {
        models.retain(|model| model.name == *name);
        if models.is_empty() {
            return Err(RegistryError::NotFound { what: format!("model {name}") }.into());
        }
    }
    output.result(&models, |models| models_text(models, &args.registry))
}

/// Moves an alias.
pub(super) fn alias(
    args: &AliasArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let registry = args.registry.open(connection, KeepVersions::All, &foreground.cancel)?;
    registry.set_alias(&args.name, &args.alias, args.version.0)?;
    let report = AliasReport { name: &args.name, alias: &args.alias, version: args.version.0 };
    output.result(&report, |report| match report.version {
        Some(version) => format!("{}@{} is version {version}", report.name, report.alias),
        None => format!("{}@{} is removed", report.name, report.alias),
    })
}

/// Publishes a package file.
pub(super) fn publish(
    args: &PublishArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let package = Package::open(&args.file)?;
    let registry = args.registry.open(connection, args.keep, &foreground.cancel)?;
    let published =
        foreground.run(|progress, cancel| registry.publish(&args.name, &package, progress, cancel))?;
    output.result(&published, |published| published_text(published, &args.registry))
}

/// Writes a version to a file.
pub(super) fn pull(
    args: &PullArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let registry = args.registry.open(connection, KeepVersions::All, &foreground.cancel)?;
    let found = foreground.run(|progress, cancel| {
        let found = registry.find(&args.model, cancel)?;
        registry.get(&found.name, found.version, progress, cancel)?.save(&args.output)?;
        Ok::<_, RegistryError>(found)
    })?;
    let digest = &found.manifest.digest;
    let report = PullReport { name: &found.name, version: found.version, digest, output: &args.output };
    output.result(&report, |report| {
        format!(
            "{} version {} in {}\ndigest {}",
            report.name,
            report.version,
            report.output.display(),
            digest
        )
    })
}

/// What was published, and where.
pub(super) fn published_text(published: &VersionInfo, registry: &RegistryArgs) -> String {
    let VersionInfo { name, version, manifest, bytes: size, .. } = published;
    let place = registry.name();
    format!("published {name} version {version} to {place}, {}\ndigest {}", bytes(*size), manifest.digest)
}

fn models_text(models: &[ModelInfo], registry: &RegistryArgs) -> String {
    if models.is_empty() {
        return format!("No models in {}.", registry.name());
    }
    let mut table = Table::new(&[
        "model",
        ">version",
        "aliases",
        "learner",
        "metric",
        ">test",
        ">size",
        "published (UTC)",
        "digest",
    ]);
    for version in models.iter().flat_map(|model| &model.versions) {
        let (name, value) = headline(version).unwrap_or_default();
        table.row([
            version.name.clone(),
            version.version.to_string(),
            version.aliases.join(", "),
            version.manifest.learner.title().to_string(),
            name,
            value,
            bytes(version.bytes),
            time(version.published),
            version.manifest.digest.chars().take(12).collect(),
        ]);
    }
    let mut text = table.text();
    for model in models {
        for (version, why) in &model.damaged {
            text += &format!("{} version {version} is not offered: {why}\n", model.name);
        }
    }
    text
}

/// The metric that says most in one number.
fn headline(version: &VersionInfo) -> Option<(String, String)> {
    let test = version.manifest.metrics.get("test")?;
    let name = ["roc_auc", "roc_auc_ovr_macro", "accuracy", "r2"]
        .into_iter()
        .find(|name| test.contains_key(*name))?;
    Some((name.to_string(), metric(*test.get(name)?)))
}
