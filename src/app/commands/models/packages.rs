//! Packages in and out: a version to a file, a file to the next version.

use std::path::{Path, PathBuf};

use super::{CHANGE_KEY, ModelsCommand, ModelsMessage};
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::{NamePrompt, PathKind, PathPrompt};
use crate::jobs::{JobContext, Problem};
use crate::registry::{ModelRef, Package, Registry, VersionInfo};

/// The file ending of packages.
const ENDING: (&str, &[&str]) = ("Forebay package", &["zip"]);

impl Runtime<'_> {
    pub(super) fn ask_export_package(&mut self) {
        let Some(version) = self.state.models.chosen() else { return };
        let path = format!("{}@{}.zip", version.name, version.version);
        self.ask_path(PathPrompt {
            title: format!("Export version {} of {}", version.version, version.name),
            verb: "Export".into(),
            kind: PathKind::Save,
            filter: ENDING,
            path,
            then: |path| ModelsCommand::ExportTo(path).into(),
        });
    }

    pub(super) fn export_package(&mut self, path: PathBuf) {
        let models = &self.state.models;
        let (Some(registry), Some(version)) = (models.registry.clone(), models.chosen()) else { return };
        let (model, number) = (version.name.clone(), version.version);
        let title = format!("Exporting {model}@{number}");
        let said = format!("{model}@{number} exported");
        let work = move |context: &JobContext<Message>| {
            let package = registry.get(&model, number, &context.progress, &context.cancel)?;
            package.save(&path)?;
            Ok((said, path.display().to_string()))
        };
        let message = |result| Message::Models(ModelsMessage::Exported(result));
        self.background.several("export package", title, work, message);
    }

    pub(super) fn ask_import_package(&mut self) {
        self.ask_path(PathPrompt {
            title: "Import a package".into(),
            verb: "Import".into(),
            kind: PathKind::Open,
            filter: ENDING,
            path: String::new(),
            then: |path| ModelsCommand::ImportFile(path).into(),
        });
    }

    /// The file is chosen. The name that is offered is what stands before the `@` of an exported package.
    pub(super) fn ask_import_name(&mut self, path: &Path) {
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let topic = &self.state.models.topic;
        let lines = vec![
            "Its digest is checked. It becomes the next version of the model.".into(),
            format!("Written to topic {topic} in one transaction; the topic is made if it is not there."),
        ];
        self.state.ask_name(NamePrompt {
            title: format!("Import {file}"),
            lines,
            label: "Model".into(),
            verb: "Publish".into(),
            name: stem.split('@').next().unwrap_or_default().to_owned(),
            subject: path.display().to_string(),
            check: |name| format!("{name}@1").parse::<ModelRef>().map(drop),
            then: |path, model| ModelsCommand::ImportAs { path: path.into(), model }.into(),
        });
    }

    pub(super) fn import_package(&mut self, path: PathBuf, model: String) {
        let Some(registry) = self.state.models.registry.clone() else { return };
        let title = format!("Publishing {} as {model}", path.display());
        let work = move |context: &JobContext<Message>| {
            let package = Package::open(&path)?;
            Ok(registry.publish(&model, &package, &context.progress, &context.cancel)?)
        };
        let message = |result: Result<VersionInfo, Problem>| {
            Message::Models(ModelsMessage::Published(result.map(Box::new)))
        };
        self.background.several(CHANGE_KEY, title, work, message);
    }
}
